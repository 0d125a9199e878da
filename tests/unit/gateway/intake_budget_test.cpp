#include <catch2/catch.hpp>

#include "gateway/intake/budget.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using casework::Allowance;
using intake::ReplyBudget;
using intake::ReplyLimits;

namespace {

const WallTime start = from_ms(1'757'686'200'000);

std::string number(int last) {
    return "+62840000" + std::to_string(1000 + last);
}

}  // namespace

TEST_CASE("numbers that differ in their last four digits share a minute's replies", "[intake][budget]") {
    ReplyLimits limits;
    limits.per_prefix_minute = 3;
    ReplyBudget budget(limits);
    for (int i = 0; i < 3; ++i) {
        CHECK(budget.allowance(number(i), "operator", false, start) == Allowance::free);
        budget.spend(number(i), "operator", start);
    }
    CHECK(budget.allowance(number(9), "operator", false, start + 30s) == Allowance::prefix_spent);
    CHECK(budget.allowance("+628411110001", "operator", false, start + 30s) == Allowance::free);
    CHECK(budget.allowance(number(9), "operator", false, start + 61s) == Allowance::free);
}

TEST_CASE("a day's replies are counted over all numbers", "[intake][budget]") {
    ReplyLimits limits;
    limits.per_day = 2;
    ReplyBudget budget(limits);
    budget.spend("+628400000001", "operator", start);
    CHECK(budget.allowance("+628411110001", "operator", false, start) == Allowance::free);
    budget.spend("+628411110001", "operator", start);
    CHECK(budget.allowance("+628422220001", "operator", false, start + 23h) == Allowance::day_spent);
    CHECK(budget.allowance("+628422220001", "operator", false, start + 25h) == Allowance::free);
}

TEST_CASE("replies of before the process began count for the day", "[intake][budget]") {
    ReplyLimits limits;
    limits.per_day = 2;
    ReplyBudget budget(limits);
    budget.spent(start - 20h);
    budget.spent(start - 19h);
    CHECK(budget.allowance("+628400000001", "operator", false, start) == Allowance::day_spent);
    CHECK(budget.allowance("+628400000001", "operator", false, start + 4h) == Allowance::free);
}

TEST_CASE("only the countries that are served are answered; none named means all", "[intake][budget]") {
    CHECK(ReplyBudget().allowance("+4477009009", "operator", false, start) == Allowance::free);
    ReplyLimits limits;
    limits.served_countries = {"62", "60"};
    const ReplyBudget budget(limits);
    CHECK(budget.allowance("+628400000001", "operator", false, start) == Allowance::free);
    CHECK(budget.allowance("+601000000009", "operator", false, start) == Allowance::free);
    CHECK(budget.allowance("+4477009009", "operator", false, start) == Allowance::not_served);
}

TEST_CASE("a channel is in flood when it brings ten times what it usually does, and never below the least",
          "[intake][budget]") {
    ReplyLimits limits;
    limits.flood_per_minute = 50;
    ReplyBudget budget(limits);
    const auto minute_of = [&](int messages, WallTime from) {
        bool flooded = false;
        for (int i = 0; i < messages; ++i) flooded = budget.count("operator", from);
        return flooded;
    };
    budget.count("operator", start - 61min);
    SECTION("one that is new has no usual rate yet") {
        for (int i = 0; i < 1'000; ++i) CHECK_FALSE(budget.count("new", start));
    }
    SECTION("a quiet channel") {
        CHECK_FALSE(minute_of(50, start));
        CHECK(minute_of(1, start));
        CHECK_FALSE(minute_of(1, start + 1min));
    }
    SECTION("a busy one is measured by itself") {
        for (int minute = 0; minute < 600; ++minute) minute_of(20, start + minute * 1min);
        CHECK_FALSE(minute_of(150, start + 600min));
        CHECK(minute_of(100, start + 600min));
    }
    SECTION("a flood becomes usual only after hours") {
        for (int minute = 0; minute < 60; ++minute) minute_of(1'000, start + minute * 1min);
        CHECK(minute_of(1'000, start + 60min));
    }
    SECTION("its replies are capped while it lasts") {
        minute_of(51, start);
        for (std::uint32_t i = 0; i < ReplyBudget::flood_replies_minute; ++i) {
            const auto who = "+6284" + std::to_string(10'000'000 + i * 10'000);
            CHECK(budget.allowance(who, "operator", true, start) == Allowance::free);
            budget.spend(who, "operator", start);
        }
        CHECK(budget.allowance("+628500000001", "operator", true, start) == Allowance::flood_spent);
        CHECK(budget.allowance("+628500000001", "other", true, start) == Allowance::free);
    }
}

TEST_CASE("more prefixes than the table holds push out the oldest", "[intake][budget]") {
    ReplyLimits limits;
    limits.per_prefix_minute = 1;
    ReplyBudget budget(limits);
    for (std::size_t i = 0; i < 2 * ReplyBudget::prefixes_max; ++i) {
        budget.spend("+62" + std::to_string(100'000 + i) + "0001", "operator", start);
    }
    const auto last = "+62" + std::to_string(100'000 + 2 * ReplyBudget::prefixes_max - 1) + "0002";
    CHECK(budget.allowance(last, "operator", false, start) == Allowance::prefix_spent);
}
