// The order in which what became of replies comes to the store, also when that does not take it at once.
#include "gateway/channel/reply_outcomes.hpp"

#include <catch2/catch.hpp>

#include "tests/support/on_loop.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using storage::ReplyState;
using tests::Village;

namespace {

/// A store whose queue is full, or that fails, whenever the test says so.
class Reluctant : public storage::Store {
public:
    explicit Reluctant(storage::Store& store) : store_(store) {}

    enum class Mood { takes, full, fails } mood = Mood::takes;
    int refusals = 0;              ///< so far
    int refusals_max = 1'000'000;  ///< then it takes again

    bool submit(storage::Work work) override {
        if (mood != Mood::takes && ++refusals > refusals_max) mood = Mood::takes;
        return mood == Mood::takes && store_.submit(std::move(work));
    }
    void read(std::function<void(storage::View&)> ask, std::function<void(std::exception_ptr)> done) override {
        store_.read(std::move(ask), std::move(done));
    }
    bool healthy() const override { return mood != Mood::fails; }
    std::string trouble() const override { return store_.trouble(); }
    Counts counts() const override { return store_.counts(); }
    storage::Id last_message() const override { return store_.last_message(); }
    void close() override { store_.close(); }

private:
    storage::Store& store_;
};

struct Channel {
    Channel() { reply = village.say("+628400000001", "LAPOR calo di sebunga").handled.reply.value(); }

    /// Its submit was never answered.
    void doubt() { doubt(outcomes); }
    void doubt(channel::ReplyOutcomes& into) const {
        storage::Reply outcome;
        outcome.id = reply.id;
        outcome.state = ReplyState::sent;
        outcome.uncertain = true;
        into.add(std::move(outcome));
    }
    /// It was, after all.
    void answered(bool taken) { outcomes.late({reply.id, 1, 1, "operator", taken ? "a1" : "", {}}, taken); }
    /// What was handed to the store came back, or is durable.
    void heard() {
        village.run(Village::ignore(village.access->commit([](storage::Unit&) {})));
    }
    void stored() { village.run(outcomes.stored(steady_now() + 10s)); }
    storage::Reply row() {
        return village.ask([&](storage::View& view) { return view.reply(reply.id).value(); });
    }

    Village village;
    Reluctant store{*village.store};
    StoreAccess access{village.loop.get_executor(), store};
    channel::ReplyOutcomes outcomes{access};
    storage::Reply reply;
};

}  // namespace

TEST_CASE("B15: a late answer does not overtake the doubt that it ends, whatever the store did not take",
          "[B15][smpp]") {
    using Mood = Reluctant::Mood;
    const auto mood = GENERATE(Mood::full, Mood::fails);
    const bool taken = GENERATE(true, false);
    Channel channel;
    channel.doubt();
    channel.store.mood = mood;
    channel.outcomes.settle();
    channel.store.mood = Mood::takes;
    channel.answered(taken);
    SECTION("heard before it is known that the doubt was not taken") {
        channel.outcomes.settle();
        channel.heard();
    }
    SECTION("heard afterwards") {
        channel.heard();
    }
    SECTION("and not taken at once, either") {
        channel.heard();
        channel.store.mood = mood;
        channel.outcomes.settle();
        channel.heard();
        channel.store.mood = Mood::takes;
    }
    channel.stored();
    CHECK_FALSE(channel.row().uncertain);
    CHECK(channel.row().provider_id == (taken ? "a1" : ""));
    CHECK(channel.row().state == (taken ? ReplyState::sent : ReplyState::dropped));
}

TEST_CASE("at the end everything that was heard is stored, also what came while a commit was under way", "[smpp]") {
    Channel channel;
    channel.doubt();
    channel.outcomes.settle();
    channel.answered(true);
    channel.outcomes.settle();
    channel.stored();
    CHECK(channel.row().provider_id == "a1");
    CHECK_FALSE(channel.row().uncertain);
}

TEST_CASE("B15: what the store did not take is tried again though nothing more is heard", "[B15][smpp]") {
    using Mood = Reluctant::Mood;
    Channel channel;
    channel.doubt();
    channel.store.mood = GENERATE(Mood::full, Mood::fails);
    channel.store.refusals_max = 2;
    channel.outcomes.settle();
    CHECK(test::wait_until(channel.village.loop, [&] { return channel.store.mood == Mood::takes; }));
    channel.heard();
    CHECK(channel.row().uncertain);
    CHECK(channel.store.refusals == 3);
}

TEST_CASE("B15: a store that is full when the process ends is asked until it takes what is left", "[B15][smpp]") {
    using Mood = Reluctant::Mood;
    Channel channel;
    channel.doubt();
    channel.store.mood = GENERATE(Mood::full, Mood::fails);
    channel.store.refusals_max = 2;
    channel.stored();
    CHECK(channel.row().uncertain);
}

TEST_CASE("a store that takes nothing holds up the end no longer than that may take", "[smpp]") {
    Channel channel;
    channel.doubt();
    channel.store.mood = Reluctant::Mood::fails;
    const auto until = steady_now() + 250ms;
    channel.village.run(channel.outcomes.stored(until));
    CHECK(steady_now() >= until);
    CHECK(channel.store.refusals >= 2);
    CHECK(channel.store.refusals <= 4);  // it is not asked at once again
    CHECK_FALSE(channel.row().uncertain);
    channel.store.mood = Reluctant::Mood::takes;
    channel.stored();
    CHECK(channel.row().uncertain);
}

TEST_CASE("outcomes that go while the store is asked, or will be again, leave nothing behind", "[smpp]") {
    using Mood = Reluctant::Mood;
    Channel channel;
    auto outcomes = std::make_unique<channel::ReplyOutcomes>(channel.access);
    channel.doubt(*outcomes);
    SECTION("a commit is under way") {
        outcomes->settle();
        outcomes.reset();
        channel.heard();
        CHECK(channel.row().uncertain);
    }
    SECTION("the store is to be asked again") {
        channel.store.mood = Mood::full;
        outcomes->settle();
        REQUIRE(test::wait_until(channel.village.loop, [&] { return channel.store.refusals == 1; }));
        channel.heard();
        outcomes.reset();
        const auto until = steady_now() + 3 * channel::ReplyOutcomes::try_again_first;
        test::wait_until(channel.village.loop, [&] { return steady_now() > until; });
        CHECK(channel.store.refusals == 1);
        CHECK_FALSE(channel.row().uncertain);
    }
}
