#include "gateway/understand/pack/lint.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/understand/slots/slots.hpp"
#include "gateway/understand/words/tokens.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t examples_least = 40;
constexpr std::size_t village_code_size = 13, district_code_size = 8, regency_code_size = 5;
/// Degrees that a village lies from the centre of its district at most; a sign or digit gone wrong is farther.
constexpr double village_apart_max = 1.5;
/// Points of a category's phrase from which it says something by itself.
constexpr std::uint8_t cue_points = 2;

/// A single word that is a command when it comes first, and the command it is.
struct FirstWord {
    WordId word = 0;
    std::uint16_t command = 0;
};

std::vector<FirstWord> first_words(const Pack::Data& data) {
    std::vector<FirstWord> found;
    for (const auto& [edge, node] : data.edges) {
        if (edge >> 32 != 0) continue;  // not from the root: a second word
        for (const Meaning& meaning : data.nodes[node]) {
            if (meaning.kind == Kind::command && meaning.weight == static_cast<std::uint8_t>(Counts::first))
                found.push_back({static_cast<WordId>(edge & 0xFFFF'FFFF), meaning.value});
        }
    }
    std::sort(found.begin(), found.end(),
              [](const FirstWord& left, const FirstWord& right) { return left.word < right.word; });
    return found;
}

/// Where an alias stands; where its command does when that is not known.
Source source_of_alias(const Pack::Data& data, WordId word, const Command& command) {
    const auto found = data.sources.find("alias " + data.spelling[word]);
    return found == data.sources.end() ? Source{command.file, command.line} : found->second;
}

/// "lapar", an alias of LAPOR (words.toml:12)
std::string alias_of(const Pack::Data& data, WordId word, const Command& command) {
    return '"' + data.spelling[word] + "\", an alias of " + command.keyword + " (" +
           told({command.file, command.line}) + ')';
}

std::string larger_area(std::string_view code) {
    return std::string(code.substr(0, code.rfind('.')));
}

std::string_view kind_of_area(std::size_t code_size) {
    if (code_size == district_code_size) return "district";
    return code_size == regency_code_size ? "regency" : "province";
}

/// Words of a name that tell of an informal path: a list of those would be a map for smugglers.
bool tells_of_a_path(const Pack::Data& data, const std::string& name) {
    const Tokens tokens(data, name);
    for (const Hit& hit : find_phrases(data, tokens, 0)) {
        const auto category = static_cast<Category>(hit.value);
        const bool path = category == Category::unofficial_land_route || category == Category::unofficial_port;
        if (hit.kind == Kind::category && path && hit.weight >= cue_points) return true;
    }
    return false;
}

}  // namespace

std::string told(const Source& source) {
    return source.line == 0 ? source.file : source.file + ':' + std::to_string(source.line);
}

Source source_of(const Pack& pack, std::string_view what, std::string_view usual) {
    const auto& sources = pack.data().sources;
    const auto found = sources.find(what);
    return found == sources.end() ? Source{std::string(usual), 0} : found->second;
}

void lint_words(const Pack& pack, std::vector<PackFault>& faults) {
    const auto& data = pack.data();
    const auto words = first_words(data);
    for (std::size_t i = 0; i < data.commands.size(); ++i) {
        const Command& one = data.commands[i];
        const auto keyword = fold(one.keyword);
        const auto fault = [&](std::string message) { faults.push_back({one.file, one.line, std::move(message)}); };
        if (!one.typos) continue;
        if (data.is(data.traits[data.find(keyword)].canonical, WordClass::everyday))
            fault("keyword " + one.keyword +
                  " is also an everyday word; take it out of [class] everyday, or set typos = false");
        for (std::size_t j = 0; j < i; ++j) {
            const Command& other = data.commands[j];
            if (!other.typos || edits_between(keyword, fold(other.keyword)) > 1) continue;
            fault("keywords " + one.keyword + " and " + other.keyword +
                  " are a typo apart; rename one, or set typos = false");
        }
        for (const auto& [word, command] : words) {
            const Command& other = data.commands[command];
            if (other.intent == one.intent || fold(other.keyword) == data.spelling[word]) continue;
            if (edits_between(keyword, data.spelling[word]) != 1) continue;
            const Source where = source_of_alias(data, word, other);
            faults.push_back({where.file, where.line,
                              alias_of(data, word, other) + ", is a typo away from " + one.keyword + " (" +
                                  told({one.file, one.line}) + "); take the alias out, or put it under alone"});
        }
    }
    for (const auto& [word, command] : words) {
        const Command& meant = data.commands[command];
        if (fold(meant.keyword) == data.spelling[word] || !data.is(word, WordClass::everyday)) continue;
        const Source where = source_of_alias(data, word, meant);
        const auto everyday = data.sources.find("everyday " + data.spelling[word]);
        faults.push_back({where.file, where.line,
                          alias_of(data, word, meant) +
                              ", makes a command of any text that begins with it, and is in [class] everyday" +
                              (everyday == data.sources.end() ? "" : " (" + told(everyday->second) + ')') +
                              "; put it under alone instead of aliases"});
    }
}

void lint_places(const Pack& pack, std::vector<PackFault>& faults) {
    const auto& data = pack.data();
    for (std::size_t i = 0; i < data.places.size(); ++i) {
        const Place& place = data.places[i];
        const Source& source = data.place_sources[i].source;
        const auto fault = [&](std::string message) {
            faults.push_back({source.file, source.line, "place " + place.code + " " + place.name + ' ' + message});
        };
        if (place.gate && !data.place_by_code.contains(place.code))
            fault("is a gate in a village that the pack does not have; add a [[place]] with code = \"" + place.code +
                  "\" for the village itself");
        const auto parent = larger_area(place.code);
        if (place.code.size() > 2 && !data.place_by_code.contains(parent)) {
            fault("lies in the " + std::string(kind_of_area(parent.size())) + ' ' + parent +
                  ", which the pack does not have; add a [[place]] with code = \"" + parent +
                  "\", or correct the code");
        } else if (place.code.size() == village_code_size) {
            const Place& district = data.places[data.place_by_code.find(parent)->second];
            if (std::abs(place.latitude - district.latitude) > village_apart_max ||
                std::abs(place.longitude - district.longitude) > village_apart_max)
                fault("lies more than a hundred miles from its district " + district.name +
                      "; look at latitude and longitude, and at their signs");
        }
        for (const auto& spelling : data.place_sources[i].spellings) {
            if (tells_of_a_path(data, spelling))
                fault("is spelt \"" + spelling +
                      "\", which tells of an informal path: only administrative places and official gates belong in a "
                      "pack; keep it in a private file");
        }
    }
}

/// Reports of a category that is in no group are one event with nothing but others of it.
void lint_groups(const Pack& pack, std::vector<PackFault>& faults) {
    for (auto at = 0; at <= static_cast<int>(Category::not_a_case); ++at) {
        const auto category = static_cast<Category>(at);
        if (!pack.group_of(category).empty()) continue;
        faults.push_back({"rules.toml", 0,
                          "category " + std::string(to_string(category)) +
                              " is in no [[group]]: add it to one, or make it one of its own"});
    }
}

void lint_examples(const Pack& pack, std::vector<PackFault>& faults) {
    const auto& data = pack.data();
    for (const Example& example : data.examples) {
        const Reading got = read(pack, example.text, example.context);
        const auto understood = comparable(got, pack.utc_offset_of(example.context.sender));
        for (const auto& key : example_keys) {
            const auto stated = example.stated.find(key.name);
            if (stated == example.stated.end()) continue;
            const auto& value = understood.at(key.name);
            if (value == stated->second) continue;
            const bool list = key.type == ExampleType::list;
            const auto quoted = [&](const std::string& text) { return list ? '[' + text + ']' : '"' + text + '"'; };
            faults.push_back({example.file, example.line,
                              std::string(key.name) + " of \"" + example.text + "\" " + (list ? "are" : "is") +
                                  " understood as " + quoted(value) + ", stated " + (list ? "are " : "is ") +
                                  quoted(stated->second)});
        }
    }
    if (data.examples.size() < examples_least)
        faults.push_back({"examples.toml", 0,
                          "has " + std::to_string(data.examples.size()) + " examples; a pack needs at least " +
                              std::to_string(examples_least)});
}

std::vector<PackFault> Pack::lint() const {
    std::vector<PackFault> faults;
    for (const auto part : {lint_words, lint_spellings, lint_places, lint_texts, lint_menu, lint_groups, lint_examples})
        part(*this, faults);
    return faults;
}

std::vector<PackFault> Pack::lint_sayings() const {
    std::vector<PackFault> faults;
    for (const auto part : {lint_texts, lint_menu}) part(*this, faults);
    return faults;
}

}  // namespace jejak::understand
