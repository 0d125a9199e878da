#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <initializer_list>
#include <string>

#include "protocol/smpp/session.hpp"
#include "tests/support/octets.hpp"
#include "tests/unit/protocol/smpp_vectors.hpp"

/// A session under test, its virtual clock, and what it said, each as a line of words that a table can hold.
namespace jejak::tests {

inline std::string hex_of(std::uint32_t value) {
    char text[9];
    std::snprintf(text, sizeof text, "%x", static_cast<unsigned>(value));
    return text;
}

inline std::string name_of(smpp::BindKind kind) {
    static const char* const names[] = {"receiver", "transmitter", "transceiver"};
    return names[static_cast<int>(kind)];
}

/// "message deliver_sm#2 HELP; " and the like.
struct Describe {
    std::string operator()(const smpp::Bound& event) const {
        return "bound " + name_of(event.kind) + " '" + std::string(event.system_id) + "' " +
               (event.peer_version ? hex_of(*event.peer_version) : "none") + "; ";
    }
    std::string operator()(const smpp::BindRefused& event) const {
        return "refused " + hex_of(static_cast<std::uint32_t>(event.status)) + "; ";
    }
    std::string operator()(const smpp::BindRequested& event) const {
        return "asks " + name_of(event.kind) + " '" + std::string(event.pdu.system_id) + "'; ";
    }
    std::string operator()(const smpp::MessageArrived& event) const {
        const auto head =
            smpp::command_name(static_cast<std::uint32_t>(event.command)) + "#" + hex_of(event.sequence) + " ";
        if (!event.message) {
            return "malformed " + head + hex_of(static_cast<std::uint32_t>(event.malformed)) + " " +
                   std::to_string(event.body.size()) + "; ";
        }
        const auto data = event.message->user_data();
        return "message " + head + std::string(reinterpret_cast<const char*>(data.data()), data.size()) + "; ";
    }
    std::string operator()(const smpp::RequestEnded& event) const {
        if (event.how == smpp::RequestEnded::How::unanswered) return "unanswered " + std::to_string(event.token) + "; ";
        auto line = "answered " + std::to_string(event.token) + " " + hex_of(static_cast<std::uint32_t>(event.status)) +
                    " '" + std::string(event.message_id) + "'";
        if (event.query) {
            line += " state " + std::to_string(event.query->message_state) + " '" +
                    std::string(event.query->final_date) + "'";
        }
        if (event.congestion) line += " congested " + std::to_string(*event.congestion);
        return line + "; ";
    }
    std::string operator()(const smpp::MultiArrived& event) const {
        auto line = "multi#" + hex_of(event.sequence);
        for (const auto& one : event.pdu.destinations) {
            line += one.is_list() ? " list " + std::string(one.list) : " " + std::string(one.address.digits);
        }
        return line + "; ";
    }
    std::string operator()(const smpp::QueryRequested& event) const {
        return "query#" + hex_of(event.sequence) + " '" + std::string(event.pdu.message_id) + "' " +
               std::string(event.pdu.source.digits) + "; ";
    }
    std::string operator()(const smpp::CancelRequested& event) const {
        return "cancel#" + hex_of(event.sequence) + " '" + std::string(event.pdu.message_id) + "' " +
               std::string(event.pdu.source.digits) + " " + std::string(event.pdu.destination.digits) + "; ";
    }
    std::string operator()(const smpp::ReplaceRequested& event) const {
        const auto data = event.pdu.user_data();
        return "replace#" + hex_of(event.sequence) + " '" + std::string(event.pdu.message_id) + "' " +
               std::string(reinterpret_cast<const char*>(data.data()), data.size()) + "; ";
    }
    std::string operator()(const smpp::AlertArrived& event) const {
        const auto status = event.pdu.tlvs.u8(smpp::Tag::ms_availability_status);
        return "alert " + std::string(event.pdu.source.digits) + " " + std::string(event.pdu.esme.digits) + " " +
               (status ? std::to_string(*status) : "none") + "; ";
    }
    std::string operator()(const smpp::OutbindArrived& event) const {
        return "outbind '" + std::string(event.pdu.system_id) + "'; ";
    }
    std::string operator()(const smpp::AnsweredLate& event) const {
        return "late#" + std::to_string(event.token) + " " + hex_of(static_cast<std::uint32_t>(event.status)) + " '" +
               std::string(event.message_id) + "'; ";
    }
    std::string operator()(const smpp::Closed& event) const {
        return "closed " + std::string(to_string(event.why)) + "; ";
    }
};

inline Octets joined(std::initializer_list<Octets> pdus) {
    Octets all;
    for (const auto& pdu : pdus) all.insert(all.end(), pdu.begin(), pdu.end());
    return all;
}

class Talk {
public:
    explicit Talk(smpp::SessionOptions options) : session(std::move(options), now) {}

    /// Hands octets over as a socket would, and polls after each piece.
    std::string hear(std::span<const std::byte> octets) {
        std::string events;
        while (!octets.empty()) {
            const auto space = session.writable();
            const auto size = std::min(space.size(), octets.size());
            std::copy_n(octets.begin(), size, space.begin());
            session.received(size, now);
            octets = octets.subspan(size);
            events += poll();
        }
        return events;
    }
    std::string hear(std::uint32_t command_id, std::uint32_t sequence, std::uint32_t status = 0,
                     std::string_view body = {}) {
        return hear(pdu(command_id, sequence, status, body));
    }
    std::string hear(smpp::CommandId command, std::uint32_t sequence, std::string_view body = {}) {
        return hear(static_cast<std::uint32_t>(command), sequence, 0, body);
    }

    std::string poll() {
        std::string events;
        while (const auto event = session.poll(now)) events += std::visit(Describe(), *event);
        return events;
    }

    std::string wait(std::chrono::milliseconds time) {
        now += time;
        session.tick(now);
        return poll();
    }

    /// What it wrote since last asked, all of it consumed.
    Octets octets() {
        Octets all;
        while (!session.output().empty()) {
            const auto some = session.output();
            all.insert(all.end(), some.begin(), some.end());
            session.consumed(some.size());
        }
        return all;
    }

    /// The same in words: "submit_sm#2 deliver_sm_resp#7 generic_nack#0!2 ", a status other than 0 after the '!'.
    std::string sent() {
        const auto all = octets();
        std::string words;
        for (std::size_t at = 0; at < all.size();) {
            const auto header = smpp::decode_header(std::span(all).subspan(at).first<smpp::header_size>());
            words += smpp::command_name(header.command_id) + "#" + hex_of(header.sequence_number);
            if (header.command_status != 0) words += "!" + hex_of(header.command_status);
            words += " ";
            at += header.command_length;
        }
        return words;
    }

    /// A PDU with a body in hexadecimal.
    static Octets pdu(std::uint32_t command_id, std::uint32_t sequence, std::uint32_t status = 0,
                      std::string_view body = {}) {
        const auto octets = from_hex(body);
        Octets whole;
        for (const auto value :
             {static_cast<std::uint32_t>(smpp::header_size + octets.size()), command_id, status, sequence}) {
            for (int shift = 24; shift >= 0; shift -= 8) whole.push_back(static_cast<std::byte>(value >> shift & 0xFF));
        }
        whole.insert(whole.end(), octets.begin(), octets.end());
        return whole;
    }

    void send(smpp::CommandId command, std::uint64_t token) {
        smpp::ShortMessage message;
        message.destination.digits = "628400000001";
        session.send(command, message, token, now);
    }

    SteadyTime now{};
    smpp::Session session;
};

inline smpp::SessionOptions esme_options(smpp::BindKind kind = smpp::BindKind::transceiver) {
    smpp::SessionOptions options;
    options.bind = kind;
    options.system_id = "gw";
    options.password = "pw";
    options.window_max = 4;
    return options;
}

/// An ESME whose bind was accepted.
inline Talk bound_esme(smpp::SessionOptions options = esme_options()) {
    Talk talk(std::move(options));
    const auto bind = talk.octets();
    const auto command = smpp::decode_header(std::span(bind).first<smpp::header_size>()).command_id;
    talk.hear(command | smpp::response_bit, 1, 0, "534d534300 0210000134");
    return talk;
}

inline smpp::SessionOptions smsc_options() {
    smpp::SessionOptions options;
    options.side = smpp::Side::smsc;
    options.window_max = 4;
    return options;
}

/// An SMSC that accepted a bind.
inline Talk bound_smsc(smpp::CommandId bind = smpp::CommandId::bind_transceiver,
                       smpp::SessionOptions options = smsc_options()) {
    Talk talk(std::move(options));
    talk.hear(bind, 1, "677700707700 00 34 00 00 00");
    talk.session.accept_bind("SMSC");
    talk.poll();
    talk.octets();
    return talk;
}

}  // namespace jejak::tests
