#include "gateway/channel/server/peer.hpp"

#include <spdlog/spdlog.h>

#include "gateway/channel/server/peer_message_id.hpp"
#include "protocol/smpp/time_format.hpp"
#include "protocol/time.hpp"

/// What a bound peer's messages and questions come to. How it binds is peer_bind.cpp's.
namespace jejak::channel {
namespace {

using How = intake::Accepted::How;
using net::awaitable;
using smpp::CommandId;
using smpp::CommandStatus;

/// A report addressed to several is one of ours where it names our number; without one, every number is.
bool is_ours(const SmppChannelOptions& options, std::string_view digits) {
    const auto bare = [](std::string_view number) { return number.substr(number.starts_with('+') ? 1 : 0); };
    return options.service_number.empty() || bare(options.service_number) == bare(digits);
}

smpp::SessionOptions session_options(const SmppServerOptions& server, std::chrono::milliseconds session_init) {
    smpp::SessionOptions options;
    options.side = smpp::Side::smsc;
    options.system_id = server.channel.system_id;
    options.interface_version = server.channel.interface_version;
    options.tlvs_always = server.channel.tlvs_always;
    options.window_max = 1;  // the account's own once it is bound
    options.owed_max = 1;
    options.operations = true;
    options.strict = true;
    options.refuse_trailing = server.refuse_trailing;
    options.timers.session_init = std::max(session_init, std::chrono::milliseconds(1));  // 0 is none at all
    options.timers.incomplete = std::min(options.timers.incomplete, server.session_init * 3);
    options.timers.enquire_link = server.channel.enquire_link;
    options.timers.response = server.channel.response_limit;
    options.timers.inactivity = server.inactivity;
    return options;
}

}  // namespace

SmppPeer::SmppPeer(SmppBinds& binds, net::Stream stream, net::asio::ip::address from,
                   std::shared_ptr<WaitingRoom::Place> place, SteadyTime bind_by)
    : binds_(binds), from_(std::move(from)), place_(std::move(place)), bind_by_(bind_by), wait_(stream.executor()) {
    SmppLinkOwner& owner = *this;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(bind_by - steady_now());
    link_ = std::make_shared<SmppLink>(std::move(stream), session_options(binds.options, left), owner);
}

awaitable<void> SmppPeer::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    const auto self = shared_from_this();
    binds_.peers.emplace(this, self);
    place_->gives_way_by([weak = weak_from_this()] {
        if (const auto peer = weak.lock()) peer->abandon();
    });
    co_await link_->run();
    binds_.peers.erase(this);
    if (!answers_.empty() && !link_->said_all()) {  // it unbound in order, but the last answers did not reach it
        spdlog::warn("event=answers_lost channel={} account={}", channel().name, account_->name());
        doubt_answers();
    }
}

void SmppPeer::abandon() {
    place_.reset();
    link_->abandon();
}

void SmppPeer::on_event(SmppLink&, smpp::Event& event) {
    if (!std::holds_alternative<smpp::Closed>(event)) heard_ = steady_now();
    std::visit([this](auto& what) { happened(what); }, event);
}

void SmppPeer::events_told(SmppLink& link) {
    odd_.tell(link.session().counts(), channel().name, binds_.telemetry);
    if (account_ != nullptr) account_->settle();
}

void SmppPeer::fill(SmppLink& link, SteadyTime now) {
    if (account_ == nullptr) return;
    if (binds_.should_unbind(now) && link.session().bound() && !std::exchange(unbinds_for_store_, true)) {
        spdlog::warn("event=unbind_for_store channel={} account={}", channel().name, account_->name());
        link.session().close(now);
    }
    account_->fill(link, link.session(), now);
}

bool SmppPeer::takes_requests(SmppLink&, SteadyTime now) {
    if (account_ == nullptr) return true;
    if (in_line_) binds_.let_read();  // it may be this one's turn
    binds_.pace.called -= std::exchange(called_, 0);
    if (!in_line_ && !binds_.pace.full(binds_.intake.in_flight())) return true;
    return waits_since_ && now - *waits_since_ >= ReadingPace::wait_max;
}

void SmppPeer::requests_wait(SmppLink&, SteadyTime now) {
    if (!waits_since_) waits_since_ = now;
    if (!std::exchange(in_line_, true)) binds_.pace.waiting.push_back(weak_from_this());
}

std::size_t SmppPeer::go_on() {
    in_line_ = false;
    if (closed_) return 0;
    called_ = window_;
    binds_.pace.called += called_;
    link_->answered();
    return called_;
}

SteadyTime SmppPeer::wake_at(SteadyTime now) const {
    if (account_ == nullptr) return SteadyTime::max();
    const auto until = account_->wake_at(*link_, now);
    return binds_.store_failing_since ? std::min(until, now + SmppBinds::store_poll) : until;
}

// ---- Messages

void SmppPeer::happened(smpp::MessageArrived& arrived) {
    if (!arrived.message) {  // a strict session answers those itself
        link_->session().respond(arrived.command, arrived.sequence, arrived.malformed);
        return;
    }
    Owed owed;
    owed.command = arrived.command;
    owed.sequence = arrived.sequence;
    take(*arrived.message, std::move(owed));
}

void SmppPeer::happened(smpp::MultiArrived& arrived) {
    Owed owed;
    owed.command = CommandId::submit_multi;
    owed.sequence = arrived.sequence;
    auto message = arrived.pdu.message;
    bool any = false;
    const auto fail = [&owed](const smpp::AddressView& address, CommandStatus why) {
        smpp::append_item(smpp::FailedDestination{address, why}, owed.failed);
        ++owed.failed_count;
    };
    for (const auto& destination : arrived.pdu.destinations) {
        if (destination.is_list()) {
            fail({0, 0, destination.list}, CommandStatus::invalid_list_name);
        } else if (!is_ours(channel(), destination.address.digits)) {
            fail(destination.address, CommandStatus::invalid_destination);
        } else if (!any) {
            any = true;
            message.destination = destination.address;
        }
    }
    if (any) return take(message, std::move(owed));
    link_->session().respond(CommandId::submit_multi, arrived.sequence, CommandStatus::invalid_destination);
    link_->answered();
}

void SmppPeer::take(const smpp::ShortMessage& message, Owed owed) {
    if (!in_line_ && !binds_.pace.full(binds_.intake.in_flight())) waits_since_.reset();
    owed.registered_delivery = message.registered_delivery;
    owed.source = WireAddress::of(message.source);
    owed.destination = WireAddress::of(message.destination);
    owed.came = wall_now();
    const SmppInbox::From from{account_->name(), number_, account_->replies(), account_->ussd(),
                               account_->ready(steady_now())};
    // Kept until it is answered, even if the connection goes: then its answer is in doubt.
    auto done = [self = shared_from_this(), owed = std::move(owed)](const SmppInbox::Taken& taken) {
        self->answer(owed, taken);
    };
    binds_.inbox.take(message, from, std::move(done));
}

void SmppPeer::answer(const Owed& owed, const SmppInbox::Taken& taken) {
    binds_.let_read();
    const auto status = binds_.inbox.answer_to(taken.how);
    if (!status) return link_->abandon();
    if (taken.how != How::stored) {
        link_->session().respond(owed.command, owed.sequence, *status);
        return link_->answered();
    }
    // What has no row of its own gets an id that no question finds.
    const auto row = taken.message != 0 ? taken.message : binds_.intake.next_message_id();
    const auto message_id = peer_message_id(binds_.vault, channel().name, account_->name(), row);
    respond(owed, message_id);
    if (taken.message != 0) remember(taken.message);
    link_->answered();
    account_->screens_wait();
    tell_receipts(owed, message_id);
}

void SmppPeer::respond(const Owed& owed, const std::string& message_id) {
    if (owed.command == CommandId::submit_multi) {
        const smpp::PackedList<smpp::FailedDestination> failed(owed.failed, owed.failed_count);
        return link_->session().respond(owed.sequence, smpp::SubmitMultiResp{message_id, failed, {}});
    }
    link_->session().respond(owed.command, owed.sequence, CommandStatus::ok, message_id);
}

/// A message is delivered once it is stored, so there is nothing to report of failure.
void SmppPeer::tell_receipts(const Owed& owed, const std::string& message_id) {
    OutgoingReceipt receipt{message_id, owed.destination, owed.source, sms::MessageState::enroute,
                            true,       owed.came,        wall_now()};
    const auto now = steady_now();
    if (smpp::wants_intermediate(owed.registered_delivery)) account_->submit(receipt, now);
    const auto wish = smpp::receipt_wish(owed.registered_delivery);
    if (wish != smpp::ReceiptWish::always && wish != smpp::ReceiptWish::on_success) return;
    receipt.state = sms::MessageState::delivered;
    receipt.intermediate = false;
    account_->submit(std::move(receipt), now);
}

/// The peer may never have read this answer, should the connection break within a minute.
void SmppPeer::remember(storage::Id message) {
    if (closed_) return binds_.intake.session_ended({message});
    answers_.add(message, steady_now());
}

/// The connection broke: whatever was answered lately may come again.
void SmppPeer::doubt_answers() {
    binds_.intake.session_ended(answers_.in_doubt(steady_now()));
    answers_.clear();
}

/// The account binds anew: this bind may be dead, and nobody noticed yet. What it was told last may come again, by the
/// other one.
void SmppPeer::doubt_unconfirmed() {
    const auto doubtful = answers_.unconfirmed(steady_now(), heard_, window_);
    if (!doubtful.empty()) binds_.intake.session_doubted(channel().name, number_, doubtful);
}

// ---- Questions about messages: each was delivered when it was stored

void SmppPeer::happened(smpp::QueryRequested& asked) {
    const auto row = message_of_peer(binds_.vault, channel().name, account_->name(), asked.pdu.message_id);
    if (row) {
        binds_.tasks.spawn("smpp_query", look_up(shared_from_this(), asked.sequence, std::string(asked.pdu.message_id),
                                                 *row, key_of(asked.pdu.source)));
        return;
    }
    link_->session().respond(CommandId::query_sm, asked.sequence, CommandStatus::query_failed);
    link_->answered();
}

awaitable<void> SmppPeer::look_up(std::shared_ptr<SmppPeer> self, std::uint32_t sequence, std::string message_id,
                                  storage::Id message, storage::LookupKey sender) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    std::optional<storage::Message> row;
    auto ask = [&row, message](storage::View& view) { row = view.message(message); };
    bool failed = false;
    try {
        co_await binds_.store.read(ask);
    } catch (const std::exception&) {
        spdlog::warn("event=query_unreadable channel={}", channel().name);
        failed = true;
    }
    auto& session = link_->session();
    if (failed) {
        session.respond(CommandId::query_sm, sequence, CommandStatus::system_error);
    } else if (!row || row->channel != channel().name || row->sender_key != sender) {
        session.respond(CommandId::query_sm, sequence, CommandStatus::query_failed);
    } else {
        const auto date = smpp::format_absolute_time(row->received_at);
        const auto state = static_cast<std::uint8_t>(sms::MessageState::delivered);
        session.respond(sequence, smpp::QuerySmResp{message_id, date, state, 0, {}});
    }
    link_->answered();
    (void)self;
}

void SmppPeer::happened(smpp::CancelRequested& asked) {
    link_->session().respond(CommandId::cancel_sm, asked.sequence, CommandStatus::cancel_failed);
    link_->answered();
}

void SmppPeer::happened(smpp::ReplaceRequested& asked) {
    link_->session().respond(CommandId::replace_sm, asked.sequence, CommandStatus::replace_failed);
    link_->answered();
}

void SmppPeer::happened(smpp::RequestEnded& ended) {
    if (account_ != nullptr) account_->ended(ended, steady_now());
}

void SmppPeer::happened(smpp::AnsweredLate& answer) {
    if (account_ != nullptr) account_->answered_late(answer, steady_now());
}

storage::LookupKey SmppPeer::key_of(const smpp::AddressView& address) const {
    const auto who = sms::normalise(address.digits, static_cast<sms::Ton>(address.ton), channel().country_code);
    return binds_.vault.lookup("msisdn", who.address);
}

}  // namespace jejak::channel
