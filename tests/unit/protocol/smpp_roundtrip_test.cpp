#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "protocol/smpp/codec.hpp"
#include "tests/support/octets.hpp"
#include "tests/unit/protocol/smpp_pdus.hpp"
#include "tests/unit/protocol/smpp_vectors.hpp"

using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::body_of;

namespace {

/// Small seeded generator: every field at random, often at the edge of its size.
class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::size_t size(std::size_t max) {
        switch (below(4)) {
            case 0:
                return 0;
            case 1:
                return max;
            default:
                return below(max + 1);
        }
    }
    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
    std::uint8_t octet() { return static_cast<std::uint8_t>(below(256)); }
    std::string text(std::size_t max) {
        std::string text(size(max), ' ');
        for (auto& c : text) c = static_cast<char>(1 + below(255));
        return text;
    }
    Octets octets(std::size_t max) {
        Octets octets(size(max));
        for (auto& one : octets) one = std::byte{octet()};
        return octets;
    }

private:
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("whatever message is encoded decodes to the same message") {
    Generator generator(20250912);
    for (int round = 0; round < 2'000; ++round) {
        const auto id = generator.below(3) == 0   ? CommandId::data_sm
                        : generator.below(2) == 0 ? CommandId::submit_sm
                                                  : CommandId::deliver_sm;
        const bool data = id == CommandId::data_sm;
        const auto service = generator.text(5), source = generator.text(data ? 64 : 20);
        const auto destination = generator.text(data ? 64 : 20);
        const auto schedule = data ? "" : generator.text(16), validity = data ? "" : generator.text(16);
        const auto message = data ? Octets() : generator.octets(255);
        Octets tlvs;
        for (auto count = generator.below(4); count > 0; --count) {
            append_tlv(static_cast<Tag>(generator.below(0x10000)), generator.octets(40), tlvs);
        }
        ShortMessage pdu;
        pdu.service_type = service;
        pdu.source = {generator.octet(), generator.octet(), source};
        pdu.destination = {generator.octet(), generator.octet(), destination};
        pdu.esm_class = generator.octet();
        pdu.registered_delivery = generator.octet();
        pdu.data_coding = generator.octet();
        if (!data) {
            pdu.protocol_id = generator.octet();
            pdu.priority_flag = generator.octet();
            pdu.replace_if_present_flag = generator.octet();
            pdu.sm_default_msg_id = generator.octet();
        }
        pdu.schedule_delivery_time = schedule;
        pdu.validity_period = validity;
        pdu.short_message = message;
        pdu.tlvs = Tlvs(tlvs);

        const auto whole = encoded(id, pdu, 77);
        REQUIRE(decode_header(std::span(whole).first<header_size>()).command_length == whole.size());
        const auto body = body_of(whole);
        const auto decoded = decode_short_message(id, body);
        REQUIRE(decoded.has_value());
        REQUIRE(summary(*decoded) == summary(pdu));
        REQUIRE_FALSE((decoded->truncated || decoded->trailing || decoded->tlvs.damaged()));
    }
}

TEST_CASE("any octets at all decode without reading past them") {
    Generator generator(7);
    for (int round = 0; round < 20'000; ++round) {
        const auto body = generator.octets(80);
        const auto pdu = decode_short_message(CommandId::deliver_sm, body);
        if (pdu) REQUIRE(pdu->user_data().size() <= body.size());
        (void)decode_short_message(CommandId::data_sm, body);
        (void)decode_bind(body);
        (void)decode_bind_resp(body);
        (void)decode_message_resp(body);
    }
}
