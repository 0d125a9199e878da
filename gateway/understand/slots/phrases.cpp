#include <algorithm>
#include <array>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t correctable_letters_min = 5;

bool has_letters(const Token& token) {
    return token.letters;
}

/// The word a token stands for in a phrase: its own, or the place's word it is one typo away from.
WordId word_of(const Pack::Data& data, const Token& token) {
    if (token.word != 0) return token.word;
    if (!has_letters(token) || token.text.size() < correctable_letters_min) return 0;
    const WordId meant = correct(data, data.near_places, token.text);
    // A first letter is rarely mistyped, and often makes another word.
    if (meant == 0 || data.spelling[meant][0] != token.text[0]) return 0;
    return data.traits[meant].canonical;
}

}  // namespace

std::vector<Hit> find_phrases(const Pack::Data& data, const Tokens& tokens, std::size_t from) {
    std::vector<Hit> hits;
    const auto& list = tokens.list;
    std::vector<WordId> words(list.size());
    for (std::size_t i = from; i < list.size(); ++i) words[i] = word_of(data, list[i]);
    std::array<std::size_t, kind_count> covered{};
    for (std::size_t i = from; i < list.size(); ++i) {
        std::array<std::uint32_t, kind_count> best{};
        std::array<std::size_t, kind_count> last{};
        std::uint32_t node = 0;
        for (std::size_t j = i; j < list.size() && j < i + phrase_words_max && words[j] != 0; ++j) {
            if (j > i && separates_fields(list[j].before)) break;
            node = data.step(node, words[j]);
            if (node == 0) break;
            for (const Meaning& meaning : data.nodes[node]) {
                best[static_cast<std::size_t>(meaning.kind)] = node;
                last[static_cast<std::size_t>(meaning.kind)] = j;
            }
        }
        for (std::size_t kind = static_cast<std::size_t>(Kind::category); kind < kind_count; ++kind) {
            if (best[kind] == 0 || i < covered[kind]) continue;
            covered[kind] = last[kind] + 1;
            for (const Meaning& meaning : data.nodes[best[kind]]) {
                if (static_cast<std::size_t>(meaning.kind) != kind) continue;
                hits.push_back({meaning.kind, meaning.value, meaning.weight, static_cast<std::uint32_t>(i),
                                static_cast<std::uint32_t>(last[kind])});
            }
        }
    }
    return hits;
}

}  // namespace jejak::understand
