#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "protocol/dialect/json_body.hpp"
#include "protocol/dialect/record.hpp"
#include "protocol/dialect/signature.hpp"
#include "protocol/sms/utf8.hpp"

/// Infobip's forwarding of received messages (MO_JSON_2): POST of a JSON object whose `results` hold any number of
/// messages. Infobip does not sign: the key is what a Basic authorization holds (`user:password`, or the password
/// alone), or is presented as `?key=…`, `Bearer …` or `App …`. Delivery reports to the same URL are answered and not
/// stored.
namespace jejak::dialect {

extern const Dialect infobip;

namespace {

constexpr std::size_t results_max = 1'000;  ///< of one request; 64 KiB hold fewer real ones

bool authentic(const HttpRequest& request, const Peer& peer) {
    if (peer.key.empty()) return false;
    const auto basic = from_base64(credentials(request, "basic")).value_or("");
    const auto colon = basic.find(':');
    const bool whole = same_secret(basic, peer.key);
    const bool password = same_secret(colon == std::string::npos ? "" : basic.substr(colon + 1), peer.key);
    const bool app = same_secret(credentials(request, "app"), peer.key);
    return key_presented(request, peer.key) || whole || password || app;
}

boost::system::result<sms::InboundText, Refusal> read_one(Record record, std::string_view country_code) {
    Heard heard;
    heard.from = record.required("from", "the sender's number");
    heard.to = record.optional("to");
    heard.text = record.text("text");
    heard.id = record.optional("messageId");
    const auto date = record.optional("receivedAt");
    heard.sent_at = read_time(date);
    if (record.refusal()) return *record.refusal();
    std::string made;
    // Without a date, nothing tells a repeat from the same words said again.
    if (heard.id.empty() && !date.empty()) heard.id = made = content_id({heard.from, heard.to, heard.text, date});
    return inbound_text(heard, country_code);
}

/// A string of that name; empty when there is none.
std::string_view string_in(const boost::json::value& result, boost::json::string_view name) {
    const auto* const object = result.if_object();
    const auto* const value = object == nullptr ? nullptr : object->if_contains(name);
    const auto* const text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

/// A result that is no message we can read: kept as it came, for a person to look at, with its sender and id if these
/// can be read.
sms::InboundText unreadable(const boost::json::value& result, std::string_view country_code) {
    const auto text = boost::json::serialize(result);
    const auto octets = std::as_bytes(std::span<const char>(text.data(), text.size()));
    const auto from = string_in(result, "from");
    const auto id = string_in(result, "messageId");
    sms::InboundText inbound;
    if (!from.empty() && sms::utf8::valid(from)) {
        inbound.sender = sms::normalise(from, sms::Ton::unknown, country_code);
    }
    inbound.provider_id = id.empty() ? content_id({text}) : std::string(id);
    inbound.raw.assign(octets.begin(), octets.end());
    inbound.remarks = inbound.remarks | sms::Remark::undecodable;
    return inbound;
}

/// Tells of a message we sent.
bool is_report(const boost::json::object& result) {
    const auto* const text = result.if_contains("text");
    return (text == nullptr || text->is_null()) && (result.contains("status") || result.contains("doneAt"));
}

/// Refused, a request would come again for ever: so only one in which nothing looks like a message is.
boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    const JsonBody body(request.body);
    if (body.object() == nullptr) return Refusal{400, "The body is not a message", "the body is not a JSON object"};
    const auto* const results = body.object()->if_contains("results");
    if (results == nullptr) return Refusal{400, "A field is missing", "results is missing: the list of messages"};
    const auto* const list = results->if_array();
    if (list == nullptr) return Refusal{400, "A field cannot be used", "results is not a list"};
    if (list->size() > results_max) {
        return Refusal{400, "A field cannot be used", "results holds more than " + std::to_string(results_max)};
    }
    const bool any = std::any_of(list->begin(), list->end(), [](const auto& result) { return result.is_object(); });
    if (!any && !list->empty()) return Refusal{400, "A field cannot be used", "results[0] is not an object"};

    Messages messages;
    for (const auto& result : *list) {
        const auto* const object = result.if_object();
        if (object != nullptr && is_report(*object)) continue;
        if (object == nullptr) {
            messages.push_back(unreadable(result, country_code));
            continue;
        }
        auto one = read_one(Record::of(*object), country_code);
        messages.push_back(one.has_error() ? unreadable(result, country_code) : std::move(*one));
    }
    return messages;
}

}  // namespace

const Dialect infobip{"infobip", "POST", false, &authentic, &read, &plain_ok};

}  // namespace jejak::dialect
