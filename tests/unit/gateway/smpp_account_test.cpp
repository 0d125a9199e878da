// What decides who may bind, and what peers are told of their messages: values without a socket.
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <cstdio>
#include <thread>

#include "gateway/channel/server/arrivals.hpp"
#include "gateway/channel/server/bind_guard.hpp"
#include "gateway/channel/server/password_check.hpp"
#include "gateway/channel/server/peer_message_id.hpp"
#include "gateway/channel/server/receipt_queue.hpp"
#include "gateway/channel/server/seldom.hpp"
#include "gateway/channel/server/waiting_room.hpp"
#include "gateway/net/address_range.hpp"

using namespace jejak;
using namespace jejak::channel;
using namespace std::chrono_literals;

namespace {

auto address(const std::string& text) {
    return boost::asio::ip::make_address(text);
}

const SteadyTime start = SteadyTime(1'000h);
const auto here = address("192.0.2.7"), there = address("198.51.100.9");

}  // namespace

TEST_CASE("a range holds the addresses that share its prefix") {
    struct Case {
        const char *range, *address;
        bool inside;
    };
    const Case cases[] = {
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.8", false},
        {"10.20.0.0/16", "10.20.255.1", true},
        {"10.20.0.0/16", "10.21.0.1", false},
        {"10.20.0.0/15", "10.21.0.1", true},
        {"10.20.0.0/15", "10.22.0.1", false},
        {"0.0.0.0/0", "203.0.113.5", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},
        {"::1", "::1", true},
        {"::/0", "2001:db8::1", true},
        {"192.0.2.0/24", "::ffff:192.0.2.9", true},
        {"192.0.2.0/24", "::ffff:192.0.3.9", false},
        {"::ffff:192.0.2.0/120", "192.0.2.9", true},
        {"::ffff:192.0.2.7", "192.0.2.7", true},
    };
    for (const auto& test : cases) {
        INFO(test.range << " " << test.address);
        const auto range = net::parse_range(test.range);
        REQUIRE(range);
        CHECK(range->contains(address(test.address)) == test.inside);
    }
    for (const auto* wrong :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8", "10.0/8", "2001:db8::1/32",
          "::/129", "box", "10.0.0.0 /8", "fe80::1%eth0", "::ffff:0:0/64"}) {
        INFO(wrong);
        CHECK_FALSE(net::parse_range(wrong));
    }
}

TEST_CASE("B4: each refusal makes the next bind of that address wait longer, and the next refusal at that name",
          "[smpp][B4]") {
    for (const bool ours : {true, false}) {  // a name that is none of ours is treated like one that is
        INFO(ours);
        BindGuard guard({1s, 8s});
        auto now = start;
        CHECK(guard.turn(here, now) == now);
        for (const auto expected : {1s, 2s, 4s, 8s, 8s}) {
            const auto due = guard.refused(here, "box1", ours, now);
            CHECK(due == now + expected);
            CHECK(guard.turn(here, now) == due);
            now = due;
        }
        CHECK(guard.turn(here, now) == now);
        CHECK(guard.turn(here, now) == now + 8s);                    // one at a time
        CHECK(guard.refused(there, "box1", ours, now) == now + 8s);  // wherever the next try at that name comes from
        CHECK(guard.turn(there, now) == now + 8s);
        guard.accepted(here);
        CHECK(guard.turn(here, now) == now);
        CHECK(guard.refused(here, "box2", ours, now) == now + 1s);
    }
}

TEST_CASE("B4: a stranger who knows its name does not keep a box out", "[smpp][B4]") {
    BindGuard guard({1s, 8s});
    for (int i = 0; i < 20; ++i) guard.refused(address("203.0.113." + std::to_string(i)), "box1", true, start);
    CHECK(guard.turn(here, start) == start);  // though it never bound from there
}

TEST_CASE("B4: one password of an address for a name is checked at a time", "[smpp][B4]") {
    BindGuard guard({1s, 8s});
    auto first = guard.check(here, "box1");
    CHECK(first != nullptr);
    CHECK(guard.check(here, "box1") == nullptr);
    CHECK(guard.check(here, "box2") != nullptr);
    CHECK(guard.check(there, "box1") != nullptr);
    first.reset();
    CHECK(guard.check(here, "box1") != nullptr);
}

TEST_CASE("B4: refusals are forgotten after ten minutes, and memory is bounded whatever comes", "[smpp][B4]") {
    BindGuard guard({1s, 8s});
    for (int i = 0; i < 3; ++i) guard.refused(here, "box1", true, start);
    CHECK(guard.turn(here, start + BindGuard::forgotten_after) == start + BindGuard::forgotten_after);
    CHECK(guard.refused(here, "box1", true, start + 11min) == start + 11min + 1s);
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        guard.refused(boost::asio::ip::address_v4(i), "account" + std::to_string(i), i % 2 == 0, start);
        guard.accepted(boost::asio::ip::address_v4(i + 100'000));
    }
    CHECK(guard.remembered() <= BindGuard::addresses_max + BindGuard::accounts_max + BindGuard::strangers_max);
}

TEST_CASE("B4: of IPv6 a whole subscriber waits, of IPv4 inside it one address", "[smpp][B4]") {
    BindGuard guard({1s, 8s});
    guard.refused(address("2001:db8:1:2::7"), "a", false, start);
    CHECK(guard.turn(address("2001:db8:1:2:ffff::9"), start) > start);
    CHECK(guard.turn(address("2001:db8:1:3::7"), start) == start);
    guard.refused(address("::ffff:192.0.2.7"), "b", false, start);
    CHECK(guard.turn(here, start) > start);
    CHECK(guard.turn(there, start) == start);
}

TEST_CASE("connections that have not bound are counted by subscriber: one host with IPv6 does not fill the room") {
    WaitingRoom room;
    std::vector<std::shared_ptr<WaitingRoom::Place>> places;
    for (std::size_t i = 0; i < WaitingRoom::per_address_max; ++i) {
        char text[32];
        std::snprintf(text, sizeof text, "2001:db8::%zx", i + 1);
        places.push_back(room.enter(address(text)));
        CHECK(places.back() != nullptr);
    }
    CHECK(room.enter(address("2001:db8::ffff")) == nullptr);
    CHECK(room.enter(address("2001:db8:0:1::1")) != nullptr);
    CHECK(room.enter(here) != nullptr);
}

TEST_CASE("connections that have not bound are few of one address, and the oldest gives way") {
    WaitingRoom room;
    std::vector<std::shared_ptr<WaitingRoom::Place>> places;
    std::vector<std::size_t> closed;
    const auto come = [&](const boost::asio::ip::address& from) {
        auto place = room.enter(from);
        if (place == nullptr) return false;
        const auto number = places.size();
        place->gives_way_by([&, number] {
            closed.push_back(number);
            places[number].reset();
        });
        places.push_back(std::move(place));
        return true;
    };
    for (std::size_t i = 0; i < WaitingRoom::per_address_max; ++i) REQUIRE(come(here));
    CHECK_FALSE(come(here));
    CHECK(come(there));
    places[0].reset();
    CHECK(come(here));
    for (std::uint32_t i = 0; room.size() < WaitingRoom::all_max; ++i) REQUIRE(come(boost::asio::ip::address_v4(i)));
    CHECK(closed.empty());
    CHECK(come(there));
    CHECK(closed == std::vector<std::size_t>{1});
    CHECK(room.size() == WaitingRoom::all_max);
    places.clear();
    CHECK(room.size() == 0);
    for (std::size_t i = 0; i < WaitingRoom::all_max; ++i) places.push_back(room.enter(address("127.0.0.1")));
    CHECK(places.back() != nullptr);      // this machine's own are not counted by address
    CHECK(room.enter(there) == nullptr);  // none of them can give way: they are still in their handshake
}

TEST_CASE("a password is checked against its Argon2id hash off the loop") {
    const auto hash = hash_password("kata sandi");
    CHECK(hash != hash_password("kata sandi"));
    const auto cost = hash_cost(hash);
    REQUIRE(cost);
    CHECK(cost->memory_kib == 65'536);
    CHECK(cost->passes == 2);
    for (const auto* wrong :
         {"", "kata sandi", "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA", "$argon2i$v=19$m=65536,t=2,p=1$x$y"})
        CHECK_FALSE(hash_cost(wrong));

    boost::asio::io_context loop;
    PasswordCheck checks(loop.get_executor());
    std::vector<bool> answers;
    std::thread::id told_on;
    for (const auto* given : {"kata sandi", "kata sandi ", ""}) {
        REQUIRE(checks.ask(hash, SensitiveText(given), [&](bool right) {
            answers.push_back(right);
            told_on = std::this_thread::get_id();
        }));
    }
    CHECK(answers.empty());
    loop.run_for(20s);
    CHECK(answers == std::vector<bool>{true, false, false});
    CHECK(told_on == std::this_thread::get_id());
    std::size_t taken = 0;
    while (taken <= PasswordCheck::waiting_max + 1 && checks.ask(hash, SensitiveText("x"), [](bool) {})) ++taken;
    CHECK(taken >= PasswordCheck::waiting_max);
    CHECK(taken <= PasswordCheck::waiting_max + 1);
}  // those who wait are not told

TEST_CASE("two secrets are equal or not") {
    CHECK(same_secret("", ""));
    CHECK(same_secret("secret", "secret"));
    CHECK_FALSE(same_secret("secret", "secreT"));
    CHECK_FALSE(same_secret("secret", "secret "));
    CHECK_FALSE(same_secret("", "s"));
}

TEST_CASE("M20: a message_id is known to the account it was given to, and to nobody else", "[smpp][M20]") {
    const auto vault = storage::Vault::for_tests();
    const auto id = peer_message_id(vault, "modems", "box1", 42);
    CHECK(id.size() == 34);
    CHECK(message_of_peer(vault, "modems", "box1", id) == 42);
    CHECK_FALSE(message_of_peer(vault, "modems", "box2", id));
    CHECK_FALSE(message_of_peer(vault, "others", "box1", id));
    CHECK_FALSE(message_of_peer(vault, "modems", "box1", id.substr(1)));
    CHECK_FALSE(message_of_peer(vault, "modems", "box1", ""));
    auto changed = id;
    for (std::size_t i = 0; i < id.size(); ++i) {
        changed[i] = id[i] == 'a' ? 'b' : 'a';
        CHECK_FALSE(message_of_peer(vault, "modems", "box1", changed));
        changed[i] = id[i];
    }
    CHECK(peer_message_id(vault, "modems", "box1", 43) != id);
}

TEST_CASE("M23: a receipt reads as appendix B has it, and repeats nothing of what was said", "[smpp][M23]") {
    OutgoingReceipt receipt;
    receipt.message_id = "abc123";
    receipt.submitted = *from_rfc3339("2025-12-11T09:01:59Z");
    receipt.done = *from_rfc3339("2025-12-31T23:59:00Z");
    CHECK(receipt_text(receipt) ==
          "id:abc123 sub:001 dlvrd:001 submit date:2512110901 done date:2512312359 stat:DELIVRD err:000 text:");
    receipt.state = sms::MessageState::enroute;
    CHECK(receipt_text(receipt).find(" dlvrd:000 ") != std::string::npos);
    CHECK(receipt_text(receipt).find(" stat:ENROUTE ") != std::string::npos);
}

TEST_CASE("receipts that nobody takes give way, the oldest first") {
    const SmppProfile profile;
    std::size_t lost = 0;
    ReceiptQueue queue(profile, 1h, [&lost](std::size_t count) { lost += count; });
    for (std::size_t i = 0; i < ReceiptQueue::waiting_max + 5; ++i) queue.add({}, start);
    CHECK(queue.waiting() == ReceiptQueue::waiting_max);
    CHECK(lost == 5);
    queue.drop_all();
    CHECK(lost == 5 + ReceiptQueue::waiting_max);
}

TEST_CASE("B12: an address may connect so often, five seconds' worth at once, and others as often as it", "[B12]") {
    Arrivals arrivals(10);
    const auto admitted = [&](const std::string& from, SteadyTime now) {
        int count = 0;
        for (int i = 0; i < 1'000; ++i) count += arrivals.admits(address(from), now) ? 1 : 0;
        return count;
    };
    CHECK(admitted("192.0.2.7", start) == 50);
    CHECK(admitted("192.0.2.7", start + 99ms) == 0);
    CHECK(admitted("192.0.2.7", start + 100ms) == 1);
    CHECK(admitted("::ffff:192.0.2.7", start + 200ms) == 1);  // the same, inside IPv6
    CHECK(admitted("192.0.2.8", start + 200ms) == 50);
    CHECK(admitted("127.0.0.1", start + 200ms) == 50);
    CHECK(admitted("2001:db8::1", start + 200ms) == 50);
    CHECK(admitted("2001:db8::2", start + 200ms) == 0);  // one subscriber's
    CHECK(admitted("192.0.2.7", start + 1'200ms) == 10);
    CHECK(admitted("192.0.2.7", start + 1h) == 50);
}

TEST_CASE("B12: of those who connect so many addresses are remembered, whoever keeps on longest", "[B12]") {
    Arrivals arrivals(1);
    while (arrivals.admits(here, start)) {
    }
    for (std::size_t i = 0; i < Arrivals::addresses_max; ++i) {
        arrivals.admits(boost::asio::ip::address_v4(static_cast<std::uint32_t>(0x0A000000 + i)), start);
        CHECK_FALSE(arrivals.admits(here, start));  // it is refused, and kept in mind
    }
    CHECK(arrivals.remembered() == Arrivals::addresses_max);
    for (std::size_t i = 0; i < Arrivals::addresses_max; ++i)
        arrivals.admits(boost::asio::ip::address_v4(static_cast<std::uint32_t>(0x0B000000 + i)), start);
    CHECK(arrivals.remembered() == Arrivals::addresses_max);
    CHECK(arrivals.admits(here, start));
}

TEST_CASE("a line that strangers bring about is told now and then, with how often it was not") {
    Seldom seldom;
    CHECK(seldom.turn(start) == 0);
    CHECK_FALSE(seldom.turn(start));
    CHECK_FALSE(seldom.turn(start + Seldom::interval - 1ms));
    CHECK(seldom.turn(start + Seldom::interval) == 2);
    CHECK(seldom.turn(start + 2 * Seldom::interval) == 0);
}
