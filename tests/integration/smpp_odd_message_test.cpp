// Messages that are odd but valid, from the PDU's fields to the disk: nothing of them is refused or lost.
#include <catch2/catch.hpp>

#include "gateway/channel/smpp_inbound.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using tests::Village;

namespace {

constexpr std::string_view report = "LAPOR 5 orang naik mobil lewat jalan tikus dekat sebunga skrg";

smpp::ShortMessage message_from(smpp::AddressView source, std::string_view text) {
    smpp::ShortMessage message;
    message.source = source;
    message.destination = {0, 1, "9840"};
    message.short_message = std::as_bytes(std::span(text));
    return message;
}

sms::InboundText heard(const smpp::ShortMessage& message) {
    return channel::inbound_text(message, sms::DefaultAlphabet::gsm7, "62");
}

storage::Message row_of(Village& village, const intake::Accepted& accepted) {
    return *village.ask([&](storage::View& view) { return view.message(accepted.message); });
}

std::string stored_text(Village& village, const intake::Accepted& accepted) {
    const auto row = row_of(village, accepted);
    const auto text = village.vault.open(storage::Table::message, storage::Column::text, row.id, row.text);
    REQUIRE(text);
    return text->reveal();
}

}  // namespace

TEST_CASE("M2, M3: a report counts whoever sent it, and only a telephone number is answered",
          "[intake][smpp][M2][M3]") {
    struct Row {
        const char* what;
        smpp::AddressView source;
        bool answered;
    };
    const auto row = GENERATE(values<Row>({
        {"international", {1, 1, "628400000001"}, true},
        {"national", {2, 1, "8400000001"}, true},
        {"with blanks and plus", {0, 1, "+62 840 0000 001"}, true},
        {"international prefix", {0, 1, "00628400000001"}, true},
        {"a name", {5, 0, "BANK"}, false},
        {"a name of UTF-8", {5, 0, "Caf\xC3\xA9"}, false},
        {"digits that are a name", {5, 0, "628400000001"}, false},
        {"a short code", {3, 1, "9841"}, false},
        {"none", {0, 0, ""}, false},
    }));
    CAPTURE(row.what);
    Village village;
    const auto accepted = village.hand_over(heard(message_from(row.source, report)));
    CHECK(accepted.how == intake::Accepted::How::stored);
    CHECK(accepted.handled.fate == Fate::understood);
    CHECK(accepted.handled.reply.has_value() == row.answered);
    CHECK(stored_text(village, accepted) == report);
    CHECK(village.ledger().balances());
}

TEST_CASE("M4: an empty text is a message, too", "[intake][smpp][M4]") {
    Village village;
    const auto accepted = village.hand_over(heard(message_from({1, 1, "628400000001"}, "")));
    CHECK(accepted.how == intake::Accepted::How::stored);
    CHECK_FALSE(accepted.duplicate);
    CHECK(accepted.handled.fate != Fate::duplicate);
    CHECK(stored_text(village, accepted).empty());
    CHECK(village.ledger().received == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("M10: a message_payload of 65,535 octets is stored whole, and read", "[intake][smpp][M8][M10]") {
    std::string text(report);
    while (text.size() < 65'535) text += " dan lagi";
    text.resize(65'535);
    std::vector<std::byte> parameters;
    smpp::append_tlv(smpp::Tag::message_payload, std::as_bytes(std::span(text)), parameters);
    auto message = message_from({1, 1, "628400000001"}, "");
    message.tlvs = smpp::Tlvs(parameters);
    Village village;
    const auto accepted = village.hand_over(heard(message));
    CHECK(accepted.how == intake::Accepted::How::stored);
    CHECK(stored_text(village, accepted) == text);
    CHECK(village.alerts().size() == 1);
}
