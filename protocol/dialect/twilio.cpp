#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/dialect/record.hpp"
#include "protocol/dialect/signature.hpp"
#include "protocol/sms/utf8.hpp"

/// Twilio's messaging webhook: a form by POST (or GET), signed over the URL and the fields, answered with TwiML, whose
/// message goes back to the sender. The key is the account's auth token. Twilio joins long texts itself. A signature
/// has no time in it: what comes again is a repeat by its MessageSid.
namespace jejak::dialect {

extern const Dialect twilio;

namespace {

/// Names and values without anything between them, by name; each value of a name once, by value.
std::string joined(Fields fields) {
    std::sort(fields.begin(), fields.end());
    fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    std::string all;
    for (const auto& [name, value] : fields) all.append(name).append(value);
    return all;
}

/// What follows the URL in the signed text; empty when nothing vouches for the body.
std::optional<std::string> signed_fields(const HttpRequest& request) {
    if (request.method != "POST" || request.body.empty()) return "";
    if (has_content_type(request, "application/x-www-form-urlencoded")) return joined(parse_form(request.body));
    // Any other body is vouched for by its digest in the query, which the signed URL holds.
    const auto claimed = request.query_value("bodySHA256");
    if (!claimed || !same_secret(lower_case(*claimed), to_hex(digest(Hash::sha256, request.body)))) return std::nullopt;
    return "";
}

bool authentic(const HttpRequest& request, const Peer& peer) {
    const auto fields = signed_fields(request);
    if (peer.key.empty() || !fields) return false;
    const auto presented = request.header("x-twilio-signature").value_or("");
    bool fits = false;
    for (const auto& url : spellings(peer.url)) {
        fits |= same_secret(presented, to_base64(hmac(Hash::sha1, peer.key, url + *fields)));
    }
    return fits;
}

boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    auto record = Record::of(request);
    if (!record) return Refusal{400, "The body is not a message", "the body is not a JSON object"};
    if (record->has("MessageStatus") && !record->has("Body")) return Messages{};  // of a message we sent
    Heard heard;
    heard.from = record->required("From", "the sender's number");
    heard.to = record->optional("To");
    heard.text = record->text("Body");
    heard.id =
        record->has("MessageSid") ? record->optional("MessageSid") : record->required("SmsSid", "the message's id");
    if (record->refusal()) return *record->refusal();
    return Messages{inbound_text(heard, country_code)};
}

/// Character data in ASCII, so that no declaration of an encoding is needed. What XML cannot hold becomes a blank.
std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t pos = 0; pos < text.size();) {
        auto c = sms::utf8::next(text, pos);
        if (c == sms::utf8::malformed || c == 0xFFFE || c == 0xFFFF) c = sms::utf8::replacement;
        const bool control = c < 0x20 && c != '\n' && c != '\t';
        const bool plain = c >= 0x20 && c < 0x7F && c != '<' && c != '>' && c != '&' && c != '"' && c != '\'';
        if (plain || c == '\n' || c == '\t') {
            out += static_cast<char>(c);
        } else if (control) {
            out += ' ';
        } else {
            out.append("&#").append(std::to_string(static_cast<std::uint32_t>(c))).append(";");
        }
    }
    return out;
}

HttpReply answer(std::span<const Outcome> outcomes) {
    std::string messages;
    for (const auto& outcome : outcomes) {
        if (outcome.reply) messages += "<Message>" + escaped(*outcome.reply) + "</Message>";
    }
    return {200, "text/xml", messages.empty() ? "<Response/>" : "<Response>" + messages + "</Response>"};
}

}  // namespace

const Dialect twilio{"twilio", "GET, POST", true, &authentic, &read, &answer};

}  // namespace jejak::dialect
