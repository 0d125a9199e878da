#include <catch2/catch.hpp>

#include "gateway/channel/smpp_inbound.hpp"
#include "gateway/intake/assembler.hpp"
#include "protocol/smpp/codec.hpp"

using namespace jejak;
using sms::DefaultAlphabet;
using sms::Remark;

namespace {

std::vector<std::byte> octets(std::string_view hex) {
    std::vector<std::byte> out;
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(static_cast<std::byte>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    return out;
}

/// A deliver_sm from 628400000001 (TON 1) to 4321 with this esm_class, data_coding, user data and TLVs.
struct Delivered {
    std::vector<std::byte> body;
    smpp::ShortMessage pdu;

    Delivered(const char* esm_class, const char* data_coding, std::string_view user_data, std::string_view tlvs = "") {
        constexpr char digits[] = "0123456789abcdef";
        std::string hex = "000101363238343030303030303031000001343332310";
        hex += "0";
        hex += esm_class;
        hex += "000000000000";
        hex += data_coding;
        hex += "00";
        hex += digits[user_data.size() / 2 / 16];
        hex += digits[user_data.size() / 2 % 16];
        body = octets(hex + std::string(user_data) + std::string(tlvs));
        const auto decoded = smpp::decode_short_message(smpp::CommandId::deliver_sm, body);
        REQUIRE(decoded.has_value());
        pdu = *decoded;
    }
};

sms::InboundText inbound(const Delivered& delivered, DefaultAlphabet zero = DefaultAlphabet::gsm7) {
    return channel::inbound_text(delivered.pdu, zero, "62");
}

}  // namespace

TEST_CASE("a deliver_sm becomes an inbound text: who, to whom, what", "[channel][smpp]") {
    const auto text = inbound(Delivered("00", "00", "4c41504f52"));
    CHECK(text.sender.kind == sms::Originator::Kind::msisdn);
    CHECK(text.sender.address == "+628400000001");
    CHECK(text.destination.reveal() == "4321");
    CHECK(text.text.reveal() == "LAPOR");
    CHECK(text.remarks == 0);
    CHECK_FALSE(text.segment);
}

TEST_CASE("the part's place is found in the user data header or the SAR parameters", "[channel][smpp]") {
    struct Case {
        const char* name;
        Delivered delivered;
        sms::SegmentHeader expected;
    };
    const Case cases[] = {
        {"8-bit reference", Delivered("40", "00", "050003aa020168616c6f"), {sms::Concatenation::udh8, 0xAA, 2, 1}},
        {"16-bit reference", Delivered("40", "00", "060804123402026869"), {sms::Concatenation::udh16, 0x1234, 2, 2}},
        {"SAR",
         Delivered("00", "00", "6869", "020c00021234020e000103020f000102"),
         {sms::Concatenation::sar, 0x1234, 3, 2}},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.name) {
            const auto text = inbound(test.delivered);
            REQUIRE(text.segment);
            CHECK(*text.segment == test.expected);
        }
    }
}

TEST_CASE("M8, M9: the payload is the text; both texts are both read and flagged", "[channel][smpp]") {
    CHECK(inbound(Delivered("00", "00", "", "042400026869")).text.reveal() == "hi");
    const auto both = inbound(Delivered("00", "00", "6869", "04240003796573"));
    CHECK(both.text.reveal() == "hi\nyes");
    CHECK(has(both.remarks, Remark::both_texts));
}

TEST_CASE("C11: a port-addressed part is kept and never read as text", "[channel][smpp]") {
    const auto text = inbound(Delivered("40", "04", "06050415811581deadbeef"));
    CHECK(has(text.remarks, Remark::binary));
    CHECK(text.text.reveal().empty());
    CHECK(text.raw == octets("deadbeef"));
}

TEST_CASE("data_coding 0 is what the operator says it is, and stays so when parts are joined later",
          "[channel][smpp]") {
    const auto latin = inbound(Delivered("00", "00", "e9"), DefaultAlphabet::latin1);
    CHECK(latin.text.reveal() == "é");
    CHECK(latin.data_coding == 3);
    CHECK(inbound(Delivered("00", "00", "c3a9"), DefaultAlphabet::utf8).data_coding == intake::utf8_coding);
    CHECK(inbound(Delivered("00", "00", "05")).text.reveal() == "é");
}

TEST_CASE("a redelivery has the same fingerprint; another text, sender or coding has not", "[channel][smpp]") {
    const auto print = [](const Delivered& delivered) { return inbound(delivered).fingerprint_input; };
    const Delivered original("00", "00", "4c41504f52");
    CHECK(print(original) == print(Delivered("00", "00", "4c41504f52")));
    CHECK(print(original) != print(Delivered("00", "00", "4c41504f53")));
    CHECK(print(original) != print(Delivered("00", "01", "4c41504f52")));
    CHECK(print(original) != print(Delivered("40", "00", "4c41504f52")));
}

TEST_CASE("D9: what says it is a receipt but names no message is a person's text", "[channel][receipt]") {
    CHECK_FALSE(channel::receipt_in(Delivered("04", "00", "746f6c6f6e67").pdu));
    const auto by_parameters = channel::receipt_in(Delivered("04", "00", "",
                                                             "001e000461626300042700010"
                                                             "2")
                                                       .pdu);
    REQUIRE(by_parameters);
    CHECK(by_parameters->message_id == "abc");
    CHECK(by_parameters->state == sms::MessageState::delivered);
}

TEST_CASE("a validity period is relative and never longer than it can be written", "[channel][smpp]") {
    CHECK(channel::relative_validity(std::chrono::minutes(10)) == "000000001000000R");
    CHECK(channel::relative_validity(std::chrono::milliseconds(1)) == "000000000001000R");
    CHECK(channel::relative_validity(std::chrono::hours(1)) == "000000010000000R");
    CHECK(channel::relative_validity(std::chrono::hours(500)) == "000000990000000R");
}
