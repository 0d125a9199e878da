#pragma once
#include <string>
#include <string_view>
#include <vector>

/// What no line that a stranger may read can say: words that tell what this service is about.
namespace jejak::understand {

/// Every word or phrase of `text` that is forbidden, as it stands there in lower case, in the text's order; empty when
/// there is none. Forbidden are the words this program knows, which no pack can take away, and those of `more`.
///
/// Compared are letters: case, accents, doubled letters and digits or signs written for letters make no difference, and
/// letters written apart ("t p p o") are one word. A forbidden word of six letters or more is found inside any other
/// ("kepolisian" says "polisi"), one of five at its beginning or behind a prefix of Indonesian, a shorter one alone or
/// with a suffix. Of a phrase every word is compared so; it is also found written as one word.
std::vector<std::string> forbidden_in(std::string_view text, const std::vector<std::string>& more);

}  // namespace jejak::understand
