#include "gateway/intake/assembler.hpp"

#include <algorithm>

#include "protocol/sms/text.hpp"

namespace jejak::intake {
namespace {

using storage::Assembly;
using storage::Column;
using storage::Part;
using storage::Table;

std::string_view as_text(const sms::Bytes& octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Octets of one coding, decoded together: an escape or a surrogate pair cut between two parts is whole again.
std::string decode_run(const sms::Bytes& octets, std::uint8_t coding) {
    if (coding == utf8_coding) return std::string(as_text(octets));
    return sms::decode_text(octets, coding).utf8;
}

}  // namespace

storage::LookupKey Assembler::key(std::string_view channel, const sms::InboundText& text) const {
    const auto& segment = *text.segment;
    std::string parts(channel);
    for (const auto& piece : {text.sender.address, text.destination.reveal()}) {
        parts += '\0';
        parts += piece;
    }
    parts += '\0';
    parts += static_cast<char>(segment.mechanism);
    parts += static_cast<char>(segment.reference >> 8);
    parts += static_cast<char>(segment.reference & 0xFF);
    parts += static_cast<char>(segment.total);
    parts += static_cast<char>(text.sender.kind);
    return vault_.lookup("assembly", parts);
}

PartOutcome Assembler::add(storage::Unit& unit, storage::Id message, std::string_view channel,
                           const sms::InboundText& text) const {
    const auto& segment = *text.segment;
    Part part;
    part.message = message;
    part.part = segment.part;
    part.data_coding = text.data_coding;
    part.content = vault_.lookup("part", as_text(text.raw));
    part.octets = vault_.seal(Table::segment, Column::raw, message, as_text(text.raw));

    const auto assembly_key = key(channel, text);
    auto assembly = unit.assembly(assembly_key);
    std::vector<Part> parts;
    if (assembly && unit.now() - assembly->first_at >= assembly_reuse_after) assembly.reset();
    if (assembly) {
        parts = unit.parts(assembly->id);
        const auto same = std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.part == part.part; });
        if (same != parts.end() && same->content == part.content) {
            return {PartOutcome::How::repeated, same->message, assembly->id, std::nullopt};
        }
        if (same != parts.end()) assembly.reset();  // the reference is in use again
    }
    if (!assembly) {
        parts.clear();
        assembly = Assembly{};
        assembly->id = unit.next_id(Table::segment);
        assembly->key = assembly_key;
        assembly->lead = message;
        assembly->total = segment.total;
        assembly->first_at = unit.now();
        unit.add(*assembly);
    }
    unit.add(assembly->id, part);
    if (parts.size() + 1 < segment.total) return {PartOutcome::How::waiting, 0, assembly->id, std::nullopt};
    return {PartOutcome::How::joined, 0, assembly->id, join(unit, *assembly)};
}

Joined Assembler::join(storage::View& view, const Assembly& assembly) const {
    Joined joined{assembly, {}, false};
    sms::Bytes run;
    std::uint8_t coding = 0;
    unsigned expected = 1;
    const auto flush = [&] {
        if (!run.empty()) joined.text += decode_run(run, coding);
        run.clear();
    };
    const auto parts = view.parts(assembly.id);
    for (const auto& part : parts) {
        if (part.part != expected) {
            flush();
            joined.text += " … ";
        }
        expected = part.part + 1u;
        if (part.data_coding != coding) flush();
        coding = part.data_coding;
        const auto octets = vault_.open(Table::segment, Column::raw, part.message, part.octets);
        if (!octets) {
            joined.text += " … ";  // damaged at rest: the others are still worth reading
            continue;
        }
        for (const char c : octets->reveal()) run.push_back(static_cast<std::byte>(c));
    }
    flush();
    joined.complete = parts.size() == assembly.total;
    if (!joined.complete && expected <= assembly.total) joined.text += " … ";
    return joined;
}

}  // namespace jejak::intake
