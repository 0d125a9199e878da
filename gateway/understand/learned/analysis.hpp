#pragma once
#include <string_view>
#include <vector>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/sense/command.hpp"
#include "gateway/understand/sense/sense.hpp"
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// `sender` is a number, as E.164, of another country than the pack's.
bool from_abroad(const Pack::Data& data, std::string_view sender);

/// A text taken apart once: its words, the phrases of the pack in them, the command it begins with, and what the rules
/// make of the whole. Its parts point into each other and into what it was made from, so it stays where it is.
struct Analysis {
    Analysis(const Pack& pack, std::string_view text, const ReadingContext& context);
    Analysis(const Analysis&) = delete;
    Analysis& operator=(const Analysis&) = delete;

    Tokens tokens;
    FoundCommand command;
    Phrases phrases;
    Subject whole;
    Sense rules;
};

}  // namespace jejak::understand
