#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/config/config.hpp"
#include "jejak/v1/alert.pb.h"
#include "jejak/v1/event.pb.h"

/// The public messages as JSON, and what is left of them in less than full detail. Pure; equal input gives equal text.
namespace jejak::sink {

using Detail = EndpointOptions::Detail;
/// The name of a Kemendagri code, from the pack; empty when it has none.
using PlaceName = std::function<std::string(std::string_view code)>;

/// Thin: places stop at the district, times at the hour, worker codes are left out. Case: times stop at the minute.
/// Incident references and ids stay: two readers must be able to talk about the same alert.
v1::Alert coarsened(v1::Alert alert, Detail detail, const PlaceName& place_name);
v1::Report coarsened(v1::Report report, Detail detail, const PlaceName& place_name);
v1::Worker coarsened(v1::Worker worker, Detail detail, const PlaceName& place_name);

/// "61.01.09" of "61.01.09.2002"; a code that is no longer than a district stays.
std::string_view district_code(std::string_view code);

/// The protobuf JSON mapping: field names as in the .proto files, default values printed, timestamps RFC 3339.
/// source: https://protobuf.dev/programming-guides/json/
std::string to_json(const google::protobuf::Message& message);
inline std::string alert_json(const v1::Alert& alert) {
    return to_json(alert);
}

/// The `data` of an event of that type in that detail; empty when the stored octets are no such message.
std::optional<std::string> event_json(std::string_view type, const std::string& stored, Detail detail,
                                      const PlaceName& place_name);

}  // namespace jejak::sink
