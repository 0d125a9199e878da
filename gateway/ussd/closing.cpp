// What becomes of a session that ended before its last screen.
#include "gateway/casework/conversation.hpp"
#include "gateway/casework/rules.hpp"
#include "gateway/understand/dialogue/ask.hpp"
#include "gateway/understand/raise.hpp"
#include "gateway/ussd/session.hpp"

namespace jejak::ussd {
namespace {

using casework::ReplyRoute;
using storage::Column;
using storage::Dialogue;
using storage::Table;
using storage::Unit;
using understand::Reading;

bool in_danger(Unit& unit, const storage::LookupKey& number) {
    const auto worker = unit.worker_of(number);
    return worker && worker->state == WorkerState::danger;
}

/// The session is over although its row goes on as another conversation: a late request must not begin it anew.
void keep_ended(Unit& unit, const Tools& tools, const Dialogue& row, const std::optional<storage::LookupKey>& session,
                const Record& record) {
    if (!session) return;
    Record over;
    over.menu.language = record.menu.language;
    over.seen = record.seen;
    over.screen = record.screen;
    over.ended = true;
    Dialogue marker;
    marker.id = unit.next_id(Table::dialogue);
    marker.way = Dialogue::Way::ussd;
    marker.session_key = session;
    marker.channel = row.channel;
    marker.opened_at = unit.now();
    marker.expires_at = unit.now() + Desk::closed_kept;
    marker.state = seal(tools.vault, marker.id, over);
    unit.add(marker);
}

/// The open question goes on by SMS, where an SMS can do no harm: the person's next text answers it.
bool go_on_by_sms(Unit& unit, const Tools& tools, Dialogue row, const Record& record, const ReplyRoute& route) {
    const auto message = unit.message(row.message);
    const auto number =
        message ? tools.vault.open(Table::message, Column::sender, message->id, message->sender) : std::nullopt;
    if (!number || static_cast<sms::Originator::Kind>(message->sender_kind) != sms::Originator::Kind::msisdn)
        return false;
    const auto policy = unit.reply_policy(row.person_key).value_or(storage::ReplyPolicy{});
    const auto mode = policy.mode.value_or(route.mode);
    const bool may_write = mode == storage::ReplyMode::neutral || mode == storage::ReplyMode::full;
    const bool spared = casework::calls_of(policy, unit.now()) == storage::Calls::no ||
                        policy.quiet_until > unit.now() || policy.help_until > unit.now();
    const bool night = route.quiet_hours.hold(unit.now(), tools.pack->utc_offset_of(number->reveal()));
    if (!may_write || night || spared || unit.opted_out(row.person_key)) return false;
    // One conversation by SMS a person; and none with a phone whose owner may not be the one who reads.
    if (unit.dialogue_of(row.person_key, unit.now(), Dialogue::Way::sms) || in_danger(unit, row.person_key))
        return false;
    if (!stands(*tools.pack, row, record)) return false;

    understand::ReadingContext context;
    context.received_at = message->received_at;
    context.sender = number->reveal();
    casework::Progress progress;
    progress.reading = understand::reading_of(*tools.pack, record.menu, context);
    if (const auto report = unit.report_of(row.message))
        keep_corrections(progress.reading, progress.reading, *report, record.filed, *tools.pack, unit.now());
    for (const auto& answer : record.menu.answers) progress.done.push_back(answer.field);
    if (about_a_victim(progress.reading) || has(progress.reading.flags, understand::Flag::phone_monitored))
        return false;
    const auto* form = understand::form_of(*tools.pack, record.menu);
    const auto* field = form == nullptr ? nullptr : form->field(record.menu.field);
    if (field == nullptr || field->question.empty() || field->type == "yes_no") return false;
    if (!tools.intake.may_write_to(number->reveal(), route.channel, unit.now())) return false;

    progress.done.push_back(field->name);
    const auto session = row.session_key;
    row.way = Dialogue::Way::sms;
    row.session_key.reset();
    row.slot = field->name;
    row.asked = 1;
    row.expires_at = unit.now() + tools.answers_within;
    row.state = casework::seal(tools.vault, row.id, progress);
    unit.update(row);
    keep_ended(unit, tools, row, session, record);

    storage::Reply reply;
    reply.id = unit.next_id(Table::reply);
    reply.message = row.message;
    reply.channel = route.channel;
    if (message->channel == route.channel) reply.account = message->account;
    reply.to_key = row.person_key;
    reply.text =
        tools.vault.seal(Table::reply, Column::text, reply.id, tools.pack->say(field->question, record.menu.language));
    reply.to = tools.vault.seal(Table::reply, Column::number, reply.id, number->reveal());
    reply.valid_until = unit.now() + route.validity;
    unit.add(reply);
    return true;
}

}  // namespace

void let_answer_by_sms(Unit& unit, const Tools& tools, const Dialogue& session, const Reading& reading, bool wanted) {
    const auto open = unit.dialogue_of(session.person_key, unit.now(), Dialogue::Way::sms);
    if (open && !wanted && open->message == session.message) unit.end_dialogue(open->id);
    if (open || !wanted) return;
    casework::Progress progress;
    progress.reading = reading;
    progress.done.emplace_back(casework::gentle_field);
    Dialogue row;
    row.id = unit.next_id(Table::dialogue);
    row.way = Dialogue::Way::sms;
    row.person_key = session.person_key;
    row.channel = session.channel;
    row.message = session.message;
    row.form = casework::gentle_form;
    row.slot = casework::gentle_field;
    row.asked = 1;
    row.opened_at = unit.now();
    row.expires_at = unit.now() + tools.answers_within;
    row.state = casework::seal(tools.vault, row.id, progress);
    unit.add(row);
}

bool about_a_victim(const Reading& reading) {
    switch (reading.category) {
        case Category::harbouring:
        case Category::labour_exploitation:
        case Category::sexual_exploitation:
        case Category::other_exploitation:
        case Category::online_scam:
            return true;
        default:
            return understand::ask_gently(reading);
    }
}

Fate final_fate(const understand::Pack& pack, const understand::MenuState& menu) {
    return understand::reading_of(pack, menu, {}).intent == Intent::unclear ? Fate::unclear : Fate::understood;
}

bool stands(const understand::Pack& pack, const Dialogue& row, const Record& record) {
    const auto* form = understand::form_of(pack, record.menu);
    return row.form == (form == nullptr ? std::string_view() : std::string_view(form->name));
}

void release(Unit& unit, const Tools& tools, storage::Id message_id, std::vector<std::string>& touched) {
    const auto message = unit.message(message_id);
    const auto report = unit.report_of(message_id);
    if (!message || !report) return;
    const auto number = tools.vault.open(Table::message, Column::sender, message->id, message->sender);
    casework::Subject subject;
    subject.message = message_id;
    subject.sender.kind = static_cast<sms::Originator::Kind>(message->sender_kind);
    if (number) subject.sender.address = number->reveal();
    subject.sender_key = report->sender_key;
    // The row rather than the menu: it is there whatever became of the session, and knows what was put right by SMS.
    subject.reading = casework::reading_of(*report, unit.now());
    subject.reading.alerts = understand::alerts_raised(*tools.pack, subject.reading, unit.now());
    subject.pack = tools.pack;
    subject.answered = true;
    subject.may_ask = false;
    subject.from_menu = true;
    subject.held = true;
    subject.said_at = report->received_at;
    auto handled = tools.caseworker.handle(unit, subject);
    touched.insert(touched.end(), handled.endpoints.begin(), handled.endpoints.end());
}

void keep_corrections(Reading& reading, const Reading& before, const storage::Report& report, std::string_view filed,
                      const understand::Pack& pack, WallTime now) {
    if (filed.empty() || filed == filed_as(report)) return;
    if (reading.intent != report.intent || reading.intent != before.intent) return;  // it is of another matter now
    if (reading.category == before.category) reading.category = report.category;
    if (reading.place == before.place && reading.place != report.place) {
        const auto* place = pack.place(report.place);
        reading.place = report.place;
        reading.place_name = place == nullptr ? std::string() : place->name;
    }
    if (reading.people == before.people && reading.people_max == before.people_max) {
        reading.people = report.people;
        reading.people_max = report.people_max;
    }
    const auto onset = [](const Reading& one) { return one.when.at ? one.when.at : one.when.since; };
    if (report.onset && onset(reading) == onset(before) && report.onset != onset(reading))
        reading.when = casework::reading_of(report, now).when;
    reading.flags |= report.flags & ~before.flags;
    reading.alerts = understand::alerts_raised(pack, reading, now);
}

void close_expired(Unit& unit, const Tools& tools, const Routes& routes, std::vector<std::string>& touched) {
    for (auto& row : unit.dialogues_expired(unit.now(), Desk::expired_per_turn, Dialogue::Way::ussd)) {
        auto record = open(tools.vault, row);
        if (!record || record->ended || row.message == 0) {
            if (!record && row.message != 0) {
                unit.set_fate(row.message, Fate::understood);
                release(unit, tools, row.message, touched);
            }
            unit.end_dialogue(row.id);
            continue;
        }
        const auto route = routes.find(row.channel);
        if (route == routes.end()) continue;
        if (record->held) release(unit, tools, row.message, touched);
        record->held = false;
        if (route->second && go_on_by_sms(unit, tools, row, *record, *route->second)) continue;
        unit.set_fate(row.message, final_fate(*tools.pack, record->menu));
        record->ended = true;
        row.person_key = {};
        row.slot.clear();
        row.expires_at = unit.now() + Desk::closed_kept;
        row.state = seal(tools.vault, row.id, *record);
        unit.update(row);
    }
}

}  // namespace jejak::ussd
