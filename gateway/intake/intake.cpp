#include "gateway/intake/intake.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "gateway/casework/words.hpp"
#include "gateway/intake/job.hpp"
#include "protocol/ensure.hpp"

namespace jejak::intake {
namespace {

using casework::Handled;
using casework::ReplyRoute;
using casework::Subject;
using sms::Remark;
using storage::Column;
using storage::Committed;
using storage::Id;
using storage::LookupKey;
using storage::Table;
using storage::Unit;

constexpr std::chrono::milliseconds queue_retry{25};
constexpr std::chrono::hours believed_for{7 * 24};
constexpr std::chrono::hours reply_too_late{2};  ///< by then it may reach the wrong hands

/// The SMSC's own words, perhaps, under the number of whoever our reply went to: read as hearsay, and nothing else is
/// done with them. No reply goes to that number, no question it was asked is answered by them, and they count as
/// nothing it sent.
bool stands_apart(sms::Remarks remarks) {
    return has(remarks, Remark::stray_receipt);
}

/// A place in a long text that cannot be, or a part that names nobody who sent it: two of whom have one reference soon,
/// and nothing tells whose the next part is. It is a text of its own, marked, and so is one that stands apart: it would
/// end in another's text. One of one is, too.
void settle_segment(sms::InboundText& text) {
    if (!text.segment) return;
    const auto& segment = *text.segment;
    const bool nobodys = text.sender.kind == sms::Originator::Kind::empty && segment.total > 1;
    const bool stray = segment.part == 0 || segment.part > segment.total || nobodys || stands_apart(text.remarks);
    if (stray) text.remarks = text.remarks | Remark::stray_segment;
    if (stray || segment.total <= 1) text.segment.reset();
}

std::string joined(std::string_view first, std::string_view second) {
    std::string both;
    both.reserve(first.size() + 1 + second.size());
    both.append(first).push_back('\0');
    both.append(second);
    return both;
}

/// When the wire says a text was sent: not in the future, and not so long ago that the clock must be wrong.
bool believable(const std::optional<WallTime>& sent_at, WallTime now) {
    return sent_at && *sent_at <= now && now - *sent_at <= believed_for;
}

}  // namespace

void read_into(Subject& subject, WallTime received_at) {
    understand::ReadingContext context;
    context.received_at = received_at;
    context.sender = subject.sender.address;
    try {
        subject.reading = understand::read(*subject.pack, subject.text, context);
    } catch (const std::exception&) {
        subject.quarantined = true;
    }
}

bool keeps_raw(const sms::InboundText& text) {
    constexpr auto unreadable = sms::Remarks{} | Remark::undecodable | Remark::binary;
    constexpr auto doubtful = unreadable | Remark::bad_udh | Remark::replaced | Remark::unknown_table |
                              Remark::guessed | Remark::unannounced_udh | Remark::bad_tlv | Remark::stray_receipt;
    return (text.remarks & (text.segment ? unreadable : doubtful)) != 0;
}

Intake::Intake(StoreAccess& store, const storage::Vault& vault, const casework::Publisher& publisher, PackSource pack,
               IntakeOptions options, Clock clock)
    : store_(store),
      vault_(vault),
      caseworker_(publisher, options.answers_within),
      assembler_(vault, options.segments),
      receipts_(store, vault, clock, std::move(options.receipt_pairs)),
      pack_(std::move(pack)),
      clock_(std::move(clock)),
      lanes_(options.lanes),
      budget_(std::move(options.replies)),
      groups_(std::move(options.groups)),
      ids_(store.store().last_message()) {}

/// Channels of one group are ways to one peer: what it repeats, it may repeat by another of them.
const std::string& Intake::scope_of(const std::string& channel) const {
    const auto found = groups_.find(channel);
    return found == groups_.end() ? channel : found->second;
}

void Intake::accept(std::string channel, sms::InboundText text, ReplyRoute route, Done done) {
    auto job = std::make_shared<Job>();
    job->scope = source_of(scope_of(channel), text.account);
    job->way = way_of(channel, text.bind);
    if (const auto own = brought_.find(job->way); own != brought_.end()) job->brought = own->second;
    settle_segment(text);
    job->since = std::chrono::steady_clock::now();
    const auto now = clock_();
    auto& row = job->row;
    row.id = ids_.next(now);
    row.channel = channel;
    row.account = text.account;
    row.received_at = now;
    row.remarks = text.remarks;
    row.sender_kind = static_cast<std::uint8_t>(text.sender.kind);
    row.sender_key = vault_.lookup("msisdn", text.sender.address);
    row.sender = vault_.seal(Table::message, Column::sender, row.id, text.sender.address);
    row.destination = vault_.seal(Table::message, Column::destination, row.id, text.destination.reveal());
    row.text = vault_.seal(Table::message, Column::text, row.id, text.text.reveal());
    if (keeps_raw(text)) row.raw = vault_.seal(Table::message, Column::raw, row.id, as_text(text.raw));
    if (!text.fingerprint_input.empty()) {
        row.fingerprint = vault_.lookup("fingerprint", joined(job->scope, as_text(text.fingerprint_input)));
        find_earlier(*job, now);
    }
    if (!text.provider_id.empty()) {
        // With the sender: a modem that counts anew after a restart must not swallow another person's call.
        row.provider_key = vault_.lookup("provider", joined(text.provider_id, text.sender.address));
    }

    auto& subject = job->subject;
    subject.message = row.id;
    subject.sender = text.sender;
    subject.sender_key = row.sender_key;
    subject.pack = pack_();
    subject.route = stands_apart(text.remarks) ? ReplyRoute{} : std::move(route);
    subject.quarantined = has(text.remarks, Remark::undecodable) || has(text.remarks, Remark::binary);
    subject.text = text.text.reveal();
    subject.said_at = believable(text.sent_at, now) ? *text.sent_at : now;
    subject.late = now - subject.said_at > reply_too_late;
    const bool is_read = !text.segment && !subject.quarantined;
    const bool at_once = is_read && subject.text.size() <= read_at_once_max;
    if (at_once) read_into(subject, subject.said_at);
    job->channel = std::move(channel);
    job->text = std::move(text);
    job->done = std::move(done);
    ++in_flight_count_;
    if (is_read && !at_once) return read_apart(std::move(job));
    submit(std::move(job));
}

/// A text of 32 KiB takes milliseconds to read, and one of 64 KiB may come: sessions do not wait for it.
void Intake::read_apart(std::shared_ptr<Job> job) {
    auto kept = net::asio::make_work_guard(store_.executor());  // the loop stays until it is back
    net::asio::post(reader_, [this, job = std::move(job), kept = std::move(kept)]() mutable {
        read_into(job->subject, job->subject.said_at);
        net::asio::post(kept.get_executor(), [this, job = std::move(job)]() mutable { submit(std::move(job)); });
    });
}

/// The same message still on its way to the disk, or one that came again lately by another session.
void Intake::find_earlier(Job& job, WallTime now) {
    const auto [flying, fresh] = in_flight_.try_emplace(*job.row.fingerprint, InFlight{job.row.id, job.way});
    if (!fresh) {
        job.repeated_first = flying->second.first;
        job.first_way = flying->second.way;
    } else {
        job.repeated_first = redeliveries_.first_of(*job.row.fingerprint, job.way, now);
    }
}

net::awaitable<Accepted> Intake::accept(std::string channel, sms::InboundText text, ReplyRoute route) {
    auto start = [this](auto handler, std::string name, sms::InboundText inbound, ReplyRoute back) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        Done done = [waiting](Accepted accepted) { std::move (*waiting)(std::move(accepted)); };
        accept(std::move(name), std::move(inbound), std::move(back), std::move(done));
    };
    co_return co_await net::asio::async_initiate<decltype(net::asio::use_awaitable), void(Accepted)>(
        start, net::asio::use_awaitable, std::move(channel), std::move(text), std::move(route));
}

void Intake::submit(std::shared_ptr<Job> job) {
    if (!mark_doubts()) {
        const auto how = store_.store().healthy() ? Committed::queue_full : Committed::storage_failed;
        net::asio::post(store_.executor(), [this, job = std::move(job), how] { finish(job, how); });
        return;
    }
    // `done` holds the job until all is over.
    auto apply = [this, job = job.get()](Unit& unit) { store(unit, *job); };
    auto instead = [job = job.get()](Unit& unit) {
        auto row = job->row;
        row.fate = Fate::quarantined;
        row.assembly.reset();
        row.duplicate_of.reset();
        unit.add(row);
        job->accepted.handled = Handled{};
        job->accepted.handled.fate = Fate::quarantined;
    };
    store_.submit(apply, instead, [this, job = std::move(job)](Committed how) { finish(job, how); });
}

void Intake::finish(const std::shared_ptr<Job>& job, Committed how) {
    const auto waited = std::chrono::steady_clock::now() - job->since;
    if (how == Committed::queue_full && waited < later_after) {
        auto timer = std::make_shared<net::asio::steady_timer>(store_.executor(), queue_retry);
        timer->async_wait([this, job, timer](boost::system::error_code) { submit(job); });
        return;
    }
    --in_flight_count_;
    auto& accepted = job->accepted;
    if (const auto& fingerprint = job->row.fingerprint) {
        const auto flying = in_flight_.find(*fingerprint);
        if (flying != in_flight_.end() && flying->second.first == job->row.id) in_flight_.erase(flying);
        if (how == Committed::durable && job->duplicate_of)
            redeliveries_.note(*fingerprint, *job->duplicate_of, job->way, job->first_way, clock_());
    }
    accepted.message = job->row.id;
    if (how == Committed::queue_full) accepted.how = Accepted::How::busy;
    if (how == Committed::storage_failed) accepted.how = Accepted::How::storage_failed;
    job->done(std::move(accepted));
}

/// The message this one repeats: the provider says so, or a peer sends again what it may not know we have.
std::optional<Id> Intake::first_of(Unit& unit, const Job& job) const {
    if (job.row.provider_key) return unit.message_of_provider(job.channel, *job.row.provider_key);
    if (!job.row.fingerprint) return std::nullopt;
    if (job.repeated_first && unit.message(*job.repeated_first)) return job.repeated_first;
    const auto first = unit.uncertain(*job.row.fingerprint, unit.now());
    const bool own = first && job.brought && std::binary_search(job.brought->begin(), job.brought->end(), *first);
    return own ? std::nullopt : first;  // who brought it is well after all: the person says it again
}

void Intake::store(Unit& unit, Job& job) {
    job.accepted.handled = Handled{};
    job.accepted.duplicate = false;
    job.duplicate_of.reset();
    if (const auto first = first_of(unit, job)) {
        unit.forget_uncertain(*first);
        job.duplicate_of = first;
        auto row = job.row;
        row.provider_key.reset();  // the first one holds it
        return store_repeat(unit, job, row, *first);
    }
    if (job.text.segment) {
        auto row = job.row;
        return store_part(unit, job, row);
    }
    act(unit, job, job.row.id, false);
    job.row.remarks |= remarks_of(job.subject, job.accepted.handled);
    job.row.fate = job.accepted.handled.fate;
    unit.add(job.row);  // last, so that its fate is written once
}

void Intake::store_repeat(Unit& unit, Job& job, storage::Message& row, Id first) {
    row.fate = Fate::duplicate;
    row.duplicate_of = first;
    unit.add(row);
    job.accepted.duplicate = true;
    job.accepted.handled.fate = Fate::duplicate;
}

/// Casework on `message`: this one, or the one that leads a long text (`text` is then the whole).
void Intake::act(Unit& unit, Job& job, Id message, bool answered, std::optional<std::string> text) {
    auto& subject = job.subject;
    const bool apart = stands_apart(job.text.remarks);
    subject.message = message;
    subject.answered = answered || apart;
    subject.hearsay = apart;
    if (text) {
        subject.text = std::move(*text);
        read_into(subject, subject.said_at);
    }
    const auto source = source_of(job.channel, job.row.account);
    if (!apart) weigh(subject, source, unit.now());
    auto& handled = job.accepted.handled;
    handled = caseworker_.handle(unit, subject);
    if (!apart) note(subject, source, handled, unit.now());
}

/// What the sender and the source did lately, as far as it decides a reply.
void Intake::weigh(Subject& subject, const std::string& source, WallTime now) {
    subject.lane = lanes_.count(subject.sender_key, now);
    const bool flooded = budget_.count(source, now);
    if (flooded && subject.lane == casework::Lane::normal) subject.lane = casework::Lane::flood;
    if (subject.sender.kind != sms::Originator::Kind::msisdn) return;
    subject.allowance = budget_.allowance(subject.sender.address, source, flooded, now);
    const auto recurrence = lanes_.recurrence(subject.sender_key, subject.text, now);
    subject.unclear_answered = recurrence.unclear_answered;
    subject.repeated = recurrence.repeated;
    subject.said_lately = recurrence.said_lately;
    subject.said_often = recurrence.said_often;
    subject.machine =
        recurrence.answered_lately && (recurrence.echo || casework::sounds_automatic(*subject.pack, subject.text));
    subject.last_report = lanes_.last_report(subject.sender_key);
}

void Intake::note(const Subject& subject, const std::string& source, const Handled& handled, WallTime now) {
    if (subject.sender.kind != sms::Originator::Kind::msisdn) return;
    if (handled.report != 0) lanes_.note_report(subject.sender_key, handled.report);
    if (!handled.reply) return;
    const bool unclear = handled.fate == Fate::unclear || handled.fate == Fate::quarantined;
    lanes_.note_answer(subject.sender_key, subject.text, handled.reply_text, unclear, now);
    budget_.spend(subject.sender.address, source, now);
}

bool Intake::may_write_to(const std::string& number, const std::string& channel, WallTime now) {
    if (budget_.allowance(number, channel, false, now) != casework::Allowance::free) return false;
    budget_.spend(number, channel, now);
    return true;
}

}  // namespace jejak::intake
