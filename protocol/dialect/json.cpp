#include <array>
#include <boost/json.hpp>

#include "protocol/dialect/dialect.hpp"
#include "protocol/dialect/json_body.hpp"
#include "protocol/dialect/record.hpp"

/// Jejak's own dialect, for modem software and scripts: POST `{"from","to","text","id"?,"received_at"?}`, answered with
/// `{"message","reply","duplicate"}`.
namespace jejak::dialect {

extern const Dialect json;

namespace {

/// A field's string. Neither `present` nor `wrong`: absent, or null, which scripts write for it.
struct Field {
    bool present = false;
    bool wrong = false;
    std::string_view value;
};

Field field_of(const boost::json::object& object, std::string_view name) {
    const auto* const value = object.if_contains(boost::json::string_view(name.data(), name.size()));
    if (!value || value->is_null()) return {};
    if (const auto* const text = value->if_string()) return {true, false, {text->data(), text->size()}};
    return {false, true, {}};
}

/// The message's id, which scripts write as a number too.
Field id_of(const boost::json::object& object, std::string& digits) {
    const auto* const value = object.if_contains("id");
    if (value == nullptr || !(value->is_int64() || value->is_uint64())) return field_of(object, "id");
    digits = boost::json::serialize(*value);
    return {true, false, digits};
}

Refusal refusal(std::string_view title, std::string_view field, std::string_view fault) {
    return {400, std::string(title), std::string(field).append(" ").append(fault)};
}

boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    const JsonBody body(request.body);
    if (!body.object()) return refusal("The body is not a message", "the body", "is not a JSON object");

    const auto from = field_of(*body.object(), "from");
    const auto to = field_of(*body.object(), "to");
    const auto text = field_of(*body.object(), "text");
    std::string digits;
    const auto id = id_of(*body.object(), digits);
    const auto received_at = field_of(*body.object(), "received_at");
    const std::array<std::pair<std::string_view, const Field*>, 5> fields = {
        {{"from", &from}, {"to", &to}, {"text", &text}, {"id", &id}, {"received_at", &received_at}}};
    for (const auto& [name, field] : fields) {
        if (field->wrong) return refusal("A field has the wrong type", name, "is not a string");
    }
    if (!from.present) return refusal("A field is missing", "from", "is missing: the sender's number");
    if (!text.present) return refusal("A field is missing", "text", "is missing: the message, which may be empty");

    const Heard heard{from.value, to.value, text.value, id.value, from_rfc3339(received_at.value)};
    return Messages{inbound_text(heard, country_code)};
}

HttpReply answer(std::span<const Outcome> outcomes) {
    const auto& outcome = outcomes.front();
    boost::json::object body;
    body["message"] = outcome.message;
    body["reply"] = nullptr;
    if (outcome.reply) body["reply"] = *outcome.reply;
    body["duplicate"] = outcome.duplicate;
    return {200, "application/json", boost::json::serialize(body)};
}

}  // namespace

const Dialect json{"json", "POST", true, &key_presented, &read, &answer};

}  // namespace jejak::dialect
