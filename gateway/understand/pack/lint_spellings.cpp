#include <algorithm>
#include <map>
#include <set>

#include "gateway/understand/pack/lint.hpp"
#include "gateway/understand/words/tokens.hpp"

namespace jejak::understand {
namespace {

/// A place by one of its spellings.
struct Spelt {
    std::size_t place = 0;
    std::string as;
    std::vector<std::string> words;
};

class SpellingLint {
public:
    SpellingLint(const Pack& pack, std::vector<PackFault>& faults) : data_(pack.data()), faults_(faults) {}

    void run() {
        for (std::size_t i = 0; i < data_.places.size(); ++i) {
            for (const auto& spelling : data_.place_sources[i].spellings) {
                Spelt spelt{i, spelling, folded_words(spelling)};
                auto& others = by_words_[meant_by(spelt.words)];
                for (const auto& other : others) {
                    if (other.place != i) compare(other, spelt);
                }
                others.push_back(std::move(spelt));
            }
        }
        constexpr std::string_view doubled = "doubled ";
        for (auto one = data_.sources.lower_bound(doubled); one != data_.sources.end(); ++one) {
            if (!one->first.starts_with(doubled)) break;
            const auto message = one->first.find(' ', doubled.size());
            faults_.push_back({one->second.file, one->second.line, one->first.substr(message + 1)});
        }
    }

private:
    /// The words that a spelling's words are, as the reader compares them.
    std::vector<std::string> meant_by(const std::vector<std::string>& words) const {
        std::vector<std::string> meant;
        for (const auto& word : words) {
            const WordId known = data_.find(word);  // none: one with a possessive that the loader took off
            meant.push_back(known == 0 ? word : data_.spelling[data_.traits[known].canonical]);
        }
        return meant;
    }

    bool ambiguous(std::size_t place) const {
        return data_.sources.contains("ambiguous place " + std::to_string(place));
    }

    std::string named(std::size_t place) const {
        return data_.places[place].code + ' ' + data_.places[place].name + " (" +
               told(data_.place_sources[place].source) + ')';
    }

    void compare(const Spelt& first, const Spelt& second) {
        if (ambiguous(first.place) || ambiguous(second.place)) return;
        if (first.words != second.words) return compare_words(first, second);
        const Source& where = data_.place_sources[second.place].source;
        faults_.push_back({where.file, where.line,
                           "place " + data_.places[second.place].code + ' ' + data_.places[second.place].name +
                               " is spelt \"" + second.as + "\", and so is " + named(first.place) +
                               ": only one of them would be understood; take it out of one, or set ambiguous_name = "
                               "true where people do call both so"});
    }

    /// Two words of which [same] makes one, or of which each means another place.
    void compare_words(const Spelt& first, const Spelt& second) {
        if (!told_.insert({first.place, second.place}).second) return;
        for (std::size_t i = 0; i < first.words.size() && i < second.words.size(); ++i) {
            if (first.words[i] == second.words[i]) continue;
            auto same = data_.sources.find("same " + second.words[i]);
            if (same == data_.sources.end()) same = data_.sources.find("same " + first.words[i]);
            const Source where = same == data_.sources.end() ? data_.place_sources[second.place].source : same->second;
            faults_.push_back({where.file, where.line,
                               '"' + first.words[i] + "\" and \"" + second.words[i] +
                                   "\" are made one word, which makes one of two places: " + named(first.place) +
                                   " and " + named(second.place) + "; take it out of [same]"});
            return;
        }
    }

    const Pack::Data& data_;
    std::vector<PackFault>& faults_;
    std::map<std::vector<std::string>, std::vector<Spelt>> by_words_;
    std::set<std::pair<std::size_t, std::size_t>> told_;
};

}  // namespace

void lint_spellings(const Pack& pack, std::vector<PackFault>& faults) {
    SpellingLint(pack, faults).run();
}

}  // namespace jejak::understand
