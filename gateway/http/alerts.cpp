#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <charconv>

#include "gateway/dispatch/routing.hpp"
#include "gateway/http/request.hpp"
#include "gateway/sink/alert_json.hpp"

namespace jejak::http {
namespace {

using net::Answer;
using net::awaitable;
using storage::Alert;
using storage::Incident;
using storage::Table;

constexpr std::size_t page_default = 100;
constexpr std::size_t page_max = 500;
constexpr std::size_t note_max = 500;  ///< characters of an acknowledgement's note, and of its author's name

storage::AlertFilter filter_for(const Asker& asker) {
    const auto audiences = dispatch::audiences_of(asker.role);
    return {{audiences.begin(), audiences.end()}, asker.areas};
}

bool may_see(const Asker& asker, const Alert& alert) {
    for (const auto audience : dispatch::audiences_of(asker.role)) {
        if (audience == alert.audience) return dispatch::in_areas(asker.areas, alert.place);
    }
    return false;
}

Answer no_such_alert() {
    return net::problem(404, "Not Found", "there is no such alert, or it is not for this token");
}

std::string render(Services& services, const Alert& alert, const Incident& incident) {
    return sink::alert_json(services.publisher.message(alert, incident, *services.pack()));
}

/// A whole number within bounds, or empty.
std::optional<std::size_t> parse_count(std::string_view text, std::size_t most) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0 || value > most) return std::nullopt;
    return value;
}

struct Acknowledgement {
    std::string by;
    std::string note;
};

/// `{"by","note"?}`, or the problem to answer.
boost::system::result<Acknowledgement, Answer> parse_acknowledgement(const std::string& body) {
    boost::system::error_code error;
    const auto parsed = boost::json::parse(body, error);
    if (error || !parsed.is_object()) return net::problem(400, "Bad Request", "the body is not a JSON object");
    const auto& object = parsed.as_object();
    const auto* by = object.if_contains("by");
    const auto* note = object.if_contains("note");
    if (by == nullptr || !by->is_string() || by->as_string().empty()) {
        return net::problem(400, "Bad Request", "by: who takes the alert, a text, is missing");
    }
    if (note != nullptr && !note->is_string() && !note->is_null()) {
        return net::problem(400, "Bad Request", "note: must be a text");
    }
    Acknowledgement out;
    out.by = std::string(by->as_string());
    if (note != nullptr && note->is_string()) out.note = std::string(note->as_string());
    if (out.by.size() > note_max || out.note.size() > note_max) {
        return net::problem(400, "Bad Request", "by and note: at most 500 octets each");
    }
    return out;
}

}  // namespace

awaitable<Answer> list_alerts(Services& services, Request request) {
    const auto& http = request.incoming.http;
    const auto& vault = services.publisher.vault();
    storage::Id after = 0;
    if (const auto cursor = http.query_value("after"); cursor && !cursor->empty()) {
        const auto row = vault.row_id(Table::alert, *cursor);
        if (!row)
            co_return net::problem(400, "Bad Request", "after: not a cursor of ours; use the next of an earlier page");
        after = *row;
    }
    auto limit = page_default;
    if (const auto text = http.query_value("limit")) {
        const auto count = parse_count(*text, page_max);
        if (!count) co_return net::problem(400, "Bad Request", "limit: a number from 1 to 500");
        limit = *count;
    }
    std::vector<Alert> alerts;
    std::vector<Incident> incidents;
    auto ask = [&](storage::View& view) {
        alerts = view.alerts(filter_for(request.asker), after, limit);
        for (const auto& alert : alerts) incidents.push_back(view.incident(alert.incident).value_or(Incident{}));
    };
    co_await services.store.read(ask);
    std::string body = R"({"alerts":[)";
    for (std::size_t i = 0; i < alerts.size(); ++i) {
        if (i > 0) body += ',';
        body += render(services, alerts[i], incidents[i]);
    }
    const auto next = alerts.empty() ? after : alerts.back().id;
    body += R"(],"next":)";
    body += next == 0 ? "null" : '"' + vault.public_id(Table::alert, next) + '"';
    body += '}';
    co_return json_answer(std::move(body));
}

awaitable<Answer> show_alert(Services& services, Request request) {
    const auto id = services.publisher.vault().row_id(Table::alert, request.rest);
    if (!id) co_return no_such_alert();
    std::optional<Alert> alert;
    std::optional<Incident> incident;
    auto ask = [&](storage::View& view) {
        alert = view.alert(*id);
        if (alert) incident = view.incident(alert->incident);
    };
    co_await services.store.read(ask);
    if (!alert || !incident || !may_see(request.asker, *alert)) co_return no_such_alert();
    co_return json_answer(render(services, *alert, *incident));
}

/// The first one wins; every later one gets the alert as the first left it.
awaitable<Answer> acknowledge_alert(Services& services, Request request) {
    const auto id = services.publisher.vault().row_id(Table::alert, request.rest);
    if (!id) co_return no_such_alert();
    auto parsed = parse_acknowledgement(request.incoming.http.body);
    if (parsed.has_error()) co_return parsed.error();
    const auto acknowledgement = *parsed;
    const auto pack = services.pack();
    std::optional<Alert> alert;
    std::optional<Incident> incident;
    std::vector<std::string> touched;
    auto apply = [&](storage::Unit& unit) {
        touched.clear();
        alert = unit.alert(*id);
        if (alert) incident = unit.incident(alert->incident);
        if (!alert || !incident || !may_see(request.asker, *alert) || alert->acknowledged_at) return;
        alert->acknowledged_by = acknowledgement.by;
        alert->acknowledged_note = acknowledgement.note;
        alert->acknowledged_at = unit.now();
        alert->updated_at = unit.now();
        alert->status = AlertStatus::acknowledged;
        services.publisher.publish(unit, *alert, *incident, "alert.acknowledged", *pack, touched);
        unit.update(*alert);
        storage::AuditEntry entry;
        entry.actor = "token:" + request.asker.name;
        entry.action = "alert.acknowledge";
        entry.object = request.rest;
        unit.audit(std::move(entry));
    };
    const auto how = co_await services.store.commit(apply);
    if (how != storage::Committed::durable)
        co_return unavailable("the acknowledgement could not be stored; send it again");
    if (!alert || !incident || !may_see(request.asker, *alert)) co_return no_such_alert();
    services.wake(touched);
    co_return json_answer(render(services, *alert, *incident));
}

}  // namespace jejak::http
