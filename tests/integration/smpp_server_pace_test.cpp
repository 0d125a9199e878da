// How peers of a listener wait for the disk: each with its window under way at most, all of them when it falls behind.
#include <future>

#include "gateway/channel/server/reading_pace.hpp"
#include "tests/support/smpp_server.hpp"

namespace jejak::tests {
namespace {

using namespace std::chrono_literals;
using smpp::BindKind;

const std::string ani = "628400000001", budi = "628400000002";
const std::string report = "LAPOR 5 org lewat jalan tikus sebunga skrg";

/// In one write, with sequence numbers from 100.
void ask_many(Esme& esme, const std::string& from, std::uint32_t count) {
    std::vector<std::byte> all;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto text = "LAPOR calo nomor " + std::to_string(i);
        smpp::encode_short_message(CommandId::submit_sm, Esme::text_message(from, text), 100 + i, all);
    }
    esme.send(all);
}

/// Holds the store's writer until it is told to go on.
class Held {
public:
    explicit Held(Listening& listening) {
        auto wait = [release = released_.get_future().share()](storage::Unit&) { release.wait(); };
        listening.village.access->submit(wait, {}, [](storage::Committed) {});
    }
    ~Held() {
        if (!gone_) go_on();
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    void go_on() {
        gone_ = true;
        released_.set_value();
    }

private:
    std::promise<void> released_;
    bool gone_ = false;
};

}  // namespace

TEST_CASE("B17: a peer has no more messages on their way to the disk than its window, however many it sends at once",
          "[smpp][server][B17]") {
    constexpr std::uint32_t messages = 200;
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    ask_many(esme, ani, messages);
    std::size_t most = 0;
    CHECK(listening.wait_for([&] {
        most = std::max(most, listening.village.intake->in_flight());
        return esme.waiting() == messages;
    }));
    CHECK(most > 0);
    CHECK(most <= box("box1").window);
    for (std::uint32_t i = 0; i < messages; ++i) {
        const auto answer = esme.next();
        CHECK(answer.status() == CommandStatus::ok);
        CHECK(answer.header.sequence_number == 100 + i);
    }
    CHECK(listening.village.ledger().received == messages);
}

TEST_CASE("while the store's queue is nearly full peers wait for it, in turn, and none is refused",
          "[smpp][server][B17]") {
    constexpr std::uint32_t messages = 100;
    constexpr std::size_t queue = 8, nearly_full = 6;
    Listening listening;
    listening.server->pace_by(queue);
    std::vector<std::unique_ptr<Esme>> peers;
    for (int i = 0; i < 4; ++i) {
        peers.push_back(std::make_unique<Esme>(listening));
        REQUIRE(peers.back()->bind(BindKind::transmitter) == CommandStatus::ok);
    }
    for (std::size_t i = 0; i < peers.size(); ++i) ask_many(*peers[i], "62840000000" + std::to_string(i), messages);
    std::size_t most = 0, apart = 0;
    CHECK(listening.wait_for([&] {
        most = std::max(most, listening.village.intake->in_flight());
        const auto [least, greatest] = std::minmax_element(
            peers.begin(), peers.end(), [](const auto& a, const auto& b) { return a->waiting() < b->waiting(); });
        apart = std::max(apart, (*greatest)->waiting() - (*least)->waiting());
        return (*least)->waiting() == messages;
    }));
    CHECK(most == nearly_full);
    CHECK(apart < messages);
    for (const auto& peer : peers) {
        for (std::uint32_t i = 0; i < messages; ++i) CHECK(peer->next().status() == CommandStatus::ok);
    }
    CHECK(listening.village.ledger().received == messages * peers.size());
}

TEST_CASE("a peer waits for room in the store's queue so long and no longer, and an unbind does not wait",
          "[smpp][server][B17]") {
    Listening listening;
    listening.server->pace_by(8);
    Esme first(listening), second(listening), third(listening);
    for (auto* peer : {&first, &second, &third}) REQUIRE(peer->bind(BindKind::transmitter) == CommandStatus::ok);
    Held writer(listening);
    ask_many(first, ani, 10);
    const auto& intake = *listening.village.intake;
    CHECK(listening.wait_for([&] { return intake.in_flight() == 6; }));
    const auto asked = std::chrono::steady_clock::now();
    second.ask_submit(budi, "LAPOR calo di Sebunga");
    second.say_header(CommandId::enquire_link);
    third.unbind();
    CHECK(third.over());
    CHECK(std::chrono::steady_clock::now() - asked < channel::ReadingPace::wait_max - 1s);
    CHECK(listening.wait_for([&] { return intake.in_flight() > 6; }, channel::ReadingPace::wait_max + 5s));
    CHECK(std::chrono::steady_clock::now() - asked >= channel::ReadingPace::wait_max - 100ms);
    writer.go_on();
    CHECK(second.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    CHECK(second.next().answers(CommandId::enquire_link));
    for (int i = 0; i < 10; ++i) CHECK(first.next().status() == CommandStatus::ok);
}

TEST_CASE("a message that is stored after its channel is gone is stored all the same, and tells nobody",
          "[smpp][server]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    Held writer(listening);
    esme.ask_submit(ani, report);
    auto& intake = *listening.village.intake;
    CHECK(listening.wait_for([&] { return intake.in_flight() == 1; }));
    listening.end();  // an orderly stop waits its time, then leaves the peer
    writer.go_on();
    CHECK(listening.wait_for([&] { return intake.in_flight() == 0; }));
    CHECK(listening.texts() == std::vector<std::string>{report});
    CHECK(esme.over());
    CHECK(esme.next().is(CommandId::unbind));
    CHECK(esme.waiting() == 0);
}

}  // namespace jejak::tests
