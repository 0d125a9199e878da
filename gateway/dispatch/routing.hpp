#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/casework/publish.hpp"
#include "gateway/config/config.hpp"
#include "protocol/vocabulary.hpp"

/// Who is told what. Pure: decided from the configuration alone, when the event is stored.
namespace jejak::dispatch {

/// Whose alerts a role may see; the one table that says so.
///
/// Villagers, workers and agents see none. Neither do village officials and village heads: a broker may be one, or a
/// relative of one. A minor's case is for child protection alone, and child protection sees nothing else. An accusation
/// of an official goes above the offices it may concern: to the administration only.
std::span<const Audience> audiences_of(Role role);

/// `place` lies under one of `areas` (Kemendagri codes or their leading parts); true when either is empty: better one
/// reader too many than none.
bool in_areas(std::span<const std::string> areas, std::string_view place);

/// "alert.raised", "alert.*" or "*" fits `type`.
bool matches(std::string_view pattern, std::string_view type);

/// The endpoint is to be told of an event of this type, audience and place.
bool wants(const EndpointOptions& endpoint, std::string_view type, Audience audience, std::string_view place);

/// Names of the endpoints that an event goes to, in the configuration's order.
casework::Route route_to(std::vector<EndpointOptions> endpoints);

}  // namespace jejak::dispatch
