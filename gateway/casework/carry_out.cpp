// The other half of the caseworker: a decision becomes rows, events and a reply.
#include <algorithm>

#include "gateway/casework/caseworker.hpp"
#include "gateway/casework/rules.hpp"
#include "gateway/dispatch/routing.hpp"
#include "storage/error.hpp"

namespace jejak::casework {
namespace {

using storage::Alert;
using storage::Column;
using storage::Incident;
using storage::Table;
using storage::Unit;

/// The category group without whose it is: "departure/1f3c…" is "departure".
std::string_view base_of(std::string_view group) {
    return group.substr(0, group.find('/'));
}

/// The event that is told of again, if there is one. What somebody took longer ago than the window is over, however
/// steadily people tell of its kind: theirs is the next one. Calls for help are raised again by themselves, and what
/// their sender says of calls belongs to all of them.
std::optional<Incident> event_near(Unit& unit, const IncidentScope& scope, WallTime now, std::chrono::minutes window) {
    auto near = unit.incident_near(scope.group, scope.village, now - window);
    if (!near || base_of(near->group) == "sos") return near;
    const auto alerts = unit.alerts_of(near->id);
    const auto taken = [&](const Alert& alert) {
        return alert.acknowledged_at && now - *alert.acknowledged_at >= window;
    };
    if (std::any_of(alerts.begin(), alerts.end(), taken)) near.reset();
    return near;
}

/// What they said of calls, as far as it may be believed: no yes beside an alarm of duress, for whoever made them write
/// may have the phone in hand still.
Calls believed(Unit& unit, const storage::LookupKey& sender_key, Calls said) {
    if (said == Calls::no) return said;
    const auto own = unit.incident_near(own_group("sos", sender_key), {}, unit.now() - Spared::help);
    if (!own) return said;
    const auto alerts = unit.alerts_of(own->id);
    const auto forced = [](const Alert& alert) { return alert.kind == AlertKind::duress; };
    return std::any_of(alerts.begin(), alerts.end(), forced) ? Calls::no : said;
}

/// Whether the sender whom the alert is about may be called. Who is made to write has somebody beside them.
Calls calls_with(Unit& unit, AlertKind kind, const storage::LookupKey& sender_key) {
    if (kind == AlertKind::duress) return Calls::no;
    const auto policy = unit.reply_policy(sender_key);
    return believed(unit, sender_key, policy ? calls_of(*policy, unit.now()) : Calls::unknown);
}

/// Whether its sender may be called, of an alert that is about them: they call for help, or tell what is done to them.
/// Others may tell of the same event, and somebody's "you may" is not theirs: only of a call for help it is said.
std::optional<Calls> calls_for(Unit& unit, AlertKind kind, const Incident& incident, const storage::Report& report) {
    const auto calls = calls_with(unit, kind, report.sender_key);
    if (base_of(incident.group) == "sos") return calls;
    if (!has(report.flags, Flag::self_victim)) return std::nullopt;
    return calls == Calls::no ? calls : Calls::unknown;
}

/// What nobody would call a case raised it: the alert says what it is of, the text's category would belie it.
Category category_of(const storage::Report& report) {
    return is_no_case(report.category) ? Category::none : report.category;
}

}  // namespace

/// Which event the report belongs to now. A report that was there before stays where it is; it moves when an answer
/// tells where it happened or what it was, and its event moves with it while nobody else is in it.
Caseworker::Settled Caseworker::settle_incident(Unit& unit, const Decision& decision, const Known& known,
                                                const std::optional<storage::Report>& earlier,
                                                std::chrono::minutes window) const {
    auto mine = earlier && earlier->incident ? unit.incident(*earlier->incident) : std::nullopt;
    if (!decision.incident || !decision.report) return {std::move(mine), {}, earlier};
    const auto& scope = *decision.incident;
    if (!mine) return {join(unit, scope, known, window), {}, earlier};
    const bool same = mine->group == scope.group && mine->village == scope.village;
    // A place that is taken back, or a late part that names none, moves nothing.
    const bool vaguer = scope.village.empty() && base_of(mine->group) == base_of(scope.group);
    if (same || vaguer) return {std::move(mine), {}, earlier};
    auto left = unit.alerts_of(mine->id);
    const bool alone = mine->reports == 1 && mine->village.empty();
    const bool like = base_of(mine->group) == base_of(scope.group) || left.empty();
    if (alone && like && !event_near(unit, scope, known.now, window)) {
        mine->group = scope.group;
        mine->village = scope.village;
        unit.update(*mine);
        return {std::move(mine), {}, earlier};
    }
    // Its alerts stay raised where they are; another place gets alerts of its own.
    const bool elsewhere = !mine->village.empty() && mine->village != scope.village;
    return {join(unit, scope, known, window), elsewhere ? std::vector<Alert>{} : std::move(left), earlier};
}

Incident Caseworker::join(Unit& unit, const IncidentScope& scope, const Known& known,
                          std::chrono::minutes window) const {
    auto near = event_near(unit, scope, known.now, window);
    if (!near) {
        Incident incident;
        incident.id = unit.next_id(Table::incident);
        incident.number = unit.next_number("incident");
        incident.group = scope.group;
        incident.village = scope.village;
        incident.first_at = incident.last_at = known.now;
        incident.reports = incident.reporters = 1;
        unit.add(incident);
        unit.add_reporter(incident.id, known.sender_key);
        return incident;
    }
    near->last_at = known.now;
    near->reports += 1;
    const bool countable = near->reporters < storage::reporters_counted_max;
    if (countable && unit.add_reporter(near->id, known.sender_key)) near->reporters += 1;
    unit.update(*near);
    return std::move(*near);
}

/// Brings what was raised up to date: nothing a text says cancels an alert or makes it smaller.
void Caseworker::refresh(Unit& unit, std::vector<Alert>& alerts, const Decision& decision, const Settled& settled,
                         const Pack& pack, Handled& handled) const {
    const auto& report = *decision.report;
    const auto& incident = *settled.incident;
    for (auto& alert : alerts) {
        if (alert.incident == incident.id) alert.reporters = incident.reporters;
        if (alert.place.empty()) alert.place = report.place;
        if (alert.category == Category::none) alert.category = category_of(report);
        const auto drawn = [&](const AlertDraft& draft) { return covers(alert.kind, draft.kind); };
        const bool theirs = std::any_of(decision.alerts.begin(), decision.alerts.end(), drawn);
        const auto calls = theirs ? calls_for(unit, alert.kind, incident, report) : std::nullopt;
        if (calls && (!alert.calls || calls == Calls::no)) alert.calls = calls;
        const bool corrects = decision.corrects && settled.before;
        count_people(alert, report, corrects ? settled.before->people : std::nullopt);
        settle_time(alert, decision, settled.before, pack);
        const bool likely = alert.reporters >= 2 || decision.believed;
        if (likely && alert.certainty == "Possible") alert.certainty = "Likely";
        alert.updated_at = unit.now();
        alert.unpublished = true;
        if (alert.status == AlertStatus::raised) alert.status = AlertStatus::updated;
        if (unit.now() - alert.published_at >= pack.update_interval()) {
            const auto its = alert.incident == incident.id ? std::optional(incident) : unit.incident(alert.incident);
            if (its) publisher_.publish(unit, alert, *its, "alert.updated", pack, handled.endpoints);
        }
        unit.update(alert);
    }
}

/// Raises what the report calls for beside what its event has already.
void Caseworker::settle_alerts(Unit& unit, const Decision& decision, const Settled& settled, const Pack& pack,
                               Handled& handled) const {
    const auto& incident = *settled.incident;
    auto existing = unit.alerts_of(incident.id);
    existing.insert(existing.end(), settled.left.begin(), settled.left.end());
    refresh(unit, existing, decision, settled, pack, handled);
    for (const auto& draft : decision.alerts) {
        const auto told = [&](const Alert& alert) { return tells(alert, draft.kind); };
        if (std::none_of(existing.begin(), existing.end(), told)) {
            raise(unit, draft, decision, incident, pack, handled);
        }
    }
}

void Caseworker::raise(Unit& unit, const AlertDraft& draft, const Decision& decision, const Incident& incident,
                       const Pack& pack, Handled& handled) const {
    const auto& report = *decision.report;
    const auto& rule = pack.alert_rule(draft.kind);
    const bool likely = incident.reporters >= 2 || decision.believed;
    Alert alert;
    alert.id = unit.next_id(Table::alert);
    alert.incident = incident.id;
    alert.audience = draft.audience;
    alert.kind = draft.kind;
    alert.urgency = rule.urgency;
    alert.severity = rule.severity;
    alert.certainty = likely && rule.certainty == "Possible" ? "Likely" : rule.certainty;
    alert.category = category_of(report);
    alert.place = report.place;
    alert.people = report.people;
    alert.people_max = report.people_max;
    alert.reporters = incident.reporters;
    alert.worker = draft.worker;
    alert.onset = report.onset.value_or(unit.now());
    alert.raised_at = unit.now();
    alert.updated_at = unit.now();
    alert.published_at = unit.now();
    alert.calls = calls_for(unit, draft.kind, incident, report);
    unit.add(alert);
    publisher_.publish(unit, alert, incident, "alert.raised", pack, handled.endpoints);
}

/// Somebody makes them write. The text's own report is of an event that others may see; the alarm is theirs alone.
void Caseworker::raise_duress(Unit& unit, const Decision& decision, const Known& known, const Subject& subject,
                              Handled& handled) const {
    Decision alarm;
    alarm.report = storage::Report{};
    alarm.report->sender_key = known.sender_key;
    alarm.alerts.push_back(*decision.duress);
    const Settled own{join(unit, own_scope("sos", known), known, subject.pack->incident_window()), {}, {}};
    settle_alerts(unit, alarm, own, *subject.pack, handled);
}

/// TERIMA from a desk: the alerts of the incident that its role and area may see. The first one wins.
void Caseworker::acknowledge(Unit& unit, const Known& known, storage::Id incident_id, const Pack& pack,
                             Handled& handled) const {
    const auto incident = unit.incident(incident_id);
    if (!incident || !known.person) return;
    const auto audiences = dispatch::audiences_of(known.person->role);
    std::vector<std::string> areas;
    if (!known.person->place.empty()) areas.push_back(known.person->place);
    const auto& vault = publisher_.vault();
    const auto who = vault.public_id(Table::person, known.person->id);
    for (auto& alert : unit.alerts_of(incident_id)) {
        const bool theirs = std::find(audiences.begin(), audiences.end(), alert.audience) != audiences.end();
        if (alert.acknowledged_at || !theirs || !dispatch::in_areas(areas, alert.place)) continue;
        alert.acknowledged_by = std::string(to_string(known.person->role)) + " by SMS";
        alert.acknowledged_at = unit.now();
        alert.updated_at = unit.now();
        alert.status = AlertStatus::acknowledged;
        publisher_.publish(unit, alert, *incident, "alert.acknowledged", pack, handled.endpoints);
        unit.update(alert);
        storage::AuditEntry entry;
        entry.actor = "person:" + who;
        entry.action = "alert.acknowledge";
        entry.object = vault.public_id(Table::alert, alert.id);
        unit.audit(std::move(entry));
    }
}

void Caseworker::store_worker(Unit& unit, Decision& decision, const Subject& subject) const {
    auto& worker = *decision.worker;
    if (worker.id != 0) {
        if (worker.owner_key && worker.owner.empty()) {
            worker.owner = publisher_.vault().seal(Table::worker, Column::number, worker.id, subject.sender.address);
        }
        if (!decision.consent_phone.empty())  // put right by who registered them
            worker.phone = publisher_.vault().seal(Table::worker, Column::phone, worker.id, decision.consent_phone);
        unit.update(worker);
        return;
    }
    const auto& vault = publisher_.vault();
    const auto& form = decision.identity;
    const auto sealed = [&](Column column, const std::string& value) {
        return value.empty() ? storage::Sealed{} : vault.seal(Table::worker, column, worker.id, value);
    };
    worker.id = unit.next_id(Table::worker);
    worker.number = unit.next_number("worker");
    worker.name = sealed(Column::name, form.name);
    worker.nik = sealed(Column::nik, form.nik);
    worker.phone = sealed(Column::phone, form.phone);
    worker.job = sealed(Column::job, form.job);
    if (!form.nik.empty()) worker.nik_key = vault.lookup("nik", form.nik);
    unit.add(worker);
}

/// Nothing is sent to the worker's phone. But while the worker is in the village office, YA from that phone is enough,
/// as long as no second worker was given the same phone meanwhile: then only the code tells who agrees.
void Caseworker::await_consent(Unit& unit, const Decision& decision, const Subject& subject) const {
    const auto& vault = publisher_.vault();
    const auto phone = vault.lookup("msisdn", decision.consent_phone);
    if (phone == subject.sender_key || unit.person(phone)) return;
    Progress progress;
    progress.worker = decision.worker->number;
    if (auto open = unit.dialogue_of(phone, unit.now(), storage::Dialogue::Way::sms)) {
        if (open->form != consent_form) return;  // they are asked something else; SETUJU with the code will do
        const auto before = open_progress(vault, *open);
        if (before && before->worker == progress.worker) return;
        open->slot.clear();
        open->expires_at = unit.now() + answers_within_;
        unit.update(*open);
        return;
    }
    storage::Dialogue row;
    row.id = unit.next_id(Table::dialogue);
    row.person_key = phone;
    row.channel = subject.route.channel;
    row.form = row.slot = consent_form;
    row.message = subject.message;
    row.state = seal(vault, row.id, progress);
    row.opened_at = unit.now();
    row.expires_at = unit.now() + answers_within_;
    unit.add(row);
}

void Caseworker::store_report(Unit& unit, const Decision& decision, const Subject& subject,
                              const std::optional<Incident>& incident, const std::optional<storage::Report>& earlier,
                              Handled& handled) const {
    if (!decision.report) return;
    auto report = *decision.report;
    report.message = decision.about.value_or(subject.message);
    handled.report = decision.alarm_only ? 0 : report.message;
    if (incident) report.incident = incident->id;
    if (earlier) {
        report.id = earlier->id;
        report.received_at = earlier->received_at;
        report.flags |= earlier->flags & static_cast<understand::Flags>(Flag::duress);  // no later text takes it back
        unit.update(report);
    } else {
        report.id = unit.next_id(Table::report);
        unit.add(report);
    }
    // What changed is told under the same id. A menu that goes on has more to say of it soon.
    const bool news = !earlier || subject.held || tells_anew(report, *earlier);
    const bool waits = subject.asks_when && decision.alerts.empty() && !decision.duress;
    handled.held = decision.waits || (news && waits);
    if (!news || waits) return;
    publisher_.publish(unit, report, incident ? std::optional(incident->number) : std::nullopt, audience_for(decision),
                       *subject.pack, handled.endpoints);
}

void Caseworker::store_turn(Unit& unit, const Decision& decision, const Known& known, const Subject& subject) const {
    if (!decision.turn) return;
    const auto& turn = *decision.turn;
    const auto& vault = publisher_.vault();
    const auto& open = known.conversation;
    if (turn.what == Turn::What::go_on) {
        auto row = open->row;
        if (row.slot != turn.slot) row.asked = static_cast<std::uint8_t>(row.asked + 1);
        row.form = turn.form;
        row.slot = turn.slot;
        row.state = seal(vault, row.id, turn.progress);
        row.expires_at = unit.now() + answers_within_;
        unit.update(row);
        return;
    }
    // Consent that is still waited for is another matter than what is asked now.
    const bool other_matter = open && open->row.form == consent_form && open->fit == understand::Fit::none;
    if (open && !other_matter) end_conversation(unit, vault, open->row);
    if (turn.what == Turn::What::end) return;
    storage::Dialogue row;
    row.id = unit.next_id(Table::dialogue);
    row.person_key = subject.sender_key;
    row.channel = subject.route.channel;
    row.form = turn.form;
    row.slot = turn.slot;
    row.asked = 1;
    row.message = subject.message;
    row.state = seal(vault, row.id, turn.progress);
    row.opened_at = unit.now();
    row.expires_at = unit.now() + answers_within_;
    unit.add(row);
}

/// What was said of the sender's phone, and that they called for help. Who has an alert about them hears when it
/// changes whether they may be called.
void Caseworker::store_policy(Unit& unit, const Decision& decision, const Known& known, const Subject& subject,
                              Handled& handled) const {
    const bool answers_again = known.quiet && decision.opt_out == false;
    if (!decision.calls && !decision.help && !decision.watched && !decision.quiet && !answers_again) return;
    auto policy = unit.reply_policy(subject.sender_key).value_or(storage::ReplyPolicy{});
    policy.number_key = subject.sender_key;
    if (decision.help) {
        if (!known.help && policy.calls == Calls::yes) policy.calls = Calls::unknown;  // said of an earlier call
        policy.help_until = unit.now() + Spared::help;
    }
    if (decision.calls) policy.calls = believed(unit, subject.sender_key, *decision.calls);
    if (decision.watched) policy.watched_until = unit.now() + Spared::watched;
    if (decision.quiet) policy.quiet_until = unit.now() + Spared::quiet;
    if (answers_again) policy.quiet_until.reset();
    policy.changed_at = unit.now();
    unit.set(policy);
    const auto calls = calls_of(policy, unit.now());
    if (calls == known.calls) return;
    tell_calls(unit, subject.sender_key, calls, subject.last_report, *subject.pack, handled.endpoints);
    if (known.conversation && known.conversation->row.message != subject.last_report)
        tell_calls(unit, subject.sender_key, calls, known.conversation->row.message, *subject.pack, handled.endpoints);
}

void Caseworker::keep_calls(Unit& unit, const storage::LookupKey& sender_key, Calls calls, const Pack& pack,
                            std::vector<std::string>& touched) const {
    auto policy = unit.reply_policy(sender_key).value_or(storage::ReplyPolicy{});
    calls = believed(unit, sender_key, calls);
    if (policy.calls == calls) return;
    policy.number_key = sender_key;
    policy.calls = calls;
    policy.changed_at = unit.now();
    unit.set(policy);
    tell_calls(unit, sender_key, calls_of(policy, unit.now()), 0, pack, touched);
}

/// "Do not call" waits for no minute to be over: somebody may have the phone in hand. Of their call for help, and of
/// the report `about` what is done to them, where only a no is told.
void Caseworker::tell_calls(Unit& unit, const storage::LookupKey& sender_key, Calls calls, storage::Id about,
                            const Pack& pack, std::vector<std::string>& touched) const {
    const auto call = unit.incident_near(own_group("sos", sender_key), {}, unit.now() - Spared::help);
    if (call) tell_calls(unit, *call, calls, pack, touched);
    const auto report = about != 0 ? unit.report_of(about) : std::nullopt;
    if (!report || report->sender_key != sender_key || !report->incident) return;
    if (call && call->id == *report->incident) return;
    const auto told = unit.incident(*report->incident);
    if (told && calls == Calls::no) tell_calls(unit, *told, calls, pack, touched);
}

void Caseworker::tell_calls(Unit& unit, const Incident& incident, Calls calls, const Pack& pack,
                            std::vector<std::string>& touched) const {
    for (auto& alert : unit.alerts_of(incident.id)) {
        if (!alert.calls || alert.calls == calls || alert.kind == AlertKind::duress) continue;
        alert.calls = calls;
        alert.updated_at = unit.now();
        alert.unpublished = true;
        if (alert.status == AlertStatus::raised) alert.status = AlertStatus::updated;
        if (calls == Calls::no || unit.now() - alert.published_at >= pack.update_interval())
            publisher_.publish(unit, alert, incident, "alert.updated", pack, touched);
        unit.update(alert);
    }
}

void Caseworker::store_reply(Unit& unit, const Decision& decision, const Subject& subject, Handled& handled) const {
    if (!decision.reply) return;
    const auto& draft = *decision.reply;
    std::string name = draft.name;
    std::vector<std::pair<std::string_view, std::string>> fields;
    for (const auto& [key, value] : draft.fields) fields.emplace_back(key, value);
    if (draft.worker_code) fields.emplace_back("code", publisher_.worker_code(decision.worker->number));
    if (draft.ticket) {
        try {
            fields.emplace_back("ref", publisher_.ticket_reference(unit.issue_ticket(subject.message)));
        } catch (const storage::Exhausted&) {
            name = "received_plain";  // every reference is given out: the line goes without one
        }
    }
    handled.reply_text = name.empty() ? subject.route.cover_text : subject.pack->reply(name, fields, decision.language);
    handled.reply_to = subject.sender.address;

    storage::Reply reply;
    reply.id = unit.next_id(Table::reply);
    reply.message = subject.message;
    reply.channel = subject.route.channel;
    reply.account = subject.route.account;
    reply.to_key = subject.sender_key;
    reply.text = publisher_.vault().seal(Table::reply, Column::text, reply.id, handled.reply_text);
    reply.to = publisher_.vault().seal(Table::reply, Column::number, reply.id, subject.sender.address);
    reply.valid_until = unit.now() + subject.route.validity;
    const bool leaves_now = subject.route.how == ReplyRoute::How::inline_ || subject.route.ready;
    reply.state = leaves_now ? storage::ReplyState::sent : storage::ReplyState::pending;
    unit.add(reply);
    handled.reply = std::move(reply);
}

}  // namespace jejak::casework
