#include "simulators/smsc.hpp"

#include <boost/asio/buffer.hpp>
#include <charconv>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "gateway/net/address.hpp"
#include "gateway/net/task_group.hpp"
#include "protocol/ensure.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::sim {

using net::asio::ip::tcp;
using smpp::CommandId;
using smpp::CommandStatus;

namespace {

constexpr std::chrono::milliseconds tick_period(20);
constexpr std::chrono::milliseconds paced_tick_period(1);
constexpr std::chrono::milliseconds close_limit(2'000);
/// Reads in a row from one line before others get their turn.
constexpr int reads_in_a_row = 4;

tcp::endpoint parse_endpoint(const std::string& address) {
    const auto parsed = net::parse_listen(address);
    const auto* endpoint = parsed ? std::get_if<tcp::endpoint>(&*parsed) : nullptr;
    if (!endpoint) throw std::runtime_error("not an IP address with a port: " + address);
    return *endpoint;
}

/// `+` numbers are international E.164, names are alphanumeric, the rest is the operator's own.
smpp::AddressView address_of(std::string_view spelt) {
    if (spelt.starts_with('+')) return {.ton = 1, .npi = 1, .digits = spelt.substr(1)};
    const bool name = spelt.find_first_not_of("0123456789*#") != std::string_view::npos;
    return {.ton = static_cast<std::uint8_t>(name ? 5 : 0),
            .npi = static_cast<std::uint8_t>(name ? 0 : 1),
            .digits = spelt};
}

/// What an SMSC tries again later; other statuses end a message.
bool for_now(CommandStatus status) {
    return status == CommandStatus::system_error || status == CommandStatus::message_queue_full ||
           status == CommandStatus::throttled || status == CommandStatus::temporary_app_error;
}

void append_tlv(sms::Bytes& out, smpp::Tag tag, std::span<const std::byte> value) {
    const auto number = static_cast<std::uint16_t>(tag);
    for (const auto octet :
         {number >> 8, number & 0xFF, static_cast<int>(value.size() >> 8), static_cast<int>(value.size() & 0xFF)}) {
        out.push_back(static_cast<std::byte>(octet));
    }
    out.insert(out.end(), value.begin(), value.end());
}

}  // namespace

/// One ESME's connection.
struct Smsc::Line {
    Line(tcp::socket connected, smpp::SessionOptions session_options, SteadyTime now)
        : socket(std::move(connected)), session(std::move(session_options), now) {}

    tcp::socket socket;
    smpp::Session session;
    bool open = true;
    bool writing = false;  ///< waits until the socket takes more
    bool reading = false;
    bool over = false;  ///< the session ended: close once its output is written
    bool tlvs = true;   ///< the peer said 3.4 or later
};

Smsc::Smsc(const net::asio::any_io_executor& executor, SmscOptions options)
    : executor_(executor),
      options_(std::move(options)),
      acceptor_(executor),
      control_(executor, {.listen = options_.control, .tls_certificate = {}, .tls_key = {}},
               [this](net::Incoming request) { return control(std::move(request)); }),
      queue_(options_.load),
      submitted_(options_.keep),
      ledger_(options_.ledger, options_.ledger_sync),
      id_base_(static_cast<std::uint64_t>(std::time(nullptr)) << 28) {
    const auto endpoint = parse_endpoint(options_.listen);
    boost::system::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::asio::socket_base::max_listen_connections, error);
    if (error) throw std::runtime_error("cannot listen on " + options_.listen + ": " + error.message());
}

Smsc::~Smsc() = default;

std::string Smsc::smpp_address() const {
    return net::to_text(acceptor_.local_endpoint());
}

std::size_t Smsc::sessions_bound() const {
    std::size_t bound = 0;
    for (const auto& line : lines_) bound += line->session.bound() ? 1u : 0u;
    return bound;
}

net::awaitable<void> Smsc::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    net::TaskGroup group(executor_);
    group.spawn("smsc control", control_.run());
    accept();

    const bool paced = options_.load.rate > 0;
    net::asio::steady_timer timer(executor_);
    while (!co_await net::stop_requested() && !group.failed() && !(options_.exit_when_done && done())) {
        timer.expires_after(paced && !queue_.load().exhausted() ? paced_tick_period : tick_period);
        co_await timer.async_wait(net::use_tuple);
        tick(std::chrono::steady_clock::now());
    }
    co_await close_lines();
    group.stop();
    co_await group.join(close_limit);
}

net::awaitable<void> Smsc::close_lines() {
    stopping_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    const auto began = std::chrono::steady_clock::now();
    for (const auto& line : lines_) line->session.close(began);
    net::asio::steady_timer timer(executor_);
    for (auto now = began; !lines_.empty() && now < began + close_limit; now = std::chrono::steady_clock::now()) {
        tick(now);
        timer.expires_after(paced_tick_period);
        co_await timer.async_wait(net::use_tuple);
    }
    drop();
    ledger_.write();
}

bool Smsc::done() const {
    return messages_in_flight_ == 0 && queue_.drained() && counts_.submits >= options_.expect_replies;
}

void Smsc::tick(SteadyTime now) {
    const auto lines = lines_;  // events may close some
    for (const auto& line : lines) {
        if (line->open && line->session.deadline() <= now) line->session.tick(now);
        handle_events(*line, now);
    }
    pump(now);
}

void Smsc::accept() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
        if (error == net::asio::error::operation_aborted || stopping_) return;
        if (!error && lines_.size() < options_.sessions_max) {
            boost::system::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            socket.non_blocking(true, ignored);
            smpp::SessionOptions session;
            session.side = smpp::Side::smsc;
            session.system_id = "jejak-sim";
            session.window_max = options_.window;
            session.timers = options_.timers;
            lines_.push_back(
                std::make_shared<Line>(std::move(socket), std::move(session), std::chrono::steady_clock::now()));
            wait_readable(lines_.back());
        }
        accept();
    });
}

void Smsc::wait_readable(const std::shared_ptr<Line>& line) {
    if (!line->open || line->reading || !line->session.may_read()) return;
    line->reading = true;
    line->socket.async_wait(tcp::socket::wait_read, [this, line](boost::system::error_code error) {
        line->reading = false;
        if (error || !line->open) return;
        on_readable(line);
    });
}

void Smsc::on_readable(const std::shared_ptr<Line>& line) {
    const auto now = std::chrono::steady_clock::now();
    for (int i = 0; i < reads_in_a_row && line->open; ++i) {
        const auto space = line->session.writable();
        boost::system::error_code error;
        const auto size = line->socket.read_some(net::asio::buffer(space.data(), space.size()), error);
        if (error == net::asio::error::would_block) break;
        if (error) {
            line->session.disconnected();
            handle_events(*line, now);
            hang_up(*line);
            break;
        }
        line->session.received(size, now);
        handle_events(*line, now);
        if (size < space.size()) break;
    }
    pump(now);
    wait_readable(line);
}

void Smsc::handle_events(Line& line, SteadyTime now) {
    while (const auto event = line.session.poll(now)) {
        if (const auto* ended = std::get_if<smpp::RequestEnded>(&*event)) {
            on_ended(*ended, now);
        } else if (const auto* arrived = std::get_if<smpp::MessageArrived>(&*event)) {
            on_message(line, *arrived);
        } else if (const auto* request = std::get_if<smpp::BindRequested>(&*event)) {
            on_bind(line, *request);
        } else if (std::holds_alternative<smpp::Closed>(*event)) {
            line.over = true;
        }
    }
}

void Smsc::on_bind(Line& line, const smpp::BindRequested& request) {
    const bool known = (options_.system_id.empty() || request.pdu.system_id == options_.system_id) &&
                       (options_.password.empty() || request.pdu.password == options_.password);
    if (stopping_ || !known) {
        ++counts_.binds_refused;
        line.session.refuse_bind(CommandStatus::bind_failed);
        return;
    }
    constexpr std::uint8_t first_with_tlvs = 0x34;
    line.tlvs = request.pdu.interface_version >= first_with_tlvs;
    ++counts_.binds;
    line.session.accept_bind("jejak-sim");
}

void Smsc::on_message(Line& line, const smpp::MessageArrived& arrived) {
    if (!arrived.message) {
        line.session.respond(arrived.command, arrived.sequence, arrived.malformed);
        return;
    }
    throttle_owed_ += throttle_share_;
    if (throttle_owed_ >= 1) {
        throttle_owed_ -= 1;
        ++counts_.throttled;
        line.session.respond(arrived.command, arrived.sequence, throttle_status_);
        return;
    }
    if (handsets_.take(*arrived.message)) {
        ++counts_.screens;
        line.session.respond(arrived.command, arrived.sequence, CommandStatus::ok, "ussd");
        return;
    }
    constexpr std::uint8_t final_receipt_bits = 0x03;
    const bool receipt = options_.receipts && (arrived.message->registered_delivery & final_receipt_bits) == 1;
    if (receipt && !queue_.room_for_receipt()) {
        line.session.respond(arrived.command, arrived.sequence, CommandStatus::message_queue_full);
        return;
    }
    char id[24];
    ++counts_.submits;
    const auto* const end = std::to_chars(std::begin(id), std::end(id), id_base_ + counts_.submits, 16).ptr;
    const std::string_view message_id(id, static_cast<std::size_t>(end - id));
    submitted_.add(*arrived.message, message_id, wall_now());
    if (receipt) queue_receipt(*arrived.message, message_id);
    line.session.respond(arrived.command, arrived.sequence, CommandStatus::ok, message_id);
}

void Smsc::queue_receipt(const smpp::ShortMessage& submit, std::string_view id) {
    char when[16];
    const std::time_t seconds = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::strftime(when, sizeof when, "%y%m%d%H%M", &utc);

    // source: SMPP 3.4 appendix B
    const auto text = "id:" + std::string(id) + " sub:001 dlvrd:001 submit date:" + when + " done date:" + when +
                      " stat:DELIVRD err:000 text:";
    Parcel parcel;
    spell_address(submit.destination, parcel.from);
    spell_address(submit.source, parcel.to);
    const auto octets = std::as_bytes(std::span(text));
    parcel.octets.assign(octets.begin(), octets.end());
    parcel.esm_class = 0x04;
    parcel.receipt = true;
    const auto with_nul = std::string(id) + '\0';
    constexpr std::byte delivered{2};
    append_tlv(parcel.tlvs, smpp::Tag::receipted_message_id, std::as_bytes(std::span(with_nul)));
    append_tlv(parcel.tlvs, smpp::Tag::message_state, std::span(&delivered, 1));
    // Without a delay it leaves together with the response, the hardest case for an ESME.
    const bool at_once = options_.receipt_delay.count() == 0;
    queue_.add(std::move(parcel), at_once ? SteadyTime{} : std::chrono::steady_clock::now() + options_.receipt_delay);
}

void Smsc::pump(SteadyTime now) {
    if (!paused_ && !stopping_) {
        for (const auto& line : lines_) {
            while (line->open && line->session.may_send()) {
                auto owed = queue_.next(now);
                if (!owed) break;
                send(*line, std::move(*owed), now);
            }
        }
    }
    const auto lines = lines_;  // flush() may close some
    for (const auto& line : lines) flush(line);
}

void Smsc::send(Line& line, Owed owed, SteadyTime now) {
    smpp::ShortMessage message;
    if (owed.parcel) {
        message.source = address_of(owed.parcel->from);
        message.destination = address_of(owed.parcel->to);
        message.short_message = owed.parcel->octets;
        message.data_coding = owed.parcel->data_coding;
        message.esm_class = owed.parcel->esm_class;
        message.service_type = owed.parcel->service_type;
        if (line.tlvs) message.tlvs = smpp::Tlvs(owed.parcel->tlvs);
    } else {
        const auto text = queue_.load().render(owed.load_index, scratch_);
        message.source = {.ton = 1, .npi = 1, .digits = text.from};
        message.destination = address_of(options_.service_number);
        message.short_message = text.octets;
    }
    const bool receipt = owed.parcel && owed.parcel->receipt;
    if (owed.sends++ > 0) {
        ++counts_.redelivered;
    } else if (!receipt) {
        ++counts_.sent;
        if (!first_sent_) first_sent_ = now;
        if (ledger_.on()) ledger_.sent(owed.parcel ? owed.parcel->token : Load::token(owed.load_index));
    }
    if (free_.empty()) {
        free_.push_back(in_flight_.size());
        in_flight_.emplace_back();
    }
    const auto token = free_.back();
    free_.pop_back();
    ++messages_in_flight_;
    in_flight_[token] = {.owed = std::move(owed), .sent = now, .used = true};
    line.session.send(CommandId::deliver_sm, message, token, now);
}

void Smsc::on_ended(const smpp::RequestEnded& ended, SteadyTime now) {
    ensure(ended.token < in_flight_.size() && in_flight_[ended.token].used);
    InFlight& slot = in_flight_[ended.token];
    Owed owed = std::move(slot.owed);
    const auto waited = now - slot.sent;
    slot = {};
    free_.push_back(ended.token);
    --messages_in_flight_;

    if (ended.how == smpp::RequestEnded::How::unanswered) {
        queue_.again(std::move(owed));
        return;
    }
    const bool receipt = owed.parcel && owed.parcel->receipt;
    if (ended.status == CommandStatus::ok) {
        if (receipt) {
            ++counts_.receipts;
            return;
        }
        ++counts_.acked;
        latency_.add(waited);
        last_acked_ = now;
        if (ledger_.on()) ledger_.acked(owed.parcel ? owed.parcel->token : Load::token(owed.load_index));
    } else {
        ++counts_.refused[static_cast<std::uint32_t>(ended.status)];
        if (for_now(ended.status) && ++owed.refusals < options_.refusals_max) {
            queue_.later(std::move(owed), now + options_.retry_delay);
            return;
        }
        ++counts_.given_up;
    }
    if (owed.parcel && owed.parcel->settled) owed.parcel->settled(ended.status);
}

void Smsc::flush(const std::shared_ptr<Line>& line) {
    if (!line->open || line->writing) return;
    ledger_.write();
    while (!line->session.output().empty()) {
        const auto output = line->session.output();
        boost::system::error_code error;
        const auto size = line->socket.write_some(net::asio::buffer(output.data(), output.size()), error);
        if (error == net::asio::error::would_block) {
            line->writing = true;
            line->socket.async_wait(tcp::socket::wait_write, [this, line](boost::system::error_code failed) {
                line->writing = false;
                if (failed || !line->open) return;
                flush(line);
                wait_readable(line);
            });
            return;
        }
        if (error) {
            line->session.disconnected();
            handle_events(*line, std::chrono::steady_clock::now());
            hang_up(*line);
            return;
        }
        line->session.consumed(size);
    }
    if (line->over) hang_up(*line);
}

void Smsc::hang_up(Line& line) {
    if (!line.open) return;
    line.open = false;
    boost::system::error_code ignored;
    line.socket.close(ignored);
    std::erase_if(lines_, [&](const std::shared_ptr<Line>& one) { return one.get() == &line; });
}

void Smsc::resume() {
    paused_ = false;
    pump(std::chrono::steady_clock::now());
}

void Smsc::drop() {
    const auto now = std::chrono::steady_clock::now();
    const auto lines = lines_;
    for (const auto& line : lines) {
        line->session.disconnected();
        handle_events(*line, now);
        hang_up(*line);
    }
}

void Smsc::throttle(double share, CommandStatus status) {
    throttle_share_ = share;
    throttle_owed_ = 0;
    throttle_status_ = status;
}

bool Smsc::deliver(const MoText& text, std::function<void(CommandStatus)> settled) {
    std::vector<sms::OutboundSegment> parts;
    if (text.octets) {
        parts.push_back({.octets = *text.octets, .data_coding = text.data_coding, .udhi = false});
    } else {
        parts = sms::segment_text(text.text, static_cast<std::uint8_t>(texts_ + 1));
        if (parts.empty()) return false;
    }
    ++texts_;
    // The text is settled when its last part is; the first refusal is what it is settled with.
    struct Whole {
        std::size_t open;
        CommandStatus status = CommandStatus::ok;
        std::function<void(CommandStatus)> settled;
    };
    auto whole = std::make_shared<Whole>(Whole{.open = parts.size(), .settled = std::move(settled)});
    const auto token = text.token.empty() ? "mo" + std::to_string(texts_) : text.token;
    constexpr std::uint8_t udhi = 0x40;
    if (queue_.waiting() + parts.size() > DeliveryQueue::parcels_max) return false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Parcel parcel;
        parcel.from = text.from;
        parcel.to = text.to.empty() ? options_.service_number : text.to;
        parcel.octets = std::move(parts[i].octets);
        parcel.data_coding = parts[i].data_coding;
        parcel.esm_class = text.octets ? text.esm_class : parts[i].udhi ? udhi : std::uint8_t{0};
        parcel.service_type = text.service_type;
        if (i + 1 == parts.size()) parcel.tlvs = text.tlvs;
        parcel.token = parts.size() == 1 ? token : token + "/" + std::to_string(i + 1);
        parcel.settled = [whole](CommandStatus status) {
            if (whole->status == CommandStatus::ok) whole->status = status;
            if (--whole->open == 0 && whole->settled) whole->settled(whole->status);
        };
        ensure(queue_.add(std::move(parcel)));
    }
    pump(std::chrono::steady_clock::now());
    return true;
}

}  // namespace jejak::sim
