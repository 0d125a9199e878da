#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "gateway/tool/smpp_probe.hpp"
#include "gateway/tool/smpp_words.hpp"
#include "protocol/smpp/tlv.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;
using smpp::CommandStatus;
using std::chrono::microseconds;
using How = Asked::How;

const char* bind_name(smpp::BindKind kind) {
    if (kind == smpp::BindKind::transceiver) return "transceiver";
    return kind == smpp::BindKind::receiver ? "receiver" : "transmitter";
}

std::string ms_text(microseconds time) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f ms", static_cast<double>(time.count()) / 1000.0);
    return text.data();
}
double ms_number(microseconds time) {
    return static_cast<double>(time.count()) / 1000.0;
}

struct Spread {
    microseconds min{}, median{}, max{};
};
/// `times` is not empty.
Spread spread_of(std::vector<microseconds> times) {
    std::sort(times.begin(), times.end());
    return {times.front(), times[times.size() / 2], times.back()};
}

std::string parameter_name(std::uint16_t tag) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "0x%04x", static_cast<unsigned>(tag));
    const auto* words = find_tag(tag);
    return words == nullptr ? number.data() : number.data() + std::string(" ") + words->name;
}

/// Numbers in words; anything else, octet by octet: an SMSC's bind_resp speaks of nobody.
std::string parameter_value(const ProbeReport::Parameter& parameter) {
    const auto* words = find_tag(parameter.tag);
    const bool number = words != nullptr && words->kind == ValueKind::number && parameter.value.size() <= 4;
    if (!number) return hex_text(parameter.value);
    std::uint32_t value = 0;
    for (const auto octet : parameter.value) value = value << 8 | std::to_integer<std::uint32_t>(octet);
    const auto meaning = tag_value_words(parameter.tag, value);
    return std::to_string(value) + (meaning.empty() ? "" : " " + meaning);
}

std::string version_words(const ProbeReport& report) {
    if (const auto version = report.sc_interface_version()) {
        std::array<char, 8> number{};
        std::snprintf(number.data(), number.size(), "0x%02x", static_cast<unsigned>(*version));
        return number.data() + std::string(" ") + interface_version_words(*version);
    }
    const bool said = std::any_of(report.parameters.begin(), report.parameters.end(), [](const auto& one) {
        return one.tag == static_cast<std::uint16_t>(smpp::Tag::sc_interface_version);
    });
    return said ? "of a wrong length: taken for 3.3, no optional parameters are sent to it"
                : "not told: taken for 3.3, no optional parameters are sent to it";
}

/// What an answer to something harmless and odd tells.
std::string reaction(const Asked& asked, const char* answered) {
    switch (asked.how) {
        case How::not_asked:
            return "not asked";
        case How::answered:
            return asked.status == CommandStatus::ok ? answered : "answered " + smpp::to_string(asked.status);
        case How::nacked:
            return "generic_nack " + smpp::to_string(asked.status);
        case How::silent:
            return "no answer";
        case How::closed:
            break;
    }
    return "the peer closed the connection";
}

std::string query_words(const Asked& query) {
    const bool says_no =
        query.status == CommandStatus::query_failed || query.status == CommandStatus::invalid_message_id;
    if (query.how == How::answered && says_no)
        return "supported (" + smpp::to_string(query.status) + " for an id that nobody has)";
    const bool unknown = query.how != How::not_asked && query.how != How::closed;
    return reaction(query, "answered, for an id that nobody has") + (unknown ? ": do not count on it" : "");
}

class Lines {
public:
    void add(std::string_view name, std::string_view value) {
        constexpr std::size_t width = 14;
        text_ += name;
        text_.append(name.size() < width ? width - name.size() : 1, ' ');
        text_ += value;
        text_ += '\n';
    }
    std::string text() && { return std::move(text_); }

private:
    std::string text_;
};

void add_tls(Lines& lines, const ProbeReport& report) {
    if (!report.tls) return;
    const auto& tls = *report.tls;
    lines.add("TLS", tls.version + ", " + tls.cipher + ", in " + ms_text(report.secured_in));
    lines.add("certificate", "of " + shown(tls.subject) + ", issued by " + shown(tls.issuer));
    std::string names;
    for (const auto& name : tls.names) names += (names.empty() ? "" : ", ") + shown(name);
    if (!names.empty()) lines.add("", "for " + names);
    if (tls.days_left) lines.add("", "ends in " + std::to_string(*tls.days_left) + " days");
}

void add_session(Lines& lines, const ProbeReport& report, const ProbeOptions& options) {
    lines.add("bound", std::string("as ") + bind_name(options.bind) + " in " + ms_text(report.bind.took) +
                           "; the SMSC calls itself " + quoted_text(report.smsc_id));
    lines.add("version", version_words(report));
    for (const auto& one : report.parameters)
        lines.add("parameter", parameter_name(one.tag) + ": " + parameter_value(one));
    std::string links =
        std::to_string(report.round_trips.size()) + " of " + std::to_string(report.enquiries) + " answered";
    if (!report.round_trips.empty()) {
        const auto spread = spread_of(report.round_trips);
        links += ": min " + ms_text(spread.min) + ", median " + ms_text(spread.median) + ", max " + ms_text(spread.max);
    }
    lines.add("enquire_link", links);
    lines.add("unknown TLV", reaction(report.unknown_parameter, "ignored, as it should be"));
    lines.add("query_sm", query_words(report.query));
    if (report.messages > 0)
        lines.add("messages", std::to_string(report.messages) + " came and were not acknowledged: the SMSC keeps them");
    lines.add("unbind", reaction(report.unbind, "answered"));
}

json::value json_of(const Asked& asked) {
    constexpr std::array hows{"not_asked", "answered", "nacked", "silent", "closed"};
    json::object value{{"how", hows[static_cast<std::size_t>(asked.how)]}};
    if (asked.how == How::answered || asked.how == How::nacked) {
        value["status"] = static_cast<std::uint32_t>(asked.status);
        value["status_name"] = smpp::to_string(asked.status);
        value["ms"] = ms_number(asked.took);
    }
    return value;
}

json::value json_of(const std::optional<net::TlsFacts>& tls) {
    if (!tls) return nullptr;
    json::object value{{"version", tls->version},
                       {"cipher", tls->cipher},
                       {"subject", tls->subject},
                       {"issuer", tls->issuer},
                       {"names", json::array(tls->names.begin(), tls->names.end())}};
    value["days_left"] = tls->days_left ? json::value(*tls->days_left) : json::value(nullptr);
    return value;
}

}  // namespace

std::string bind_hint(CommandStatus status) {
    switch (static_cast<std::uint32_t>(status)) {
        case 0x02:
        case 0x03:
            return "it does not know this bind, or this version of it: try another --bind or --version 3.4";
        case 0x04:
            return "it takes no bind of this kind now: is the account for another --bind?";
        case 0x05:
            return "the account is bound already, or as often as it may be: does another program use it?";
        case 0x08:
            return "trouble on its side: try again later, then ask the operator";
        case 0x0D:
            return "it says no more than that: system_id, password, this machine's address, the kind of bind, the "
                   "number of sessions, in that order";
        case 0x0E:
            return "the password is wrong, or longer than the 8 octets that it looks at";
        case 0x0F:
            return "it does not know this system_id: spelling and case matter";
        case 0x14:
        case 0x58:
            return "too many binds in too short a time: wait a minute";
        case 0x15:
        case 0x53:
            return "it wants another --system-type: ask the operator, or leave it empty";
        case 0x45:
        case 0x64:
        case 0x65:
        case 0x66:
            return "this status is for messages; the operator must say what it means here";
        default:
            return smpp::to_string(status).starts_with("0x")
                       ? "a status of this vendor's own: the operator knows what it means"
                       : "the operator must say what it means for a bind";
    }
}

std::string probe_lines(const ProbeReport& report, const ProbeOptions& options) {
    Lines lines;
    if (!report.address.empty()) lines.add("connected", report.address + " in " + ms_text(report.connected_in));
    add_tls(lines, report);
    if (report.bound()) add_session(lines, report, options);
    for (const auto& note : report.notes) lines.add("note", note);
    if (!report.fault.empty()) {
        lines.add("failed", report.fault);
        if (!report.hint.empty()) lines.add("", report.hint);
    }
    return std::move(lines).text();
}

std::string probe_json(const ProbeReport& report, const ProbeOptions& options) {
    constexpr std::array stages{"lookup", "connection", "handshake", "bind", "bound"};
    json::object value{{"host", options.host},
                       {"port", options.port},
                       {"bind", bind_name(options.bind)},
                       {"stage", stages[static_cast<std::size_t>(report.stage)]},
                       {"bound", report.bound()},
                       {"fault", report.fault},
                       {"hint", report.hint},
                       {"address", report.address},
                       {"connected_ms", ms_number(report.connected_in)},
                       {"tls", json_of(report.tls)},
                       {"bind_resp", json_of(report.bind)},
                       {"smsc_system_id", report.smsc_id}};
    const auto version = report.sc_interface_version();
    value["sc_interface_version"] = version ? json::value(*version) : json::value(nullptr);
    json::array parameters;
    for (const auto& one : report.parameters)
        parameters.push_back({{"tag", one.tag}, {"name", parameter_name(one.tag)}, {"hex", hex_text(one.value)}});
    value["parameters"] = std::move(parameters);
    json::object links{{"sent", report.enquiries}, {"answered", report.round_trips.size()}};
    if (!report.round_trips.empty()) {
        const auto spread = spread_of(report.round_trips);
        links["min_ms"] = ms_number(spread.min);
        links["median_ms"] = ms_number(spread.median);
        links["max_ms"] = ms_number(spread.max);
    }
    value["enquire_link"] = std::move(links);
    value["unknown_parameter"] = json_of(report.unknown_parameter);
    value["query_sm"] = json_of(report.query);
    value["unbind"] = json_of(report.unbind);
    value["messages_left"] = report.messages;
    value["notes"] = json::array(report.notes.begin(), report.notes.end());
    return json::serialize(value);
}

}  // namespace jejak::tool
