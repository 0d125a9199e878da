// One SMSC, and a channel for each direction: replies leave by the transmitter, their receipts come by the receiver.
#include "gateway/net/task_group.hpp"
#include "simulators/smsc.hpp"
#include "tests/support/operator_channel.hpp"
#include "tests/support/replies.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using storage::ReplyState;
using tests::OperatorChannel;
using tests::Village;

TEST_CASE("D3, D6: a receipt that comes by the receiver settles the reply that left by the transmitter",
          "[D3][D6][smpp]") {
    Village village;
    village.options.receipt_pairs = {{"ears", "operator"}};
    village.restart();
    village.now = wall_now();
    sim::SmscOptions smsc_options;
    smsc_options.listen = "127.0.0.1:0";
    sim::Smsc smsc(village.loop.get_executor(), smsc_options);
    net::TaskGroup tasks(village.loop.get_executor());
    tasks.spawn("smsc", smsc.run());
    const auto address = smsc.smpp_address();
    auto options =
        OperatorChannel::options_for(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    OperatorChannel mouth(village), ears(village);
    options.bind = smpp::BindKind::transmitter;
    mouth.bind(options);
    options.name = "ears";
    options.bind = smpp::BindKind::receiver;
    options.reply_via = "operator";
    ears.bind(options);
    CHECK(mouth.wait_for([&] { return mouth->bound() && ears->bound(); }));

    const auto id = tests::add_reply(village, "operator", "Pesan diterima.");
    mouth->submit({id, "+628400000001", "Pesan diterima.", wall_now() + 5min});
    const auto confirmed = [&] {
        village.run(village.intake->receipts().match_waiting());
        const auto row = village.ask([&](storage::View& view) { return view.reply(id).value(); });
        return row.state == ReplyState::confirmed;
    };
    CHECK(mouth.wait_for(confirmed));
    CHECK(mouth.wait_for([&] { return smsc.counts().receipts == 1; }));
    const auto history = village.ask([&](storage::View& view) { return view.receipts_of(id, 10); });
    REQUIRE(history.size() == 1);
    CHECK(history[0].channel == "ears");

    ears.unbind();
    mouth.unbind();
    tasks.stop();
    village.run(Village::ignore(tasks.join(10s)));
}
