#pragma once
#include <string>
#include <vector>

#include "gateway/understand/pack/form.hpp"

namespace jejak::understand {

/// One line of a USSD menu and what choosing it does. Exactly one of `items`, `form`, `language` and a bare `screen`
/// (an information) is given.
struct MenuItem {
    Localised label;                  ///< "Lapor kejadian"; its key is its place in the menu, from 1
    Localised screen;                 ///< above the items of a submenu; or the whole of an information
    std::string form;                 ///< the form it fills in
    std::vector<std::string> fields;  ///< of the form, one screen each, in this order
    Localised closing;                ///< the last screen; empty: the pack's `thanks`
    std::string language;             ///< goes on in that language, from the root
    std::vector<MenuItem> items;
};

/// What a village's USSD service shows besides its forms. source: [ussd] of a pack
struct UssdTexts {
    MenuItem root;
    std::string back_key = "0", more_key = "98", skip_key = "00";
    Localised back, exit, more, skip;  ///< words behind those keys: "Kembali"
    Localised again;                   ///< above a screen shown once more: "Pilihan tidak ada."
    Localised resume;                  ///< whether to go on with what broke off: 1 yes, 2 anew
    Localised thanks;                  ///< the end of a report; {ref} is its ticket
    Localised thanks_plain;            ///< of what has no ticket
    Localised bye;                     ///< the end of a session that said nothing
    Localised closed;                  ///< to a session that is over
    bool empty() const { return root.items.empty(); }
};

/// Items of one menu, so that their keys are one digit; and menus inside menus.
constexpr std::size_t menu_items_max = 9;
constexpr std::size_t menu_depth_max = 3;

}  // namespace jejak::understand
