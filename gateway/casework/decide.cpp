#include "gateway/casework/decide.hpp"

#include <algorithm>

namespace jejak::casework {
namespace {

using storage::Report;
using storage::TrailEvent;
using storage::Worker;
using understand::Flag;
using understand::Pack;
using understand::Reading;

/// From here on a departure is past.
constexpr std::chrono::hours departure_past_after{6};

bool official(const Known& known) {
    return known.person && (known.person->role == Role::village_official || known.person->role == Role::village_head);
}

/// Consent came from the worker's own phone: only then may anything be told of them.
bool agreed(const Worker& worker) {
    return worker.consent_at.has_value() && worker.state != WorkerState::withdrawn;
}

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

std::string hex(const storage::LookupKey& key) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto octet : key) {
        text += digits[std::to_integer<unsigned>(octet) >> 4];
        text += digits[std::to_integer<unsigned>(octet) & 15];
    }
    return text;
}

IncidentScope scope_of(std::string_view group, const std::string& village, const Known& known) {
    if (!village.empty() && group != "sos") return {std::string(group), village};
    // Hidden and named senders share a key with others like them: each of their messages is an event of its own.
    const bool one_person = known.sender_kind == sms::Originator::Kind::msisdn;
    return {std::string(group) + '/' + (one_person ? hex(known.sender_key) : std::to_string(known.message)), {}};
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

TrailEvent trail_event(const Worker& worker, Intent kind, const std::string& place, WallTime at) {
    TrailEvent event;
    event.worker = worker.id;
    event.kind = kind;
    event.place = place;
    event.at = at;
    return event;
}

void add_alert(Decision& decision, AlertKind kind, std::optional<std::uint32_t> worker = std::nullopt) {
    const AlertDraft draft{kind, audience_of(kind), worker};
    const auto same = [&](const AlertDraft& other) { return other.kind == kind; };
    if (std::none_of(decision.alerts.begin(), decision.alerts.end(), same)) decision.alerts.push_back(draft);
}

/// LAPOR, and TOLONG: a report, its incident, and what the pack's rules raise for it.
void decide_report(Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    decision.fate = Fate::understood;
    decision.report = report_from(reading, known);
    const bool sos = reading.intent == Intent::sos;
    const auto worker =
        known.own_worker && agreed(*known.own_worker) ? std::optional(known.own_worker->number) : std::nullopt;
    for (auto kind : reading.alerts) {
        // "Now" was hours ago when the text comes late.
        const bool late = known.now - known.said_at >= departure_past_after;
        if (kind == AlertKind::departure_now && late) kind = AlertKind::departure_past;
        add_alert(decision, kind, kind == AlertKind::sos ? worker : std::nullopt);
    }
    if (sos) add_alert(decision, AlertKind::sos, worker);

    const auto group = sos ? std::string_view("sos") : pack.group_of(reading.category);
    if (!group.empty()) decision.incident = scope_of(group, reading.place, known);
    if (sos && worker) {
        decision.worker = known.own_worker;
        decision.worker->state = WorkerState::danger;
        decision.trail = trail_event(*known.own_worker, Intent::sos, reading.place, known.now);
    }
}

/// A departure nobody registered, or by another way than the registered one: "route_mismatch".
void raise_route_mismatch(Decision& decision, const Reading& reading, const Known& known,
                          std::optional<std::uint32_t> worker) {
    decision.report = report_from(reading, known);
    if (decision.report->category == Category::none) decision.report->category = Category::irregular_departure;
    decision.incident = scope_of("route_mismatch", "", known);
    add_alert(decision, AlertKind::route_mismatch, worker);
}

bool unofficial_route(const Reading& reading) {
    return reading.category == Category::unofficial_land_route || reading.category == Category::unofficial_port;
}

/// More than the bare word, which may be a wrong number's.
bool tells_something(const Reading& reading) {
    return !reading.place.empty() || !reading.destination.empty() || reading.people || reading.when.at ||
           reading.when.now || reading.category != Category::none || !reading.reference.empty() ||
           !reading.vehicle.empty();
}

bool other_route(const Worker& worker, const Reading& reading) {
    const bool elsewhere = !worker.exit_point.empty() && !reading.place_name.empty() &&
                           worker.exit_point != reading.place_name && worker.exit_point != reading.place;
    return unofficial_route(reading) || elsewhere;
}

struct Step {
    Intent intent;
    WorkerState state;
    const char* event;
};
constexpr Step steps[] = {
    {Intent::departed, WorkerState::departed, "worker.departed"},
    {Intent::arrived, WorkerState::arrived, "worker.arrived"},
    {Intent::safe, WorkerState::active, "worker.checked_in"},
    {Intent::returned, WorkerState::returned, "worker.returned"},
};

/// BERANGKAT, TIBA, AMAN, PULANG: of the sender's own record or of the code given. From a number that is neither the
/// worker's own nor an official's it is a claim: kept in the trail, changing no state. A text never ends a danger: a
/// person does.
void decide_step(Decision& decision, const Step& step, const Reading& reading, const Known& known) {
    decision.fate = Fate::understood;
    const auto& worker = known.named_worker ? known.named_worker : known.own_worker;
    if (!worker || !agreed(*worker)) {
        if (step.intent == Intent::departed && tells_something(reading) &&
            (!official(known) || unofficial_route(reading))) {
            raise_route_mismatch(decision, reading, known, std::nullopt);
        }
        return;
    }
    const bool own = worker->owner_key == known.sender_key;
    const bool trusted = own || official(known);
    decision.trail = trail_event(*worker, step.intent, reading.place.empty() ? reading.destination : reading.place,
                                 reading.when.at.value_or(known.now));
    decision.trail->claimed = !trusted;
    if (!trusted) {
        if (step.intent == Intent::departed && unofficial_route(reading)) {
            raise_route_mismatch(decision, reading, known, std::nullopt);
        }
        return;
    }
    decision.worker_event = step.event;
    decision.worker = worker;
    if (worker->state != WorkerState::danger) decision.worker->state = step.state;
    if (step.intent == Intent::departed && other_route(*worker, reading)) {
        raise_route_mismatch(decision, reading, known, worker->number);
    }
}

/// A minor is not registered: child protection hears of it, alone, and nothing of the identity is kept outside the
/// message.
void decide_minor(Decision& decision, const Reading& reading, const Known& known) {
    auto report = report_from(reading, known);
    report.category = Category::irregular_departure;
    report.place = reading.registration.village;
    report.flags |= static_cast<understand::Flags>(Flag::minor_involved);
    decision.report = report;
    decision.incident =
        IncidentScope{"minor/" + hex(known.nik_key.value_or(known.sender_key)), {}};  // each child is an event
    add_alert(decision, AlertKind::minor);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += ", ";
        text += word;
    }
    return text;
}

void fill(Worker& worker, const understand::Registration& form) {
    worker.sex = form.sex;
    worker.village = form.village;
    worker.destination = form.destination;
    worker.exit_point = form.exit_point;
    worker.planned_at = form.date;
}

/// DAFTAR: only from a registered official. The worker stays proposed until SETUJU with the code comes from another
/// phone: until then no SMS to the worker, no event, no identity in any alert.
void decide_registration(Decision& decision, const Reading& reading, const Known& known) {
    decision.fate = Fate::understood;
    if (!official(known)) return;
    auto form = reading.registration;
    if (form.village.empty() && form.missing.empty()) form.missing.emplace_back("desa");  // named, but no place we know
    if (form.minor) {
        decide_minor(decision, reading, known);
        decision.reply = ReplyDraft{"register_minor", {}, false, false};
    } else if (!form.missing.empty()) {
        decision.fate = Fate::clarifying;
        decision.reply = ReplyDraft{"register_missing", {{"missing", joined(form.missing)}}, false, false};
    } else if (!form.nik_problem.empty()) {
        decision.fate = Fate::clarifying;
        decision.reply = ReplyDraft{"register_bad_nik", {}, false, false};
    } else if (known.same_nik) {
        const bool theirs = known.same_nik->registered_by == known.person->id;
        if (theirs) {  // a correction, as long as the worker has not agreed to what was said before
            decision.worker = known.same_nik;
            if (known.same_nik->state == WorkerState::proposed) fill(*decision.worker, form);
        }
        decision.reply =
            theirs ? ReplyDraft{"register_ok", {}, false, true} : ReplyDraft{"register_known", {}, false, false};
    } else {
        Worker worker;
        worker.state = WorkerState::proposed;
        fill(worker, form);
        worker.registered_by = known.person->id;
        worker.registered_at = known.now;
        decision.worker = worker;
        decision.identity = form;
        decision.reply = ReplyDraft{"register_ok", {}, false, true};
    }
}

/// SETUJU with a code: consent, from the worker's own phone. A registered official's or officer's phone is not that.
void decide_consent(Decision& decision, const Reading& reading, const Known& known) {
    if (reading.reference.empty()) return;  // a bare "ya" answers a question; no dialogue is open
    decision.fate = Fate::understood;
    const auto& worker = known.named_worker;
    if (!worker || known.person || worker->state != WorkerState::proposed) return;
    if (known.sender_kind != sms::Originator::Kind::msisdn) return;
    decision.worker = worker;
    decision.worker->state = WorkerState::registered;
    decision.worker->owner_key = known.sender_key;
    decision.worker->consent_at = known.now;
    decision.worker_event = "worker.registered";
    decision.trail = trail_event(*worker, Intent::yes, {}, known.now);
}

/// STATUS: the stage, only to the phone that made the ticket; to any other the line for an unknown code.
void decide_status(Decision& decision, const Reading& reading, const Known& known) {
    decision.fate = Fate::understood;
    const auto name = [&] {
        switch (known.ticket) {
            case TicketState::received:
                return "status_received";
            case TicketState::raised:
                return "status_forwarded";
            case TicketState::acknowledged:
                return "status_handled";
            case TicketState::not_theirs:
                break;
        }
        return "status_unknown";
    }();
    decision.reply = ReplyDraft{name, {{"ref", reading.reference}}, false, false};
}

/// One neutral line for whatever was or was not understood; nothing where a reply would feed a loop, a flood, a
/// machine, or somebody who asked for silence.
void settle_reply(Decision& decision, const Known& known) {
    const bool unclear = decision.fate == Fate::unclear || decision.fate == Fate::quarantined;
    // Whoever is registered with us is answered however busy the day, and gets the code a late part made possible.
    const bool throttled = known.lane != Lane::normal && !known.person;
    const bool answered = known.answered && !(decision.reply && decision.reply->worker_code);
    const bool mute = known.silent_channel || known.sender_kind != sms::Originator::Kind::msisdn || answered ||
                      throttled || (known.opted_out && !decision.opt_out) || (unclear && known.unclear_answered);
    if (mute) {
        decision.reply.reset();
    } else if (!decision.reply) {
        decision.reply = ReplyDraft{"received", {}, true, false};
    }
}

}  // namespace

Decision decide(const Reading& reading, const Known& known, const Pack& pack) {
    Decision decision;
    switch (reading.intent) {
        case Intent::report:
        case Intent::sos:
            decide_report(decision, reading, known, pack);
            break;
        case Intent::register_worker:
            decide_registration(decision, reading, known);
            break;
        case Intent::yes:
            decide_consent(decision, reading, known);
            break;
        case Intent::status:
            decide_status(decision, reading, known);
            break;
        case Intent::help:
            decision.fate = Fate::understood;
            decision.reply = ReplyDraft{"help", {}, false, false};
            break;
        case Intent::stop:
        case Intent::start:
            decision.fate = Fate::understood;
            decision.opt_out = reading.intent == Intent::stop;
            decision.reply = ReplyDraft{reading.intent == Intent::stop ? "stop" : "start", {}, false, false};
            break;
        default:
            for (const auto& step : steps) {
                if (step.intent == reading.intent) decide_step(decision, step, reading, known);
            }
            break;
    }
    settle_reply(decision, known);
    return decision;
}

}  // namespace jejak::casework
