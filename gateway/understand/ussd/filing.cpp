// What a session's answers mean, as a Reading like any text's.
#include <algorithm>
#include <charconv>

#include "gateway/understand/dialogue/merge.hpp"
#include "gateway/understand/learned/analysis.hpp"
#include "gateway/understand/raise.hpp"
#include "gateway/understand/slots/numbers.hpp"
#include "gateway/understand/ussd/screen.hpp"
#include "protocol/ascii.hpp"

namespace jejak::understand {
namespace {

/// Keys are pressed with less doubt than words are read.
constexpr double menu_confidence = 0.95;

bool fill_number(std::string_view digits, std::optional<std::uint32_t>& into) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number == 0 || number > people_most)
        return false;
    into = number;
    return true;
}

void fill_place(const Pack& pack, std::string_view code, Reading& into) {
    const auto* place = pack.place(code);
    if (place == nullptr) return;
    into.place = place->code;
    into.place_name = place->name;
}

/// A choice of the form's own, by the key it has there.
bool fill_choice(const Pack& pack, const FormField& field, std::string_view value, const ReadingContext& context,
                 Reading& into) {
    const auto chosen =
        std::find_if(field.choices.begin(), field.choices.end(), [&](const Choice& one) { return one.value == value; });
    if (chosen == field.choices.end()) return false;
    const auto key = std::to_string(chosen - field.choices.begin() + 1);
    return read_answer(pack, field, key, context, into) == Fit::answer;
}

std::string upper(std::string_view typed) {
    auto text = upper_case(typed);
    std::erase(text, ' ');
    return text;
}

/// What words between the keys tell of: an event, or how somebody is. They are no command: no reply could follow it.
bool tells(Intent intent) {
    switch (intent) {
        case Intent::report:
        case Intent::sos:
        case Intent::missing:
        case Intent::safe:
            return true;
        default:
            return false;
    }
}

/// The words that answered nothing, as a text is read; a form's answers go before them. A call for help stands first:
/// where what was typed before it makes something else of all, it is read by itself.
Reading read_words(const Pack& pack, const MenuState& state, const ReadingContext& context) {
    Reading reading;
    if (state.words.empty()) return reading;
    reading = read(pack, state.words, context);
    if (state.distress && reading.intent != Intent::sos)
        reading = read(pack, std::string_view(state.words).substr(0, state.words.find('\n')), context);
    if (!tells(reading.intent)) reading.intent = Intent::unclear;
    reading.reference.clear();
    reading.query.clear();
    reading.ask.clear();
    reading.registration = {};
    reading.correction = reading.question = false;
    return reading;
}

void settle_flags(const Pack::Data& data, const ReadingContext& context, Reading& reading) {
    const auto set = [&](Flag flag) { reading.flags |= static_cast<Flags>(flag); };
    if (from_abroad(data, context.sender)) set(Flag::from_abroad);
    if (reading.people_max.value_or(reading.people.value_or(0)) >= data.mass) set(Flag::mass);
    if (reading.when.now) set(Flag::imminent);
}

}  // namespace

Fit fill_in(const Pack& pack, const FormField& field, const MenuAnswer& answer, const ReadingContext& context,
            Reading& into) {
    if (answer.value.empty() && answer.text.empty()) return Fit::skip;
    const auto took = [](bool filled) { return filled ? Fit::answer : Fit::none; };
    if (field.type == "yes_no") return took(!answer.value.empty());  // fills no slot: see may_call()
    if (field.name == "subject") {
        into.subject = answer.text;
        return Fit::answer;
    }
    if (field.name == "code") {
        into.reference = upper(answer.text);
        return Fit::answer;
    }
    if (field.type == "number" && fill_number(answer.value.empty() ? answer.text : answer.value, into.people)) {
        into.people_max.reset();
        return Fit::answer;
    }
    if (answer.value.empty()) return read_answer(pack, field, answer.text, context, into);
    if (fill_choice(pack, field, answer.value, context, into)) return Fit::answer;
    if (asks_place(field)) fill_place(pack, answer.value, into);
    return took(asks_place(field));
}

std::optional<bool> may_call(const Pack& pack, const MenuState& state) {
    const auto* form = form_of(pack, state);
    for (const auto& answer : state.answers) {
        const auto* field = form == nullptr ? nullptr : form->field(answer.field);
        if (field != nullptr && field->type == "yes_no" && !answer.value.empty()) return answer.value == "yes";
    }
    return std::nullopt;
}

bool asks_when(const Pack& pack, const MenuState& state) {
    const auto* form = form_of(pack, state);
    if (form == nullptr) return false;
    const auto asked_of = [&](const std::string& name) {
        const auto* field = form->field(name);
        if (field == nullptr || field->type != "time") return false;
        return std::none_of(state.answers.begin(), state.answers.end(),
                            [&](const MenuAnswer& answer) { return answer.field == name; });
    };
    const auto& fields = item_of(pack, state).fields;
    return std::any_of(fields.begin(), fields.end(), asked_of);
}

Reading reading_of(const Pack& pack, const MenuState& state, const ReadingContext& context) {
    const auto words = read_words(pack, state, context);
    auto reading = words;
    const auto* form = form_of(pack, state);
    if (form != nullptr) reading.intent = form->intent;
    if (state.distress) reading.intent = Intent::sos;
    if (form != nullptr || state.distress) reading.confidence = menu_confidence;
    reading.language = state.language.empty() ? pack.languages().front() : state.language;
    for (const auto& answer : state.answers) {
        const auto* field = form == nullptr ? nullptr : form->field(answer.field);
        if (field != nullptr) fill_in(pack, *field, answer, context, reading);
    }
    // What a call for help tells of itself goes before the keys of the form it broke off.
    if (state.distress) take_later(reading, words, About::both);
    if (reading.intent == Intent::missing && reading.category == Category::none)
        reading.category = Category::missing_person;
    if (reading.intent == Intent::report && reading.category == Category::none) reading.category = Category::other;
    settle_flags(pack.data(), context, reading);
    // Who presses "help" means themselves; a call that was typed says whom it is for.
    if (reading.intent == Intent::sos && words.intent != Intent::sos)
        reading.flags |= static_cast<Flags>(Flag::self_victim);
    reading.alerts = alerts_raised(pack, reading, context.received_at);
    return reading;
}

}  // namespace jejak::understand
