#include "gateway/dispatch/routing.hpp"

#include <algorithm>
#include <array>

namespace jejak::dispatch {

std::span<const Audience> audiences_of(Role role) {
    static constexpr std::array general{Audience::general};
    static constexpr std::array minors{Audience::child_protection};
    static constexpr std::array above{Audience::general, Audience::oversight};
    switch (role) {
        case Role::task_force:
        case Role::immigration:
        case Role::bp3mi:
        case Role::ngo:
            return general;
        case Role::child_protection:
            return minors;
        case Role::admin:
            return above;
        case Role::villager:
        case Role::family:
        case Role::worker:
        case Role::agent:
        case Role::village_official:
        case Role::village_head:
            break;
    }
    return {};
}

bool in_areas(std::span<const std::string> areas, std::string_view place) {
    if (areas.empty() || place.empty()) return true;
    const auto holds_place = [place](const std::string& area) {
        return place.starts_with(area) && (place.size() == area.size() || place[area.size()] == '.');
    };
    return std::any_of(areas.begin(), areas.end(), holds_place);
}

bool matches(std::string_view pattern, std::string_view type) {
    if (pattern == "*" || pattern == type) return true;
    return pattern.ends_with(".*") && type.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool wants(const EndpointOptions& endpoint, std::string_view type, Audience audience, std::string_view place) {
    const auto fits = [type](const std::string& pattern) { return matches(pattern, type); };
    const auto audiences = audiences_of(endpoint.role);
    return std::any_of(endpoint.events.begin(), endpoint.events.end(), fits) &&
           std::find(audiences.begin(), audiences.end(), audience) != audiences.end() &&
           in_areas(endpoint.areas, place);
}

casework::Route route_to(std::vector<EndpointOptions> endpoints) {
    return [endpoints = std::move(endpoints)](std::string_view type, Audience audience, std::string_view place) {
        std::vector<std::string> names;
        for (const auto& endpoint : endpoints) {
            if (wants(endpoint, type, audience, place)) names.push_back(endpoint.name);
        }
        return names;
    };
}

}  // namespace jejak::dispatch
