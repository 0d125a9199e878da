#pragma once
#include <algorithm>
#include <array>

#include "protocol/vocabulary.hpp"

/// What sort of thing an intent is, for whoever treats them alike.
namespace jejak::understand {

/// Words of those who handle cases: "CATAT N4T8WD korban disekap" tells of somebody else.
constexpr bool of_the_desk(Intent intent) {
    return intent == Intent::verify || intent == Intent::accept || intent == Intent::refer || intent == Intent::close ||
           intent == Intent::note;
}

/// What a worker, or somebody for them, says of the way.
constexpr bool of_the_way(Intent intent) {
    return intent == Intent::arrived || intent == Intent::departed || intent == Intent::returned ||
           intent == Intent::safe || intent == Intent::position;
}

/// Commands that are what they are, whatever else the text says, as long as nobody calls for help.
constexpr bool settled(Intent intent) {
    constexpr auto list = std::to_array<Intent>({Intent::register_worker, Intent::status, Intent::check,
                                                 Intent::recommendation, Intent::help, Intent::stop, Intent::start,
                                                 Intent::yes, Intent::no, Intent::skip, Intent::erase});
    return of_the_desk(intent) || std::find(list.begin(), list.end(), intent) != list.end();
}

/// Who speaks for a village by office.
constexpr bool of_the_village(Role role) {
    return role == Role::village_official || role == Role::village_head;
}

/// Who writes the words of the desk by profession.
constexpr bool handles_cases(Role role) {
    return role != Role::villager && role != Role::worker && role != Role::agent;
}

}  // namespace jejak::understand
