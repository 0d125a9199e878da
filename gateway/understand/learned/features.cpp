#include "gateway/understand/learned/features.hpp"

#include <algorithm>

namespace jejak::understand {
namespace {

/// A longer text says what it is about in its first words; the rest adds time, not meaning.
constexpr std::size_t words_max = 100, phrases_max = 200;
constexpr std::size_t piece_letters = 4, pieces_of_max = 24;

constexpr std::uint64_t offset_basis = 0xCBF29CE484222325;
/// source: FNV-1a, 64 bits
constexpr std::uint64_t hash_of(std::string_view text, std::uint64_t hash = offset_basis) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return hash;
}

constexpr std::uint64_t mixed(char kind, std::uint64_t what) {
    what ^= static_cast<std::uint64_t>(static_cast<unsigned char>(kind)) << 56;
    what *= 0x9E3779B97F4A7C15;
    return what ^ what >> 32;
}

constexpr std::uint64_t pair_of(std::uint64_t left, std::uint64_t right) {
    return mixed('p', (left << 23 | left >> 41) + right);
}

constexpr std::uint64_t number_word = hash_of("#"), start_word = hash_of("^");

std::string_view kind_name(Kind kind) {
    constexpr auto names = std::to_array<std::string_view>(
        {"command", "ordinary", "category", "flag", "indicator", "place", "destination", "vehicle", "time", "saying",
         "distress", "sign", "nationality", "job", "visa", "route", "remark", "notion"});
    static_assert(names.size() == kind_count);
    return names[static_cast<std::size_t>(kind)];
}

std::string_view basis_name(Basis basis) {
    constexpr auto names =
        std::to_array<std::string_view>({"nothing", "small_talk", "spam", "keyword", "alone", "typo", "saying", "plea",
                                         "suffering", "told", "hinted", "learned", "few_words"});
    return names[static_cast<std::size_t>(basis)];
}

const std::vector<std::string>* names_of(const Pack::Data& data, Kind kind) {
    switch (kind) {
        case Kind::indicator:
            return &data.indicators;
        case Kind::vehicle:
            return &data.vehicles;
        case Kind::sign:
            return &data.signs;
        case Kind::nationality:
            return &data.nationalities;
        case Kind::job:
            return &data.jobs;
        case Kind::visa:
            return &data.visas;
        case Kind::route:
            return &data.routes;
        case Kind::notion:
            return &data.notions;
        default:
            return nullptr;
    }
}

/// A place stands for any place: which village it is tells nothing of what happens there.
std::string phrase_name(const Pack::Data& data, Kind kind, std::uint16_t value) {
    std::string name(kind_name(kind));
    if (kind == Kind::place || kind == Kind::destination) return name;
    name += ' ';
    if (kind == Kind::category) return name += to_string(static_cast<Category>(value));
    if (kind == Kind::saying) return name += to_string(static_cast<Intent>(value));
    const auto* names = names_of(data, kind);
    return name += names != nullptr && value < names->size() ? (*names)[value] : std::to_string(value);
}

constexpr std::uint64_t denied = hash_of(" not");

class Gatherer {
public:
    Gatherer(const Subject& whole, bool named) : whole_(whole), named_(named) {}

    Features run(const FoundCommand& command, const Sense& rules) {
        features_.keys.reserve(3 * whole_.tokens.list.size() + whole_.hits.size() + 8);
        words();
        phrases();
        judged(command, rules);
        if (whole_.abroad) add('f', "abroad");
        if (whole_.tokens.question) add('f', "question");
        const auto count = whole_.tokens.list.size();
        add('f', count <= 2 ? "two words" : count <= 5 ? "few words" : count <= 25 ? "some words" : "many words");
        return std::move(features_);
    }

private:
    void words() {
        const auto& list = whole_.tokens.list;
        std::uint64_t before = start_word;
        for (std::size_t i = 0; i < std::min(list.size(), words_max); ++i) {
            const auto& token = list[i];
            const auto now = word_key(token);
            put(mixed('w', now), [&] { return "w:" + std::string(word(token)); });
            put(pair_of(before, now),
                [&] { return "p:" + std::string(i == 0 ? "^" : word(list[i - 1])) + ' ' + std::string(word(token)); });
            if (token.meant == 0 && token.letters) pieces(token.text);
            before = now;
        }
    }

    std::uint64_t word_key(const Token& token) const {
        if (token.number != no_number && token.word == 0) return number_word;
        return token.meant != 0 ? whole_.data.feature_keys.words[token.meant] : hash_of(token.text);
    }
    std::string_view word(const Token& token) const {
        if (token.number != no_number && token.word == 0) return "#";
        return token.meant != 0 ? std::string_view(whole_.data.spelling[whole_.data.traits[token.meant].canonical])
                                : token.text;
    }

    void pieces(std::string_view text) {
        const std::string whole = '^' + std::string(text.substr(0, pieces_of_max)) + '$';
        for (std::size_t i = 0; i + piece_letters <= whole.size(); ++i)
            add('c', std::string_view(whole).substr(i, piece_letters));
    }

    void phrases() {
        std::size_t counted = 0;
        for (const Hit& hit : whole_.hits) {
            if (hit.kind == Kind::ordinary || hit.kind == Kind::command || ++counted > phrases_max) continue;
            const auto& keys = whole_.data.feature_keys.phrases[static_cast<std::size_t>(hit.kind)];
            const auto key = hit.value < keys.size() ? keys[hit.value] : 0;
            put(mixed('k', hit.negated ? key ^ denied : key),
                [&] { return "k:" + phrase_name(whole_.data, hit.kind, hit.value) + (hit.negated ? " not" : ""); });
        }
    }

    void judged(const FoundCommand& command, const Sense& rules) {
        add('r', "intent ", to_string(rules.intent));
        add('r', "basis ", basis_name(rules.basis));
        if (command.intent != Intent::unclear) add('r', "command ", to_string(command.intent));
        if (rules.category != Category::none) add('r', "talk ", to_string(rules.category));
        const auto& weighed = rules.weighed;
        if (weighed.best == Category::none) return;
        add('r', "category ", to_string(weighed.best));
        if (weighed.points >= Weighed::clear) add('r', "clear ", to_string(weighed.best));
    }

    void add(char kind, std::string_view what, std::string_view which = {}) {
        put(mixed(kind, hash_of(which, hash_of(what))), [&] {
            return std::string{kind, ':'} + std::string(what) + std::string(which);
        });
    }

    template <class Name>
    void put(std::uint64_t key, const Name& name) {
        if (named_) {
            if (std::find(features_.keys.begin(), features_.keys.end(), key) != features_.keys.end()) return;
            features_.names.push_back(name());
        }
        features_.keys.push_back(key);
    }

    const Subject& whole_;
    bool named_;
    Features features_;
};

}  // namespace

Features features_of(const Subject& whole, const FoundCommand& command, const Sense& rules, bool named) {
    return Gatherer(whole, named).run(command, rules);
}

std::uint64_t feature_key(std::string_view name) {
    if (name.size() < 2) return 0;
    const char kind = name.front();
    const auto what = name.substr(2);
    if (kind == 'p') {
        const auto gap = what.find(' ');
        if (gap == what.npos) return 0;
        return pair_of(hash_of(what.substr(0, gap)), hash_of(what.substr(gap + 1)));
    }
    if (kind == 'k' && what.ends_with(" not")) return mixed('k', hash_of(what.substr(0, what.size() - 4)) ^ denied);
    return mixed(kind, hash_of(what));
}

FeatureKeys feature_keys_of(const Pack::Data& data) {
    FeatureKeys keys;
    keys.words.reserve(data.traits.size());
    for (const auto& traits : data.traits) keys.words.push_back(hash_of(data.spelling[traits.canonical]));
    const auto values = [&](Kind kind) -> std::size_t {
        constexpr std::size_t enumerators = 64;  // of the enumerations that stand for a kind's values without a name
        const auto* names = names_of(data, kind);
        if (names != nullptr) return names->size();
        if (kind == Kind::place) return data.places.size();
        if (kind == Kind::destination) return data.destinations.size();
        if (kind == Kind::category) return static_cast<std::size_t>(Category::not_a_case) + 1;
        return kind == Kind::saying ? static_cast<std::size_t>(Intent::note) + 1 : enumerators;
    };
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
        const auto one = static_cast<Kind>(kind);
        if (one == Kind::command || one == Kind::ordinary) continue;
        for (std::size_t value = 0; value < values(one); ++value)
            keys.phrases[kind].push_back(hash_of(phrase_name(data, one, static_cast<std::uint16_t>(value))));
    }
    return keys;
}

}  // namespace jejak::understand
