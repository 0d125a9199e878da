#include "gateway/casework/correction.hpp"

#include <algorithm>
#include <vector>

#include "gateway/dispatch/routing.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::casework {
namespace {

using storage::Alert;
using storage::Report;
using understand::Flag;

/// Whether `value` was what the report said, and is not what it says now.
template <class Value>
bool follow(Value& value, const Value& before, const Value& now) {
    if (value != before || before == now) return false;
    value = now;
    return true;
}

bool follow(Alert& alert, const Report& before, const Report& now) {
    const bool category = follow(alert.category, before.category, now.category);
    const bool place = follow(alert.place, alert.place.empty() ? std::string() : before.place, now.place);
    const bool people = alert.people == before.people && alert.people_max == before.people_max &&
                        (now.people != before.people || now.people_max != before.people_max);
    if (people) {
        alert.people = now.people;
        alert.people_max = now.people_max;
    }
    return category || place || people;
}

bool says_the_same(const Report& one, const Report& other) {
    return one.category == other.category && one.place == other.place && one.people == other.people &&
           one.people_max == other.people_max;
}

/// The event of this report alone goes where the report does, so that the next one there joins it.
void move(storage::Unit& unit, storage::Incident& incident, const Report& before, const Report& now) {
    if (incident.reports == 1 && follow(incident.village, before.place, now.place)) unit.update(incident);
}

}  // namespace

bool moves_an_alert(storage::Unit& unit, const Report& report, const std::string& place) {
    if (!report.incident || place == report.place) return false;
    const auto within = [&](const std::string& area, const std::string& one) {
        return dispatch::in_areas(std::vector<std::string>{area}, one);
    };
    const auto alerts = unit.alerts_of(*report.incident);
    return std::any_of(alerts.begin(), alerts.end(), [&](const Alert& alert) {
        return !alert.place.empty() && (place.empty() || (!within(alert.place, place) && !within(place, alert.place)));
    });
}

std::optional<Report> correct(storage::Unit& unit, Report report, const Correction& correction) {
    const auto before = report;
    if (correction.category) report.category = *correction.category;
    if (correction.place) report.place = *correction.place;
    if (correction.people) {
        report.people = *correction.people == 0 ? std::nullopt : correction.people;
        report.people_max.reset();
    }
    if (says_the_same(report, before)) return std::nullopt;
    const auto mark = [&](bool said, Flag flag) {
        if (said) report.flags |= static_cast<understand::Flags>(flag);
    };
    mark(correction.category.has_value(), Flag::category_corrected);
    mark(correction.place.has_value(), Flag::place_corrected);
    mark(correction.people.has_value(), Flag::people_corrected);
    unit.update(report);
    auto incident = report.incident ? unit.incident(*report.incident) : std::nullopt;
    if (!incident || incident->reporters > 1) return report;
    move(unit, *incident, before, report);
    for (auto& alert : unit.alerts_of(incident->id)) {
        if (!follow(alert, before, report)) continue;
        alert.updated_at = unit.now();
        alert.unpublished = true;
        if (alert.status == AlertStatus::raised) alert.status = AlertStatus::updated;
        unit.update(alert);
    }
    return report;
}

}  // namespace jejak::casework
