#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/dialect/json_body.hpp"
#include "protocol/dialect/record.hpp"
#include "protocol/dialect/signature.hpp"
#include "protocol/sms/utf8.hpp"

/// Twilio's messaging webhook: a form by POST (or GET), signed over the URL and the fields, answered with TwiML, whose
/// message goes back to the sender. The key is the account's auth token. Twilio joins long texts itself.
///
/// A signature has no time in it, and nothing stands between the names and values of a form that it covers:
/// `MessageSid=SM1&NumMedia=0` is signed as `MessageSid=SM1NumMedia0` is. So a captured request could be cut anew, or
/// sent by another method, to say something else. What a message says is therefore read only from fields that can be
/// cut in one way, and its id only when no other stands in what is signed; then what comes again is a repeat by its
/// MessageSid. Twilio adds fields without notice: with an unknown one where it could be a piece of the text, a message
/// is kept as it came, for a person to look at.
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

constexpr std::size_t sid_size = 34;
constexpr std::size_t e164_max = 15;
constexpr std::size_t channel_number_max = 20;  ///< of another channel's own numbering
constexpr std::size_t name_max = 11;            ///< of an alphanumeric sender
constexpr std::size_t user_id_max = 128;        ///< of a person on WhatsApp, behind the country

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_letter(char c) {
    return is_capital(to_upper(c));
}

/// A message's id: SM or MM (with media) and 32 hexadecimal digits.
bool is_sid(std::string_view text) {
    if (text.size() != sid_size || !(text.starts_with("SM") || text.starts_with("MM"))) return false;
    return std::all_of(text.begin() + 2, text.end(),
                       [](char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); });
}

/// A `+` or none, and digits.
bool is_number(std::string_view text, std::size_t digits_max) {
    const auto digits = text.substr(text.starts_with('+') ? 1 : 0);
    return !digits.empty() && digits.size() <= digits_max && std::all_of(digits.begin(), digits.end(), is_digit);
}

/// A person on WhatsApp who may keep the number hidden: `whatsapp:ID.` or `whatsapp:ID.ENT.`, of that country, and
/// letters and digits.
bool is_user_id(std::string_view text) {
    constexpr std::string_view channel = "whatsapp:", parent = "ENT.";
    if (!text.starts_with(channel)) return false;
    text.remove_prefix(channel.size());
    if (text.size() < 3 || !is_capital(text[0]) || !is_capital(text[1]) || text[2] != '.') return false;
    text.remove_prefix(3);
    if (text.starts_with(parent)) text.remove_prefix(parent.size());
    return !text.empty() && text.size() <= user_id_max &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c); });
}

/// Who sends or is meant, as Twilio spells it: E.164, a short code, a name, a number on another channel
/// (`whatsapp:+62…`), or a person there. Nobody is possible.
bool is_party(std::string_view text) {
    if (is_user_id(text)) return true;
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) {
        const auto channel = text.substr(0, colon);
        return !channel.empty() && is_number(text.substr(colon + 1), channel_number_max) &&
               std::all_of(channel.begin(), channel.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    }
    if (is_number(text, e164_max)) return true;
    constexpr std::string_view marks = " +-_&.";
    return text.size() <= name_max && !text.starts_with('+') && std::all_of(text.begin(), text.end(), [&](char c) {
               return is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos;
           });
}

/// The ids of messages in what is signed: each stands behind its name and what is `between` the two. The id of the
/// message that is answered (WhatsApp) is another one's by right.
std::vector<std::string_view> sids_in(std::string_view text, std::string_view between) {
    constexpr std::string_view answered = "OriginalReplied";
    std::vector<std::string_view> found;
    for (const std::string_view name : {"MessageSid", "SmsSid"}) {
        for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
            if (text.substr(0, at).ends_with(answered)) continue;
            auto behind = text.substr(at + name.size());
            if (!behind.starts_with(between)) continue;
            behind = behind.substr(between.size(), sid_size);
            if (is_sid(behind)) found.push_back(behind);
        }
    }
    return found;
}

/// A field of Twilio's that stands between the text and the sender when all are sorted.
bool follows_body(std::string_view name, std::string_view value) {
    if (name == "ExternalUserId" || name == "ExternalUserIdentifier") return is_user_id(value);
    constexpr std::array<std::string_view, 11> known{
        "ButtonPayload", "ButtonText", "ButtonType", "ChannelInstallSid", "ChannelMetadata",    "ChannelPrefix",
        "ChannelStatus", "ErrorCode",  "ErrorUrl",   "Forwarded",         "FrequentlyForwarded"};
    return std::find(known.begin(), known.end(), name) != known.end();
}

/// One JSON object of Twilio's from end to end. Quotes that a person wrote are escaped in it, so it ends where it
/// ended, whatever words are inside.
bool is_whole_object(std::string_view name, std::string_view value) {
    constexpr std::array<std::string_view, 3> objects{"AddOns", "ChannelMetadata", "InteractiveData"};
    if (std::find(objects.begin(), objects.end(), name) == objects.end()) return false;
    return value.starts_with('{') && value.ends_with('}') && JsonBody(value).object() != nullptr;
}

/// A sender whose end may be the fields that follow: an id of letters and digits can swallow them unnoticed.
bool swallows(std::string_view sender) {
    constexpr std::array<std::string_view, 5> followers{"From", "Label", "Latitude", "ListId", "ListTitle"};
    return is_user_id(sender) && std::any_of(followers.begin(), followers.end(), [&](std::string_view name) {
               return sender.find(name) != std::string_view::npos;
           });
}

/// True for a field that may have been cut out of others. What is before MessageSid in the order that is signed cannot
/// hold the beginning of sender or id, nor what is before Body that of the text; so each of them begins where it began.
bool miscut(const std::string& name, const std::string& value) {
    constexpr std::array<std::string_view, 5> of_sender{"From", "FromCity", "FromCountry", "FromState", "FromZip"};
    constexpr std::array<std::string_view, 4> places{"City", "Country", "State", "Zip"};
    const auto holds = [&](std::string_view text) {
        return (name < "Body" && text.find("Body") != std::string_view::npos) ||
               text.find("From") != std::string_view::npos || text.find("MessageSid") != std::string_view::npos;
    };
    const bool named = !name.empty() && is_capital(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '_';
    });
    if (!named || !sids_in(value, "").empty()) return true;
    if ((name == "From" || name == "To") && std::any_of(places.begin(), places.end(), [&](std::string_view place) {
            return std::string_view(value).starts_with(place);  // FromCity, cut after From
        })) {
        return true;
    }
    if (name == "From" && swallows(value)) return true;
    if (name >= "MessageSid" || name == "Body") return false;
    const bool senders = std::find(of_sender.begin(), of_sender.end(), name) != of_sender.end();
    return (!senders && holds(name)) || (holds(value) && !is_whole_object(name, value));
}

/// True for a form, whose fields are signed without anything between them.
bool is_form(const HttpRequest& request) {
    return request.method == "POST" && !has_content_type(request, "application/json");
}

/// The text may go on in a field that is not known to be Twilio's.
bool doubtful_text(const HttpRequest& request, const Record& record) {
    const auto& fields = record.fields();
    return is_form(request) && std::any_of(fields.begin(), fields.end(), [](const auto& field) {
               const auto& [name, value] = field;
               return name > "Body" && name < "From" && !follows_body(name, value);
           });
}

/// Finds fault with a request that may have been made from another one's signature.
void refuse_recut(const HttpRequest& request, Record& record, std::string_view id) {
    constexpr std::string_view other = "stands beside another message's id in what is signed";
    const auto all = joined(record.fields());
    for (const auto& sid : {sids_in(all, ""), sids_in(all, "="), sids_in(request.target, "=")}) {
        if (std::any_of(sid.begin(), sid.end(), [&](auto one) { return one != id; })) record.fault("MessageSid", other);
    }
    if (!sids_in(request.target, "").empty()) record.fault("MessageSid", other);  // a form's fields, made a URL
    if (!is_form(request)) return;  // there every octet is signed where it stands
    auto fields = record.fields();
    std::sort(fields.begin(), fields.end());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& [name, value] = fields[i];
        const bool twice = i > 0 && fields[i - 1].first == name;
        // The name may be anything: it could be a piece of somebody's text.
        if (twice || miscut(name, value)) record.fault("the form", "is not cut as Twilio cuts it");
    }
}

std::string_view message_id(Record& record) {
    const auto id =
        record.has("MessageSid") ? record.optional("MessageSid") : record.required("SmsSid", "the message's id");
    for (const std::string_view name : {"MessageSid", "SmsMessageSid", "SmsSid"}) {
        if (!record.has(name)) continue;
        const auto given = record.optional(name);
        if (!is_sid(given)) record.fault(name, "is not SM or MM and 32 hexadecimal digits");
        if (given != id) record.fault(name, "is another message's id");
    }
    return id;
}

/// A message that cannot be read for certain: kept as it came, for a person to look at. Refused, it would be lost.
sms::InboundText unreadable(const HttpRequest& request, const Heard& heard, std::string_view country_code) {
    auto inbound = inbound_text({heard.from, heard.to, {}, heard.id, {}}, country_code);
    const auto octets = std::as_bytes(std::span<const char>(request.body.data(), request.body.size()));
    inbound.raw.assign(octets.begin(), octets.end());
    inbound.remarks = inbound.remarks | sms::Remark::undecodable;
    return inbound;
}

boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    auto record = Record::of(request);
    if (!record) return Refusal{400, "The body is not a message", "the body is not a JSON object"};
    if (record->has("MessageStatus") && !record->has("Body")) return Messages{};  // of a message we sent
    Heard heard;
    heard.from = record->required("From", "the sender's number");
    heard.to = record->optional("To");
    heard.text = record->text("Body");
    heard.id = message_id(*record);
    if (!is_party(heard.from)) record->fault("From", "is no number or name as Twilio spells them");
    const bool agent = heard.to.find(':') != std::string_view::npos;  // ours on another channel may be a name
    if (!agent && !is_party(heard.to)) record->fault("To", "is no number or name as Twilio spells them");
    refuse_recut(request, *record, heard.id);
    if (record->refusal()) return *record->refusal();
    if (doubtful_text(request, *record)) return Messages{unreadable(request, heard, country_code)};
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
