#include "protocol/dialect/dialect.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/dialect/signature.hpp"

namespace jejak::dialect {

// One line for each dialect's file.
extern const Dialect kannel;
extern const Dialect json;
extern const Dialect twilio;
extern const Dialect vonage;
extern const Dialect infobip;
extern const Dialect africastalking;
extern const Dialect android;
extern const Dialect httpsms;

std::span<const Dialect> all() {
    static const std::array table{kannel, json, twilio, vonage, infobip, africastalking, android, httpsms};
    return table;
}

const Dialect* find(std::string_view name) {
    for (const auto& dialect : all()) {
        if (dialect.name == name) return &dialect;
    }
    return nullptr;
}

namespace {

std::optional<std::string_view> first(const std::vector<std::pair<std::string, std::string>>& fields,
                                      std::string_view name) {
    for (const auto& [key, value] : fields) {
        if (key == name) return value;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const {
    return first(query, name);
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
    return first(headers, name);
}

bool key_presented(const HttpRequest& request, std::string_view key) {
    const bool in_query = same_secret(request.query_value("key").value_or(""), key);
    const bool in_header = same_secret(credentials(request, "bearer"), key);
    return in_query || in_header;
}

bool key_presented(const HttpRequest& request, const Peer& peer) {
    return key_presented(request, peer.key);
}

std::string_view credentials(const HttpRequest& request, std::string_view scheme) {
    auto value = request.header("authorization").value_or("");
    if (value.size() <= scheme.size() || value[scheme.size()] != ' ') return {};
    if (lower_case(value.substr(0, scheme.size())) != scheme) return {};
    value.remove_prefix(std::min(value.find_first_not_of(' ', scheme.size()), value.size()));
    return value;
}

std::array<std::string, 2> spellings(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {std::string(url), std::string(url)};
    const auto begin = scheme_end + 3;
    const auto end = std::min(url.find_first_of("/?", begin), url.size());
    const auto authority = url.substr(begin, end - begin);
    const auto colon = authority.rfind(':');
    const auto bracket = authority.rfind(']');
    const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    const auto host = has_port ? authority.substr(0, colon) : authority;
    const std::string_view own_port = url.substr(0, scheme_end) == "http" ? "80" : "443";
    const auto port = has_port ? authority.substr(colon + 1) : own_port;
    const auto bare = std::string(url.substr(0, begin)).append(host);
    const auto rest = url.substr(end);
    return {std::string(bare).append(rest), std::string(bare).append(":").append(port).append(rest)};
}

HttpReply plain_ok(std::span<const Outcome> /*outcomes*/) {
    return {200, "", ""};
}

}  // namespace jejak::dialect
