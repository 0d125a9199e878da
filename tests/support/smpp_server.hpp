#pragma once
#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "gateway/channel/smpp_server.hpp"
#include "gateway/dispatch/reply_dispatcher.hpp"
#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/frame.hpp"
#include "tests/support/on_loop.hpp"
#include "tests/support/phones.hpp"

/// A listener of ours in a village of its own, and peers that bind to it octet by octet.
namespace jejak::tests {

using smpp::CommandId;
using smpp::CommandStatus;

inline SmppAccountOptions box(const std::string& name, const std::string& password = "secret1") {
    SmppAccountOptions account;
    account.system_id = name;
    account.password = SensitiveText(password);
    account.window = 10;
    return account;
}

inline SmppServerOptions modem_boxes(std::vector<SmppAccountOptions> accounts = {box("box1"), box("box2")}) {
    SmppServerOptions options;
    options.channel.name = "modems";
    options.channel.system_id = "jejak";
    options.channel.service_number = "9840";
    options.listen = "127.0.0.1:0";
    options.session_init = std::chrono::seconds(2);
    options.accounts = std::move(accounts);
    return options;
}

/// The channel "modems" with everything behind it: intake, store, menus, and replies that leave as the gateway's do.
class Listening {
public:
    explicit Listening(SmppServerOptions options = modem_boxes()) : options_(std::move(options)) {
        village.now = wall_now() + std::chrono::minutes(1);
        begin();
    }
    ~Listening() { end(); }

    void begin() {
        const auto route = [this] {
            casework::ReplyRoute back;
            back.how = casework::ReplyRoute::How::channel;
            back.channel = "modems";
            back.ready = server->ready();
            return back;
        };
        const auto stored = [this](const intake::Accepted& accepted) {
            const auto& reply = accepted.handled.reply;
            if (reply && reply->state == storage::ReplyState::sent)
                server->submit({reply->id, accepted.handled.reply_to, accepted.handled.reply_text, reply->valid_until,
                                reply->account});
        };
        server = std::make_unique<channel::SmppServer>(options_, village.vault, *village.intake, *village.access,
                                                       telemetry, route, stored);
        server->serve_ussd(*village.desk);
        dispatcher = std::make_unique<dispatch::ReplyDispatcher>(*village.access, village.vault,
                                                                 std::vector<channel::ReplyExit*>{server.get()});
        group = std::make_unique<net::TaskGroup>(village.loop.get_executor());
        group->spawn("channel", server->run());
        group->spawn("replies", dispatcher->run());
    }
    void end() {
        if (!server) return;
        group->stop();
        village.run(Phones::ignore(group->join(test::limit)));
        CHECK_FALSE(group->failed());
        dispatcher.reset();
        server.reset();
    }
    /// The process ends and begins again.
    void restart() {
        end();
        village.restart();
        begin();
    }

    std::uint16_t port() const {
        const auto address = server->address();
        return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    }
    bool wait_for(const std::function<bool()>& condition, std::chrono::milliseconds limit = test::limit) {
        return test::wait_until(village.loop, condition, limit);
    }
    std::vector<std::string> texts() {
        std::vector<std::string> all;
        for (const auto& message : village.messages()) all.push_back(village.text_of(message));
        return all;
    }
    std::size_t duplicates() {
        return static_cast<std::size_t>(village.ledger().fates[static_cast<std::size_t>(Fate::duplicate)]);
    }

    Phones village;
    Telemetry telemetry;
    std::unique_ptr<channel::SmppServer> server;
    std::unique_ptr<dispatch::ReplyDispatcher> dispatcher;
    std::unique_ptr<net::TaskGroup> group;

private:
    SmppServerOptions options_;
};

/// One PDU as it came.
struct Pdu {
    smpp::Header header;
    std::vector<std::byte> body;

    CommandStatus status() const { return static_cast<CommandStatus>(header.command_status); }
    bool answers(CommandId request) const { return header.command_id == smpp::response_of(request); }
    bool is(CommandId request) const { return header.command_id == static_cast<std::uint32_t>(request); }
    smpp::ShortMessage message() const {
        return *smpp::decode_short_message(static_cast<CommandId>(header.command_id), body);
    }
    std::string text() const {
        const auto data = message().user_data();
        return {reinterpret_cast<const char*>(data.data()), data.size()};
    }
    std::string message_id() const { return std::string(smpp::decode_message_resp(body)->message_id); }
};

/// A peer that says exactly what it is told to, and no more: no keep-alive, no answers of its own.
class Esme {
public:
    explicit Esme(Listening& listening, const char* from = "127.0.0.1")
        : listening_(listening), socket_(listening.village.loop), frames_(70'000) {
        socket_.open(boost::asio::ip::tcp::v4());
        socket_.bind({boost::asio::ip::make_address(from), 0});
        const boost::asio::ip::tcp::endpoint there(boost::asio::ip::address_v4::loopback(), listening.port());
        socket_.connect(there);
        read();
    }
    ~Esme() { hang_up(); }
    Esme(const Esme&) = delete;
    Esme& operator=(const Esme&) = delete;

    /// Without a word.
    void hang_up() {
        boost::system::error_code ignored;
        socket_.close(ignored);
        listening_.wait_for([this] { return over_; });
    }
    void say_no_more() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }
    void send(const std::vector<std::byte>& octets) {
        boost::system::error_code gone;
        boost::asio::write(socket_, boost::asio::buffer(octets), gone);
    }
    template <class Encode>
    std::uint32_t say(Encode encode) {
        std::vector<std::byte> out;
        encode(++sequence_, out);
        send(out);
        return sequence_;
    }
    std::uint32_t say_header(CommandId command) {
        return say([&](std::uint32_t sequence, auto& out) {
            smpp::encode_header_only(static_cast<std::uint32_t>(command), CommandStatus::ok, sequence, out);
        });
    }
    /// Answers what came.
    void answer(const Pdu& pdu, CommandStatus status = CommandStatus::ok) {
        std::vector<std::byte> out;
        const auto command = static_cast<CommandId>(pdu.header.command_id);
        if (command == CommandId::deliver_sm || command == CommandId::data_sm) {
            smpp::encode_message_resp(command, status, {}, pdu.header.sequence_number, out);
        } else {
            smpp::encode_header_only(smpp::response_of(command), status, pdu.header.sequence_number, out);
        }
        send(out);
    }

    /// The next PDU; fails the test when none comes in time.
    Pdu next() {
        listening_.wait_for([this] { return !pdus_.empty() || over_; });
        REQUIRE_FALSE(pdus_.empty());
        auto pdu = std::move(pdus_.front());
        pdus_.pop_front();
        return pdu;
    }
    /// The next PDU of that kind; those before it are kept for next().
    Pdu next(CommandId command, bool response = false) {
        const auto id = response ? smpp::response_of(command) : static_cast<std::uint32_t>(command);
        const auto found = [&] {
            return std::find_if(pdus_.begin(), pdus_.end(),
                                [&](const Pdu& one) { return one.header.command_id == id; });
        };
        listening_.wait_for([&] { return found() != pdus_.end() || over_; });
        const auto at = found();
        REQUIRE(at != pdus_.end());
        auto pdu = std::move(*at);
        pdus_.erase(at);
        return pdu;
    }
    bool quiet_for(std::chrono::milliseconds time) {
        return !listening_.wait_for([this] { return !pdus_.empty(); }, time);
    }
    std::size_t waiting() const { return pdus_.size(); }
    bool over() {
        return listening_.wait_for([this] { return over_; });
    }
    bool is_over() const { return over_; }

    std::uint32_t ask_bind(smpp::BindKind kind, std::string_view name, std::string_view password,
                           std::uint8_t version = 0x34) {
        return say([&](std::uint32_t sequence, auto& out) {
            smpp::Bind pdu;
            pdu.system_id = name;
            pdu.password = password;
            pdu.interface_version = version;
            smpp::encode_bind(kind, pdu, sequence, out);
        });
    }
    CommandStatus bind(smpp::BindKind kind = smpp::BindKind::transceiver, std::string_view name = "box1",
                       std::string_view password = "secret1", std::uint8_t version = 0x34) {
        ask_bind(kind, name, password, version);
        return next().status();
    }

    std::uint32_t ask_submit(const std::string& from, const std::string& text, std::uint8_t registered = 0,
                             CommandId command = CommandId::submit_sm) {
        return say([&](std::uint32_t sequence, auto& out) {
            std::vector<std::byte> payload;
            smpp::ShortMessage message = text_message(from, text);
            message.registered_delivery = registered;
            if (command == CommandId::data_sm) {
                smpp::append_tlv(smpp::Tag::message_payload, message.short_message, payload);
                message.short_message = {};
                message.tlvs = smpp::Tlvs(payload);
            }
            smpp::encode_short_message(command, message, sequence, out);
        });
    }
    /// The response to one submit_sm.
    Pdu submit(const std::string& from, const std::string& text, std::uint8_t registered = 0) {
        ask_submit(from, text, registered);
        return next(CommandId::submit_sm, true);
    }
    static smpp::ShortMessage text_message(const std::string& from, const std::string& text) {
        smpp::ShortMessage message;
        message.source = {1, 1, from};
        message.destination = {0, 1, "9840"};
        message.short_message = std::as_bytes(std::span(text));
        return message;
    }
    void unbind() {
        say_header(CommandId::unbind);
        CHECK(next(CommandId::unbind, true).status() == CommandStatus::ok);
    }

private:
    void read() {
        const auto space = frames_.writable();
        socket_.async_read_some(boost::asio::buffer(space.data(), space.size()),
                                [this](const boost::system::error_code& error, std::size_t size) {
                                    if (error) {
                                        over_ = true;
                                        return;
                                    }
                                    frames_.commit(size);
                                    while (const auto frame = *frames_.next()) {
                                        pdus_.push_back({frame->header, {frame->body.begin(), frame->body.end()}});
                                    }
                                    read();
                                });
    }

    Listening& listening_;
    boost::asio::ip::tcp::socket socket_;
    smpp::FrameBuffer frames_;
    std::deque<Pdu> pdus_;
    std::uint32_t sequence_ = 0;
    bool over_ = false;
};

}  // namespace jejak::tests
