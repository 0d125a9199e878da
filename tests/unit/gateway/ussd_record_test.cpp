#include <catch2/catch.hpp>

#include "gateway/ussd/record.hpp"

using namespace jejak;
using namespace jejak::ussd;

TEST_CASE("what is new in a request is what stands behind what was seen") {
    struct Row {
        std::string text, seen;
        bool begun;
        std::vector<std::string> inputs;
        bool repeated;
    };
    const auto row = GENERATE(Row{"", "", false, {}, false},                          // the session begins
                              Row{"", "", true, {}, true},                            // asked once more
                              Row{"1", "", true, {"1"}, false},                       //
                              Row{"1*2", "1", true, {"2"}, false},                    //
                              Row{"1*2", "1*2", true, {}, true},                      //
                              Row{"1*2*", "1*2", true, {""}, false},                  // an empty answer
                              Row{"1*gang 3*4", "1", true, {"gang 3*4"}, false},      // a typed star
                              Row{"1*gang 3*4*5", "1*gang 3*4", true, {"5"}, false},  //
                              Row{"*1", "", true, {"*1"}, false},                     //
                              Row{"3", "1*2", true, {"3"}, false},       // a network that sends the last input only
                              Row{"12*3", "1", true, {"3"}, false},      // not what was seen
                              Row{"1*2", "", false, {"1", "2"}, false},  // dialled with inputs behind the code
                              Row{"1**2", "", false, {"1", "", "2"}, false});
    CAPTURE(row.text, row.seen);
    const auto inputs = inputs_of(row.text, row.seen, row.begun);
    CHECK(inputs.list == row.inputs);
    CHECK(inputs.repeated == row.repeated);
}

TEST_CASE("inputs dialled behind the service code") {
    CHECK(inputs_dialled("*384#", "*384#").list.empty());
    CHECK(inputs_dialled("*384*2#", "*384#").list == std::vector<std::string>{"2"});
    CHECK(inputs_dialled("*384*1*1#", "*384#").list == std::vector<std::string>{"1", "1"});
    CHECK(inputs_dialled("*123*45*2#", "*123*45#").list == std::vector<std::string>{"2"});
    CHECK(inputs_dialled("*123*45#", "4321").list.empty());  // a code of its own, whatever the address
    CHECK(inputs_dialled("*3845*2#", "*384#").list.empty());
    CHECK(inputs_dialled("", "*384#").list.empty());
    CHECK(inputs_dialled("hello", "").list.empty());
}

TEST_CASE("a session's record survives being written down") {
    Record record;
    record.menu.path = {0};
    record.menu.field = "people";
    record.menu.answers = {{"what", "other", "Lainnya"}};
    record.menu.transcript = "Lapor kejadian\nkejadian: Lainnya";
    record.menu.turns = 3;
    record.seen = "1*7";
    record.screen = "Berapa orang?\n\"quoted\" ș";
    CHECK(parse_record(to_json(record)) == record);
    record.ended = record.held = true;
    record.filed = filed_as(storage::Report{});
    CHECK(parse_record(to_json(record)) == record);
    CHECK_FALSE(parse_record(""));
    CHECK_FALSE(parse_record("[1]"));
    CHECK_FALSE(parse_record("{\"menu\":3}"));
}

TEST_CASE("a record is sealed for its row, and opens in no other") {
    const auto vault = storage::Vault::for_tests();
    Record record;
    record.seen = "1";
    storage::Dialogue row;
    row.id = 7;
    row.state = seal(vault, 7, record);
    CHECK(open(vault, row) == record);
    row.id = 8;
    CHECK_FALSE(open(vault, row));
}
