// Texts made from the pack's own words, spoilt more and more, with what they say known beforehand. A hundred thousand
// of them with JEJAK_DIFFERENTIAL=100000; a few thousand otherwise. The seed is printed, and taken from JEJAK_SEED.
#include <time.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/words/tokens.hpp"
#include "protocol/sms/utf8.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

constexpr std::size_t texts_usual = 5'000;
constexpr std::uint32_t seed_usual = 20250912;
constexpr double text_milliseconds_max = 20;
constexpr double villages_least = 0.85, phrases_least = 0.43;  ///< shares of a pack's, understood by themselves

/// How often a letter of a word is wrong, and how many of the stated slots must still be found.
struct Level {
    const char* name;
    double courtesy, letters;
    double recall_least;
};
constexpr std::array<Level, 4> levels = {{{"as the pack spells it", 0, 0, 1.0},
                                          {"other spellings, courtesy, separators", 0.5, 0, 0.965},
                                          {"a letter wrong in one word of seven", 0.5, 0.15, 0.95},
                                          {"a letter wrong in two words of five", 0.5, 0.4, 0.92}}};

std::uint32_t setting(const char* name, std::uint32_t usual) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no thread is started here
    return value == nullptr ? usual : static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
}

/// Processor time of this thread: a machine that is busy with something else makes no text slow.
double milliseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// What a text was made to say.
struct Made {
    std::string text;
    std::optional<std::uint32_t> people;
    std::string place;
    Category category = Category::none;
    std::string vehicle;
    std::optional<int> hour;  ///< in the sender's zone
    bool now = false;
};

struct Named {
    std::string words, value;
    bool takes_now = true;  ///< "ditampung sekarang" is of this moment; "gaji 8 juta sekarang" is not
};

/// Makes texts from one pack.
class Maker {
public:
    Maker(const Pack& pack, std::uint32_t seed) : pack_(pack), data_(pack.data()), random_(seed) {
        for (const auto& [edge, to] : data_.edges) next_[static_cast<std::uint32_t>(edge >> 32)].push_back(edge);
        for (auto& [node, edges] : next_) std::sort(edges.begin(), edges.end());
        walk(0, {});
        for (WordId word = 1; word < data_.spelling.size(); ++word) {
            const auto meant = data_.traits[word].canonical;
            if (meant != word) spellings_[data_.spelling[meant]].push_back(data_.spelling[word]);
            if (meant == word && data_.is(word, WordClass::polite) && only_polite(word))
                courtesies_.push_back(data_.spelling[word]);
            const auto number = data_.traits[word].number;
            if (meant == word && number >= 2 && number <= 9 && !data_.is(word, WordClass::person))
                numbers_.emplace_back(data_.spelling[word], number);
        }
    }

    bool usable() const { return !places_.empty() && !categories_.empty() && !numbers_.empty(); }

    /// How many of the pack's villages, and of its phrases that say outright what happens, are understood by
    /// themselves, so that texts are made of them.
    double villages_understood() const {
        std::set<std::string_view> all, known;
        for (const auto& place : data_.places) {
            if (place.code.size() == village_code_letters) all.insert(place.code);
        }
        for (const auto& place : places_) known.insert(place.value);
        return share(known.size(), all.size());
    }
    double phrases_understood() const { return share(categories_.size(), strong_phrases_); }

    Made make(const Level& level) {
        Made made;
        made.people = 2 + below(8);
        const auto& place = one_of(places_);
        made.place = place.value;
        const auto& category = one_of(categories_);
        made.category = *parse<Category>(category.value);
        std::string people = std::to_string(*made.people);
        if (chance(0.3)) {
            const auto& [word, number] = one_of(numbers_);
            people = word;
            made.people = static_cast<std::uint32_t>(number);
        }
        const auto time = when(made, category.takes_now);
        if (level.courtesy == 0 && chance(0.2)) {
            made.text = "lapor#" + place.words + '#' + people + " orang#" + category.words + '#' + time;
            return made;
        }
        std::vector<std::string> parts = {people + " orang", category.words, "di " + place.words, time};
        if (chance(0.5)) std::swap(parts[2], parts[3]);
        made.text = "lapor ada";
        for (const auto& part : parts) made.text += (part.empty() ? "" : " ") + part;
        if (level.courtesy > 0) made.text = spoilt(made.text, level);
        return made;
    }

private:
    static constexpr std::size_t village_code_letters = 13;

    static double share(std::size_t some, std::size_t all) {
        return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
    }
    std::uint32_t below(std::size_t count) { return static_cast<std::uint32_t>(random_() % count); }
    bool chance(double share) { return static_cast<double>(random_()) < share * 4294967296.0; }
    template <class List>
    const typename List::value_type& one_of(const List& list) {
        return list[below(list.size())];
    }

    /// Every phrase of the pack, with what it means when it means one thing only.
    void walk(std::uint32_t node, const std::string& words) {
        const auto found = next_.find(node);
        if (found == next_.end()) return;
        for (const auto edge : found->second) {
            const auto& word = data_.spelling[static_cast<WordId>(edge & 0xFFFF'FFFF)];
            const auto to = data_.edges.at(edge);
            const auto phrase = words + (words.empty() ? "" : " ") + word;
            take(phrase, data_.nodes[to]);
            walk(to, phrase);
        }
    }

    void take(const std::string& phrase, const std::vector<Meaning>& meanings) {
        constexpr std::uint8_t strong = 6;
        if (meanings.size() != 1) return;
        const auto& meaning = meanings.front();
        if (meaning.kind == Kind::place) {
            const auto& place = data_.places[meaning.value];
            if (place.code.size() == village_code_letters && !tells_more(phrase) &&
                says("di " + phrase,
                     [&](const Reading& got) { return got.place == place.code && got.category == Category::none; }))
                places_.push_back({phrase, place.code});
        } else if (meaning.kind == Kind::category && meaning.weight == strong && !leads_on(phrase)) {
            const auto category = static_cast<Category>(meaning.value);
            ++strong_phrases_;
            // "3 orang calo" are no three victims: such a phrase is for other sentences than ours.
            const auto fits = [&](const Reading& got) {
                return got.category == category && got.people == 5u && got.place.empty();
            };
            if (says(phrase, fits)) {
                const bool now = says(phrase + " sekarang", [](const Reading& got) { return got.when.now; });
                categories_.push_back({phrase, std::string(to_string(category)), now});
            }
        }
    }

    /// "perbatasan aruk", "bukit tempayan": words of the name say something of a case themselves.
    bool tells_more(const std::string& phrase) const {
        for (std::size_t at = 0; at < phrase.size();) {
            const auto end = std::min(phrase.find(' ', at), phrase.size());
            const auto node = data_.step(0, data_.find(phrase.substr(at, end - at)));
            at = end + 1;
            if (node == 0) continue;
            const auto& meanings = data_.nodes[node];
            if (std::any_of(meanings.begin(), meanings.end(),
                            [](const Meaning& one) { return one.kind == Kind::category || one.kind == Kind::notion; }))
                return true;
        }
        return false;
    }

    /// "dijual ke": something must follow it.
    bool leads_on(const std::string& phrase) const {
        const auto last = data_.find(phrase.substr(phrase.rfind(' ') + 1));
        constexpr WordClass leading[] = {WordClass::towards, WordClass::from, WordClass::via, WordClass::at};
        return std::any_of(std::begin(leading), std::end(leading), [&](WordClass one) { return data_.is(last, one); });
    }

    /// The phrase by itself is understood so: what a longer text must not lose.
    template <class Check>
    bool says(const std::string& phrase, Check check) const {
        ReadingContext context;
        context.received_at = *from_rfc3339("2025-09-12T21:10:00+07:00");
        context.sender = "+628400000001";
        const auto got = read(pack_, "lapor ada 5 orang " + phrase, context);
        return got.intent == Intent::report && check(got);
    }

    bool only_polite(WordId word) const {
        const auto node = data_.step(0, word);
        return (node == 0 || data_.nodes[node].empty()) && data_.traits[word].classes.count() == 1;
    }

    std::string when(Made& made, bool takes_now) {
        struct Stated {
            const char* words;
            int hour;
        };
        constexpr Stated clock[] = {{"jam 2 malam", 2},   {"jam 7 malam", 19},   {"jam 5 sore", 17}, {"jam 3 pagi", 3},
                                    {"jam 11 siang", 11}, {"jam setengah 6", 5}, {"jam 20.30", 20}};
        if (takes_now && chance(0.3)) {
            made.now = true;
            return "sekarang";
        }
        if (chance(0.3)) return "";
        const auto& stated = clock[below(std::size(clock))];
        made.hour = stated.hour;
        return stated.words;
    }

    std::string spoilt(const std::string& text, const Level& level) {
        std::string out;
        if (chance(level.courtesy / 2) && !courtesies_.empty()) out = one_of(courtesies_) + ' ';
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find(' ', at), text.size());
            std::string word = text.substr(at, end - at);
            at = end + 1;
            const bool first = out.find_first_of("lL") == out.npos;  // the command itself
            const auto same = spellings_.find(word);
            if (same != spellings_.end() && chance(level.courtesy / 2)) word = one_of(same->second);
            if (!first && word.size() >= 5 && chance(level.letters)) mistype(word);
            if (chance(0.15)) capitals(word);
            out += word;
            if (at < text.size()) out += separator(word);
        }
        if (chance(level.courtesy / 2) && !courtesies_.empty()) out += ' ' + one_of(courtesies_);
        if (chance(level.courtesy / 3)) out += " \xF0\x9F\x99\x8F";
        return out;
    }

    /// Between two words; a number stays beside what it counts.
    std::string separator(const std::string& word) {
        const bool number = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (number || !chance(0.1)) return " ";
        return chance(0.5) ? "  " : "\n";
    }

    void mistype(std::string& word) {
        const auto at = 1 + below(word.size() - 2);  // people get the first letter right, and mostly the last
        switch (below(4)) {
            case 0: {
                const auto vowel = word.find_first_of("aiueo", at);
                word.erase(vowel == word.npos ? at : vowel, 1);
                return;
            }
            case 1:
                std::swap(word[at], word[at + 1]);
                return;
            case 2:
                word.insert(at, 1, word[at]);
                return;
            default: {
                constexpr std::string_view letters = "oieas", digits = "01345";
                for (auto i = at; i < word.size(); ++i) {
                    const auto digit = letters.find(word[i]);
                    if (digit == letters.npos) continue;
                    word[i] = digits[digit];
                    return;
                }
            }
        }
    }

    static void capitals(std::string& word) {
        for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }

    const Pack& pack_;
    const Pack::Data& data_;
    std::mt19937 random_;
    std::map<std::uint32_t, std::vector<std::uint64_t>> next_;
    std::map<std::string, std::vector<std::string>> spellings_;
    std::vector<std::string> courtesies_;
    std::vector<std::pair<std::string, int>> numbers_;
    std::vector<Named> places_, categories_;
    std::size_t strong_phrases_ = 0;  ///< of the pack, understood or not
};

/// Slots stated and found, by name.
struct Tally {
    std::map<std::string_view, std::pair<std::size_t, std::size_t>> slots;
    std::vector<std::string> lost;  ///< a few, for people

    void add(std::string_view slot, bool found, const Made& made) {
        constexpr std::size_t shown = 5;
        auto& [stated, right] = slots[slot];
        ++stated;
        right += found ? 1 : 0;
        if (!found && lost.size() < shown) lost.push_back(std::string(slot) + ": " + made.text);
    }
    double recall() const {
        std::size_t stated = 0, right = 0;
        for (const auto& [name, counts] : slots) {
            stated += counts.first;
            right += counts.second;
        }
        return stated == 0 ? 0 : static_cast<double>(right) / static_cast<double>(stated);
    }
};

void judge(const Made& made, const Reading& got, std::chrono::minutes offset, Tally& tally) {
    tally.add("intent", got.intent == Intent::report, made);
    tally.add("people", got.people == made.people, made);
    tally.add("place", got.place == made.place, made);
    tally.add("category", got.category == made.category || got.second == made.category, made);
    if (made.now) tally.add("time", got.when.now, made);
    if (made.hour) {
        const auto moment = got.when.at ? to_rfc3339(*got.when.at, offset) : "";
        tally.add("time", !moment.empty() && std::atoi(moment.substr(11, 2).c_str()) == *made.hour, made);
    }
}

void check_marks(const Made& made, const Reading& got) {
    for (const auto& mark : got.marks) {
        const bool inside = mark.begin <= mark.end && mark.end <= made.text.size();
        if (!inside) FAIL_CHECK("a mark of " << mark.slot << " lies outside of: " << made.text);
    }
}

void check_pack(const std::string& name) {
    std::vector<PackFault> faults;
    const auto pack = Pack::load(JEJAK_SOURCE_DIR "/deploy/packs/" + name, faults);
    REQUIRE(pack);
    const auto seed = setting("JEJAK_SEED", seed_usual);
    const std::size_t texts = setting("JEJAK_DIFFERENTIAL", texts_usual) / 2 / levels.size();  // two packs
    Maker maker(*pack, seed);
    REQUIRE(maker.usable());
    // Whatever the reader no longer understands would else only make the sample smaller.
    std::cout << name << ": understood by themselves: " << maker.villages_understood() << " of the villages, "
              << maker.phrases_understood() << " of the phrases\n";
    CHECK(maker.villages_understood() >= villages_least);
    CHECK(maker.phrases_understood() >= phrases_least);
    ReadingContext context;
    context.received_at = *from_rfc3339("2025-09-12T21:10:00+07:00");
    context.sender = "+628400000001";
    context.explain = true;
    double slowest = 0;
    for (const auto& level : levels) {
        Tally tally;
        for (std::size_t i = 0; i < texts; ++i) {
            const auto made = maker.make(level);
            const double began = milliseconds();
            const auto got = read(*pack, made.text, context);
            slowest = std::max(slowest, milliseconds() - began);
            judge(made, got, pack->utc_offset_of(context.sender), tally);
            check_marks(made, got);
        }
        std::cout << name << ", seed " << seed << ", " << texts << " texts, " << level.name << ": " << tally.recall();
        for (const auto& [slot, counts] : tally.slots)
            std::cout << "  " << slot << ' ' << static_cast<double>(counts.second) / static_cast<double>(counts.first);
        std::cout << '\n';
        std::string lost;
        for (const auto& one : tally.lost) lost += "\n  " + one;
        INFO(name << ", " << level.name << ", seed " << seed << "; lost:" << lost);
        CHECK(tally.recall() >= level.recall_least);
    }
    std::cout << name << ": the slowest text took " << slowest << " ms\n";
    CHECK(slowest < text_milliseconds_max);
}

}  // namespace

TEST_CASE("what a text says survives the way people write it") {
    for (const auto* name : {"sambas", "batam"}) check_pack(name);
}
