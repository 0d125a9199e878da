#include <array>
#include <boost/json.hpp>

#include "protocol/dialect/dialect.hpp"
#include "protocol/sms/charset.hpp"
#include "protocol/sms/utf8.hpp"

/// Jejak's own dialect, for modem software and scripts: POST `{"from","to","text","id"?,"received_at"?}`, answered with
/// `{"message","reply","duplicate"}`.
namespace jejak::dialect {

extern const Dialect json;

namespace {

constexpr std::size_t depth_max = 8;

/// Reads one object into memory that lives as long as this; most messages fit the buffer and allocate nothing.
class Body {
public:
    explicit Body(std::string_view text) : memory_(buffer_.data(), buffer_.size()) {
        boost::json::parse_options options;
        options.max_depth = depth_max;
        // Octets that are no UTF-8 come from phones and modems, and are the message; JSON's own syntax is ASCII.
        options.allow_invalid_utf8 = true;
        std::array<unsigned char, 1024> scratch;
        boost::json::parser parser({}, options, scratch.data(), scratch.size());
        parser.reset(&memory_);
        boost::system::error_code error;
        parser.write(text.data(), text.size(), error);
        if (!error) value_ = parser.release();
    }
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;

    /// Null when the text was no JSON object.
    const boost::json::object* object() const { return value_.if_object(); }

private:
    std::array<unsigned char, 4096> buffer_;
    boost::json::monotonic_resource memory_;
    boost::json::value value_;
};

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

Refusal refusal(std::string_view title, std::string_view field, std::string_view fault) {
    return {400, std::string(title), std::string(field).append(" ").append(fault)};
}

boost::system::result<sms::InboundText, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    const Body body(request.body);
    if (!body.object()) return refusal("The body is not a message", "the body", "is not a JSON object");

    const auto from = field_of(*body.object(), "from");
    const auto to = field_of(*body.object(), "to");
    const auto text = field_of(*body.object(), "text");
    const auto id = field_of(*body.object(), "id");
    const auto received_at = field_of(*body.object(), "received_at");
    const std::array<std::pair<std::string_view, const Field*>, 5> fields = {
        {{"from", &from}, {"to", &to}, {"text", &text}, {"id", &id}, {"received_at", &received_at}}};
    for (const auto& [name, field] : fields) {
        if (field->wrong) return refusal("A field has the wrong type", name, "is not a string");
    }
    if (!from.present) return refusal("A field is missing", "from", "is missing: the sender's number");
    if (!text.present) return refusal("A field is missing", "text", "is missing: the message, which may be empty");

    const auto octets = std::as_bytes(std::span<const char>(text.value.data(), text.value.size()));
    auto decoded = sms::decode_charset(octets, "utf-8").value();
    sms::InboundText inbound;
    inbound.sender = sms::normalise(from.value, sms::Ton::unknown, country_code);
    inbound.destination = SensitiveText(std::string(to.value));
    inbound.text = SensitiveText(std::move(decoded.utf8));
    inbound.remarks = decoded.remarks;
    if (inbound.remarks != 0) inbound.raw.assign(octets.begin(), octets.end());
    inbound.provider_id = id.value;
    inbound.sent_at = from_rfc3339(received_at.value);
    return inbound;
}

HttpReply answer(const Outcome& outcome) {
    boost::json::object body;
    body["message"] = outcome.message;
    body["reply"] = nullptr;
    if (outcome.reply) body["reply"] = *outcome.reply;
    body["duplicate"] = outcome.duplicate;
    return {200, "application/json", boost::json::serialize(body)};
}

}  // namespace

const Dialect json{"json", &key_presented, &read, &answer};

}  // namespace jejak::dialect
