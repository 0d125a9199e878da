#pragma once
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/frame.hpp"
#include "simulators/smsc.hpp"
#include "tests/support/on_loop.hpp"

/// An ESME that sees each PDU of the SMSC simulator as it is, and the simulator under a scenario.
namespace jejak::sim::testing {

using net::awaitable;
using smpp::CommandId;
using smpp::CommandStatus;
using test::limit;
using test::on_loop;
using test::Running;

inline std::string text_of(std::span<const std::byte> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

inline SmscOptions options_with(const std::string& scenario) {
    SmscOptions options;
    options.listen = "127.0.0.1:0";
    options.retry_delay = std::chrono::milliseconds(10);
    options.scenario = parse_scenario("title = \"test\"\n" + scenario);
    return options;
}

/// An ESME that sees each PDU as it is.
class Raw {
public:
    struct Pdu {
        smpp::Header header;
        std::vector<std::byte> body;
    };

    Raw(net::asio::io_context& loop, const Smsc& smsc) : socket_(loop) {
        const auto address = smsc.smpp_address();
        socket_.connect({net::asio::ip::make_address("127.0.0.1"),
                         static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)))});
    }

    awaitable<void> write(std::vector<std::byte> octets) {
        co_await net::asio::async_write(socket_, net::asio::buffer(octets), net::use_tuple);
    }

    /// The next PDU; empty when the peer closed, or said nothing for `silence`.
    awaitable<std::optional<Pdu>> next(std::chrono::milliseconds silence = limit) {
        for (;;) {
            const auto frame = frames_.next();
            REQUIRE(frame.has_value());
            if (*frame) co_return Pdu{(*frame)->header, {(*frame)->body.begin(), (*frame)->body.end()}};
            const auto space = frames_.writable();
            const auto read = co_await net::within(
                silence, socket_.async_read_some(net::asio::buffer(space.data(), space.size()), net::use_tuple));
            if (!read) co_return std::nullopt;
            const auto [error, size] = *read;
            ended_with = error;
            if (error) co_return std::nullopt;
            frames_.commit(size);
        }
    }

    /// The answer to a bind; empty as for next().
    awaitable<std::optional<Pdu>> bind(std::uint8_t version = 0x34, std::chrono::milliseconds silence = limit) {
        smpp::Bind pdu;
        pdu.system_id = "uji";
        pdu.interface_version = version;
        std::vector<std::byte> octets;
        encode_bind(smpp::BindKind::transceiver, pdu, 1, octets);
        co_await write(std::move(octets));
        co_return co_await next(silence);
    }

    awaitable<void> submit(std::uint32_t sequence, std::uint8_t ton = 1, std::uint8_t npi = 1,
                           std::uint8_t registered_delivery = 0, std::optional<std::uint16_t> reference = {}) {
        smpp::ShortMessage message;
        std::vector<std::byte> tlvs;
        if (reference) smpp::append_tlv(smpp::Tag::user_message_reference, *reference, tlvs);
        message.tlvs = smpp::Tlvs(tlvs);
        message.destination = {.ton = ton, .npi = npi, .digits = "628400000001"};
        message.registered_delivery = registered_delivery;
        const std::string text = "Terima kasih.";
        message.short_message = std::as_bytes(std::span(text));
        std::vector<std::byte> octets;
        encode_short_message(CommandId::submit_sm, message, sequence, octets);
        co_await write(std::move(octets));
    }

    awaitable<Pdu> query(std::string_view id, std::uint32_t sequence) {
        smpp::QuerySm pdu;
        pdu.message_id = id;
        std::vector<std::byte> octets;
        encode_query_sm(pdu, sequence, octets);
        co_await write(std::move(octets));
        auto answer = co_await next();
        REQUIRE(answer.has_value());
        co_return std::move(*answer);
    }

    // No co_await inside a CHECK: it would be awaited twice.

    /// The next PDU is this.
    awaitable<Pdu> expect(std::uint32_t command_id, std::uint32_t status, std::optional<std::uint32_t> sequence = {}) {
        auto pdu = co_await next();
        REQUIRE(pdu.has_value());
        CHECK(smpp::command_name(pdu->header.command_id) == smpp::command_name(command_id));
        CHECK(pdu->header.command_status == status);
        if (sequence) CHECK(pdu->header.sequence_number == *sequence);
        co_return std::move(*pdu);
    }
    awaitable<Pdu> expect_submit_resp(std::uint32_t status = 0, std::optional<std::uint32_t> sequence = {}) {
        return expect(smpp::response_of(CommandId::submit_sm), status, sequence);
    }
    /// Nothing comes: the peer closes, or is silent so long.
    awaitable<void> expect_nothing(std::chrono::milliseconds silence = limit) {
        const auto pdu = co_await next(silence);
        CHECK_FALSE(pdu.has_value());
    }
    awaitable<void> expect_bind_resp(std::uint32_t status, std::uint8_t version = 0x34) {
        const auto pdu = co_await bind(version);
        REQUIRE(pdu.has_value());
        CHECK(pdu->header.command_status == status);
    }

    awaitable<void> expect_query_status(std::string_view id, std::uint32_t sequence, std::uint32_t status) {
        const auto pdu = co_await query(id, sequence);
        CHECK(pdu.header.command_status == status);
    }

    boost::system::error_code ended_with;

private:
    net::asio::ip::tcp::socket socket_;
    smpp::FrameBuffer frames_;
};

/// A body that must decode; views of its octets.
template <class Pdu>
Pdu good(const smpp::Decoded<Pdu>& decoded) {
    REQUIRE(decoded.has_value());
    return *decoded;
}

inline std::string id_of(const Raw::Pdu& pdu) {
    return std::string(good(smpp::decode_message_resp(pdu.body)).message_id);
}

/// Runs `body` against an SMSC that plays `scenario`.
inline void with_smsc(const std::string& scenario,
                      const std::function<awaitable<void>(net::asio::io_context&, Smsc&)>& body) {
    on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, options_with(scenario));
        co_await body(loop, smsc.simulator);
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

}  // namespace jejak::sim::testing
