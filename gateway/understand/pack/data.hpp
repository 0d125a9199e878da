#pragma once
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/form.hpp"
#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

/// How a loaded pack lies in memory: what the loader fills in and the reader looks up. Words are interned once, so that
/// reading a text hashes each of its words once and then compares numbers.
namespace jejak::understand {

/// An interned word; 0 is "not in the pack".
using WordId = std::uint32_t;

/// What single words are for the reader. Bits; names in words.toml [class].
enum class WordClass : std::uint32_t {
    everyday = 1u << 0,      ///< ordinary words that a mistyped keyword must not be mistaken for
    negation = 1u << 1,      ///< not, not yet, don't
    polite = 1u << 2,        ///< greetings and forms of address, skipped around a command
    please_verb = 1u << 3,   ///< after "tolong" they make it "please"
    distress = 1u << 4,      ///< words that make a plea an sos whatever else is said
    person = 1u << 5,        ///< what is counted: people, women, workers
    child = 1u << 6,         ///< a person under age, unless an age says otherwise
    other_person = 1u << 7,  ///< after "tolong": the plea is for somebody else
    first_person = 1u << 8,  ///< I, we
    range = 1u << 9,         ///< between two numbers: to, until, or
    money = 1u << 10,        ///< a number beside it is an amount
    title = 1u << 11,        ///< Mr, Mrs, company: a name follows
    from = 1u << 12,         ///< the place after it is where something comes from
    via = 1u << 13,          ///< the place after it is on the way
    towards = 1u << 14,      ///< the place after it is where something goes
    age = 1u << 15,          ///< the number after it is an age
    many = 1u << 16,         ///< a crowd without a number
    plate = 1u << 17,        ///< letters that begin a vehicle's plate
    phone = 1u << 18,        ///< a phone number follows
    date = 1u << 19,         ///< a date follows
    name = 1u << 20,         ///< a person's name follows
    village = 1u << 21,      ///< a village's name follows
    job = 1u << 22,          ///< what somebody will do follows
    female = 1u << 23,       ///< on forms
    male = 1u << 24,
    reassuring = 1u << 25  ///< after a negation they say that all is well: no need, no problem
};

/// What a phrase can mean.
enum class Kind : std::uint8_t { command, ordinary, category, flag, indicator, place, destination, vehicle, time };
constexpr std::size_t kind_count = 9;

/// How a command's word counts.
enum class Counts : std::uint8_t {
    first,    ///< as the first word of any text
    alone,    ///< as the whole message, or with a code
    distress  ///< as the first word of a text that also says distress
};

enum class TimeWord : std::uint8_t {
    now,
    today,
    tonight,
    last_night,
    yesterday,
    yesterday_night,
    day_before_yesterday,
    tomorrow,
    day_after_tomorrow,
    dawn,
    morning,
    noon,
    afternoon,
    night,
    past,
    future,
    seen,
    clock,
    half,
    ago,
    minute,
    day,
    week,
    month,
    year
};

struct Meaning {
    Kind kind = Kind::ordinary;
    std::uint16_t value = 0;  ///< index in the kind's table, or an enumerator
    std::uint8_t weight = 0;  ///< categories: points; commands: Counts
};

/// What one word is besides its spelling.
struct WordTraits {
    std::uint32_t classes = 0;
    std::int16_t number = -1;  ///< "lima" is 5
    std::int8_t month = 0;     ///< "september" is 9
    WordId canonical = 0;      ///< the word it is another spelling of, or itself
};

struct Command {
    Intent intent = Intent::unclear;
    std::string keyword;
    bool typos = false;
    std::optional<Intent> inverted;  ///< what a negation before it means
    unsigned line = 0;
};

struct Destination {
    std::string name;     ///< "Kuching", or the country's code when it is a country
    std::string country;  ///< ISO 3166
};

/// When a text raises an alert: every stated condition must hold.
struct RaiseRule {
    enum class Age : std::uint8_t { any, current, past };
    AlertKind alert = AlertKind::sos;
    std::vector<Intent> intents;
    std::uint64_t categories = 0;  ///< bit per category; 0: any
    Flags flags = 0;               ///< all of these
    Age age = Age::any;
};

struct Reply {
    Localised text;
    unsigned line = 0;
    std::string file;
};

/// A text and what must be understood of it. Only what is stated is compared.
struct Example {
    std::string text;
    ReadingContext context;
    std::string file;
    unsigned line = 0;
    Intent intent = Intent::unclear;
    std::optional<std::string> category, place, place_name, destination, vehicle, plate, recruiter, recruiter_phone,
        reference, time, since, until, name, village, exit_point, sex, nik;
    std::optional<std::int64_t> people, people_max;
    std::optional<bool> now, past, minor;
    std::optional<std::vector<std::string>> flags, indicators, alerts, missing;
};

struct Zone {
    std::string prefix;
    std::chrono::minutes offset{};
};

struct Pack::Data {
    std::string name, version, country_code;
    std::vector<std::string> languages;  ///< the first is the pack's own
    std::chrono::minutes offset{};
    std::vector<Zone> zones;

    std::deque<std::string> spelling;                              ///< of each word; [0] is empty
    boost::unordered_flat_map<std::string_view, WordId> word_ids;  ///< views into `spelling`
    std::vector<WordTraits> traits;
    /// A tree of phrases over canonical words: (node, word) leads to a node, each node has its meanings.
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> edges;
    std::vector<std::vector<Meaning>> nodes;
    /// Words one deletion away from a keyword or a place's word, for one-typo lookups.
    boost::unordered_flat_map<std::string, std::vector<WordId>> near_keywords, near_places;

    std::vector<Command> commands;
    std::optional<std::uint16_t> question_mark;  ///< the command a lone "?" is
    std::vector<Place> places;
    std::map<std::string, std::size_t, std::less<>> place_by_code;
    std::vector<Destination> destinations;
    std::vector<std::string> vehicles, indicators;

    std::map<std::string, Form, std::less<>> forms;
    std::map<std::string, Reply, std::less<>> replies;
    std::map<std::string, std::string, std::less<>> longest_fields;
    std::vector<std::string> forbidden;
    std::array<std::string, 64> group_of;
    std::array<AlertRule, 64> alert_rules;
    std::vector<RaiseRule> raises;
    std::chrono::minutes incident_window{}, recent{};
    std::chrono::seconds update_interval{};
    std::uint32_t mass = 0;  ///< people from which a report is about many
    std::vector<Example> examples;

    /// In that language, else in the pack's own.
    std::string_view say(const Localised& text, std::string_view language = {}) const {
        return text.in(language, languages.empty() ? std::string_view{} : std::string_view(languages.front()));
    }
    WordId find(std::string_view word) const {
        const auto found = word_ids.find(word);
        return found == word_ids.end() ? 0 : found->second;
    }
    bool is(WordId word, WordClass one) const { return (traits[word].classes & static_cast<std::uint32_t>(one)) != 0; }
    /// The node that `word` leads to, or 0 (the root, which nothing leads to).
    std::uint32_t step(std::uint32_t node, WordId word) const {
        const auto found = edges.find((std::uint64_t{node} << 32) | word);
        return found == edges.end() ? 0 : found->second;
    }
};

/// The value of a flag phrase that only keeps shorter cues from matching.
constexpr std::uint16_t flag_none = 32;
constexpr std::size_t phrase_words_max = 6;
constexpr std::size_t correctable_letters_max = 24;

/// Edits between two words, counting a swap of neighbours as one; stops counting above 2.
/// source: Damerau-Levenshtein, optimal string alignment
unsigned edits_between(std::string_view left, std::string_view right);

/// The one word of `near` at most one edit away; 0 when there is none or more than one.
WordId correct(const Pack::Data& data, const boost::unordered_flat_map<std::string, std::vector<WordId>>& near,
               std::string_view word);

}  // namespace jejak::understand
