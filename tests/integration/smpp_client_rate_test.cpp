// What leaves beside replies keeps to the same rate and the same pauses: questions without a socket, with a clock of
// the test's own; screens over a simulated SMSC.
#include <algorithm>

#include "gateway/net/task_group.hpp"
#include "simulators/smsc.hpp"
#include "simulators/ussd_phone.hpp"
#include "tests/support/operator_channel.hpp"
#include "tests/support/phones.hpp"
#include "tests/support/reply_channel.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::CommandId;
using smpp::CommandStatus;
using tests::Phones;
using tests::ReplyChannel;

namespace {

const std::string ani = "+628400000001";

SmppChannelOptions asking(std::uint32_t rate = 0) {
    SmppChannelOptions options;
    options.query = SmppProfile::Query::reference;
    options.rate = rate;
    return options;
}

/// A channel with `count` submits that were never answered, and another that was not answered yet.
struct Doubting : ReplyChannel {
    explicit Doubting(int count, SmppChannelOptions settings = asking()) : ReplyChannel(std::move(settings)) {
        for (int i = 0; i < count; ++i) reply_to("+62840000001" + std::to_string(i));
        for (int left = static_cast<int>(leave().size()); left < count; left += static_cast<int>(leave().size()))
            now = sender->wake_at(now);
        now += 20s;
        reply_to(ani);
        open = leave().at(0);
        now += 11s;
        hear();  // those of before are given up
    }
    Request open;
};

std::size_t questions(const std::vector<ReplyChannel::Request>& sent) {
    return static_cast<std::size_t>(
        std::count_if(sent.begin(), sent.end(), [](const auto& one) { return one.command == CommandId::query_sm; }));
}

}  // namespace

TEST_CASE("B18, B20: questions wait while the SMSC asks for patience, and leave no faster than messages do then",
          "[B18][B20][B15][smpp]") {
    Doubting channel(3);
    const bool congested = GENERATE(false, true);
    if (congested) {
        std::vector<std::byte> tlvs;
        smpp::append_tlv(smpp::Tag::congestion_state, std::uint8_t{95}, tlvs);
        channel.answer(channel.open, CommandStatus::ok, "1", tlvs);
    } else {
        channel.answer(channel.open, CommandStatus::throttled);
    }
    const auto begun = channel.now;
    CHECK(channel.leave().empty());
    REQUIRE(channel.sender->wake_at(channel.now) > channel.now);
    REQUIRE(channel.sender->wake_at(channel.now) < channel.now + 10s);
    std::size_t asked = 0;
    while (asked < 3 && channel.now < begun + 1min) {
        channel.now = channel.sender->wake_at(channel.now);
        const auto sent = channel.leave();
        CHECK(sent.size() <= 1);
        asked += questions(sent);
    }
    CHECK(asked == 3);
    CHECK(channel.now >= begun + (congested ? 5s : 1s));
    CHECK(channel.now < begun + 1min);
}

TEST_CASE("B18: a question that comes too fast is a reason to slow down, for replies as well", "[B18][B15][smpp]") {
    Doubting channel(1);
    const auto asked = channel.leave();
    REQUIRE(questions(asked) == 1);
    channel.answer(asked[0], CommandStatus::throttled);
    CHECK_FALSE(channel.sender->has_room(channel.now));
    channel.reply_to(ani);
    CHECK(channel.leave().empty());
    channel.now = channel.sender->wake_at(channel.now);
    CHECK(channel.leave().size() == 1);
}

TEST_CASE("B18: questions and replies share the rate, and neither starves", "[B18][B15][smpp]") {
    Doubting channel(6, asking(1));
    channel.answer(channel.open, "1");
    for (int i = 0; i < 6; ++i) channel.reply_to("+62840000002" + std::to_string(i));
    std::vector<CommandId> sent;
    const auto begun = channel.now;
    while (sent.size() < 12 && channel.now < begun + 1min) {
        for (const auto& one : channel.leave()) {
            sent.push_back(one.command);
            one.command == CommandId::query_sm ? channel.answer_query(one, sms::MessageState::delivered)
                                               : channel.answer(one, "2");
        }
        if (channel.sender->wake_at(channel.now) == SteadyTime::max()) break;
        channel.now = std::max(channel.now, channel.sender->wake_at(channel.now));
    }
    REQUIRE(sent.size() == 12);
    CHECK(channel.now >= begun + 11s);
    for (std::size_t i = 1; i + 1 < sent.size(); ++i) CHECK_FALSE((sent[i - 1] == sent[i] && sent[i] == sent[i + 1]));
}

TEST_CASE("B20: what is heard of congestion counts before the next screen leaves", "[B20][smpp]") {
    ReplyChannel channel;
    channel.reply_to(ani);
    const auto sent = channel.leave();
    CHECK(channel.sender->room_beside(channel.wire->session, channel.now) > 1'000);
    std::vector<std::byte> tlvs;
    smpp::append_tlv(smpp::Tag::congestion_state, std::uint8_t{95}, tlvs);
    channel.answer(sent.at(0), CommandStatus::ok, "1", tlvs);
    CHECK(channel.sender->room_beside(channel.wire->session, channel.now) == 0);
    CHECK(channel.sender->beside_at(SteadyTime::max(), channel.now) == channel.now + channel::SendRate::congested_for);
}

namespace {

/// Phones that dial over an SMSC which takes a few messages a second.
struct Network {
    explicit Network(std::uint32_t rate)
        : smsc(village.loop.get_executor(), smsc_options()),
          tasks(village.loop.get_executor()),
          control(test::client_to(village.loop, smsc.control_address())) {
        village.now = wall_now() + 1min;  // whatever is said now is said after the bind
        tasks.spawn("smsc", smsc.run());
        const auto address = smsc.smpp_address();
        auto options = tests::OperatorChannel::options_for(
            static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
        options.rate = rate;
        client.bind(std::move(options), tests::OperatorChannel::Replies::leave, village.desk.get());
        REQUIRE(client.wait_for([&] { return client->bound(); }));
    }
    ~Network() {
        client.unbind();
        tasks.stop();
        village.run(Phones::ignore(tasks.join(10s)));
    }
    static sim::SmscOptions smsc_options() {
        sim::SmscOptions options;
        options.listen = "127.0.0.1:0";
        return options;
    }
    sim::UssdPhone phone(const std::string& number) {
        return {control, {.smsc = true, .target = "/ussd", .key = {}}, number};
    }

    Phones village;
    sim::Smsc smsc;
    net::TaskGroup tasks;
    tests::OperatorChannel client{village};
    net::HttpClient control;
};

}  // namespace

TEST_CASE("B18: screens count against the rate, and go before replies", "[B18][ussd][smpp]") {
    Network network(4);
    std::vector<sim::UssdPhone> phones;
    for (int i = 0; i < 8; ++i) phones.push_back(network.phone("+62840000010" + std::to_string(i)));
    std::size_t shown = 0;
    auto dial = [&](sim::UssdPhone& phone) -> net::awaitable<void> {
        const auto screen = co_await phone.dial("*384#");
        if (screen.fault.empty()) ++shown;
    };
    net::TaskGroup dials(network.village.loop.get_executor());
    const auto begun = steady_now();
    for (auto& phone : phones) dials.spawn("phone", dial(phone));
    REQUIRE(network.client.wait_for([&] { return shown == 1; }));
    for (int i = 0; i < 3; ++i) {
        const auto handled = network.village.say("+62840000020" + std::to_string(i), "LAPOR calo di sebunga").handled;
        REQUIRE(handled.reply);
        network.client->submit({handled.reply->id, handled.reply_to, handled.reply_text, wall_now() + 5min});
    }
    std::uint64_t replies_before_screens = 0;
    REQUIRE(network.client.wait_for([&] {
        if (shown < phones.size()) replies_before_screens = network.smsc.counts().submits;
        return shown == phones.size();
    }));
    CHECK(steady_now() - begun >= 900ms);  // four at once, four a second
    CHECK(replies_before_screens <= 1);
    CHECK(network.client.wait_for([&] { return network.smsc.counts().submits >= 3; }));
    network.village.run(Phones::ignore(dials.join(10s)));
}
