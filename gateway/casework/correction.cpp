#include "gateway/casework/correction.hpp"

namespace jejak::casework {
namespace {

using storage::Alert;
using storage::Report;

/// Whether `value` was what the report said, and is not what it says now.
template <class Value>
bool follow(Value& value, const Value& before, const Value& now) {
    if (value != before || before == now) return false;
    value = now;
    return true;
}

bool follow(Alert& alert, const Report& before, const Report& now) {
    const bool category = follow(alert.category, before.category, now.category);
    const bool place = follow(alert.place, before.place, now.place);
    const bool people = follow(alert.people, before.people, now.people);
    if (people) alert.people_max = now.people_max;
    return category || place || people;
}

}  // namespace

std::optional<Report> correct(storage::Unit& unit, Report report, const Correction& correction) {
    const auto before = report;
    if (correction.category) report.category = *correction.category;
    if (correction.place) report.place = *correction.place;
    if (correction.people) {
        report.people = *correction.people == 0 ? std::nullopt : correction.people;
        report.people_max.reset();
    }
    const bool same = report.category == before.category && report.place == before.place &&
                      report.people == before.people && report.people_max == before.people_max;
    if (same) return std::nullopt;
    unit.update(report);
    if (!report.incident) return report;
    for (auto& alert : unit.alerts_of(*report.incident)) {
        if (!follow(alert, before, report)) continue;
        alert.updated_at = unit.now();
        alert.unpublished = true;
        if (alert.status == AlertStatus::raised) alert.status = AlertStatus::updated;
        unit.update(alert);
    }
    return report;
}

}  // namespace jejak::casework
