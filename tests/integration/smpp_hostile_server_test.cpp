// Peers that mean harm, at our listener: what they cost in memory is bounded, who behaves well is served meanwhile,
// limits hold, and nothing that was acknowledged is missing. JEJAK_HOSTILE_SECONDS=N attacks for so long each time, and
// with all parts of long texts; else it is a short while.
#include <malloc.h>

#include <set>

#include "gateway/channel/server/waiting_room.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/log.hpp"
#include "tests/support/smpp_hostile.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::BindKind;
using test::Attack;
using test::HostilePeers;
using test::Octets;
using test::operator+;
using tests::box;
using tests::CommandId;
using tests::CommandStatus;
using tests::Esme;
using tests::Listening;
using tests::modem_boxes;

namespace {

constexpr std::size_t mebi = 1024 * 1024;
/// Whoever behaves well hears from us within this, whatever others do.
constexpr auto answer_limit = 10s;

auto now() {
    return std::chrono::steady_clock::now();
}

/// A session that sends one report after the other, and notes how long each took.
class Neighbour {
public:
    explicit Neighbour(Listening& listening) : listening_(listening), esme_(listening) {
        REQUIRE(esme_.bind(BindKind::transmitter) == CommandStatus::ok);
    }
    /// p99 of `count` reports' answers in milliseconds.
    double talk(std::size_t count) {
        std::vector<double> took;
        for (std::size_t i = 0; i < count; ++i) took.push_back(say());
        return test::p99(took);
    }
    /// The same, for a while.
    double talk(std::chrono::milliseconds time) {
        std::vector<double> took;
        for (const auto until = now() + time; now() < until;) took.push_back(say());
        return test::p99(took);
    }
    const std::set<std::string>& acknowledged() const { return acknowledged_; }

private:
    double say() {
        const auto text = "LAPOR calo nomor " + std::to_string(++said_) + " di Sebunga";
        const auto began = now();
        const auto answer = esme_.submit("628400000001", text);
        const auto took = now() - began;
        CHECK(took < answer_limit);
        if (answer.status() == CommandStatus::ok) acknowledged_.insert(text);
        return std::chrono::duration<double, std::milli>(took).count();
    }

    Listening& listening_;
    Esme esme_;
    std::size_t said_ = 0;
    std::set<std::string> acknowledged_;
};

/// Some connection gets in; a crowd may push out the first ones before they have said who they are.
bool binds_in_time(Listening& listening) {
    for (const auto until = now() + answer_limit; now() < until;) {
        Esme esme(listening);
        esme.ask_bind(BindKind::transmitter, "box1", "secret1");
        listening.wait_for([&] { return esme.waiting() > 0 || esme.is_over(); }, 2s);
        if (esme.waiting() > 0 && esme.next().status() == CommandStatus::ok) return true;
    }
    return false;
}

Octets query() {
    Octets out;
    smpp::encode_query_sm({"0123456789abcdef0123456789abcdef01", {1, 1, "628400000009"}}, 7, out);
    return out;
}

Octets to_255_lists() {
    Octets destinations, out;
    smpp::MultiDestination list;
    list.flag = 2;
    list.list = "everybody";
    for (int i = 0; i < 255; ++i) smpp::append_item(list, destinations);
    smpp::SubmitMulti pdu;
    const std::string from = "628400000009", text = "LAPOR";
    pdu.message = Esme::text_message(from, text);
    pdu.destinations = {destinations, 255};
    smpp::encode_submit_multi(pdu, 7, out);
    return out;
}

/// Connections of one address are not counted: what is tried here is what comes behind that.
SmppServerOptions any_number_of_boxes() {
    auto options = modem_boxes();
    options.connect_rate = 100'000;
    options.session_init = 60s;
    return options;
}

/// Whoever is thrown out comes again at once.
Attack stubborn(const char* name, std::size_t peers, const Octets& pdu, bool reads = true) {
    Attack attack{name, peers, {}, test::flood(pdu)};
    attack.reads = reads;
    attack.comes_again = true;
    return attack;
}

/// Crowds that have no name here, and such as know the password of "box2".
std::vector<Attack> attacks() {
    const auto known = test::bind_as("box2", "secret1"), wrong = test::bind_as("box1", "guess");
    const auto enquire = test::command(CommandId::enquire_link);
    const auto report = test::text_pdu(CommandId::submit_sm, "628400000009", "LAPOR 5 org lewat jalan tikus");
    auto slow = known;
    slow.pop_back();
    Octets outbind;
    smpp::encode_outbind({"SMSC", "pw"}, 7, outbind);
    const auto half = test::header(65'000, 4) + Octets(60'000);
    return {
        {"connect and say nothing", 600, {}, {}, 0, true, true},
        {"bind one octet at a time", 200, slow, {}, 0, true, true, 1, 20ms},
        stubborn("ask before the bind whether we are there", 50, enquire),
        stubborn("the same, and read nothing", 200, enquire, false),
        stubborn("submit before the bind", 50, report),
        stubborn("outbind over and over", 4, outbind),
        stubborn("commands that there are not, nothing read", 50, test::header(16, 0x0777), false),
        {"guess passwords", 200, wrong, {}, 0, true, true},
        {"bind more often than allowed", 100, known, {}, 0, true, true},
        {"bound: ask whether we are there", 4, known, test::flood(enquire)},
        {"bound: the same, and read nothing", 4, known, test::flood(enquire), Attack::without_end, false},
        {"bound: submit as fast as it goes", 4, known, test::flood(report)},
        {"bound: the same, and read nothing", 4, known, test::flood(report), Attack::without_end, false},
        {"bound: answers nobody asked for", 4, known, test::flood(test::unasked())},
        {"bound: 10,000 parameters of no length", 4, known, test::flood(test::with_parameters(report, 10'000))},
        {"bound: most of a long PDU, and no more", 4, known + half},
        {"bound: ask after messages that there are not", 4, known, test::flood(query())},
        {"bound: submit to 255 lists at once", 4, known, test::flood(to_255_lists())},
        {"bound: bind again", 4, known, test::flood(known)},
    };
}

}  // namespace

TEST_CASE("whoever behaves well is served while others do not, and what those cost is bounded",
          "[smpp][server][hostile]") {
    auto options = modem_boxes();
    options.session_init = 1s;
    Listening listening(options);
    Neighbour neighbour(listening);
    neighbour.talk(200);  // caches fill
    int address = 10;
    for (const auto& attack : attacks()) {
        INFO(attack.name);
        ::malloc_trim(0);
        const auto sockets = test::open_sockets();
        const double quiet = neighbour.talk(20);
        const auto before = test::resident();
        HostilePeers::Counts counts;
        double meanwhile = 0;
        std::size_t bound = 0;
        {
            HostilePeers crowd(attack, listening.port(), "127.0.0." + std::to_string(address++));
            listening.wait_for([&] { return crowd.counts().connected >= std::min<std::size_t>(attack.peers, 200); });
            meanwhile = neighbour.talk(test::attack_time());
            CHECK(binds_in_time(listening));
            bound = listening.server->bound();
            counts = crowd.counts();
        }
        const auto after = test::resident();
        const auto grown = after > before ? after - before : 0;
        std::ostringstream told;
        told << attack.name << ": " << counts.connected << " connections, " << counts.octets_out / 1024 << " KiB came, "
             << counts.octets_in / 1024 << " KiB went, " << counts.acknowledged << " acknowledged; grown by "
             << grown / 1024 << " KiB; p99 " << quiet << " ms alone, " << meanwhile << " ms meanwhile, ratio "
             << meanwhile / quiet;
        WARN(told.str());
        CHECK(bound <= 2 + 4);  // box1's, and as many as box2 may have
        CHECK_FALSE(counts.failed);
        if (test::memory_counts) CHECK(grown < test::memory_max);
        CHECK(listening.wait_for([&] { return listening.server->bound() == 1; }));
        CHECK(listening.wait_for([&] { return test::open_sockets() <= sockets; }));  // nobody of them stays
    }
    std::set<std::string> stored;
    const auto rows = listening.village.ask([](storage::View& view) { return view.messages_after(0, 1'000'000); });
    for (const auto& row : rows) stored.insert(listening.village.text_of(row));
    for (const auto& text : neighbour.acknowledged()) CHECK(stored.contains(text));
    CHECK(listening.village.ledger_is_true());
}

TEST_CASE("of many connections no more than the waiting room's stay open", "[smpp][server][hostile]") {
    Listening listening(any_number_of_boxes());
    Attack attack;
    attack.name = "connect and stay";
    attack.peers = 2'000;
    const HostilePeers crowd(attack, listening.port());
    CHECK(listening.wait_for([&] {
        const auto counts = crowd.counts();
        return counts.connected == 2'000 && counts.open() <= channel::WaitingRoom::all_max;
    }));
    CHECK(binds_in_time(listening));
}

TEST_CASE("whoever floods before it binds and reads nothing is gone, whatever it was still owed",
          "[smpp][server][hostile]") {
    Listening listening(any_number_of_boxes());
    const auto sockets = test::open_sockets();
    Attack attack;
    attack.peers = 20;
    attack.reads = false;
    attack.again = test::flood(test::command(CommandId::enquire_link));
    const HostilePeers deaf(attack, listening.port(), "127.0.0.3");
    CHECK(listening.wait_for([&] { return deaf.counts().ended == 20; }));
    CHECK(listening.wait_for([&] { return test::open_sockets() <= sockets; }));
}

TEST_CASE("an outbind that is said over and over is one line of the log", "[smpp][server][hostile][B24]") {
    Listening listening;
    const test::Log log;
    Attack attack;
    smpp::encode_outbind({"SMSC", "pw"}, 7, attack.first);
    attack.again = test::flood(attack.first);
    const HostilePeers crowd(attack, listening.port());
    CHECK(listening.wait_for([&] { return crowd.counts().ended == 1; }));
    CHECK(log.count("event=outbind_ignored") == 1);
}

TEST_CASE("connections that never finish their TLS handshake give way as well", "[smpp][server][hostile]") {
    const test::Certificate certificate("DNS:localhost");
    auto options = any_number_of_boxes();
    options.tls = net::TlsServerOptions{certificate.certificate(), certificate.key(), {}};
    Listening listening(options);
    Attack attack;
    attack.peers = channel::WaitingRoom::all_max;
    attack.first = test::header(0x16030100, 0);  // a record begun
    const HostilePeers crowd(attack, listening.port());
    CHECK(listening.wait_for([&] { return crowd.counts().octets_out == 16 * attack.peers; }));
    const net::TlsClient client("client", {certificate.certificate(), "", {}, {}});
    std::optional<net::Secured> secured;
    const auto call = [&]() -> net::awaitable<void> {
        net::asio::ip::tcp::socket socket(listening.village.loop);
        const net::asio::ip::tcp::endpoint there(net::asio::ip::address_v4::loopback(), listening.port());
        co_await socket.async_connect(there, net::use_tuple);
        secured = co_await client.connect(std::move(socket), "localhost");
    };
    listening.village.run(call());
    REQUIRE(secured);
    CHECK(secured->stream);
    CHECK(listening.wait_for([&] { return crowd.counts().ended >= 1; }));
}

TEST_CASE("of one address few connections wait", "[smpp][server][hostile]") {
    channel::WaitingRoom room;
    const auto crowd = net::asio::ip::make_address("192.0.2.1"), other = net::asio::ip::make_address("192.0.2.2");
    std::vector<std::shared_ptr<channel::WaitingRoom::Place>> places;
    for (int i = 0; i < 1'000; ++i) {
        if (auto place = room.enter(crowd)) places.push_back(std::move(place));
    }
    CHECK(places.size() == channel::WaitingRoom::per_address_max);
    CHECK(room.enter(other) != nullptr);
}

TEST_CASE("F5: lengths that no PDU has end the connection, and cost nothing", "[smpp][server][hostile][F5]") {
    const bool bound = GENERATE(false, true);
    Listening listening;
    Neighbour neighbour(listening);
    neighbour.talk(50);
    const auto before = test::resident();
    for (const auto length : {0u, 1u, 15u, 70'001u, 0x00FFFFFFu, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
        INFO(length);
        Attack attack;
        attack.peers = bound ? 4 : 20;
        attack.first = (bound ? test::bind_as("box2", "secret1") : Octets()) + test::header(length, 4) + Octets(2'000);
        const HostilePeers crowd(attack, listening.port());
        CHECK(listening.wait_for([&] { return crowd.counts().ended == attack.peers; }));
        CHECK(crowd.counts().responses == (bound ? 2 : 1) * attack.peers);  // a bind's, and generic_nack
    }
    if (test::memory_counts) CHECK(test::resident() < before + 8 * mebi);
    neighbour.talk(10);
}

TEST_CASE("no request has two answers, and no answer has one", "[smpp][server][hostile][F11]") {
    Listening listening;
    Attack asks;
    asks.peers = 4;
    asks.first = test::bind_as("box2", "secret1");
    asks.rounds = 500;
    asks.again = [](std::uint64_t round) {
        const auto sequence = static_cast<std::uint32_t>(round + 2);
        return test::command(CommandId::enquire_link, sequence) + test::unasked() +
               test::text_pdu(CommandId::submit_sm, "628400000009", "LAPOR " + std::to_string(round), sequence);
    };
    const HostilePeers crowd(asks, listening.port());
    const auto all = 4 + 2 * asks.rounds;
    CHECK(listening.wait_for([&] { return crowd.counts().responses >= all; }));
    CHECK(crowd.counts().responses == all);
    CHECK(crowd.counts().acknowledged == asks.rounds);
    CHECK(listening.village.ledger().received == asks.rounds);
}

TEST_CASE("255-part texts of 1,000 senders do not crowd out anybody", "[smpp][server][hostile][C22]") {
    const bool all = test::long_seconds() > 0;
    Listening listening;
    auto& quotas = listening.village.options.segments;
    if (!all) {
        quotas.scope_parts = 2'000;
        quotas.crowded_parts = 1'000;
    }
    listening.restart();
    Neighbour neighbour(listening);
    neighbour.talk(100);
    const auto before = test::resident();
    constexpr std::uint64_t senders = 1'000;
    Attack bombs;
    bombs.peers = 4;
    bombs.first = test::bind_as("box2", "secret1");
    bombs.rounds = senders * (all ? 254 : 4);  // the last part never comes
    bombs.again = [](std::uint64_t round) {
        const auto part = static_cast<char>(1 + round / senders);
        return test::bomb_part(CommandId::submit_sm, round % senders, part, static_cast<std::uint32_t>(round + 2));
    };
    const HostilePeers crowd(bombs, listening.port());
    const auto until = now() + std::chrono::seconds(all ? 300 : 20);
    while (crowd.counts().responses < bombs.rounds + 4 && now() < until) neighbour.talk(20);
    const auto counts = crowd.counts();
    CHECK(counts.responses == bombs.rounds + 4);
    CHECK(counts.acknowledged == bombs.rounds);
    const auto grown = test::resident() - before;
    WARN(counts.acknowledged << " parts: grown by " << grown / 1024 << " KiB");
    if (test::memory_counts) CHECK(grown < 64 * mebi);
    const auto ledger = listening.village.ledger();
    CHECK(ledger.fates[static_cast<std::size_t>(Fate::waiting_segments)] <= quotas.scope_parts);
    CHECK(ledger.received == counts.acknowledged + neighbour.acknowledged().size());

    Esme box1(listening);  // somebody's long text, meanwhile
    REQUIRE(box1.bind(BindKind::transmitter) == CommandStatus::ok);
    for (char part = 1; part <= 2; ++part) {
        box1.say([&](std::uint32_t sequence, auto& out) {
            const std::string text = std::string("\x05\x00\x03\x07\x02", 5) + part +
                                     (part == 1 ? "LAPOR 7 org jalan kaki lewat " : "jalan tikus dekat Sebunga skrg");
            const std::string from = "628400000077";
            smpp::ShortMessage message = Esme::text_message(from, text);
            message.esm_class = 0x40;
            smpp::encode_short_message(CommandId::submit_sm, message, sequence, out);
        });
        CHECK(box1.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    }
    const auto sum = [](const storage::Ledger& one) { return one.fates[static_cast<std::size_t>(Fate::understood)]; };
    CHECK(sum(listening.village.ledger()) == sum(ledger) + 2);
}
