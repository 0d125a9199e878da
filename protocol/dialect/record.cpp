#include "protocol/dialect/record.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "protocol/ascii.hpp"
#include "protocol/dialect/json_body.hpp"
#include "protocol/dialect/signature.hpp"
#include "protocol/sms/charset.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::dialect {

Record Record::of(const boost::json::object& object, std::string where) {
    Record record(Fields{}, std::move(where));
    for (const auto& [key, value] : object) {
        const std::string name(key.data(), key.size());
        if (const auto* const text = value.if_string()) {
            record.fields_.emplace_back(name, std::string(text->data(), text->size()));
        } else if (value.is_object() || value.is_array()) {
            record.wrong_type_.insert(name);
        } else if (!value.is_null()) {
            record.fields_.emplace_back(name, boost::json::serialize(value));
        }
    }
    return record;
}

std::optional<Record> Record::of(const HttpRequest& request) {
    if (request.method != "POST") return Record(request.query);
    if (!has_content_type(request, "application/json")) return Record(parse_form(request.body));
    const JsonBody body(request.body);
    if (body.object() == nullptr) return std::nullopt;
    return Record::of(*body.object());
}

bool Record::has(std::string_view name) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; });
}

std::optional<std::string_view> Record::find(std::string_view name) {
    if (wrong_type_.contains(name)) fault(name, "is not a string");
    for (const auto& [key, value] : fields_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

void Record::fault(std::string_view name, std::string_view wrong) {
    if (refusal_) return;
    refusal_ = Refusal{400, "A field cannot be used", where_ + std::string(name).append(" ").append(wrong)};
}

std::string_view Record::optional(std::string_view name) {
    const auto value = find(name).value_or(std::string_view());
    if (sms::utf8::valid(value)) return value;
    fault(name, "is not UTF-8");
    return {};
}

std::string_view Record::required(std::string_view name, std::string_view what) {
    const auto value = find(name);
    if (value) return optional(name);
    fault(name, std::string("is missing: ").append(what));
    return {};
}

std::string_view Record::text(std::string_view name) {
    const auto value = find(name);
    if (!value) fault(name, "is missing: the message, which may be empty");
    return value.value_or(std::string_view());
}

bool has_content_type(const HttpRequest& request, std::string_view type) {
    const auto given = request.header("content-type").value_or("");
    const auto end = std::min(given.find_first_of("; \t"), given.size());
    return lower_case(given.substr(0, end)) == type;
}

sms::InboundText inbound_text(const Heard& heard, std::string_view country_code) {
    const auto octets = std::as_bytes(std::span<const char>(heard.text.data(), heard.text.size()));
    auto decoded = sms::decode_charset(octets, "utf-8").value();
    sms::InboundText inbound;
    inbound.sender = sms::normalise(heard.from, sms::Ton::unknown, country_code);
    inbound.destination = SensitiveText(std::string(heard.to));
    inbound.text = SensitiveText(std::move(decoded.utf8));
    inbound.remarks = decoded.remarks;
    if (inbound.remarks != 0) inbound.raw.assign(octets.begin(), octets.end());
    inbound.provider_id = heard.id;
    inbound.sent_at = heard.sent_at;
    return inbound;
}

std::string content_id(std::initializer_list<std::string_view> pieces) {
    std::string content;
    for (const auto piece : pieces) content.append(std::to_string(piece.size())).append(":").append(piece);
    return to_hex(digest(Hash::sha256, content));
}

std::optional<WallTime> read_time(std::string_view text) {
    if (const auto moment = from_rfc3339(text)) return moment;
    return from_rfc3339(std::string(text) + "Z");
}

}  // namespace jejak::dialect
