#pragma once
#include <string>
#include <vector>

#include "gateway/understand/pack/data.hpp"

/// What only `jejak pack lint` asks of a pack, in parts. Each adds its faults.
namespace jejak::understand {

/// Keywords and aliases that a typo, or an everyday word, could make another command of.
void lint_words(const Pack& pack, std::vector<PackFault>& faults);
/// Spellings that lead to two places, of which only one can be meant; words that one list has twice.
void lint_spellings(const Pack& pack, std::vector<PackFault>& faults);
/// Places without the area they lie in, in the wrong corner of the world, or that are no administrative places.
void lint_places(const Pack& pack, std::vector<PackFault>& faults);
/// Every line people read: there in each language of the pack, within one SMS or one screen, telling a stranger
/// nothing; every choice one that can be filled in.
void lint_texts(const Pack& pack, std::vector<PackFault>& faults);
/// The USSD menu, walked: what stands on every screen, and how many of them a report takes.
void lint_menu(const Pack& pack, std::vector<PackFault>& faults);
/// Every example understood as stated.
void lint_examples(const Pack& pack, std::vector<PackFault>& faults);

/// "words.toml:12", for a message that names a second place.
std::string told(const Source& source);

/// Where something of the pack stands; line 0 of `usual` when that is not known.
Source source_of(const Pack& pack, std::string_view what, std::string_view usual);

}  // namespace jejak::understand
