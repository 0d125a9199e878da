#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/http/request.hpp"
#include "gateway/ledger_json.hpp"

namespace jejak::http {

using net::Answer;
using net::awaitable;

/// The process runs and its loop turns: nothing else is asked.
awaitable<Answer> show_health(Services&, Request) {
    co_return json_answer(R"({"status":"ok"})");
}

/// Whether messages can be taken and passed on, with a reason for each part that cannot.
awaitable<Answer> show_readiness(Services& services, Request) {
    const auto reasons = services.not_ready();
    boost::json::object body;
    body["status"] = reasons.empty() ? "ready" : "not_ready";
    auto& parts = body["reasons"].emplace_object();
    for (const auto& [part, reason] : reasons) parts[part] = reason;
    co_return json_answer(boost::json::serialize(body), reasons.empty() ? 200 : 503);
}

awaitable<Answer> show_metrics(Services& services, Request) {
    std::vector<storage::View::EndpointCounts> endpoints;
    storage::Ledger ledger;
    auto ask = [&](storage::View& view) {
        endpoints = view.endpoint_counts();
        ledger = view.ledger();
    };
    co_await services.store.read(ask);
    auto& store = services.store.store();
    Answer answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = services.telemetry.render(store.counts(), store.healthy(), endpoints, ledger);
    co_return answer;
}

awaitable<Answer> show_ledger(Services& services, Request) {
    storage::Ledger ledger;
    auto ask = [&ledger](storage::View& view) { ledger = view.ledger(); };
    co_await services.store.read(ask);
    co_return json_answer(boost::json::serialize(ledger_json(ledger)));
}

}  // namespace jejak::http
