#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/smpp/types.hpp"
#include "protocol/sms/inbound.hpp"
#include "simulators/load.hpp"

namespace jejak::sim {

/// One deliver_sm's worth of a text or a receipt, kept until the ESME took it.
struct Parcel {
    std::string from;  ///< as given: `+` and digits, a short code, or a name
    std::string to;
    sms::Bytes octets;
    std::uint8_t data_coding = 0;
    std::uint8_t esm_class = 0;
    std::string token;  ///< for the ledger
    bool receipt = false;
    sms::Bytes tlvs;           ///< encoded optional parameters
    std::string service_type;  ///< "USSD", or empty
    /// Called once: with ESME_ROK when it was taken, or with the status that ended it.
    std::function<void(smpp::CommandStatus)> settled;
};

/// One deliver_sm that is owed: a parcel, or message `load_index` of the load.
struct Owed {
    std::uint64_t order = 0;
    std::uint64_t load_index = 0;
    std::shared_ptr<const Parcel> parcel = nullptr;  ///< null: it is the load's
    unsigned sends = 0;
    unsigned refusals = 0;
    SteadyTime due{};  ///< a receipt is not sent before
};

/// What the SMSC owes its ESMEs, in order: first what has to be sent again, then receipts, then texts handed in, then
/// the load. Nothing leaves it unsettled: what was taken out comes back through again() or later(), or is done.
class DeliveryQueue {
public:
    static constexpr std::size_t parcels_max = 100'000;  ///< handed in and not yet sent
    /// While this many wait for a second try the load holds still, as an SMSC would.
    static constexpr std::size_t retries_max = 1'000;

    explicit DeliveryQueue(LoadOptions load) : load_(load) {}

    /// False when the queue is full. `due` counts for receipts only, and must not go back from one to the next.
    bool add(Parcel parcel, SteadyTime due = {});
    bool room_for_receipt() const { return receipts_.size() < parcels_max; }

    /// The next to send, if any is due.
    std::optional<Owed> next(SteadyTime now);
    /// It was sent and its answer never came: send it again before anything new.
    void again(Owed owed);
    /// It was refused for now: send it again from `when` on.
    void later(Owed owed, SteadyTime when);

    /// Nothing is owed any more, beside what is in flight.
    bool drained() const { return waiting() == 0 && load_.exhausted(); }
    std::size_t waiting() const { return again_.size() + later_.size() + receipts_.size() + texts_.size(); }
    const Load& load() const { return load_; }

private:
    std::optional<Owed> pop(std::deque<Owed>& from);

    Load load_;
    std::uint64_t order_ = 0;
    std::map<std::uint64_t, Owed> again_;  ///< by order
    std::multimap<SteadyTime, Owed> later_;
    std::deque<Owed> receipts_;
    std::deque<Owed> texts_;
};

}  // namespace jejak::sim
