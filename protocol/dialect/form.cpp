#include "protocol/dialect/form.hpp"

#include <algorithm>

namespace jejak::dialect {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode_component(std::string_view encoded) {
    std::string out;
    out.reserve(encoded.size());
    for (std::size_t pos = 0; pos < encoded.size(); ++pos) {
        const char c = encoded[pos];
        const int high = c == '%' && pos + 2 < encoded.size() ? hex_digit(encoded[pos + 1]) : -1;
        const int low = high >= 0 ? hex_digit(encoded[pos + 2]) : -1;
        if (low >= 0) {
            out.push_back(static_cast<char>(high * 16 + low));
            pos += 2;
        } else {
            out.push_back(c == '+' ? ' ' : c);
        }
    }
    return out;
}

}  // namespace

Fields parse_form(std::string_view encoded) {
    Fields fields;
    while (!encoded.empty() && fields.size() < form_fields_max) {
        const auto field = encoded.substr(0, encoded.find('&'));
        encoded.remove_prefix(std::min(encoded.size(), field.size() + 1));
        if (field.empty()) continue;
        const auto equals = std::min(field.find('='), field.size());
        const auto value = field.substr(std::min(field.size(), equals + 1));
        fields.emplace_back(decode_component(field.substr(0, equals)), decode_component(value));
    }
    return fields;
}

}  // namespace jejak::dialect
