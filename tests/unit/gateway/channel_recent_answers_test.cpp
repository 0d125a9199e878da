#include <catch2/catch.hpp>

#include "gateway/channel/recent_answers.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using channel::RecentAnswers;
using Ids = std::vector<storage::Id>;

TEST_CASE("answers older than the span of doubt are not doubted", "[channel]") {
    const SteadyTime start{1h};
    RecentAnswers answers;
    CHECK(answers.in_doubt(start) == Ids{});
    answers.add(1, start);
    answers.add(2, start + 1s);
    CHECK(answers.in_doubt(start + 1s) == Ids{2, 1});
    CHECK(answers.in_doubt(start + RecentAnswers::span) == Ids{2, 1});
    CHECK(answers.in_doubt(start + RecentAnswers::span + 1ms) == Ids{2});
    CHECK(answers.in_doubt(start + RecentAnswers::span + 2s) == Ids{});
    CHECK_FALSE(answers.empty());
    answers.clear();
    CHECK(answers.empty());
    CHECK(answers.in_doubt(start + 1s) == Ids{});
}

TEST_CASE("unconfirmed are the answers since the peer was heard, and a window of those before", "[channel]") {
    const SteadyTime start{1h};
    RecentAnswers answers;
    for (storage::Id id = 1; id <= 5; ++id) answers.add(id, start + id * 1s);
    const auto now = start + 6s;
    CHECK(answers.unconfirmed(now, start + 5s, 1) == Ids{5});
    CHECK(answers.unconfirmed(now, now, 2) == Ids{5, 4});
    CHECK(answers.unconfirmed(now, start + 3s, 1) == Ids{5, 4, 3});
    CHECK(answers.unconfirmed(now, now, 0).empty());
    CHECK(answers.unconfirmed(start + 3s + RecentAnswers::span, start, 9) == Ids{5, 4, 3});
}

TEST_CASE("who was answered more often than is kept has all of its channel doubted, until the session is over",
          "[channel]") {
    const SteadyTime now{1h};
    RecentAnswers answers;
    for (std::size_t i = 0; i < RecentAnswers::kept_max; ++i) answers.add(7, now);
    CHECK(answers.in_doubt(now)->size() == RecentAnswers::kept_max);
    answers.add(7, now);
    CHECK_FALSE(answers.in_doubt(now));
    CHECK(answers.unconfirmed(now, now, RecentAnswers::kept_max + 7).size() == RecentAnswers::kept_max);
    answers.clear();
    CHECK(answers.in_doubt(now) == Ids{});
}
