#include <catch2/catch.hpp>

#include "gateway/channel/smpp_inbound.hpp"
#include "gateway/intake/assembler.hpp"
#include "gateway/intake/job.hpp"
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

TEST_CASE("M8, M9: the payload is the text; both texts are both read and flagged", "[channel][smpp][M8][M9]") {
    CHECK(inbound(Delivered("00", "00", "", "042400026869")).text.reveal() == "hi");
    const auto both = inbound(Delivered("00", "00", "6869", "04240003796573"));
    CHECK(both.text.reveal() == "hi\nyes");
    CHECK(has(both.remarks, Remark::both_texts));
}

TEST_CASE("M9: octets that are no text are kept with the payload beside them", "[channel][smpp][M9]") {
    const auto binary = inbound(Delivered("00", "04", "dead", "04240003beef01"));
    CHECK(has(binary.remarks, Remark::binary));
    CHECK(has(binary.remarks, Remark::both_texts));
    CHECK(binary.text.reveal().empty());
    CHECK(binary.raw == octets("deadbeef01"));
    CHECK(intake::keeps_raw(binary));
    const auto port = inbound(Delivered("40", "00", "06050415811581deadbeef", "042400026869"));
    CHECK(has(port.remarks, Remark::binary));
    CHECK(port.text.reveal().empty());
    CHECK(port.raw == octets("06050415811581deadbeef6869"));
}

TEST_CASE("M9: a part's payload is in what is joined", "[channel][smpp][M9]") {
    const auto part = inbound(Delivered("40", "00", "050003aa02016869", "04240003796573"));
    CHECK(part.segment);
    CHECK(part.raw == octets("6869796573"));
    CHECK(part.text.reveal() == "hi\nyes");
    const auto packed =
        inbound(Delivered("40", "00", "050003aa0201c8329bfd06", "04240005c8329bfd06"), DefaultAlphabet::gsm7_packed);
    CHECK(packed.segment);
    CHECK(packed.text.reveal().ends_with("\nHello"));
    CHECK(packed.raw.size() > 9);
}

TEST_CASE("M11: of a payload cut short what came is the text, and it is marked and kept", "[channel][smpp][M11]") {
    const auto text = inbound(Delivered("00", "00", "", "042400054c41504f"));
    CHECK(text.text.reveal() == "LAPO");
    CHECK(has(text.remarks, Remark::bad_tlv));
    CHECK(has(text.remarks, Remark::truncated));
    CHECK_FALSE(has(text.remarks, Remark::undecodable));
    CHECK(text.raw == octets("4c41504f"));
    CHECK(intake::keeps_raw(text));
    const auto part = inbound(Delivered("00", "00", "", "020c00021234020e000103020f000102042400056869"));
    CHECK(part.text.reveal() == "hi");
    CHECK(part.segment);
    CHECK(part.raw == octets("6869"));
}

TEST_CASE("M11: octets that are no parameter are kept, and are read by a person where there is no text",
          "[channel][smpp][M11]") {
    const auto lost = inbound(Delivered("00", "00", "", "1400fff04c41504f52"));  // another length ate the payload
    CHECK(lost.text.reveal().empty());
    CHECK(has(lost.remarks, Remark::undecodable));
    CHECK(lost.raw == octets("1400fff04c41504f52"));
    CHECK(lost.sender.address == "+628400000001");
    CHECK(intake::keeps_raw(lost));
    const auto part = inbound(Delivered("00", "00", "", "020c00021234020e000103020f0001020424"));
    CHECK_FALSE(has(part.remarks, Remark::undecodable));  // two octets: no more than trailing
    const auto unplaced = inbound(Delivered("00", "00", "", "020c00021234020e000103020f0001021400fff041"));
    CHECK(has(unplaced.remarks, Remark::undecodable));
    CHECK_FALSE(unplaced.segment);  // nothing to join
    const auto more = inbound(Delivered("00", "00", "6869", "1400fff04c41504f52"));
    CHECK(more.text.reveal() == "hi");
    CHECK_FALSE(has(more.remarks, Remark::undecodable));
    CHECK(more.raw == octets("68691400fff04c41504f52"));
    CHECK(intake::keeps_raw(more));
    CHECK(lost.fingerprint_input != inbound(Delivered("00", "00", "", "1400fff04c41504f53")).fingerprint_input);
}

TEST_CASE("M15: a text behind 512 parameters is the text", "[channel][smpp][M15]") {
    std::string tlvs;
    for (int i = 0; i < 512; ++i) tlvs += "14000000";
    const auto text = inbound(Delivered("00", "00", "", tlvs + "020c00021234020e000103020f000102042400026869"));
    CHECK(text.text.reveal() == "hi");
    CHECK(text.segment);
    CHECK(has(text.remarks, Remark::bad_tlv));
}

TEST_CASE("C11: a port-addressed part is kept and never read as text", "[channel][smpp][C11]") {
    const auto text = inbound(Delivered("40", "04", "06050415811581deadbeef"));
    CHECK(has(text.remarks, Remark::binary));
    CHECK(text.text.reveal().empty());
    CHECK(text.raw == octets("06050415811581deadbeef"));  // with its header: it says which application
    CHECK_FALSE(text.segment);
    const auto part = inbound(Delivered("40", "04", "0b0003aa020105040b8423f0deadbeef"));
    CHECK(has(part.remarks, Remark::binary));
    CHECK_FALSE(part.segment);  // no part of a text
}

TEST_CASE("C9: the user data header is found in the payload", "[channel][smpp][C9]") {
    const auto part = inbound(Delivered("40", "00", "", "04240008050003aa02016869"));
    CHECK(part.text.reveal() == "hi");
    REQUIRE(part.segment);
    CHECK(*part.segment == sms::SegmentHeader{sms::Concatenation::udh8, 0xAA, 2, 1});
    CHECK(part.raw == octets("6869"));
    const auto shifted = inbound(Delivered("40", "00", "", "04240006032401011b69"));
    CHECK(shifted.text.reveal() == "ı");
}

TEST_CASE("C10: a header that nothing announced is text, unless the channel says otherwise", "[channel][smpp][C10]") {
    const Delivered delivered("00", "00", "050003aa02016869");
    const auto as_text = inbound(delivered);
    CHECK_FALSE(as_text.segment);
    CHECK(has(as_text.remarks, Remark::unannounced_udh));
    CHECK(as_text.raw == octets("050003aa02016869"));
    const auto assumed = channel::inbound_text(delivered.pdu, sms::TextRules{DefaultAlphabet::gsm7, true}, "62");
    CHECK(assumed.text.reveal() == "hi");
    CHECK(assumed.segment);
    CHECK(has(assumed.remarks, Remark::unannounced_udh));
}

TEST_CASE("a delivery receipt is read behind a user data header too", "[channel][receipt]") {
    const auto receipt = channel::receipt_in(Delivered("44", "00",
                                                       "050003aa0201"
                                                       "69643a34373131207374617"
                                                       "43a44454c49565244")
                                                 .pdu);
    REQUIRE(receipt);
    CHECK(receipt->message_id == "4711");
}

TEST_CASE("D3: receipts are read in the channel's alphabet, and unpacked ones as ASCII first",
          "[channel][receipt][D3]") {
    using Alphabet = DefaultAlphabet;
    const auto hex = [](std::span<const std::byte> all) {
        std::string out;
        for (const auto one : all) {
            out += "0123456789abcdef"[std::to_integer<unsigned>(one) >> 4];
            out += "0123456789abcdef"[std::to_integer<unsigned>(one) & 15];
        }
        return out;
    };
    const std::string text = "id:ab_1@2$3 submit_date:0809011130 stat:DELIVRD";
    const auto septets = sms::gsm7::encode(text).value();
    const auto ascii = hex(std::as_bytes(std::span(text))), gsm = hex(septets), packed = hex(sms::gsm7::pack(septets));
    struct Row {
        Alphabet alphabet;
        std::string octets;
        const char* coding;
    };
    const auto row = GENERATE_COPY(values<Row>({{Alphabet::gsm7, ascii, "00"},
                                                {Alphabet::gsm7, ascii + "00", "00"},
                                                {Alphabet::gsm7, gsm, "00"},
                                                {Alphabet::ascii, ascii, "00"},
                                                {Alphabet::latin1, ascii, "00"},
                                                {Alphabet::utf8, ascii, "00"},
                                                {Alphabet::gsm7_packed, packed, "00"},
                                                {Alphabet::gsm7_packed, ascii, "00"},
                                                {Alphabet::gsm7_packed, ascii, "01"},
                                                {Alphabet::gsm7, ascii, "03"}}));
    CAPTURE(static_cast<int>(row.alphabet), row.octets, row.coding);
    const auto receipt = channel::receipt_in(Delivered("04", row.coding, row.octets).pdu, {}, {row.alphabet});
    REQUIRE(receipt);
    CHECK(receipt->message_id == "ab_1@2$3");
    CHECK(receipt->submit_date);
}

TEST_CASE("D10: a turn of a USSD session is no unmarked receipt", "[channel][receipt][D10]") {
    sms::ReceiptDialect dialect;
    dialect.unmarked = true;
    const std::string octets = "69643a3720737461743a44454c49565244";  // id:7 stat:DELIVRD
    CHECK(channel::receipt_in(Delivered("00", "00", octets).pdu, dialect));
    CHECK_FALSE(channel::receipt_in(Delivered("00", "00", octets, "0501000112").pdu, dialect));
}

TEST_CASE("data_coding 0 is what the operator says it is, and stays so when parts are joined later",
          "[channel][smpp][C1]") {
    const auto latin = inbound(Delivered("00", "00", "e9"), DefaultAlphabet::latin1);
    CHECK(latin.text.reveal() == "é");
    CHECK(latin.data_coding == 3);
    CHECK(inbound(Delivered("00", "00", "c3a9"), DefaultAlphabet::utf8).data_coding == intake::utf8_coding);
    CHECK(inbound(Delivered("00", "00", "05")).text.reveal() == "é");
    CHECK(inbound(Delivered("00", "f1", "e9"), DefaultAlphabet::latin1).data_coding == 3);  // 7-bit all the same
    CHECK(inbound(Delivered("00", "00", "c8329bfd06"), DefaultAlphabet::gsm7_packed).text.reveal() == "Hello");
}

TEST_CASE("a redelivery has the same fingerprint; another text, sender or coding has not", "[channel][smpp]") {
    const auto print = [](const Delivered& delivered) { return inbound(delivered).fingerprint_input; };
    const Delivered original("00", "00", "4c41504f52");
    CHECK(print(original) == print(Delivered("00", "00", "4c41504f52")));
    CHECK(print(original) != print(Delivered("00", "00", "4c41504f53")));
    CHECK(print(original) != print(Delivered("00", "01", "4c41504f52")));
    CHECK(print(original) != print(Delivered("40", "00", "4c41504f52")));
}

TEST_CASE("D9: what says it is a receipt but names no message is a person's text", "[channel][receipt][D9]") {
    const Delivered words("04", "00", "746f6c6f6e67");
    CHECK_FALSE(channel::receipt_in(words.pdu));
    CHECK(inbound(words).remarks == (sms::Remarks{} | Remark::stray_receipt));
    const auto by_parameters = channel::receipt_in(Delivered("04", "00", "",
                                                             "001e000461626300042700010"
                                                             "2")
                                                       .pdu);
    REQUIRE(by_parameters);
    CHECK(by_parameters->message_id == "abc");
    CHECK(by_parameters->state == sms::MessageState::delivered);
}
