// Who may bind to us, how often, and for how long.
#include <sodium.h>

#include <array>

#include "gateway/channel/server/waiting_room.hpp"
#include "protocol/smpp/wire.hpp"
#include "tests/support/log.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::BindKind;
using tests::box;
using tests::CommandId;
using tests::CommandStatus;
using tests::Esme;
using tests::Listening;
using tests::modem_boxes;

namespace {

auto now() {
    return std::chrono::steady_clock::now();
}

SmppAccountOptions from_elsewhere() {
    auto account = box("far");
    account.allow.push_back(*net::parse_range("192.0.2.0/24"));
    return account;
}

SmppAccountOptions only_receiver() {
    auto account = box("ear");
    account.transmitter = account.transceiver = false;
    return account;
}

}  // namespace

TEST_CASE("B4: a bind that is refused hears the same whatever was wrong, late, and is closed", "[smpp][server][B4]") {
    Listening listening(modem_boxes({box("box1"), from_elsewhere(), only_receiver()}));
    struct Case {
        const char* name;
        BindKind kind;
        std::string system_id, password;
        bool waits;
    };
    const Case cases[] = {
        {"wrong password", BindKind::transceiver, "box1", "secret2", true},
        {"unknown system_id", BindKind::transceiver, "box9", "secret1", true},
        {"no password", BindKind::transceiver, "box1", "", true},
        {"nothing at all", BindKind::receiver, "", "", true},
        {"address not allowed", BindKind::transceiver, "far", "secret1", true},
        {"kind not allowed", BindKind::transmitter, "ear", "secret1", false},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        Esme esme(listening);
        const auto begun = now();
        esme.ask_bind(one.kind, one.system_id, one.password);
        const auto answer = esme.next();
        CHECK((answer.header.command_id & smpp::response_bit) != 0);
        CHECK(answer.status() == CommandStatus::bind_failed);
        CHECK(answer.body.empty());
        if (one.waits) CHECK(now() - begun >= 900ms);
        CHECK(esme.over());
    }
    CHECK(listening.server->bound() == 0);
}

TEST_CASE("B4: after refusals the next bind of that address waits, and the right password still gets in",
          "[smpp][server][B4]") {
    Listening listening;
    for (int i = 0; i < 2; ++i) {
        Esme esme(listening);
        CHECK(esme.bind(BindKind::transceiver, "box1", "wrong") == CommandStatus::bind_failed);
    }
    Esme first(listening), second(listening);
    const auto begun = now();
    first.ask_bind(BindKind::transceiver, "box1", "wrong again");
    second.ask_bind(BindKind::transceiver, "box1", "secret1");
    CHECK(first.next().status() == CommandStatus::bind_failed);
    CHECK(now() - begun >= 900ms);
    CHECK(first.over());
    const auto answer = second.next();  // behind the one that was judged before it
    CHECK(answer.status() == CommandStatus::ok);
    Esme third(listening);
    const auto afterwards = now();
    CHECK(third.bind() == CommandStatus::ok);
    CHECK(now() - afterwards < 900ms);
}

TEST_CASE("a password kept as an Argon2id hash is checked while others are served", "[smpp][server][B4]") {
    auto hashed = box("safe", "");
    hashed.password_hash = channel::hash_password("kata sandi");
    Listening listening(modem_boxes({box("box1"), hashed}));
    Esme busy(listening);
    REQUIRE(busy.bind() == CommandStatus::ok);
    Esme esme(listening);
    esme.ask_bind(BindKind::transceiver, "safe", "kata sandi");
    busy.say_header(CommandId::enquire_link);
    CHECK(busy.next().answers(CommandId::enquire_link));
    CHECK(esme.next().status() == CommandStatus::ok);
    Esme wrong(listening);
    CHECK(wrong.bind(BindKind::transceiver, "safe", "kata sandi ") == CommandStatus::bind_failed);
    Esme nobody(listening);
    CHECK(nobody.bind(BindKind::transceiver, "nobody", "kata sandi") == CommandStatus::bind_failed);
}

TEST_CASE("passwords that are tried all at once wait for room to be checked, and none is told so",
          "[smpp][server][B4]") {
    auto hashed = box("safe", "");
    std::array<char, crypto_pwhash_STRBYTES> cheap{};  // it is the waiting that counts, not the work
    constexpr std::string_view secret = "kata sandi";
    REQUIRE(crypto_pwhash_str(cheap.data(), secret.data(), secret.size(), crypto_pwhash_OPSLIMIT_MIN,
                              crypto_pwhash_MEMLIMIT_MIN) == 0);
    hashed.password_hash = cheap.data();
    auto options = modem_boxes({hashed});
    options.session_init = 60s;
    Listening listening(options);
    std::vector<std::unique_ptr<Esme>> strangers;
    for (std::size_t i = 0; i < channel::PasswordCheck::waiting_max + 6; ++i) {
        const auto from = "127.0.1." + std::to_string(i);  // whose refusals do not keep the others waiting
        strangers.push_back(std::make_unique<Esme>(listening, from.c_str()));
        strangers.back()->ask_bind(BindKind::transceiver, "nobody" + std::to_string(i), "x");
    }
    for (auto& stranger : strangers) CHECK(stranger->next().status() == CommandStatus::bind_failed);
}

TEST_CASE("a bind whose password cannot be checked in time hears so", "[smpp][server][B4]") {
    auto hashed = box("safe", "");
    std::array<char, crypto_pwhash_STRBYTES> slow{};  // takes longer to check than session_init lasts
    constexpr std::string_view secret = "kata sandi";
    REQUIRE(crypto_pwhash_str(slow.data(), secret.data(), secret.size(), 60, crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0);
    hashed.password_hash = slow.data();
    auto options = modem_boxes({hashed});
    options.session_init = 1s;
    Listening listening(options);
    Esme first(listening), second(listening);  // of one name and address, one is checked at a time
    first.ask_bind(BindKind::transceiver, "safe", secret);
    second.ask_bind(BindKind::transceiver, "safe", secret);
    CHECK(second.next().status() == CommandStatus::system_error);
    CHECK(second.over());
}

TEST_CASE("B27: an account has so many binds at once, and so has the channel", "[smpp][server][B27]") {
    auto one = box("box1");
    one.sessions_max = 2;
    auto options = modem_boxes({one, box("box2")});
    options.sessions_max = 3;
    Listening listening(options);
    Esme a(listening), b(listening), c(listening), d(listening), e(listening);
    CHECK(a.bind() == CommandStatus::ok);
    CHECK(b.bind() == CommandStatus::ok);
    CHECK(c.bind() == CommandStatus::already_bound);
    CHECK(c.over());
    CHECK(d.bind(BindKind::receiver, "box2") == CommandStatus::ok);
    CHECK(e.bind(BindKind::receiver, "box2") == CommandStatus::bind_failed);
    a.unbind();
    CHECK(a.over());
    Esme again(listening);
    CHECK(again.bind() == CommandStatus::ok);
    CHECK(listening.server->bound() == 3);
}

TEST_CASE("B1, B2, B3: before the bind nothing but enquire_link; a second bind leaves the first alone",
          "[smpp][server][B1][B2][B3]") {
    Listening listening;
    Esme esme(listening);
    esme.say_header(CommandId::enquire_link);
    CHECK(esme.next().answers(CommandId::enquire_link));
    CHECK(esme.submit("628400000001", "LAPOR").status() == CommandStatus::invalid_bind_status);
    esme.say([](std::uint32_t sequence, auto& out) {
        smpp::encode_query_sm({"abc", {1, 1, "628400000001"}}, sequence, out);
    });
    CHECK(esme.next().status() == CommandStatus::invalid_bind_status);
    CHECK(esme.bind() == CommandStatus::ok);
    CHECK(esme.bind() == CommandStatus::already_bound);
    CHECK(esme.submit("628400000001", "LAPOR 5 org lewat jalan tikus sebunga").status() == CommandStatus::ok);
}

TEST_CASE("B9: what a bind is not for is refused, and the session goes on", "[smpp][server][B9]") {
    Listening listening;
    Esme ear(listening);
    REQUIRE(ear.bind(BindKind::receiver) == CommandStatus::ok);
    CHECK(ear.submit("628400000001", "LAPOR").status() == CommandStatus::invalid_bind_status);
    ear.ask_submit("628400000001", "LAPOR", 0, CommandId::deliver_sm);
    CHECK(ear.next().status() == CommandStatus::invalid_bind_status);
    ear.say_header(CommandId::enquire_link);
    CHECK(ear.next().answers(CommandId::enquire_link));
    CHECK(listening.village.messages().empty());
}

TEST_CASE("B12: a connection that does not bind is closed", "[smpp][server][B12]") {
    auto options = modem_boxes();
    options.session_init = 1s;
    Listening listening(options);
    Esme silent(listening);
    const auto begun = now();
    CHECK(silent.over());
    CHECK(now() - begun >= 900ms);
    CHECK(now() - begun < 5s);
}

TEST_CASE("B14: a peer that exchanges nothing but enquire_link is unbound", "[smpp][server][B14]") {
    auto options = modem_boxes();
    options.inactivity = 500ms;
    Listening listening(options);
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    esme.say_header(CommandId::enquire_link);
    CHECK(esme.next().answers(CommandId::enquire_link));
    const auto unbind = esme.next(CommandId::unbind);
    esme.answer(unbind);
    CHECK(esme.over());
    CHECK(listening.server->bound() == 0);
}

TEST_CASE("B13: a bound peer is asked whether it is there", "[smpp][server][B13]") {
    auto options = modem_boxes();
    options.channel.enquire_link = 100ms;
    Listening listening(options);
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    esme.answer(esme.next(CommandId::enquire_link));
    esme.answer(esme.next(CommandId::enquire_link));
    CHECK_FALSE(esme.is_over());
}

TEST_CASE("B1, B2: a peer that says much and does not bind is closed, and that is logged now and then",
          "[smpp][server][B1][B2]") {
    const test::Log log;
    Listening listening;
    const auto most = smpp::SessionOptions().unbound_pdus_max;
    for (int round = 0; round < 3; ++round) {
        Esme esme(listening);
        for (std::size_t i = 0; i < most; ++i) esme.say_header(CommandId::enquire_link);
        for (std::size_t i = 0; i < most; ++i) CHECK(esme.next().answers(CommandId::enquire_link));
        esme.say_header(CommandId::enquire_link);
        CHECK(esme.over());
        CHECK(esme.waiting() == 0);
    }
    CHECK(log.count("event=connection_over channel=modems from=127.0.0.1 reason=no_bind untold=0") == 1);
    CHECK(log.count("event=connection_over") == 1);
    CHECK_THAT(listening.telemetry.render({}, true, {}, {}),
               Catch::Contains("jejak_binds_total{channel=\"modems\",outcome=\"no_bind\"} 3\n"));
}

TEST_CASE("B12: an address that connects too fast is turned away, and others come in", "[smpp][server][B12]") {
    const test::Log log;
    auto options = modem_boxes();
    options.connect_rate = 1;
    Listening listening(options);
    std::vector<std::unique_ptr<Esme>> fast;
    for (int i = 0; i < 5; ++i) {
        fast.push_back(std::make_unique<Esme>(listening));
        CHECK(fast.back()->bind(BindKind::receiver, i < 4 ? "box1" : "box2") == CommandStatus::ok);
    }
    Esme one_more(listening), another(listening);
    CHECK(one_more.over());
    CHECK(another.over());
    CHECK(log.count("event=connections_too_fast channel=modems from=127.0.0.1 untold=0") == 1);
    CHECK_THAT(listening.telemetry.render({}, true, {}, {}),
               Catch::Contains("jejak_binds_total{channel=\"modems\",outcome=\"too_fast\"} 2\n"));
    Esme elsewhere(listening, "127.0.0.2");
    CHECK(elsewhere.bind(BindKind::receiver, "box2") == CommandStatus::ok);
    CHECK_FALSE(fast.front()->is_over());
}

TEST_CASE("connections that never bind give way to those that do", "[smpp][server][B12]") {
    auto options = modem_boxes();
    options.session_init = 60s;
    options.connect_rate = 100'000;
    Listening listening(options);
    std::vector<std::unique_ptr<Esme>> silent;
    for (std::size_t i = 0; i < channel::WaitingRoom::all_max; ++i) silent.push_back(std::make_unique<Esme>(listening));
    Esme esme(listening);
    CHECK(esme.bind() == CommandStatus::ok);
    CHECK(silent.front()->over());
    CHECK_FALSE(silent.back()->is_over());
}

TEST_CASE("B24: an outbind at our listener is not followed anywhere, and logged once a connection",
          "[smpp][server][B24]") {
    const test::Log log;
    Listening listening;
    Esme smsc(listening);
    for (int i = 0; i < 3; ++i)
        smsc.say([](std::uint32_t sequence, auto& out) { smpp::encode_outbind({"SMSC", "pw"}, sequence, out); });
    smsc.say_header(CommandId::enquire_link);
    CHECK(smsc.next().answers(CommandId::enquire_link));
    CHECK(log.count("event=outbind_ignored channel=modems") == 1);
    CHECK(smsc.bind() == CommandStatus::ok);
}

TEST_CASE("B10: names and passwords that fill their fields are taken, and longer ones are refused",
          "[smpp][server][B10]") {
    const std::string fifteen(15, 'a'), sixty_four(64, 'p');
    struct Case {
        std::string system_id, password;
        CommandStatus status;
    };
    const Case cases[] = {{fifteen, "secret1", CommandStatus::ok},
                          {fifteen + 'a', "secret1", CommandStatus::invalid_system_id},
                          {"box8", "password", CommandStatus::ok},
                          {"box9", "passwords", CommandStatus::ok},  // beyond the specification, as peers have it
                          {"box64", sixty_four, CommandStatus::ok},
                          {"box64", sixty_four + 'p', CommandStatus::invalid_password}};
    Listening listening(
        modem_boxes({box(fifteen), box("box8", "password"), box("box9", "passwords"), box("box64", sixty_four)}));
    for (const auto& one : cases) {
        INFO(one.system_id << " " << one.password.size());
        std::vector<std::byte> out;
        smpp::encode_header_only(static_cast<std::uint32_t>(CommandId::bind_transceiver), CommandStatus::ok, 1, out);
        const auto rest = one.system_id + '\0' + one.password + std::string("\0\0\x34\0\0\0", 6);
        for (const char c : rest) out.push_back(static_cast<std::byte>(c));
        out[3] = static_cast<std::byte>(out.size());
        Esme esme(listening);
        esme.send(out);
        const auto answer = esme.next();
        CHECK(answer.answers(CommandId::bind_transceiver));
        CHECK(answer.status() == one.status);
        if (one.status != CommandStatus::ok) CHECK(esme.over());
    }
}

TEST_CASE("F5, F17: a length beyond what a bind needs, or another protocol, ends the connection, and people hear of it",
          "[smpp][server][F5][F17]") {
    const test::Log log;
    Listening listening;
    const auto octets = [](std::string_view text) {
        std::vector<std::byte> out;
        for (const char c : text) out.push_back(static_cast<std::byte>(c));
        return out;
    };
    Esme long_one(listening);
    long_one.send(octets(std::string_view("\0\0\x10\0\0\0\0\x09\0\0\0\0\0\0\0\x07", 16)));
    const auto nack = long_one.next();
    CHECK(nack.is(CommandId::generic_nack));
    CHECK(nack.status() == CommandStatus::invalid_command_length);
    CHECK(nack.header.sequence_number == 7);
    CHECK(long_one.over());
    for (int i = 0; i < 3; ++i) {
        Esme browser(listening);
        browser.send(octets("GET / HTTP/1.1\r\nHost: jejak\r\n\r\n"));
        CHECK(browser.over());
        CHECK(browser.waiting() == 0);
    }
    for (const auto* line :
         {"[warning] event=connection_over channel=modems from=127.0.0.1 reason=framing_lost untold=0",
          "[warning] event=connection_over channel=modems from=127.0.0.1 reason=not_smpp untold=0"})
        CHECK(log.count(line) == 1);
    CHECK(log.count("event=connection_over") == 2);
}

TEST_CASE("F7: trailing octets are counted, and refused where that is configured", "[smpp][server][F7]") {
    const bool refused = GENERATE(false, true);
    const test::Log log;
    auto options = modem_boxes();
    options.refuse_trailing = refused;
    Listening listening(options);
    {
        Esme esme(listening);
        REQUIRE(esme.bind() == CommandStatus::ok);
        esme.say([](std::uint32_t sequence, auto& out) {
            smpp::encode_short_message(CommandId::submit_sm, Esme::text_message("628400000001", "LAPOR 5 org"),
                                       sequence, out);
            out.push_back(std::byte{0xFF});
            smpp::store_u32(out.data(), static_cast<std::uint32_t>(out.size()));
        });
        const auto answer = esme.next();
        CHECK(answer.status() == (refused ? CommandStatus::invalid_tlv_stream : CommandStatus::ok));
        esme.say_header(static_cast<CommandId>(0x80000004));  // an answer nobody asked for
        esme.say_header(CommandId::generic_nack);
        esme.unbind();
        CHECK(esme.over());
    }
    CHECK(listening.texts().size() == (refused ? 0 : 1));
    const auto words = std::string("nacks=1 unsolicited=1 unknown=0 ignored=0 refused=") + (refused ? "1" : "0");
    CHECK(log.count("event=unbound channel=modems account=box1 reason=peer_unbound " + words + " trailing=1") == 1);
    const auto metrics = listening.telemetry.render({}, true, {}, {});
    for (const auto* kind : {"nacks", "unsolicited", "trailing"}) {
        CHECK_THAT(metrics, Catch::Contains(std::string("jejak_smpp_odd_pdus_total{channel=\"modems\",kind=\"") + kind +
                                            "\"} 1\n"));
    }
}

TEST_CASE("an address that is taken, or none, is said before anything is served", "[smpp][server]") {
    Listening listening;
    auto taken = modem_boxes();
    taken.listen = listening.server->address();
    auto none = modem_boxes();
    none.listen = "localhost:2776";
    for (const auto& options : {taken, none}) {
        Telemetry telemetry;
        CHECK_THROWS_WITH(channel::SmppServer(
                              options, listening.village.vault, *listening.village.intake, *listening.village.access,
                              telemetry, [] { return casework::ReplyRoute(); }, [](const intake::Accepted&) {}),
                          Catch::Contains("channel \"modems\": cannot listen on"));
    }
}
