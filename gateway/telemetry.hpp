#pragma once
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "storage/store.hpp"

namespace jejak {

/// What the operator's graphs show. Counts, states and seconds; labels are channel and endpoint names and fixed
/// words, never anything of a message. Used on the loop's thread.
class Telemetry {
public:
    Telemetry();

    /// One inbound message ended as `outcome`: a fate's name, "receipt", "busy" or "storage_failed"; or one HTTP
    /// request was turned away as "unauthorized" or "unreadable".
    void message(std::string_view channel, std::string_view outcome);
    /// What became of a reply handed to an SMSC or a provider: "accepted", "rejected", "throttled", "unanswered",
    /// "unreachable".
    void reply(std::string_view channel, std::string_view outcome);
    /// A reply that was not sent, and why. source: casework::Withheld
    void reply_withheld(std::string_view reason);
    /// Receipts of a peer's messages that it was never told: `count` of them.
    void receipts_lost(std::string_view channel, std::size_t count);
    /// PDUs that a peer of this channel should not have sent: "nacks", "unsolicited", "unknown", "ignored", "refused",
    /// "trailing". source: smpp::Session::Counts
    void odd_pdus(std::string_view channel, std::string_view kind, std::uint64_t count);
    /// A channel's host was not reached. source: net::ConnectFault, or "tls"
    void connect_failed(std::string_view channel, std::string_view reason);
    void bind_state(std::string_view channel, bool bound);
    /// A peer asked to bind to us: "accepted", or why it was refused.
    void bind(std::string_view channel, std::string_view outcome);
    /// Peers that are bound to us just now.
    void sessions(std::string_view channel, std::size_t count);
    void delivery(std::string_view endpoint, std::string_view outcome);

    /// Brings the gauges up to date and renders the Prometheus text format.
    std::string render(const storage::Store::Counts& store, bool healthy,
                       const std::vector<storage::View::EndpointCounts>& endpoints, const storage::Ledger& ledger);

private:
    using Labels = std::pair<std::string, std::string>;
    prometheus::Counter& counter(prometheus::Family<prometheus::Counter>& family,
                                 std::map<Labels, prometheus::Counter*>& known, const char* label,
                                 std::string_view value, std::string_view outcome);

    prometheus::Registry registry_;
    prometheus::Family<prometheus::Counter>& messages_;
    prometheus::Family<prometheus::Counter>& replies_;
    prometheus::Family<prometheus::Counter>& withheld_;
    prometheus::Family<prometheus::Counter>& deliveries_;
    prometheus::Family<prometheus::Counter>& receipts_lost_;
    prometheus::Family<prometheus::Counter>& odd_pdus_;
    prometheus::Family<prometheus::Counter>& connect_failures_;
    prometheus::Family<prometheus::Counter>& binds_;
    prometheus::Family<prometheus::Gauge>& bound_;
    prometheus::Family<prometheus::Gauge>& sessions_;
    prometheus::Family<prometheus::Gauge>& outbox_;
    prometheus::Family<prometheus::Gauge>& store_;
    prometheus::Family<prometheus::Gauge>& ledger_;
    std::map<Labels, prometheus::Counter*> message_counters_, reply_counters_, delivery_counters_, bind_counters_;
};

}  // namespace jejak
