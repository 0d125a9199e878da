#include <algorithm>
#include <charconv>

#include "protocol/dialect/dialect.hpp"
#include "protocol/dialect/form.hpp"
#include "protocol/sms/charset.hpp"
#include "protocol/sms/utf8.hpp"

/// Kannel's smsbox as an HTTP client: get-url (or post-url) with
/// `?from=%p&to=%P&text=%b&id=%I&time=%T&smsc=%i&coding=%c&charset=%C&key=…`. The body of the answer is the reply SMS.
/// source: Kannel 1.4.5 User's Guide, "Parameters (Escape Codes)"
namespace jejak::dialect {

extern const Dialect kannel;

namespace {

using sms::DecodedText;
using sms::Remark;

/// Fields of the query or, after them, of a form in the body.
class Request {
public:
    explicit Request(const HttpRequest& http) : http_(http) {
        if (content_type().starts_with("application/x-www-form-urlencoded")) form_ = parse_form(http.body);
    }

    std::optional<std::string_view> value(std::string_view name) const {
        if (const auto in_query = http_.query_value(name)) return in_query;
        for (const auto& [key, value] : form_) {
            if (key == name) return value;
        }
        return std::nullopt;
    }

    /// The message: a field, or the body of a plain post-url.
    std::optional<std::string_view> text() const {
        if (const auto field = value("text")) return field;
        const bool body_is_text =
            content_type().starts_with("text/plain") || content_type() == "application/octet-stream";
        if (body_is_text && http_.method == "POST") return http_.body;
        return std::nullopt;
    }

    /// What %C says or, for a post-url, the parameter of the content type.
    std::string_view charset() const {
        if (const auto field = value("charset")) return *field;
        constexpr std::string_view parameter = "charset=";
        const auto at = content_type().find(parameter);
        return at == std::string_view::npos || value("text") ? std::string_view()
                                                             : content_type().substr(at + parameter.size());
    }

    /// 0 for 7-bit, 1 for 8-bit, 2 for UCS-2, as %c says or a post-url's header.
    std::string_view coding() const { return value("coding").value_or(http_.header("x-kannel-coding").value_or("")); }

private:
    std::string_view content_type() const { return http_.header("content-type").value_or(""); }

    const HttpRequest& http_;
    Fields form_;
};

std::span<const std::byte> octets_of(std::string_view text) {
    return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

/// Text octets by what the hints say, else UTF-8; whatever they say, something readable comes out.
DecodedText decode(std::string_view text, std::string_view coding, std::string_view charset) {
    const auto octets = octets_of(text);
    if (coding == "1") return {{}, sms::Remarks{} | Remark::binary};
    if (auto named = sms::decode_charset(octets, charset)) return *std::move(named);
    if (coding != "2") return sms::decode_charset(octets, "utf-8").value();
    if (text.size() % 2 == 0) return sms::decode_charset(octets, "utf-16be").value();
    // An odd number of octets is no UCS-2, whatever it claims.
    auto guessed = sms::decode_charset(octets, sms::utf8::valid(text) ? "utf-8" : "utf-16be").value();
    guessed.remarks = guessed.remarks | Remark::replaced;
    return guessed;
}

/// %T is Unix seconds; %t, which older configurations use, is `YYYY-MM-DD HH:MM:SS` in UTC. An unreadable time is none.
std::optional<WallTime> read_time(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t seconds_max = 253'402'300'799;  // the end of the year 9999
    if (error == std::errc() && end == text.data() + text.size()) {
        if (seconds <= 0 || seconds > seconds_max) return std::nullopt;
        return WallTime(std::chrono::seconds(seconds));
    }
    return from_rfc3339(std::string(text) + "Z");
}

Refusal missing(std::string_view field) {
    return {400, "A field is missing", std::string(field) + " is missing from the query"};
}

boost::system::result<Messages, Refusal> read(const HttpRequest& http, std::string_view country_code) {
    const Request request(http);
    const auto from = request.value("from");
    const auto text = request.text();
    if (!from) return missing("from");
    if (!text) return missing("text");

    auto decoded = decode(*text, request.coding(), request.charset());
    sms::InboundText inbound;
    inbound.sender = sms::normalise(*from, sms::Ton::unknown, country_code);
    inbound.destination = SensitiveText(std::string(request.value("to").value_or("")));
    inbound.text = SensitiveText(std::move(decoded.utf8));
    inbound.remarks = decoded.remarks;
    if (inbound.remarks != 0) {
        const auto octets = octets_of(*text);
        inbound.raw.assign(octets.begin(), octets.end());
        inbound.data_coding = request.coding() == "2" ? 8 : request.coding() == "1" ? 4 : 0;
    }
    inbound.provider_id = request.value("id").value_or("");
    inbound.sent_at = read_time(request.value("time").value_or(""));
    return Messages{std::move(inbound)};
}

HttpReply answer(std::span<const Outcome> outcomes) {
    return {200, "text/plain; charset=utf-8", outcomes.front().reply.value_or("")};
}

}  // namespace

const Dialect kannel{"kannel", "GET, POST", true, &key_presented, &read, &answer};

}  // namespace jejak::dialect
