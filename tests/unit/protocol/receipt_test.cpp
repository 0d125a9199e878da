#include "protocol/sms/receipt.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/unit/protocol/octets.hpp"

using jejak::sms::MessageState;
using jejak::sms::parse_receipt;
using jejak::tests::ExactText;

TEST_CASE("a receipt is read in every spelling peers have") {
    struct Row {
        std::string name, text, id;
        MessageState state;
        std::string error;
    };
    const auto row = GENERATE(values<Row>({
        {"D1: appendix B",
         "id:0123456789 sub:001 dlvrd:001 submit date:0809011130 done date:0809011131 stat:DELIVRD err:000 text:halo",
         "0123456789", MessageState::delivered, "000"},
        {"D1: dates with seconds",
         "id:1 sub:001 dlvrd:001 submit date:251121090000 done date:251121090100 "
         "stat:EXPIRED err:021 text:",
         "1", MessageState::expired, "021"},
        {"V12",
         "id:0000436949 sub:001 dlvrd:001 submit date:2511210900 done date:2511210901 stat:DELIVRD err:000 text:ok",
         "0000436949", MessageState::delivered, "000"},
        {"D2: any order", "stat:UNDELIV err:21b text:halo id:abc-1", "abc-1", MessageState::undeliverable, "21b"},
        {"D2: text first", "text:id stat id:7 stat:REJECTD", "7", MessageState::rejected, ""},
        {"D2: any case", "ID:7 STAT:delivrd Err:001 Text:halo", "7", MessageState::delivered, "001"},
        {"D2: only id and stat", "id:7 stat:ACCEPTD", "7", MessageState::accepted, ""},
        {"D2: blanks everywhere", "  id: 7   stat:  DELETED \t err: 5\r\n", "7", MessageState::deleted, "5"},
        {"D2: a NUL at the end", std::string("id:7 stat:DELIVRD\0", 18), "7", MessageState::delivered, ""},
        {"D2: text of any octets", "id:7 stat:DELIVRD text:\xff\xfe मदद", "7", MessageState::delivered, ""},
        {"D2: empty values", "id:7 sub: dlvrd: stat:DELIVRD err: text:", "7", MessageState::delivered, ""},
        {"the text does not speak for the receipt", "id:7 stat:DELIVRD text:id:8 stat:EXPIRED err:9", "7",
         MessageState::delivered, ""},
        {"the first of two wins", "id:7 id:8 stat:DELIVRD stat:EXPIRED", "7", MessageState::delivered, ""},
        {"a carrier's own field", "id:7 nack:1 stat:ENROUTE", "7", MessageState::enroute, ""},
        {"D8: unknown state", "id:7 stat:SKIPPED err:000", "7", MessageState::unknown, "000"},
        {"state UNKNOWN", "id:7 stat:UNKNOWN", "7", MessageState::unknown, ""},
        {"a state in full", "id:7 stat:UNDELIVERABLE", "7", MessageState::undeliverable, ""},
        {"hexadecimal id", "id:6AAD5f stat:DELIVRD", "6AAD5f", MessageState::delivered, ""},
    }));
    CAPTURE(row.name);
    const auto receipt = parse_receipt(ExactText(row.text));
    REQUIRE(receipt);
    CHECK(receipt->message_id == row.id);
    CHECK(receipt->state == row.state);
    CHECK(receipt->error == row.error);
}

TEST_CASE("D9: a person's message is no receipt") {
    const auto text = GENERATE(as<std::string>(), "", " ", "LAPOR 5 orang naik mobil lewat jalan tikus", "tolong", "id",
                               "id:", "id:7", "id: stat:DELIVRD", "stat:DELIVRD", "stat:DELIVRD err:000",
                               "id:7 stat:", "id:7 text:stat", "text:halo", "saya punya id:7 stat:DELIVRD",
                               "idx:7 stat:DELIVRD", "sub:001 dlvrd:001", "id 7 stat DELIVRD", "submit date");
    CAPTURE(text);
    CHECK_FALSE(parse_receipt(ExactText(text)));
}

TEST_CASE("any text is looked at within its bounds") {
    std::mt19937 random(52);
    const std::vector<std::string> pieces = {"id:",
                                             "stat:",
                                             "err:",
                                             "text:",
                                             "submit date:",
                                             "done date:",
                                             " ",
                                             "  ",
                                             "DELIV",
                                             "RD",
                                             "7",
                                             ":",
                                             "dlvrd:",
                                             "sub:",
                                             "submit",
                                             "\n",
                                             "STAT:",
                                             "i",
                                             std::string(1, '\0')};
    for (int i = 0; i < 50'000; ++i) {
        std::string text = i % 2 == 0 ? "id:" : "";
        for (auto left = random() % 12; left > 0; --left) text += pieces[random() % pieces.size()];
        const auto receipt = parse_receipt(ExactText(text));
        if (receipt) REQUIRE_FALSE(receipt->message_id.empty());
    }
}
