#pragma once
#include <string>
#include <vector>

#include "gateway/understand/dialogue/answer.hpp"
#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/ussd/menu.hpp"

/// What the parts of a USSD menu share.
namespace jejak::understand {

/// The item a state's path leads to; the root when it leads nowhere (the pack may have changed meanwhile).
const MenuItem& item_of(const Pack& pack, const MenuState& state);
/// The field whose screen is shown; null while a menu is open.
const FormField* field_of(const Pack& pack, const MenuState& state);
/// What a field offers: the form's own choices, or villages for one that asks for a place.
std::vector<Choice> choices_of(const Pack& pack, const FormField& field, const ReadingContext& context);
/// The screens of what is open, one a page.
std::vector<std::string> pages_of(const Pack& pack, const MenuState& state, const ReadingContext& context);
/// A form that says something by being chosen: a call for help, "I am safe".
bool tells_by_itself(const Form& form);
/// A field that a number, a time or the like answers: what is no such thing is asked for again.
bool wants_value(const FormField& field);
bool asks_place(const FormField& field);

/// Puts one answer into its slot. A yes or no has none: see may_call().
Fit fill_in(const Pack& pack, const FormField& field, const MenuAnswer& answer, const ReadingContext& context,
            Reading& into);

}  // namespace jejak::understand
