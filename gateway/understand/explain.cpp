#include "gateway/understand/explain.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/understand/pack/data.hpp"
#include "protocol/sms/msisdn.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::understand {
namespace {

namespace json = boost::json;

/// JSON is UTF-8: octets that are none become U+FFFD.
json::string valid(std::string_view text) {
    return json::string(sms::utf8::repaired(text));
}

json::value or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(valid(text));
}
json::value or_null(std::optional<std::uint32_t> count) {
    return count ? json::value(*count) : json::value(nullptr);
}
json::value or_null(Category category) {
    return category == Category::none ? json::value(nullptr) : json::value(to_string(category));
}
json::value or_null(const std::optional<Amount>& amount) {
    if (!amount) return nullptr;
    return json::object{{"value", amount->value}, {"currency", amount->currency}};
}

json::array list(const std::vector<std::string>& texts) {
    json::array values;
    for (const auto& text : texts) values.emplace_back(valid(text));
    return values;
}

json::value registration_of(const Reading& reading, std::chrono::minutes offset) {
    if (reading.intent != Intent::register_worker) return nullptr;
    const auto& form = reading.registration;
    return json::object{
        {"name", or_null(form.name)},
        {"nik", or_null(form.nik)},
        {"nik_problem", or_null(form.nik_problem)},
        {"sex", or_null(form.sex)},
        {"village", or_null(form.village)},
        {"village_name", or_null(form.village_name)},
        {"destination", or_null(form.destination)},
        {"job", or_null(form.job)},
        {"exit_point", or_null(form.exit_point)},
        {"date", form.date ? json::value(to_rfc3339(*form.date, offset).substr(0, 10)) : json::value(nullptr)},
        {"phone", or_null(form.phone)},
        {"recruiter", or_null(form.recruiter)},
        {"minor", form.minor},
        {"missing", list(form.missing)}};
}

bool official(Role role) {
    return role == Role::village_official || role == Role::village_head;
}

/// Somebody tells of a departure, and neither a registered worker nor a code is in sight: casework, which knows the
/// registry, raises route_mismatch for a number that nobody registered.
bool leaves_unregistered(const Reading& reading, Role role) {
    const bool told = !reading.place.empty() || !reading.destination.empty() || reading.people || reading.when.at ||
                      reading.when.now || !reading.vehicle.empty();
    return reading.intent == Intent::departed && role != Role::worker && !official(role) && told &&
           reading.reference.empty() && reading.alerts.empty();
}

/// The name of the pack's reply, as far as it depends on the text and the sender's role alone.
/// source: casework's rules, which know the store as well
std::string_view reply_name(const Reading& reading, Role role, Open open) {
    const auto raises = [&](AlertKind kind) {
        return std::find(reading.alerts.begin(), reading.alerts.end(), kind) != reading.alerts.end();
    };
    const auto& form = reading.registration;
    switch (reading.intent) {
        case Intent::help:
        case Intent::stop:
        case Intent::start:
            return to_string(reading.intent);
        case Intent::status:
            return "status_unknown";
        case Intent::check:
            return "check_unknown";
        case Intent::yes:
            return open == Open::consent ? "consent_yes" : "received";
        case Intent::no:
            return open == Open::consent ? "consent_no" : "received";
        case Intent::register_worker:
            if (!official(role)) return "received";
            if (form.minor) return "register_minor";
            if (!form.missing.empty() || form.village.empty()) return "register_missing";
            return form.nik_problem.empty() ? "register_ok" : "register_bad_nik";
        case Intent::report:
            if (reading.category == Category::broker_fraud && reading.question) return "info_free";
            if (role == Role::agent && raises(AlertKind::departure_now))
                return reading.ask.empty() ? "keep_away" : "ask_keep_away";
            break;
        default:
            break;
    }
    if (reading.ask.empty()) return "received";
    return reading.ask == "call" ? "ask_gently" : "ask";
}

/// The field that Reading::ask names: of its own form, or the neutral one of the form for calls for help.
const FormField* field_asked(const Pack& pack, const Reading& reading) {
    for (const auto intent : {reading.intent, Intent::sos}) {
        const auto* form = pack.form_for(intent);
        const auto* field = form == nullptr ? nullptr : form->field(reading.ask);
        if (field != nullptr) return field;
    }
    return nullptr;
}

/// Without the sentence that tells the ticket: there is none to tell of.
std::string without_ticket(std::string text) {
    constexpr std::string_view end_of_sentence = ". ";
    const auto field = text.find("{ref}");
    if (field == text.npos) return text;
    const auto before = text.rfind(end_of_sentence, field);
    const auto begin = before == text.npos ? 0 : before + end_of_sentence.size();
    const auto after = text.find(end_of_sentence, field);
    const auto end = after == text.npos ? text.size() : after + end_of_sentence.size();
    return text.erase(begin, end - begin);
}

/// What the reply says, with that ticket and that code.
std::string reply_with(const Pack& pack, const Reading& reading, Role role, Open open, const std::string& ticket,
                       const std::string& code) {
    std::vector<std::pair<std::string_view, std::string>> fields{{"ref", ticket}, {"code", code}};
    if (const auto* field = reading.ask.empty() ? nullptr : field_asked(pack, reading))
        fields.emplace_back("question", std::string(pack.say(field->question, reading.language)));
    std::string missing;
    for (const auto& word : reading.registration.missing) missing += (missing.empty() ? "" : ", ") + word;
    if (missing.empty()) missing = pack.field_label("register", "village");
    fields.emplace_back("missing", missing);
    return pack.reply(reply_name(reading, role, open), fields, reading.language);
}

}  // namespace

Open open_of(std::string_view description) {
    return description == "consent pending" ? Open::consent : Open::nothing;
}

std::string first_reply(const Pack& pack, const Reading& reading, Role role, Open open) {
    return without_ticket(reply_with(pack, reading, role, open, "{ref}", "{code}"));
}

SampleReply sample_reply(const Pack& pack, const Reading& reading, Role role, Open open) {
    const auto sample = [&](std::string_view field) {
        const auto known = pack.data().longest_fields.find(field);
        return known == pack.data().longest_fields.end() ? '{' + std::string(field) + '}' : known->second;
    };
    const auto bare = reply_with(pack, reading, role, open, "{ref}", "{code}");
    std::string samples;
    for (const std::string_view field : {"ref", "code"}) {
        if (bare.find('{' + std::string(field) + '}') == bare.npos) continue;
        samples += (samples.empty() ? "" : ", ") + sample(field);
    }
    return {reply_with(pack, reading, role, open, sample("ref"), sample("code")),
            samples.empty() ? samples : samples + " is a sample; each message gets its own"};
}

std::string explain_json(const Pack& pack, std::string_view text, ReadingContext context, Open open) {
    const auto sender = sms::normalise(context.sender, sms::Ton::unknown, pack.data().country_code);
    const bool person = sender.kind == sms::Originator::Kind::msisdn;
    if (person) context.sender = sender.address;
    context.explain = true;
    const Reading reading = read(pack, text, context);
    const auto offset = pack.utc_offset_of(context.sender);
    const auto moment = [&](const std::optional<WallTime>& at) {
        return at ? json::value(to_rfc3339(*at, offset)) : json::value(nullptr);
    };
    json::array flags, alerts;
    for (const auto name : flag_names(reading.flags)) flags.emplace_back(name);
    for (const AlertKind kind : reading.alerts) alerts.emplace_back(to_string(kind));
    if (leaves_unregistered(reading, context.role)) alerts.emplace_back(to_string(AlertKind::route_mismatch));
    const auto reply =
        person && !reading.quiet ? json::value(valid(first_reply(pack, reading, context.role, open))) : json::value();
    const auto sample = person && !reading.quiet ? sample_reply(pack, reading, context.role, open) : SampleReply();
    const json::object object{
        {"intent", to_string(reading.intent)},
        {"category", or_null(reading.category)},
        {"people", or_null(reading.people)},
        {"people_max", or_null(reading.people_max)},
        {"place", or_null(reading.place)},
        {"place_name", or_null(reading.place_name)},
        {"time", moment(reading.when.at)},
        {"destination", or_null(reading.destination)},
        {"vehicle", or_null(reading.vehicle)},
        {"plate", or_null(reading.plate)},
        {"recruiter", or_null(reading.recruiter.empty() ? reading.registration.recruiter : reading.recruiter)},
        {"recruiter_phone", or_null(reading.recruiter_phone)},
        {"flags", flags},
        {"indicators", list(reading.indicators)},
        {"alerts", alerts},
        {"ask", or_null(reading.ask)},
        {"reply", reply},
        {"confidence", reading.confidence},
        {"since", moment(reading.when.since)},
        {"until", moment(reading.when.until)},
        {"reference", or_null(reading.reference)},
        {"second_category", or_null(reading.second)},
        {"children", or_null(reading.children)},
        {"age", or_null(reading.age)},
        {"amount", or_null(reading.amount)},
        {"signs", list(reading.signs)},
        {"nationalities", list(reading.nationalities)},
        {"route", or_null(reading.route)},
        {"visa", or_null(reading.visa)},
        {"job", or_null(reading.job)},
        {"subject", or_null(reading.subject)},
        {"query", or_null(reading.query)},
        {"language", or_null(reading.language)},
        {"correction", reading.correction},
        {"question", reading.question},
        {"registration", registration_of(reading, offset)},
        {"reply_sample", sample.note.empty() ? json::value(nullptr) : json::value(valid(sample.text))},
        {"why", list(reading.why)}};
    return json::serialize(object);
}

}  // namespace jejak::understand
