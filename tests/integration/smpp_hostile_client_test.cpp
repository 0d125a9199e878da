// An SMSC that means harm, at a client of ours: what it costs in memory is bounded, the bind to another SMSC is served
// meanwhile, and nothing that was acknowledged is missing. JEJAK_HOSTILE_SECONDS=N attacks for so long each time.
#include <malloc.h>

#include "protocol/smpp/wire.hpp"
#include "tests/support/log.hpp"
#include "tests/support/operator_channel.hpp"
#include "tests/support/phones.hpp"
#include "tests/support/smpp_hostile.hpp"
#include "tests/support/smpp_party.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::CommandId;
using test::Attack;
using test::HostilePeers;
using test::Octets;
using test::operator+;
using test::SmppParty;
using tests::Phones;
using tcp = net::asio::ip::tcp;

namespace {

constexpr auto answer_limit = 10s;

auto now() {
    return std::chrono::steady_clock::now();
}

/// One channel of a gateway, bound to whoever listens at `port`.
class Client {
public:
    Client(Phones& village, const std::string& name, std::uint16_t port) : village_(village), channel_(village) {
        auto options = tests::OperatorChannel::options_for(port);
        options.name = name;
        channel_.bind(std::move(options));
    }
    ~Client() {
        channel_.unbind();
        // What it handed over is told of before it goes, as when a gateway stops.
        village_.run(Phones::ignore(village_.access->commit([](storage::Unit&) {})));
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool bound() { return channel_->bound(); }

private:
    Phones& village_;
    tests::OperatorChannel channel_;
};

/// An SMSC that behaves well, and a gateway that is bound to it.
class Neighbourhood {
public:
    Neighbourhood()
        : acceptor_(village.loop, {net::asio::ip::address_v4::loopback(), 0}), tasks_(village.loop.get_executor()) {
        village.now = wall_now();
        tasks_.spawn("smsc", serve());
        client_.emplace(village, "good", acceptor_.local_endpoint().port());
        REQUIRE(wait_for([&] { return smsc_.bound; }));
    }
    ~Neighbourhood() {
        client_.reset();
        tasks_.stop();
        village.run(Phones::ignore(tasks_.join(10s)));
    }
    bool wait_for(const std::function<bool()>& condition, std::chrono::milliseconds limit = test::limit) {
        return test::wait_until(village.loop, condition, limit);
    }
    /// p99 in milliseconds of the answers to one report after the other, for a while.
    double talk(std::chrono::milliseconds time) {
        std::vector<double> took;
        for (const auto until = now() + time; now() < until;) {
            smsc_.text = "LAPOR calo nomor " + std::to_string(++said) + " di Sebunga";
            const auto began = now();
            smsc_.to_send = 1;
            smsc_.last->wake();
            CHECK(wait_for([&] { return smsc_.answered == said; }, answer_limit));
            took.push_back(std::chrono::duration<double, std::milli>(now() - began).count());
        }
        return test::p99(took);
    }
    std::uint64_t received() { return village.ledger().received; }

    Phones village;
    std::size_t said = 0;

private:
    net::awaitable<void> serve() {
        auto [error, socket] = co_await acceptor_.async_accept(net::use_tuple);
        if (!error) co_await smsc_.run(net::Stream(std::move(socket)));
    }

    tcp::acceptor acceptor_;
    SmppParty smsc_{smpp::Side::smsc};
    net::TaskGroup tasks_;
    std::optional<Client> client_;
};

Attack attack(const char* name, Octets first, Attack::Again again = {}, bool reads = true) {
    Attack one;
    one.name = name;
    one.first = std::move(first);
    one.again = std::move(again);
    one.reads = reads;
    return one;
}

std::vector<Attack> attacks() {
    const auto bound = test::bind_accepted();
    const auto enquire = test::command(CommandId::enquire_link);
    const auto report = test::text_pdu(CommandId::deliver_sm, "628400000009", "LAPOR 5 org lewat jalan tikus");
    Octets alert;
    smpp::encode_alert_notification({{1, 1, "628400000009"}, {0, 1, "9840"}, {}}, 7, alert);
    auto slow = attack("accept the bind one octet at a time", bound);
    slow.step = 1;
    slow.pause = 100ms;
    auto dribble = attack("most of a message, one octet at a time", bound + test::header(65'000, 5) + Octets(60'000));
    dribble.step = 1;
    dribble.pause = 5ms;
    return {
        attack("say nothing", {}),
        slow,
        dribble,
        attack("ask whether we are there before the bind is answered", {}, test::flood(enquire)),
        attack("deliver before the bind is answered", {}, test::flood(report)),
        attack("ask whether we are there, and read nothing", bound, test::flood(enquire), false),
        attack("deliver as fast as it goes", bound, test::flood(report)),
        attack("the same, and read nothing", bound, test::flood(report), false),
        attack("answers nobody asked for", bound, test::flood(test::unasked())),
        attack("10,000 parameters of no length", bound, test::flood(test::with_parameters(report, 10'000))),
        attack("commands that there are not, nothing read", bound, test::flood(test::header(16, 0x0777)), false),
        attack("bind to us", bound, test::flood(test::bind_as("smsc", "secret"))),
        attack("alerts", bound, test::flood(alert)),
        attack("unbind over and over", bound, test::flood(test::command(CommandId::unbind))),
        attack("a length of 4 GiB", bound + test::header(0xFFFFFFFF, 5), test::flood(Octets(1'000))),
    };
}

}  // namespace

TEST_CASE("a bind is served while another's SMSC means harm, and what that costs is bounded", "[smpp][hostile]") {
    Neighbourhood here;
    here.talk(200ms);  // caches fill
    for (const auto& one : attacks()) {
        INFO(one.name);
        ::malloc_trim(0);
        const double quiet = here.talk(50ms);
        const auto before = test::resident();
        const auto received = here.received();
        HostilePeers::Counts counts;
        double meanwhile = 0;
        const auto said = here.said;
        {
            std::optional<HostilePeers> smsc(std::in_place, one);
            const Client client(here.village, "bad", smsc->port());
            CHECK(here.wait_for([&] { return smsc->counts().connected > 0; }));
            meanwhile = here.talk(test::attack_time());
            counts = smsc->counts();
            smsc.reset();
        }
        const auto after = test::resident();
        const auto grown = after > before ? after - before : 0;
        std::ostringstream told;
        told << one.name << ": " << counts.octets_out / 1024 << " KiB came, " << counts.octets_in / 1024
             << " KiB went, " << counts.acknowledged << " acknowledged; grown by " << grown / 1024 << " KiB; p99 "
             << quiet << " ms alone, " << meanwhile << " ms meanwhile, ratio " << meanwhile / quiet;
        WARN(told.str());
        CHECK_FALSE(counts.failed);
        if (test::memory_counts) CHECK(grown < test::memory_max);
        CHECK(here.received() >= received + counts.acknowledged + here.said - said);
    }
    CHECK(here.village.ledger_is_true());
}

TEST_CASE("F7, F9, F10: what an SMSC should not have sent is counted, and told when its session ends",
          "[smpp][hostile][F7][F9][F10]") {
    const test::Log log;
    Phones village;
    village.now = wall_now();
    auto trailing = test::text_pdu(CommandId::deliver_sm, "628400000009", "LAPOR 5 org") + Octets{std::byte{0xFF}};
    smpp::store_u32(trailing.data(), static_cast<std::uint32_t>(trailing.size()));
    const HostilePeers smsc(attack("odd", test::bind_accepted() + test::unasked() + trailing));
    tests::OperatorChannel channel(village);
    channel.bind(tests::OperatorChannel::options_for(smsc.port()));
    CHECK(channel.wait_for([&] { return smsc.counts().acknowledged == 1; }));
    const auto metrics = channel.telemetry.render({}, true, {}, {});
    for (const auto* count : {"nacks\"} 1\n", "unsolicited\"} 9\n", "trailing\"} 1\n"}) {
        const auto line = std::string("jejak_smpp_odd_pdus_total{channel=\"operator\",kind=\"") + count;
        CHECK_THAT(metrics, Catch::Contains(line));
    }
    channel.unbind();
    CHECK(log.count("event=bind_lost channel=operator reason=unbind_unanswered nacks=1 unsolicited=9 unknown=0 "
                    "ignored=0 refused=0 trailing=1") == 1);
}

TEST_CASE("255-part texts of 1,000 senders that an SMSC delivers do not crowd out anybody", "[smpp][hostile][C22]") {
    Neighbourhood here;
    here.talk(50ms);
    const auto before = test::resident();
    constexpr std::uint64_t senders = 1'000;
    auto bombs = attack("bombs", test::bind_accepted(), [](std::uint64_t round) {
        const auto part = static_cast<char>(1 + round / senders);
        return test::bomb_part(CommandId::deliver_sm, round % senders, part, static_cast<std::uint32_t>(round + 2));
    });
    bombs.rounds = senders * (test::long_seconds() > 0 ? 254 : 3);  // the last part never comes
    std::optional<HostilePeers> smsc(std::in_place, bombs);
    std::uint64_t acknowledged = 0;
    {
        const Client client(here.village, "bad", smsc->port());
        const auto until = now() + std::chrono::seconds(test::long_seconds() > 0 ? 300 : 15);
        while (smsc->counts().acknowledged < bombs.rounds && now() < until) here.talk(20ms);
        acknowledged = smsc->counts().acknowledged;
        smsc.reset();
    }
    CHECK(acknowledged == bombs.rounds);
    const auto grown = test::resident() - before;
    WARN(bombs.rounds << " parts: grown by " << grown / 1024 << " KiB");
    if (test::memory_counts) CHECK(grown < 64 * 1024 * 1024);
    const auto ledger = here.village.ledger();
    CHECK(ledger.received == bombs.rounds + here.said);
    CHECK(ledger.fates[static_cast<std::size_t>(Fate::waiting_segments)] <= here.village.options.segments.scope_parts);
}

TEST_CASE("B13: a peer that is gone without a word is found out, whichever side it was", "[smpp][link][hostile][B13]") {
    const auto side = GENERATE(smpp::Side::esme, smpp::Side::smsc);
    test::on_loop([&](net::asio::io_context& loop) -> net::awaitable<void> {
        SmppParty party(side);
        party.options.timers.enquire_link = party.options.timers.enquire_answer = 50ms;
        const bool we_listen = side == smpp::Side::smsc;
        tcp::acceptor acceptor(loop, {net::asio::ip::address_v4::loopback(), 0});
        tcp::socket ours(loop), gone(loop);
        gone.connect(acceptor.local_endpoint());
        ours = acceptor.accept();
        const auto hello = we_listen ? test::bind_as("jejak", "secret") : test::bind_accepted();
        co_await net::asio::async_write(gone, net::asio::buffer(hello), net::use_tuple);
        party.to_send = 3;
        co_await party.run(net::Stream(std::move(ours)));  // nobody answers any more
        CHECK(party.bound);
        CHECK(party.closed == smpp::Closed::Why::link_silent);
        CHECK(party.unanswered == 3);
    });
}

TEST_CASE("what waits for a peer that reads nothing is bounded, and its link is left in time",
          "[smpp][link][hostile]") {
    test::on_loop([](net::asio::io_context& loop) -> net::awaitable<void> {
        SmppParty party(smpp::Side::smsc);
        party.write_limit = 300ms;
        tcp::acceptor acceptor(loop, {net::asio::ip::address_v4::loopback(), 0});
        tcp::socket ours(loop), deaf(loop);
        deaf.connect(acceptor.local_endpoint());
        ours = acceptor.accept();
        bool ended = false;
        std::size_t most = 0;
        const auto link = party.link(net::Stream(std::move(ours)));
        net::asio::co_spawn(loop, link->run(), [&](std::exception_ptr) { ended = true; });
        const auto block = test::flood(test::command(CommandId::enquire_link))(0);
        co_await net::asio::async_write(deaf, net::asio::buffer(test::bind_as("jejak", "secret")), net::use_tuple);
        deaf.non_blocking(true);
        net::asio::steady_timer timer(loop);
        for (const auto until = now() + 15s; !ended && now() < until;) {
            boost::system::error_code full;
            deaf.write_some(net::asio::buffer(block), full);
            most = std::max(most, link->session().output().size());
            timer.expires_after(full ? 1ms : 0ms);
            co_await timer.async_wait(net::use_tuple);
        }
        CHECK(ended);
        CHECK(party.closed == smpp::Closed::Why::closed_by_peer);
        CHECK(most > 0);
        CHECK(most <= party.options.output_max + smpp::FrameBuffer::size_normal);
    });
}

TEST_CASE("a request to stop does not wait for long for a peer that reads nothing", "[smpp][link][hostile]") {
    test::on_loop([](net::asio::io_context& loop) -> net::awaitable<void> {
        SmppParty party(smpp::Side::smsc, 100'000);
        party.text = std::string(250, 'x');
        party.to_send = 60'000;  // more than TCP holds
        tcp::acceptor acceptor(loop, {net::asio::ip::address_v4::loopback(), 0});
        tcp::socket ours(loop), deaf(loop);
        deaf.connect(acceptor.local_endpoint());
        ours = acceptor.accept();
        net::TaskGroup group(loop.get_executor());
        group.spawn("link", party.run(net::Stream(std::move(ours))));
        co_await net::asio::async_write(deaf, net::asio::buffer(test::bind_as("jejak", "secret")), net::use_tuple);
        net::asio::steady_timer timer(loop);
        for (const auto until = now() + 10s; party.to_send > 0 && now() < until;) {
            timer.expires_after(5ms);
            co_await timer.async_wait(net::use_tuple);
        }
        CHECK(party.to_send == 0);
        group.stop();
        const std::chrono::milliseconds limit = channel::SmppLink::last_words_limit + 2s;
        const bool ended = co_await group.join(limit);
        CHECK(ended);
        CHECK(party.closed == smpp::Closed::Why::closed_by_peer);
        CHECK(party.unanswered == 60'000);
    });
}
