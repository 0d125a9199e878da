#pragma once
#include <vector>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// One count of people: "5 org", "2 anak", "saya dan 3 teman".
struct Group {
    std::uint32_t least = 0, most = 0;
    bool part = false;  ///< of one sort, so that it adds up with others
    bool child = false;
    bool joined = false;        ///< "dan", "+" stands before it
    bool among = false;         ///< "termasuk", "diantaranya" stands before it
    bool guess = false;         ///< without a word for people: "isi 5"
    std::uint32_t carried = 0;  ///< children in their arms: "2 ibu gendong bayi"
    WordId of = 0;              ///< the word that was counted
    std::size_t first = 0, last = 0;
};

/// The groups that a text counts, in its order.
std::vector<Group> count_groups(const Subject& subject);

/// Nothing but a blank, a hyphen or a plus stands before token `at`.
inline bool runs_on(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    return at < list.size() && !separates_fields(list[at].before) && list[at].before != ',' &&
           (list[at].before != '.' || list[at].tight);
}

/// The word at token `at` as the pack spells it, or as typed when the pack does not know it.
inline std::string_view word_at(const Subject& subject, std::size_t at) {
    const Token& token = subject.tokens.list[at];
    return token.meant != 0 ? std::string_view(subject.data.spelling[token.meant]) : token.text;
}

}  // namespace jejak::understand
