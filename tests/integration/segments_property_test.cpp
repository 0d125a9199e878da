#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <tuple>

#include "gateway/intake/assembler.hpp"
#include "storage/ids.hpp"
#include "tests/support/store_factories.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;
using intake::Assembler;
using intake::PartOutcome;
using How = PartOutcome::How;

namespace {

/// What was sent, kept apart from the store: the judge.
struct Sent {
    std::string sender, channel, octets;
    sms::SegmentHeader place;
    std::uint8_t ton = 1, npi = 1;
    std::string destination = "9840";
    How how = How::waiting;  ///< what became of it
    Id first = 0;            ///< of a repeat

    /// All that has to be equal in two parts of one text.
    auto key() const {
        return std::tie(channel, sender, ton, npi, destination, place.mechanism, place.reference, place.total);
    }
    bool operator==(const Sent& other) const {
        return key() == other.key() && place.part == other.place.part && octets == other.octets;
    }
};

/// A store that takes parts, forgets what it was doing now and then, and is looked through at the end.
class Bench {
public:
    void hand_over(Sent sent) {
        const Id message = ids_.next(store_.now());
        sms::InboundText text;
        text.sender = sms::normalise(sent.sender);
        text.source_ton = sent.ton;
        text.source_npi = sent.npi;
        text.destination = SensitiveText(sent.destination);
        text.segment = sent.place;
        text.data_coding = sms::utf8_coding;
        for (const char c : sent.octets) text.raw.push_back(static_cast<std::byte>(c));
        auto& kept = sent_.emplace(message, std::move(sent)).first->second;
        auto apply = [this, message, text, &kept](Unit& unit) {
            Message row = message_of(message, Fate::waiting_segments);
            row.sender_key = test_vault().lookup("msisdn", kept.sender);
            const auto outcome = assembler_.add(unit, message, kept.channel, row.sender_key, text);
            kept.how = outcome.how;
            kept.first = outcome.first;
            if (outcome.how == How::waiting || outcome.how == How::joined) row.assembly = outcome.assembly;
            unit.add(row);
            if (outcome.joined) unit.set_state(outcome.assembly, Assembly::State::complete);
        };
        // What is undone leaves nothing: the peer hears no acknowledgement and sends it again.
        if (random_() % 16 == 0) {
            submit([apply](Unit& unit) {
                apply(unit);
                throw std::runtime_error("the process ended here");
            });
        }
        submit(apply);
    }

    /// The process ends and begins again.
    void crash() {
        wait();
        store_.reopen();
    }
    /// What is due by then is released, or closed.
    void pass_time(std::chrono::milliseconds time) {
        wait();
        store_.advance(time);
        submit([](Unit& unit) {
            for (const auto& one : unit.assemblies_due(unit.now(), 1'000)) {
                const auto closes_at = one.first_at + intake::assembly_closes_after;
                const bool over = unit.now() >= closes_at;
                unit.set_state(one.id, over ? Assembly::State::closed : Assembly::State::released_partial, closes_at);
            }
        });
    }
    void wait() {
        auto how = Committed::queue_full;
        REQUIRE(eventually([&] { return (how = commit(*store_.store, [](Unit&) {})) != Committed::queue_full; }));
        REQUIRE(how == Committed::durable);
    }

    /// Every part is in exactly one text, in its place, beside none but its own; or it repeats one that is; or it is a
    /// text of its own.
    void check() {
        wait();
        std::set<Id> placed;
        std::map<Id, std::vector<Part>> texts;
        for (const auto& [message, sent] : sent_) {
            const auto row = store_.ask([id = message](View& view) { return view.message(id); });
            REQUIRE(row);
            if (row->assembly && !texts.contains(*row->assembly)) {
                texts[*row->assembly] = store_.ask([id = *row->assembly](View& view) { return view.parts(id); });
            }
        }
        for (const auto& [assembly, parts] : texts) check_text(assembly, parts, placed);
        for (const auto& [message, sent] : sent_) {
            if (sent.how == How::waiting || sent.how == How::joined) {
                REQUIRE(placed.contains(message));
            } else if (sent.how == How::repeated) {
                REQUIRE(placed.contains(sent.first));  // itself only where a later text has it in common
                REQUIRE(sent_.at(sent.first) == sent);
            } else {
                REQUIRE_FALSE(placed.contains(message));
            }
        }
    }

    /// The texts that are whole.
    std::multiset<std::string> whole_texts() const { return whole_; }
    std::size_t parts() const { return sent_.size(); }
    std::size_t alone() const {
        return static_cast<std::size_t>(
            std::count_if(sent_.begin(), sent_.end(), [](const auto& one) { return one.second.how == How::alone; }));
    }
    template <class Question>
    auto ask(Question question) {
        return store_.ask(question);
    }

private:
    void submit(std::function<void(Unit&)> apply) {
        while (!store_.store->submit({apply, {}, {}})) wait();  // the queue is full
    }

    void check_text(Id id, const std::vector<Part>& parts, std::set<Id>& placed) {
        const auto assembly = store_.ask([id](View& view) { return view.assembly_by_id(id); }).value();
        const auto& lead = sent_.at(assembly.lead);
        std::string all;
        std::set<int> numbers;
        for (const auto& part : parts) {
            const auto& sent = sent_.at(part.message);
            REQUIRE(placed.insert(part.message).second);
            REQUIRE(numbers.insert(part.part).second);
            REQUIRE(sent.key() == lead.key());
            REQUIRE(sent.place.total == assembly.total);
            REQUIRE(sent.place.part == part.part);
            const auto octets = test_vault().open(Table::segment, Column::raw, part.message, part.octets);
            REQUIRE(octets);
            REQUIRE(octets->reveal() == sent.octets);
            all += sent.octets;
        }
        const bool complete = parts.size() == assembly.total;
        REQUIRE(complete == (assembly.state == Assembly::State::complete));
        if (!complete) return;
        const auto joined = store_.ask([&](View& view) { return assembler_.join(view, assembly); });
        REQUIRE(joined.text == all);
        REQUIRE(joined.parts == assembly.total);
        whole_.insert(all);
    }

    std::mt19937 random_{14};
    Assembler assembler_{test_vault()};
    IdSource ids_;
    std::map<Id, Sent> sent_;
    std::multiset<std::string> whole_;
    Opened store_{store_kinds().front()};  // last: its writer uses everything above
};

std::string number(unsigned sender) {
    return "+62840" + std::to_string(1'000'000 + sender);
}

std::vector<Sent> text_of(const std::string& sender, const std::string& channel, sms::Concatenation mechanism,
                          std::uint16_t reference, unsigned total, const std::string& mark) {
    std::vector<Sent> parts;
    for (unsigned i = 1; i <= total; ++i) {
        parts.push_back({sender,
                         channel,
                         "<" + sender + " " + mark + " " + std::to_string(i) + ">",
                         {mechanism, reference, static_cast<std::uint8_t>(total), static_cast<std::uint8_t>(i)}});
    }
    return parts;
}

/// The same person's phone as other operators spell it, or writing to another number of ours: no text of the first.
struct Way {
    std::uint8_t ton, npi;
    const char* destination;
};
constexpr Way ways[] = {{1, 1, "9840"}, {0, 1, "9840"}, {1, 0, "9840"}, {1, 1, "9841"}};

void go(std::vector<Sent>& parts, const Way& way) {
    for (auto& part : parts) {
        part.ton = way.ton;
        part.npi = way.npi;
        part.destination = way.destination;
    }
}

void check_same(const std::multiset<std::string>& whole, const std::multiset<std::string>& expected) {
    CHECK(whole.size() == expected.size());
    const auto [one, other] = std::mismatch(whole.begin(), whole.end(), expected.begin(), expected.end());
    CHECK((one == whole.end() ? "" : *one) == (other == expected.end() ? "" : *other));
}

std::string joined(const std::vector<Sent>& parts) {
    std::string all;
    for (const auto& part : parts) all += part.octets;
    return all;
}

}  // namespace

TEST_CASE("C14: every order of up to six parts makes the same text", "[segments][C14]") {
    Bench bench;
    std::uint16_t reference = 0;
    std::multiset<std::string> expected;
    for (unsigned total = 2; total <= 6; ++total) {
        std::vector<std::size_t> order(total);
        std::iota(order.begin(), order.end(), 0);
        do {
            const auto sender = number(reference);
            const auto parts = text_of(sender, "smpp-a", sms::Concatenation::udh16, ++reference, total, "x");
            for (const auto i : order) bench.hand_over(parts[i]);
            expected.insert(joined(parts));
        } while (std::next_permutation(order.begin(), order.end()));
    }
    bench.check();
    CHECK(expected.size() == 2 + 6 + 24 + 120 + 720);
    check_same(bench.whole_texts(), expected);
}

TEST_CASE("C13, C20: senders with one reference never mix, in any order, with repeats, over any crash",
          "[segments][C12][C13][C15][C20]") {
    Bench bench;
    std::mt19937 random(131);
    std::multiset<std::string> expected;
    constexpr int interleavings = 3'000;
    for (int round = 0; round < interleavings; ++round) {
        std::vector<Sent> all;
        const auto reference = static_cast<std::uint16_t>(random() % 256);
        const auto mark = std::to_string(round);
        for (unsigned sender = 0; sender < 2 + random() % 3; ++sender) {
            const auto from = number(static_cast<unsigned>(round) * 4 + sender);
            // The same person, at once, by each mechanism and in each way: a text each.
            for (const auto mechanism :
                 {sms::Concatenation::udh8, sms::Concatenation::udh16, sms::Concatenation::sar}) {
                for (const auto& way : ways) {
                    if (random() % 8 != 0) continue;
                    const auto channel = random() % 2 == 0 ? "smpp-a" : "smpp-b";
                    auto parts = text_of(from, channel, mechanism, reference, 2 + static_cast<unsigned>(random() % 3),
                                         mark + "." + std::to_string(&way - ways));
                    go(parts, way);
                    all.insert(all.end(), parts.begin(), parts.end());
                    expected.insert(joined(parts));
                }
            }
        }
        const auto once = all.size();
        for (std::size_t i = 0; i < once; ++i) {
            if (random() % 4 == 0) all.push_back(all[i]);
        }
        std::shuffle(all.begin(), all.end(), random);
        for (auto& part : all) {
            bench.hand_over(std::move(part));
            if (random() % 500 == 0) bench.crash();
        }
    }
    bench.check();
    check_same(bench.whole_texts(), expected);
    CHECK(bench.alone() == 0);
}

TEST_CASE("C16, C17: references used again, totals that differ and parts that never come cross nobody",
          "[segments][C13][C16][C17]") {
    Bench bench;
    std::mt19937 random(1617);
    for (int round = 0; round < 1'000; ++round) {
        std::vector<Sent> all;
        for (unsigned text = 0; text < 4; ++text) {
            // Three people, two references: everything collides.
            auto parts = text_of(number(static_cast<unsigned>(random() % 3)), "smpp-a", sms::Concatenation::udh8,
                                 static_cast<std::uint16_t>(random() % 2), 2 + static_cast<unsigned>(random() % 2),
                                 std::to_string(round) + "." + std::to_string(random() % 3));
            if (random() % 4 == 0) go(parts, ways[random() % std::size(ways)]);
            for (const auto& part : parts) {
                if (random() % 5 != 0) all.push_back(part);
                if (random() % 5 == 0) all.push_back(part);
            }
        }
        std::shuffle(all.begin(), all.end(), random);
        for (auto& part : all) {
            bench.hand_over(std::move(part));
            if (random() % 400 == 0) bench.crash();
        }
        bench.pass_time(std::chrono::seconds(random() % 600));
    }
    bench.check();
}

namespace {

/// The first parts of 255, from so many senders in turn; what is open then.
OpenTexts bomb(Bench& bench, unsigned senders, unsigned parts_each) {
    for (unsigned i = 1; i <= parts_each; ++i) {
        for (unsigned sender = 0; sender < senders; ++sender) {
            bench.hand_over({number(sender),
                             "smpp-a",
                             std::string(140, static_cast<char>('A' + i % 26)),
                             {sms::Concatenation::udh8, 7, 255, static_cast<std::uint8_t>(i)}});
        }
    }
    bench.wait();
    return bench.ask([](View& view) { return view.open_texts("smpp-a", {}).scope; });
}

}  // namespace

TEST_CASE("C22: 255-part bombs from 1,000 senders fill no more than the quota", "[segments][C22]") {
    constexpr unsigned senders = 1'000, parts_each = 24;
    constexpr auto quota = intake::SegmentQuotas{}.crowded_parts;
    Bench bench;
    CHECK(bomb(bench, senders, parts_each) == OpenTexts{senders, quota});
    CHECK(bench.alone() == senders * parts_each - quota);
    CHECK(bench.ask([](View& view) { return view.recount().received; }) == senders * parts_each);
    // Whoever has a short text to send still has it joined.
    const auto before = bench.alone();
    for (auto& part : text_of(number(9'000), "smpp-a", sms::Concatenation::udh8, 7, 3, "short"))
        bench.hand_over(std::move(part));
    bench.wait();
    CHECK(bench.alone() == before);
}

TEST_CASE("C22: the same with 254 parts of each, and what it costs", "[.load][C22]") {
    Bench bench;
    const auto started = std::chrono::steady_clock::now();
    CHECK(bomb(bench, 1'000, 254) == OpenTexts{1'000, intake::SegmentQuotas{}.crowded_parts});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    const auto octets = bench.ask([](View& view) {
        std::uint64_t sum = 0;
        for (const auto& one : view.assemblies_due(t0() + 24h, 100'000)) sum += one.octets;
        return sum;
    });
    std::printf("254,000 parts in %.1f s; open parts hold %.1f MB\n", took.count(), static_cast<double>(octets) / 1e6);
}
