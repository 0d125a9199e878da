#include "gateway/understand/words/tokens.hpp"

#include <algorithm>
#include <array>

#include "gateway/understand/words/mend.hpp"
#include "gateway/understand/words/spelling.hpp"
#include "protocol/sms/utf8.hpp"
#include "storage/reference.hpp"

namespace jejak::understand {
namespace {

constexpr bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool has_digit(std::string_view word) {
    return std::any_of(word.begin(), word.end(), [](char c) { return is_digit(c); });
}

/// One character of UTF-8: what it folds to, and how many bytes it took.
struct Folded {
    enum class Class : std::uint8_t { letter, digit, foreign, nothing, separator } kind = Class::separator;
    char as = ' ';
    std::uint8_t size = 1;
};
using Class = Folded::Class;

/// Latin-1 letters U+00C0..U+00FF without their accents; a blank where there is no single letter.
constexpr std::string_view latin1 = "aaaaaaaceeeeiiiidnooooo ouuuuy saaaaaaaceeeeiiiidnooooo ouuuuy y";
static_assert(latin1.size() == 64);

constexpr Folded fold_ascii(char c) {
    if (is_letter(c)) return {Class::letter, c};
    if (c >= 'A' && c <= 'Z') return {Class::letter, static_cast<char>(c - 'A' + 'a')};
    if (is_digit(c)) return {Class::digit, c};
    if (c == '\'' || c == '`') return {Class::nothing, c};
    return {Class::separator, c == '\r' ? '\n' : c};
}

constexpr auto folded_ascii = [] {
    std::array<Folded, 128> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = fold_ascii(static_cast<char>(i));
    return all;
}();

/// Keyboards and phones put letters, blanks and marks outside ASCII; this brings them back. Invisible marks (zero
/// width, direction) vanish, so that they cannot split a word; pictures separate words.
Folded fold_wide(char32_t c, std::uint8_t size) {
    if (c >= 0xFF01 && c <= 0xFF5E) {
        auto narrow = fold_ascii(static_cast<char>(c - 0xFEE0));
        narrow.size = size;
        return narrow;
    }
    if (c >= 0xC0 && c <= 0xFF && latin1[c - 0xC0] != ' ') return {Class::letter, latin1[c - 0xC0], size};
    if (c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0xB4) return {Class::nothing, ' ', size};
    if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
        c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F)) {
        return {Class::nothing, ' ', size};
    }
    if (c >= 0x2010 && c <= 0x2015) return {Class::separator, '-', size};
    if (c < 0xC0 || (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) || c >= 0x1F000 || c == 0xFFFD) {
        return {Class::separator, ' ', size};
    }
    return {Class::foreign, ' ', size};
}

Folded fold_beyond_ascii(std::string_view text, std::size_t at) {
    std::size_t end = at;
    const char32_t c = sms::utf8::next(text, end);
    const auto size = static_cast<std::uint8_t>(end - at);
    return c == sms::utf8::malformed ? Folded{Class::separator, ' ', size} : fold_wide(c, size);
}

inline Folded fold_next(std::string_view text, std::size_t at) {
    const auto octet = static_cast<unsigned char>(text[at]);
    return octet < folded_ascii.size() ? folded_ascii[octet] : fold_beyond_ascii(text, at);
}

/// How strongly a character separates; the strongest of a run is remembered.
int strength(char separator) {
    switch (separator) {
        case '#':
        case '*':
        case '|':
        case ';':
        case '\n':
            return 4;
        case ',':
        case '/':
            return 3;
        case '-':
        case '.':
        case ':':
        case '+':
            return 2;
        default:
            return 0;
    }
}

std::uint32_t number_of(std::string_view digits) {
    if (digits.empty() || digits.size() > 9) return no_number;
    std::uint32_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return value;
}

/// Builds the tokens one character at a time.
class Tokenizer {
public:
    Tokenizer(const Pack::Data& data, std::string_view text, Tokens& out) : data_(data), text_(text), out_(out) {
        out_.folded.resize(text.size());  // folding never lengthens, so views stay valid
        out_.list.reserve(text.size() / 5 + 4);
    }

    void run() {
        for (std::size_t at = 0; at < text_.size();) {
            const Folded next = fold_next(text_, at);
            take(next, at);
            at += next.size;
        }
        finish(text_.size());
        out_.folded.resize(size_);
    }

private:
    void take(const Folded& next, std::size_t at) {
        switch (next.kind) {
            case Class::nothing:
                return;
            case Class::separator:
                finish(at);
                separate(next.as);
                return;
            case Class::letter:
            case Class::digit:
                append(next.as, at);
                return;
            case Class::foreign:
                begin(at);
                foreign_ = true;
                for (const char c : text_.substr(at, next.size)) out_.folded[size_++] = c;
                return;
        }
    }

    void separate(char c) {
        if (c == '?') out_.question = true;
        ++gap_;
        if (strength(c) > strength(before_)) before_ = c;
    }

    void begin(std::size_t at) {
        if (open_) return;
        open_ = true;
        foreign_ = false;
        start_ = size_;
        typed_ = at;
        run_ = 0;
    }

    /// Three or more of one letter are emphasis: "toloooong" is "tolong".
    void append(char c, std::size_t at) {
        begin(at);
        auto& folded = out_.folded;
        run_ = size_ > start_ && folded[size_ - 1] == c && is_letter(c) ? run_ + 1 : 1;
        if (run_ == 3) --size_;
        if (run_ >= 3) return;
        folded[size_++] = c;
    }

    std::string_view open_word() const { return std::string_view(out_.folded).substr(start_, size_ - start_); }

    void finish(std::size_t at) {
        if (!open_) return;
        open_ = false;
        if (size_ == start_) return;
        if (foreign_ || unfold_reference(open_word(), at)) {
            push(open_word(), typed_, at, 0);
        } else {
            split(open_word(), at);
        }
    }

    /// Gives a reference its emphasis back: "27KDDD" is no drawn-out "27kd". A word drawn out stays the word.
    bool unfold_reference(std::string_view word, std::size_t at) {
        const auto typed = text_.substr(typed_, at - typed_);
        if (typed.size() == word.size() || !storage::looks_like_reference(typed) || same_word(data_, word) != 0)
            return false;
        size_ = start_;
        for (const char c : typed) out_.folded[size_++] = fold_ascii(c).as;
        return true;
    }

    /// Letters and digits by turns, each run of letters a known word or too long for a plate: "jam2mlm", "umur15thn".
    /// False when they are not.
    bool split_runs(std::string_view word, std::size_t at) {
        constexpr std::size_t runs_max = 5;
        constexpr std::size_t words_letters_min = 8;  // long enough to be words without blanks
        std::array<std::size_t, runs_max + 1> ends{};
        std::size_t runs = 0, from = 0;
        while (from < word.size()) {
            if (runs == runs_max) return false;
            std::size_t end = from;
            while (end < word.size() && is_digit(word[end]) == is_digit(word[from])) ++end;
            const auto part = word.substr(from, end - from);
            if (!is_digit(word[from]) && data_.find(part) == 0 && part.size() < words_letters_min) return false;
            ends[++runs] = from = end;
        }
        // Folding may have dropped marks, so that only the first and the last run know where they stand as typed.
        for (std::size_t run = 0; run < runs; ++run) {
            const auto part = word.substr(ends[run], ends[run + 1] - ends[run]);
            const std::size_t begin_at = std::min(typed_ + ends[run], at);
            push(part, begin_at, run + 1 == runs ? at : std::min(begin_at + part.size(), at),
                 is_digit(part[0]) ? 0 : data_.find(part));
        }
        return true;
    }

    /// "anak2nya": a doubled word with a suffix.
    bool doubled(std::string_view word, std::size_t turn, std::size_t at) {
        const auto& suffixes = data_.repair.suffixes;
        if (is_digit(word[0]) || word[turn] != '2' ||
            std::find(suffixes.begin(), suffixes.end(), word.substr(turn + 1)) == suffixes.end())
            return false;
        const WordId known = data_.find(word.substr(0, turn));
        if (known == 0) return false;
        push(word, typed_, at, known);
        out_.list.back().repeated = true;
        return true;
    }

    /// Letters mixed with digits that are no number and a unit: "t0long" is a word, "jam2mlm" three, a plate itself.
    void split_mixed(std::string_view word, std::size_t turn, std::size_t at) {
        if (storage::looks_like_reference(word)) return push(word, typed_, at, 0);
        if (const WordId known = same_word(data_, word); known != 0) return push(word, typed_, at, known);
        if (doubled(word, turn, at) || split_runs(word, at)) return;
        push(word, typed_, at, 0);
    }

    /// "5org" and "rm1500" are two tokens when the letters are a known word; a reference ("W4K7MX") stays whole.
    void split(std::string_view word, std::size_t at) {
        std::size_t turn = 0;
        while (turn < word.size() && is_digit(word[turn]) == is_digit(word[0])) ++turn;
        if (turn == word.size()) return push(word, typed_, at, is_digit(word[0]) ? 0 : data_.find(word));
        const auto head = word.substr(0, turn);
        const auto tail = word.substr(turn);
        const bool pure_tail = std::none_of(tail.begin(), tail.end(), is_digit(word[0]) ? is_digit : is_letter);
        const WordId known = pure_tail ? data_.find(is_digit(word[0]) ? tail : head) : 0;
        if (known == 0) return split_mixed(word, turn, at);
        constexpr std::size_t disguised_letters = 4;  // "4nak" is a child, no four of anything
        const bool disguised = is_digit(word[0]) && turn == 1 && word.size() >= disguised_letters;
        if (storage::looks_like_reference(word) || (disguised && same_word(data_, word) != 0))
            return split_mixed(word, turn, at);
        const bool money = data_.traits[data_.traits[known].canonical].currency > 0;  // "rp2.500.000"
        if (tail == "2" && !money && !marks_clock(known)) {
            push(word, typed_, at, known);
            out_.list.back().repeated = true;
            out_.list.back().exact = data_.spelling[known] == head;
            return;
        }
        // Digits fold to themselves, so the turn is as many bytes from the typed end or begin.
        const std::size_t middle = is_digit(word[0]) ? typed_ + turn : at - tail.size();
        push(head, typed_, middle, is_digit(word[0]) ? 0 : known);
        push(tail, middle, at, is_digit(word[0]) ? known : 0);
    }

    bool marks_clock(WordId word) const {
        const auto node = data_.step(0, data_.traits[word].canonical);
        if (node == 0) return false;
        for (const Meaning& meaning : data_.nodes[node]) {
            if (meaning.kind == Kind::time && meaning.value == static_cast<std::uint16_t>(TimeWord::clock)) return true;
        }
        return data_.is(word, WordClass::date) || data_.is(word, WordClass::age);
    }

    void push(std::string_view word, std::size_t begin_at, std::size_t end_at, WordId known) {
        Token token;
        token.text = word;
        token.begin = static_cast<std::uint32_t>(begin_at);
        token.end = static_cast<std::uint32_t>(end_at);
        token.before = before_;
        token.tight = gap_ <= 1 && before_ != ' ';
        if (gap_ == 0) token.tight = true;
        if (is_digit(word[0])) {
            std::size_t digits = 0;
            while (digits < word.size() && is_digit(word[digits])) ++digits;
            if (digits == word.size()) {
                token.digits = static_cast<std::uint8_t>(std::min<std::size_t>(digits, 255));
                token.number = number_of(word);
            }
        } else {
            token.letters = !foreign_ && !has_digit(word);
        }
        if (known != 0) {
            token.spelled = known;
            token.word = data_.traits[known].canonical;
            token.exact = data_.spelling[known] == word;
            if (const auto value = data_.traits[token.word].number; value >= 0)
                token.number = static_cast<std::uint32_t>(value);
        }
        token.meant = token.digits > 0 ? data_.find(word) : token.word;
        out_.list.push_back(token);
        before_ = ' ';
        gap_ = 0;
    }

    const Pack::Data& data_;
    std::string_view text_;
    Tokens& out_;
    std::size_t size_ = 0;                         ///< of what is folded so far
    std::size_t start_ = 0, typed_ = 0, gap_ = 0;  ///< of the word that is open: where it stands folded, and as typed
    int run_ = 0;
    char before_ = ' ';
    bool open_ = false, foreign_ = false;
};

}  // namespace

Tokens::Tokens(const Pack::Data& data, std::string_view text) {
    Tokenizer(data, text, *this).run();
    mend(data, *this);
    for (Token& token : list) token.classes = data.traits[token.meant].classes;
}

std::string fold(std::string_view text) {
    std::string folded;
    for (std::size_t at = 0; at < text.size();) {
        const Folded next = fold_next(text, at);
        if (next.kind == Class::letter || next.kind == Class::digit) folded.push_back(next.as);
        if (next.kind == Class::separator) folded.push_back(' ');
        if (next.kind == Class::foreign) folded.append(text.substr(at, next.size));
        at += next.size;
    }
    return folded;
}

std::vector<std::string> folded_words(std::string_view text) {
    std::vector<std::string> words;
    const std::string folded = fold(text);
    for (std::size_t at = 0; at < folded.size();) {
        const auto end = std::min(folded.find(' ', at), folded.size());
        if (end > at) words.push_back(folded.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

}  // namespace jejak::understand
