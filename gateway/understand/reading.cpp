#include "gateway/understand/reading.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/understand/command.hpp"
#include "gateway/understand/registration.hpp"
#include "gateway/understand/slots/slots.hpp"
#include "gateway/understand/slots/when.hpp"

namespace jejak::understand {
namespace {

constexpr auto flag_table = std::to_array<std::string_view>(
    {"minor_involved", "minor_reporter", "female", "pregnant", "medical", "violence", "weapon", "imminent", "ongoing",
     "recurring", "self_victim", "phone_monitored", "official_involved", "foreign_national", "mass", "retrafficking",
     "duress", "unknown_sender", "from_abroad"});

/// Intents that say something of the world; the others are complete with their keyword and a code.
bool tells_something(Intent intent) {
    return intent == Intent::report || intent == Intent::sos || intent == Intent::departed ||
           intent == Intent::arrived || intent == Intent::safe;
}
bool names_a_code(Intent intent) {
    return intent == Intent::status || intent == Intent::yes || intent == Intent::no || intent == Intent::departed ||
           intent == Intent::arrived || intent == Intent::safe;
}

bool from_abroad(const Pack::Data& data, std::string_view sender) {
    constexpr std::size_t shortest = 8;
    return sender.size() >= shortest && sender[0] == '+' && !sender.substr(1).starts_with(data.country_code);
}

/// Who calls for help is the one in need, unless the first word is somebody else ("tolong anak saya …").
bool calls_for_self(const Subject& subject) {
    std::size_t at = subject.from;
    while (subject.is(at, WordClass::polite)) ++at;
    return !subject.is(at, WordClass::other_person);
}

/// Long enough ago that nobody can be met on the way any more.
bool is_past(const When& when, WallTime received, std::chrono::minutes recent) {
    if (!when.past) return false;
    const auto began = when.at ? when.at : when.since;
    return began && received - *began >= recent;
}

void find_alerts(const Subject& subject, Reading& reading) {
    const bool past = is_past(reading.when, subject.context.received_at, subject.data.recent);
    for (const RaiseRule& rule : subject.data.raises) {
        if (std::find(rule.intents.begin(), rule.intents.end(), reading.intent) == rule.intents.end()) continue;
        if (rule.categories != 0 && (rule.categories >> static_cast<unsigned>(reading.category) & 1) == 0) continue;
        if ((reading.flags & rule.flags) != rule.flags) continue;
        if (rule.age != RaiseRule::Age::any && (rule.age == RaiseRule::Age::past) != past) continue;
        if (std::find(reading.alerts.begin(), reading.alerts.end(), rule.alert) != reading.alerts.end()) continue;
        reading.alerts.push_back(rule.alert);
        if (subject.context.explain)
            reading.why.push_back("alert " + std::string(to_string(rule.alert)) + ": by the pack's rules");
    }
}

/// A report is believed to be understood the better the more of it is.
double confidence_of(const Reading& reading, double command) {
    if (reading.intent != Intent::report) return command;
    const double known = 0.6 + (reading.category != Category::none ? 0.2 : 0) + (reading.place.empty() ? 0 : 0.1) +
                         (reading.people ? 0.05 : 0) + (reading.when.at || reading.when.since ? 0.05 : 0);
    return std::round(known * command * 100) / 100;
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

void read_slots(const Subject& subject, Reading& reading) {
    find_category(subject, reading);
    if (!judges(subject.data, reading.intent, reading.category)) reading.category = Category::none;
    find_people(subject, reading);
    find_place(subject, reading);
    find_when(subject, reading);
    find_destination(subject, reading);
    find_vehicle(subject, reading);
    find_recruiter(subject, reading);
    find_flags(subject, reading);
    if (reading.intent == Intent::sos && calls_for_self(subject))
        reading.flags |= static_cast<Flags>(Flag::self_victim);
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
    const Tokens tokens(data, text);
    auto command = find_command(data, tokens, context.explain);
    Reading reading;
    reading.intent = command.intent;
    reading.confidence = command.confidence;
    if (context.explain) reading.why.push_back(std::move(command.why));
    if (from_abroad(data, context.sender)) reading.flags |= static_cast<Flags>(Flag::from_abroad);
    if (names_a_code(reading.intent)) {
        reading.reference = find_reference(tokens, command.next, reading.intent == Intent::status);
        if (context.explain && !reading.reference.empty()) reading.why.push_back("reference " + reading.reference);
    }
    if (!tells_something(reading.intent) && reading.intent != Intent::register_worker) return reading;
    const auto hits = find_phrases(data, tokens, command.next);
    const Subject subject{data, text, tokens, command.next, hits, context, pack.utc_offset_of(context.sender)};
    if (reading.intent == Intent::register_worker) {
        reading.registration = read_registration(subject);
        place_registration(data, reading);
    } else {
        read_slots(subject, reading);
        reading.confidence = confidence_of(reading, reading.confidence);
    }
    return reading;
}

}  // namespace jejak::understand
