#include "gateway/understand/words/spelling.hpp"

#include <algorithm>
#include <string>

namespace jejak::understand {
namespace {

constexpr std::size_t one_edit_letters = 5;
constexpr std::size_t two_edits_letters = 8;
constexpr std::size_t swap_letters = 4;
constexpr std::size_t skeleton_letters = 4;
constexpr std::size_t glued_letters_min = 6;
constexpr std::size_t glued_word_letters = 4;  // shorter words take part when they are of class glue
constexpr std::size_t stem_letters_min = 3;

bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/// A word with up to two letters left out, as a number. source: FNV-1a, 64 bits
std::uint64_t key_without(std::string_view word, std::size_t first, std::size_t second) {
    std::uint64_t key = 0xcbf29ce484222325;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (i == first || i == second) continue;
        key = (key ^ static_cast<unsigned char>(word[i])) * 0x100000001b3;
    }
    return key;
}

/// Calls `use` with the keys of `word` with up to `edits` letters left out.
template <class Use>
void for_each_key(std::string_view word, std::size_t edits, Use use) {
    const std::size_t none = word.size();
    use(key_without(word, none, none));
    for (std::size_t i = 0; i < word.size(); ++i) use(key_without(word, i, none));
    if (edits < 2) return;
    for (std::size_t i = 0; i < word.size(); ++i) {
        for (std::size_t j = i + 1; j < word.size(); ++j) use(key_without(word, i, j));
    }
}

std::size_t edits_allowed(std::size_t letters) {
    return letters >= two_edits_letters ? 2 : letters >= swap_letters ? 1 : 0;
}

struct Skeleton {
    std::array<char, correctable_letters_max> letters{};
    std::size_t size = 0;
    std::string_view view() const { return {letters.data(), size}; }
};
Skeleton skeleton_of(std::string_view word) {
    Skeleton skeleton;
    for (const char c : word) {
        if (!is_vowel(c) && skeleton.size < skeleton.letters.size()) skeleton.letters[skeleton.size++] = c;
    }
    return skeleton;
}

/// Every letter of `part`, in order, stands in `whole`.
bool within(std::string_view part, std::string_view whole) {
    std::size_t at = 0;
    for (const char c : whole) {
        if (at < part.size() && part[at] == c) ++at;
    }
    return at == part.size();
}

bool swapped(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    const auto differ = std::mismatch(left.begin(), left.end(), right.begin());
    const auto at = static_cast<std::size_t>(differ.first - left.begin());
    return at + 1 < left.size() && left[at] == right[at + 1] && left[at + 1] == right[at] &&
           left.substr(at + 2) == right.substr(at + 2);
}

/// The nearest of the words a look-up offered; two different words as near are none.
struct Nearest {
    const Pack::Data& data;
    WordId word = 0;
    unsigned edits = 3;
    bool several = false;

    void offer(WordId candidate, unsigned distance) {
        const WordId canonical = data.traits[candidate].canonical;
        if (distance > edits) return;
        if (distance == edits) {
            several = several || canonical != word;
            return;
        }
        word = canonical;
        edits = distance;
        several = false;
    }
    WordId value() const { return several ? 0 : word; }
};

WordId mistyped(const Pack::Data& data, std::string_view word) {
    const std::size_t allowed = edits_allowed(word.size());
    Nearest nearest{data};
    const auto consider = [&](std::uint64_t key) {
        const auto found = data.repair.near.find(key);
        if (found == data.repair.near.end()) return;
        for (const WordId candidate : found->second) {
            const std::string_view spelling = data.spelling[candidate];
            if (spelling[0] != word[0]) continue;  // rarely mistyped, and it often makes another word
            const unsigned distance = edits_between(word, spelling);
            const std::size_t letters = std::min(word.size(), spelling.size());
            if (distance > edits_allowed(letters) || distance > allowed) continue;
            if (letters < one_edit_letters && !swapped(word, spelling)) continue;
            nearest.offer(candidate, distance);
        }
    };
    for_each_key(word, allowed, consider);
    return nearest.value();
}

WordId without_vowels(const Pack::Data& data, std::string_view word) {
    const auto skeleton = skeleton_of(word);
    if (skeleton.size < skeleton_letters) return 0;
    const auto none = skeleton.size;
    const auto found = data.repair.skeletons.find(key_without(skeleton.view(), none, none));
    if (found == data.repair.skeletons.end()) return 0;
    Nearest nearest{data};
    for (const WordId candidate : found->second) {
        const std::string_view spelling = data.spelling[candidate];
        const bool fits = spelling.size() > word.size() && spelling[0] == word[0] &&
                          skeleton_of(spelling).view() == skeleton.view() && within(word, spelling);
        if (fits) nearest.offer(candidate, 1);
    }
    return nearest.value();
}

bool takes_part(const Pack::Data& data, std::string_view part) {
    const WordId id = data.find(part);
    if (id == 0) return false;
    return part.size() >= glued_word_letters || data.is(id, WordClass::glue) ||
           data.is(data.traits[id].canonical, WordClass::glue);
}

WordId without_doubles(const Pack::Data& data, std::string_view word) {
    std::array<char, correctable_letters_max> single{};
    std::size_t size = 0;
    for (const char c : word) {
        if (size == 0 || single[size - 1] != c) single[size++] = c;
    }
    return size == word.size() || size < stem_letters_min ? 0 : data.find({single.data(), size});
}

/// What a digit stands for in a word; '1' is read as `one`.
char letter_for(char digit, char one) {
    constexpr std::string_view letters = "o_zeasgtbg";
    return digit == '1' ? one : letters[static_cast<std::size_t>(digit - '0')];
}

WordId with_digits(const Pack::Data& data, std::string_view word) {
    for (const char one : {'i', 'l'}) {
        std::array<char, correctable_letters_max> plain{};
        for (std::size_t i = 0; i < word.size(); ++i)
            plain[i] = word[i] >= '0' && word[i] <= '9' ? letter_for(word[i], one) : word[i];
        if (const WordId found = data.find({plain.data(), word.size()}); found != 0) return found;
    }
    return 0;
}

WordId without_suffix(const Pack::Data& data, std::string_view word) {
    for (const auto& suffix : data.repair.suffixes) {
        if (!word.ends_with(suffix) || word.size() < suffix.size() + stem_letters_min) continue;
        if (const WordId found = data.find(word.substr(0, word.size() - suffix.size())); found != 0) return found;
    }
    return 0;
}

}  // namespace

void index_repairs(Pack::Data& data) {
    for (WordId id = 1; id < data.spelling.size(); ++id) {
        const std::string_view word = data.spelling[id];
        const bool plain = std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        if (!plain || word.size() > correctable_letters_max || word.size() < swap_letters) continue;
        for_each_key(word, edits_allowed(word.size()), [&](std::uint64_t key) {
            auto& ids = data.repair.near[key];
            if (ids.empty() || ids.back() != id) ids.push_back(id);
        });
        const auto skeleton = skeleton_of(word);
        if (skeleton.size >= skeleton_letters && skeleton.size < word.size()) {
            const auto none = skeleton.size;
            data.repair.skeletons[key_without(skeleton.view(), none, none)].push_back(id);
        }
    }
    std::sort(data.repair.suffixes.begin(), data.repair.suffixes.end(),
              [](const auto& left, const auto& right) { return left.size() > right.size(); });
}

WordId same_word(const Pack::Data& data, std::string_view word) {
    if (word.size() > correctable_letters_max || word.size() < stem_letters_min) return 0;
    const bool digits = word.find_first_of("0123456789") != word.npos;
    if (digits) return with_digits(data, word);
    if (const WordId found = without_suffix(data, word); found != 0) return found;
    return without_doubles(data, word);
}

WordId meant_word(const Pack::Data& data, std::string_view word) {
    if (word.size() > correctable_letters_max || word.size() < swap_letters) return 0;
    if (const WordId found = mistyped(data, word); found != 0) return found;
    if (const WordId found = without_vowels(data, word); found != 0) return found;
    if (word.size() < one_edit_letters) return 0;
    const WordId place = correct(data, data.near_places, word);
    return place != 0 && data.spelling[place][0] == word[0] ? data.traits[place].canonical : 0;
}

Parts glued_parts(const Pack::Data& data, std::string_view word) {
    if (word.size() < glued_letters_min || word.size() > glued_letters_max) return {};
    // fewest[i]: how many words the first i letters are made of; from[i]: where the last of them begins.
    std::array<std::uint8_t, glued_letters_max + 1> fewest{}, from{};
    for (std::size_t end = 2; end <= word.size(); ++end) {
        const std::size_t least = end > correctable_letters_max ? end - correctable_letters_max : 0;
        for (std::size_t begin = least; begin + 2 <= end; ++begin) {
            if (begin > 0 && fewest[begin] == 0) continue;
            const std::size_t words = fewest[begin] + std::size_t{1};
            if (words > Parts::most || (fewest[end] != 0 && fewest[end] <= words)) continue;
            if (!takes_part(data, word.substr(begin, end - begin))) continue;
            fewest[end] = static_cast<std::uint8_t>(words);
            from[end] = static_cast<std::uint8_t>(begin);
        }
    }
    Parts parts{};
    if (fewest[word.size()] < 2 || word.size() - from[word.size()] < 3) return parts;
    bool substantial = false;
    std::size_t n = fewest[word.size()];
    for (std::size_t end = word.size(); n > 0; end = from[end]) {
        parts.ends[--n] = static_cast<std::uint8_t>(end);
        substantial = substantial || end - from[end] >= glued_word_letters;
    }
    if (substantial) parts.count = fewest[word.size()];
    return parts;
}

}  // namespace jejak::understand
