#pragma once
#include <chrono>
#include <optional>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// When a text says that something happens, in the sender's zone. "jam 2 malam" is 02:00 and "jam 7 mlm" 19:00; without
/// a tense it is today's; "td mlm" is a span. Only a clock time or "now" gives a moment.
void find_when(const Subject& subject, Reading& reading);

/// Puts one of the offered answers, named after a time word ("now", "last_night", "today", "yesterday", "past"), into
/// `when`; false when there is no such answer.
bool choose_when(std::string_view name, const Subject& subject, When& when);

/// Sets a bare hour, said to the question when; false when it is none.
bool hour_said(std::uint32_t hour, const Subject& subject, When& when);

/// The first calendar date of a form ("20-09-2025", "20 sept", "tgl 20 bulan 12", "besok"), seen from `today`; one
/// without a year, or a bare day of the month, is the next to come.
std::optional<std::chrono::year_month_day> find_date(const Subject& subject, std::chrono::year_month_day today);

/// The day it is in the sender's zone, and the moment a day begins there.
std::chrono::year_month_day local_day(WallTime at, std::chrono::minutes offset);
WallTime start_of(std::chrono::year_month_day day, std::chrono::minutes offset);

}  // namespace jejak::understand
