#include "protocol/sms/msisdn.hpp"

#include <algorithm>
#include <iterator>

#include "protocol/ensure.hpp"

namespace jejak::sms {
namespace {

constexpr std::size_t short_code_max = 6;
constexpr std::size_t e164_min = 7;
constexpr std::size_t e164_max = 15;  // source: ITU-T E.164 section 6.2.1

/// Without what people and switches put between digits.
std::string without_separators(std::string_view raw) {
    constexpr std::string_view separators = " \t\r\n-.()[]";
    std::string kept;
    kept.reserve(raw.size() + 3);
    std::copy_if(raw.begin(), raw.end(), std::back_inserter(kept),
                 [&](char c) { return separators.find(c) == std::string_view::npos; });
    return kept;
}

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The digits after an international prefix, or empty when there is none. In Indonesia two carriers have 008 and 009,
/// and the longest prefix is the one meant, as when a phone there dials it.
std::string_view behind_international_prefix(std::string_view digits, std::string_view country_code) {
    if (country_code == "62" && (digits.starts_with("008") || digits.starts_with("009"))) return digits.substr(3);
    if (digits.starts_with("00")) return digits.substr(2);
    return {};
}

/// Country code and subscriber number, without plus; empty when the digits cannot be told to be such a number.
std::string international(std::string_view digits, bool plus, Ton ton, std::string_view country_code) {
    std::string number;
    number.reserve(country_code.size() + digits.size());
    if (const auto rest = behind_international_prefix(digits, country_code); !rest.empty()) {
        number = rest;
    } else if (digits.starts_with('0')) {
        number.append(country_code).append(digits.substr(1));
    } else if (plus || ton == Ton::international || ton == Ton::unknown || digits.starts_with(country_code)) {
        number = digits;  // bare: aggregators leave the plus out, and a phone's own network would have sent the 0
    } else if (ton == Ton::national) {
        number.append(country_code).append(digits);
    } else {
        return {};  // a network's or an exchange's own numbering
    }
    if (number.starts_with(country_code)) {
        const auto behind = std::min(number.find_first_not_of('0', country_code.size()), number.size());
        number.erase(country_code.size(), behind - country_code.size());
    }
    const bool fits = number.size() >= e164_min && number.size() <= e164_max && number.front() != '0';
    return fits ? number : std::string();
}

}  // namespace

Originator normalise(std::string_view raw, Ton ton, std::string_view country_code) {
    ensure(!country_code.empty());
    using Kind = Originator::Kind;
    const std::string kept = without_separators(raw);
    if (kept.empty()) return {Kind::empty, {}};
    const bool plus = kept.front() == '+';
    const auto digits = std::string_view(kept).substr(plus ? 1 : 0);
    if (ton == Ton::alphanumeric || digits.empty() || !all_digits(digits))
        return {Kind::alphanumeric, std::string(raw)};
    if (digits.size() <= short_code_max) return {Kind::short_code, std::string(raw)};
    const auto number = international(digits, plus, ton, country_code);
    if (number.empty()) return {Kind::alphanumeric, std::string(raw)};
    return {Kind::msisdn, "+" + number};
}

}  // namespace jejak::sms
