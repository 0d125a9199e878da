#include "gateway/understand/dialogue/ask.hpp"

#include <catch2/catch.hpp>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/pack/discreet.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

std::string next(const Reading& reading, const std::vector<std::string>& done = {}) {
    const auto* field = next_question(sambas(), reading, done);
    return field == nullptr ? "" : field->name;
}

}  // namespace

TEST_CASE("a report is asked where, then how many, then when, as far as it matters") {
    struct Row {
        std::string_view text, first, second;
    };
    for (const auto& row :
         {Row{"lapor jalan tikus", "place", "people"}, Row{"lapor jalan tikus di sebunga", "people", "time"},
          Row{"lapor 3 org jalan tikus di sebunga", "time", ""},
          Row{"lapor 3 org jalan tikus di sebunga td mlm", "", ""}, Row{"lapor org ditampung di sebunga", "people", ""},
          Row{"lapor calo janji gaji besar", "place", ""}, Row{"lapor ditipu agen", "", ""},
          Row{"apa kabar", "", ""}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(reading.ask == row.first);
        CHECK(next(reading) == row.first);
        if (!row.first.empty()) CHECK(next(reading, {std::string(row.first)}) == row.second);
    }
}

TEST_CASE("nobody is asked a third question") {
    CHECK(next(understood("lapor jalan tikus"), {"place", "people"}).empty());
}

TEST_CASE("whoever may be in danger is asked only whether they may be called") {
    for (const std::string_view text : {"tolong", "tolong sy dikurung", "sy tdk aman disini"}) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK(ask_gently(reading));
        CHECK(reading.ask == "call");
        CHECK(next(reading, {"call"}).empty());
    }
    CHECK(understood("lapor jalan tikus", "+601000000001").ask == "call");
    CHECK(understood("report 6 people hiding in house near telok melano since monday", "+601000000031").ask.empty());
}

TEST_CASE("who has arrived is asked where, and who is missing where and when last") {
    CHECK(understood("tiba w4k7mx", "+601000000019").ask == "place");
    CHECK(understood("tiba w4k7mx lundu", "+601000000019").ask.empty());
    const auto missing = understood("HILANG anak sy melati uji pergi kerja ke sarawak ga ada kabar");
    CHECK(missing.ask == "place");
    CHECK(next(missing, {"place"}) == "time");
}

TEST_CASE("no question tells a stranger anything, and each can be skipped") {
    for (const auto form : {"report", "sos", "missing", "arrived"}) {
        for (const auto& field : sambas().form(form)->fields) {
            if (!field.asked) continue;
            CAPTURE(form, field.name);
            CHECK_FALSE(sambas().say(field.question, "id").empty());
            CHECK(field.question.has("en"));
            CHECK(sambas().say(field.question).size() <= 60);
            for (const auto& [language, question] : field.question.texts()) {
                CAPTURE(language);
                CHECK(forbidden_in(question, sambas().data().forbidden).empty());
                // Whether they may be called is a yes or a no, and no answer at all is no.
                if (field.type != "yes_no") CHECK(question.find(language == "en" ? "SKIP" : "LEWAT") != question.npos);
            }
        }
    }
}
