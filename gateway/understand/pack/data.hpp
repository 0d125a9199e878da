#pragma once
#include <algorithm>
#include <array>
#include <bitset>
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

#include "gateway/understand/learned/classifier.hpp"
#include "gateway/understand/pack/example.hpp"
#include "gateway/understand/pack/form.hpp"
#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/pack/ussd.hpp"
#include "gateway/understand/reading.hpp"

/// How a loaded pack lies in memory: what the loader fills in and the reader looks up. Words are interned once, so that
/// reading a text hashes each of its words once and then compares numbers.
namespace jejak::understand {

constexpr std::size_t notions_max = 128;
using NotionSet = std::bitset<notions_max>;

/// An interned word; 0 is "not in the pack".
using WordId = std::uint32_t;

/// What single words are for the reader; names in words.toml [class]. A word may be of several: see WordTraits.
enum class WordClass : std::uint8_t {
    everyday,      ///< ordinary words that a mistyped keyword must not be mistaken for
    negation,      ///< not, not yet, don't
    polite,        ///< greetings and forms of address, skipped around a command
    please_verb,   ///< after "tolong" they make it "please"
    distress,      ///< words that make a plea an sos whatever else is said
    person,        ///< what is counted: people, women, workers
    child,         ///< a person under age, unless an age says otherwise
    other_person,  ///< after "tolong": the plea is for somebody else
    first_person,  ///< I, we
    range,         ///< between two numbers: to, until, or
    money,         ///< a number beside it is an amount
    title,         ///< Mr, Mrs, company: a name follows
    from,          ///< the place after it is where something comes from
    via,           ///< the place after it is on the way
    towards,       ///< the place after it is where something goes
    age,           ///< the number after it is an age
    many,          ///< a crowd without a number
    plate,         ///< letters that begin a vehicle's plate
    phone,         ///< a phone number follows
    date,          ///< a date follows
    name,          ///< a person's name follows
    village,       ///< a village's name follows
    job,           ///< what somebody will do follows
    female,        ///< on forms
    male,
    reassuring,  ///< after a negation they say that all is well: no need, no problem
    // How a text's words are put right and whom it speaks of (tokens.cpp, sense.cpp).
    prefix,        ///< written apart from its word: "di kurung", "ber angkat"
    glue,          ///< a word of two letters that others are glued to: "dirumah"
    kin,           ///< whom a sender may belong to: child, friend, wife ("anak saya")
    perpetrator,   ///< who does harm: the employer, the broker; never who suffers it
    denial,        ///< "bukan 5": the value after it is the wrong one
    contrast,      ///< "tapi 3": what follows is the right one
    since,         ///< "sudah 3 hari": with a length of time, it still goes on
    once,          ///< "dulu", "pernah": it is over
    fiction,       ///< of a film, the news or a game, not of what happens here
    surroundings,  ///< what a sender has without being it: "kampung kami", "rumah saya"
    address,       ///< of a spelling: calls the reader ("bu", "kak"), no kin of the sender
    moves,         ///< done to people: "bawa anak" tells of a child
    asks,          ///< makes a question of a text
    pronoun,       ///< he, she, they: who it is stands elsewhere
    adverb,        ///< may stand between a negation and what it takes back: "tidak pernah dipukul"
    plea,          ///< asks for help, wherever it stands
    witnesses,     ///< "saya dengar": who does it tells of others
    creature,      ///< an animal: what befalls it is no case
    // What numbers and places are about (slots/).
    part,        ///< a person of one sort: parts add up ("3 laki 2 perempuan")
    companion,   ///< goes with somebody: "saya dan 3 teman"
    holds,       ///< how many follows, without a word for people: "isi 5", "total 12"
    with,        ///< and, with, plus
    numbering,   ///< the number after it names a thing: a house, a class, a road
    at,          ///< the place after it is where something happens
    start,       ///< what follows is when something began: "sejak"
    every,       ///< what follows comes again and again, or is a rate: "tiap malam", "per hari"
    among,       ///< the people after it are counted already: "termasuk 2 anak"
    pay,         ///< an amount follows, with or without its unit: "gaji 1500"
    no_place,    ///< behind a place's name it makes something else of it: "kucing saya"
    agrees,      ///< a first word that answers yes: "boleh"
    between,     ///< "antara 5 dan 10"
    sort,        ///< may stand between a number and whom it counts: "3 calon tki"
    work,        ///< what somebody does for a living follows
    demand,      ///< an amount somebody has to pay follows: "minta", "bayar"
    measure,     ///< what is counted and no person: "kali", "km", "tas"
    names,       ///< a recruiter's name follows, with or without a title: "agen"
    plate_word,  ///< a plate follows: "plat"
    greeting,    ///< the part of a day after it is a greeting: "selamat malam"
    clause,      ///< goes on with what is told: no noun that a number could count
    given,       ///< an everyday word that is a name behind "pak" and the like
    school,      ///< what a child goes to: "anak smp"
    several,     ///< more than one who speak or are spoken of: "kami 11"
    counter,     ///< counts what stands before the number: "urang bangla 3 ikok"
    reckons,     ///< somebody counts: "saya hitung dari jauh 14"
    roughly,     ///< the number after it is a guess: "kira2 20an"
    recruits,    ///< what a recruiter does: "Pak Contoh ngajak", "bayar ke"
    // Who does it and to whom (slots/).
    by,          ///< who does it follows: "oleh"
    by_or_with,  ///< of a spelling: who does it or who is in it too follows: "ditarik sama 2 org"; never "dan"
    guarded,     ///< behind it stands who does it: "dijaga 2 laki"
    forced,      ///< done to somebody by force: "diseret ke mobil sama 3 org"
    threatens,   ///< what the people before it do to others: "tiga lelaki menggedor pintu"
    women,       ///< those who are counted are women
    possessive,  ///< of a spelling: whose it is that follows: "my daughter"
    infant,      ///< a child so small that one of it is a child, whosever: "bayi"
    arrives,     ///< may stand between people and their number: "orang baru datang 30"
    sets_out,    ///< what people named one by one did: "bapak dan paman hilang"
    up_to,       ///< may stand between "umur" and the number: "umur belum genap 17"
    building,    ///< behind its name a number in brackets is no age: "Losmen Mawar (14)"
    boss,        ///< who employs: a title before a name with a capital
    twins,       ///< two by itself: "twins"
    twinned,     ///< behind a child it makes two of it: "bayi kembar"
    still,       ///< an age follows without its unit: "anaknya baru 14"
    her_name,    ///< a woman's: who bears it is female
    belonging,   ///< a thing somebody owns: what befalls it befalls nobody ("motor saya dikunci")
    copula,      ///< says who somebody is: "yang menyuruh adalah seorang lelaki"
    besides,     ///< more than those told of before: "4 orang lain", "2 orang lagi"
    relative,    ///< what follows tells of whom stands before: "yang 8 sudah dibawa"
    of,          ///< those who are counted follow: "11 of us", "group of 8"
    for_whom,    ///< to whose good it is done follows: "untuk seorang pembeli"
    household,   ///< its two parents may follow: "sekeluarga (bapak ibu 2 anak)"
    elders,      ///< behind "orang" it makes parents of them: "kedua orang tua"
    nickname,    ///< a name follows, without a title: "si Hendra"
    former,      ///< may stand between a role and its bearer's name: "agen lama saya si Herman"
    joins,       ///< whom somebody goes with follows: "ikut Pak Contoh"
    gets_off,    ///< the vehicle behind it is left: "turun dari truk"
    by_phone,    ///< whoever does it is where it comes from: "nelpon dari miri"
    only_just,   ///< a time behind it has passed: "baru 2 jam"
    term,        ///< a thing that is so old or runs so long: "kontrak umur 2 tahun" is no age of a person
    in_writing,  ///< asked whether they may be called, they would rather not: "sms saja"
    slot_word,   ///< stands around a slot's value and says no more: "naik mobil", "tempatnya di sebunga"
};
constexpr std::size_t word_classes_max = 128;
using WordClasses = std::bitset<word_classes_max>;

/// What a phrase can mean.
enum class Kind : std::uint8_t {
    command,
    ordinary,
    category,
    flag,
    indicator,
    place,
    destination,
    vehicle,
    time,
    saying,    ///< what a sentence asks or states of its own accord; the value is an Intent
    distress,  ///< what somebody suffers; the weight is a Distress
    sign,      ///< of recruitment
    nationality,
    job,
    visa,
    route,
    remark,  ///< what decides a slot without naming its value; the value is a Remark
    notion   ///< something a text speaks of, wherever it stands; inferences put notions together
};
constexpr std::size_t kind_count = 18;

/// A phrase that decides a slot without naming its value.
enum class Remark : std::uint8_t {
    here,       ///< "desa kami": where the sender lives
    dont_know,  ///< "tidak tahu": no answer
    each,       ///< "masing masing": the number is for each vehicle
    couple,     ///< "suami istri": two
    gate,       ///< "plbn": the official gate where the sender lives
    amends,     ///< "salah", "ternyata": what was said before was wrong
    adds        ///< "lupa bilang", "lagi": it was not all
};

/// How much a saying counts.
enum class Weight : std::uint8_t {
    hint = 1,  ///< only beside something else that bears it out
    sure,
    correction,  ///< of a report: what was said before was wrong
    solid        ///< whoever it is about
};

/// How badly somebody is off.
enum class Distress : std::uint8_t {
    mild = 1,   ///< wronged: unpaid, deceived; a report
    grave,      ///< held, hurt or sold: a call for help when it is the sender
    inflicted,  ///< grave, and the sufferer follows: "majikan pukul saya"
    named       ///< grave, but of people only when they are named: things are sold too
};

/// How a command's word counts.
enum class Counts : std::uint8_t {
    first,     ///< as the first word of any text
    alone,     ///< as the whole message, or with a code
    distress,  ///< as the first word of a text that also says distress
    coded      ///< as the first word, with a code right after it
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
    year,
    noon_prayer,       ///< zuhur
    afternoon_prayer,  ///< asar
    sunset_prayer,     ///< magrib
    evening_prayer,    ///< isya
    midnight,          ///< the middle of the night, no clock time
    soon,
    next,       ///< of a unit or weekday: the one to come
    to_come,    ///< behind a counted unit: "2 jam lagi"
    this_one,   ///< of a unit: the one that runs
    past_noon,  ///< behind a clock time: pm
    before_noon,
    earlier_of,  ///< after a clock time: "kurang 10", "to"
    later_of,    ///< after a clock time: "lewat 10", "past"
    half_past,
    planned,     ///< mau, akan: to come, unless it was seen
    last_one,    ///< before a unit or weekday: "last week"
    quarter,     ///< of an hour: "kurang seperempat"
    home_time,   ///< by whose clock: the pack's own zone
    abroad_time  ///< "waktu malaysia": the first of the pack's other zones
};

struct Meaning {
    Kind kind = Kind::ordinary;
    std::uint16_t value = 0;  ///< index in the kind's table, or an enumerator
    std::uint8_t weight = 0;  ///< categories: points; commands: Counts
};

/// What one word is besides its spelling.
struct WordTraits {
    WordClasses classes;
    std::uint8_t language = 0;  ///< 1 + index in Data::spoken of this spelling's language; 0: of several
    std::int16_t number = -1;   ///< "lima" is 5
    std::int8_t month = 0;      ///< "september" is 9
    std::int8_t weekday = -1;   ///< "senin" is 1, "minggu" 0
    std::uint8_t all_of = 0;    ///< before a noun all of so many: "kedua gadis" is 2
    std::uint8_t plus = 0;      ///< added to the number before it: "belas" is 10
    std::uint32_t times = 0;    ///< the number before it counts so often: "puluh" is 10, "juta" 1000000
    std::uint8_t currency = 0;  ///< 1 + index in Data::currencies
    WordId canonical = 0;       ///< the word it is another spelling of, or itself
};

struct Command {
    Intent intent = Intent::unclear;
    std::string keyword;
    bool typos = false;
    std::optional<Intent> inverted;  ///< what a negation before it means
    unsigned line = 0;
    std::string file;
    Counts usual = Counts::first;  ///< how its keyword and aliases count
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
    std::vector<std::string> routes;  ///< one of these; empty: any
    std::optional<Intent> mentions;   ///< the text says something of that intent, whatever it asks itself
    bool told = false;                ///< the category is no mere guess
    std::size_t indicators = 0;       ///< so many of the ILO at least
};

/// What follows when a text speaks of several things, in whatever order and words: somebody offers, and it is work.
/// What it adds stands where the first of its notions does.
struct Inference {
    NotionSet has;      ///< all of these
    NotionSet without;  ///< none of these
    std::uint16_t anchor = 0;
    Meaning adds;
};

struct Reply {
    Localised text;
    unsigned line = 0;
    std::string file;
};

/// Where in the pack's files something stands, for faults of lint.
struct Source {
    std::string file;
    unsigned line = 0;
};

/// What lint must know of a place beside Place: where it stands and how it is spelt.
struct PlaceSource {
    Source source;
    std::vector<std::string> spellings;
};

struct Zone {
    std::string prefix;
    std::chrono::minutes offset{};
};

/// The indexes by which a misspelt word finds the one that was meant; built once, when a pack is loaded. Keys are
/// hashes: whoever finds a word by one compares the letters.
struct WordRepair {
    using Index = boost::unordered_flat_map<std::uint64_t, std::vector<WordId>>;
    Index near;                            ///< words with up to two letters left out
    Index skeletons;                       ///< words without their vowels
    std::vector<std::string> possessives;  ///< "nya", "ku": a word with one is that word, in phrases too
    std::vector<std::string> suffixes;     ///< "nya", "lah": what may follow a word, longest first
};

/// Keys of the features whose names a pack decides (features.hpp), made once when it is loaded.
struct FeatureKeys {
    std::vector<std::uint64_t> words;                            ///< of each spelling, that of its canonical word
    std::array<std::vector<std::uint64_t>, kind_count> phrases;  ///< by kind and value
};

/// What the beginning or the end of a word says of it, whether the pack knows the word or not: [affix].
struct Affixes {
    std::vector<std::string> passive;       ///< it is done to somebody: "di"
    std::vector<std::string> active;        ///< somebody does it: "me"
    std::vector<std::string> intransitive;  ///< of a verb, and apart before a number of people: "ber", "ter"
    std::vector<std::string> spoken;        ///< active as people say it: "ny", "ng"
    std::vector<std::string> past;          ///< at the end of a verb: "ed"
    std::vector<std::string> whole;         ///< of a unit of time: "se"
    std::vector<std::string> some;          ///< behind a number: "20an", "20ish"
};

/// Whether `word` begins with one of `beginnings`.
inline bool begins_with(std::string_view word, const std::vector<std::string>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](const std::string& beginning) { return word.starts_with(beginning); });
}
/// Whether `word` ends with one of `ends`.
inline bool ends_with(std::string_view word, const std::vector<std::string>& ends) {
    return std::any_of(ends.begin(), ends.end(), [&](const std::string& end) { return word.ends_with(end); });
}
/// Whether `word` is one of `words`.
inline bool is_one_of(std::string_view word, const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

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
    /// Of each node: the node behind a gap of up to gap_words_max words ("paspor * diambil"), 0 when it has none.
    std::vector<std::uint32_t> gaps;
    /// Of each node: a bit for every word that may lead on from it, by the word's last six bits. Most do not.
    std::vector<std::uint64_t> onward;
    std::vector<std::string> spoken;  ///< languages whose words the pack lists: "id", "en"
    WordRepair repair;
    Affixes affixes;  ///< how misspelt words are brought back to the pack's
    /// Words one deletion away from a keyword or a place's word, for one-typo lookups.
    boost::unordered_flat_map<std::string, std::vector<WordId>> near_keywords, near_places;

    std::vector<Command> commands;
    std::optional<std::uint16_t> question_mark;  ///< the command a lone "?" is
    std::vector<Place> places;
    std::map<std::string, std::size_t, std::less<>> place_by_code;
    std::vector<Destination> destinations;
    std::vector<std::string> vehicles, indicators;
    std::vector<std::string> signs, nationalities, jobs, visas, routes;  ///< nationalities: ISO 3166
    std::vector<std::string> currencies;                                 ///< ISO 4217

    std::map<std::string, Form, std::less<>> forms;
    UssdTexts ussd;  ///< empty: the pack has no menu
    std::map<std::string, Reply, std::less<>> replies;
    std::map<std::string, std::string, std::less<>> longest_fields;
    std::vector<std::string> forbidden;
    std::vector<std::string> machine;  ///< what programs write that answer by themselves, folded
    std::array<std::string, 64> group_of;
    std::array<AlertRule, 64> alert_rules;
    std::vector<RaiseRule> raises;
    std::vector<std::string> notions;  ///< at most notions_max
    std::vector<Inference> inferences;
    /// Notions whose words stand elsewhere: places abroad, gates, people, the sender, whom the sender belongs to. And
    /// those that decide more than inferences do: others read the sender's phone, an answer is not wanted, none but a
    /// written one, and what is not wanted is not wanted for now.
    struct KnownNotions {
        std::size_t abroad = notions_max, gate = notions_max, people = notions_max, self = notions_max,
                    kin = notions_max, watched = notions_max, no_answer = notions_max, no_calls = notions_max,
                    not_now = notions_max;
    } known_notions;
    std::chrono::minutes incident_window{}, recent{};
    std::chrono::seconds update_interval{};
    std::uint32_t mass = 0;  ///< people from which a report is about many
    FeatureKeys feature_keys;
    Classifier classifier;  ///< empty: the rules decide alone
    std::vector<Example> examples;
    std::vector<PlaceSource> place_sources;              ///< of each of `places`
    std::map<std::string, Source, std::less<>> sources;  ///< "form report", "form report.place", "group departure", …

    /// In that language, else in the pack's own.
    std::string_view say(const Localised& text, std::string_view language = {}) const {
        return text.in(language, languages.empty() ? std::string_view{} : std::string_view(languages.front()));
    }
    WordId find(std::string_view word) const {
        const auto found = word_ids.find(word);
        return found == word_ids.end() ? 0 : found->second;
    }
    bool is(WordId word, WordClass one) const { return traits[word].classes[static_cast<std::size_t>(one)]; }
    /// The node that `word` leads to, or 0 (the root, which nothing leads to).
    std::uint32_t step(std::uint32_t node, WordId word) const {
        if ((onward[node] >> (word & 63) & 1) == 0) return 0;
        const auto found = edges.find((std::uint64_t{node} << 32) | word);
        return found == edges.end() ? 0 : found->second;
    }
};

/// The value of a flag phrase that only keeps shorter cues from matching.
constexpr std::uint16_t flag_none = 32;
constexpr std::size_t phrase_words_max = 6;
constexpr std::size_t gap_words_max = 4;
constexpr std::size_t correctable_letters_max = 24;

/// Edits between two words, counting a swap of neighbours as one; stops counting above 2.
/// source: Damerau-Levenshtein, optimal string alignment
unsigned edits_between(std::string_view left, std::string_view right);

/// The one word of `near` at most one edit away; 0 when there is none or more than one.
WordId correct(const Pack::Data& data, const boost::unordered_flat_map<std::string, std::vector<WordId>>& near,
               std::string_view word);

}  // namespace jejak::understand
