// What an alert, and what is told of a report, become when more is said.
#include <algorithm>

#include "gateway/casework/rules.hpp"

namespace jejak::casework {
namespace {

using storage::Alert;

void merge_people(std::optional<std::uint32_t>& kept, const std::optional<std::uint32_t>& said) {
    if (said && (!kept || *said > *kept)) kept = said;
}

}  // namespace

/// An alert of the first kind already says what the second would: a departure that is under way is not told again as
/// past.
bool covers(AlertKind existing, AlertKind wanted) {
    return existing == wanted || (existing == AlertKind::departure_now && wanted == AlertKind::departure_past);
}

/// Who calls for help again after somebody took the first call is heard again.
bool tells(const Alert& alert, AlertKind wanted) {
    const bool urgent = wanted == AlertKind::sos || wanted == AlertKind::duress;
    return covers(alert.kind, wanted) && !(urgent && alert.acknowledged_at);
}

/// The most that anybody said. Who takes a number back may make it smaller when it was theirs and nobody else tells of
/// the event; the larger one stays as the most it can be.
/// before  what the report said of it until now; empty: nothing, or it is no correction
void count_people(Alert& alert, const storage::Report& report, const std::optional<std::uint32_t>& before) {
    const bool theirs = before && before == alert.people && alert.reporters <= 1;
    if (theirs && report.people && *report.people < *alert.people) {
        merge_people(alert.people_max, alert.people);
        alert.people = report.people;
    }
    merge_people(alert.people, report.people);
    merge_people(alert.people_max, report.people_max);
    if (alert.people && alert.people_max && *alert.people_max < *alert.people) alert.people_max.reset();
}

/// When it was, once the report that left it open says so, or puts its own time right. One who alone tells of a
/// departure and had not said when settles by that, too, whether anybody can still be met on the way: where a time was
/// said, or others tell of it, no text makes it past.
/// before  the report as it was until now; empty: it is a new one
void settle_time(Alert& alert, const Decision& decision, const std::optional<storage::Report>& before,
                 const Pack& pack) {
    const auto& onset = decision.report->onset;
    if (!before || !onset || onset == before->onset) return;
    const bool open = !before->onset && alert.onset == alert.raised_at;
    const bool theirs = before->onset == alert.onset && alert.reporters <= 1;
    if (!open && !theirs) return;
    if (alert.kind == AlertKind::departure_now && raises(decision, AlertKind::departure_past)) {
        if (alert.reporters > 1) return;
        if (open) {
            const auto& rule = pack.alert_rule(AlertKind::departure_past);
            alert.kind = AlertKind::departure_past;
            alert.urgency = rule.urgency;
            alert.severity = rule.severity;
        }
    }
    alert.onset = *onset;
}

/// What subscribers are told of a report is another than it was.
bool tells_anew(const storage::Report& report, const storage::Report& before) {
    return report.intent != before.intent || report.category != before.category || report.place != before.place ||
           report.people != before.people || report.people_max != before.people_max || report.onset != before.onset ||
           report.incident != before.incident;
}

/// Who hears of a report. Of a child's registration or departure child protection alone; of what accuses an official
/// those above them.
Audience audience_for(const Decision& decision) {
    const auto raised = [&](Audience audience) {
        return std::any_of(decision.alerts.begin(), decision.alerts.end(),
                           [&](const AlertDraft& draft) { return draft.audience == audience; });
    };
    const auto intent = decision.report->intent;
    const bool of_one = intent == Intent::register_worker || intent == Intent::departed;
    if (of_one && raised(Audience::child_protection) && !raised(Audience::general)) return Audience::child_protection;
    return raised(Audience::oversight) ? Audience::oversight : Audience::general;
}

}  // namespace jejak::casework
