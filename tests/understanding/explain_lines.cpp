#include <boost/json.hpp>
#include <iostream>
#include <string>

#include "gateway/casework/preview.hpp"
#include "gateway/understand/pack/pack.hpp"

/// usage: explain_lines PACK < LINES.jsonl: what the pack understands of each line's `text`, one JSON object a line.
/// What `jejak explain --jsonl` does, without the rest of the tool, for measuring.
int main(int argc, char** argv) {
    using namespace jejak;
    if (argc != 2) return 64;
    std::vector<understand::PackFault> faults;
    const auto pack = understand::Pack::load(argv[1], faults);
    for (const auto& fault : faults) std::cerr << fault.file << ':' << fault.line << ": " << fault.message << '\n';
    if (!pack) return 1;
    const auto preview = [](const auto& by, const auto& reading, const auto& context) {
        return casework::preview(by, reading, context);
    };
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto object = boost::json::parse(line).as_object();
        const auto text = [&](std::string_view key, std::string usual) {
            const auto* found = object.if_contains(key);
            return found != nullptr && found->is_string() ? std::string(found->get_string()) : usual;
        };
        understand::ReadingContext context;
        context.received_at = *from_rfc3339(text("at", "2025-09-12T21:10:00+07:00"));
        context.sender = text("from", "+628400000001");
        context.role = parse<Role>(text("role", "villager")).value_or(Role::villager);
        context.place = text("place", "");
        std::cout << understand::explain_json(*pack, text("text", ""), context, preview) << '\n';
    }
    return 0;
}
