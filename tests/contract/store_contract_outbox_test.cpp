// What every store keeps: incidents, alerts, what is owed, administration.
#include "storage/ids.hpp"
#include "tests/support/store_factories.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

TEST_CASE("a report is found by its message and follows its corrections") {
    EVERY_STORE(opened);
    Report report = storage::testing::report_of(5);
    opened.unit([&](Unit& unit) { unit.add(report); });
    report.category = Category::recruitment;
    report.people.reset();
    report.people_max = 9;
    report.onset = t0();
    report.flags = 6;
    report.incident = 77;
    opened.unit([&](Unit& unit) { unit.update(report); });
    const auto found = opened.ask([](View& view) { return view.report_of(5); }).value();
    CHECK(found.category == Category::recruitment);
    CHECK_FALSE(found.people);
    CHECK(found.people_max == 9);
    CHECK(found.onset == t0());
    CHECK(found.flags == 6);
    CHECK(found.incident == 77);
    CHECK(found.place == "53.21.06.2001");
    CHECK(opened.ask([](View& view) { return view.reports_after(4, 10).size(); }) == 1);
    CHECK(opened.ask([](View& view) { return view.reports_after(5, 10).empty(); }));
}

TEST_CASE("an incident is near when group and village fit and it is fresh; the freshest wins") {
    EVERY_STORE(opened);
    const auto incident = [](Id id, const char* village, WallTime last_at) {
        return Incident{id, static_cast<std::uint32_t>(id), "unofficial", village, t0(), last_at, 1, 1};
    };
    opened.unit([&](Unit& unit) {
        unit.add(incident(1, "53.21.06.2001", t0() + 2h));
        unit.add(incident(2, "53.21.06.2001", t0() + 1h));
        unit.add(incident(3, "", t0()));
    });
    const auto near = [&](const char* group, const char* village, WallTime since) {
        const auto found = opened.ask([&](View& view) { return view.incident_near(group, village, since); });
        return found ? found->id : 0;
    };
    CHECK(near("unofficial", "53.21.06.2001", t0()) == 1);
    CHECK(near("unofficial", "53.21.06.2001", t0() + 2h) == 1);
    CHECK(near("unofficial", "53.21.06.2001", t0() + 3h) == 0);
    CHECK(near("unofficial", "", t0()) == 3);
    CHECK(near("broker", "", t0()) == 0);
    opened.unit([&](Unit& unit) {
        Incident second = unit.incident(2).value();
        second.last_at = t0() + 4h;
        second.reports = 8;
        unit.update(second);
    });
    CHECK(near("unofficial", "53.21.06.2001", t0() + 3h) == 2);
    CHECK(opened.ask([](View& view) { return view.incident(2)->reports; }) == 8);
    CHECK_FALSE(opened.ask([](View& view) { return view.incident(9); }));
}

TEST_CASE("a number is counted once per incident, and not at all past the bound") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        Incident incident{1, 1, "unofficial", "", t0(), t0(), 1, 0};
        unit.add(incident);
        CHECK(unit.add_reporter(1, key_of("a")));
        CHECK_FALSE(unit.add_reporter(1, key_of("a")));
        CHECK(unit.add_reporter(1, key_of("b")));
        incident.reporters = reporters_counted_max;
        unit.update(incident);
        CHECK_FALSE(unit.add_reporter(1, key_of("c")));
    });
}

TEST_CASE("alerts: each audience counts without gaps, even past a unit that was undone") {
    EVERY_STORE(opened);
    const auto raise = [](Unit& unit, Audience audience) {
        Alert alert = alert_of(1, audience);
        const auto sequence = unit.add(alert);
        CHECK(alert.sequence == sequence);
        CHECK(alert.id != 0);
        return sequence;
    };
    opened.unit([&](Unit& unit) {
        CHECK(raise(unit, Audience::general) == 1);
        CHECK(raise(unit, Audience::general) == 2);
        CHECK(raise(unit, Audience::oversight) == 1);
    });
    CHECK(commit(*opened.store, [&](Unit& unit) {
              raise(unit, Audience::general);
              throw std::runtime_error("poison");
          }) == Committed::poisoned);
    opened.reopen();
    opened.unit([&](Unit& unit) { CHECK(raise(unit, Audience::general) == 3); });
    CHECK(opened.ask([](View& view) { return view.alerts_of(1).size(); }) == 4);
    CHECK(opened.ask([](View& view) { return view.ledger().alerts_raised; }) == 4);
}

TEST_CASE("an alert is shown to its audience and to the areas above its place") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        for (const auto& [audience, place] : std::vector<std::pair<Audience, const char*>>{
                 {Audience::general, "53.21.06.2001"},
                 {Audience::general, "53.210.06.2001"},
                 {Audience::child_protection, "53.21.06.2001"},
                 {Audience::general, ""},
                 {Audience::general, "61.01.09.2002"},
             }) {
            Alert alert = alert_of(1, audience, place);
            unit.add(alert);
        }
    });
    const auto shown = [&](AlertFilter filter) {
        std::vector<std::string> places;
        for (const auto& alert : opened.ask([&](View& view) { return view.alerts(filter, 0, 100); })) {
            places.push_back(alert.place);
        }
        return places;
    };
    using Places = std::vector<std::string>;
    CHECK(shown({{Audience::general}, {}}) == Places{"53.21.06.2001", "53.210.06.2001", "", "61.01.09.2002"});
    CHECK(shown({{Audience::general}, {"53.21"}}) == Places{"53.21.06.2001", ""});
    CHECK(shown({{Audience::general}, {"53.21.06.2001"}}) == Places{"53.21.06.2001", ""});
    CHECK(shown({{Audience::general}, {"53.21.06.2001.1"}}) == Places{""});
    CHECK(shown({{Audience::general}, {"53.21", "61"}}) == Places{"53.21.06.2001", "", "61.01.09.2002"});
    CHECK(shown({{Audience::child_protection}, {}}) == Places{"53.21.06.2001"});
    CHECK(shown({{Audience::child_protection, Audience::general}, {"61"}}) == Places{"", "61.01.09.2002"});
    CHECK(shown({{}, {}}).empty());

    const AlertFilter all{{Audience::general}, {}};
    const auto first = opened.ask([&](View& view) { return view.alerts(all, 0, 3); });
    REQUIRE(first.size() == 3);
    const auto rest = opened.ask([&](View& view) { return view.alerts(all, first.back().id, 3); });
    REQUIRE(rest.size() == 1);
    CHECK(rest.front().place == "61.01.09.2002");
    CHECK(opened.ask([&](View& view) { return view.alerts(all, 0, 0).empty(); }));
}

TEST_CASE("an alert keeps every field, and its changes wait for publication") {
    EVERY_STORE(opened);
    Alert alert = alert_of(3);
    alert.people_max = 5;
    alert.worker = 41;
    opened.unit([&](Unit& unit) { unit.add(alert); });
    const auto unpublished = [&](WallTime before) {
        return opened.ask([&](View& view) { return view.alerts_unpublished(before, 10).size(); });
    };
    CHECK(unpublished(t0() + 1h) == 0);
    alert.status = AlertStatus::acknowledged;
    alert.reporters = 4;
    alert.unpublished = true;
    alert.acknowledged_by = "token:satgas";
    alert.acknowledged_at = t0() + 5min;
    alert.acknowledged_note = "menuju lokasi";
    alert.calls = Calls::no;
    opened.unit([&](Unit& unit) { unit.update(alert); });
    CHECK(unpublished(t0() - 1ms) == 0);
    CHECK(unpublished(t0()) == 1);
    const auto found = opened.ask([&](View& view) { return view.alert(alert.id); }).value();
    CHECK(found.status == AlertStatus::acknowledged);
    CHECK(found.kind == AlertKind::departure_now);
    CHECK(found.urgency == "Immediate");
    CHECK(found.severity == "Severe");
    CHECK(found.certainty == "Likely");
    CHECK(found.people == 3);
    CHECK(found.people_max == 5);
    CHECK(found.reporters == 4);
    CHECK(found.worker == 41);
    CHECK(found.acknowledged_by == "token:satgas");
    CHECK(found.acknowledged_at == t0() + 5min);
    CHECK(found.acknowledged_note == "menuju lokasi");
    CHECK(found.calls == Calls::no);
    CHECK(opened.ask([](View& view) { return view.ledger().alerts_acknowledged; }) == 1);
    opened.unit([&](Unit& unit) { unit.update(alert); });
    CHECK(opened.ask([](View& view) { return view.ledger().alerts_acknowledged; }) == 1);
    alert.acknowledged_at.reset();
    opened.unit([&](Unit& unit) { unit.update(alert); });
    CHECK(opened.ask([](View& view) { return view.ledger().alerts_acknowledged; }) == 0);
}

TEST_CASE("deliveries: pending ones by endpoint, after an id, when their time has come; dead ones come back flagged") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        unit.add(Event{1, "alert.raised", t0(), "one"});
        for (Id id = 1; id <= 5; ++id) unit.add(Delivery{id, 1, "satgas", DeliveryState::pending, 0, {}, false});
        unit.add(Delivery{6, 1, "bp3mi", DeliveryState::pending, 0, t0() + 1h, false});
    });
    const auto pending = [&](const char* endpoint, Id after, WallTime now, std::size_t limit) {
        std::vector<Id> ids;
        for (const auto& delivery :
             opened.ask([&](View& view) { return view.deliveries_pending(endpoint, after, now, limit); }))
            ids.push_back(delivery.id);
        return ids;
    };
    using Ids = std::vector<Id>;
    CHECK(pending("satgas", 0, t0(), 3) == Ids{1, 2, 3});
    CHECK(pending("satgas", 3, t0(), 3) == Ids{4, 5});
    CHECK(pending("bp3mi", 0, t0(), 3).empty());
    CHECK(pending("bp3mi", 0, t0() + 1h, 3) == Ids{6});
    opened.unit([](Unit& unit) {
        unit.update(Delivery{1, 1, "satgas", DeliveryState::delivered, 0, {}, false});
        unit.update(Delivery{2, 1, "satgas", DeliveryState::dead, 12, {}, false});
        unit.update(Delivery{3, 1, "satgas", DeliveryState::pending, 4, t0() + 5min, false});
    });
    CHECK(pending("satgas", 0, t0(), 9) == Ids{4, 5});
    const auto counts = [&](const char* endpoint) {
        for (const auto& each : opened.ask([](View& view) { return view.endpoint_counts(); })) {
            if (each.endpoint == endpoint) return std::array{each.pending, each.delivered, each.dead};
        }
        return std::array<std::uint64_t, 3>{};
    };
    CHECK(counts("satgas") == std::array<std::uint64_t, 3>{3, 1, 1});
    CHECK(counts("bp3mi") == std::array<std::uint64_t, 3>{1, 0, 0});
    opened.unit([](Unit& unit) {
        CHECK(unit.replay_dead("bp3mi") == 0);
        CHECK(unit.replay_dead("satgas") == 1);
        CHECK(unit.ledger().deliveries[static_cast<std::size_t>(DeliveryState::dead)] == 0);
    });
    CHECK(counts("satgas") == std::array<std::uint64_t, 3>{4, 1, 0});
    const auto replayed = opened.ask([](View& view) { return view.deliveries_pending("satgas", 1, t0(), 1); }).at(0);
    CHECK(replayed.id == 2);
    CHECK(replayed.replayed);
    CHECK(replayed.attempts == 0);
    CHECK(opened.ask([](View& view) { return view.event(1)->body; }) == "one");
    CHECK_FALSE(opened.ask([](View& view) { return view.event(2); }));
    CHECK(opened.ask([](View& view) { return view.ledger(); }) ==
          opened.ask([](View& view) { return view.recount(); }));
}

TEST_CASE("the state of an endpoint is kept and replaced") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        unit.set(EndpointState{"satgas", true, "410 Gone", t0()});
        unit.set(EndpointState{"bp3mi", false, "", {}});
        unit.set(EndpointState{"satgas", false, "", {}});
    });
    const auto states = opened.ask([](View& view) { return view.endpoint_states(); });
    REQUIRE(states.size() == 2);
    CHECK(states[1].name == "satgas");
    CHECK_FALSE(states[1].suspended);
    CHECK_FALSE(states[1].failing_since);
}

TEST_CASE("a reply of an account is asked for by its name, and is none of the others'") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        for (Id id = 1; id <= 3; ++id) {
            auto reply = reply_to(100, id, ReplyState::pending);
            reply.account = id == 1 ? "" : id == 2 ? "box1" : "box2";
            unit.add(reply);
        }
    });
    const auto pending = [&](std::string_view account) {
        return opened.ask([&](View& view) { return view.replies_pending("smpp-a", account, t0(), 10); });
    };
    for (const auto& [account, id] : {std::pair{"", 1}, std::pair{"box1", 2}, std::pair{"box2", 3}}) {
        REQUIRE(pending(account).size() == 1);
        CHECK(pending(account)[0].id == static_cast<Id>(id));
        CHECK(pending(account)[0].account == account);
    }
    CHECK(pending("box3").empty());
    opened.unit([](Unit& unit) {
        auto message = message_of(7);
        message.account = "box1";
        unit.add(message);
    });
    CHECK(opened.ask([](View& view) { return view.message(7).value().account; }) == "box1");
}

TEST_CASE(
    "replies: pending while valid and not held back, found by the provider's id, dropped when their time is over") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        for (Id id = 1; id <= 3; ++id) unit.add(reply_to(100, id, ReplyState::pending));
        unit.add(reply_to(101, 4, ReplyState::sent));
    });
    const auto pending = [&](WallTime now) {
        return opened.ask([&](View& view) { return view.replies_pending("smpp-a", "", now, 10).size(); });
    };
    CHECK(pending(t0()) == 3);
    CHECK(opened.ask([](View& view) { return view.replies_pending("smpp-a", "", t0(), 2).size(); }) == 2);
    CHECK(opened.ask([](View& view) { return view.replies_pending("other", "", t0(), 2).empty(); }));
    opened.unit([](Unit& unit) {
        Reply first = unit.replies_to(100).at(0);
        first.not_before = t0() + 1min;
        unit.update(first);
        Reply second = unit.replies_to(100).at(1);
        second.state = ReplyState::sent;
        second.provider_id = "4f1c";
        unit.update(second);
    });
    CHECK(pending(t0()) == 1);
    CHECK(pending(t0() + 1min) == 2);
    CHECK(pending(t0() + 1h) == 0);
    const auto sent = opened.ask([](View& view) { return view.reply(2); }).value();
    CHECK(sent.provider_id == "4f1c");
    CHECK(sent.id == 2);
    CHECK(sent.message == 100);
    CHECK(sent.state == ReplyState::sent);
    CHECK(sent.to_key == test_vault().lookup("msisdn", "+628400000001"));
    CHECK(test_vault().open(Table::reply, Column::number, 2, sent.to).value().reveal() == "+628400000001");
    opened.unit([](Unit& unit) {
        Reply second = unit.reply(2).value();
        second.state = ReplyState::confirmed;
        unit.update(second);
    });
    CHECK(opened.ask([](View& view) { return view.reply(2)->state; }) == ReplyState::confirmed);

    CHECK_FALSE(opened.ask([](View& view) { return view.replies_expired(t0()); }));
    CHECK(opened.ask([](View& view) { return view.replies_expired(t0() + 1h); }));
    opened.unit([](Unit& unit) { CHECK(unit.drop_expired_replies(10) == 0); });
    opened.advance(1h);
    opened.unit([](Unit& unit) {
        CHECK(unit.drop_expired_replies(1) == 1);
        CHECK(unit.drop_expired_replies(10) == 1);
    });
    const Ledger ledger = opened.ask([](View& view) { return view.ledger(); });
    CHECK(ledger.replies_owed == 4);
    CHECK(ledger.replies == std::array<std::uint64_t, 4>{0, 1, 1, 2});
    CHECK(ledger == opened.ask([](View& view) { return view.recount(); }));
}

TEST_CASE("tokens: a name in use is not taken over, a revoked one may be given again") {
    EVERY_STORE(opened);
    const Token token{"satgas", Role::task_force, "aa", {"53.21", "61"}, t0(), false};
    opened.unit([&](Unit& unit) { unit.add(token); });
    Token other = token;
    other.hash = "bb";
    other.areas.clear();
    CHECK(commit(*opened.store, [&](Unit& unit) { unit.add(other); }) == Committed::poisoned);
    const auto stored = [&] { return opened.ask([](View& view) { return view.tokens(); }).at(0); };
    CHECK(stored().hash == "aa");
    CHECK(stored().areas == std::vector<std::string>{"53.21", "61"});
    opened.unit([](Unit& unit) {
        CHECK(unit.revoke_token("satgas"));
        CHECK_FALSE(unit.revoke_token("satgas"));
        CHECK_FALSE(unit.revoke_token("nobody"));
    });
    CHECK(stored().revoked);
    opened.unit([&](Unit& unit) { unit.add(other); });
    CHECK(stored().hash == "bb");
    CHECK(stored().areas.empty());
    CHECK_FALSE(stored().revoked);
}

TEST_CASE("the audit chain holds over reopening, and over entries of one moment") {
    EVERY_STORE(opened);
    CHECK_FALSE(opened.ask([](View& view) { return view.audit_broken_at(); }));
    for (int i = 0; i < 3; ++i) {
        opened.unit([](Unit& unit) {
            for (const char* action : {"export", "person.add"}) {
                unit.audit(AuditEntry{0, {}, "cli:root", action, "", "reason=uji"});
            }
        });
        opened.reopen();
        CHECK_FALSE(opened.ask([](View& view) { return view.audit_broken_at(); }));
    }
}
