#include "gateway/intake/intake.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "gateway/casework/words.hpp"
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
constexpr std::size_t overdue_per_turn = 32;
constexpr std::size_t recover_page = 1'000;
constexpr std::size_t recover_messages_max = 200'000;

std::string_view as_text(const sms::Bytes& octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// A place in a long text that cannot be: the part is a text of its own. One of one is, too.
void settle_segment(sms::InboundText& text) {
    if (!text.segment) return;
    const auto& segment = *text.segment;
    if (segment.part == 0 || segment.part > segment.total) text.remarks = text.remarks | Remark::stray_segment;
    if (segment.total <= 1 || segment.part == 0 || segment.part > segment.total) text.segment.reset();
}

/// When the wire says a text was sent: not in the future, and not so long ago that the clock must be wrong.
bool believable(const std::optional<WallTime>& sent_at, WallTime now) {
    return sent_at && *sent_at <= now && now - *sent_at <= believed_for;
}

/// Our own mistake in reading must not cost the report: it is stored as quarantined, and a person reads it.
void read(Subject& subject, WallTime received_at) {
    understand::ReadingContext context;
    context.received_at = received_at;
    context.sender = subject.sender.address;
    try {
        subject.reading = understand::read(*subject.pack, subject.text, context);
    } catch (const std::exception&) {
        subject.quarantined = true;
    }
}

}  // namespace

/// One message between the network thread and the writer thread. Only one of them holds it at a time.
struct Intake::Job {
    std::string channel;
    sms::InboundText text;
    ReplyRoute route;
    Done done;
    SteadyTime since;
    storage::Message row;
    Subject subject;
    std::optional<Id> in_flight_first;
    bool waited_for_room = false;
    Accepted accepted;
};

std::size_t Intake::KeyHash::operator()(const LookupKey& key) const {
    std::size_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof hash);
    return hash;
}

Intake::Intake(StoreAccess& store, const storage::Vault& vault, const casework::Publisher& publisher, PackSource pack,
               IntakeOptions options, Clock clock)
    : store_(store),
      vault_(vault),
      caseworker_(publisher, options.answers_within),
      assembler_(vault),
      pack_(std::move(pack)),
      clock_(std::move(clock)),
      lanes_(options.lanes),
      budget_(std::move(options.replies)),
      ids_(store.store().last_message()) {}

void Intake::accept(std::string channel, sms::InboundText text, ReplyRoute route, Done done) {
    auto job = std::make_shared<Job>();
    settle_segment(text);
    job->since = std::chrono::steady_clock::now();
    const auto now = clock_();
    auto& row = job->row;
    row.id = ids_.next(now);
    row.channel = channel;
    row.received_at = now;
    row.remarks = text.remarks;
    row.sender_kind = static_cast<std::uint8_t>(text.sender.kind);
    row.sender_key = vault_.lookup("msisdn", text.sender.address);
    row.sender = vault_.seal(Table::message, Column::sender, row.id, text.sender.address);
    row.destination = vault_.seal(Table::message, Column::destination, row.id, text.destination.reveal());
    row.text = vault_.seal(Table::message, Column::text, row.id, text.text.reveal());
    const bool keep_raw = has(text.remarks, Remark::undecodable) || has(text.remarks, Remark::binary);
    if (keep_raw) row.raw = vault_.seal(Table::message, Column::raw, row.id, as_text(text.raw));
    if (!text.fingerprint_input.empty()) {
        row.fingerprint = vault_.lookup("fingerprint", channel + '\0' + std::string(as_text(text.fingerprint_input)));
        const auto [first, fresh] = in_flight_.try_emplace(*row.fingerprint, row.id);
        if (!fresh) job->in_flight_first = first->second;
    }
    if (!text.provider_id.empty()) {
        // With the sender: a modem that counts anew after a restart must not swallow another person's call.
        row.provider_key = vault_.lookup("provider", text.provider_id + '\0' + text.sender.address);
    }

    auto& subject = job->subject;
    subject.message = row.id;
    subject.sender = text.sender;
    subject.sender_key = row.sender_key;
    subject.pack = pack_();
    subject.route = route;
    subject.quarantined = has(text.remarks, Remark::undecodable) || has(text.remarks, Remark::binary);
    subject.text = text.text.reveal();
    subject.said_at = believable(text.sent_at, now) ? *text.sent_at : now;
    subject.late = now - subject.said_at > reply_too_late;
    if (!text.segment && !subject.quarantined) read(subject, subject.said_at);
    job->channel = std::move(channel);
    job->text = std::move(text);
    job->route = std::move(route);
    job->done = std::move(done);
    ++in_flight_count_;
    submit(std::move(job));
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
    mark_doubts();
    auto apply = [this, job](Unit& unit) { store(unit, *job); };
    auto instead = [job](Unit& unit) {
        auto row = job->row;
        row.fate = Fate::quarantined;
        row.assembly.reset();
        row.duplicate_of.reset();
        unit.add(row);
        job->accepted.handled = Handled{};
        job->accepted.handled.fate = Fate::quarantined;
    };
    store_.submit(apply, instead, [this, job](Committed how) { finish(job, how); });
}

void Intake::finish(const std::shared_ptr<Job>& job, Committed how) {
    const auto waited = std::chrono::steady_clock::now() - job->since;
    if (how == Committed::queue_full && waited < later_after) {
        job->waited_for_room = true;
        auto timer = std::make_shared<net::asio::steady_timer>(store_.executor(), queue_retry);
        timer->async_wait([this, job, timer](boost::system::error_code) { submit(job); });
        return;
    }
    --in_flight_count_;
    // It waited for room in the queue while its session ended: the mark of that end went by without it.
    const auto ended = session_ends_.find(job->channel);
    if (job->waited_for_room && ended != session_ends_.end() && ended->second > job->since) session_ended(job->channel);
    if (job->row.fingerprint && !job->in_flight_first) in_flight_.erase(*job->row.fingerprint);
    auto& accepted = job->accepted;
    accepted.message = job->row.id;
    if (how == Committed::queue_full) accepted.how = Accepted::How::busy;
    if (how == Committed::storage_failed) accepted.how = Accepted::How::storage_failed;
    job->done(std::move(accepted));
}

/// The message this one repeats: the provider says so, or a peer sends again what it may not know we have.
std::optional<Id> Intake::first_of(Unit& unit, const Job& job) const {
    if (job.row.provider_key) return unit.message_of_provider(job.channel, *job.row.provider_key);
    if (!job.row.fingerprint) return std::nullopt;
    if (job.in_flight_first && unit.message(*job.in_flight_first)) return job.in_flight_first;
    return unit.uncertain(job.channel, *job.row.fingerprint, unit.now());
}

void Intake::store(Unit& unit, Job& job) {
    job.accepted.handled = Handled{};
    job.accepted.duplicate = false;
    auto row = job.row;
    if (const auto first = first_of(unit, job)) {
        row.fate = Fate::duplicate;
        row.duplicate_of = first;
        row.provider_key.reset();  // the first one holds it
        unit.add(row);
        unit.forget_uncertain(*first);
        job.accepted.duplicate = true;
        job.accepted.handled.fate = Fate::duplicate;
        return;
    }
    if (!job.text.segment) {
        act(unit, job, row.id, {}, false);
        row.fate = job.accepted.handled.fate;
        unit.add(row);  // last, so that its fate is written once
        return;
    }
    const auto outcome = assembler_.add(unit, row.id, job.channel, job.text);
    if (outcome.how == PartOutcome::How::repeated) {
        row.fate = Fate::duplicate;
        row.duplicate_of = outcome.first;
        unit.add(row);
        job.accepted.duplicate = true;
        job.accepted.handled.fate = Fate::duplicate;
        return;
    }
    row.fate = Fate::waiting_segments;
    row.assembly = outcome.assembly;
    unit.add(row);
    job.accepted.handled.fate = Fate::waiting_segments;
    if (outcome.how == PartOutcome::How::joined) join(unit, job, outcome);
}

/// The last part came: the text is read again, whole, and all its parts share one fate.
void Intake::join(Unit& unit, Job& job, const PartOutcome& outcome) {
    const auto& joined = *outcome.joined;
    const bool answered = joined.assembly.state == storage::Assembly::State::released_partial;
    unit.set_state(joined.assembly.id, storage::Assembly::State::complete);
    act(unit, job, joined.assembly.lead, joined.text, answered);
    unit.set_fate(joined.assembly.lead, job.accepted.handled.fate);
}

/// Casework on `message`: this one, or the one that leads a long text (`text` is then the whole).
void Intake::act(Unit& unit, Job& job, Id message, std::string text, bool answered) {
    auto subject = job.subject;
    subject.message = message;
    subject.answered = answered;
    if (job.text.segment) {
        subject.text = std::move(text);
        read(subject, subject.said_at);
    }
    weigh(subject, job.channel, unit.now());
    auto& handled = job.accepted.handled;
    handled = caseworker_.handle(unit, subject);
    note(subject, job.channel, handled, unit.now());
}

/// What the sender and the channel did lately, as far as it decides a reply.
void Intake::weigh(Subject& subject, const std::string& channel, WallTime now) {
    subject.lane = lanes_.count(subject.sender_key, now);
    const bool flooded = budget_.count(channel, now);
    if (flooded && subject.lane == casework::Lane::normal) subject.lane = casework::Lane::flood;
    if (subject.sender.kind != sms::Originator::Kind::msisdn) return;
    subject.allowance = budget_.allowance(subject.sender.address, channel, flooded, now);
    const auto recurrence = lanes_.recurrence(subject.sender_key, subject.text, now);
    subject.unclear_answered = recurrence.unclear_answered;
    subject.repeated = recurrence.repeated;
    subject.machine =
        recurrence.answered_lately && (recurrence.echo || casework::sounds_automatic(*subject.pack, subject.text));
    subject.last_report = lanes_.last_report(subject.sender_key);
}

void Intake::note(const Subject& subject, const std::string& channel, const Handled& handled, WallTime now) {
    if (subject.sender.kind != sms::Originator::Kind::msisdn) return;
    if (handled.report != 0) lanes_.note_report(subject.sender_key, handled.report);
    if (!handled.reply) return;
    const bool unclear = handled.fate == Fate::unclear || handled.fate == Fate::quarantined;
    lanes_.note_answer(subject.sender_key, subject.text, handled.reply_text, unclear, now);
    budget_.spend(subject.sender.address, channel, now);
}

bool Intake::may_write_to(const std::string& number, const std::string& channel, WallTime now) {
    if (budget_.allowance(number, channel, false, now) != casework::Allowance::free) return false;
    budget_.spend(number, channel, now);
    return true;
}

void Intake::session_ended(const std::string& channel) {
    session_ends_[channel] = std::chrono::steady_clock::now();
    const auto since = clock_() - answers_in_doubt - later_after;
    const auto [doubt, fresh] = doubts_.try_emplace(channel, since);
    if (!fresh) doubt->second = std::min(doubt->second, since);
    mark_doubts();
}

/// Queued behind everything the session handed over: its rows are there when this runs. A store that fails gets it
/// again with the next message.
void Intake::mark_doubts() {
    if (doubts_.empty()) return;
    const auto doubts = std::exchange(doubts_, {});
    auto mark = [doubts](Unit& unit) {
        for (const auto& [channel, since] : doubts) unit.mark_uncertain(channel, since);
    };
    store_.submit(mark, {}, [this, doubts](Committed how) {
        if (how == Committed::durable || how == Committed::poisoned) return;
        for (const auto& [channel, since] : doubts) {
            const auto [doubt, fresh] = doubts_.try_emplace(channel, since);
            if (!fresh) doubt->second = std::min(doubt->second, since);
        }
    });
}

net::awaitable<void> Intake::recover() {
    const auto last = store_.store().last_message();
    if (last == 0) co_return;
    const auto since = storage::IdSource::time_of(last) - answers_in_doubt - later_after;
    auto mark = [since](Unit& unit) { unit.mark_uncertain("", since); };
    // A store that cannot write yet gets it ahead of the first message.
    if (co_await store_.commit(mark) != Committed::durable) doubts_.try_emplace("", since);

    auto fill = [this](storage::View& view) { recall(view); };
    co_await store_.read(fill);
}

/// What each number sent in the last day, from the rows.
void Intake::recall(storage::View& view) {
    const Id since = storage::IdSource::floor(clock_() - std::chrono::hours(24));
    Id after = since;
    for (std::size_t seen = 0; seen < recover_messages_max;) {
        const auto page = view.messages_after(after, recover_page);
        if (page.empty()) break;
        for (const auto& row : page) {
            if (row.fate == Fate::duplicate) continue;
            lanes_.count(row.sender_key, row.received_at);
            budget_.count(row.channel, row.received_at);
            const bool unclear = row.fate == Fate::unclear || row.fate == Fate::quarantined;
            if (!unclear) continue;
            const auto text = vault_.open(Table::message, Column::text, row.id, row.text);
            lanes_.note_answer(row.sender_key, text ? text->reveal() : "", {}, true, row.received_at);
        }
        after = page.back().id;
        seen += page.size();
    }
    after = since;
    for (std::size_t seen = 0; seen < recover_messages_max;) {
        const auto page = view.reports_after(after, recover_page);
        if (page.empty()) return;
        for (const auto& row : page) lanes_.note_report(row.sender_key, row.message);
        after = page.back().id;
        seen += page.size();
    }
}

net::awaitable<std::vector<std::string>> Intake::release_overdue(
    std::function<ReplyRoute(const std::string&)> route_of) {
    struct Overdue {
        storage::Assembly assembly;
        std::string channel;
    };
    std::vector<Overdue> overdue;
    auto ask = [&overdue, before = clock_() - partial_after](storage::View& view) {
        overdue.clear();
        for (auto& assembly : view.assemblies_waiting_since(before, overdue_per_turn)) {
            if (auto lead = view.message(assembly.lead)) overdue.push_back({assembly, std::move(lead->channel)});
        }
    };
    co_await store_.read(ask);
    std::vector<std::string> endpoints;
    for (const auto& late : overdue) {  // a unit each: one that cannot be released holds up no other
        Handled handled;
        // Taken here, on the loop's thread, where a new pack is put in its place.
        auto release = [&, route = route_of(late.channel), pack = pack_()](Unit& unit) {
            handled = release_partial(unit, late.assembly.id, route, pack);
        };
        auto instead = [&late](Unit& unit) {
            unit.set_fate(late.assembly.lead, Fate::quarantined);
            unit.set_state(late.assembly.id, storage::Assembly::State::released_partial);
        };
        const auto how = co_await store_.commit(release, instead);
        if (how != Committed::durable) continue;
        endpoints.insert(endpoints.end(), handled.endpoints.begin(), handled.endpoints.end());
    }
    co_return endpoints;
}

/// What is there of one long text, read and acted on as if it were whole, and flagged.
Handled Intake::release_partial(Unit& unit, Id id, const ReplyRoute& route,
                                std::shared_ptr<const understand::Pack> pack) {
    const auto assembly = unit.assembly_by_id(id);
    if (!assembly || assembly->state != storage::Assembly::State::waiting) return {};
    const auto lead = unit.message(assembly->lead);
    if (!lead) return {};
    Subject subject;
    subject.message = lead->id;
    subject.sender.kind = static_cast<sms::Originator::Kind>(lead->sender_kind);
    if (const auto sender = vault_.open(Table::message, Column::sender, lead->id, lead->sender)) {
        subject.sender.address = sender->reveal();
    }
    subject.sender_key = lead->sender_key;
    subject.said_at = lead->received_at;
    subject.text = assembler_.join(unit, *assembly).text;
    subject.pack = std::move(pack);
    subject.route = route;
    subject.may_ask = false;  // its missing part may say it
    weigh(subject, lead->channel, unit.now());
    read(subject, lead->received_at);
    auto handled = caseworker_.handle(unit, subject);
    note(subject, lead->channel, handled, unit.now());
    unit.set_fate(lead->id, handled.fate);
    unit.set_remarks(lead->id, lead->remarks | Remark::partial);
    unit.set_state(assembly->id, storage::Assembly::State::released_partial);
    return handled;
}

}  // namespace jejak::intake
