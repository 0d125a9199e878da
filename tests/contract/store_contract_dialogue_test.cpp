// What every store keeps of conversations, and of how numbers are to be answered.
#include "tests/support/store_factories.hpp"
#include "tests/support/store_fixture.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

namespace {

const LookupKey somebody = test_vault().lookup("msisdn", "+628400000001");
const LookupKey another = test_vault().lookup("msisdn", "+628400000002");

Dialogue dialogue_of(Id id, const LookupKey& person, WallTime expires) {
    Dialogue row;
    row.id = id;
    row.person_key = person;
    row.channel = "smpp-a";
    row.form = "report";
    row.slot = "place";
    row.asked = 1;
    row.message = 7;
    row.state = test_vault().seal(Table::dialogue, Column::state, id, "{}");
    row.opened_at = t0();
    row.expires_at = expires;
    return row;
}

void check_same(const Dialogue& one, const Dialogue& other) {
    CHECK(one.id == other.id);
    CHECK(one.person_key == other.person_key);
    CHECK(one.way == other.way);
    CHECK(one.session_key == other.session_key);
    CHECK(one.channel == other.channel);
    CHECK(one.form == other.form);
    CHECK(one.slot == other.slot);
    CHECK(one.asked == other.asked);
    CHECK(one.message == other.message);
    CHECK(one.state == other.state);
    CHECK(one.opened_at == other.opened_at);
    CHECK(one.expires_at == other.expires_at);
}

}  // namespace

TEST_CASE("a conversation is read back as it was written, changed and ended") {
    EVERY_STORE(opened);
    auto row = dialogue_of(11, somebody, t0() + 2h);
    auto session = dialogue_of(12, another, t0() + 2h);
    session.way = Dialogue::Way::ussd;
    session.session_key = key_of("session");
    opened.unit([&](Unit& unit) {
        unit.add(row);
        unit.add(session);
    });
    const auto of = [&](const LookupKey& person, WallTime now) {
        return opened.ask([&](View& view) { return view.dialogue_of(person, now); });
    };
    check_same(of(somebody, t0()).value(), row);
    check_same(of(another, t0()).value(), session);
    check_same(opened.ask([](View& view) { return view.dialogue_of_session(key_of("session")); }).value(), session);
    CHECK_FALSE(opened.ask([](View& view) { return view.dialogue_of_session(key_of("other")); }));
    CHECK_FALSE(of(somebody, t0() + 2h));  // over at that moment

    row.slot = "people";
    row.asked = 2;
    row.expires_at = t0() + 4h;
    opened.unit([&](Unit& unit) { unit.update(row); });
    opened.reopen();
    check_same(of(somebody, t0() + 3h).value(), row);
    opened.unit([&](Unit& unit) {
        unit.end_dialogue(row.id);
        unit.end_dialogue(row.id);  // ending what is over already changes nothing
    });
    CHECK_FALSE(of(somebody, t0()));
    CHECK(of(another, t0()));
}

TEST_CASE("the latest conversation of a person is the open one, and ids go on above it") {
    EVERY_STORE(opened);
    Id fresh = 0;
    opened.unit([&](Unit& unit) {
        unit.add(dialogue_of(11, somebody, t0() + 2h));
        unit.add(dialogue_of(12, somebody, t0() + 1h));
        auto unnumbered = dialogue_of(0, another, t0() + 1h);
        unit.add(unnumbered);
    });
    const auto open_at = [&](WallTime now) {
        return opened.ask([&](View& view) { return view.dialogue_of(somebody, now); }).value().id;
    };
    CHECK(open_at(t0()) == 12);
    opened.unit([](Unit& unit) {
        auto session = dialogue_of(13, somebody, t0() + 2h);
        session.way = Dialogue::Way::ussd;
        unit.add(session);
    });
    CHECK(open_at(t0()) == 13);
    const auto by_sms = [](View& view) { return view.dialogue_of(somebody, t0(), Dialogue::Way::sms); };
    CHECK(opened.ask(by_sms).value().id == 12);
    opened.unit([](Unit& unit) { unit.end_dialogue(13); });
    CHECK(open_at(t0() + 90min) == 11);
    const auto given = opened.ask([](View& view) { return view.dialogue_of(another, t0()); }).value().id;
    opened.reopen();
    opened.unit([&](Unit& unit) { fresh = unit.next_id(Table::dialogue); });
    CHECK(fresh > given);
}

TEST_CASE("expired conversations come longest expired first, few at a time, by the way they went") {
    EVERY_STORE(opened);
    opened.unit([&](Unit& unit) {
        unit.add(dialogue_of(11, somebody, t0() + 2h));
        unit.add(dialogue_of(12, another, t0() + 1h));
        auto session = dialogue_of(13, another, t0());
        session.way = Dialogue::Way::ussd;
        unit.add(session);
    });
    const auto expired = [&](WallTime now, std::size_t limit, std::optional<Dialogue::Way> way) {
        std::vector<Id> ids;
        for (const auto& row : opened.ask([&](View& view) { return view.dialogues_expired(now, limit, way); }))
            ids.push_back(row.id);
        return ids;
    };
    CHECK(expired(t0() - 1ms, 9, {}).empty());
    CHECK(expired(t0() + 2h, 9, {}) == std::vector<Id>{13, 12, 11});
    CHECK(expired(t0() + 2h, 2, {}) == std::vector<Id>{13, 12});
    CHECK(expired(t0() + 2h, 9, Dialogue::Way::sms) == std::vector<Id>{12, 11});
    CHECK(expired(t0() + 2h, 9, Dialogue::Way::ussd) == std::vector<Id>{13});
}

TEST_CASE("changing a conversation that is over is a misuse, and rolls back") {
    EVERY_STORE(opened);
    CHECK(commit(*opened.store, [](Unit& unit) {
              unit.add(message_of(9));
              unit.update(dialogue_of(11, somebody, t0()));
          }) != Committed::durable);
    CHECK_FALSE(opened.ask([](View& view) { return view.message(9); }));
}

TEST_CASE("how a number is answered is one row, replaced as a whole") {
    EVERY_STORE(opened);
    const auto policy = [&] { return opened.ask([](View& view) { return view.reply_policy(somebody); }); };
    CHECK_FALSE(policy());
    ReplyPolicy row;
    row.number_key = somebody;
    row.mode = ReplyMode::coded;
    row.safe_word = key_of("kopi");
    row.duress_word = key_of("hujan");
    row.calls = Calls::no;
    row.help_until = t0() + 1h;
    row.watched_until = t0() + 2h;
    row.quiet_until = t0() + 3h;
    row.changed_at = t0();
    opened.unit([&](Unit& unit) { unit.set(row); });
    opened.reopen();
    auto found = policy().value();
    CHECK(found.number_key == somebody);
    CHECK(found.mode == ReplyMode::coded);
    CHECK(found.safe_word == row.safe_word);
    CHECK(found.duress_word == row.duress_word);
    CHECK(found.calls == Calls::no);
    CHECK(found.help_until == row.help_until);
    CHECK(found.watched_until == row.watched_until);
    CHECK(found.quiet_until == row.quiet_until);
    CHECK(found.changed_at == t0());
    row = ReplyPolicy{};
    row.number_key = somebody;
    opened.unit([&](Unit& unit) { unit.set(row); });
    found = policy().value();
    CHECK_FALSE(found.mode);
    CHECK_FALSE(found.safe_word);
    CHECK_FALSE(found.duress_word);
    CHECK(found.calls == Calls::unknown);
    CHECK_FALSE(found.help_until);
    CHECK_FALSE(found.watched_until);
    CHECK_FALSE(found.quiet_until);
    CHECK_FALSE(opened.ask([](View& view) { return view.reply_policy(another); }));
}

TEST_CASE("one question tells what there is to know of a number") {
    EVERY_STORE(opened);
    const auto bits = [&](const LookupKey& number, WallTime now = t0()) {
        const auto met = opened.ask([&](View& view) { return view.acquaintance(number, now); });
        return std::string(met.person ? "p" : "-") + (met.opted_out ? "o" : "-") + (met.policy ? "r" : "-") +
               (met.dialogue ? "d" : "-");
    };
    CHECK(bits(somebody) == "----");
    Person person;
    person.id = 3;
    person.number_key = somebody;
    person.number = test_vault().seal(Table::person, Column::number, 3, "+628400000001");
    opened.unit([&](Unit& unit) { unit.add(person); });
    CHECK(bits(somebody) == "p---");
    opened.unit([&](Unit& unit) {
        unit.set_opted_out(another, true);
        ReplyPolicy policy;
        policy.number_key = somebody;
        unit.set(policy);
        unit.add(dialogue_of(11, another, t0() + 1h));
    });
    CHECK(bits(somebody) == "p-r-");
    CHECK(bits(another) == "-o-d");
    CHECK(bits(another, t0() + 1h) == "-o--");
    opened.unit([&](Unit& unit) {
        unit.add(dialogue_of(12, somebody, t0() + 1h));
        unit.set_opted_out(somebody, true);
    });
    CHECK(bits(somebody) == "pord");
}

TEST_CASE("a message's text grows with its session") {
    EVERY_STORE(opened);
    const auto longer = test_vault().seal(Table::message, Column::text, 7, "1 > 2 > Sebunga");
    const auto other = message_of(8);
    opened.unit([&](Unit& unit) {
        unit.add(message_of(7));
        unit.add(other);
    });
    opened.unit([&](Unit& unit) { unit.set_text(7, longer); });
    CHECK(opened.ask([](View& view) { return view.message(7); }).value().text == longer);
    CHECK(opened.ask([](View& view) { return view.message(8); }).value().text == other.text);
    CHECK(commit(*opened.store, [&](Unit& unit) { unit.set_text(99, longer); }) != Committed::durable);
}

TEST_CASE("an incident is found by the number behind its reference") {
    EVERY_STORE(opened);
    Incident incident;
    incident.id = 5;
    incident.number = 41;
    incident.group = "departure/1f3c";
    opened.unit([&](Unit& unit) { unit.add(incident); });
    incident.group = "departure";
    incident.village = "61.01.09.2002";
    opened.unit([&](Unit& unit) { unit.update(incident); });
    const auto found = opened.ask([](View& view) { return view.incident_numbered(41); }).value();
    CHECK(found.id == 5);
    CHECK(found.group == "departure");
    CHECK(found.village == "61.01.09.2002");
    CHECK(opened.ask([](View& view) { return view.incident_near("departure", "61.01.09.2002", WallTime{}); }));
    CHECK_FALSE(opened.ask([](View& view) { return view.incident_numbered(42); }));
}

TEST_CASE("names of reply modes go both ways") {
    for (const auto* name : {"silent", "neutral", "cover", "coded", "full"}) {
        CHECK(to_string(parse_reply_mode(name).value()) == name);
    }
    CHECK_FALSE(parse_reply_mode("loud"));
    CHECK_FALSE(parse_reply_mode(""));
}
