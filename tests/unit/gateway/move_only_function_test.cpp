#include "gateway/move_only_function.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <string>

using namespace jejak;

namespace {

using Add = MoveOnlyFunction<int(int)>;

/// Counts how many of it there are, and is as large as asked.
template <std::size_t size>
struct Held {
    explicit Held(int& count) : count_(&count) { ++*count_; }
    Held(Held&& other) noexcept : count_(other.count_) { ++*count_; }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { --*count_; }
    int operator()(int by) { return by + static_cast<int>(sizeof(filling_)); }

private:
    int* count_;
    std::array<char, size> filling_{};
};

template <std::size_t size>
int comes_and_goes() {
    int alive = 0;
    {
        Add first = Held<size>(alive);
        CHECK(alive == 1);
        CHECK(first(1) == 1 + static_cast<int>(size));
        Add second = std::move(first);
        CHECK(alive == 1);
        CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move): it is empty, and says so
        CHECK(second(2) == 2 + static_cast<int>(size));
        Add third = Held<size>(alive);
        CHECK(alive == 2);
        third = std::move(second);
        CHECK(alive == 1);
        CHECK(third(3) == 3 + static_cast<int>(size));
        third.reset();
        CHECK(alive == 0);
        CHECK_FALSE(third);
        third = Held<size>(alive);
    }
    return alive;
}

}  // namespace

TEST_CASE("a small callable and one too large to be kept inside are moved and destroyed once") {
    CHECK(comes_and_goes<8>() == 0);
    CHECK(comes_and_goes<Add::room - sizeof(int*)>() == 0);
    CHECK(comes_and_goes<Add::room>() == 0);
    CHECK(comes_and_goes<500>() == 0);
}

TEST_CASE("a function made of nothing is empty") {
    CHECK_FALSE(Add());
    CHECK_FALSE(Add(nullptr));
    CHECK_FALSE(Add(std::function<int(int)>()));
    CHECK(Add(std::function<int(int)>([](int) { return 0; })));
}

TEST_CASE("what is moved into a call and out of it arrives") {
    MoveOnlyFunction<std::unique_ptr<std::string>(std::unique_ptr<std::string>)> longer =
        [more = std::make_unique<std::string>("ibu")](std::unique_ptr<std::string> text) {
            *text += *more;
            return text;
        };
    CHECK(*longer(std::make_unique<std::string>("anak ")) == "anak ibu");
}

TEST_CASE("a completion holds an owner, a shared job and another completion without the heap") {
    static_assert(sizeof(MoveOnlyFunction<void()>) == 64);
    static_assert(sizeof(void*) + sizeof(std::shared_ptr<int>) + sizeof(std::function<void()>) <= Add::room);
    SUCCEED();
}
