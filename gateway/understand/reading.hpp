#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/time.hpp"
#include "protocol/vocabulary.hpp"

namespace jejak::understand {

/// Years of age; who is younger is a minor.
constexpr std::uint32_t adult_age = 18;

/// What a text says beside its category. Bits, stored with the report; names in flag_names().
enum class Flag : std::uint32_t {
    minor_involved = 1u << 0,
    minor_reporter = 1u << 1,
    female = 1u << 2,
    pregnant = 1u << 3,
    medical = 1u << 4,
    violence = 1u << 5,
    weapon = 1u << 6,
    imminent = 1u << 7,
    ongoing = 1u << 8,
    recurring = 1u << 9,
    self_victim = 1u << 10,
    phone_monitored = 1u << 11,
    official_involved = 1u << 12,
    foreign_national = 1u << 13,
    mass = 1u << 14,
    retrafficking = 1u << 15,
    duress = 1u << 16,
    unknown_sender = 1u << 17,
    from_abroad = 1u << 18,
    category_corrected = 1u << 19,  ///< by a person who read the message, as the next two; no text says it
    place_corrected = 1u << 20,
    people_corrected = 1u << 21
};
using Flags = std::uint32_t;
constexpr bool has(Flags set, Flag one) {
    return (set & static_cast<Flags>(one)) != 0;
}
std::vector<std::string_view> flag_names(Flags set);

/// When, as far as stated. A clock time or "now" gives `at`; "last night" gives a span; nothing said leaves all empty.
struct When {
    std::optional<WallTime> at;
    std::optional<WallTime> since;
    std::optional<WallTime> until;
    bool now = false;   ///< "sekarang" and the like
    bool past = false;  ///< yesterday, last night, or an earlier clock time
};

/// An amount of money somebody asked for, paid or promised.
struct Amount {
    std::uint64_t value = 0;  ///< in whole units of the currency: 8jt is 8000000
    std::string currency;     ///< ISO 4217: IDR, MYR, SGD, SAR, USD; IDR when only "jt" or "rb" is said
    bool operator==(const Amount&) const = default;
};

/// Where in the text a slot came from.
struct Mark {
    std::string slot;                ///< as in `explain`: "people", "place", "time", "category", …
    std::string value;               ///< as in `explain`
    std::size_t begin = 0, end = 0;  ///< octets of the text as typed; none when no words of it say so
    std::string because;             ///< what decided it, for people: "digits before a word for people"
};

/// The DAFTAR form as far as it was filled in; `missing` names the required fields that were not, in the pack's words
/// and order.
struct Registration {
    std::string name;          ///< as typed
    std::string nik;           ///< digits only
    std::string sex;           ///< "f", "m" or empty; from the NIK when the form does not say
    std::string village;       ///< Kemendagri code; empty when the pack does not know `village_name`
    std::string village_name;  ///< the pack's name, else as typed
    std::string destination;   ///< pack place name, ISO 3166 code, else as typed
    std::string job;
    std::string exit_point;            ///< the pack's name ("PLBN Aruk"), else as typed
    std::string phone;                 ///< E.164, or empty when it cannot be a number
    std::string recruiter;             ///< with whom they go, as typed: "pt maju fiktif"
    std::optional<WallTime> date;      ///< midnight that begins the day, in the sender's zone
    std::vector<std::string> missing;  ///< the village's words for them, as Pack::field_label()
    bool minor = false;                ///< under 18 at departure, by the NIK's birth date or a stated age
    std::string nik_problem;           ///< empty, or why the NIK cannot be one
};

/// What Jejak takes a text to mean: a suggestion, never in place of what was said.
struct Reading {
    Intent intent = Intent::unclear;
    Category category = Category::none;
    Category second =
        Category::none;  ///< what else it is about: strangers (foreign_entry) kept in a house (harbouring)
    std::optional<std::uint32_t> people, people_max;
    std::optional<std::uint32_t> children;  ///< of them, under age
    std::string place;                      ///< Kemendagri code; empty when unknown or abroad
    std::string place_name;                 ///< the pack's name; of a place abroad when it happens there ("di kuching")
    When when;
    std::string destination;  ///< pack place name or ISO 3166 code
    std::string vehicle, plate, recruiter, recruiter_phone;
    std::string route;      ///< "official", "unofficial_land_route", "unofficial_port", "family", "sponsor", or empty
    std::string job, visa;  ///< the pack's word for the work; "work", "visitor", "border_pass", "none"
    std::string subject;    ///< who is missing, as typed
    std::optional<std::uint32_t> age;        ///< the stated age of whom the text is about
    std::optional<Amount> amount;            ///< the largest one stated
    std::vector<std::string> signs;          ///< of recruitment: HIGH_SALARY, FREE_TRAVEL, … (the pack's [[sign]])
    std::vector<std::string> nationalities;  ///< ISO 3166 of foreigners it tells of
    Flags flags = 0;
    std::vector<std::string> indicators;  ///< ILO indicators, code names
    std::vector<AlertKind> alerts;        ///< what the text alone would raise, by the pack's rules
    std::string ask;                      ///< the slot of the single next question, by ask.hpp; empty: nothing is asked
    std::string reference;                ///< a code in the text (STATUS, BERANGKAT, TIBA, SETUJU …), upper case
    std::string query;                    ///< what CEK asks about: a company, a recruiter
    std::string language;                 ///< of the text, as far as the pack can tell: one of Pack::languages()
    bool correction = false;              ///< "bukan 5 tapi 3": the slots are to replace those of an earlier report
    bool question = false;                ///< it asks something of us: "ini benar ga"
    bool guessed = false;                 ///< no word says outright what it is about: the category is a mere guess
    bool quiet = false;                   ///< no answer is wanted: it says so, or that others read the sender's phone
    bool watched = false;                 ///< it says that: every later answer endangers as this one would
    Registration registration;            ///< for Intent::register_worker
    double confidence = 0;                ///< how often a reading like this one is right; see README
    std::vector<std::string> why;         ///< one line per decision, for `explain`
    std::vector<Mark> marks;              ///< in the order of the text, for `explain`
};

/// What is known before reading: when it came, and who sent it.
struct ReadingContext {
    WallTime received_at{};
    std::string sender;  ///< E.164 or as the wire spelt it; decides the zone (+60, +65: UTC+8)
    Role role = Role::villager;
    std::string place;     ///< Kemendagri code of the sender's village; breaks ties
    bool explain = false;  ///< fill Reading::why
};

class Pack;

/// Reads one text. Pure, linear in its length; never throws for anything a person can type.
Reading read(const Pack& pack, std::string_view text, const ReadingContext& context);

}  // namespace jejak::understand
