// What every store keeps of submits and their receipts.
#include "storage/ids.hpp"
#include "tests/support/store_factories.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;
using Match = storage::Receipt::Match;

namespace {

Id at(std::chrono::milliseconds since) {
    return IdSource::floor(t0() + since);
}

storage::Receipt receipt_of(Id id, Match match = Match::waiting) {
    storage::Receipt receipt;
    receipt.id = id;
    receipt.channel = "smpp-a";
    receipt.message_id = "4F1C";
    receipt.received_at = t0();
    receipt.match = match;
    return receipt;
}

template <class Row>
std::vector<Id> ids_of(const std::vector<Row>& rows) {
    std::vector<Id> ids;
    for (const auto& row : rows) ids.push_back(row.id);
    return ids;
}

}  // namespace

TEST_CASE("replies are found by their id whatever its case and leading zeros, the latest first", "[D3]") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        const auto add = [&](Id id, const char* provider_id, const char* channel = "smpp-a") {
            Reply reply = reply_to(100, id);
            reply.provider_id = provider_id;
            reply.channel = channel;
            unit.add(reply);
        };
        add(at(0s), "0004F1c");
        add(at(1h), "4f1C");
        add(at(2h), "4f1c0");
        add(at(3h), "4f1c", "smpp-b");
        add(at(4h), "");
        add(at(5h), "000");
    });
    const auto with = [&](const char* id, WallTime since = t0(), std::size_t limit = 10) {
        return ids_of(opened.ask([&](View& view) { return view.replies_with_id("smpp-a", id, since, limit); }));
    };
    CHECK(with("4f1c") == std::vector<Id>{at(1h), at(0s)});
    CHECK(with("4f1c", t0() + 1h) == std::vector<Id>{at(1h)});
    CHECK(with("4f1c", t0(), 1) == std::vector<Id>{at(1h)});
    CHECK(with("4F1C").empty());  // the caller spells it as ids are compared
    CHECK(with("") == std::vector<Id>{at(5h)});
}

TEST_CASE("every part of a reply may have an id, and a reply is found by any of them, once", "[D3]") {
    EVERY_STORE(opened);
    const auto part_of = [](Id reply, std::uint8_t number, const char* id) {
        ReplyPart part;
        part.reply = reply;
        part.part = number;
        part.total = 3;
        part.channel = "smpp-a";
        part.provider_id = id;
        return part;
    };
    opened.unit([&](Unit& unit) {
        for (const auto hour : {1, 2, 3}) {
            Reply reply = reply_to(100, at(std::chrono::hours(hour)));
            if (hour == 1) reply.provider_id = "003C";  // that of its last part, as of any reply
            if (hour == 3) reply.provider_id = "3d";    // of a reply in one message
            unit.add(reply);
        }
        unit.set(part_of(at(1h), 3, "003C"));
        unit.set(part_of(at(1h), 1, "3a"));
        unit.set(part_of(at(2h), 1, "3C"));
        unit.set(part_of(at(2h), 2, "3C"));
        unit.set(part_of(at(2h), 3, "3D"));
        auto elsewhere = part_of(at(3h), 1, "3c");
        elsewhere.channel = "smpp-b";
        unit.set(elsewhere);
    });
    const auto with = [&](const char* id, WallTime since = t0(), std::size_t limit = 10) {
        return ids_of(opened.ask([&](View& view) { return view.replies_with_id("smpp-a", id, since, limit); }));
    };
    const auto parts = [&](Id reply) { return opened.ask([&](View& view) { return view.parts_of_reply(reply); }); };
    CHECK(with("3a") == std::vector<Id>{at(1h)});
    CHECK(with("3c") == std::vector<Id>{at(2h), at(1h)});
    CHECK(with("3c", t0() + 2h) == std::vector<Id>{at(2h)});
    CHECK(with("3c", t0(), 1) == std::vector<Id>{at(2h)});
    CHECK(with("3d") == std::vector<Id>{at(3h), at(2h)});
    CHECK(with("3b").empty());
    REQUIRE(parts(at(1h)).size() == 2);
    CHECK(parts(at(1h))[0].part == 1);
    CHECK(parts(at(1h))[0].total == 3);
    CHECK(parts(at(1h))[0].provider_id == "3a");
    CHECK(parts(at(1h))[0].state == sms::MessageState::unknown);
    CHECK(parts(at(1h))[1].part == 3);
    CHECK(parts(at(4h)).empty());

    opened.unit([&](Unit& unit) {  // it left again, and its first receipt came
        auto part = part_of(at(1h), 1, "3b");
        part.state = sms::MessageState::delivered;
        unit.set(part);
        unit.set(part_of(at(1h), 2, ""));  // taken, and given no id
    });
    opened.reopen();
    CHECK(with("").empty());
    REQUIRE(parts(at(1h)).size() == 3);
    CHECK(parts(at(1h))[1].provider_id.empty());
    CHECK(with("3a").empty());
    CHECK(with("3b") == std::vector<Id>{at(1h)});
    CHECK(parts(at(1h))[0].state == sms::MessageState::delivered);
    CHECK(opened.ask([](View& view) { return view.reply(at(1h)).value().provider_id; }) == "003C");
    CHECK_FALSE(opened.ask([](View& view) { return view.reply(at(4h)).has_value(); }));
}

TEST_CASE("a submit without an answer is uncertain until it is known, also after the process ended", "[B15]") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        for (const auto hour : {1, 2, 3, 4, 5}) {
            Reply reply = reply_to(100, at(std::chrono::hours(hour)));
            reply.valid_until = t0() + 10h;
            if (hour == 2) reply.provider_id = "1";
            if (hour == 3) reply.state = ReplyState::pending;
            if (hour == 5) reply.channel = "smpp-b";
            unit.add(reply);
        }
    });
    const auto uncertain = [&](WallTime now) {
        return ids_of(opened.ask([&](View& view) { return view.replies_uncertain("smpp-a", now, 10); }));
    };
    CHECK(uncertain(t0()).empty());
    SECTION("its sender says so") {
        opened.unit([](Unit& unit) {
            Reply reply = unit.replies_to(100).at(0);
            reply.uncertain = true;
            unit.update(reply);
        });
        CHECK(uncertain(t0() + 9h) == std::vector<Id>{at(1h)});
        CHECK(uncertain(t0() + 10h).empty());  // too late to be of use
        opened.unit([](Unit& unit) {
            Reply reply = unit.replies_to(100).at(0);
            CHECK(reply.uncertain);
            reply.uncertain = false;
            unit.update(reply);
        });
        CHECK(uncertain(t0() + 9h).empty());
    }
    SECTION("the process ended") {
        opened.reopen();
        opened.unit([](Unit& unit) { unit.mark_replies_uncertain(t0() + 2h); });
        CHECK(uncertain(t0() + 9h) == std::vector<Id>{at(4h)});
        opened.unit([](Unit& unit) { unit.mark_replies_uncertain(t0()); });
        CHECK(uncertain(t0() + 9h) == std::vector<Id>{at(1h), at(4h)});
    }
}

TEST_CASE("receipts are a reply's history; those that wait and those of nobody are bounded", "[D6][D7]") {
    EVERY_STORE(opened);
    auto whole = receipt_of(1, Match::matched);
    whole.ids = sms::IdForm::decimal;
    whole.source_key = key_of("source");
    whole.destination_key = key_of("destination");
    whole.state = sms::MessageState::undeliverable;
    whole.error = "21b";
    whole.reply = 7;
    opened.unit([&](Unit& unit) {
        unit.add(whole);
        for (Id id = 2; id <= 6; ++id) unit.add(receipt_of(id));
        unit.set_match(3, Match::matched, 7);
        unit.set_match(4, Match::unmatched, std::nullopt);
        unit.set_match(5, Match::ambiguous, std::nullopt);
    });
    const auto history = opened.ask([](View& view) { return view.receipts_of(7, 10); });
    REQUIRE(ids_of(history) == std::vector<Id>{1, 3});
    CHECK(history[0].channel == "smpp-a");
    CHECK(history[0].message_id == "4F1C");
    CHECK(history[0].ids == sms::IdForm::decimal);
    CHECK(history[0].source_key == whole.source_key);
    CHECK(history[0].destination_key == whole.destination_key);
    CHECK(history[0].state == sms::MessageState::undeliverable);
    CHECK(history[0].error == "21b");
    CHECK(history[0].received_at == t0());
    CHECK(history[0].match == Match::matched);
    CHECK_FALSE(history[1].source_key);
    CHECK(opened.ask([](View& view) { return view.receipts_of(7, 1).size(); }) == 1);
    const auto waiting = [&](Id after) {
        return ids_of(opened.ask([&](View& view) { return view.receipts_waiting_after(after, 10); }));
    };
    CHECK(waiting(0) == std::vector<Id>{2, 6});
    CHECK(waiting(2) == std::vector<Id>{6});
    const auto count = [&](std::size_t limit) {
        return opened.ask([&](View& view) { return view.count_receipts_of(7, limit); });
    };
    CHECK(count(10) == 2);
    CHECK(count(1) == 1);  // no further than it is asked
    CHECK(opened.ask([](View& view) { return view.count_receipts_of(8, 10); }) == 0);

    opened.unit([](Unit& unit) { unit.keep_unmatched_receipts(4); });
    CHECK(waiting(0) == std::vector<Id>{2, 6});
    opened.unit([](Unit& unit) { unit.keep_unmatched_receipts(3); });
    CHECK(waiting(0) == std::vector<Id>{6});
    opened.unit([](Unit& unit) { unit.keep_unmatched_receipts(0); });
    CHECK(waiting(0).empty());
    CHECK(opened.ask([](View& view) { return view.receipts_of(7, 10).size(); }) == 2);
    opened.unit([](Unit& unit) { unit.add(receipt_of(0)); });
    CHECK(waiting(0) == std::vector<Id>{IdSource::floor(t0())});
}
