#include "gateway/understand/dialogue/merge.hpp"

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

bool tells_elsewhere(const Reading& before, const Reading& said) {
    if (said.place.empty() || before.place.empty()) return false;
    const auto within = [](const std::string& one, const std::string& area) {
        return one == area || one.starts_with(area + '.');
    };
    if (within(said.place, before.place) || within(before.place, said.place)) return false;
    const auto& when = said.when;
    return said.people || when.now || when.at || when.since || when.until || has(before.flags, Flag::self_victim);
}

bool only_adds(const Reading& whole, const Reading& said) {
    bool adds = (said.flags & ~whole.flags) != 0, differs = false;
    const auto compare = [&](bool told, bool known, bool same) {
        adds = adds || (told && !known);
        differs = differs || (told && known && !same);
    };
    const auto text = [&](const std::string& now, const std::string& before) {
        compare(!now.empty(), !before.empty(), now == before);
    };
    compare(said.people.has_value(), whole.people.has_value(), said.people == whole.people);
    compare(said.children.has_value(), whole.children.has_value(), said.children == whole.children);
    const auto place = [](const Reading& one) { return one.place.empty() ? one.place_name : one.place; };
    text(place(said), place(whole));
    const auto tells = [](const When& when) { return when.now || when.at || when.since || when.until; };
    compare(tells(said.when), tells(whole.when), said.when.at == whole.when.at && said.when.since == whole.when.since);
    text(said.destination, whole.destination);
    text(said.vehicle, whole.vehicle);
    text(said.plate, whole.plate);
    return adds && !differs;
}

}  // namespace jejak::understand
