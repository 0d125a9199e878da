#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "gateway/understand/reading.hpp"
#include "gateway/understand/words/tokens.hpp"

namespace jejak::understand {

/// A phrase of the pack found in a text: tokens [first, last].
struct Hit {
    Kind kind = Kind::ordinary;
    std::uint16_t value = 0;
    std::uint8_t weight = 0;
    std::uint32_t first = 0, last = 0;
    bool negated = false;  ///< "tidak dipukul": the text says that it is not so
};

/// Every phrase of the pack from token `from` on, in the order they stand; the longest of each kind where several
/// begin, none of a kind inside another of it. A phrase with a gap matches beside those. Words may be misspelt, as far
/// as the pack can tell what they were meant to be.
std::vector<Hit> find_phrases(const Pack::Data& data, const Tokens& tokens, std::size_t from);

/// Adds what follows from the notions a text speaks of together, behind the phrases themselves.
void infer(const Pack::Data& data, const Tokens& tokens, std::vector<Hit>& hits);

/// The phrases of a text in the order they stand; of those that begin at one token, in the order they were found. Knows
/// where each token's begin, for whoever reads a text asks that at nearly every token.
class Phrases {
public:
    /// tokens  how many the text has
    Phrases(const std::vector<Hit>& found, std::size_t tokens);

    /// Those that begin at tokens [first, end).
    std::span<const Hit> beginning(std::size_t first, std::size_t end) const {
        const std::size_t tokens = starts_.size() - 2;
        const auto* hits = hits_.data();
        return {hits + starts_[std::min(first, tokens)], hits + starts_[std::min(end, tokens)]};
    }

private:
    std::vector<Hit> hits_;
    std::vector<std::uint32_t> starts_;  ///< of each token: its first hit, or where that would be; hits_.size() twice
};

struct Figures;

/// A text while it is read: what the slot finders share.
struct Subject {
    const Pack::Data& data;
    std::string_view text;
    const Tokens& tokens;
    std::size_t from = 0;  ///< first token after the command
    const Phrases& phrases;
    const ReadingContext& context;
    std::chrono::minutes offset{};  ///< of the sender's zone
    bool abroad = false;            ///< the sender's number is of another country than the pack's
    std::span<const Hit> hits = phrases.beginning(from, tokens.list.size());
    mutable std::shared_ptr<const Figures> figures{};  ///< what its numbers are about, once asked: figures_of()

    /// The phrases that begin at token `at`.
    std::span<const Hit> hits_at(std::size_t at) const { return hits_between(at, at + 1); }
    /// Those that begin at tokens [first, end).
    std::span<const Hit> hits_between(std::size_t first, std::size_t end) const {
        return phrases.beginning(std::max(first, from), std::max(end, from));
    }

    bool is(std::size_t at, WordClass one) const { return tokens.is(at, one); }
    /// The text as typed from one token to another, both included.
    std::string typed(std::size_t first, std::size_t last) const {
        return std::string(text.substr(tokens.list[first].begin, tokens.list[last].end - tokens.list[first].begin));
    }
    /// One of up to `window` words before token `at` is of that class.
    bool preceded_by(std::size_t at, WordClass one, std::size_t window) const;
    /// "bukan 5 tapi 3": token `at` states what is not so.
    bool denied(std::size_t at) const;
    /// Notes for people why a slot got its value, when they asked: a line of `why` and a Mark at tokens [first, last].
    void explain(Reading& reading, std::string_view slot, std::string_view value, std::size_t first, std::size_t last,
                 std::string_view because = {}) const;
};

void find_query(const Subject& subject, Reading& reading);
void find_category(const Subject& subject, Reading& reading);
void find_people(const Subject& subject, Reading& reading);
void find_place(const Subject& subject, Reading& reading);
/// "i am from sambas", "5 org dari kaliau": the reading's place is only where somebody comes from.
bool is_origin(const Subject& subject, const Reading& reading);
void find_destination(const Subject& subject, Reading& reading);
void find_vehicle(const Subject& subject, Reading& reading);
void find_recruiter(const Subject& subject, Reading& reading);
void find_age(const Subject& subject, Reading& reading);
void find_amount(const Subject& subject, Reading& reading);
/// Who is missing; only of a report about that.
void find_subject(const Subject& subject, Reading& reading);
/// Work, visa, nationalities and route; after category, destination and recruiter.
void find_details(const Subject& subject, Reading& reading);
/// What the offer is like; after recruiter, amount and visa.
void find_signs(const Subject& subject, Reading& reading);

/// What the numbers of a text are about, found once and kept with it. See figures.hpp.
const Figures& figures_of(const Subject& subject);
/// After people and time: an age, a crowd and "now" are flags too.
void find_flags(const Subject& subject, Reading& reading);

/// The phone number that begins at token `at`, as E.164, and the first token after it; empty when none begins there.
struct FoundPhone {
    std::string number;
    std::size_t next = 0;
};
FoundPhone phone_at(const Pack::Data& data, const Tokens& tokens, std::size_t at);

}  // namespace jejak::understand
