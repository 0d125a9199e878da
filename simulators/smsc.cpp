#include "simulators/smsc.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "gateway/net/address.hpp"
#include "gateway/net/task_group.hpp"
#include "protocol/ensure.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/segments.hpp"
#include "simulators/smsc_line.hpp"

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

/// Septets to what an SMSC sends that packs them, after their header. source: 3GPP TS 23.038 section 6.1.2.1
void pack(sms::OutboundSegment& part) {
    if (part.data_coding != 0) return;
    const std::size_t header = part.udhi ? std::to_integer<std::size_t>(part.octets.at(0)) + 1 : 0;
    const auto packed = sms::gsm7::pack_uncounted(std::span(part.octets).subspan(header), sms::gsm7::fill_bits(header));
    part.octets.resize(header);
    part.octets.insert(part.octets.end(), packed.begin(), packed.end());
}

}  // namespace

Smsc::Smsc(const net::asio::any_io_executor& executor, SmscOptions options)
    : executor_(executor),
      options_(std::move(options)),
      acceptor_(executor),
      control_(executor, {.listen = options_.control, .tls = {}},
               [this](net::Incoming request) { return control(std::move(request)); }),
      queue_(options_.load),
      handsets_(manners().ussd),
      submitted_(options_.keep, manners().submit.packed),
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
    if (options_.scenario) group.spawn("smsc scenario", play());

    net::asio::steady_timer timer(executor_);
    while (!co_await net::stop_requested() && !group.failed() && !(options_.exit_when_done && done())) {
        timer.expires_after(hasty() ? paced_tick_period : tick_period);
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
    const bool played = !options_.scenario || scenario_over_;
    return played && messages_in_flight_ == 0 && queue_.drained() && counts_.submits >= options_.expect_replies;
}

/// Something is due in less than a tick.
bool Smsc::hasty() const {
    if (options_.load.rate > 0 && !queue_.load().exhausted()) return true;
    if (!answers_.empty()) return true;
    return std::any_of(lines_.begin(), lines_.end(),
                       [](const auto& line) { return line->wire && line->wire->holds(); });
}

void Smsc::tick(SteadyTime now) {
    const auto lines = lines_;  // events may close some
    for (const auto& line : lines) {
        if (line->ghost != Cut::none) {
            if (line->ghost_until <= now) befall(line, Cut::reset, {});
            continue;
        }
        if (line->open && line->session.deadline() <= now) line->session.tick(now);
        handle_events(line, now);
        wait_readable(line);  // an answer may have made room
    }
    give_answers(now);
    pump(now);
}

smpp::SessionOptions Smsc::session_options() const {
    smpp::SessionOptions session;
    session.side = smpp::Side::smsc;
    session.system_id = "jejak-sim";
    session.window_max = options_.window;
    session.operations = manners().submit.query != SubmitManners::Query::unknown;
    session.timers = options_.timers;
    return session;
}

void Smsc::accept() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
        if (error == net::asio::error::operation_aborted || stopping_) return;
        if (!error && lines_.size() < options_.sessions_max) {
            boost::system::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            socket.non_blocking(true, ignored);
            lines_.push_back(
                std::make_shared<Line>(std::move(socket), session_options(), std::chrono::steady_clock::now()));
            ++connections_;
            if (options_.scenario) lines_.back()->wire.emplace(manners(), connections_);
            wait_readable(lines_.back());
        }
        accept();
    });
}

void Smsc::wait_readable(const std::shared_ptr<Line>& line) {
    if (!line->open || line->reading || line->ghost == Cut::half_open) return;
    if (line->ghost == Cut::none && !line->session.may_read()) return;
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
        if (line->ghost == Cut::none && !line->session.may_read()) break;
        const auto space = line->session.writable();
        boost::system::error_code error;
        const auto size = line->socket.read_some(net::asio::buffer(space.data(), space.size()), error);
        if (error == net::asio::error::would_block) break;
        if (error) {
            line->session.disconnected();
            handle_events(line, now);
            hang_up(*line);
            break;
        }
        line->session.received(line->ghost == Cut::none ? size : 0, now);
        if (line->ghost == Cut::none) handle_events(line, now);
        if (size < space.size()) break;
    }
    pump(now);
    wait_readable(line);
}

void Smsc::handle_events(const std::shared_ptr<Line>& line, SteadyTime now) {
    while (const auto event = line->session.poll(now)) {
        if (const auto* ended = std::get_if<smpp::RequestEnded>(&*event)) {
            on_ended(*line, *ended, now);
        } else if (const auto* arrived = std::get_if<smpp::MessageArrived>(&*event)) {
            on_message(line, *arrived, now);
        } else if (const auto* multi = std::get_if<smpp::MultiArrived>(&*event)) {
            on_multi(line, *multi, now);
        } else if (const auto* asked = std::get_if<smpp::QueryRequested>(&*event)) {
            on_query(*line, *asked, now);
        } else if (const auto* cancel = std::get_if<smpp::CancelRequested>(&*event)) {
            // What it takes it delivers at once: too late to call back, or to write anew.
            line->session.respond(CommandId::cancel_sm, cancel->sequence, CommandStatus::cancel_failed);
        } else if (const auto* replace = std::get_if<smpp::ReplaceRequested>(&*event)) {
            line->session.respond(CommandId::replace_sm, replace->sequence, CommandStatus::replace_failed);
        } else if (const auto* request = std::get_if<smpp::BindRequested>(&*event)) {
            on_bind(*line, *request);
        } else if (std::holds_alternative<smpp::Closed>(*event)) {
            line->over = true;
        }
    }
}

void Smsc::pump(SteadyTime now) {
    if (!paused_ && !stopping_) {
        for (const auto& line : lines_) {
            while (line->open && has_room(*line)) {
                auto owed = queue_.next(now);
                if (!owed) break;
                send(*line, std::move(*owed), now);
            }
        }
    }
    const auto lines = lines_;  // flush() may close some
    for (const auto& line : lines) flush(line);
}

bool Smsc::has_room(const Line& line) const {
    const bool for_two = !manners().deliver_twice || line.session.outstanding() + 1 < options_.window;
    return for_two && line.session.may_send();
}

std::size_t Smsc::take_slot(InFlight slot) {
    if (free_.empty()) {
        free_.push_back(in_flight_.size());
        in_flight_.emplace_back();
    }
    const auto token = free_.back();
    free_.pop_back();
    ++messages_in_flight_;
    in_flight_[token] = std::move(slot);
    return token;
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
        message.esm_class = text.esm_class;
        if (line.tlvs) message.tlvs = smpp::Tlvs(text.tlvs);
    }
    const bool receipt = owed.parcel && owed.parcel->receipt;
    if (owed.sends++ > 0) {
        ++counts_.redelivered;
    } else if (!receipt) {
        ++counts_.sent;
        if (!first_sent_) first_sent_ = now;
        if (ledger_.on()) ledger_.sent(owed.parcel ? owed.parcel->token : Load::token(owed.load_index));
    }
    const bool twice = manners().deliver_twice && !receipt && owed.sends == 1;
    const auto parcel = owed.parcel;  // what `message` views
    line.session.send(CommandId::deliver_sm, message, take_slot({.owed = std::move(owed), .sent = now, .used = true}),
                      now);
    if (!twice || !line.session.may_send()) return;
    ++counts_.duplicated;
    line.session.send(CommandId::deliver_sm, message,
                      take_slot({.owed = {}, .sent = now, .used = true, .shadow = true}), now);
}

void Smsc::on_ended(Line& line, const smpp::RequestEnded& ended, SteadyTime now) {
    ensure(ended.token < in_flight_.size() && in_flight_[ended.token].used);
    InFlight& slot = in_flight_[ended.token];
    Owed owed = std::move(slot.owed);
    const auto waited = now - slot.sent;
    if (ended.how == smpp::RequestEnded::How::answered) note_heard(line, slot.sent, now);
    const bool shadow = slot.shadow;
    slot = {};
    free_.push_back(ended.token);
    --messages_in_flight_;
    if (shadow) return;

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
    if (!line->open || line->writing || line->ghost != Cut::none) return;
    ledger_.write();
    if (line->wire) return flush_wire(line);
    while (!line->session.output().empty()) {
        std::size_t size = 0;
        if (!write(line, line->session.output(), size)) return;
        line->session.consumed(size);
    }
    if (line->over) hang_up(*line);
}

void Smsc::flush_wire(const std::shared_ptr<Line>& line) {
    auto& wire = *line->wire;
    while (!line->session.output().empty()) {
        const auto output = line->session.output();
        wire.take(output);
        line->session.consumed(output.size());
    }
    while (!wire.ready().empty()) {
        std::size_t size = 0;
        if (!write(line, wire.ready(), size)) return;
        wire.written(size);
        if (wire.dribbles()) break;
    }
    if (const auto cut = wire.cut()) return befall(line, *cut, wire.lasts());
    if (line->over && !wire.holds()) hang_up(*line);
}

bool Smsc::write(const std::shared_ptr<Line>& line, std::span<const std::byte> octets, std::size_t& size) {
    boost::system::error_code error;
    size = line->socket.write_some(net::asio::buffer(octets.data(), octets.size()), error);
    if (!error) return true;
    if (error == net::asio::error::would_block) {
        line->writing = true;
        line->socket.async_wait(tcp::socket::wait_write, [this, line](boost::system::error_code failed) {
            line->writing = false;
            if (failed || !line->open) return;
            flush(line);
            wait_readable(line);
        });
        return false;
    }
    line->session.disconnected();
    handle_events(line, std::chrono::steady_clock::now());
    hang_up(*line);
    return false;
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
        handle_events(line, now);
        hang_up(*line);
    }
}

void Smsc::throttle(double share, CommandStatus status) {
    throttle_share_ = share;
    throttle_owed_ = 0;
    throttle_left_ = 0;
    throttle_status_ = status;
}

bool Smsc::deliver(const MoText& text, std::function<void(CommandStatus)> settled) {
    std::vector<sms::OutboundSegment> parts;
    if (text.octets) {
        parts.push_back({.octets = *text.octets, .data_coding = text.data_coding, .udhi = false, .segment = {}});
    } else {
        parts = sms::segment_text(text.text, static_cast<std::uint8_t>(texts_ + 1));
        if (parts.empty()) return false;
        if (manners().submit.packed)
            for (auto& part : parts) pack(part);
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
        parcel.esm_class = parts[i].udhi ? static_cast<std::uint8_t>(text.esm_class | udhi) : text.esm_class;
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
