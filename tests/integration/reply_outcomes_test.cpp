// The order in which what became of replies comes to the store, also when that does not take it at once.
#include "gateway/channel/reply_outcomes.hpp"

#include <catch2/catch.hpp>

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

    bool submit(storage::Work work) override { return mood == Mood::takes && store_.submit(std::move(work)); }
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
    void doubt() {
        storage::Reply outcome;
        outcome.id = reply.id;
        outcome.state = ReplyState::sent;
        outcome.uncertain = true;
        outcomes.add(std::move(outcome));
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

TEST_CASE("a store that takes nothing does not hold up the end", "[smpp]") {
    Channel channel;
    channel.doubt();
    channel.store.mood = Reluctant::Mood::fails;
    channel.stored();
    CHECK_FALSE(channel.row().uncertain);
    channel.store.mood = Reluctant::Mood::takes;
    channel.stored();
    CHECK(channel.row().uncertain);
}
