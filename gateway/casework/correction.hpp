#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/vocabulary.hpp"
#include "storage/store.hpp"

namespace jejak::casework {

/// What somebody who read the message says of its report. What is absent stays as it was understood.
struct Correction {
    std::optional<Category> category;
    std::optional<std::string> place;     ///< Kemendagri code; "": the message names none
    std::optional<std::uint32_t> people;  ///< 0: the message does not say how many
};

/// The report's event has an alert for another place: whoever went there would not hear that it was moved.
bool moves_an_alert(storage::Unit& unit, const storage::Report& report, const std::string& place);

/// Puts a report right, for good: no later text of its sender undoes it. While nobody else tells of its event, that and
/// its alerts follow, and what changed goes out as alert.updated within the pack's update interval. No alert is raised
/// or cancelled, and report.received is not sent again. The message stays as it was sent. The report as it is now;
/// empty: nothing would change. errors: storage::Error passes through. Used on the writer thread.
std::optional<storage::Report> correct(storage::Unit& unit, storage::Report report, const Correction& correction);

}  // namespace jejak::casework
