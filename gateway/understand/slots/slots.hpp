#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "gateway/understand/reading.hpp"
#include "gateway/understand/tokens.hpp"

namespace jejak::understand {

/// A phrase of the pack found in a text: tokens [first, last].
struct Hit {
    Kind kind = Kind::ordinary;
    std::uint16_t value = 0;
    std::uint8_t weight = 0;
    std::uint32_t first = 0, last = 0;
};

/// Every phrase of the pack from token `from` on, in the order they stand; the longest of each kind where several
/// begin, none of a kind inside another of it. Place names may be mistyped once.
std::vector<Hit> find_phrases(const Pack::Data& data, const Tokens& tokens, std::size_t from);

/// A text while it is read: what the slot finders share.
struct Subject {
    const Pack::Data& data;
    std::string_view text;
    const Tokens& tokens;
    std::size_t from = 0;  ///< first token after the command
    const std::vector<Hit>& hits;
    const ReadingContext& context;
    std::chrono::minutes offset{};  ///< of the sender's zone

    bool is(std::size_t at, WordClass one) const {
        return at < tokens.list.size() && data.is(tokens.list[at].word, one);
    }
    /// The text as typed from one token to another, both included.
    std::string typed(std::size_t first, std::size_t last) const {
        return std::string(text.substr(tokens.list[first].begin, tokens.list[last].end - tokens.list[first].begin));
    }
    /// One of up to `window` words before token `at` is of that class.
    bool preceded_by(std::size_t at, WordClass one, std::size_t window) const;
    /// Notes for people why a slot got its value, when they asked.
    void explain(Reading& reading, std::string_view slot, std::string_view value, std::size_t first,
                 std::size_t last) const;
};

void find_category(const Subject& subject, Reading& reading);
void find_people(const Subject& subject, Reading& reading);
void find_place(const Subject& subject, Reading& reading);
void find_destination(const Subject& subject, Reading& reading);
void find_vehicle(const Subject& subject, Reading& reading);
void find_recruiter(const Subject& subject, Reading& reading);
/// After people and time: an age, a crowd and "now" are flags too.
void find_flags(const Subject& subject, Reading& reading);

/// The phone number that begins at token `at`, as E.164, and the first token after it; empty when none begins there.
struct FoundPhone {
    std::string number;
    std::size_t next = 0;
};
FoundPhone phone_at(const Pack::Data& data, const Tokens& tokens, std::size_t at);

}  // namespace jejak::understand
