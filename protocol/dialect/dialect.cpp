#include "protocol/dialect/dialect.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace jejak::dialect {

// One line for each dialect's file.
extern const Dialect kannel;
extern const Dialect json;

std::span<const Dialect> all() {
    static const std::array table{kannel, json};
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

/// The token of `Bearer TOKEN`. source: RFC 6750 section 2.1; the scheme's case does not matter
std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() < scheme.size()) return {};
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    if (!std::equal(scheme.begin(), scheme.end(), authorization.begin(), [&](char s, char a) { return same(a, s); })) {
        return {};
    }
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', scheme.size()), authorization.size()));
    return authorization;
}

/// Compares digests, so that neither the time nor its dependence on length tells anything of `key`.
bool same_secret(std::string_view presented, std::string_view key) {
    const auto digest = [](std::string_view text) {
        std::array<unsigned char, crypto_generichash_BYTES> octets;
        crypto_generichash(octets.data(), octets.size(), reinterpret_cast<const unsigned char*>(text.data()),
                           text.size(), nullptr, 0);
        return octets;
    };
    const auto a = digest(presented);
    const auto b = digest(key);
    return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const {
    return first(query, name);
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
    return first(headers, name);
}

bool key_presented(const HttpRequest& request, std::string_view key) {
    if (key.empty()) return false;
    const bool in_query = same_secret(request.query_value("key").value_or(""), key);
    const bool in_header = same_secret(bearer_token(request.header("authorization").value_or("")), key);
    return in_query || in_header;
}

}  // namespace jejak::dialect
