#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <deque>

#include "gateway/net/address.hpp"
#include "gateway/net/connecting.hpp"
#include "gateway/net/task_group.hpp"
#include "gateway/tool/smpp_probe.hpp"
#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/frame.hpp"
#include "protocol/smpp/wire.hpp"
#include "protocol/time.hpp"

/// The probe's own walk through a session, request by request. The gateway's session is not used: it hides what is to
/// be seen here, such as an answer with a wrong sequence number.
namespace jejak::tool {
namespace {

using net::awaitable;
using net::asio::ip::tcp;
using smpp::CommandId;
using smpp::CommandStatus;
using std::chrono::microseconds;
using How = Asked::How;

microseconds since(SteadyTime began) {
    return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - began);
}

/// What came first from something that is no SMSC.
std::string stranger(std::uint32_t first_octets) {
    if (first_octets >> 16 == 0x1503 || first_octets >> 16 == 0x1603) return "it speaks TLS: try --tls";
    for (int shift = 0; shift < 32; shift += 8) {
        const auto octet = first_octets >> shift & 0xFF;
        if (octet < 0x20 || octet > 0x7E) return "its first octets are no PDU: is this the port for SMPP?";
    }
    return "it speaks a protocol of text, such as HTTP: is this the port for SMPP?";
}

/// The connection: keeps what comes until somebody asks for it.
class Peer {
public:
    /// PDUs kept; a peer that sends more unasked is not read any further.
    static constexpr std::size_t kept_max = 1'000;

    struct Pdu {
        smpp::Header header;
        std::vector<std::byte> body;
    };

    explicit Peer(net::Stream stream)
        : stream_(std::move(stream)), came_(stream_.executor()), tasks_(stream_.executor()) {
        tasks_.spawn("probe reader", read());
    }

    awaitable<void> write(std::vector<std::byte> pdu) {
        const auto [error, size] = co_await stream_.write(net::asio::buffer(pdu.data(), pdu.size()));
        if (error) over_ = true;
    }

    /// The next PDU; empty when none came before `until`, or none can come any more.
    awaitable<std::optional<Pdu>> next(SteadyTime until) {
        while (pdus_.empty() && !over_ && steady_now() < until) {
            came_.expires_at(until);
            co_await came_.async_wait(net::use_tuple);
        }
        if (pdus_.empty()) co_return std::nullopt;
        auto first = std::move(pdus_.front());
        pdus_.pop_front();
        co_return first;
    }

    bool over() const { return over_ && pdus_.empty(); }
    /// Why framing was lost; empty while it holds.
    const std::optional<smpp::FrameError>& broken() const { return broken_; }
    const net::Stream& stream() const { return stream_; }
    /// Nothing is read any more.
    void cut() { stream_.close(); }
    awaitable<void> close(std::chrono::milliseconds limit) {
        co_await stream_.shutdown();
        co_await tasks_.join(limit);
    }

private:
    awaitable<void> read() {
        while (!over_ && pdus_.size() < kept_max) {
            const auto space = frames_.writable();
            const auto [error, size] = co_await stream_.read_some(net::asio::buffer(space.data(), space.size()));
            if (error) break;
            frames_.commit(size);
            take_frames();
            came_.cancel();
        }
        over_ = true;
        came_.cancel();
    }

    void take_frames() {
        for (;;) {
            const auto frame = frames_.next();
            if (!frame) {
                broken_ = frame.error();
                over_ = true;
                return;
            }
            if (!*frame) return;
            const auto& [header, body] = **frame;
            pdus_.push_back({header, {body.begin(), body.end()}});
        }
    }

    net::Stream stream_;
    smpp::FrameBuffer frames_;
    std::deque<Pdu> pdus_;
    net::asio::steady_timer came_;
    bool over_ = false;
    std::optional<smpp::FrameError> broken_;
    net::TaskGroup tasks_;
};

/// One probe of one address.
class Probe {
public:
    explicit Probe(ProbeOptions options) : options_(std::move(options)) {}

    awaitable<ProbeReport> run() {
        if (auto socket = co_await connect()) {
            if (auto stream = co_await secure(std::move(*socket))) {
                report_.stage = ProbeReport::Stage::bind;
                peer_.emplace(std::move(*stream));
                co_await talk();
                co_await peer_->close(options_.timeout);
            }
        }
        co_return std::move(report_);
    }

private:
    awaitable<std::optional<tcp::socket>> connect() {
        net::Lookup lookup(co_await net::asio::this_coro::executor);
        net::ConnectOptions how;
        how.lookup_limit = how.address_limit = options_.timeout;
        net::Connecting connecting(lookup, options_.host, options_.port, how);
        auto socket = co_await connecting.next();
        if (!connecting.address()) {
            const bool silent = connecting.fault() == net::ConnectFault::lookup_timeout;
            fail(silent ? "no name server answered in time" : "the name has no address",
                 "is it spelt right, and does this machine's name server know it?");
            co_return std::nullopt;
        }
        report_.stage = ProbeReport::Stage::connection;
        if (!socket) {
            fail("no connection: " + (connecting.detail().empty() ? "no answer in time" : connecting.detail()),
                 "is the port open, and does a firewall between let this machine through?");
            co_return std::nullopt;
        }
        report_.connected_in = connecting.took();
        report_.address = net::to_text(*connecting.address());
        co_return socket;
    }

    awaitable<std::optional<net::Stream>> secure(tcp::socket socket) {
        if (!options_.tls) co_return net::Stream(std::move(socket));
        report_.stage = ProbeReport::Stage::handshake;
        const net::TlsClient client("probe", *options_.tls);
        const auto began = steady_now();
        auto secured = co_await net::within(options_.timeout, client.connect(std::move(socket), options_.host));
        if (!secured) {
            fail("TLS: timeout", "the peer did not finish the handshake in time: does it speak TLS?");
            co_return std::nullopt;
        }
        report_.secured_in = since(began);
        if (secured->fault) fail("TLS: " + std::string(secured->fault->reason), secured->fault->hint);
        if (secured->stream) report_.tls = net::tls_facts(*secured->stream);
        co_return std::move(secured->stream);
    }

    awaitable<void> talk() {
        co_await bind();
        if (!report_.bound()) co_return;
        for (unsigned i = 0; i < options_.enquiries && !peer_->over(); ++i) {
            const auto asked = co_await ask(CommandId::enquire_link);
            ++report_.enquiries;
            if (asked.how == How::answered) report_.round_trips.push_back(asked.took);
        }
        if (!peer_->over()) report_.unknown_parameter = co_await ask_with_unknown_parameter();
        if (!peer_->over() && options_.bind != smpp::BindKind::receiver) report_.query = co_await query();
        if (!peer_->over()) report_.unbind = co_await ask(CommandId::unbind);
    }

    awaitable<void> bind() {
        smpp::Bind pdu;
        pdu.system_id = options_.system_id;
        pdu.password = options_.password.reveal();
        pdu.system_type = options_.system_type;
        pdu.interface_version = options_.version;
        std::vector<std::byte> octets;
        encode_bind(options_.bind, pdu, ++sequence_, octets);
        report_.bind = co_await send(smpp::command_of(options_.bind), std::move(octets));
        judge_bind();
    }

    void judge_bind() {
        const auto& bind = report_.bind;
        if (bind.how == How::answered && bind.status == CommandStatus::ok) {
            report_.stage = ProbeReport::Stage::bound;
            read_bind_resp();
        } else if (bind.how == How::answered || bind.how == How::nacked) {
            fail((bind.how == How::nacked ? "the bind was answered by generic_nack " : "the bind was refused: ") +
                     smpp::to_string(bind.status),
                 bind_hint(bind.status));
        } else if (peer_->broken()) {
            fail("no SMPP", stranger(peer_->broken()->command_length));
        } else if (const auto fault = net::tls_fault(peer_->stream())) {
            fail("TLS: " + std::string(fault->reason), fault->hint);
        } else if (bind.how == How::closed) {
            fail("the peer closed without an answer to the bind",
                 options_.tls ? "does it take connections from this machine's address?"
                              : "does it take connections from this machine's address, or want TLS (--tls)?");
        } else {
            fail("no answer to the bind",
                 "some peers drop what they do not like without a word: try another --version, and ask whether this "
                 "machine's address and system_id are registered; a port for TLS is silent too");
        }
    }

    void read_bind_resp() {
        const auto pdu = smpp::decode_bind_resp(last_body_);
        if (!pdu) return note("the body of its bind_resp does not decode");
        report_.smsc_id = std::string(pdu->system_id);
        for (const auto& one : pdu->tlvs)
            report_.parameters.push_back({static_cast<std::uint16_t>(one.tag), {one.value.begin(), one.value.end()}});
        if (pdu->tlvs.damaged()) note("the optional parameters of its bind_resp are damaged");
    }

    awaitable<Asked> ask(CommandId command) {
        std::vector<std::byte> octets;
        encode_header_only(static_cast<std::uint32_t>(command), CommandStatus::ok, ++sequence_, octets);
        co_return co_await send(command, std::move(octets));
    }

    awaitable<Asked> ask_with_unknown_parameter() {
        constexpr auto nobodys_tag = static_cast<smpp::Tag>(0x3FFD);
        std::vector<std::byte> octets;
        encode_header_only(static_cast<std::uint32_t>(CommandId::enquire_link), CommandStatus::ok, ++sequence_, octets);
        smpp::append_tlv(nobodys_tag, std::uint16_t{0x4A4A}, octets);
        smpp::store_u32(octets.data(), static_cast<std::uint32_t>(octets.size()));
        co_return co_await send(CommandId::enquire_link, std::move(octets));
    }

    awaitable<Asked> query() {
        std::vector<std::byte> octets;
        smpp::QuerySm pdu;
        pdu.message_id = "jejak-probe";
        encode_query_sm(pdu, ++sequence_, octets);
        co_return co_await send(CommandId::query_sm, std::move(octets));
    }

    /// Sends the request that has the last sequence number, and waits for what it is answered with.
    awaitable<Asked> send(CommandId command, std::vector<std::byte> octets) {
        const auto began = steady_now();
        co_await peer_->write(std::move(octets));
        while (const auto pdu = co_await peer_->next(began + options_.timeout)) {
            const auto& header = pdu->header;
            if (!smpp::is_response(header.command_id)) {
                co_await take_request(header);
                continue;
            }
            const bool nack = header.command_id == static_cast<std::uint32_t>(CommandId::generic_nack);
            if (!nack && header.command_id != smpp::response_of(command)) {
                note(smpp::command_name(header.command_id) + " came, and nobody had asked");
                continue;
            }
            if (!nack && header.sequence_number < sequence_) {
                note(smpp::command_name(header.command_id) + " came after its time");
                continue;
            }
            if (header.sequence_number != sequence_)
                note(smpp::command_name(header.command_id) + " has a sequence number of its own");
            last_body_ = pdu->body;
            co_return Asked{nack ? How::nacked : How::answered, static_cast<CommandStatus>(header.command_status),
                            since(began)};
        }
        co_return Asked{peer_->over() ? How::closed : How::silent, CommandStatus::ok, since(began)};
    }

    /// The peer's own requests. Messages are not ours to take.
    awaitable<void> take_request(const smpp::Header& header) {
        const auto command = static_cast<CommandId>(header.command_id);
        if (command == CommandId::deliver_sm || command == CommandId::data_sm) {
            ++report_.messages;
        } else if (command == CommandId::enquire_link || command == CommandId::unbind) {
            std::vector<std::byte> octets;
            encode_header_only(smpp::response_of(command), CommandStatus::ok, header.sequence_number, octets);
            co_await peer_->write(std::move(octets));
            if (command == CommandId::unbind) note("it unbound first");
        } else if (command != CommandId::alert_notification) {
            note(smpp::command_name(header.command_id) + " came, which an SMSC does not send");
        }
    }

    void fail(std::string fault, std::string hint) {
        report_.fault = std::move(fault);
        report_.hint = std::move(hint);
    }
    void note(std::string what) {
        constexpr std::size_t notes_max = 20;
        auto& notes = report_.notes;
        const bool known = std::find(notes.begin(), notes.end(), what) != notes.end();
        if (!known && notes.size() < notes_max) notes.push_back(std::move(what));
    }

    ProbeOptions options_;
    ProbeReport report_;
    std::optional<Peer> peer_;
    std::uint32_t sequence_ = 0;
    std::vector<std::byte> last_body_;
};

}  // namespace

std::optional<std::uint8_t> ProbeReport::sc_interface_version() const {
    for (const auto& one : parameters) {
        if (one.tag == static_cast<std::uint16_t>(smpp::Tag::sc_interface_version) && one.value.size() == 1)
            return std::to_integer<std::uint8_t>(one.value[0]);
    }
    return std::nullopt;
}

awaitable<ProbeReport> probe(ProbeOptions options) {
    Probe one(std::move(options));
    co_return co_await one.run();
}

}  // namespace jejak::tool
