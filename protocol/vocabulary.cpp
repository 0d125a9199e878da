#include "protocol/vocabulary.hpp"

namespace jejak {
namespace {

template <class Enum>
struct Names;

#define JEJAK_NAMES(Enum, last, ...)                                                  \
    template <>                                                                       \
    struct Names<Enum> {                                                              \
        static constexpr auto table = std::to_array<std::string_view>({__VA_ARGS__}); \
        static_assert(table.size() == static_cast<std::size_t>(Enum::last) + 1);      \
    };                                                                                \
    std::string_view name_of(Enum value) {                                            \
        return Names<Enum>::table[static_cast<std::size_t>(value)];                   \
    }

JEJAK_NAMES(Intent, note, "unclear", "report", "sos", "safe", "arrived", "departed", "register", "returned", "missing",
            "status", "check", "recommendation", "help", "stop", "start", "yes", "no", "skip", "erase", "position",
            "verify", "accept", "refer", "close", "note")
JEJAK_NAMES(Category, not_a_case, "none", "unofficial_land_route", "unofficial_port", "irregular_at_official_port",
            "recruitment", "harbouring", "transport", "documents", "labour_exploitation", "sexual_exploitation",
            "other_exploitation", "online_scam", "missing_person", "foreign_entry", "broker_fraud",
            "irregular_departure", "return_assistance", "other", "spam", "not_a_case")
JEJAK_NAMES(AlertKind, all_clear, "sos", "duress", "minor", "departure_now", "departure_past", "cluster",
            "recruiter_repeat", "harbouring", "overdue", "lost_contact", "route_mismatch", "private_route_letter",
            "foreign_entry", "broker_fraud", "official_involved", "retrafficking", "all_clear")
JEJAK_NAMES(AlertStatus, cancelled, "raised", "updated", "acknowledged", "cancelled")
JEJAK_NAMES(Role, admin, "villager", "family", "worker", "agent", "village_official", "village_head", "task_force",
            "immigration", "bp3mi", "child_protection", "ngo", "admin")
JEJAK_NAMES(WorkerState, reintegration, "proposed", "registered", "verified", "recommended", "departed", "arrived",
            "active", "late", "unresponsive", "lost_contact", "danger", "returned", "withdrawn", "cancelled", "found",
            "closed", "reintegration")
JEJAK_NAMES(Fate, waiting_segments, "understood", "clarifying", "unclear", "quarantined", "duplicate",
            "waiting_segments")
JEJAK_NAMES(Audience, oversight, "general", "child_protection", "oversight")

#undef JEJAK_NAMES

}  // namespace

std::string_view to_string(Intent value) {
    return name_of(value);
}
std::string_view to_string(Category value) {
    return name_of(value);
}
std::string_view to_string(AlertKind value) {
    return name_of(value);
}
std::string_view to_string(AlertStatus value) {
    return name_of(value);
}
std::string_view to_string(Role value) {
    return name_of(value);
}
std::string_view to_string(WorkerState value) {
    return name_of(value);
}
std::string_view to_string(Fate value) {
    return name_of(value);
}
std::string_view to_string(Audience value) {
    return name_of(value);
}

template <class Enum>
std::optional<Enum> parse(std::string_view name) {
    const auto& table = Names<Enum>::table;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

template std::optional<Intent> parse(std::string_view);
template std::optional<Category> parse(std::string_view);
template std::optional<AlertKind> parse(std::string_view);
template std::optional<AlertStatus> parse(std::string_view);
template std::optional<Role> parse(std::string_view);
template std::optional<WorkerState> parse(std::string_view);
template std::optional<Fate> parse(std::string_view);
template std::optional<Audience> parse(std::string_view);

}  // namespace jejak
