#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <vector>

#include "jejak/v1/alert.pb.h"
#include "jejak/v1/event.pb.h"

using google::protobuf::FieldDescriptor;

namespace {

/// The published mapping: field names as declared, defaults printed.
boost::json::object published(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    std::string text;
    REQUIRE(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
    return boost::json::parse(text).as_object();
}

}  // namespace

TEST_CASE("an alert is published under the names receivers were promised") {
    jejak::v1::Alert alert;
    alert.set_sequence(1);
    alert.set_people(5);
    alert.set_people_max(6);
    alert.mutable_place()->set_code("61.01.09");
    alert.mutable_onset()->set_seconds(1757686200);
    alert.mutable_raised_at()->set_seconds(1757686200);
    alert.mutable_updated_at()->set_seconds(1757686200);
    alert.mutable_acknowledged()->set_by("desk");
    alert.mutable_acknowledged()->mutable_at()->set_seconds(1757686200);
    const auto json = published(alert);
    for (const auto* name :
         {"id", "sequence", "kind", "status", "urgency", "severity", "certainty", "category", "place", "people",
          "people_max", "reporters", "onset", "raised_at", "updated_at", "incident", "worker", "acknowledged"}) {
        CAPTURE(name);
        CHECK(json.contains(name));
    }
    CHECK(json.size() == 18);
    CHECK(json.at("sequence").is_int64());
    CHECK(json.at("raised_at") == "2025-09-12T14:10:00Z");
    CHECK(json.at("place").as_object().contains("name"));
    CHECK(json.at("acknowledged").as_object().size() == 3);
}

TEST_CASE("people are absent from an alert until somebody stated them") {
    const auto json = published(jejak::v1::Alert());
    CHECK_FALSE(json.contains("people"));
    CHECK_FALSE(json.contains("people_max"));
    CHECK(json.at("reporters") == 0);
    CHECK(json.at("worker") == "");
}

TEST_CASE("no published message has a 64-bit integer, which JSON would turn into a string") {
    for (const auto* file : {jejak::v1::Alert::descriptor()->file(), jejak::v1::Report::descriptor()->file()}) {
        for (int i = 0; i < file->message_type_count(); ++i) {
            const auto* const message = file->message_type(i);
            for (int j = 0; j < message->field_count(); ++j) {
                CAPTURE(message->field(j)->full_name());
                CHECK(message->field(j)->cpp_type() != FieldDescriptor::CPPTYPE_INT64);
                CHECK(message->field(j)->cpp_type() != FieldDescriptor::CPPTYPE_UINT64);
            }
        }
    }
}
