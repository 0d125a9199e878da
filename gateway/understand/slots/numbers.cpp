#include "gateway/understand/slots/numbers.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t count_digits_max = 4;

const WordTraits& traits_of(const Subject& subject, std::size_t at) {
    return subject.data.traits[subject.tokens.list[at].meant];
}

/// "10an", "20an": some ten, some twenty.
std::optional<Said> rounded_at(const Pack::Data& data, const Token& token, std::size_t at) {
    if (token.letters) return std::nullopt;
    const auto letters = token.text.find_first_not_of("0123456789");
    if (letters == 0 || letters > count_digits_max || letters == std::string_view::npos) return std::nullopt;
    if (!is_one_of(token.text.substr(letters), data.affixes.some)) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : token.text.substr(0, letters)) value = value * 10 + static_cast<unsigned>(c - '0');
    return Said{value, at, true};
}

/// "20an", "20ish", and "30 an," where nothing is counted behind it.
bool rounds(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    if (!is_one_of(list[at].text, subject.data.affixes.some)) return false;
    const bool closes = at + 1 >= list.size() || list[at + 1].before == ',' || list[at + 1].before == '.';
    return list[at].tight || (list[at].before == ' ' && closes);
}

/// A separator that a range is written with, or a word for it; the token its second number begins at, or 0.
std::size_t second_of_range(const Subject& subject, const Said& first, std::size_t at) {
    const auto& list = subject.tokens.list;
    const std::size_t next = first.last + 1;
    if (next >= list.size() || separates_fields(list[next].before)) return 0;
    if (list[next].before == '-' || list[next].before == '/') return next;
    if (subject.is(next, WordClass::range)) return next + 1;
    if (list[next].text == "s" && next + 2 < list.size() && list[next + 1].text == "d") return next + 2;  // "s/d"
    // "kadang 2 kadang 5 orang"
    const bool now_and_then = at > subject.from && subject.is(at - 1, WordClass::every) &&
                              list[at - 1].meant == list[next].meant && list[next].number == no_number;
    if (now_and_then) return next + 1;
    const bool between = at > subject.from && subject.is(at - 1, WordClass::between);
    return between && subject.is(next, WordClass::with) ? next + 1 : 0;
}

}  // namespace

std::optional<Said> number_at(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    if (at >= list.size()) return std::nullopt;
    std::uint64_t value = list[at].number;
    if (value == no_number) {
        const auto meant = traits_of(subject, at).number;  // a misspelt number word
        if (meant < 0) return rounded_at(subject.data, list[at], at);
        value = static_cast<std::uint64_t>(meant);
    }
    constexpr std::uint64_t most = 1'000'000'000'000;
    Said said{value, at, list[at].digits > 0};
    // "20an"
    const bool rounded = said.digits && at + 1 < list.size() && rounds(subject, at + 1);
    if (rounded) {
        said.last = at + 1;
        return said;
    }
    std::uint64_t whole = 0;  // what stands before the last hundred or ten: "dua ratus tiga puluh"
    for (std::size_t next = at + 1; next < list.size() && next < at + phrase_words_max; ++next) {
        if (separates_fields(list[next].before) || list[next].before == ',') break;
        const WordTraits& word = traits_of(subject, next);
        if (word.plus > 0 && said.value < 10) {
            said.value += word.plus;
        } else if (word.times > 0 && said.value * word.times <= most) {
            said.value *= word.times;
        } else if (!said.digits && list[next].digits == 0 && list[next].number < 100 && said.value >= 20 &&
                   said.value % 10 == 0 && !subject.is(next, WordClass::person)) {
            whole += said.value;
            said.value = list[next].number;
        } else {
            break;
        }
        said.last = next;
    }
    said.value += whole;
    return said;
}

std::optional<std::size_t> rounded_by(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    if (at + 1 >= list.size() || list[at].digits == 0 || !rounds(subject, at + 1)) return std::nullopt;
    return at + 1;
}

std::optional<Count> count_at(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    const auto first = number_at(subject, at);
    if (!first || first->value > people_most || list[at].digits > count_digits_max) return std::nullopt;
    Count count{static_cast<std::uint32_t>(first->value), static_cast<std::uint32_t>(first->value), first->last};
    // "6+2 org"
    const std::size_t plus = first->last + 1;
    if (first->digits && plus < list.size() && list[plus].tight && list[plus].before == '+') {
        const auto more = number_at(subject, plus);
        if (more && more->value <= people_most) {
            count.least = count.most = count.most + static_cast<std::uint32_t>(more->value);
            count.last = more->last;
            return count;
        }
    }
    std::size_t to = second_of_range(subject, *first, at);
    // "4 5 org": two neighbours of the number line are a range.
    if (to == 0 && first->digits && first->last == at && at + 1 < list.size() && list[at + 1].digits > 0 &&
        list[at + 1].before == ' ' && list[at + 1].number == list[at].number + 1)
        to = at + 1;
    // "lima enam orang", not "dua tiga puluh"
    if (to == 0 && !first->digits && first->last == at && first->value > 1 && first->value < 10 &&
        at + 1 < list.size() && list[at + 1].digits == 0 && list[at + 1].before == ' ' &&
        list[at + 1].number == first->value + 1 && number_at(subject, at + 1)->last == at + 1)
        to = at + 1;
    if (to == 0) return count;
    const auto second = number_at(subject, to);
    if (!second || second->value <= first->value || second->value > people_most || list[to].digits > count_digits_max)
        return count;
    count.most = static_cast<std::uint32_t>(second->value);
    count.last = second->last;
    return count;
}

}  // namespace jejak::understand
