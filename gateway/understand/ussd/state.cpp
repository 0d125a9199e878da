#include <boost/json.hpp>

#include "gateway/understand/ussd/menu.hpp"

namespace jejak::understand {

namespace json = boost::json;

namespace {

std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::size_t size_at(const json::value& value) {
    boost::system::error_code error;
    const auto number = value.to_number<std::uint32_t>(error);
    return error ? 0 : number;
}

std::size_t size_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr || !value->is_number() ? 0 : size_at(*value);
}

bool truth_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

const json::array* array_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr ? nullptr : value->if_array();
}

}  // namespace

std::string to_json(const MenuState& state) {
    json::array answers;
    for (const auto& answer : state.answers) {
        answers.push_back({{"field", answer.field}, {"value", answer.value}, {"text", answer.text}});
    }
    json::array path;
    for (const auto place : state.path) path.emplace_back(place);
    return json::serialize(json::object{{"path", std::move(path)},
                                        {"field", state.field},
                                        {"page", state.page},
                                        {"answers", std::move(answers)},
                                        {"language", state.language},
                                        {"transcript", state.transcript},
                                        {"words", state.words},
                                        {"turns", state.turns},
                                        {"distress", state.distress},
                                        {"resuming", state.resuming}});
}

std::optional<MenuState> parse_menu_state(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    const auto& object = value.get_object();
    MenuState state;
    if (const auto* path = array_at(object, "path")) {
        for (const auto& place : *path) state.path.push_back(size_at(place));
    }
    if (const auto* answers = array_at(object, "answers")) {
        for (const auto& one : *answers) {
            if (const auto* answer = one.if_object())
                state.answers.push_back(
                    {text_at(*answer, "field"), text_at(*answer, "value"), text_at(*answer, "text")});
        }
    }
    state.field = text_at(object, "field");
    state.page = size_at(object, "page");
    state.language = text_at(object, "language");
    state.transcript = text_at(object, "transcript");
    state.words = text_at(object, "words");
    state.turns = size_at(object, "turns");
    state.distress = truth_at(object, "distress");
    state.resuming = truth_at(object, "resuming");
    return state;
}

}  // namespace jejak::understand
