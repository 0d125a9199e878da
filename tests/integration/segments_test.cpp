#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using sms::Concatenation;
using sms::Remark;
using storage::Assembly;
using tests::Village;

namespace {

const std::string villager = "+628400000001";
const std::string other = "+628400000002";

storage::Message row(Village& village, storage::Id id) {
    return *village.ask([&](storage::View& view) { return view.message(id); });
}

std::uint64_t count(Village& village, Fate fate) {
    return village.ledger().fates[static_cast<std::size_t>(fate)];
}

std::vector<storage::Report> reports(Village& village) {
    return village.ask([](storage::View& view) { return view.reports_after(0, 100); });
}

/// The long text that a message belongs to, as its parts read together.
intake::Joined whole(Village& village, storage::Id message) {
    const auto assembly = *row(village, message).assembly;
    const intake::Assembler assembler(village.vault);
    return village.ask([&](storage::View& view) { return assembler.join(view, *view.assembly_by_id(assembly)); });
}

/// What the gateway does every second.
void look(Village& village) {
    const auto silent = [](const std::string&) { return casework::ReplyRoute{}; };
    village.run(Village::ignore(village.intake->release_overdue(silent)));
}

sms::InboundText part(std::uint8_t number, const std::string& text, std::uint8_t total = 2,
                      Concatenation mechanism = Concatenation::udh8) {
    auto out = Village::part(villager, text, 5, total, number);
    out.segment->mechanism = mechanism;
    return out;
}

sms::InboundText coded(std::uint8_t number, std::uint8_t coding, std::initializer_list<int> octets,
                       std::uint8_t total = 2) {
    auto out = part(number, "", total);
    out.data_coding = coding;
    out.raw.clear();
    for (const int octet : octets) out.raw.push_back(static_cast<std::byte>(octet));
    return out;
}

}  // namespace

TEST_CASE("C14: parts in every order make one report", "[intake][segments][C14]") {
    const std::string parts[] = {"LAPOR 7 org jalan ", "kaki lewat jalan tikus ", "dekat Sebunga skrg"};
    std::vector<std::uint8_t> order{1, 2, 3};
    do {
        Village village;
        intake::Accepted last;
        for (const auto number : order)
            last = village.hand_over(Village::part(villager, parts[number - 1], 9, 3, number));
        CHECK(last.handled.fate == Fate::understood);
        REQUIRE(village.alerts().size() == 1);
        CHECK(village.alerts()[0].people == 7u);
        CHECK(count(village, Fate::understood) == 3);
        CHECK(village.ledger().replies_owed == 1);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("C12: parts whose key differs in anything are of different texts", "[intake][segments][C12]") {
    Village village;
    auto second = part(2, "dekat Sebunga skrg");
    std::string channel = "operator";
    const std::map<std::string, std::function<void()>> changes = {
        {"the source", [&] { second.sender = sms::normalise(other); }},
        {"its type of number", [&] { second.source_ton = 1; }},
        {"its numbering plan", [&] { second.source_npi = 1; }},
        {"the destination", [&] { second.destination = SensitiveText("9841"); }},
        {"a reference of 16 bits", [&] { second.segment->mechanism = Concatenation::udh16; }},
        {"the SAR parameters", [&] { second.segment->mechanism = Concatenation::sar; }},
        {"the reference", [&] { second.segment->reference = 0x0105; }},
        {"the channel", [&] { channel = "elsewhere"; }},
    };
    for (const auto& [what, change] : changes) {
        INFO(what);
        second = part(2, "dekat Sebunga skrg " + what);
        channel = "operator";
        change();
        village.hand_over(part(1, "LAPOR 3 org jalan tikus " + what));
        CHECK(village.hand_over(second, channel).handled.fate == Fate::waiting_segments);
    }
    CHECK(village.alerts().empty());
    CHECK(count(village, Fate::waiting_segments) == 2 * changes.size());
}

TEST_CASE("C12: channels of one group bring parts of one text", "[intake][segments][C12]") {
    Village village;
    village.options.groups = {{"operator", "group/op"}, {"operator-b", "group/op"}};
    village.restart();
    village.hand_over(part(1, "LAPOR 3 org jalan tikus "));
    village.hand_over(part(2, "dekat Sebunga skrg"), "operator-b");
    CHECK(village.alerts().size() == 1);
}

TEST_CASE("C12: accounts of one listener never bring parts of one text", "[intake][segments][C12]") {
    Village village;
    auto first = part(1, "LAPOR 3 org jalan tikus "), forged = part(2, "dekat Sebunga skrg"), last = forged;
    first.account = last.account = "box1";
    forged.account = "box2";
    village.hand_over(first);
    village.hand_over(forged);
    CHECK(village.alerts().empty());
    village.hand_over(last);
    CHECK(village.alerts().size() == 1);
}

TEST_CASE("C13: two senders with one reference never mix", "[intake][segments][C13]") {
    Village village;
    village.hand_over(Village::part(villager, "LAPOR 3 org jalan tikus ", 5, 2, 1));
    village.hand_over(Village::part(other, "LAPOR 9 org jalan tikus ", 5, 2, 1));
    village.hand_over(Village::part(other, "dekat Sebunga skrg", 5, 2, 2));
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 9u);
    CHECK(count(village, Fate::waiting_segments) == 1);
}

TEST_CASE("C13: parts that name no sender are texts of their own, marked, and never one text",
          "[intake][segments][C13][M3]") {
    Village village;
    const auto anonymous = [](std::uint8_t number, const std::string& text) {
        auto out = part(number, text);
        out.sender = sms::normalise("");
        return out;
    };
    village.hand_over(anonymous(1, "LAPOR 3 org jalan tikus dekat Aruk "));
    const auto second = village.hand_over(anonymous(2, "LAPOR 9 org jalan tikus dekat Sebunga skrg"));
    CHECK(second.handled.fate == Fate::understood);
    CHECK(has(row(village, second.message).remarks, Remark::stray_segment));
    CHECK_FALSE(row(village, second.message).assembly);
    CHECK(reports(village).size() == 2);
    CHECK(count(village, Fate::waiting_segments) == 0);
    CHECK(village.ledger().balances());
}

TEST_CASE("C15: an identical part is stored, linked, and not in the text again, whenever it comes",
          "[intake][segments][C15]") {
    Village village;
    const auto first = village.hand_over(part(1, "LAPOR 3 org jalan tikus "));
    const auto again = village.hand_over(part(1, "LAPOR 3 org jalan tikus "));
    CHECK(again.duplicate);
    CHECK(row(village, again.message).duplicate_of == first.message);
    village.hand_over(part(2, "dekat Sebunga skrg"));
    CHECK(village.hand_over(part(2, "dekat Sebunga skrg")).duplicate);  // after the text was whole
    CHECK(whole(village, first.message).text == "LAPOR 3 org jalan tikus dekat Sebunga skrg");
    CHECK(village.alerts().size() == 1);
    CHECK(count(village, Fate::duplicate) == 2);
    CHECK(village.ledger().balances());

    SECTION("also one of an earlier generation") {
        village.hand_over(part(1, "LAPOR 8 org jalan tikus "));
        const auto old = village.hand_over(part(1, "LAPOR 3 org jalan tikus "));
        CHECK(old.duplicate);
        CHECK(row(village, old.message).duplicate_of == first.message);
        CHECK_FALSE(village.hand_over(part(2, "dekat Aruk skrg")).duplicate);
        CHECK(village.ledger().balances());
    }
}

TEST_CASE("C16: other content under a number that is taken begins a new text, and nothing is discarded",
          "[intake][segments][C16]") {
    Village village;
    const auto old = village.hand_over(part(1, "LAPOR 3 org jalan tikus "));
    const auto fresh = village.hand_over(part(1, "LAPOR 8 org jalan tikus "));
    CHECK_FALSE(fresh.duplicate);
    village.hand_over(part(2, "dekat Sebunga skrg"));
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 8u);
    CHECK(whole(village, fresh.message).text == "LAPOR 8 org jalan tikus dekat Sebunga skrg");
    village.now += 91s;
    look(village);
    CHECK(whole(village, old.message).text == "LAPOR 3 org jalan tikus  … ");
    CHECK(has(row(village, old.message).remarks, Remark::partial));
    CHECK(count(village, Fate::understood) == 3);
    CHECK(village.ledger().received == 3);

    SECTION("half an hour later a reference is free, whatever its parts say") {
        village.now += 31min;
        CHECK_FALSE(village.hand_over(part(1, "LAPOR 8 org jalan tikus ")).duplicate);
    }
}

TEST_CASE("C16: a correction that has parts in common with the text before is whole, in any order",
          "[intake][segments][C15][C16]") {
    struct Row {
        const char* name;
        std::vector<std::pair<std::uint8_t, std::string>> before, after;  ///< parts as they come
    };
    const std::string three = "LAPOR 3 org ", eight = "LAPOR 8 org ", path = "jalan tikus ", car = "naik mobil ",
                      sebunga = "dekat Sebunga skrg", aruk = "dekat Aruk skrg";
    const auto test = GENERATE_COPY(values<Row>({
        {"its end is another", {{1, three + path}, {2, sebunga}}, {{1, three + path}, {2, aruk}}},
        {"and came first", {{1, three + path}, {2, sebunga}}, {{2, aruk}, {1, three + path}}},
        {"its beginning is another", {{1, three + path}, {2, sebunga}}, {{1, eight + path}, {2, sebunga}}},
        {"its middle is another", {{1, three}, {2, path}, {3, sebunga}}, {{1, three}, {2, car}, {3, sebunga}}},
        {"its end is another, of three", {{1, three}, {2, path}, {3, sebunga}}, {{1, three}, {2, path}, {3, aruk}}},
    }));
    CAPTURE(test.name);
    Village village;
    const auto total = static_cast<std::uint8_t>(test.before.size());
    for (const auto& [number, words] : test.before) village.hand_over(part(number, words, total));
    std::string text;
    storage::Id fresh = 0;
    for (const auto& [number, words] : test.after) {
        village.now += 3s;
        const auto accepted = village.hand_over(part(number, words, total));
        if (!accepted.duplicate) fresh = accepted.message;
        text.insert(number == 1 ? 0 : text.size(), words);
    }
    CHECK(whole(village, fresh).text == text);
    CHECK(count(village, Fate::understood) == 2u * total);
    SECTION("what is sent once more makes no third text") {
        for (const auto& [number, words] : test.after) CHECK(village.hand_over(part(number, words, total)).duplicate);
        village.now += 91s;
        look(village);
    }
    CHECK(reports(village).size() == 2);
    CHECK(village.ledger_is_true());
}

TEST_CASE("C16: a text has nothing of the one before it that was not sent again", "[intake][segments][C16]") {
    Village village;
    village.hand_over(part(1, "LAPOR 3 org jalan tikus "));
    village.hand_over(part(2, "dekat Sebunga skrg"));
    if (GENERATE(false, true)) {  // too long ago
        CHECK(village.hand_over(part(1, "LAPOR 3 org jalan tikus ")).duplicate);
        village.now += 91s;
    }
    const auto fresh = village.hand_over(part(2, "dekat Aruk skrg"));
    CHECK(fresh.handled.fate == Fate::waiting_segments);
    village.hand_over(part(1, "LAPOR 8 org jalan tikus "));
    CHECK(whole(village, fresh.message).text == "LAPOR 8 org jalan tikus dekat Aruk skrg");
}

TEST_CASE("C17: another total under one reference is another text, and flagged", "[intake][segments][C17]") {
    Village village;
    const auto two = village.hand_over(part(1, "LAPOR 3 org jalan tikus ", 2));
    const auto three = village.hand_over(part(2, "lewat jalan tikus ", 3));
    CHECK_FALSE(has(row(village, two.message).remarks, Remark::total_differs));
    CHECK(has(row(village, three.message).remarks, Remark::total_differs));
    CHECK(row(village, two.message).assembly != row(village, three.message).assembly);
    village.hand_over(part(2, "dekat Sebunga skrg", 2));
    CHECK(whole(village, two.message).text == "LAPOR 3 org jalan tikus dekat Sebunga skrg");
    CHECK(village.alerts().size() == 1);
    // What is whole is in nobody's way: its reference may be used again.
    CHECK_FALSE(has(row(village, village.hand_over(part(1, "LAPOR ", 3)).message).remarks, Remark::total_differs));
    CHECK_FALSE(has(row(village, village.hand_over(part(3, "skrg", 3)).message).remarks, Remark::total_differs));
}

TEST_CASE("C18: impossible places are texts of their own, flagged; one of one is whole", "[intake][segments][C18]") {
    struct Row {
        std::uint8_t total, part;
        bool stray;
    };
    const auto place = GENERATE(values<Row>(
        {{2, 0, true}, {2, 3, true}, {0, 0, true}, {0, 1, true}, {1, 1, false}, {1, 2, true}, {254, 255, true}}));
    CAPTURE(int{place.total}, int{place.part});
    Village village;
    const auto accepted = village.hand_over(part(place.part, "LAPOR calo di Sebunga", place.total));
    CHECK(accepted.handled.fate == Fate::understood);
    CHECK(has(row(village, accepted.message).remarks, Remark::stray_segment) == place.stray);
    CHECK_FALSE(row(village, accepted.message).assembly);
}

TEST_CASE("C18: a text of 255 parts is whole with the last of them", "[intake][segments][C18]") {
    Village village;
    std::string text;
    intake::Accepted last;
    for (int number = 255; number >= 1; --number) {
        CHECK(village.alerts().empty());
        const auto piece = number == 1 ? std::string("LAPOR 5 org lewat jalan tikus dekat Aruk skrg ")
                                       : "pesan " + std::to_string(number) + " ";
        text.insert(0, piece);
        last = village.hand_over(part(static_cast<std::uint8_t>(number), piece, 255));
    }
    CHECK(last.handled.fate == Fate::understood);
    CHECK(whole(village, last.message).text == text);
    CHECK(count(village, Fate::understood) == 255);
    CHECK(village.alerts().size() == 1);
}

TEST_CASE("C19: a lost part cannot hide a call for help", "[intake][segments][C19]") {
    Village village;
    const auto first = village.hand_over(Village::part(villager, "TOLONG saya dikurung di ", 5, 2, 1));
    village.now += 89s;
    look(village);
    CHECK(village.alerts().empty());
    village.now += 2s;
    look(village);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].kind == AlertKind::sos);
    CHECK(count(village, Fate::understood) == 1);
    CHECK(has(row(village, first.message).remarks, Remark::partial));
    CHECK(whole(village, first.message).parts == 1);
    const auto report = reports(village).at(0).id;
    look(village);
    CHECK(village.alerts().size() == 1);

    SECTION("its late part completes the same report, which is flagged no more") {
        village.now += 60s;
        village.hand_over(Village::part(villager, "rumah kosong Sebunga", 5, 2, 2));
        CHECK(village.alerts().size() == 1);
        CHECK(count(village, Fate::understood) == 2);
        REQUIRE(reports(village).size() == 1);
        CHECK(reports(village)[0].id == report);
        CHECK(reports(village)[0].place == "61.01.09.2002");
        CHECK_FALSE(has(row(village, first.message).remarks, Remark::partial));
    }
    SECTION("after half an hour it is closed: what comes then is a text of its own") {
        village.now += 28min;
        look(village);
        const auto assembly = *row(village, first.message).assembly;
        const auto state = [&] {
            return village.ask([&](storage::View& view) { return view.assembly_by_id(assembly)->state; });
        };
        CHECK(state() == Assembly::State::released_partial);
        village.now += 1min;
        look(village);
        CHECK(state() == Assembly::State::closed);
        CHECK(village.ask([](storage::View& view) { return view.open_texts("operator", {}).scope; }) ==
              storage::OpenTexts{});
        const auto late = village.hand_over(Village::part(villager, "rumah kosong Sebunga", 5, 2, 2));
        CHECK(row(village, late.message).assembly != assembly);
        CHECK(count(village, Fate::waiting_segments) == 1);
    }
    SECTION("the process was away for an hour: it is closed as told") {
        village.restart();
        village.now += 1h;
        look(village);
        CHECK(village.alerts().size() == 1);
        CHECK(reports(village).size() == 1);
        CHECK(village.ask([&](storage::View& view) { return view.assemblies_due(village.now.read() + 24h, 10); })
                  .empty());
    }
}

TEST_CASE("C19: however many texts are overdue, all are released in the same turn", "[intake][segments][C19]") {
    Village village;
    constexpr int neighbours = 150;
    for (int i = 0; i < neighbours; ++i)
        village.hand_over(Village::part("+6284000" + std::to_string(10'000 + i), "LAPOR calo ", 7, 2, 1));
    village.hand_over(part(1, "TOLONG saya dikurung "));
    village.now += 91s;
    look(village);
    CHECK(count(village, Fate::waiting_segments) == 0);
    CHECK(village.alerts().size() == 1);
}

TEST_CASE("C19: what comes late but is not the last is seen soon, as an update of the same report",
          "[intake][segments][C19]") {
    Village village;
    const auto lead = village.hand_over(Village::part(villager, "LAPOR 4 org jalan tikus ", 5, 4, 1));
    village.now += 91s;
    look(village);
    REQUIRE(reports(village).size() == 1);
    const auto report = reports(village)[0];
    CHECK(report.place.empty());
    const auto late = village.hand_over(Village::part(villager, "dekat Sebunga skrg ", 5, 4, 3));
    CHECK(late.handled.fate == Fate::waiting_segments);
    look(village);
    CHECK(count(village, Fate::waiting_segments) == 1);  // more may be on its way behind it
    village.now += 5s;
    look(village);
    CHECK(count(village, Fate::waiting_segments) == 0);
    CHECK(whole(village, lead.message).parts == 2);
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].id == report.id);
    CHECK(reports(village)[0].place == "61.01.09.2002");
    CHECK(village.alerts().size() == 1);
    CHECK(village.ledger().replies_owed <= 1);
    village.now += 30min;
    look(village);
    CHECK(reports(village).size() == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("C19: a text that comes back after the process was away longer than it may wait is released and closed",
          "[intake][segments][C19][C20]") {
    Village village;
    village.hand_over(Village::part(villager, "TOLONG saya dikurung di ", 5, 2, 1));
    village.now += 2h;
    village.restart();
    look(village);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.ask([](storage::View& view) { return view.open_texts("operator", {}).scope; }) ==
          storage::OpenTexts{});
}

TEST_CASE("C20: a restart between any two parts loses nothing", "[intake][segments][C20]") {
    Village village;
    const std::string parts[] = {"LAPOR 7 org ", "jalan tikus ", "dekat Sebunga ", "skrg"};
    for (std::uint8_t number = 1; number <= 4; ++number) {
        village.hand_over(part(number, parts[number - 1], 4));
        village.restart();
    }
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 7u);
}

TEST_CASE("C21: what was cut between two parts, or coded otherwise, is whole again", "[intake][segments][C21]") {
    struct Row {
        const char* name;
        std::vector<sms::InboundText> parts;
        std::string text;
    };
    const auto test = GENERATE(values<Row>({
        {"a surrogate pair",
         {coded(1, 8, {0x00, 'A', 0xD8, 0x3C}), coded(2, 8, {0xDD, 0x98, 0x00, 'B'})},
         "A\xF0\x9F\x86\x98"
         "B"},
        {"an escape", {coded(1, 0, {'A', 0x1B}), coded(2, 0, {0x65, 'B'})}, "A€B"},
        {"7-bit, then UCS-2", {coded(1, 0, {'A', 0x1B, 0x65}), coded(2, 8, {0x09, 0x2E})}, "A€म"},
        {"7-bit, UCS-2, 7-bit, with nothing to join across",
         {coded(1, 0, {'A'}, 3), coded(2, 8, {0x00, 'B'}, 3), coded(3, 0, {'C'}, 3)},
         "ABC"},
        {"UTF-8 in two halves", {coded(1, 0xFF, {'A', 0xE2, 0x82}), coded(2, 0xFF, {0xAC})}, "A€"},
    }));
    CAPTURE(test.name);
    const bool backwards = GENERATE(false, true);
    Village village;
    auto parts = test.parts;
    if (backwards) std::reverse(parts.begin(), parts.end());
    storage::Id last = 0;
    for (const auto& one : parts) last = village.hand_over(one).message;
    CHECK(whole(village, last).text == test.text);
}

TEST_CASE("C22: over a quota a part is a text of its own, flagged, and nothing is lost", "[intake][segments][C22]") {
    Village village;
    SECTION("texts of one sender") {
        for (std::uint16_t reference = 0; reference < 20; ++reference) {
            const auto accepted = village.hand_over(
                Village::part(villager, "LAPOR calo di Sebunga " + std::to_string(reference), reference, 3, 1));
            const bool alone = reference >= intake::SegmentQuotas{}.sender_texts;
            CHECK(accepted.handled.fate == (alone ? Fate::understood : Fate::waiting_segments));
            CHECK(has(row(village, accepted.message).remarks, Remark::stray_segment) == alone);
        }
        CHECK(count(village, Fate::waiting_segments) == 16);
        CHECK(count(village, Fate::understood) == 4);
        CHECK(village.hand_over(Village::part(other, "LAPOR ", 1, 2, 1)).handled.fate == Fate::waiting_segments);
        CHECK(village.hand_over(Village::part(other, "calo di Sebunga", 1, 2, 2)).handled.fate == Fate::understood);
    }
    SECTION("parts of one sender, and the last of a text always has room") {
        village.options.segments.sender_parts = 3;
        village.restart();
        for (std::uint8_t number = 1; number <= 3; ++number) village.hand_over(part(number, "LAPOR calo ", 5));
        const auto fourth = village.hand_over(part(4, "LAPOR calo di Sebunga", 5));
        CHECK(has(row(village, fourth.message).remarks, Remark::stray_segment));
        village.hand_over(Village::part(other, "LAPOR calo ", 9, 2, 1));
        CHECK(village.hand_over(Village::part(other, "di Sebunga", 9, 2, 2)).handled.fate == Fate::understood);
    }
    SECTION("a crowded channel still joins the short texts of others") {
        village.options.segments.crowded_parts = 10;
        village.options.segments.scope_parts = 14;
        village.restart();
        for (std::uint8_t number = 1; number <= 20; ++number) village.hand_over(part(number, "LAPOR calo ", 255));
        CHECK(village.ask([](storage::View& view) { return view.open_texts("operator", {}).scope.parts; }) == 10);
        village.hand_over(Village::part(other, "LAPOR calo ", 9, 2, 1));
        CHECK(village.hand_over(Village::part(other, "di Sebunga", 9, 2, 2)).handled.fate == Fate::understood);
    }
    SECTION("octets of one text") {
        const std::string long_part = "LAPOR calo di Sebunga " + std::string(40'000, '.');
        const auto first = village.hand_over(part(1, long_part, 3));
        const auto second = village.hand_over(part(2, long_part, 3));
        CHECK(first.handled.fate == Fate::waiting_segments);
        CHECK(has(row(village, second.message).remarks, Remark::stray_segment));
    }
    CHECK(village.ledger().balances());
    CHECK(village.ledger_is_true());
}

TEST_CASE("C22: a part read alone keeps its octets when they were not read whole", "[intake][segments][C22]") {
    Village village;
    village.options.segments.sender_texts = 0;
    village.restart();
    auto half = coded(1, 8, {0x00, 'A', 0xD8, 0x3C});
    half.remarks = half.remarks | Remark::replaced;
    const auto message = row(village, village.hand_over(half).message);
    const auto raw = village.vault.open(storage::Table::message, storage::Column::raw, message.id, message.raw);
    REQUIRE(raw);
    CHECK(raw->reveal() == std::string("\0A\xD8\x3C", 4));
}
