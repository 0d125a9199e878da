#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "gateway/intake/assembler.hpp"
#include "protocol/ensure.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/utf8.hpp"
#include "storage/ids.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_unit.hpp"

using jejak::ensure;
using namespace jejak;
using namespace jejak::storage;
using intake::Assembler;
using intake::PartOutcome;
using How = PartOutcome::How;

namespace {

/// What was handed over, kept apart from the store: the judge.
struct Sent {
    std::string channel, sender, octets;
    sms::SegmentHeader place;
    std::uint8_t coding = 0;
    std::uint8_t ton = 1, npi = 1;
    std::string destination;
    How how = How::waiting;
    Id first = 0;  ///< of a repeat

    /// All that has to be equal in two parts of one text.
    auto key() const {
        return std::tie(channel, sender, ton, npi, destination, place.mechanism, place.reference, place.total);
    }
    bool beside(const Sent& other) const { return key() == other.key(); }
};

/// A store in memory that lives as long as the process; every input is one transaction of it, undone at the end.
struct Memory {
    static sqlite::Database::Options options() {
        sqlite::Database::Options options;
        options.file = ":memory:";
        return options;
    }
    Memory() { sqlite::migrate(database); }

    const Vault vault = Vault::for_tests();
    sqlite::Database database{options()};
};

class Drive {
public:
    explicit Drive(Memory& memory)
        : memory_(memory), unit_(memory.database, memory.vault, state_), assembler_(memory.vault, quotas()) {
        memory_.database.script("BEGIN");
        unit_.start(now_);
    }
    ~Drive() { memory_.database.rollback(); }

    void hand_over(Sent sent, bool undone) {
        sms::InboundText text;
        text.sender = sms::normalise(sent.sender);
        text.source_ton = sent.ton;
        text.source_npi = sent.npi;
        text.destination = SensitiveText(sent.destination);
        text.segment = sent.place;
        text.data_coding = sent.coding;
        for (const char c : sent.octets) text.raw.push_back(static_cast<std::byte>(c));
        const auto sender_key = memory_.vault.lookup("msisdn", sent.sender);
        if (undone) {  // what a broken unit did leaves nothing
            memory_.database.script("SAVEPOINT part");
            assembler_.add(unit_, ids_.next(now_), sent.channel, sender_key, text);
            memory_.database.script("ROLLBACK TO part; RELEASE part");
            return;
        }
        const Id message = ids_.next(now_);
        const auto outcome = assembler_.add(unit_, message, sent.channel, sender_key, text);
        sent.how = outcome.how;
        sent.first = outcome.first;
        ensure(outcome.joined.has_value() == (outcome.how == How::joined));
        if (outcome.joined) {
            ensure(outcome.joined->parts == sent.place.total && sms::utf8::valid(outcome.joined->text));
            unit_.set_state(outcome.assembly, Assembly::State::complete);
        }
        if (outcome.how == How::waiting || outcome.how == How::joined) assemblies_.insert(outcome.assembly);
        sent_.emplace(message, std::move(sent));
    }

    void pass_time(std::chrono::seconds time) {
        now_ += time;
        unit_.start(now_);
        for (const auto& one : unit_.assemblies_due(now_, 1'000)) {
            const auto closes_at = one.first_at + intake::assembly_closes_after;
            const bool over = now_ >= closes_at;
            ensure(one.open() && sms::utf8::valid(assembler_.join(unit_, one).text));
            unit_.set_state(one.id, over ? Assembly::State::closed : Assembly::State::released_partial, closes_at);
        }
    }

    /// Every octet is in exactly one text, or in a repeat of it, or in a text of its own; what is open is counted.
    void finish() {
        std::set<Id> placed;
        std::map<std::string, OpenTexts> open;
        for (const Id id : assemblies_) check_text(id, placed, open);
        for (const auto& [message, sent] : sent_) {
            const bool in_text = sent.how == How::waiting || sent.how == How::joined;
            ensure(placed.contains(message) == in_text);
            if (sent.how != How::repeated) continue;
            const auto& first = sent_.at(sent.first);
            ensure(placed.contains(sent.first) && first.beside(sent));
            ensure(first.place == sent.place && first.octets == sent.octets && first.coding == sent.coding);
        }
        for (const auto* channel : {"a", "b"}) {
            const auto counted = unit_.open_texts(channel, {}).scope;
            ensure(counted == open[channel] && counted.parts <= quotas().scope_parts);
        }
    }

private:
    /// Small, so that short inputs reach them.
    static intake::SegmentQuotas quotas() { return {4, 12, 20, 10, 3, 600}; }

    void check_text(Id id, std::set<Id>& placed, std::map<std::string, OpenTexts>& open) {
        const auto assembly = *unit_.assembly_by_id(id);
        const auto& lead = sent_.at(assembly.lead);
        const auto parts = unit_.parts(id);
        ensure(parts.size() == assembly.parts && assembly.total == lead.place.total && assembly.scope == lead.channel);
        ensure((assembly.state == Assembly::State::complete) == (parts.size() == assembly.total));
        int last = 0;
        for (const auto& part : parts) {
            const auto& sent = sent_.at(part.message);
            ensure(placed.insert(part.message).second && part.part > last && sent.beside(lead));
            ensure(sent.place.part == part.part && sent.coding == part.data_coding);
            const auto octets = memory_.vault.open(Table::segment, Column::raw, part.message, part.octets);
            ensure(octets && octets->reveal() == sent.octets);
            last = part.part;
        }
        ensure(sms::utf8::valid(assembler_.join(unit_, assembly).text));
        if (!assembly.open()) return;
        open[assembly.scope].texts += 1;
        open[assembly.scope].parts += assembly.parts;
        const auto counted = unit_.open_texts(assembly.scope, assembly.sender_key).sender;
        ensure(counted.texts >= 1 && counted.texts <= quotas().sender_texts);
        ensure(counted.parts <= quotas().sender_parts);
    }

    Memory& memory_;
    WallTime now_ = from_ms(1'760'000'000'000);
    sqlite::WriterState state_;
    sqlite::SqliteUnit unit_;
    Assembler assembler_;
    IdSource ids_;
    std::map<Id, Sent> sent_;
    std::set<Id> assemblies_;
};

Sent read_part(const std::uint8_t* step, std::string_view octets) {
    constexpr std::uint8_t codings[] = {0, 8, sms::utf8_coding, sms::national_coding};
    Sent sent;
    sent.channel = (step[1] & 1) != 0 ? "a" : "b";
    sent.sender = "+62840000000" + std::to_string(step[1] >> 1 & 3);
    sent.ton = (step[0] & 8) != 0 ? 0 : 1;
    sent.npi = (step[0] & 16) != 0 ? 0 : 1;
    sent.destination = (step[0] & 32) != 0 ? "9841" : "9840";
    sent.place.mechanism = static_cast<sms::Concatenation>(step[1] >> 3 & 3);
    sent.coding = codings[step[1] >> 5 & 3];
    sent.place.reference = step[2] & 1;
    sent.place.total = static_cast<std::uint8_t>(step[2] >> 1 == 127 ? 255 : step[2] >> 1);
    sent.place.part = step[3];
    sent.octets = octets;
    return sent;
}

}  // namespace

/// Steps of an action (with type of number and destination in its higher bits), three octets of a part's key and place,
/// and a length with that many octets; time passes by the second of them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Memory memory;
    constexpr std::size_t step_size = 5, steps_max = 200;
    Drive drive(memory);
    for (std::size_t steps = 0; size >= step_size && steps < steps_max; ++steps) {
        const auto length = std::min<std::size_t>(data[4], size - step_size);
        const std::string_view octets(reinterpret_cast<const char*>(data) + step_size, length);
        const auto part = read_part(data, octets);
        if (data[0] % 8 == 7) {
            drive.pass_time(std::chrono::seconds(data[1] * 16));
        } else if (sms::in_range(part.place) && part.place.total > 1) {  // the others never come to the assembler
            drive.hand_over(part, data[0] % 8 == 6);
        }
        data += step_size + length;
        size -= step_size + length;
    }
    drive.finish();
    return 0;
}
