// Who may bind to us, read anew while others are bound: at the listener, and through the whole gateway with SIGHUP.
#include "tests/support/log.hpp"
#include "tests/support/on_loop.hpp"
#include "tests/support/replies.hpp"
#include "tests/support/smpp_server.hpp"
#include "tests/support/whole_gateway.hpp"

namespace jejak::tests {
namespace {

using namespace std::chrono_literals;
using smpp::BindKind;

SmppAccountOptions from(SmppAccountOptions account, const char* range) {
    account.allow = {*net::parse_range(range)};
    return account;
}

/// What the peer hears when its account does not allow the bind any more.
void is_unbound(Esme& esme) {
    esme.answer(esme.next(CommandId::unbind));
    CHECK(esme.over());
}

CommandStatus bind_as(Listening& listening, const std::string& name, const std::string& password = "secret1") {
    Esme esme(listening);
    return esme.bind(BindKind::transceiver, name, password);
}

}  // namespace

TEST_CASE("B4: accounts that are read anew decide every bind from then on, and who may still be bound is not disturbed",
          "[smpp][server][reload][B4]") {
    test::Log log;
    Listening listening(modem_boxes({box("box1"), box("box2"), box("box3")}));
    Esme changed(listening), removed(listening), same(listening);
    REQUIRE(changed.bind(BindKind::transceiver, "box1") == CommandStatus::ok);
    REQUIRE(removed.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
    REQUIRE(same.bind(BindKind::transceiver, "box3") == CommandStatus::ok);

    listening.server->reload_accounts(modem_boxes({box("box1", "secret2"), box("box3"), box("box4")}));
    CHECK(log.count("event=accounts_reloaded channel=modems accounts=3 added=1 changed=1 removed=1 unbinding=2") == 1);
    CHECK(log.text().find("secret") == std::string::npos);
    is_unbound(changed);
    is_unbound(removed);
    CHECK(same.submit("628400000001", "LAPOR calo di Sebunga").status() == CommandStatus::ok);
    same.answer(same.next(CommandId::deliver_sm));
    CHECK(bind_as(listening, "box1", "secret2") == CommandStatus::ok);
    CHECK(bind_as(listening, "box4") == CommandStatus::ok);
    CHECK(bind_as(listening, "box1") == CommandStatus::bind_failed);
    CHECK(bind_as(listening, "box2") == CommandStatus::bind_failed);

    listening.server->reload_accounts(modem_boxes());  // it comes back
    CHECK(bind_as(listening, "box2") == CommandStatus::ok);
    is_unbound(same);
    CHECK(listening.wait_for([&] { return listening.server->bound() == 0; }));
}

TEST_CASE("a bind that its account does not allow any more has its answers first", "[smpp][server][reload][B22]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    esme.ask_submit("628400000001", "LAPOR calo di Sebunga");
    REQUIRE(listening.wait_for([&] { return listening.village.intake->in_flight() == 1; }));
    listening.server->reload_accounts(modem_boxes({box("box2")}));
    const auto answer = esme.next();
    CHECK(answer.answers(CommandId::submit_sm));
    CHECK(answer.status() == CommandStatus::ok);
    is_unbound(esme);
    CHECK(listening.texts() == std::vector<std::string>{"LAPOR calo di Sebunga"});
}

TEST_CASE("B4, B27: the addresses, kinds and limits of an account that are read anew hold at once",
          "[smpp][server][reload][B4][B27]") {
    Listening listening;
    Esme first(listening), second(listening);
    REQUIRE(first.bind() == CommandStatus::ok);
    REQUIRE(second.bind(BindKind::transmitter) == CommandStatus::ok);
    SECTION("fewer binds: those that are stay, one more is one too many") {
        auto account = box("box1");
        account.sessions_max = 1;
        listening.server->reload_accounts(modem_boxes({account}));
        CHECK(bind_as(listening, "box1") == CommandStatus::already_bound);
        CHECK(listening.server->bound() == 2);
        auto options = modem_boxes({box("box1")});
        options.sessions_max = 2;
        listening.server->reload_accounts(options);
        CHECK(bind_as(listening, "box1") == CommandStatus::bind_failed);
    }
    SECTION("another window: binds of before keep theirs") {
        auto account = box("box1");
        account.window = 1;
        listening.server->reload_accounts(modem_boxes({account}));
        CHECK(first.submit("628400000001", "LAPOR calo di Sebunga").status() == CommandStatus::ok);
        CHECK(listening.server->bound() == 2);
    }
    SECTION("other addresses") {
        listening.server->reload_accounts(modem_boxes({from(box("box1"), "192.0.2.0/24")}));
        is_unbound(first);
        is_unbound(second);
        CHECK(bind_as(listening, "box1") == CommandStatus::bind_failed);
        listening.server->reload_accounts(modem_boxes({from(box("box1"), "127.0.0.0/8")}));
        CHECK(bind_as(listening, "box1") == CommandStatus::ok);
    }
    SECTION("other kinds") {
        auto account = box("box1");
        account.transmitter = false;
        listening.server->reload_accounts(modem_boxes({account}));
        is_unbound(second);
        CHECK(listening.wait_for([&] { return listening.server->bound() == 1; }));
        CHECK(first.submit("628400000001", "LAPOR calo di Sebunga").status() == CommandStatus::ok);
    }
}

TEST_CASE("B4: a bind that is being judged while its account goes does not get in", "[smpp][server][reload][B4]") {
    auto hashed = box("box1", "");
    hashed.password_hash = channel::hash_password("secret1");
    Listening listening(modem_boxes({hashed, box("box2")}));
    Esme esme(listening);
    // In one piece: when the first is answered, the second was read. The check takes longer, mostly; what follows holds
    // in any case.
    esme.say([](std::uint32_t sequence, auto& out) {
        smpp::encode_header_only(static_cast<std::uint32_t>(CommandId::enquire_link), CommandStatus::ok, sequence, out);
        smpp::Bind pdu;
        pdu.system_id = "box1";
        pdu.password = "secret1";
        pdu.interface_version = 0x34;
        smpp::encode_bind(BindKind::transceiver, pdu, sequence + 1, out);
    });
    REQUIRE(esme.next().answers(CommandId::enquire_link));
    listening.server->reload_accounts(modem_boxes({box("box2")}));
    if (const auto answer = esme.next(); answer.status() == CommandStatus::ok) {
        is_unbound(esme);
    } else {
        CHECK(answer.status() == CommandStatus::bind_failed);
        CHECK(esme.over());
    }
    CHECK(listening.wait_for([&] { return listening.server->bound() == 0; }));
}

TEST_CASE("an account that goes takes no replies with it, and has them when it comes back", "[smpp][server][reload]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    listening.server->reload_accounts(modem_boxes({box("box2")}));
    CHECK_FALSE(listening.server->ready());
    CHECK(listening.server->ready_accounts().empty());
    is_unbound(esme);
    listening.server->reload_accounts(modem_boxes({box("box1")}));
    Esme again(listening);
    REQUIRE(again.bind() == CommandStatus::ok);
    CHECK(listening.server->ready());
    again.ask_submit("628400000001", "LAPOR calo di Sebunga");
    CHECK(again.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    const auto reply = again.next(CommandId::deliver_sm);
    again.answer(reply);
}

namespace {

/// What became of a reply that was handed to "box1".
struct Handed {
    Handed(Listening& at, const std::string& text) : listening(at), id(add_reply(at.village, "modems", text)) {
        listening.server->submit({id, "+628400000001", text, wall_now() + 10min, "box1"});
    }
    storage::Reply row() {
        return listening.village.ask([&](storage::View& view) { return view.reply(id).value(); });
    }
    bool becomes(storage::ReplyState state) {
        return listening.wait_for([&] { return row().state == state; });
    }

    Listening& listening;
    storage::Id id;
};

}  // namespace

TEST_CASE("B21: a reply of which a part did not leave ends when its account has gone with its last bind",
          "[smpp][server][reload][B21]") {
    auto one = box("box1");
    one.window = 1;
    Listening listening(modem_boxes({one, box("box2")}));
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    Handed reply(listening, three_parts());
    esme.answer(esme.next(CommandId::deliver_sm));
    const auto second = esme.next(CommandId::deliver_sm);
    SECTION("it unbinds in order") {
        listening.server->reload_accounts(modem_boxes({box("box2")}));
        esme.answer(second);
        is_unbound(esme);
    }
    SECTION("its bind breaks") {
        listening.server->reload_accounts(modem_boxes({box("box2")}));
        CHECK(reply.row().state == storage::ReplyState::sent);
        esme.hang_up();
    }
    SECTION("it had no bind any more") {
        esme.hang_up();
        REQUIRE(listening.wait_for([&] { return listening.server->bound() == 0; }));
        CHECK(reply.row().state == storage::ReplyState::sent);
        listening.server->reload_accounts(modem_boxes({box("box2")}));
    }
    CHECK(reply.becomes(storage::ReplyState::dropped));
    CHECK_FALSE(reply.row().uncertain);
    listening.server->reload_accounts(modem_boxes({one}));  // it comes back: that is over
    Esme again(listening);
    REQUIRE(again.bind() == CommandStatus::ok);
    CHECK(again.quiet_for(1500ms));  // the dispatcher looks every second
    CHECK(listening.village.ledger_is_true());
}

TEST_CASE("B21: a reply that left by an account that has gone since is in doubt, one that did not waits",
          "[smpp][server][reload][B21]") {
    auto one = box("box1");
    one.window = 1;
    Listening listening(modem_boxes({one, box("box2")}));
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    Handed left(listening, "Pesan diterima."), waiting(listening, three_parts());
    esme.next(CommandId::deliver_sm);
    listening.server->reload_accounts(modem_boxes({box("box2")}));
    esme.hang_up();
    CHECK(waiting.becomes(storage::ReplyState::pending));
    CHECK(listening.wait_for([&] { return left.row().uncertain; }));
    CHECK(left.row().state == storage::ReplyState::sent);
}

// ---- The whole gateway

namespace {

std::string account(const std::string& name, const std::string& password) {
    return "[[channel.account]]\nsystem_id = \"" + name + "\"\npassword = \"" + password + "\"\n";
}

}  // namespace

TEST_CASE("SIGHUP reads the accounts of a listener anew, and a faulty file changes nothing",
          "[smpp][server][reload][B4]") {
    test::Log log;
    WholeGateway gateway(log, account("box1", "kata-sandi-1") + account("box2", "kata-sandi-2"));
    CHECK(gateway.bind("box1", "kata-sandi-1") == CommandStatus::ok);
    gateway.change(account("box1", "kata-sandi-9") + account("box3", "kata-sandi-3"));
    REQUIRE(gateway.wait_for([&] { return log.count("event=accounts_reloaded channel=modems accounts=2") == 1; }));
    CHECK(gateway.bind("box1", "kata-sandi-9") == CommandStatus::ok);
    CHECK(gateway.bind("box3", "kata-sandi-3") == CommandStatus::ok);
    CHECK(gateway.bind("box2", "kata-sandi-2") == CommandStatus::bind_failed);

    gateway.change(account("box4", "kata-sandi-4") + account("box4", "kata-sandi-4"));
    REQUIRE(gateway.wait_for([&] { return log.count("event=reload_refused") == 1; }));
    CHECK(gateway.bind("box4", "kata-sandi-4") == CommandStatus::bind_failed);
    CHECK(gateway.bind("box1", "kata-sandi-9") == CommandStatus::ok);
    CHECK(log.count("event=accounts_reloaded") == 1);
    CHECK(log.text().find("kata-sandi") == std::string::npos);
}

}  // namespace jejak::tests
