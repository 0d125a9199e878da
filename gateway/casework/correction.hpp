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

/// Puts a report right. The alerts of its event follow where they say what the report said, and what changed goes out
/// as alert.updated within the pack's update interval; what another report brought them stays. The message stays as it
/// was sent. The report as it is now; empty: nothing would change. errors: storage::Error passes through. Used on the
/// writer thread.
std::optional<storage::Report> correct(storage::Unit& unit, storage::Report report, const Correction& correction);

}  // namespace jejak::casework
