#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// The words of the domain as they stand in code, in the store, in APIs and in feeds. Indonesian words belong to the
/// village pack. Each enumeration has one table of names, in the order of its enumerators; the numbers are stored, so
/// new enumerators go to the end.
namespace jejak {

/// What a text asks for.
enum class Intent : std::uint8_t {
    unclear,
    report,
    sos,
    safe,
    arrived,
    departed,
    register_worker,
    returned,
    missing,
    status,
    check,
    recommendation,
    help,
    stop,
    start,
    yes,
    no,
    skip,
    erase,
    position,
    verify,
    accept,
    refer,
    close,
    note
};

/// What a report is about. `none` means that no category's words were stated.
enum class Category : std::uint8_t {
    none,
    unofficial_land_route,
    unofficial_port,
    irregular_at_official_port,
    recruitment,
    harbouring,
    transport,
    documents,
    labour_exploitation,
    sexual_exploitation,
    other_exploitation,
    online_scam,
    missing_person,
    foreign_entry,
    broker_fraud,
    irregular_departure,
    return_assistance,
    other,
    spam,
    not_a_case
};

enum class AlertKind : std::uint8_t {
    sos,
    duress,
    minor,
    departure_now,
    departure_past,
    cluster,
    recruiter_repeat,
    harbouring,
    overdue,
    lost_contact,
    route_mismatch,
    private_route_letter,
    foreign_entry,
    broker_fraud,
    official_involved,
    retrafficking,
    all_clear
};

enum class AlertStatus : std::uint8_t { raised, updated, acknowledged, cancelled };

enum class Role : std::uint8_t {
    villager,
    family,
    worker,
    agent,
    village_official,
    village_head,
    task_force,
    immigration,
    bp3mi,
    child_protection,
    ngo,
    admin
};

enum class WorkerState : std::uint8_t {
    proposed,
    registered,
    verified,
    recommended,
    departed,
    arrived,
    active,
    late,
    unresponsive,
    lost_contact,
    danger,
    returned,
    withdrawn,
    cancelled,
    found,
    closed,
    reintegration
};

/// Every inbound message has exactly one.
enum class Fate : std::uint8_t { understood, clarifying, unclear, quarantined, duplicate, waiting_segments };

/// Who may see an alert. Minors and accused officials are shown only to roles named for them; each audience counts its
/// own sequence, so that a gap in one never tells of the other.
enum class Audience : std::uint8_t { general, child_protection, oversight };

std::string_view to_string(Intent);
std::string_view to_string(Category);
std::string_view to_string(AlertKind);
std::string_view to_string(AlertStatus);
std::string_view to_string(Role);
std::string_view to_string(WorkerState);
std::string_view to_string(Fate);
std::string_view to_string(Audience);

/// The enumerator of that name, as in `parse<Role>("task_force")`; empty when there is none.
template <class Enum>
std::optional<Enum> parse(std::string_view name);

}  // namespace jejak
