#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/sense/sense.hpp"
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// What the classifier sees of a text: which words are in it, which stand side by side, which phrases of the pack it
/// holds, what the rules make of it. Each has a name, and a key made of the name, so that what was learned outlives the
/// order in which a pack lists its words.
///
///   w:tolong         a word, in the pack's plain spelling
///   p:tolong kami    two in a row; ^ begins the text, # is a number
///   c:^tlo           four letters of a word the pack does not know; ^ and $ are its ends
///   k:notion held    a phrase the pack knows, by its kind and meaning; "not" follows when the text denies it
///   r:intent sos     what the rules make of the whole
///   f:abroad         what the text or its sender is like
struct Features {
    std::vector<std::uint64_t> keys;  ///< in no order; one may stand here twice, unless names were asked for
    std::vector<std::string> names;   ///< of each key, when asked for: for people, and for learning
};

/// Of a whole text, once the rules have said what they make of it. At most a few hundred, whatever the text's length.
Features features_of(const Subject& whole, const FoundCommand& command, const Sense& rules, bool named);

/// The key of a feature's name.
std::uint64_t feature_key(std::string_view name);

/// Of the words and phrases of a pack, once it is whole.
FeatureKeys feature_keys_of(const Pack::Data& data);

}  // namespace jejak::understand
