#include "protocol/time.hpp"

#include <algorithm>
#include <array>

#include "protocol/ensure.hpp"

namespace jejak {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Four digits of year are all the format has.
constexpr auto first_moment = std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(0) / 1 / 1));
constexpr auto last_moment =
    std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(9999) / 12 / 31)) + days(1) - seconds(1);

/// Writes fixed-width decimal fields into a buffer that is large enough.
class Writer {
public:
    explicit Writer(char* at) : at_(at) {}

    Writer& digits(long value, int width) {
        for (int i = width - 1; i >= 0; --i, value /= 10) at_[i] = static_cast<char>('0' + value % 10);
        at_ += width;
        return *this;
    }
    Writer& mark(char c) {
        *at_++ = c;
        return *this;
    }
    std::size_t written(const char* from) const { return static_cast<std::size_t>(at_ - from); }

private:
    char* at_;
};

/// Reads fixed-width fields from the front; every reader says whether it found what it asked for.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool digits(int width, int& value) {
        if (rest_.size() < static_cast<std::size_t>(width)) return false;
        value = 0;
        for (int i = 0; i < width; ++i) {
            const char c = rest_[static_cast<std::size_t>(i)];
            if (c < '0' || c > '9') return false;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(static_cast<std::size_t>(width));
        return true;
    }
    bool one_of(std::string_view marks) {
        if (rest_.empty() || marks.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool done() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

/// `.` and at least one digit; what is finer than a millisecond is cut.
std::optional<milliseconds> read_fraction(Reader& reader) {
    milliseconds fraction{0};
    if (!reader.one_of(".")) return fraction;
    int digit = 0;
    if (!reader.digits(1, digit)) return std::nullopt;
    for (int weight = 100;; weight /= 10) {
        fraction += milliseconds(digit * weight);
        if (!reader.digits(1, digit)) return fraction;
    }
}

/// `Z`, `+07:00` or `+0700`.
std::optional<minutes> read_offset(Reader& reader) {
    if (reader.one_of("Zz")) return minutes(0);
    const bool west = reader.peek() == '-';
    int hour = 0;
    int minute = 0;
    if (!reader.one_of("+-") || !reader.digits(2, hour)) return std::nullopt;
    reader.one_of(":");
    if (!reader.digits(2, minute) || hour > 23 || minute > 59) return std::nullopt;
    const minutes offset = hours(hour) + minutes(minute);
    return west ? -offset : offset;
}

}  // namespace

std::string to_rfc3339(WallTime time, minutes offset) {
    ensure(offset > -days(1) && offset < days(1));
    // Clamped before the offset is added, so that nothing overflows, and after it, for the four digits.
    const auto utc = std::clamp(std::chrono::floor<seconds>(time), first_moment, last_moment);
    const auto local = std::clamp(utc + offset, first_moment, last_moment);
    const auto day = std::chrono::floor<days>(local);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(local - day);

    std::array<char, sizeof "2025-09-12T21:10:00+07:00"> text{};
    Writer writer(text.data());
    writer.digits(static_cast<int>(date.year()), 4).mark('-');
    writer.digits(static_cast<long>(static_cast<unsigned>(date.month())), 2).mark('-');
    writer.digits(static_cast<long>(static_cast<unsigned>(date.day())), 2).mark('T');
    writer.digits(clock.hours().count(), 2).mark(':');
    writer.digits(clock.minutes().count(), 2).mark(':');
    writer.digits(clock.seconds().count(), 2);
    if (offset == minutes(0)) {
        writer.mark('Z');
    } else {
        const auto size = offset < minutes(0) ? -offset : offset;
        writer.mark(offset < minutes(0) ? '-' : '+')
            .digits(size.count() / 60, 2)
            .mark(':')
            .digits(size.count() % 60, 2);
    }
    return std::string(text.data(), writer.written(text.data()));
}

std::optional<WallTime> from_rfc3339(std::string_view text) {
    Reader reader(text);
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    milliseconds fraction{0};
    if (!reader.digits(4, year) || !reader.one_of("-") || !reader.digits(2, month) || !reader.one_of("-") ||
        !reader.digits(2, day) || !reader.one_of("Tt ") || !reader.digits(2, hour) || !reader.one_of(":") ||
        !reader.digits(2, minute)) {
        return std::nullopt;
    }
    if (reader.one_of(":")) {
        if (!reader.digits(2, second)) return std::nullopt;
        const auto part = read_fraction(reader);
        if (!part) return std::nullopt;
        fraction = *part;
    }
    const auto offset = read_offset(reader);
    if (!offset || !reader.done()) return std::nullopt;

    const auto date = std::chrono::year(year) / month / day;
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const auto minute_utc = std::chrono::sys_days(date) + hours(hour) + minutes(minute) - *offset;
    // A leap second ends a UTC day; it counts as the first second of the next, since Unix time has none.
    if (second == 60 && minute_utc - std::chrono::floor<days>(minute_utc) != hours(23) + minutes(59)) {
        return std::nullopt;
    }
    return minute_utc + seconds(second) + fraction;
}

}  // namespace jejak
