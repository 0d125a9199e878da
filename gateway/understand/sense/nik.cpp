#include "gateway/understand/sense/nik.hpp"

#include <algorithm>

#include "gateway/understand/reading.hpp"

namespace jejak::understand {
namespace {

constexpr unsigned woman_day = 40;

constexpr unsigned provinces[] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 31, 32, 33, 34, 35, 36, 51, 52, 53,
                                  61, 62, 63, 64, 65, 71, 72, 73, 74, 75, 76, 81, 82, 91, 92, 93, 94, 95, 96};

unsigned two_digits(std::string_view digits, std::size_t at) {
    return static_cast<unsigned>(digits[at] - '0') * 10 + static_cast<unsigned>(digits[at + 1] - '0');
}

}  // namespace

NikFacts read_nik(std::string_view digits, std::chrono::year_month_day today) {
    constexpr std::size_t length = 16;
    const bool numeric = std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits.size() != length || !numeric) return {"a NIK has 16 digits", {}, false};
    const unsigned province = two_digits(digits, 0);
    if (std::find(std::begin(provinces), std::end(provinces), province) == std::end(provinces)) {
        return {"no province has the code " + std::string(digits.substr(0, 2)), {}, false};
    }
    if (digits.substr(12) == "0000") return {"the serial 0000 is never given", {}, false};
    NikFacts facts;
    unsigned day = two_digits(digits, 6);
    facts.female = day > woman_day;
    if (facts.female) day -= woman_day;
    const int year = static_cast<int>(two_digits(digits, 10));
    const int century = year > static_cast<int>(today.year()) % 100 ? 1900 : 2000;
    const std::chrono::year_month_day birth{std::chrono::year(century + year),
                                            std::chrono::month(two_digits(digits, 8)), std::chrono::day(day)};
    if (!birth.ok() || birth > today) return {"its digits 7 to 12 are no date of birth", {}, false};
    facts.birth = birth;
    return facts;
}

bool under_age(std::chrono::year_month_day birth, std::chrono::year_month_day day) {
    return day < std::chrono::year_month_day{birth.year() + std::chrono::years(adult_age), birth.month(), birth.day()};
}

}  // namespace jejak::understand
