#include "gateway/telemetry.hpp"

#include <prometheus/text_serializer.h>

namespace jejak {
namespace {

template <class Metric>
prometheus::Family<Metric>& family(prometheus::Registry& registry, const char* name, const char* help);

template <>
prometheus::Family<prometheus::Counter>& family(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
template <>
prometheus::Family<prometheus::Gauge>& family(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

double as_double(std::uint64_t value) {
    return static_cast<double>(value);
}

}  // namespace

Telemetry::Telemetry()
    : messages_(
          family<prometheus::Counter>(registry_, "jejak_messages_total", "inbound messages by channel and outcome")),
      replies_(family<prometheus::Counter>(registry_, "jejak_replies_total", "replies handed to an SMSC by outcome")),
      withheld_(family<prometheus::Counter>(registry_, "jejak_replies_withheld_total",
                                            "messages that were stored and not answered, by reason")),
      deliveries_(
          family<prometheus::Counter>(registry_, "jejak_delivery_attempts_total", "webhook attempts by outcome")),
      receipts_lost_(family<prometheus::Counter>(registry_, "jejak_receipts_lost_total",
                                                 "receipts that a peer asked for and was never told")),
      odd_pdus_(family<prometheus::Counter>(registry_, "jejak_smpp_odd_pdus_total",
                                            "PDUs that a peer should not have sent, by channel and kind")),
      connect_failures_(family<prometheus::Counter>(registry_, "jejak_connect_failures_total",
                                                    "hosts that a channel did not reach, by channel and reason")),
      binds_(family<prometheus::Counter>(registry_, "jejak_binds_total", "binds asked of us by channel and outcome")),
      bound_(family<prometheus::Gauge>(registry_, "jejak_channel_bound", "1 while the channel is bound")),
      sessions_(family<prometheus::Gauge>(registry_, "jejak_channel_sessions", "peers that are bound to the channel")),
      outbox_(family<prometheus::Gauge>(registry_, "jejak_outbox_deliveries", "deliveries by endpoint and state")),
      store_(family<prometheus::Gauge>(registry_, "jejak_store",
                                       "the store: healthy, queued, batches, units, failures, commit seconds")),
      ledger_(family<prometheus::Gauge>(registry_, "jejak_ledger", "the accounting by entry")) {}

prometheus::Counter& Telemetry::counter(prometheus::Family<prometheus::Counter>& family,
                                        std::map<Labels, prometheus::Counter*>& known, const char* label,
                                        std::string_view value, std::string_view outcome) {
    auto& found = known[{std::string(value), std::string(outcome)}];
    if (found == nullptr) found = &family.Add({{label, std::string(value)}, {"outcome", std::string(outcome)}});
    return *found;
}

void Telemetry::message(std::string_view channel, std::string_view outcome) {
    counter(messages_, message_counters_, "channel", channel, outcome).Increment();
}
void Telemetry::reply(std::string_view channel, std::string_view outcome) {
    counter(replies_, reply_counters_, "channel", channel, outcome).Increment();
}
void Telemetry::reply_withheld(std::string_view reason) {
    withheld_.Add({{"reason", std::string(reason)}}).Increment();
}
void Telemetry::delivery(std::string_view endpoint, std::string_view outcome) {
    counter(deliveries_, delivery_counters_, "endpoint", endpoint, outcome).Increment();
}
void Telemetry::receipts_lost(std::string_view channel, std::size_t count) {
    receipts_lost_.Add({{"channel", std::string(channel)}}).Increment(as_double(count));
}
void Telemetry::odd_pdus(std::string_view channel, std::string_view kind, std::uint64_t count) {
    odd_pdus_.Add({{"channel", std::string(channel)}, {"kind", std::string(kind)}}).Increment(as_double(count));
}
void Telemetry::connect_failed(std::string_view channel, std::string_view reason) {
    connect_failures_.Add({{"channel", std::string(channel)}, {"reason", std::string(reason)}}).Increment();
}
void Telemetry::bind_state(std::string_view channel, bool bound) {
    bound_.Add({{"channel", std::string(channel)}}).Set(bound ? 1 : 0);
}

void Telemetry::bind(std::string_view channel, std::string_view outcome) {
    counter(binds_, bind_counters_, "channel", channel, outcome).Increment();
}
void Telemetry::sessions(std::string_view channel, std::size_t count) {
    sessions_.Add({{"channel", std::string(channel)}}).Set(as_double(count));
}

std::string Telemetry::render(const storage::Store::Counts& store, bool healthy,
                              const std::vector<storage::View::EndpointCounts>& endpoints,
                              const storage::Ledger& ledger) {
    const auto set_store = [&](const char* what, double value) { store_.Add({{"value", what}}).Set(value); };
    set_store("healthy", healthy ? 1 : 0);
    set_store("queued_units", as_double(store.queued));
    set_store("batches", as_double(store.batches));
    set_store("units", as_double(store.units));
    set_store("poisoned_units", as_double(store.poisoned));
    set_store("failures", as_double(store.failures));
    set_store("last_commit_seconds", store.last_commit_seconds);
    for (const auto& counts : endpoints) {
        const auto set = [&](const char* state, std::uint64_t value) {
            outbox_.Add({{"endpoint", counts.endpoint}, {"state", state}}).Set(as_double(value));
        };
        set("pending", counts.pending);
        set("delivered", counts.delivered);
        set("dead", counts.dead);
    }
    const auto set_ledger = [&](std::string entry, std::uint64_t value) {
        ledger_.Add({{"entry", std::move(entry)}}).Set(as_double(value));
    };
    set_ledger("received", ledger.received);
    for (std::size_t i = 0; i < ledger.fates.size(); ++i) {
        set_ledger("fate_" + std::string(to_string(static_cast<Fate>(i))), ledger.fates[i]);
    }
    set_ledger("alerts_raised", ledger.alerts_raised);
    set_ledger("alerts_acknowledged", ledger.alerts_acknowledged);
    set_ledger("deliveries_owed", ledger.deliveries_owed);
    set_ledger("replies_owed", ledger.replies_owed);
    return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace jejak
