#include "gateway/understand/explain.hpp"

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

json::array list(const std::vector<std::string>& texts) {
    json::array values;
    for (const auto& text : texts) values.emplace_back(valid(text));
    return values;
}

/// BANTUAN, BERHENTI and MULAI have words of their own; everybody else gets one bland line.
json::value reply_to(const Pack& pack, Intent intent, const sms::Originator& sender) {
    if (sender.kind != sms::Originator::Kind::msisdn) return nullptr;
    const bool own = intent == Intent::help || intent == Intent::stop || intent == Intent::start;
    return json::value(pack.reply(own ? to_string(intent) : "received_plain"));
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
        {"minor", form.minor},
        {"missing", list(form.missing)}};
}

}  // namespace

std::string explain_json(const Pack& pack, std::string_view text, ReadingContext context) {
    const auto sender = sms::normalise(context.sender, sms::Ton::unknown, pack.data().country_code);
    if (sender.kind == sms::Originator::Kind::msisdn) context.sender = sender.address;
    context.explain = true;
    const Reading reading = read(pack, text, context);
    const auto offset = pack.utc_offset_of(context.sender);
    const auto moment = [&](const std::optional<WallTime>& at) {
        return at ? json::value(to_rfc3339(*at, offset)) : json::value(nullptr);
    };
    json::array flags, alerts;
    for (const auto name : flag_names(reading.flags)) flags.emplace_back(name);
    for (const AlertKind kind : reading.alerts) alerts.emplace_back(to_string(kind));
    const json::object object{
        {"intent", to_string(reading.intent)},
        {"category",
         reading.category == Category::none ? json::value(nullptr) : json::value(to_string(reading.category))},
        {"people", or_null(reading.people)},
        {"people_max", or_null(reading.people_max)},
        {"place", or_null(reading.place)},
        {"place_name", or_null(reading.place_name)},
        {"time", moment(reading.when.at)},
        {"destination", or_null(reading.destination)},
        {"vehicle", or_null(reading.vehicle)},
        {"plate", or_null(reading.plate)},
        {"recruiter", or_null(reading.recruiter)},
        {"recruiter_phone", or_null(reading.recruiter_phone)},
        {"flags", flags},
        {"indicators", list(reading.indicators)},
        {"alerts", alerts},
        {"ask", or_null(reading.ask)},
        {"reply", reply_to(pack, reading.intent, sender)},
        {"confidence", reading.confidence},
        {"since", moment(reading.when.since)},
        {"until", moment(reading.when.until)},
        {"reference", or_null(reading.reference)},
        {"registration", registration_of(reading, offset)},
        {"why", list(reading.why)}};
    return json::serialize(object);
}

}  // namespace jejak::understand
