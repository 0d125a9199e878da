#pragma once
#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/frame.hpp"
#include "protocol/smpp/session.hpp"

namespace jejak::test {

/// An ESME's session without a socket, and the SMSC at the other end of it as a script: what the ESME sends is looked
/// at, and answered with whatever the test says.
class SmppWire {
public:
    /// A message or a question of the ESME.
    struct Request {
        smpp::CommandId command{};
        std::uint32_t sequence = 0;
        std::vector<std::byte> body;
        smpp::ShortMessage message() const { return *smpp::decode_short_message(command, body); }
        smpp::QuerySm query() const { return *smpp::decode_query_sm(body); }
    };

    explicit SmppWire(SteadyTime now, std::size_t window = 10) : session(options(window), now) {
        for (const auto& bind : requests()) {
            std::vector<std::byte> out;
            smpp::encode_bind_resp(smpp::BindKind::transceiver, smpp::CommandStatus::ok, "smsc", 0x34, bind.sequence,
                                   out);
            feed(out, now);
        }
        REQUIRE(session.bound());
    }

    /// What the ESME sent since the last time.
    std::vector<Request> requests() {
        std::vector<Request> sent;
        smpp::FrameBuffer frames;
        for (auto output = session.output(); !output.empty(); output = session.output()) {
            while (!output.empty()) {
                const auto space = frames.writable();
                const auto size = std::min(space.size(), output.size());
                std::memcpy(space.data(), output.data(), size);
                frames.commit(size);
                session.consumed(size);
                output = output.subspan(size);
                for (auto next = frames.next(); next && *next; next = frames.next()) {
                    const auto& frame = **next;
                    if (smpp::is_response(frame.header.command_id)) continue;
                    sent.push_back({static_cast<smpp::CommandId>(frame.header.command_id),
                                    frame.header.sequence_number,
                                    {frame.body.begin(), frame.body.end()}});
                }
            }
        }
        return sent;
    }
    void answer(const Request& request, smpp::CommandStatus status, const std::string& id, SteadyTime now,
                const std::vector<std::byte>& tlvs = {}) {
        std::vector<std::byte> out;
        smpp::encode_header_only(smpp::response_of(request.command), status, request.sequence, out);
        for (const char c : id) out.push_back(static_cast<std::byte>(c));
        if (!id.empty() || !tlvs.empty()) out.push_back(std::byte{0});
        out.insert(out.end(), tlvs.begin(), tlvs.end());
        out[2] = static_cast<std::byte>(out.size() >> 8);
        out[3] = static_cast<std::byte>(out.size());
        feed(out, now);
    }
    void answer_query(const Request& request, std::uint8_t state, SteadyTime now) {
        std::vector<std::byte> out;
        const auto asked = request.query();
        smpp::QuerySmResp resp;
        resp.message_id = asked.message_id;
        resp.message_state = state;
        smpp::encode_query_sm_resp(resp, request.sequence, out);
        feed(out, now);
    }
    /// Tells `each` what became of the ESME's requests.
    template <class Each>
    void poll(SteadyTime now, Each each) {
        session.tick(now);
        while (auto event = session.poll(now)) {
            if (const auto* ended = std::get_if<smpp::RequestEnded>(&*event)) each(*ended);
        }
    }
    template <class Each>
    void lose(SteadyTime now, Each each) {
        session.disconnected();
        poll(now, each);
    }

    smpp::Session session;

private:
    static smpp::SessionOptions options(std::size_t window) {
        smpp::SessionOptions options;
        options.system_id = "jejak";
        options.window_max = window;
        options.timers.enquire_link = std::chrono::milliseconds(0);
        return options;
    }
    void feed(std::span<const std::byte> octets, SteadyTime now) {
        const auto space = session.writable();
        REQUIRE(space.size() >= octets.size());
        std::memcpy(space.data(), octets.data(), octets.size());
        session.received(octets.size(), now);
        if (!session.bound()) {
            while (session.poll(now)) {
            }
        }
    }
};

}  // namespace jejak::test
