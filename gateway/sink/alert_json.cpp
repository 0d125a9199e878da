#include "gateway/sink/alert_json.hpp"

#include <google/protobuf/util/json_util.h>

#include "protocol/ensure.hpp"

namespace jejak::sink {
namespace {

using google::protobuf::Timestamp;

constexpr int district_parts = 3;        ///< province, regency, district
constexpr std::size_t note_max = 2'000;  ///< octets of an acknowledgement's note: a body stays below 20 kB

void truncate(Timestamp& time, Detail detail) {
    const std::int64_t step = detail == Detail::thin ? 3600 : 60;
    const auto seconds = time.seconds();
    time.set_seconds(seconds - ((seconds % step) + step) % step);
    time.set_nanos(0);
}

void coarsen(v1::Place& place, Detail detail, const PlaceName& place_name) {
    if (detail != Detail::thin) return;
    const auto district = std::string(district_code(place.code()));
    if (district == place.code()) return;
    place.set_code(district);
    place.set_name(place_name(district));
}

/// At most `size_max` octets, not ending within a character.
void shorten(std::string& text, std::size_t size_max) {
    if (text.size() <= size_max) return;
    while (size_max > 0 && (static_cast<unsigned char>(text[size_max]) & 0xc0) == 0x80) --size_max;
    text.resize(size_max);
}

template <class Message>
std::optional<std::string> json_of(const std::string& stored, Detail detail, const PlaceName& place_name) {
    Message message;
    if (!message.ParseFromString(stored)) return std::nullopt;
    return to_json(coarsened(std::move(message), detail, place_name));
}

std::optional<std::string> test_json(const std::string& stored) {
    v1::Test message;
    if (!message.ParseFromString(stored)) return std::nullopt;
    return to_json(message);
}

}  // namespace

std::string_view district_code(std::string_view code) {
    std::size_t end = 0;
    for (int part = 0; part < district_parts; ++part) {
        end = code.find('.', part == 0 ? 0 : end + 1);
        if (end == std::string_view::npos) return code;
    }
    return code.substr(0, end);
}

v1::Alert coarsened(v1::Alert alert, Detail detail, const PlaceName& place_name) {
    if (alert.has_place()) coarsen(*alert.mutable_place(), detail, place_name);
    if (alert.has_onset()) truncate(*alert.mutable_onset(), detail);
    if (alert.has_raised_at()) truncate(*alert.mutable_raised_at(), detail);
    if (alert.has_updated_at()) truncate(*alert.mutable_updated_at(), detail);
    if (detail == Detail::thin) alert.clear_worker();
    if (alert.has_acknowledged()) {
        auto& acknowledged = *alert.mutable_acknowledged();
        if (acknowledged.has_at()) truncate(*acknowledged.mutable_at(), detail);
        shorten(*acknowledged.mutable_note(), note_max);
        shorten(*acknowledged.mutable_by(), note_max);
    }
    return alert;
}

v1::Report coarsened(v1::Report report, Detail detail, const PlaceName& place_name) {
    if (report.has_place()) coarsen(*report.mutable_place(), detail, place_name);
    if (report.has_received_at()) truncate(*report.mutable_received_at(), detail);
    if (report.has_updated_at()) truncate(*report.mutable_updated_at(), detail);
    if (report.has_onset()) truncate(*report.mutable_onset(), detail);
    return report;
}

v1::Worker coarsened(v1::Worker worker, Detail detail, const PlaceName& place_name) {
    if (worker.has_village()) coarsen(*worker.mutable_village(), detail, place_name);
    if (worker.has_at()) truncate(*worker.mutable_at(), detail);
    if (detail == Detail::thin) worker.clear_code();
    return worker;
}

std::string to_json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    std::string json;
    ensure(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
    return json;
}

std::optional<std::string> event_json(std::string_view type, const std::string& stored, Detail detail,
                                      const PlaceName& place_name) {
    if (type.starts_with("alert.")) return json_of<v1::Alert>(stored, detail, place_name);
    if (type.starts_with("report.")) return json_of<v1::Report>(stored, detail, place_name);
    if (type.starts_with("worker.")) return json_of<v1::Worker>(stored, detail, place_name);
    if (type == "system.test") return test_json(stored);
    return std::nullopt;
}

}  // namespace jejak::sink
