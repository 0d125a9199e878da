#include "gateway/understand/merge.hpp"

namespace jejak::understand {
namespace {

void merge_category(Reading& whole, const Reading& said, About about) {
    if (said.category == Category::none || said.category == whole.category) {
        if (said.category != Category::none && !said.guessed) whole.guessed = false;
        return;
    }
    const bool open = whole.category == Category::none;
    if (!open && (about == About::first || (about == About::later && said.guessed))) return;
    if (about == About::both) whole.second = whole.category;
    whole.category = said.category;
    whole.guessed = said.guessed;
}

}  // namespace

void take_later(Reading& whole, const Reading& said, About about) {
    if (said.people) {
        whole.people = said.people;
        whole.people_max = said.people_max;
    }
    if (said.children) whole.children = said.children;
    if (!said.place.empty() || !said.place_name.empty()) {
        whole.place = said.place;
        whole.place_name = said.place_name;
    }
    const auto& when = said.when;
    if (when.now || when.at || when.since || when.until) whole.when = when;
    if (!said.destination.empty()) whole.destination = said.destination;
    if (!said.vehicle.empty()) whole.vehicle = said.vehicle;
    if (!said.plate.empty()) whole.plate = said.plate;
    whole.flags |= said.flags;
    merge_category(whole, said, about);
}

}  // namespace jejak::understand
