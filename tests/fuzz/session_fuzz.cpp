#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "protocol/ensure.hpp"
#include "protocol/smpp/session.hpp"

using namespace jejak::smpp;
using jejak::ensure;
using jejak::SteadyTime;

namespace {

using Octets = std::vector<std::byte>;

/// Which requests came with each number, and how many responses of it went out.
struct Ledger {
    std::map<std::pair<std::uint32_t, std::uint32_t>, long> open;   ///< (response id, sequence) → requests unanswered
    std::map<std::uint32_t, long> nackable;                         ///< sequence → requests, of any kind, unanswered
    std::map<std::pair<std::uint32_t, std::uint32_t>, long> taken;  ///< those the owner answered with ESME_ROK
    long binds_accepted = 0;                                        ///< not told yet
};

/// A session driven by the input: octets from the peer in pieces, time, and what an owner may do. Checks that every
/// response answers one request, that no message is acknowledged but by its owner, that no response is answered, and
/// that the events keep their promises.
class Drive {
public:
    /// The low bits of `how`: the side, and which of its options are on.
    explicit Drive(unsigned how) : side_((how & 1) == 0 ? Side::esme : Side::smsc), session_(options(how), now_) {
        check_output();
    }

    void step(std::uint8_t action, std::span<const std::byte> octets) {
        switch (action % 8) {
            case 0:
            case 1:
            case 2:
                hear(octets);
                break;
            case 3:
                answer(octets);
                break;
            case 4:
                send(octets);
                break;
            case 5:
                pass_time(octets);
                break;
            case 6:
                if (octets.size() % 4 == 3) session_.close(now_);
                break;
            default:
                if (octets.size() % 16 == 15) {
                    over_ = true;
                    session_.disconnected();
                }
                break;
        }
        poll();
        check_output();
    }

    /// The owner's duty at the end: whatever was sent has ended.
    void finish() {
        over_ = true;
        session_.disconnected();
        poll();
        check_output();
        ensure(closed_ && tokens_open_ == 0 && session_.outstanding() == 0);
        ensure(session_.deadline() == SteadyTime::max());
    }

private:
    static constexpr std::size_t owed_max = 5;

    static SessionOptions options(unsigned how) {
        SessionOptions options;
        options.side = (how & 1) == 0 ? Side::esme : Side::smsc;
        options.operations = (how & 2) != 0;
        options.strict = (how & 4) != 0;
        options.refuse_trailing = (how & 8) != 0;
        options.tlvs_always = (how & 16) != 0;
        if ((how & 32) != 0) options.timers.inactivity = std::chrono::seconds(15);
        options.system_id = "gw";
        options.window_max = 3;
        options.owed_max = owed_max;
        options.pdu_size_max = 2'000;
        options.unbound_pdu_size_max = 256;
        return options;
    }

    void hear(std::span<const std::byte> octets) {
        while (!octets.empty()) {
            make_room();
            const auto space = session_.writable();
            const auto size = std::min(space.size(), octets.size());
            std::copy_n(octets.begin(), size, space.begin());
            session_.received(size, now_);
            heard_.insert(heard_.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
            octets = octets.subspan(size);
            book_requests();
            poll();
        }
    }

    /// Requests are handed out while fewer than `owed_max` are owed: those behind them need answers first.
    void make_room() {
        while (!closed_ && owed_.size() >= owed_max) {
            answer({});
            poll();
        }
    }

    /// The framing of what was heard, kept apart from the session's own.
    void book_requests() {
        while (heard_.size() >= header_size) {
            const auto header = decode_header(std::span(heard_).first<header_size>());
            if (header.command_length < header_size || header.command_length > heard_.size()) return;
            if (!is_response(header.command_id) && !without_response(header.command_id)) {
                ++ledger_.open[{header.command_id | response_bit, header.sequence_number}];
                ++ledger_.nackable[header.sequence_number];
            }
            heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(header.command_length));
        }
    }

    static bool without_response(std::uint32_t command_id) {
        return command_id == static_cast<std::uint32_t>(CommandId::alert_notification) ||
               command_id == static_cast<std::uint32_t>(CommandId::outbind);
    }

    void answer(std::span<const std::byte> octets) {
        if (owed_.empty()) return;
        const auto status = octets.empty() ? CommandStatus::ok : CommandStatus::temporary_app_error;
        const auto [command, sequence] = owed_.back();
        owed_.pop_back();
        if (status == CommandStatus::ok) ++ledger_.taken[{response_of(command), sequence}];
        if (command == CommandId::query_sm && status == CommandStatus::ok) {
            session_.respond(sequence, QuerySmResp{"id", "", 1, 0, {}});
        } else if (command == CommandId::submit_multi && status == CommandStatus::ok) {
            answer_multi(sequence);
        } else {
            session_.respond(command, sequence, status, "id");
        }
        ensure(session_.owed() == owed_.size());
    }

    void answer_multi(std::uint32_t sequence) {
        Octets items;
        append_item(FailedDestination{{1, 1, "628400000001"}, CommandStatus::invalid_destination}, items);
        session_.respond(sequence, SubmitMultiResp{"id", {items, 1}, {}});
    }

    void send(std::span<const std::byte> octets) {
        if (session_.may_alert() && octets.size() % 8 == 7) {
            session_.alert({{1, 1, "628400000001"}, {0, 1, "4321"}, Tlvs(octets)});
            return;
        }
        if (!session_.may_send()) return;
        if (side_ == Side::esme && octets.size() % 8 == 7) {
            if (session_.query({"id", {0, 1, "4321"}}, ++token_, now_)) ++tokens_open_;
            return;
        }
        ShortMessage message;
        message.tlvs = Tlvs(octets);
        message.destination.digits = "628400000001";
        message.short_message = octets.first(std::min<std::size_t>(octets.size(), 140));
        if (session_.send(session_.message_command(), message, ++token_, now_)) ++tokens_open_;
        ensure(session_.outstanding() == tokens_open_);
    }

    void pass_time(std::span<const std::byte> octets) {
        for (const auto octet : octets) now_ += std::chrono::milliseconds(50 * std::to_integer<int>(octet));
        session_.tick(now_);
    }

    void poll() {
        while (auto event = session_.poll(now_)) {
            ensure(!closed_);
            std::visit([this](const auto& what) { take(what); }, *event);
        }
        ensure(session_.owed() == owed_.size());
        ensure(over_ || owed_.size() <= owed_max);
        ensure(session_.outstanding() == tokens_open_);
        ensure(closed_ || session_.deadline() > now_);
    }

    void take(const Bound& event) { (void)std::string(event.system_id); }
    void take(const BindRefused& event) { ensure(event.status != CommandStatus::ok); }
    void take(const BindRequested& event) {
        if (event.pdu.password == "no") return session_.refuse_bind(CommandStatus::invalid_password);
        if (event.pdu.system_id.size() == 13) return;
        session_.accept_bind("SMSC");
        ++ledger_.binds_accepted;
    }
    void take(const MessageArrived& event) {
        ensure(event.message.has_value() == (event.malformed == CommandStatus::ok));
        if (event.message) (void)event.message->user_data();
        owed_.emplace_back(event.command, event.sequence);
    }
    void take(const RequestEnded& event) {
        ensure(event.token > 0 && event.token <= token_ && tokens_open_ > 0);
        ensure(!event.congestion || (*event.congestion <= 100 && session_.congestion()));
        --tokens_open_;
    }
    void take(const AnsweredLate& event) {
        ensure(event.token > 0 && event.token <= token_);
        (void)std::string(event.message_id);
    }
    void take(const MultiArrived& event) {
        ensure(side_ == Side::smsc && !event.pdu.destinations.empty());
        for (const auto& one : event.pdu.destinations) (void)std::string(one.is_list() ? one.list : one.address.digits);
        owed_.emplace_back(CommandId::submit_multi, event.sequence);
    }
    void take(const QueryRequested& event) { owe(CommandId::query_sm, event.sequence, event.pdu.message_id); }
    void take(const CancelRequested& event) { owe(CommandId::cancel_sm, event.sequence, event.pdu.message_id); }
    void take(const ReplaceRequested& event) { owe(CommandId::replace_sm, event.sequence, event.pdu.message_id); }
    void take(const AlertArrived& event) {
        ensure(side_ == Side::esme);
        (void)std::string(event.pdu.source.digits);
    }
    void take(const OutbindArrived& event) {
        ensure(side_ == Side::smsc && !session_.bound());
        (void)std::string(event.pdu.system_id);
    }
    void take(const Closed&) { closed_ = true; }
    void owe(CommandId command, std::uint32_t sequence, std::string_view id) {
        ensure(side_ == Side::smsc && id.size() <= 64);
        owed_.emplace_back(command, sequence);
    }

    void check_output() {
        while (!session_.output().empty()) {
            const auto output = session_.output();
            for (std::size_t at = 0; at < output.size();) {
                const auto header = decode_header(output.subspan(at).first<header_size>());
                ensure(header.command_length >= header_size && header.command_length <= output.size() - at);
                at += header.command_length;
                if (is_response(header.command_id)) check_response(header);
            }
            session_.consumed(output.size());
        }
    }

    void check_response(const Header& header) {
        if (header.command_id == static_cast<std::uint32_t>(CommandId::generic_nack)) {
            if (header.command_status == static_cast<std::uint32_t>(CommandStatus::invalid_command_length)) {
                ensure(closed_ && !nacked_framing_);
                nacked_framing_ = true;
                return;
            }
        } else {
            ensure(--ledger_.open[{header.command_id, header.sequence_number}] >= 0);
            if (header.command_status == 0) check_promise(header);
        }
        ensure(--ledger_.nackable[header.sequence_number] >= 0);
    }

    /// ESME_ROK says that its owner has the message on the disk: only the owner may say so.
    void check_promise(const Header& header) {
        switch (static_cast<CommandId>(header.command_id & ~response_bit)) {
            case CommandId::enquire_link:
            case CommandId::unbind:
                return;
            case CommandId::bind_receiver:
            case CommandId::bind_transmitter:
            case CommandId::bind_transceiver:
                ensure(--ledger_.binds_accepted >= 0);
                return;
            default:
                ensure(--ledger_.taken[{header.command_id, header.sequence_number}] >= 0);
        }
    }

    SteadyTime now_{};
    Side side_;
    Session session_;
    Ledger ledger_;
    Octets heard_;
    std::vector<std::pair<CommandId, std::uint32_t>> owed_;
    std::uint64_t token_ = 0;
    std::size_t tokens_open_ = 0;
    bool over_ = false;  ///< disconnected() was called: whatever had come is told
    bool closed_ = false;
    bool nacked_framing_ = false;
};

}  // namespace

/// The first octet chooses the side and its options; then steps: an action, a length, and that many octets.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = std::as_bytes(std::span(data, size));
    if (input.empty()) return 0;
    Drive drive(std::to_integer<unsigned>(input[0]));
    input = input.subspan(1);
    while (input.size() >= 2) {
        const auto action = std::to_integer<std::uint8_t>(input[0]);
        const auto length = std::min(std::to_integer<std::size_t>(input[1]), input.size() - 2);
        drive.step(action, input.subspan(2, length));
        input = input.subspan(2 + length);
    }
    drive.finish();
    return 0;
}
