#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/understand/slots/slots.hpp"

/// What the numbers of a text are about. Each number has one use, so that no slot takes another's: the 2 of "jam 2" is
/// no count of people and the 17 of "17 thn" no clock time.
namespace jejak::understand {

enum class Use : std::uint8_t { none, phone, identity, plate, label, date, money, clock, length, age };

/// "jam 2", "23.30", "setengah 6", "2 am".
struct Clock {
    std::uint32_t hour = 0, minute = 0;
    std::optional<bool> after_noon;  ///< am or pm, when it says so
    bool exact = false;              ///< written so that it is of 24 hours: "02.00", "19"
    std::size_t first = 0, last = 0;
};

/// "3 hari", "2 thn lalu", "minggu depan": so many of a unit, counted from somewhere.
struct Length {
    enum class Way : std::uint8_t { plain, ago, to_come, running };
    TimeWord unit = TimeWord::day;
    std::optional<std::uint32_t> count;  ///< empty: "minggu lalu", "beberapa hari lalu"
    bool half = false;                   ///< and a half: "setengah jam" is 0 and a half
    bool nights = false;                 ///< counted in nights: "2 malam lalu"
    Way way = Way::plain;
    std::size_t first = 0, last = 0;
};

/// "tgl 20", "12 sept", "20-09-2025", "agustus", as far as said.
struct CalendarDate {
    std::uint32_t day = 0, month = 0, year = 0;  ///< 0: not said
    std::size_t first = 0, last = 0;
};

struct Age {
    std::uint32_t years = 0;  ///< of the youngest
    std::size_t first = 0, last = 0;
    std::uint32_t told = 1;    ///< how many ages are told together: "8 dan 10 tahun" are 2
    std::uint32_t minors = 0;  ///< how many of them are a child's; "17-20 tahun" is none for sure
    std::uint32_t eldest = 0;  ///< years of the eldest: "17-20 tahun" is 20
};

struct Money {
    std::uint64_t value = 0;
    std::string currency;  ///< empty: not said
    bool certain = false;  ///< it has a unit or a currency, so that it is an amount whatever it is about
    std::size_t first = 0, last = 0;
};

struct Plate {
    std::string text;
    std::size_t first = 0, last = 0;
};

struct Figures {
    std::vector<Use> uses;  ///< of each token
    std::vector<Clock> clocks;
    std::vector<Length> lengths;
    std::vector<CalendarDate> dates;
    std::vector<Age> ages;
    std::vector<Money> amounts;
    std::optional<Plate> plate;
    std::vector<FoundPhone> phones;
};

/// One pass over the tokens from subject.from on; at each only a few are looked at.
Figures find_figures(const Subject& subject);

/// What begins at token `at`, each in a file of its own.
std::optional<Clock> clock_at(const Subject& subject, std::size_t at);
/// "1/2 6" at token `at`: half past five, or a date before a number of something.
bool written_half_at(const Subject& subject, std::size_t at);
std::optional<Length> length_at(const Subject& subject, std::size_t at);
/// expected  a date has to come, as on a form: "20-09" and "20092025" are one without a word for it
std::optional<CalendarDate> calendar_at(const Subject& subject, std::size_t at, bool expected = false);
std::optional<Age> age_at(const Subject& subject, std::size_t at);
/// "umur kapal", "kontrak umur 2 tahun", "hamil umur 5 bulan" at the "umur" at token `at`: how old a thing is, no
/// person.
bool age_of_a_thing(const Subject& subject, std::size_t at);
/// Shortly before token `at` stands such an age: "umur kapal kayu 12 tahun".
bool behind_age_of_a_thing(const Subject& subject, std::size_t at);
std::optional<Money> money_at(const Subject& subject, std::size_t at);
std::optional<Plate> plate_at(const Subject& subject, std::size_t at);

/// Whether a phrase that covers token `at` is one for which `fits` holds; false beyond the text. Phrases are short, so
/// only those that begin shortly before it are looked at.
template <class Fits>
bool covered_by(const Subject& subject, std::size_t at, Fits fits) {
    constexpr std::size_t longest = 2 * phrase_words_max;
    if (at >= subject.tokens.list.size()) return false;
    const auto near = subject.hits_between(at > longest ? at - longest : 0, at + 1);
    return std::any_of(near.begin(), near.end(), [&](const Hit& hit) { return hit.last >= at && fits(hit); });
}

/// The word for time that begins at token `at`; null when none does.
inline const Hit* time_word_at(const Subject& subject, std::size_t at) {
    for (const Hit& hit : subject.hits_at(at)) {
        if (hit.kind == Kind::time) return &hit;
    }
    return nullptr;
}
inline bool is_time(const Subject& subject, std::size_t at, TimeWord word) {
    const Hit* hit = time_word_at(subject, at);
    return hit != nullptr && static_cast<TimeWord>(hit->value) == word;
}

}  // namespace jejak::understand
