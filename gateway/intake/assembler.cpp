#include "gateway/intake/assembler.hpp"

#include <algorithm>
#include <span>

#include "protocol/ascii.hpp"
#include "protocol/sms/user_data.hpp"
#include "storage/ids.hpp"

namespace jejak::intake {
namespace {

using storage::Assembly;
using storage::Column;
using storage::Part;
using storage::Table;

/// Texts under one key that are looked at, the latest first: more generations of one reference within half an hour are
/// nobody's.
constexpr std::size_t generations_max = 32;
/// Latest messages among which repeats are looked for: a text's parts come within seconds of each other.
constexpr std::size_t repeats_looked_at = 1'000;

}  // namespace

storage::LookupKey Assembler::key(std::string_view scope, const sms::InboundText& text) const {
    const auto& segment = *text.segment;
    std::string parts(scope);
    for (const auto& piece : {text.sender.address, text.destination.reveal()}) {
        parts += '\0';
        parts += piece;
    }
    parts += '\0';
    parts += static_cast<char>(text.sender.kind);
    parts += static_cast<char>(text.source_ton);
    parts += static_cast<char>(text.source_npi);
    parts += static_cast<char>(segment.mechanism);
    parts += static_cast<char>(segment.reference >> 8);
    parts += static_cast<char>(segment.reference & 0xFF);
    return vault_.lookup("assembly", parts);
}

Assembler::Found Assembler::find(storage::Unit& unit, const storage::LookupKey& key, const Part& part,
                                 std::uint8_t total) const {
    Found found;
    bool latest = true;
    for (auto& one : unit.assemblies(key, unit.now() - assembly_closes_after, generations_max)) {
        if (one.total != total) {
            found.total_differs = found.total_differs || one.open();
            continue;
        }
        const auto same = unit.part(one.id, part.part);
        const bool equal = same && same->content == part.content && same->data_coding == part.data_coding;
        // A text that is just coming may well have a part in common with an earlier one.
        const bool awaited = found.assembly && found.assembly->state == Assembly::State::waiting;
        if (equal && !awaited) {
            found.repeated = same->message;
            found.assembly = std::move(one);
            return found;
        }
        // With its place taken by other content the reference is in use again.
        if (latest && !same && one.open()) {
            found.assembly = std::move(one);
        } else if (latest) {
            found.previous = std::move(one);
        }
        latest = false;
    }
    return found;
}

/// The parts before `number` that were sent again since `previous` had its last one: a text that differs from it only
/// from there on. Each is stored anew, as that of the message that repeated it.
std::vector<Part> Assembler::repeated_before(storage::Unit& unit, const Assembly& previous, std::uint8_t number) const {
    std::vector<Part> repeated;
    auto since = storage::IdSource::floor(unit.now() - partial_after);
    auto parts = unit.parts(previous.id);
    for (const auto& part : parts) since = std::max(since, part.message);
    if (parts.empty() || parts.front().part >= number) return repeated;
    const auto repeats = unit.repeats_after(since, repeats_looked_at);
    for (auto& part : parts) {
        const auto again = std::find_if(repeats.begin(), repeats.end(),
                                        [&](const storage::Repeat& one) { return one.first == part.message; });
        if (part.part >= number || again == repeats.end()) continue;
        const auto octets = vault_.open(Table::segment, Column::raw, part.message, part.octets);
        if (!octets) continue;
        part.message = again->message;
        part.octets = vault_.seal(Table::segment, Column::raw, part.message, octets->reveal());
        repeated.push_back(std::move(part));
    }
    return repeated;
}

/// For `fresh` parts more, which `assembly` has already: then it may have begun with them. Those that make a text whole
/// always have room: then nothing of it is open any more.
bool Assembler::has_room(storage::Unit& unit, const Assembly& assembly, std::size_t fresh) const {
    if (assembly.octets > quotas_.text_octets) return false;
    if (assembly.parts == assembly.total) return true;
    const auto open = unit.open_texts(assembly.scope, assembly.sender_key);
    if (assembly.parts == fresh && open.sender.texts >= quotas_.sender_texts) return false;
    if (open.scope.parts + fresh > quotas_.scope_parts) return false;
    const bool crowded = open.scope.parts >= quotas_.crowded_parts;
    return open.sender.parts + fresh <= (crowded ? quotas_.crowded_sender_parts : quotas_.sender_parts);
}

PartOutcome Assembler::add(storage::Unit& unit, storage::Id message, const std::string& scope,
                           const storage::LookupKey& sender_key, const sms::InboundText& text) const {
    const auto& segment = *text.segment;
    Part part;
    part.message = message;
    part.part = segment.part;
    part.data_coding = text.data_coding;
    part.content = vault_.lookup("part", as_text(text.raw));
    part.octets = vault_.seal(Table::segment, Column::raw, message, as_text(text.raw));

    const auto assembly_key = key(scope, text);
    auto found = find(unit, assembly_key, part, segment.total);
    PartOutcome outcome;
    outcome.total_differs = found.total_differs;
    if (found.repeated) {
        outcome.how = PartOutcome::How::repeated;
        outcome.first = *found.repeated;
        outcome.assembly = found.assembly->id;
        return outcome;
    }
    const bool begins = !found.assembly;
    auto assembly = std::move(found.assembly).value_or(Assembly{});
    std::vector<Part> parts;
    if (begins) {
        assembly.key = assembly_key;
        assembly.lead = message;
        assembly.total = segment.total;
        assembly.first_at = unit.now();
        assembly.scope = scope;
        assembly.sender_key = sender_key;
        assembly.due_at = assembly.first_at + partial_after;
        if (found.previous) parts = repeated_before(unit, *found.previous, part.part);
    }
    parts.push_back(std::move(part));
    for (const auto& one : parts) assembly.octets += one.octets.size();
    assembly.parts += static_cast<std::uint32_t>(parts.size());
    if (!has_room(unit, assembly, parts.size())) {
        outcome.how = PartOutcome::How::alone;
        return outcome;
    }
    if (begins) {
        assembly.id = unit.next_id(Table::segment);
        unit.add(assembly);
    }
    for (const auto& one : parts) unit.add(assembly.id, one);
    outcome.assembly = assembly.id;
    if (assembly.parts == assembly.total) {
        outcome.how = PartOutcome::How::joined;
        outcome.joined = join(unit, assembly);
    } else if (assembly.state == Assembly::State::released_partial) {
        const auto again_at = unit.now() + partial_again_after;
        if (assembly.due_at > again_at) unit.set_state(assembly.id, assembly.state, again_at);
    }
    return outcome;
}

Joined Assembler::join(storage::View& view, const Assembly& assembly) const {
    Joined joined{assembly, {}, 0};
    sms::TextJoiner text;
    unsigned expected = 1;
    const auto parts = view.parts(assembly.id);
    for (const auto& part : parts) {
        if (part.part != expected) text.gap();
        expected = part.part + 1u;
        const auto octets = vault_.open(Table::segment, Column::raw, part.message, part.octets);
        if (!octets) {
            text.gap();  // damaged at rest: the others are still worth reading
            continue;
        }
        text.add(std::as_bytes(std::span<const char>(octets->reveal())), part.data_coding);
    }
    joined.parts = parts.size();
    if (expected <= assembly.total) text.gap();
    joined.text = text.finish().utf8;
    return joined;
}

}  // namespace jejak::intake
