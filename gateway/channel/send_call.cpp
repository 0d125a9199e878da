#include "gateway/channel/send_call.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/regex.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "gateway/net/http_client.hpp"
#include "protocol/ascii.hpp"
#include "protocol/dialect/signature.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {
namespace {

namespace json = boost::json;

constexpr std::size_t provider_id_max = 64;
constexpr std::size_t pattern_max = 200;

using Values = std::vector<std::pair<std::string_view, std::string>>;

/// How values are written where they are put.
enum class Place : std::uint8_t { header, percent, json, xml, plain };

bool is_name_letter(char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
}

/// Calls `literal` and `placeholder` with the pieces of a template, in order. A `{` that begins no `{name}` is itself.
template <class Literal, class Placeholder>
void split(std::string_view text, Literal literal, Placeholder placeholder) {
    while (!text.empty()) {
        const auto open = text.find('{');
        literal(text.substr(0, open));
        if (open == std::string_view::npos) return;
        text.remove_prefix(open);
        const auto end =
            static_cast<std::size_t>(std::find_if_not(text.begin() + 1, text.end(), is_name_letter) - text.begin());
        if (end > 1 && end < text.size() && text[end] == '}') {
            placeholder(text.substr(1, end - 1));
            text.remove_prefix(end + 1);
        } else {
            literal(text.substr(0, end));
            text.remove_prefix(end);
        }
    }
}

void append_percent(std::string& out, std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : value) {
        const bool unreserved = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) {
            out += c;
        } else {
            out += '%';
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
        }
    }
}

void append_xml(std::string& out, std::string_view value) {
    for (const char c : value) {
        const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
        if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'') {
            out.append("&#").append(std::to_string(static_cast<int>(c))).append(";");
        } else {
            out += control ? ' ' : c;
        }
    }
}

void append_value(std::string& out, std::string_view value, Place place) {
    switch (place) {
        case Place::percent:
            append_percent(out, value);
            break;
        case Place::json: {
            const auto quoted = json::serialize(json::string(value.data(), value.size()));
            out.append(quoted, 1, quoted.size() - 2);
            break;
        }
        case Place::xml:
            append_xml(out, value);
            break;
        case Place::header:  // a line break would begin a header of its own
            for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
            break;
        case Place::plain:
            out += value;
            break;
    }
}

std::string fill(std::string_view text, const Values& values, Place place) {
    std::string out;
    split(
        text, [&](std::string_view literal) { out += literal; },
        [&](std::string_view name) {
            const auto found =
                std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.first == name; });
            if (found != values.end()) append_value(out, found->second, place);
        });
    return out;
}

std::string_view digits_of(std::string_view number) {
    return number.substr(number.starts_with('+') ? 1 : 0);
}

std::string_view encoding_of(std::string_view text) {
    const auto parts = sms::segment_text(text, 0);
    return !parts.empty() && parts.front().data_coding == 0 ? "text" : "unicode";
}

Values values_of(const SendOptions& options, const SendValues& values) {
    const auto seconds = std::max(values.validity, options.validity_least).count();
    return {{"to", values.to},
            {"to_digits", std::string(digits_of(values.to))},
            {"from", values.from},
            {"from_digits", std::string(digits_of(values.from))},
            {"text", values.text},
            {"encoding", std::string(encoding_of(values.text))},
            {"id", values.id},
            {"validity_seconds", std::to_string(seconds)},
            {"validity_minutes", std::to_string((seconds + 59) / 60)},
            {"validity_milliseconds", std::to_string(seconds * 1'000)},
            {"account", options.account},
            {"secret", options.secret.reveal()}};
}

/// Where a URL's path begins: behind scheme and authority.
std::size_t path_begin(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return url.size();
    return std::min(url.find_first_of("/?", scheme + 3), url.size());
}

Place body_place(const SendOptions& options) {
    for (const auto& [name, value] : options.headers) {
        if (lower_case(name) != "content-type") continue;
        const auto type = lower_case(value);
        if (type.find("json") != std::string::npos) return Place::json;
        if (type.find("form-urlencoded") != std::string::npos) return Place::percent;
        if (type.find("xml") != std::string::npos) return Place::xml;
        return Place::plain;
    }
    return Place::plain;
}

bool has_header(const SendOptions& options, std::string_view wanted) {
    return std::any_of(options.headers.begin(), options.headers.end(),
                       [&](const auto& header) { return lower_case(header.first) == wanted; });
}

/// A JSON value as it is compared and kept: a string without quotes, numbers and truth values as JSON spells them.
std::optional<std::string> scalar(const json::value* value) {
    if (value == nullptr || value->is_object() || value->is_array() || value->is_null()) return std::nullopt;
    if (const auto* const text = value->if_string()) return std::string(text->data(), text->size());
    return json::serialize(*value);
}

std::optional<json::value> parsed(std::string_view body) {
    json::error_code error;
    auto value = json::parse(json::string_view(body.data(), body.size()), error);
    if (error) return std::nullopt;
    return value;
}

std::optional<std::string> at_pointer(const json::value& value, std::string_view pointer) {
    json::error_code error;
    return scalar(value.find_pointer(json::string_view(pointer.data(), pointer.size()), error));
}

std::optional<std::string> first_group(const std::string& body, const std::string& pattern) {
    try {
        boost::smatch match;
        if (boost::regex_search(body, match, boost::regex(pattern)) && match.size() > 1) return match.str(1);
    } catch (const std::runtime_error&) {  // the pattern asks for more steps than the library allows
    }
    return std::nullopt;
}

std::string id_in(const SendOptions& options, const std::string& body) {
    std::optional<std::string> id;
    const auto answer = options.id_pointer.empty() ? std::optional<json::value>() : parsed(body);
    if (answer) id = at_pointer(*answer, options.id_pointer);
    if (!id && !options.id_pattern.empty()) id = first_group(body, options.id_pattern);
    const bool usable = id && id->size() <= provider_id_max &&
                        std::all_of(id->begin(), id->end(), [](char c) { return c > 0x20 && c < 0x7F; });
    return usable ? *id : std::string();
}

bool contains(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool status_fits(const SendOptions& options, unsigned status) {
    const auto digits = std::to_string(status);
    return contains(options.statuses, digits) || contains(options.statuses, digits.substr(0, 1) + "xx");
}

/// An answer that can be read and does not hold the value tells of no text that was taken; one that cannot be read
/// tells nothing.
Judged judge_taken(const SendOptions& options, const net::Sent& sent, std::size_t parts, Judged judged) {
    using How = Judged::How;
    judged.how = How::taken;
    judged.provider_id = id_in(options, sent.body);
    if (options.pointer.empty()) return judged;
    const auto answer = parsed(sent.body);
    const auto value = answer ? at_pointer(*answer, options.pointer) : std::optional<std::string>();
    if (!answer) {
        judged.how = How::unknown;
        judged.reason = "unreadable_answer";
    } else if (!value) {
        judged.how = How::refused;
        judged.reason = "nothing_taken";
    } else if (contains(options.equals, *value)) {
        return judged;
    } else if (contains(options.later, *value)) {
        judged.how = parts > 1 ? How::unknown : How::later;
        judged.reason = parts > 1 ? "busy_in_parts" : "busy";
        judged.patience = true;
    } else {
        judged.how = How::refused;
        judged.reason = "refused";
    }
    return judged;
}

/// Collects faults key by key.
class Inspection {
public:
    Inspection(const SendOptions& options, std::string_view from) : options_(options), from_(from) {}

    std::vector<SendFault> run() {
        if (options_.method != "POST" && options_.method != "GET" && options_.method != "PUT") {
            add("method", "method must be \"POST\", \"GET\" or \"PUT\"");
        }
        placeholders("url", options_.url);
        placeholders("body", options_.body);
        placeholders("auth", options_.basic);
        for (const auto& [name, value] : options_.headers) placeholders("headers", value);
        url();
        headers();
        body();
        success();
        id();
        return std::move(faults_);
    }

private:
    /// The first of each key: the others may follow from it.
    void add(const std::string& key, std::string message) {
        const bool known = std::any_of(faults_.begin(), faults_.end(), [&](const auto& f) { return f.key == key; });
        if (!known) faults_.push_back({key, std::move(message)});
    }

    void placeholders(const std::string& key, std::string_view text) {
        const auto known = values_of(options_, {});
        split(
            text, [](std::string_view) {},
            [&](std::string_view name) {
                const std::string spelt = "{" + std::string(name) + "}";
                std::string all;
                for (const auto& [one, value] : known) all += (all.empty() ? "{" : ", {") + std::string(one) + "}";
                const bool found = all.find(spelt) != std::string::npos;
                if (!found) add(key, spelt + " stands for nothing; there are " + all);
                if (name == "account" && options_.account.empty())
                    add("account", "account is missing: what {account} in " + key + " stands for");
                if (name == "secret" && options_.secret.reveal().empty())
                    add("secret", "secret is missing: give secret = \"…\" or secret_file = \"FILE\"");
                if ((name == "from" || name == "from_digits") && from_.empty())
                    add("", "service_number is missing: what " + spelt + " in " + key + " of send stands for");
            });
    }

    void url() {
        const auto& url = options_.url;
        if (url.empty()) return add("url", "url is missing; for example \"https://sms.example.org/send\"");
        const auto origin = origin_of(options_);
        const auto target = render(options_, {"+628400000001", "9840", "x", "x"}).target;
        const auto whole = origin + target;
        const auto parsed = boost::urls::parse_uri(boost::urls::string_view(whole.data(), whole.size()));
        const bool http = parsed && parsed->scheme() == "http";
        if (origin.find('{') != std::string::npos) {
            add("url", "the host of url can hold {account} and nothing else in braces");
        } else if (!parsed || !(http || parsed->scheme() == "https") || parsed->encoded_host().empty()) {
            add("url", "url must be absolute, such as \"https://sms.example.org/send\"");
        } else if (parsed->has_userinfo() || parsed->has_fragment()) {
            add("url", "url must have neither user information nor a fragment; auth = { basic = \"USER:{secret}\" }");
        } else if (http && !options_.allow_private_address) {
            add("url",
                "plain http is refused: use https, or allow_private_address = true for a sender on your own network");
        } else if (const auto fault = net::url_fault(origin)) {
            add("url", "url cannot be used: " + *fault);
        }
    }

    void headers() {
        for (const auto& [name, value] : options_.headers) {
            const auto lower = lower_case(name);
            const bool token = !lower.empty() &&
                               lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
            if (!token) add("headers", "\"" + name + "\" is no name of a header");
            if (lower == "host" || lower == "content-length" || lower == "transfer-encoding" || lower == "connection")
                add("headers", name + " is set by Jejak; leave it out");
            if (lower == "authorization" && !options_.basic.empty())
                add("auth", "auth and an Authorization header exclude each other; keep one");
            const bool control =
                std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
            if (control) add("headers", "the value of " + name + " must be one line");
        }
        if (!options_.basic.empty() && options_.basic.find(':') == std::string::npos)
            add("auth", "basic must be user and password, such as \"{account}:{secret}\"");
    }

    void body() {
        if (options_.body.empty()) return;
        if (!has_header(options_, "content-type")) {
            add("headers",
                "a body needs its Content-Type, which decides how values are escaped, such as \"application/json\"");
        } else if (body_place(options_) == Place::json) {
            const auto filled = render(options_, {"+628400000001", "9840", "\"\\\n", "x"}).body;
            json::error_code error;
            json::parse(filled, error);
            if (error) add("body", "body is no JSON once it is filled in; texts stand in quotes: \"{text}\"");
        }
    }

    void success() {
        for (const auto& status : options_.statuses) {
            const bool three = status.size() == 3 && status[0] >= '1' && status[0] <= '5';
            const auto rest = three ? std::string_view(status).substr(1) : std::string_view();
            const bool digits = three && rest.find_first_not_of("0123456789") == std::string_view::npos;
            if (rest != "xx" && !digits) add("success", "\"" + status + "\" is no status, such as \"2xx\" or 201");
        }
        if (options_.statuses.empty()) add("success", "success names no status; leave it out for \"2xx\"");
        if (options_.pointer.empty()) {
            if (!options_.equals.empty() || !options_.later.empty())
                add("success", "equals and later need a pointer, such as pointer = \"/messages/0/status\"");
            return;
        }
        if (!options_.pointer.starts_with('/'))
            add("success", "pointer must be a JSON pointer, such as \"/messages/0/status\"");
        if (options_.equals.empty())
            add("success", "pointer needs equals: the values of a text that was taken, such as equals = [\"0\"]");
    }

    void id() {
        if (!options_.id_pointer.empty() && !options_.id_pointer.starts_with('/'))
            add("id", "id must be a JSON pointer, such as \"/messages/0/id\", or { regex = \"…\" }");
        if (options_.id_pattern.empty()) return;
        if (options_.id_pattern.size() > pattern_max)
            return add("id", "regex is longer than " + std::to_string(pattern_max) + " octets");
        try {
            if (boost::regex(options_.id_pattern).mark_count() == 0)
                add("id", "regex needs a group around the id, such as \"ID: ([0-9a-f]+)\"");
        } catch (const boost::regex_error&) {
            add("id", "regex is no regular expression");
        }
    }

    const SendOptions& options_;
    std::string_view from_;
    std::vector<SendFault> faults_;
};

}  // namespace

std::vector<SendFault> problems(const SendOptions& options, std::string_view from) {
    return Inspection(options, from).run();
}

std::string origin_of(const SendOptions& options) {
    const auto url = std::string_view(options.url);
    const bool host_label = !options.account.empty() &&
                            options.account.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string::npos;
    std::string origin;
    split(
        url.substr(0, path_begin(url)), [&](std::string_view literal) { origin += literal; },
        [&](std::string_view name) {
            origin += name == "account" && host_label ? options.account : "{" + std::string(name) + "}";
        });
    return origin;
}

SendRequest render(const SendOptions& options, const SendValues& given) {
    const auto values = values_of(options, given);
    SendRequest request;
    request.method = options.method;
    const auto url = std::string_view(options.url);
    request.target = fill(url.substr(path_begin(url)), values, Place::percent);
    if (!request.target.starts_with('/')) request.target.insert(request.target.begin(), '/');
    for (const auto& [name, value] : options.headers) {
        request.headers.emplace_back(name, fill(value, values, Place::header));
    }
    if (!options.basic.empty()) {
        request.headers.emplace_back("Authorization",
                                     "Basic " + dialect::to_base64(fill(options.basic, values, Place::header)));
    }
    request.body = fill(options.body, values, body_place(options));
    return request;
}

Judged judge(const SendOptions& options, const net::Sent& sent, std::size_t parts) {
    using How = Judged::How;
    Judged judged;
    judged.reason = sent.reason;
    if (sent.how != net::Sent::How::answered) {
        judged.how = sent.begun ? How::unknown : How::later;
        return judged;
    }
    judged.reason = "http_" + std::to_string(sent.status);
    if (status_fits(options, sent.status)) return judge_taken(options, sent, parts, std::move(judged));
    const bool asks_for_patience = sent.status == 429 || (sent.status == 503 && sent.retry_after);
    if (asks_for_patience) {
        judged.how = How::later;
        judged.patience = true;
        judged.wait = sent.retry_after;
    } else if (sent.status >= 300 && sent.status < 500 && sent.status != 408) {
        judged.how = How::refused;
    }
    return judged;
}

}  // namespace jejak::channel
