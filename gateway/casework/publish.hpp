#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/pack.hpp"
#include "jejak/v1/alert.pb.h"
#include "jejak/v1/event.pb.h"
#include "storage/store.hpp"

namespace jejak::casework {

/// Which endpoints an event goes to, by type, audience and place. Given by the composition root; pure.
using Route = std::function<std::vector<std::string>(std::string_view type, Audience audience, std::string_view place)>;

/// Turns rows into the public messages, and public messages into owed deliveries. One event row serves every
/// endpoint; what each may see of it is decided when it is sent.
class Publisher {
public:
    Publisher(const storage::Vault& vault, Route route);

    v1::Alert message(const storage::Alert& alert, const storage::Incident& incident,
                      const understand::Pack& pack) const;

    /// "alert.raised" and the like: marks the alert published, and owes it to every endpoint that may know.
    void publish(storage::Unit& unit, storage::Alert& alert, const storage::Incident& incident, std::string_view type,
                 const understand::Pack& pack, std::vector<std::string>& touched) const;
    void publish(storage::Unit& unit, const storage::Worker& worker, std::string_view type,
                 const understand::Pack& pack, std::vector<std::string>& touched) const;
    /// "report.received", under the report's id: once, and again when what it tells has changed.
    void publish(storage::Unit& unit, const storage::Report& report, std::optional<std::uint32_t> incident_number,
                 Audience audience, const understand::Pack& pack, std::vector<std::string>& touched) const;

    std::string incident_reference(std::uint32_t number) const;
    std::string worker_code(std::uint32_t number) const;
    std::string ticket_reference(std::uint32_t number) const;
    /// The numbers behind what people type; empty when it is no such reference.
    std::optional<std::uint32_t> worker_number(std::string_view typed) const;
    std::optional<std::uint32_t> ticket_number(std::string_view typed) const;
    std::optional<std::uint32_t> incident_number(std::string_view typed) const;

    const storage::Vault& vault() const { return vault_; }

private:
    void owe(storage::Unit& unit, std::string_view type, Audience audience, std::string_view place,
             const google::protobuf::Message& body, std::vector<std::string>& touched) const;

    const storage::Vault& vault_;
    Route route_;
    std::uint64_t ticket_key_;
    std::uint64_t incident_key_;
    std::uint64_t worker_key_;
};

/// Publishes what changed while its minute was not over; a few at a time. Returns how many.
std::size_t publish_waiting_updates(storage::Unit& unit, const Publisher& publisher, const understand::Pack& pack,
                                    std::vector<std::string>& touched);

}  // namespace jejak::casework
