#include "gateway/understand/words/mend.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include "gateway/understand/words/spelling.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t joined_letters_min = 5;
constexpr std::size_t spelled_out_min = 3, spelled_out_max = 16;    // "t o l o n g", "s.o.s"
constexpr std::size_t long_word_letters = 32, long_words_max = 32;  // what costs most is looked up no more often

/// Mends one text. Tokens are views into one string without gaps, so that neighbours can be looked up as one word.
class Mender {
public:
    Mender(const Pack::Data& data, Tokens& tokens) : data_(data), tokens_(tokens) {}

    void run() {
        if (!needed() || rejoined()) return;
        out_.reserve(tokens_.list.size() + 4);
        const auto& list = tokens_.list;
        for (std::size_t i = 0; i < list.size();) {
            if (const auto used = spelled_out(i); used > 0) {
                i += used;
            } else if (joins(i)) {
                push_joined(i, 2);
                i += 2;
            } else {
                mend_one(list[i]);
                ++i;
            }
        }
        tokens_.list = std::move(out_);
    }

private:
    bool needed() const {
        std::size_t single = 0;  // letters in a row
        for (const Token& token : tokens_.list) {
            if (token.letters && (token.word == 0 || data_.is(token.word, WordClass::prefix))) return true;
            single = token.letters && token.text.size() == 1 ? single + 1 : 0;
            if (single == spelled_out_min) return true;
        }
        return false;
    }

    /// The text of `count` tokens from `first` on, as if nothing stood between them; empty when they do not follow
    /// each other by a blank, a dot or nothing.
    std::string_view together(std::size_t first, std::size_t count) const {
        const auto& list = tokens_.list;
        if (first + count > list.size()) return {};
        std::size_t size = 0;
        for (std::size_t i = first; i < first + count; ++i) {
            const bool beside = i == first || list[i].before == ' ' || list[i].before == '.' || list[i].before == '-';
            if (!list[i].letters || !beside) return {};
            size += list[i].text.size();
        }
        const std::string_view whole(list[first].text.data(), size);
        return whole.data() + size == list[first + count - 1].text.data() + list[first + count - 1].text.size()
                   ? whole
                   : std::string_view{};
    }

    /// "to long sa ya di ku rung": a short text whose every word is broken into syllables, when all of them together
    /// are known words, at most half as many, and each ends where a syllable does.
    bool rejoined() {
        constexpr std::size_t syllables_min = 5, syllable_letters_max = 5, letters_a_syllable = 3;
        const auto& list = tokens_.list;
        if (list.size() < syllables_min || list.size() > glued_letters_max) return false;
        for (const Token& token : list) {
            if (token.text.size() > syllable_letters_max || !token.letters) return false;
        }
        const auto whole = together(0, list.size());
        if (whole.empty() || whole.size() > letters_a_syllable * list.size()) return false;
        const Parts parts = glued_parts(data_, whole);
        if (parts.count == 0 || 2 * parts.count > list.size()) return false;
        std::size_t at = 0, ends = 0, first = 0;
        for (std::size_t part = 0; part < parts.count; ++part, first = at) {
            while (at < list.size() && ends < parts.ends[part]) ends += list[at++].text.size();
            if (ends != parts.ends[part]) {
                out_.clear();
                return false;
            }
            push_joined(first, at - first);
        }
        tokens_.list = std::move(out_);
        return true;
    }

    void push_joined(std::size_t first, std::size_t count) {
        Token token = tokens_.list[first];
        token.text = together(first, count);
        token.end = tokens_.list[first + count - 1].end;
        set(token, data_.find(token.text));
        out_.push_back(token);
    }

    void set(Token& token, WordId known) const {
        token.spelled = known;
        token.word = token.meant = data_.traits[known].canonical;
        token.exact = data_.spelling[known] == token.text;
        if (const auto value = data_.traits[token.word].number; value >= 0)
            token.number = static_cast<std::uint32_t>(value);
    }

    /// How many single letters from `at` on spell a word: "t o l o n g"; 0 when they do not.
    std::size_t spelled_out(std::size_t at) {
        const auto& list = tokens_.list;
        std::size_t end = at;
        while (end < list.size() && end < at + spelled_out_max && list[end].letters && list[end].text.size() == 1)
            ++end;
        if (end - at < spelled_out_min) return 0;
        const auto whole = together(at, end - at);
        if (whole.empty() || data_.find(whole) == 0) return 0;
        push_joined(at, end - at);
        return end - at;
    }

    /// "ber angkat", "tiku s", "di kurung": two pieces of one word, one of them no word by itself or a prefix. An
    /// everyday word is not worth it: its pieces may be words by chance.
    bool joins(std::size_t at) const {
        const auto& list = tokens_.list;
        if (at + 1 >= list.size() || list[at + 1].before == '.') return false;
        const bool broken = list[at].word == 0 || list[at + 1].word == 0;
        const bool prefixed = data_.is(list[at].word, WordClass::prefix);
        if (!broken && !prefixed) return false;
        const auto whole = together(at, 2);
        if (whole.size() < joined_letters_min) return false;
        const WordId known = data_.find(whole);
        return known != 0 && !data_.is(data_.traits[known].canonical, WordClass::everyday);
    }

    void mend_one(Token token) {
        if (!token.letters || token.word != 0 || repairs_ >= Tokens::repairs_max) {
            out_.push_back(token);
            return;
        }
        const auto [found, fresh] = known_.try_emplace(token.text);
        if (fresh) {
            ++repairs_;
            found->second = look_up(token.text);
        }
        const Repair& repair = found->second;
        if (repair.parts.count > 0) return push_parts(token, repair.parts);
        if (repair.same != 0) set(token, repair.same);
        if (repair.meant != 0) token.meant = repair.meant;
        out_.push_back(token);
    }

    struct Repair {
        WordId same = 0, meant = 0;
        Parts parts{};
    };
    Repair look_up(std::string_view word) {
        Repair repair;
        repair.same = same_word(data_, word);
        if (repair.same == 0 && (word.size() <= long_word_letters || ++long_words_ <= long_words_max))
            repair.parts = glued_parts(data_, word);
        if (repair.same == 0 && repair.parts.count == 0) repair.meant = meant_word(data_, word);
        return repair;
    }

    /// Each part where it stands as typed, as far as nothing was dropped before it.
    void push_parts(const Token& whole, const Parts& parts) {
        std::uint32_t begin = whole.begin;
        for (std::size_t i = 0, offset = 0; i < parts.count; offset = parts.ends[i++]) {
            Token token;
            token.text = whole.text.substr(offset, parts.ends[i] - offset);
            token.letters = true;
            token.begin = std::min(begin, whole.end);
            begin += static_cast<std::uint32_t>(token.text.size());
            token.end = i + 1 == parts.count ? whole.end : std::min(begin, whole.end);
            token.before = i == 0 ? whole.before : ' ';
            token.tight = i == 0 && whole.tight;
            set(token, data_.find(token.text));
            out_.push_back(token);
        }
    }

    const Pack::Data& data_;
    Tokens& tokens_;
    std::vector<Token> out_;
    boost::unordered_flat_map<std::string_view, Repair> known_;
    std::size_t repairs_ = 0, long_words_ = 0;
};

}  // namespace

void mend(const Pack::Data& data, Tokens& tokens) {
    Mender(data, tokens).run();
}

}  // namespace jejak::understand
