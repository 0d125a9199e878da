#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace jejak::understand {

/// What an Indonesian identity number says of its holder: PPKKCC DDMMYY SSSS, the day plus 40 for women.
struct NikFacts {
    std::string problem;  ///< empty, or why these digits cannot be one
    std::optional<std::chrono::year_month_day> birth;
    bool female = false;
};

/// digits  as typed, without blanks
/// today   decides the century: a year above this one's is of the 1900s
/// An unknown district is no problem: districts are split and numbers stay. source: province codes of Kepmendagri
/// 300.2.2-2430/2025
NikFacts read_nik(std::string_view digits, std::chrono::year_month_day today);

/// True when somebody born on `birth` is not yet 18 on `day`.
bool under_age(std::chrono::year_month_day birth, std::chrono::year_month_day day);

}  // namespace jejak::understand
