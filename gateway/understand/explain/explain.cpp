#include "gateway/understand/explain/explain.hpp"

#include <boost/json.hpp>

#include "gateway/understand/explain/explain_sources.hpp"
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

}  // namespace

std::string explain_json(const Pack& pack, std::string_view text, ReadingContext context, const Foretell& foretell) {
    const auto sender = sms::normalise(context.sender, sms::Ton::unknown, pack.data().country_code);
    if (sender.kind == sms::Originator::Kind::msisdn) context.sender = sender.address;
    context.explain = true;
    Reading reading = read(pack, text, context);
    explain_sources(reading);
    const auto offset = pack.utc_offset_of(context.sender);
    const auto moment = [&](const std::optional<WallTime>& at) {
        return at ? json::value(to_rfc3339(*at, offset)) : json::value(nullptr);
    };
    json::array flags, alerts;
    for (const auto name : flag_names(reading.flags)) flags.emplace_back(name);
    const auto outcome = foretell ? foretell(pack, reading, context) : Outcome{reading.alerts, reading.ask, {}, {}, {}};
    for (const AlertKind kind : outcome.alerts) alerts.emplace_back(to_string(kind));
    const bool sampled = outcome.reply && outcome.sample != *outcome.reply;
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
        {"ask", or_null(outcome.ask)},
        {"reply", outcome.reply ? json::value(valid(*outcome.reply)) : json::value(nullptr)},
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
        {"reply_sample", sampled ? json::value(valid(outcome.sample)) : json::value(nullptr)},
        {"why", list(reading.why)}};
    return json::serialize(object);
}

}  // namespace jejak::understand
