#include <catch2/catch.hpp>

#include "gateway/channel/backoff.hpp"
#include "gateway/intake/lanes.hpp"

using namespace jejak;
using casework::Lane;
using intake::SenderLanes;

namespace {

storage::LookupKey sender(std::uint32_t number) {
    storage::LookupKey key{};
    // Spread like a keyed hash would.
    std::uint64_t mixed = (number + 1) * 0x9E3779B97F4A7C15ull;
    for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<std::byte>(mixed >> (8 * i));
    return key;
}

const WallTime start = from_ms(1'757'686'200'000);

}  // namespace

TEST_CASE("the sixth message within a minute, or the thirty-first within a day, is throttled", "[intake][lanes]") {
    SenderLanes lanes;
    SECTION("a burst") {
        for (int i = 0; i < 5; ++i) CHECK(lanes.count(sender(1), start + std::chrono::seconds(i)) == Lane::normal);
        CHECK(lanes.count(sender(1), start + std::chrono::seconds(6)) == Lane::throttled);
        CHECK(lanes.count(sender(2), start + std::chrono::seconds(6)) == Lane::normal);
        CHECK(lanes.count(sender(1), start + std::chrono::seconds(61)) == Lane::normal);
    }
    SECTION("a long day") {
        for (int i = 0; i < 30; ++i)
            CHECK(lanes.count(sender(1), start + std::chrono::minutes(10 * i)) == Lane::normal);
        CHECK(lanes.count(sender(1), start + std::chrono::minutes(301)) == Lane::throttled);
        CHECK(lanes.count(sender(1), start + std::chrono::hours(25)) == Lane::normal);
    }
}

TEST_CASE("an unclear text is answered once a day, and three different ones at most", "[intake][lanes]") {
    SenderLanes lanes;
    const auto unanswered = [&](std::uint32_t who, const char* text, WallTime at) {
        return lanes.recurrence(sender(who), text, at).unclear_answered;
    };
    CHECK_FALSE(unanswered(1, "Saya rapat", start));
    lanes.note_answer(sender(1), "Saya rapat", "Pesan diterima.", true, start);
    CHECK(unanswered(1, "saya rapat.", start + std::chrono::hours(23)));
    CHECK_FALSE(unanswered(1, "apa ini", start + std::chrono::minutes(1)));
    CHECK_FALSE(unanswered(1, "Saya rapat", start + std::chrono::hours(25)));
    CHECK_FALSE(unanswered(2, "Saya rapat", start));
    lanes.note_answer(sender(1), "apa ini", "Pesan diterima.", true, start);
    lanes.note_answer(sender(1), "siapa ini", "Pesan diterima.", true, start);
    CHECK(unanswered(1, "halo", start + std::chrono::minutes(1)));
}

TEST_CASE("an unclear text that differs in its numbers alone is the same once more", "[intake][lanes]") {
    SenderLanes lanes;
    lanes.note_answer(sender(1), "Tiket anda #1000 diterima", "Pesan diterima.", true, start);
    CHECK(lanes.recurrence(sender(1), "Tiket anda #1001 diterima", start + std::chrono::minutes(1)).unclear_answered);
    lanes.note_answer(sender(2), "5", "Pesan diterima.", true, start);
    CHECK_FALSE(lanes.recurrence(sender(2), "7", start + std::chrono::minutes(1)).unclear_answered);
    lanes.note_answer(sender(3), "lapor 5 org", "Pesan diterima.", false, start);
    CHECK_FALSE(lanes.recurrence(sender(3), "lapor 7 org", start + std::chrono::minutes(1)).repeated);
}

TEST_CASE("a text that was answered, and our own reply coming back, are known again for a day", "[intake][lanes]") {
    SenderLanes lanes;
    CHECK_FALSE(lanes.recurrence(sender(1), "LAPOR calo", start).answered_lately);
    lanes.note_answer(sender(1), "LAPOR calo", "Pesan diterima. Ref SB7K2Q. Terima kasih.", false, start);
    const auto later = start + std::chrono::hours(1);
    CHECK(lanes.recurrence(sender(1), "lapor  calo!", later).repeated);
    CHECK_FALSE(lanes.recurrence(sender(1), "lapor lagi", later).repeated);
    CHECK(lanes.recurrence(sender(1), "lapor lagi", later).answered_lately);
    CHECK(lanes.recurrence(sender(1), "pesan diterima. ref sb7k2q. terima kasih", later).echo);
    CHECK_FALSE(lanes.recurrence(sender(1), "LAPOR calo", start + std::chrono::hours(25)).repeated);
}

TEST_CASE("a command is answered again after minutes, and alike ones three times a day", "[intake][lanes]") {
    SenderLanes lanes;
    const auto after = [](std::chrono::minutes time) { return start + time; };
    lanes.note_answer(sender(1), "STATUS SB7K2Q", "Kode tidak dikenal.", false, start);
    using std::chrono::minutes;
    CHECK(lanes.recurrence(sender(1), "status sb7k2q", after(minutes(9))).said_lately);
    CHECK_FALSE(lanes.recurrence(sender(1), "STATUS SB7K2Q", after(minutes(10))).said_lately);
    CHECK_FALSE(lanes.recurrence(sender(1), "STATUS SB7K2W", after(minutes(1))).said_lately);
    for (const auto* text : {"STATUS tiket 1001", "STATUS tiket 1002", "STATUS tiket 1003"}) {
        CHECK_FALSE(lanes.recurrence(sender(2), text, start).said_often);
        lanes.note_answer(sender(2), text, "Kode tidak dikenal.", false, start);
    }
    CHECK(lanes.recurrence(sender(2), "STATUS tiket 1004", after(minutes(60))).said_often);
    CHECK_FALSE(lanes.recurrence(sender(2), "STATUS tiket 1004", start + std::chrono::hours(25)).said_often);
    CHECK_FALSE(lanes.recurrence(sender(2), "AMAN", after(minutes(60))).said_often);
    lanes.note_answer(sender(2), "AMAN", "Pesan diterima.", false, start);
    CHECK_FALSE(lanes.recurrence(sender(2), "STATUS tiket 1004", after(minutes(60))).said_often);
}

TEST_CASE("the last report of a number is remembered beside its counts", "[intake][lanes]") {
    SenderLanes lanes;
    CHECK(lanes.last_report(sender(1)) == 0);
    lanes.note_report(sender(1), 41);
    lanes.note_report(sender(1), 42);
    lanes.count(sender(1), start);
    CHECK(lanes.last_report(sender(1)) == 42);
    CHECK(lanes.last_report(sender(2)) == 0);
}

TEST_CASE("more numbers than the table holds cost memory nothing and a busy number little", "[intake][lanes]") {
    SenderLanes lanes;
    lanes.note_answer(sender(0), "x", "y", true, start + std::chrono::hours(1));
    for (std::uint32_t i = 1; i <= SenderLanes::senders_max; ++i) lanes.count(sender(i), start);
    CHECK(lanes.recurrence(sender(0), "x", start + std::chrono::hours(2)).repeated);  // the latest keeps its place
}

TEST_CASE("the wait before the next bind grows to a minute and starts over after one that held", "[channel][backoff]") {
    channel::Backoff backoff;
    std::chrono::milliseconds longest{0};
    for (int i = 0; i < 20; ++i) {
        const auto wait = backoff.next(0.999);
        CHECK(wait >= channel::Backoff::first);
        CHECK(wait <= channel::Backoff::longest);
        CHECK(wait >= longest);
        longest = wait;
    }
    CHECK(longest > std::chrono::seconds(55));
    CHECK(backoff.next(0.0) == channel::Backoff::first);
    backoff.next(0.999);
    backoff.reset();
    CHECK(backoff.next(0.999) < std::chrono::seconds(4));
}
