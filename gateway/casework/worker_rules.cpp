// Workers who are registered: their consent, their steps, where they are.
#include <algorithm>

#include "gateway/casework/rules.hpp"

namespace jejak::casework {
namespace {

using storage::TrailEvent;
using storage::Worker;

TrailEvent trail_event(const Worker& worker, Intent kind, const std::string& place, WallTime at) {
    TrailEvent event;
    event.worker = worker.id;
    event.kind = kind;
    event.place = place;
    event.at = at;
    return event;
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

/// A place of ours by its code; one abroad by its name.
std::string where(const Reading& reading) {
    if (!reading.place.empty()) return reading.place;
    return reading.destination.empty() ? reading.place_name : reading.destination;
}

struct Step {
    Intent intent;
    std::optional<WorkerState> state;  ///< empty: the state stays
    const char* event;
};
constexpr Step steps[] = {
    {Intent::departed, WorkerState::departed, "worker.departed"},
    {Intent::arrived, WorkerState::arrived, "worker.arrived"},
    {Intent::safe, WorkerState::active, "worker.checked_in"},
    {Intent::returned, WorkerState::returned, "worker.returned"},
    {Intent::position, std::nullopt, ""},
};

/// Each child is an event, and so is each message that names one without a NIK: whoever sends many is told of each.
IncidentScope child_scope(const Known& known) {
    return {"minor/" + (known.nik_key ? hex(*known.nik_key) : std::to_string(known.message)), {}};
}

/// A child goes: child protection hears of it, alone, and nothing of the identity is kept outside the message.
void raise_minor(Decision& decision, const Reading& reading, const Known& known) {
    if (!decision.report) {
        decision.report = report_from(reading, known);
        decision.incident = child_scope(known);
        auto& category = decision.report->category;
        if (category == Category::none || is_no_case(category)) category = Category::irregular_departure;
        if (!reading.registration.village.empty()) decision.report->place = reading.registration.village;
    }
    decision.report->flags |= static_cast<understand::Flags>(Flag::minor_involved);
    add_alert(decision, AlertKind::minor);
}

/// DAFTAR from anybody else registers nobody, and nothing of the form is kept outside the message: it is for a person
/// to read, who is told that it is there. A child in it is told of whoever names it.
void decide_proposal(Decision& decision, const Reading& reading, const Known& known) {
    const auto& form = reading.registration;
    if (form.minor || has(reading.flags, Flag::minor_involved)) return raise_minor(decision, reading, known);
    decision.fate = Fate::unclear;
    if (form.name.empty() && form.nik.empty()) return;  // the bare word
    decision.report = report_from(reading, known);
    if (!form.village.empty()) decision.report->place = form.village;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += ", ";
        text += word;
    }
    return text;
}

/// Where to and which way, as far as the pack has a name for it: others are told of that. What was typed in its place
/// ("IKUT ABANG …") may name somebody, and stays in the sealed message.
void fill(Worker& worker, const understand::Registration& form, const Pack& pack) {
    const auto known = [&](const std::string& name) { return pack.knows_place(name) ? name : std::string(); };
    worker.sex = form.sex;
    worker.village = form.village;
    worker.destination = known(form.destination);
    worker.exit_point = known(form.exit_point);
    worker.planned_at = form.date;
}

}  // namespace

namespace {

/// Of the sender's own record or of the code given. From a number that is neither the worker's own nor an official's
/// it is a claim: kept in the trail, changing no state. A text never ends a danger: a person does.
void take_step(Decision& decision, const Reading& reading, const Known& known) {
    const auto step =
        std::find_if(std::begin(steps), std::end(steps), [&](const Step& one) { return one.intent == reading.intent; });
    if (step == std::end(steps)) return;
    decision.fate = Fate::understood;
    const bool departs = step->intent == Intent::departed;
    const auto& worker = known.named_worker ? known.named_worker : known.own_worker;
    if (!worker || !agreed(*worker)) {
        if (departs && tells_something(reading) && (!official(known) || unofficial_route(reading))) {
            raise_route_mismatch(decision, reading, known, std::nullopt);
        }
        return;
    }
    const bool own = worker->owner_key == known.sender_key;
    const bool trusted = own || official(known);
    decision.trail = trail_event(*worker, step->intent, where(reading), reading.when.at.value_or(known.now));
    decision.trail->claimed = !trusted;
    if (!trusted) {
        if (departs && unofficial_route(reading)) raise_route_mismatch(decision, reading, known, std::nullopt);
        return;
    }
    if (!step->state) return;
    decision.worker_event = step->event;
    decision.worker = worker;
    if (worker->state != WorkerState::danger) decision.worker->state = *step->state;
    if (departs && other_route(*worker, reading)) raise_route_mismatch(decision, reading, known, worker->number);
}

}  // namespace

/// BERANGKAT and the like; and whoever leaves with a child is told of, registered or not.
void decide_step(Decision& decision, const Reading& reading, const Known& known) {
    take_step(decision, reading, known);
    const auto& alerts = reading.alerts;
    if (std::find(alerts.begin(), alerts.end(), AlertKind::minor) != alerts.end())
        raise_minor(decision, reading, known);
}

/// DAFTAR: only from a registered official. The worker stays proposed until SETUJU with the code, or a bare YA, comes
/// from the phone the form names; where it names none, until SETUJU comes from a phone that is nobody's on duty. Until
/// then no SMS to the worker, no event, no identity in any alert.
void decide_registration(Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    decision.fate = Fate::understood;
    if (!official(known)) return decide_proposal(decision, reading, known);
    auto form = reading.registration;
    // named, but no place we know
    if (form.village.empty() && form.missing.empty())
        form.missing.emplace_back(pack.field_label("register", "village"));
    if (form.minor) {
        raise_minor(decision, reading, known);
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
            if (known.same_nik->state == WorkerState::proposed) {
                fill(*decision.worker, form, pack);
                decision.consent_phone = form.phone;
            }
        }
        decision.reply =
            theirs ? ReplyDraft{"register_ok", {}, false, true} : ReplyDraft{"register_known", {}, false, false};
    } else {
        Worker worker;
        worker.state = WorkerState::proposed;
        fill(worker, form, pack);
        worker.registered_by = known.person->id;
        worker.registered_at = known.now;
        decision.worker = worker;
        decision.identity = form;
        decision.consent_phone = form.phone;
        decision.reply = ReplyDraft{"register_ok", {}, false, true};
    }
}

/// SETUJU with a code, or a bare YA from the phone that was named for this one worker: consent, from the worker's own
/// phone. A registered official's or officer's phone is not that; nor, where the form names a phone, is any other:
/// whoever has the code may have taken it from the worker. That is a claim, kept in the trail: a person asks the
/// worker, or the official names another phone. TIDAK from the phone that was named ends the proposal.
void decide_consent(Decision& decision, const Reading& reading, const Known& known) {
    const bool asked = known.conversation && known.conversation->row.form == consent_form &&
                       known.conversation->fit != understand::Fit::none;
    if (reading.reference.empty() && !asked) return;  // a bare "ya" that answers nothing
    const bool declines = reading.intent == Intent::no;
    if (declines && !asked) return;
    decision.fate = Fate::understood;
    const auto& worker = known.named_worker;
    if (!worker || known.person || worker->state != WorkerState::proposed) return;
    if (known.sender_kind != sms::Originator::Kind::msisdn) return;
    if (known.other_phone && !declines) {
        decision.trail = trail_event(*worker, Intent::yes, {}, known.now);
        decision.trail->claimed = true;
        return;
    }
    decision.worker = worker;
    if (declines) {
        decision.worker->state = WorkerState::cancelled;
        return;
    }
    decision.worker->state = WorkerState::registered;
    decision.worker->owner_key = known.sender_key;
    decision.worker->consent_at = known.now;
    decision.worker_event = "worker.registered";
    decision.trail = trail_event(*worker, Intent::yes, {}, known.now);
}

}  // namespace jejak::casework
