// What somebody saw, what happens to them, whom they miss; and the words of desks and village heads.
#include <algorithm>

#include "gateway/casework/rules.hpp"
#include "gateway/understand/intents.hpp"

namespace jejak::casework {
namespace {

using storage::Report;

/// From here on a departure is past.
constexpr std::chrono::hours departure_past_after{6};

/// Minors are child protection's alone, accusations of officials go above them; everything else is general.
Audience audience_of(AlertKind kind) {
    switch (kind) {
        case AlertKind::minor:
            return Audience::child_protection;
        case AlertKind::official_involved:
            return Audience::oversight;
        default:
            return Audience::general;
    }
}

/// Those whose word alone makes a departure likely: they pledged to report, and know what it is about.
bool pledged(const Known& known) {
    return known.person && known.person->role == Role::agent;
}

/// What the pack's rules raise, as of now.
void add_alerts(Decision& decision, const Reading& reading, const Known& known, std::optional<std::uint32_t> worker) {
    for (auto kind : reading.alerts) {
        // "Now" was hours ago when the text comes late.
        const bool late = known.now - known.said_at >= departure_past_after;
        if (kind == AlertKind::departure_now && late) kind = AlertKind::departure_past;
        // Nobody is sent out for what the next key may say was yesterday.
        if (is_departure(kind) && known.asks_when) {
            decision.waits = true;
            continue;
        }
        add_alert(decision, kind, kind == AlertKind::sos ? worker : std::nullopt);
    }
}

}  // namespace

bool official(const Known& known) {
    return known.person && understand::of_the_village(known.person->role);
}

bool at_desk(const Known& known) {
    if (!known.person) return false;
    switch (known.person->role) {
        case Role::task_force:
        case Role::immigration:
        case Role::bp3mi:
        case Role::child_protection:
        case Role::ngo:
        case Role::admin:
            return true;
        default:
            return false;
    }
}

bool agreed(const storage::Worker& worker) {
    return worker.consent_at.has_value() && worker.state != WorkerState::withdrawn;
}

std::optional<std::uint32_t> own_number(const Known& known) {
    return known.own_worker && agreed(*known.own_worker) ? std::optional(known.own_worker->number) : std::nullopt;
}

bool is_no_case(Category category) {
    return category == Category::not_a_case || category == Category::spam;
}

std::string hex(const storage::LookupKey& key) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto octet : key) {
        text += digits[std::to_integer<unsigned>(octet) >> 4];
        text += digits[std::to_integer<unsigned>(octet) & 15];
    }
    return text;
}

std::string own_group(std::string_view group, const storage::LookupKey& sender_key) {
    return std::string(group) + '/' + hex(sender_key);
}

IncidentScope own_scope(std::string_view group, const Known& known) {
    // Hidden and named senders share a key with others like them: each of their messages is an event of its own.
    const bool one_person = known.sender_kind == sms::Originator::Kind::msisdn;
    if (one_person) return {own_group(group, known.sender_key), {}};
    return {std::string(group) + '/' + std::to_string(known.message), {}};
}

IncidentScope scope_of(std::string_view group, const std::string& village, const Known& known) {
    if (!village.empty()) return {std::string(group), village};
    return own_scope(group, known);
}

Report report_from(const Reading& reading, const Known& known) {
    Report report;
    report.sender_key = known.sender_key;
    report.intent = reading.intent;
    report.category = reading.category;
    report.place = reading.place;
    report.people = reading.people;
    report.people_max = reading.people_max;
    report.onset = reading.when.at ? reading.when.at : reading.when.since;
    report.flags = reading.flags;
    report.received_at = known.now;
    return report;
}

bool raises(const Decision& decision, AlertKind kind) {
    const auto same = [kind](const AlertDraft& draft) { return draft.kind == kind; };
    return std::any_of(decision.alerts.begin(), decision.alerts.end(), same);
}

bool is_departure(AlertKind kind) {
    return kind == AlertKind::departure_now || kind == AlertKind::departure_past;
}

void add_alert(Decision& decision, AlertKind kind, std::optional<std::uint32_t> worker) {
    if (!raises(decision, kind)) decision.alerts.push_back({kind, audience_of(kind), worker});
}

/// LAPOR, and TOLONG: a report, its incident, and what the pack's rules raise for it.
void decide_report(Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    decision.fate = Fate::understood;
    decision.report = report_from(reading, known);
    decision.believed = pledged(known);
    const bool sos = reading.intent == Intent::sos;
    const auto worker = own_number(known);
    add_alerts(decision, reading, known, worker);
    if (sos) add_alert(decision, AlertKind::sos, worker);

    auto group = sos ? std::string_view("sos") : pack.group_of(reading.category);
    // No pack can have its alerts lost: what it groups with nothing is an event of its own kind.
    const bool no_kind = group.empty() && (reading.category == Category::none || is_no_case(reading.category));
    if (group.empty() && !decision.alerts.empty()) group = no_kind ? "other" : to_string(reading.category);
    // Two families who miss somebody are two events, and so are two calls for help, wherever they are.
    const bool personal = sos || no_kind || reading.category == Category::missing_person;
    if (!group.empty()) decision.incident = personal ? own_scope(group, known) : scope_of(group, reading.place, known);
    if (sos && worker) {
        decision.worker = known.own_worker;
        decision.worker->state = WorkerState::danger;
        decision.trail.emplace();
        decision.trail->worker = known.own_worker->id;
        decision.trail->kind = Intent::sos;
        decision.trail->place = reading.place;
        decision.trail->at = known.now;
    }
    if (reading.category == Category::broker_fraud && reading.question) {
        decision.reply = ReplyDraft{"info_free", {}, true, false};  // "is this right?": what is true wherever they live
    } else if (pledged(known) && raises(decision, AlertKind::departure_now)) {
        decision.reply = ReplyDraft{"keep_away", {}, true, false};  // they might go and look
    }
}

/// HILANG: somebody nobody hears of any more.
void decide_missing(Decision& decision, const Reading& reading, const Known& known) {
    decision.fate = Fate::understood;
    decision.report = report_from(reading, known);
    if (decision.report->category == Category::none) decision.report->category = Category::missing_person;
    decision.incident = own_scope("missing", known);
    add_alerts(decision, reading, known, std::nullopt);
    add_alert(decision, AlertKind::lost_contact);
}

/// REKOM: a village office wrote a letter for a private way. It is no crime, and nobody says so: whoever places workers
/// hears of it. Each letter is an event of its own; from anybody else it is a word like any other.
void decide_letter(Decision& decision, const Reading& reading, const Known& known) {
    decision.fate = Fate::understood;
    if (!official(known)) return;
    decision.report = report_from(reading, known);
    if (decision.report->category == Category::none) decision.report->category = Category::irregular_departure;
    if (decision.report->place.empty()) decision.report->place = known.person->place;
    decision.incident = IncidentScope{"letter/" + std::to_string(known.message), {}};
    add_alerts(decision, reading, known, std::nullopt);
    add_alert(decision, AlertKind::private_route_letter);
}

/// CEK: there is no list to look into yet, so nothing is ever called official; only where to ask.
void decide_check(Decision& decision) {
    decision.fate = Fate::understood;
    decision.reply = ReplyDraft{"check_unknown", {}, false, false};
}

/// VERIF, TERIMA, RUJUK, TUTUP, CATAT: of these only TERIMA does anything so far, and only from a desk: it takes the
/// alerts of an incident by its reference. The others are kept as what was said.
void decide_desk_word(Decision& decision, const Reading& reading, const Known& known) {
    if (!at_desk(known) && !official(known)) return;
    decision.fate = Fate::understood;
    if (reading.intent == Intent::accept && at_desk(known)) decision.acknowledge = known.incident;
}

/// The word agreed for "somebody makes me write this", in whatever text: the reply is as ever, nothing it says is
/// believed, and the alarm is raised beside what the sender called for before. What was said of an event others may
/// see stays where it is.
void under_duress(Decision& decision, const Reading& reading, const Known& known) {
    const AlertDraft alarm{AlertKind::duress, Audience::general, own_number(known)};
    const auto scope = own_scope("sos", known);
    if (!decision.report) {
        decision.report = report_from(reading, known);
        decision.alarm_only = true;
        decision.incident = scope;
        decision.alerts.push_back(alarm);
    } else if (decision.incident && decision.incident->group == scope.group) {
        decision.alerts.push_back(alarm);
    } else {
        decision.duress = alarm;
    }
    decision.report->flags |= static_cast<understand::Flags>(Flag::duress);
    // Whatever it says of calls is a no: somebody is beside the phone. Of who said nothing of them, and called for no
    // help, nothing is kept: what they hear from now on would tell.
    if (known.help || decision.help || decision.calls || known.calls == Calls::yes) decision.calls = Calls::no;
    if (decision.fate == Fate::unclear) decision.fate = Fate::understood;
    decision.acknowledge.reset();
    if (decision.trail && reading.intent != Intent::sos) {
        decision.trail->claimed = true;
        decision.worker.reset();
        decision.worker_event.clear();
    }
}

/// A departure nobody registered, or by another way than the registered one: "route_mismatch".
void raise_route_mismatch(Decision& decision, const Reading& reading, const Known& known,
                          std::optional<std::uint32_t> worker) {
    decision.report = report_from(reading, known);
    if (decision.report->category == Category::none) decision.report->category = Category::irregular_departure;
    decision.incident = own_scope("route_mismatch", known);
    add_alert(decision, AlertKind::route_mismatch, worker);
}

bool unofficial_route(const Reading& reading) {
    return reading.category == Category::unofficial_land_route || reading.category == Category::unofficial_port;
}

}  // namespace jejak::casework
