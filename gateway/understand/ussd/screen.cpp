#include "gateway/understand/ussd/screen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "protocol/ussd/paging.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t village_digits = 13, district_digits = 8;

std::string keyed(std::string_view key, std::string_view label) {
    return std::string(key) + ' ' + std::string(label);
}

/// Square of a distance, in degrees of latitude: enough to tell which of two is nearer.
double apart(const Place& one, const Place& other) {
    const double east = (one.longitude - other.longitude) * std::cos(one.latitude * std::numbers::pi / 180);
    const double north = one.latitude - other.latitude;
    return east * east + north * north;
}

std::vector<const Place*> places_of_size(const Pack& pack, std::size_t code_size) {
    std::vector<const Place*> found;
    for (const auto& place : pack.data().places) {
        if (place.code.size() == code_size && !place.gate) found.push_back(&place);
    }
    return found;
}

/// The lines of an information, so that a long one has several pages.
ussd::Listing information(std::string_view text) {
    ussd::Listing listing;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        listing.lines.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return listing;
}

}  // namespace

const MenuItem& item_of(const Pack& pack, const MenuState& state) {
    const MenuItem* item = &pack.data().ussd.root;
    for (const auto place : state.path) {
        if (place >= item->items.size()) return pack.data().ussd.root;
        item = &item->items[place];
    }
    return *item;
}

const Form* form_of(const Pack& pack, const MenuState& state) {
    const auto& item = item_of(pack, state);
    return item.form.empty() ? nullptr : pack.form(item.form);
}

const FormField* field_of(const Pack& pack, const MenuState& state) {
    const auto* form = form_of(pack, state);
    return form == nullptr || state.field.empty() ? nullptr : form->field(state.field);
}

bool tells_by_itself(const Form& form) {
    switch (form.intent) {
        case Intent::sos:
        case Intent::safe:
        case Intent::arrived:
        case Intent::departed:
        case Intent::returned:
            return true;
        default:
            return false;
    }
}

bool asks_place(const FormField& field) {
    return field.type == "place";
}
bool wants_value(const FormField& field) {
    return field.type == "number" || field.type == "time" || field.type == "yes_no";
}

bool says_something(const Pack& pack, const MenuState& state) {
    if (state.distress || !state.words.empty()) return true;
    const auto* form = form_of(pack, state);
    if (form == nullptr) return false;
    const auto tells = [](const MenuAnswer& answer) { return !answer.value.empty() || !answer.text.empty(); };
    return tells_by_itself(*form) || std::any_of(state.answers.begin(), state.answers.end(), tells);
}

std::vector<const Place*> villages_near(const Pack& pack, std::string_view village) {
    auto found = places_of_size(pack, village_digits);
    if (found.empty()) found = places_of_size(pack, district_digits);
    const auto* home = village.empty() ? nullptr : pack.place(village);
    if (home == nullptr) return found;
    const auto nearer = [home](const Place* one, const Place* other) {
        const double left = apart(*home, *one), right = apart(*home, *other);
        return left != right ? left < right : one->name < other->name;
    };
    std::stable_sort(found.begin(), found.end(), nearer);
    return found;
}

std::vector<Choice> choices_of(const Pack& pack, const FormField& field, const ReadingContext& context) {
    if (!field.choices.empty() || !asks_place(field)) return field.choices;
    std::vector<Choice> villages;
    for (const auto* place : villages_near(pack, context.place)) {
        villages.push_back({place->code, Localised({{"", place->name}})});
    }
    return villages;
}

std::vector<std::string> pages_of(const Pack& pack, const MenuState& state, const ReadingContext& context) {
    const auto& texts = pack.data().ussd;
    const auto say = [&](const Localised& text) { return std::string(pack.say(text, state.language)); };
    const auto& item = item_of(pack, state);
    const auto* field = field_of(pack, state);
    ussd::Listing listing;
    std::size_t key = 0;
    if (state.resuming) return {ussd::cut(say(texts.resume))};
    if (field != nullptr) {
        listing.head = say(field->screen.empty() ? field->question : field->screen);
        for (const auto& choice : choices_of(pack, *field, context))
            listing.lines.push_back(keyed(std::to_string(++key), say(choice.label)));
        if (!field->required) listing.tail = keyed(texts.skip_key, say(texts.skip)) + '\n';
    } else if (item.items.empty()) {
        listing = information(say(item.screen));
    } else {
        listing.head = say(item.screen);
        for (const auto& one : item.items) listing.lines.push_back(keyed(std::to_string(++key), say(one.label)));
    }
    // Who called for help does not take it back by going back.
    const auto* form = form_of(pack, state);
    const bool leaves = state.path.empty() || (form != nullptr && tells_by_itself(*form) && state.answers.empty());
    listing.tail += keyed(texts.back_key, say(leaves ? texts.exit : texts.back));
    return ussd::pages(listing, keyed(texts.more_key, say(texts.more)), say(texts.again));
}

std::string screen_of(const Pack& pack, const MenuState& state, const ReadingContext& context) {
    const auto pages = pages_of(pack, state, context);
    return pages[std::min(state.page, pages.size() - 1)];
}

}  // namespace jejak::understand
