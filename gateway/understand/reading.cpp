#include "gateway/understand/reading.hpp"

#include <algorithm>

#include "gateway/understand/confidence.hpp"
#include "gateway/understand/dialogue/ask.hpp"
#include "gateway/understand/intents.hpp"
#include "gateway/understand/learned/analysis.hpp"
#include "gateway/understand/learned/verdict.hpp"
#include "gateway/understand/raise.hpp"
#include "gateway/understand/sense/registration.hpp"
#include "gateway/understand/sense/sufferer.hpp"
#include "gateway/understand/slots/amended.hpp"
#include "gateway/understand/slots/category.hpp"
#include "gateway/understand/slots/slots.hpp"
#include "gateway/understand/slots/when.hpp"
#include "gateway/understand/words/language.hpp"

namespace jejak::understand {
namespace {

constexpr auto flag_table = std::to_array<std::string_view>({"minor_involved",
                                                             "minor_reporter",
                                                             "female",
                                                             "pregnant",
                                                             "medical",
                                                             "violence",
                                                             "weapon",
                                                             "imminent",
                                                             "ongoing",
                                                             "recurring",
                                                             "self_victim",
                                                             "phone_monitored",
                                                             "official_involved",
                                                             "foreign_national",
                                                             "mass",
                                                             "retrafficking",
                                                             "duress",
                                                             "unknown_sender",
                                                             "from_abroad",
                                                             "category_corrected",
                                                             "place_corrected",
                                                             "people_corrected"});

/// Intents that say something of the world; the others are complete with their keyword and a code.
bool tells_something(Intent intent) {
    return intent == Intent::report || intent == Intent::sos || intent == Intent::departed ||
           intent == Intent::arrived || intent == Intent::safe || intent == Intent::returned ||
           intent == Intent::missing || intent == Intent::position || intent == Intent::recommendation;
}
bool names_a_code(Intent intent) {
    return intent == Intent::status || intent == Intent::yes || intent == Intent::no || intent == Intent::departed ||
           intent == Intent::arrived || intent == Intent::safe || intent == Intent::returned || of_the_desk(intent);
}

/// Says something of what that intent is about, whatever it asks itself.
bool mentions(const Subject& subject, Intent intent) {
    return std::any_of(subject.hits.begin(), subject.hits.end(), [&](const Hit& hit) {
        return hit.kind == Kind::saying && hit.value == static_cast<std::uint16_t>(intent) && !hit.negated;
    });
}

void find_alerts(const Subject& subject, Reading& reading) {
    const bool past = is_past(subject.data, reading.when, subject.context.received_at);
    for (const RaiseRule& rule : subject.data.raises) {
        if (!fits(rule, reading, past)) continue;
        if (rule.mentions && !mentions(subject, *rule.mentions)) continue;
        if (std::find(reading.alerts.begin(), reading.alerts.end(), rule.alert) != reading.alerts.end()) continue;
        reading.alerts.push_back(rule.alert);
        if (subject.context.explain)
            reading.why.push_back("alert " + std::string(to_string(rule.alert)) + ": by the pack's rules");
    }
}

/// A report and a call for help are about something; a departure only where the pack's rules ask ("berangkat … jalan
/// tikus"), for "berangkat sm agen" accuses nobody.
bool judges(const Pack::Data& data, Intent intent, Category category) {
    if (intent == Intent::report || intent == Intent::sos) return true;
    return std::any_of(data.raises.begin(), data.raises.end(), [&](const RaiseRule& rule) {
        const bool concerns = std::find(rule.intents.begin(), rule.intents.end(), intent) != rule.intents.end();
        return concerns && (rule.categories >> static_cast<unsigned>(category) & 1) != 0;
    });
}

/// Who is missing is missing, however it came about.
void settle_category(const Pack::Data& data, Reading& reading) {
    if (reading.intent == Intent::missing) {
        if (reading.category != Category::missing_person) reading.second = reading.category;
        reading.category = Category::missing_person;
    } else if (!judges(data, reading.intent, reading.category)) {
        reading.category = reading.second = Category::none;
    }
}

/// What a reading must be this sure of where no cue says it.
constexpr float sure_without_cue = 0.4F;

/// "0 orang", "nol orang".
bool counts_nobody(const Subject& subject) {
    const auto& list = subject.tokens.list;
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        if (list[i].number == 0 && list[i].digits == 1 && subject.is(i + 1, WordClass::person)) return true;
    }
    return false;
}

/// No cue says what the text is about, and messages like it do not say it clearly; or it says that it is not so.
bool is_guess(const Subject& subject, const Weighed& cued, const Sense& sense, Category category) {
    if (category == Category::none) return false;
    if (counts_nobody(subject)) return true;
    const auto& group_of = subject.data.group_of;
    const auto same = [&](Category one) {  // a path by night for a boat by night is no mere guess
        return one != Category::none &&
               group_of[static_cast<std::size_t>(one)] == group_of[static_cast<std::size_t>(category)];
    };
    if (same(cued.best) || same(cued.second)) return false;
    const bool denied = std::any_of(subject.hits.begin(), subject.hits.end(), [&](const Hit& hit) {
        return hit.kind == Kind::category && hit.negated && hit.value == static_cast<std::uint16_t>(category);
    });
    return denied || sense.share < sure_without_cue;
}

/// What the text as a whole is about; what its cues say of another kind of event comes second.
void take_category(Category category, Reading& reading) {
    if (category == reading.category) return;
    if (category == reading.second) reading.second = Category::none;
    if (reading.second == Category::none) reading.second = reading.category;
    reading.category = category;
}

void read_slots(const Subject& subject, const Sense& sense, Reading& reading) {
    find_category(subject, reading);
    if (sense.category != Category::none) take_category(sense.category, reading);
    settle_category(subject.data, reading);
    reading.guessed = is_guess(subject, weigh_categories(subject), sense, reading.category);
    find_people(subject, reading);
    if (sense.correction && !reading.people) {
        if (const auto count = amended_count(subject)) take_count(*count, reading);
    }
    find_place(subject, reading);
    find_when(subject, reading);
    find_destination(subject, reading);
    find_vehicle(subject, reading);
    find_recruiter(subject, reading);
    find_age(subject, reading);
    find_amount(subject, reading);
    find_details(subject, reading);
    find_signs(subject, reading);
    find_subject(subject, reading);
    find_flags(subject, reading);
    if (reading.intent == Intent::sos && calls_for_kin(subject)) {
        reading.flags &= ~static_cast<Flags>(Flag::self_victim);
    } else if (reading.intent == Intent::sos && calls_for_self(subject)) {
        reading.flags |= static_cast<Flags>(Flag::self_victim);
    }
    find_alerts(subject, reading);
}

/// A registration is about its village, and its way there as far as the pack knows it.
void place_registration(const Pack::Data& data, Reading& reading) {
    const auto& form = reading.registration;
    reading.place = form.village;
    if (!form.village.empty()) reading.place_name = form.village_name;
    const auto known = [&](const Destination& one) { return one.name == form.destination; };
    if (std::any_of(data.destinations.begin(), data.destinations.end(), known)) reading.destination = form.destination;
}

void take_sense(const Sense& sense, const FoundCommand& command, const Tokens& tokens, const ReadingContext& context,
                Reading& reading) {
    reading.intent = sense.intent;
    reading.category = sense.category;
    reading.correction = sense.correction;
    reading.question = sense.question;
    if (sense.self_victim) reading.flags |= static_cast<Flags>(Flag::self_victim);
    if (!context.explain) return;
    const bool own = !sense.why.empty() && sense.why != command.why;
    reading.why.push_back(own ? "intent " + std::string(to_string(sense.intent)) + ": " + sense.why : command.why);
    if (sense.next == 0 || sense.next > tokens.list.size()) return;
    reading.marks.push_back({"intent", std::string(to_string(sense.intent)), tokens.list[0].begin,
                             tokens.list[sense.next - 1].end, reading.why.back()});
}

/// Whoever asks for no answer gets none; nor does who says that others read the phone, unless that is told of others.
void find_quiet(const Sense& sense, Reading& reading) {
    const bool told =
        reading.intent == Intent::report || reading.intent == Intent::missing || reading.intent == Intent::sos;
    const bool of_others = told && !has(reading.flags, Flag::self_victim);
    reading.watched = sense.watched && !of_others;
    reading.quiet = sense.no_answer || (sense.no_messages && !told) || reading.watched;
    if (reading.quiet) reading.flags |= static_cast<Flags>(Flag::phone_monitored);
}

}  // namespace

std::vector<std::string_view> flag_names(Flags set) {
    std::vector<std::string_view> names;
    for (std::size_t bit = 0; bit < flag_table.size(); ++bit) {
        if (set >> bit & 1) names.push_back(flag_table[bit]);
    }
    return names;
}

Reading read(const Pack& pack, std::string_view text, const ReadingContext& context) {
    const auto& data = pack.data();
    const Analysis analysis(pack, text, context);
    const auto& tokens = analysis.tokens;
    const Sense sense = decide(pack, analysis);
    Reading reading;
    take_sense(sense, analysis.command, tokens, context, reading);
    reading.language = language_of(data, tokens);
    if (analysis.whole.abroad) reading.flags |= static_cast<Flags>(Flag::from_abroad);
    const bool behind_command = reading.intent == Intent::sos && names_a_code(analysis.command.intent);
    if (names_a_code(reading.intent) || behind_command) {
        const bool lenient = reading.intent == Intent::status || of_the_desk(reading.intent) || behind_command;
        reading.reference = find_reference(tokens, sense.next, lenient);
        if (context.explain && !reading.reference.empty()) reading.why.push_back("reference " + reading.reference);
    }
    const Subject subject{
        data, text, tokens, sense.next, analysis.phrases, context, analysis.whole.offset, analysis.whole.abroad};
    if (reading.intent == Intent::check) find_query(subject, reading);
    reading.confidence = confidence_of(sense.basis, sense.share, reading);
    if (!tells_something(reading.intent) && reading.intent != Intent::register_worker) {
        find_quiet(sense, reading);
        return reading;
    }
    if (reading.intent == Intent::register_worker) {
        reading.registration = read_registration(subject);
        place_registration(data, reading);
    } else {
        read_slots(subject, sense, reading);
        find_quiet(sense, reading);
        reading.confidence = confidence_of(sense.basis, sense.share, reading);
    }
    if (reading.quiet) return reading;
    if (const auto* field = next_question(pack, reading, {})) reading.ask = field->name;
    return reading;
}

}  // namespace jejak::understand
