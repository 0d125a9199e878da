#include "gateway/ussd/session.hpp"

#include <algorithm>
#include <utility>

#include "gateway/casework/conversation.hpp"
#include "gateway/casework/rules.hpp"
#include "gateway/understand/pack/data.hpp"
#include "gateway/ussd/manner.hpp"
#include "protocol/sms/utf8.hpp"
#include "protocol/ussd/paging.hpp"
#include "storage/error.hpp"

namespace jejak::ussd {
namespace {

using casework::ReplyRoute;
using casework::Subject;
using storage::Column;
using storage::Dialogue;
using storage::Id;
using storage::Table;
using storage::Unit;
using understand::Closing;
using understand::MenuStep;
using understand::Reading;

/// True when two readings would be filed alike.
bool same_meaning(const Reading& one, const Reading& other) {
    return one.intent == other.intent && one.category == other.category && one.people == other.people &&
           one.people_max == other.people_max && one.place == other.place && one.when.at == other.when.at &&
           one.when.since == other.when.since && one.when.until == other.when.until &&
           one.destination == other.destination && one.subject == other.subject && one.reference == other.reference &&
           one.flags == other.flags;
}

/// Where the last screen of a report has its ticket.
constexpr std::string_view ref_field = "{ref}";
/// Begins no request: only the last input of what comes is taken, and nothing is said twice.
constexpr std::string_view seen_unknown = "?";

class Session {
public:
    Session(Unit& unit, const Tools& tools, const Turn& turn) : unit_(unit), tools_(tools), turn_(turn) {
        row_.channel = turn.channel;
        row_.way = Dialogue::Way::ussd;
        row_.person_key = tools.vault.lookup("msisdn", turn.sender.address);
        row_.session_key = session_key(tools.vault, turn);
        sender_key_ = row_.person_key;
        context_.received_at = unit.now();
        context_.sender = turn.sender.address;
        if (turn.sender.kind != sms::Originator::Kind::msisdn) return;
        if (const auto person = unit.person(sender_key_)) {
            context_.role = person->role;
            context_.place = person->place;
        }
    }

    Shown run() {
        find();
        if (turn_.what == Turn::What::ended) return over();
        if (!found_ && !moved_ && turn_.what == Turn::What::input) {
            shown_.how = Shown::How::unknown;
            return show({}, true);
        }
        const auto inputs = inputs_now();
        if (inputs.repeated) return once_more();
        if (found_ && record_.ended) return too_late(inputs.list);
        if (!found_) begin(!inputs.list.empty());
        take(inputs.list);
        return settle();
    }

private:
    /// The session's row, and what it says; a row that cannot be read begins anew.
    void find() {
        auto row = unit_.dialogue_of_session(*row_.session_key);
        if (!row || row->way != Dialogue::Way::ussd) return;
        auto record = open(tools_.vault, *row);
        const bool anew = turn_.what == Turn::What::dialled && record && (record->ended || moved_on(*record));
        if (!record || anew) {
            // The network's id stands for another session now.
            if (!record && row->message != 0) {
                unit_.set_fate(row->message, Fate::understood);
                let_go(row->message);
            }
            if (record && !record->ended) broken_ = std::move(*row);
            if (!record || record->ended) unit_.end_dialogue(row->id);
            if (!record && turn_.what == Turn::What::whole) {
                record_.seen = seen_unknown;
                moved_ = true;
            }
            return;
        }
        if (!record->ended && !stands(*tools_.pack, *row, *record)) {
            leave(*row, record);
            record_.seen = std::move(record->seen);
            moved_ = true;
            return;
        }
        row_ = std::move(*row);
        record_ = std::move(*record);
        found_ = true;
    }

    /// Something was pressed since it was dialled: the same call once more would find it as it was.
    bool moved_on(const Record& record) const { return record.seen != dialled_mark(); }
    WallTime touched_at() const {
        return row_.expires_at - (record_.ended ? std::chrono::milliseconds(Desk::closed_kept) : turn_.timeout);
    }
    std::string dialled_mark() const { return "dialled " + turn_.text; }
    std::string input_mark() const { return "input " + turn_.text; }

    Inputs inputs_now() const {
        if (moved_) return inputs_meant();
        switch (turn_.what) {
            case Turn::What::dialled:
                if (found_) return {{}, true};
                return inputs_dialled(turn_.text, turn_.service_code);
            case Turn::What::whole:
                return inputs_of(turn_.text, record_.seen, found_);
            default:
                return {{turn_.text}, touched_at() < turn_.wire_since && record_.seen == input_mark()};
        }
    }

    /// The menu is another than the one that was shown: a key means nothing, words mean what they say.
    Inputs inputs_meant() const {
        if (turn_.what == Turn::What::dialled) return {};
        auto inputs =
            turn_.what == Turn::What::whole ? inputs_of(turn_.text, record_.seen, true) : Inputs{{turn_.text}, false};
        std::erase_if(inputs.list, [](const std::string& input) { return !understand::is_words(input); });
        return {std::move(inputs.list), false};
    }

    /// The session is over, and that is all its screen says. But what was typed is not lost: words are a message of
    /// their own, read like a text.
    Shown too_late(const std::vector<std::string>& inputs) {
        const auto screen = cut(tools_.pack->data().ussd.closed);
        std::string words;
        for (const auto& input : inputs) {
            if (understand::is_words(input)) words += (words.empty() ? "" : "\n") + input;
        }
        if (words.empty()) return show(screen, true);
        const auto text = sms::utf8::repaired(words);
        const auto own = std::exchange(row_.message, turn_.message);
        const auto fate = act(understand::read(*tools_.pack, text, context_), text, false, false);
        add_message(fate, text);
        shown_.fate = fate;
        row_.message = own;
        record_.seen = mark();
        record_.screen = screen;
        row_.expires_at = unit_.now() + Desk::closed_kept;
        row_.state = seal(tools_.vault, row_.id, record_);
        unit_.update(row_);
        return show(screen, true);
    }

    std::string mark() const {
        switch (turn_.what) {
            case Turn::What::dialled:
                return dialled_mark();
            case Turn::What::input:
                return input_mark();
            default:
                return turn_.text;
        }
    }

    /// The same screen. An input that only may have been the same one is believed to be new when it comes once more.
    Shown once_more() {
        if (turn_.what == Turn::What::input) {
            record_.seen.clear();
            row_.state = seal(tools_.vault, row_.id, record_);
            unit_.update(row_);
        }
        return show(record_.screen, record_.ended);
    }

    /// A new session: at the root, or at the question whether to go on with one that broke off. What was dialled with
    /// inputs behind it wants something else.
    void begin(bool hurried) {
        row_.opened_at = unit_.now();
        const bool knows_sender = turn_.sender.kind == sms::Originator::Kind::msisdn;
        auto broken = std::move(broken_);
        if (!broken && knows_sender) broken = unit_.dialogue_of(sender_key_, unit_.now(), Dialogue::Way::ussd);
        if (broken) {
            auto left = open(tools_.vault, *broken);
            if (left && !hurried && may_resume(*broken, *left) && !hushed(manner({}))) {
                auto key = row_.session_key;
                row_ = std::move(*broken);
                row_.session_key = key;
                row_.channel = turn_.channel;
                record_.held = left->held;
                record_.filed = std::move(left->filed);
                step_ = understand::resume_menu(*tools_.pack, std::move(left->menu));
                return;
            }
            leave(*broken, left);
        }
        step_ = understand::open_menu(*tools_.pack, context_);
    }

    /// Not a call for help or a report of what was done to somebody: another may hold the phone now.
    bool may_resume(const Dialogue& broken, const Record& left) const {
        if (left.ended || broken.message == 0 || broken.expires_at <= unit_.now()) return false;
        if (left.menu.distress || !stands(*tools_.pack, broken, left)) return false;
        const auto reading = understand::reading_of(*tools_.pack, left.menu, context_);
        return reading.intent != Intent::sos && !about_a_victim(reading) &&
               !has(reading.flags, understand::Flag::phone_monitored);
    }

    /// What broke off stays as it is: its message has its report.
    void leave(const Dialogue& broken, const std::optional<Record>& left) {
        if (broken.message != 0) {
            unit_.set_fate(broken.message, left ? final_fate(*tools_.pack, left->menu) : Fate::understood);
            if (!left || left->held) let_go(broken.message);
        }
        unit_.end_dialogue(broken.id);
    }

    void let_go(Id message) { release(unit_, tools_, message, shown_.endpoints); }

    void take(const std::vector<std::string>& inputs) {
        if (found_) step_.state = record_.menu;
        std::size_t taken = 0;
        for (const auto& input : inputs) {
            if (taken++ == Desk::inputs_max || step_.closing != Closing::none) break;
            const auto before = understand::reading_of(*tools_.pack, step_.state, context_);
            const auto left = step_.state;
            step_ = understand::press(*tools_.pack, std::move(step_.state), input, context_);
            if (asks_of_danger() && hushed(manner(step_.state)))
                step_ = understand::end_menu(*tools_.pack, std::move(step_));
            if (step_.afresh) {
                unit_.set_fate(row_.message, final_fate(*tools_.pack, left));
                if (std::exchange(record_.held, false)) let_go(row_.message);
                row_.message = 0;
            }
            if (step_.said) file(before, understand::is_words(input) ? input : std::string());
        }
    }

    /// The screen that thanks for a call for help, and asks whether they may be called.
    bool asks_of_danger() const {
        const auto* form = understand::form_of(*tools_.pack, step_.state);
        return step_.closing == Closing::none && form != nullptr && form->intent == Intent::sos;
    }

    Manner manner(const understand::MenuState& menu) const {
        return manner_of(unit_, tools_.vault, turn_, sender_key_, menu);
    }

    /// The session's one message, and its report: both as far as is known now.
    /// `typed` words are always acted on: the agreed word may be among them, which changes no slot.
    void file(const Reading& before, const std::string& typed) {
        const bool fresh = row_.message == 0;
        auto reading = understand::reading_of(*tools_.pack, step_.state, context_);
        if (fresh) row_.message = turn_.message;
        auto fate = Fate::clarifying;
        if (fresh || !typed.empty() || !same_meaning(before, reading)) {
            const auto& transcript = step_.state.transcript;
            const auto filed = fresh ? std::nullopt : unit_.report_of(row_.message);
            auto own = filed_as(reading);
            if (filed) keep_corrections(reading, before, *filed, record_.filed, *tools_.pack, unit_.now());
            record_.filed = std::move(own);
            fate = act(std::move(reading), typed.empty() ? transcript : typed + '\n' + transcript, true, !fresh);
        }
        if (step_.closing == Closing::none) fate = Fate::clarifying;
        if (fresh) {
            add_message(fate, step_.state.transcript);
            shown_.fate = fate;
        } else {
            unit_.set_text(row_.message, sealed(Column::text, step_.state.transcript));
        }
        const auto may = understand::may_call(*tools_.pack, step_.state);
        if (may && turn_.sender.kind == sms::Originator::Kind::msisdn)
            tools_.caseworker.keep_calls(unit_, sender_key_, *may ? storage::Calls::yes : storage::Calls::no,
                                         *tools_.pack, shown_.endpoints);
        const auto told = understand::reading_of(*tools_.pack, step_.state, context_);
        if (told.intent == Intent::sos && turn_.sender.kind == sms::Originator::Kind::msisdn)
            let_answer_by_sms(unit_, tools_, row_, told, step_.state.field == casework::gentle_field);
    }

    Fate act(Reading reading, const std::string& text, bool from_menu, bool answered) {
        Subject subject;
        subject.message = row_.message;
        subject.sender = turn_.sender;
        subject.sender_key = sender_key_;
        subject.text = text;
        subject.reading = std::move(reading);
        subject.pack = tools_.pack;
        subject.route.how = ReplyRoute::How::silent;  // the screen is the answer
        subject.answered = answered;
        subject.may_ask = false;
        subject.from_menu = from_menu;
        subject.said_at = unit_.now();
        const auto& when = subject.reading.when;
        const bool dated = when.now || when.at || when.since || when.until;
        subject.asks_when = from_menu && !dated && asks_when();
        subject.held = from_menu && record_.held;
        auto handled = tools_.caseworker.handle(unit_, subject);
        if (from_menu && handled.report != 0) record_.held = handled.held;
        if (handled.report != 0) tools_.intake.note_report(sender_key_, handled.report);
        shown_.endpoints.insert(shown_.endpoints.end(), handled.endpoints.begin(), handled.endpoints.end());
        return handled.fate;
    }

    bool asks_when() const {
        return step_.closing == Closing::none && understand::asks_when(*tools_.pack, step_.state);
    }

    storage::Sealed sealed(Column column, std::string_view text) const {
        return tools_.vault.seal(Table::message, column, row_.message, text);
    }

    void add_message(Fate fate, std::string_view text) {
        storage::Message message;
        message.id = row_.message;
        message.channel = turn_.channel;
        message.account = turn_.account;
        message.sender_key = sender_key_;
        message.sender_kind = static_cast<std::uint8_t>(turn_.sender.kind);
        message.sender = sealed(Column::sender, turn_.sender.address);
        message.destination = sealed(Column::destination, turn_.service_code);
        message.text = sealed(Column::text, text);
        message.received_at = unit_.now();
        message.fate = fate;
        message.remarks = message.remarks | sms::Remark::menu;
        unit_.add(message);
    }

    /// Keeps where the session is; its last screen gets what only the store knows.
    Shown settle() {
        const bool end = step_.closing != Closing::none;
        const bool form_open = understand::form_of(*tools_.pack, step_.state) != nullptr;
        const bool asked = end || (form_open && !asks_when());  // or skipped, or left for good
        if (asked && std::exchange(record_.held, false)) let_go(row_.message);
        if (end) close();
        record_.seen = mark();
        record_.menu = std::move(step_.state);
        record_.screen = step_.screen;
        record_.ended = end;
        keep(end);
        return show(record_.screen, end);
    }

    void close() {
        step_.screen = ussd::cut(last_screen());
        if (row_.message == 0) return;
        unit_.set_fate(row_.message, final_fate(*tools_.pack, step_.state));
        unit_.set_text(row_.message, sealed(Column::text, step_.state.transcript));
    }

    std::string last_screen() {
        const auto& pack = *tools_.pack;
        const auto& language = step_.state.language;
        const auto now = manner(step_.state);
        if (hushed(now)) return last_line(pack, now, language);
        const auto reading = understand::reading_of(pack, step_.state, context_);
        if (step_.closing == Closing::status) {
            const auto stage = casework::ticket_stage(unit_, tools_.publisher, sender_key_, reading.reference);
            return pack.reply(casework::status_reply(stage), {{"ref", reading.reference}}, language);
        }
        if (step_.closing == Closing::bye) return step_.screen;
        const auto at = step_.screen.find(ref_field);
        const bool spared = now.spared || understand::has(reading.flags, understand::Flag::self_victim);
        const auto reference = at == std::string::npos || spared ? std::string() : ticket();
        if (speaks_fully(now)) {
            const auto guidance = casework::guidance_for(reading.intent);
            if (guidance && (!guidance->ticket || !reference.empty()))
                return pack.reply(guidance->reply, {{"ref", reference}}, language);
        }
        if (at == std::string::npos) return step_.screen;
        if (reference.empty()) return std::string(pack.say(pack.data().ussd.thanks_plain, language));
        return step_.screen.replace(at, ref_field.size(), reference);
    }

    /// Empty when there is nothing to hold one for, or every ticket is given out.
    std::string ticket() {
        if (row_.message == 0) return {};
        try {
            return tools_.publisher.ticket_reference(unit_.issue_ticket(row_.message));
        } catch (const storage::Exhausted&) {
            return {};
        }
    }

    void keep(bool end) {
        const auto* form = understand::form_of(*tools_.pack, record_.menu);
        row_.form = form == nullptr ? std::string() : form->name;
        row_.slot = end ? std::string() : record_.menu.field;
        row_.expires_at = unit_.now() + (end ? std::chrono::milliseconds(Desk::closed_kept) : turn_.timeout);
        // A session that is over is nobody's conversation any more; it only answers what is asked again.
        if (end) row_.person_key = {};
        if (row_.id == 0) {
            row_.id = unit_.next_id(Table::dialogue);
            row_.state = seal(tools_.vault, row_.id, record_);
            unit_.add(row_);
        } else {
            row_.state = seal(tools_.vault, row_.id, record_);
            unit_.update(row_);
        }
    }

    /// The network says that it is over. What was said is filed already, and waits for the person to dial again until
    /// the time is over; a session that said nothing leaves nothing.
    Shown over() {
        if (found_ && !record_.ended && row_.message == 0) unit_.end_dialogue(row_.id);
        if (found_ && std::exchange(record_.held, false)) {  // whether they dial again, nobody knows
            let_go(row_.message);
            row_.state = seal(tools_.vault, row_.id, record_);
            unit_.update(row_);
        }
        return show({}, true);
    }

    Shown show(std::string screen, bool end) {
        shown_.screen = std::move(screen);
        shown_.end = end;
        return std::move(shown_);
    }

    std::string cut(const understand::Localised& text) const {
        return ussd::cut(tools_.pack->say(text, found_ ? record_.menu.language : std::string_view{}));
    }

    Unit& unit_;
    const Tools& tools_;
    const Turn& turn_;
    storage::LookupKey sender_key_{};
    understand::ReadingContext context_;
    Dialogue row_;
    std::optional<Dialogue> broken_;  ///< of the same network id, while it was under way
    Record record_;
    MenuStep step_;
    Shown shown_;
    bool found_ = false;
    bool moved_ = false;  ///< the session's menu changed under it: what it said is settled, and it begins anew
};

}  // namespace

storage::LookupKey session_key(const storage::Vault& vault, const Turn& turn) {
    // With the phone: an id that a network gives twice must not show one person's session to another.
    return vault.lookup("ussd", turn.channel + '\0' + turn.session + '\0' + turn.sender.address);
}

Shown carry_out(Unit& unit, const Tools& tools, const Turn& turn) {
    return Session(unit, tools, turn).run();
}

}  // namespace jejak::ussd
