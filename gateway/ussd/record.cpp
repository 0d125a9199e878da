#include "gateway/ussd/record.hpp"

#include <boost/json.hpp>

namespace jejak::ussd {

namespace json = boost::json;
using storage::Column;
using storage::Table;

std::string to_json(const Record& record) {
    return json::serialize(json::object{{"menu", json::parse(understand::to_json(record.menu))},
                                        {"seen", record.seen},
                                        {"screen", record.screen},
                                        {"ended", record.ended},
                                        {"filed", record.filed},
                                        {"held", record.held}});
}

std::optional<Record> parse_record(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    const auto& object = value.get_object();
    const auto text_at = [&](std::string_view key) {
        const auto* found = object.if_contains(key);
        return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
    };
    const auto* menu = object.if_contains("menu");
    auto state = menu == nullptr ? std::nullopt : understand::parse_menu_state(json::serialize(*menu));
    if (!state) return std::nullopt;
    const auto truth_at = [&](std::string_view key) {
        const auto* found = object.if_contains(key);
        return found != nullptr && found->is_bool() && found->get_bool();
    };
    return Record{std::move(*state), text_at("seen"),  text_at("screen"),
                  truth_at("ended"), text_at("filed"), truth_at("held")};
}

storage::Sealed seal(const storage::Vault& vault, storage::Id dialogue, const Record& record) {
    return vault.seal(Table::dialogue, Column::state, dialogue, to_json(record));
}

std::optional<Record> open(const storage::Vault& vault, const storage::Dialogue& dialogue) {
    const auto plain = vault.open(Table::dialogue, Column::state, dialogue.id, dialogue.state);
    return plain ? parse_record(plain->reveal()) : std::nullopt;
}

std::string filed_as(const storage::Report& report) {
    const auto number = [](const auto& value) { return value ? std::to_string(*value) : std::string(); };
    const auto onset = report.onset ? std::optional(to_ms(*report.onset)) : std::nullopt;
    const auto flags = report.flags & ~static_cast<understand::Flags>(understand::Flag::duress);  // never the menu's
    std::string filed(to_string(report.category));
    for (const auto& part :
         {report.place, number(report.people), number(report.people_max), number(onset), std::to_string(flags)})
        filed += '|' + part;
    return filed;
}

std::string filed_as(const understand::Reading& reading) {
    storage::Report report;
    report.category = reading.category;
    report.place = reading.place;
    report.people = reading.people;
    report.people_max = reading.people_max;
    report.onset = reading.when.at ? reading.when.at : reading.when.since;
    report.flags = reading.flags;
    return filed_as(report);
}

namespace {

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('*', at), text.size());
        parts.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

}  // namespace

Inputs inputs_of(std::string_view text, std::string_view seen, bool begun) {
    if (!begun) return text.empty() ? Inputs{} : Inputs{split(text), false};
    if (text == seen) return {{}, true};
    if (seen.empty()) return {{std::string(text)}, false};
    if (text.starts_with(seen) && text[seen.size()] == '*') return {{std::string(text.substr(seen.size() + 1))}, false};
    // Not what it was before with something added: some networks send only the last input.
    const auto star = text.rfind('*');
    return {{std::string(star == text.npos ? text : text.substr(star + 1))}, false};
}

Inputs inputs_dialled(std::string_view dialled, std::string_view service_code) {
    const auto bare = [](std::string_view code) {
        while (!code.empty() && (code.back() == '#' || code.back() == '*')) code.remove_suffix(1);
        return code;
    };
    dialled = bare(dialled);
    const auto service = bare(service_code);
    if (!service.starts_with('*') || !dialled.starts_with(service)) return {};
    if (dialled.size() <= service.size() || dialled[service.size()] != '*') return {};
    return {split(dialled.substr(service.size() + 1)), false};
}

}  // namespace jejak::ussd
