#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Texts as a USSD session shows them: one short screen at a time.
namespace jejak::ussd {

/// What one USSD string of 160 octets holds. source: 3GPP TS 23.038 section 5, TS 24.080 section 4.5
constexpr std::size_t septets_max = 182;
constexpr std::size_t ucs2_units_max = 80;

/// True when `utf8` fits one screen: in the GSM alphabet by septets, else by UCS-2 units.
bool fits(std::string_view utf8);
/// As much of `utf8` as fits one screen, never half a character.
std::string cut(std::string_view utf8);

/// A list with something above and below it.
struct Listing {
    std::string head;                ///< may have several lines; empty: none
    std::vector<std::string> lines;  ///< one entry each, with its key in front: "1 Sebunga"
    std::string tail;                ///< "0 Kembali"; on every page; empty: none
};

/// The listing in screens: `head` and `tail` stand on every one, `more` ("98 Lanjut") on all but the last. Where there
/// are several, each has room for the line `spare` above it. A line too long for a screen of its own is cut. Never
/// empty; each element fits().
std::vector<std::string> pages(const Listing& listing, std::string_view more, std::string_view spare = {});

}  // namespace jejak::ussd
