#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "protocol/smpp/window.hpp"

using namespace jejak::smpp;
using jejak::SteadyTime;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {
const SteadyTime start{};
constexpr auto submit = CommandId::submit_sm;
}  // namespace

TEST_CASE("F11: sequence numbers count from 1, wrap after 0x7fffffff and skip those still waiting", "[F11]") {
    Window window(4, Window::sequence_max - 1);
    CHECK(window.add(submit, 10, start) == Window::sequence_max - 1);
    CHECK(window.add(submit, 11, start) == Window::sequence_max);
    CHECK(window.add(submit, 12, start) == 1);
    CHECK(Window(4).add(submit, 1, start) == 1);

    Window small(2, 1);  // places: 1, 2, 3, 0
    CHECK(small.add(submit, 1, start) == 1);
    for (std::uint32_t expected : {2u, 3u, 4u, 6u, 7u, 8u, 10u}) {
        const auto sequence = small.add(submit, 2, start);
        CHECK(sequence == expected);
        CHECK(small.take(submit, sequence) == 2);
    }
    CHECK(small.take(submit, 1) == 1);
}

TEST_CASE("F13: requests end by number in any order, once each", "[F13]") {
    Window window(3);
    const auto a = window.add(submit, 100, start), b = window.add(submit, 200, start),
               c = window.add(submit, 300, start);
    CHECK(window.full());
    CHECK(window.take(submit, b) == 200);
    CHECK(window.take(submit, b) == std::nullopt);
    CHECK(window.take(submit, c) == 300);
    CHECK(window.take(submit, a) == 100);
    CHECK(window.size() == 0);
    CHECK(window.take_oldest() == std::nullopt);
}

TEST_CASE("numbers that are not ours, or of another command, end nothing") {
    Window window(4);
    const auto sequence = window.add(submit, 1, start);
    for (const std::uint32_t other : {0u, 2u, 9u, 0x80000001u, 0xFFFFFFFFu}) CHECK(window.take(other) == std::nullopt);
    CHECK(window.take(CommandId::deliver_sm, sequence) == std::nullopt);
    CHECK(window.size() == 1);
    CHECK(window.take(sequence) == 1);
}

TEST_CASE("the oldest request's deadline comes first") {
    Window window(4);
    CHECK(window.deadline() == SteadyTime::max());
    const auto a = window.add(submit, 1, start + 1s);
    window.add(submit, 2, start + 2s);
    window.add(submit, 3, start + 2s);
    CHECK(window.deadline() == start + 1s);
    CHECK(window.expire(start + 999ms) == std::nullopt);
    CHECK(window.take(a) == 1);
    CHECK(window.deadline() == start + 2s);
    CHECK(window.expire(start + 2s) == 2);
    CHECK(window.expire(start + 2s) == 3);
    CHECK(window.expire(start + 2s) == std::nullopt);
}

TEST_CASE("of those that expired the latest are known by their number for a while, each once", "[B15]") {
    Window window(1);
    std::vector<std::uint32_t> numbers;
    for (std::uint64_t token = 1; token <= Window::late_max + 1; ++token) {
        numbers.push_back(window.add(submit, token, start));
        CHECK(window.take_late(submit, numbers.back()) == std::nullopt);  // it is still waiting
        REQUIRE(window.expire(start) == token);
    }
    CHECK(window.take_late(submit, numbers.front()) == std::nullopt);
    CHECK(window.take_late(CommandId::data_sm, numbers.back()) == std::nullopt);
    CHECK(window.take_late(submit, numbers.back()) == Window::late_max + 1);
    CHECK(window.take_late(submit, numbers.back()) == std::nullopt);
    CHECK(window.take_late(submit, numbers[1]) == 2);
}

TEST_CASE("a whole window that expires at once is known when its responses come", "[B15]") {
    constexpr std::size_t size = Window::late_max * 3;
    Window window(size);
    std::vector<std::uint32_t> numbers;
    for (std::uint64_t token = 1; token <= size; ++token) numbers.push_back(window.add(submit, token, start));
    while (window.expire(start)) {
    }
    for (std::size_t i = 0; i < size; ++i) CHECK(window.take_late(submit, numbers[i]) == i + 1);
}

TEST_CASE("the window agrees with a map over a long random run") {
    std::mt19937 random(1);
    Window window(10, Window::sequence_max - 5'000);
    std::map<std::uint32_t, std::uint64_t> model;
    std::vector<std::uint64_t> order;
    for (std::uint64_t token = 1; token < 20'000; ++token) {
        if (!window.full()) {
            const auto sequence = window.add(submit, token, start);
            REQUIRE((sequence >= 1 && sequence <= Window::sequence_max));
            REQUIRE(model.emplace(sequence, token).second);
            order.push_back(token);
        }
        if (random() % 3 == 0 && !model.empty()) {
            const auto any = std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
            REQUIRE(window.take(submit, any->first) == any->second);
            order.erase(std::find(order.begin(), order.end(), any->second));
            model.erase(any);
        }
        if (window.full()) {
            const auto oldest = window.take_oldest();
            REQUIRE(oldest == order.front());
            order.erase(order.begin());
            model.erase(std::find_if(model.begin(), model.end(), [&](auto& one) { return one.second == *oldest; }));
        }
        REQUIRE(window.size() == model.size());
    }
}
