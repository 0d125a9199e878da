#include <catch2/catch.hpp>

#include "gateway/channel/recent_answers.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using channel::RecentAnswers;
using Ids = std::vector<storage::Id>;

TEST_CASE("answers older than the span of doubt are not doubted", "[channel]") {
    const SteadyTime start{1h};
    RecentAnswers answers;
    CHECK(answers.in_doubt(start).empty());
    answers.add(1, start);
    answers.add(2, start + 1s);
    CHECK(answers.in_doubt(start + 1s) == Ids{2, 1});
    CHECK(answers.in_doubt(start + RecentAnswers::span) == Ids{2, 1});
    CHECK(answers.in_doubt(start + RecentAnswers::span + 1ms) == Ids{2});
    CHECK(answers.in_doubt(start + RecentAnswers::span + 2s).empty());
    CHECK_FALSE(answers.empty());
    answers.clear();
    CHECK(answers.empty());
    CHECK(answers.in_doubt(start + 1s).empty());
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

TEST_CASE("of a flood only the newest answers are doubted, more than any window", "[channel]") {
    const SteadyTime now{1h};
    RecentAnswers answers;
    const storage::Id last = RecentAnswers::kept_max + 1;
    for (storage::Id id = 1; id <= last; ++id) answers.add(id, now);
    const auto doubted = answers.in_doubt(now);
    CHECK(doubted.size() == RecentAnswers::kept_max);
    CHECK(doubted.front() == last);
    CHECK(doubted.back() == 2);
    CHECK(answers.unconfirmed(now, now, RecentAnswers::kept_max + 7) == doubted);
}
