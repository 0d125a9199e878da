// Stores of every released schema, as their programs left them (schemas/*.sql, which are never changed), opened by this
// one.
#include <fstream>
#include <sstream>

#include "tests/support/sqlite_file.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

namespace {

const LookupKey somebody = test_vault().lookup("msisdn", "+628400000001");

/// Everything the schema is made of, and its number.
std::vector<std::string> schema_of(const std::filesystem::path& path) {
    SqliteFile file(path);
    auto found = file.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
    found.push_back(file.rows("PRAGMA user_version").at(0));
    return found;
}

struct Frozen {
    explicit Frozen(int schema) {
        const auto name = std::string(JEJAK_SOURCE_DIR) + "/tests/contract/schemas/schema_" + std::to_string(schema);
        std::ifstream in(name + ".sql");
        REQUIRE(in);
        std::ostringstream sql;
        sql << in.rdbuf();
        SqliteFile(options.file).run(sql.str());
    }
    TempFolder folder;
    SqliteOptions options = options_in(folder);
};

std::string opened(Table table, Column column, Id row, const Sealed& sealed) {
    const auto plain = test_vault().open(table, column, row, sealed);
    return plain ? plain->reveal() : "";
}

/// What every released schema kept.
void check_people_and_reports(View& view) {
    const auto message = view.message(7).value();
    CHECK(opened(Table::message, Column::sender, 7, message.sender) == "+628400000001");
    CHECK(message.fate == Fate::understood);
    CHECK(message.account.empty());
    CHECK(view.message(8)->duplicate_of == 7);
    CHECK(view.message_of_provider("smpp-a", *message.provider_key) == 7);
    CHECK(view.ticket_of(7).has_value());
    CHECK(view.report_of(7)->incident == 41);
    CHECK(view.incident(41)->reporters == 1);
    CHECK(view.alerts_unpublished(t0(), 10).at(0).id == 51);
    const auto official = view.person(test_vault().lookup("msisdn", "+628400000090")).value();
    CHECK(opened(Table::person, Column::number, 21, official.number) == "+628400000090");
    CHECK(view.opted_out(test_vault().lookup("msisdn", "+628400000003")));
    const auto worker = view.worker_with_nik(test_vault().lookup("nik", "6101095506989999")).value();
    CHECK(opened(Table::worker, Column::name, 31, worker.name) == "SITI MISAL");
    CHECK(worker.destination == "KUCHING");
    CHECK(view.trail(31).at(0).place == "ARUK");
    CHECK(view.tokens().at(0).areas == std::vector<std::string>{"61", "53"});
    CHECK_FALSE(view.audit_broken_at());
    CHECK(view.ledger() == view.recount());
    CHECK(view.ledger().received == 6);
}

void check_outbox(View& view, int schema) {
    CHECK(view.event(61)->body == "body");
    const auto owed = view.deliveries_pending("satgas", 0, t0(), 10);
    REQUIRE(owed.size() == 1);
    CHECK(owed[0].attempts == 3);
    CHECK(view.endpoint_states().at(0).suspended);
    const auto pending = view.replies_pending("smpp-a", "", t0(), 10);
    REQUIRE(pending.size() == 1);
    CHECK(pending[0].id == 72);
    CHECK(opened(Table::reply, Column::number, 72, pending[0].to) == "+628400000001");
    CHECK_FALSE(pending[0].uncertain);
    CHECK(view.replies_uncertain("smpp-a", t0(), 10).empty());
    // Ids are compared as receipts spell them; of a reply in parts, only the last id was kept.
    CHECK(view.replies_with_id("smpp-a", "ab", WallTime{}, 10).at(0).id == 71);
    CHECK(view.replies_with_id("smpp-a", "4f1d", WallTime{}, 10).at(0).id == 73);
    CHECK(view.parts_of_reply(73).size() == (schema >= 4 ? 2u : 0u));
}

void check_long_texts(View& view) {
    const auto due = view.assemblies_due(t0() + 90s, 10);
    REQUIRE(due.size() == 2);  // what waited is released in its time; what was released takes no more
    CHECK(due[0].parts == 2);
    CHECK(due[1].parts == 1);
    CHECK(due[0].open());
    CHECK(opened(Table::segment, Column::raw, 4, view.parts(1).at(1).octets) == "lewat jalan ");
    CHECK(view.assembly_by_id(3)->state == Assembly::State::closed);
    CHECK(view.open_texts("", {}).scope == OpenTexts{2, 3});
}

/// The new columns and tables take what they are for.
void use_what_is_new(Store& store) {
    REQUIRE(commit(store, [](Unit& unit) {
                unit.set_state(1, Assembly::State::closed);
                unit.set_state(2, Assembly::State::closed);
                auto message = message_of(1'007);
                message.account = "box1";
                unit.add(message);
                auto reply = reply_to(1'007, 1'071);
                reply.account = "box1";
                reply.uncertain = true;
                unit.add(reply);
                unit.set(ReplyPart{73, 1, 2, "smpp-a", "4F1C", sms::MessageState::unknown});
                Receipt receipt;
                receipt.id = 1'101;
                receipt.channel = "smpp-a";
                receipt.message_id = "4F1D";
                receipt.received_at = t0();
                receipt.match = Receipt::Match::matched;
                receipt.reply = 73;
                unit.add(receipt);
                ReplyPolicy policy;
                policy.number_key = key_of("another");
                policy.calls = Calls::yes;
                policy.watched_until = t0() + 1h;
                unit.set(policy);
                auto alert = unit.alert(51).value();
                alert.calls = Calls::no;
                alert.acknowledged_note = "a note";
                unit.update(alert);
                Dialogue dialogue;
                dialogue.id = 1'091;
                dialogue.person_key = key_of("another");
                dialogue.slot = "people";
                dialogue.opened_at = t0();
                dialogue.expires_at = t0() + 1h;
                unit.add(dialogue);
            }) == Committed::durable);
    const bool all_there = ask(store, [](View& view) {
        CHECK(view.open_texts("", {}).scope == OpenTexts{});
        CHECK(view.message(1'007)->account == "box1");
        CHECK(view.replies_uncertain("smpp-a", t0(), 10).at(0).account == "box1");
        CHECK(view.replies_with_id("smpp-a", "4f1c", WallTime{}, 10).at(0).id == 73);
        CHECK(view.receipts_of(73, 10).at(0).message_id == "4F1D");
        CHECK(view.reply_policy(key_of("another"))->calls == Calls::yes);
        CHECK(view.reply_policy(key_of("another"))->watched_until == t0() + 1h);
        CHECK(view.alert(51)->calls == Calls::no);
        CHECK(view.alert(51)->acknowledged_note == "a note");
        CHECK(view.dialogue_of(key_of("another"), t0())->slot == "people");
        CHECK(view.ledger() == view.recount());
        return true;
    });
    CHECK(all_there);
}

}  // namespace

TEST_CASE("a store of every released schema is brought up to date and loses nothing", "[migration]") {
    const int schema = GENERATE(1, 2, 3, 4);
    CAPTURE(schema);
    const Frozen frozen(schema);
    CHECK_NOTHROW(check_sqlite(frozen.options.file, test_vault()));
    CHECK(SqliteFile(frozen.options.file).rows("PRAGMA user_version") == std::vector{std::to_string(schema)});
    CHECK_THROWS_WITH(open_sqlite_view(frozen.options.file, test_vault()),
                      Catch::Contains("start this version's jejakd once"));
    const auto store = open_sqlite(frozen.options, test_vault());
    const bool all_there = ask(*store, [&](View& view) {
        check_people_and_reports(view);
        check_outbox(view, schema);
        check_long_texts(view);
        if (schema >= 2) {
            CHECK(view.dialogue_of(somebody, t0())->slot == "place");
            const auto session = view.dialogue_of_session(test_vault().lookup("session", "s")).value();
            CHECK(opened(Table::dialogue, Column::state, 92, session.state) == "{}");
            CHECK(view.reply_policy(somebody)->mode == ReplyMode::coded);
            CHECK(view.reply_policy(somebody)->safe_word == test_vault().lookup("word", "hujan"));
            CHECK(view.reply_policy(somebody)->calls == Calls::no);  // "do not call me" is never forgotten
            CHECK_FALSE(view.reply_policy(somebody)->watched_until);
        }
        if (schema >= 3) {
            CHECK(view.receipts_of(71, 10).at(0).destination_key == somebody);
            CHECK(view.receipts_waiting_after(0, 10).at(0).id == 102);
        }
        return true;
    });
    CHECK(all_there);
    use_what_is_new(*store);
    store->close();
    CHECK_NOTHROW(open_sqlite_view(frozen.options.file, test_vault()));
}

TEST_CASE("a store that was brought up to date has the schema of one that began with it", "[migration]") {
    const TempFolder folder;
    SqliteOptions fresh;
    fresh.file = folder / "fresh.db";
    open_sqlite(fresh, test_vault())->close();
    const int schema = GENERATE(1, 2, 3, 4);
    CAPTURE(schema);
    const Frozen frozen(schema);
    open_sqlite(frozen.options, test_vault())->close();
    CHECK(schema_of(frozen.options.file) == schema_of(fresh.file));
}

TEST_CASE("a migration that fails leaves the schema and the rows that were there", "[migration]") {
    struct Row {
        int schema;
        std::string in_the_way;
    };
    const auto row = GENERATE(values<Row>({
        {4, "CREATE VIEW of_calls AS SELECT no_calls AS a, missing AS b FROM reply_policy"},
        {3, "CREATE VIEW reply_part AS SELECT id FROM reply"},
        {3, "CREATE TABLE reply_part (something TEXT)"},
        {3, "CREATE TABLE other (x); CREATE INDEX reply_part_provider ON other (x)"},  // its last statement fails
        {2, "CREATE TABLE receipt (something TEXT)"},
        {1, "CREATE VIEW reply_policy AS SELECT id FROM reply"},
    }));
    CAPTURE(row.schema, row.in_the_way);
    const Frozen frozen(row.schema);
    SqliteFile(frozen.options.file).run(row.in_the_way);
    const auto before = schema_of(frozen.options.file);
    const auto assemblies = SqliteFile(frozen.options.file).rows("SELECT * FROM assembly");
    CHECK_THROWS(open_sqlite(frozen.options, test_vault()));
    CHECK(schema_of(frozen.options.file) == before);
    CHECK(SqliteFile(frozen.options.file).rows("SELECT * FROM assembly") == assemblies);
    // What is in the way gone, the same store goes on.
    const auto kind = row.in_the_way.find("VIEW") != std::string::npos ? "VIEW" : "TABLE";
    const auto name = row.in_the_way.substr(row.in_the_way.find(kind) + std::string(kind).size() + 1);
    SqliteFile(frozen.options.file).run(std::string("DROP ") + kind + " " + name.substr(0, name.find(' ')));
    const auto store = open_sqlite(frozen.options, test_vault());
    CHECK(ask(*store, [](View& view) { return view.ledger() == view.recount(); }));
}

TEST_CASE("a migration that fails keeps what earlier ones did, each whole", "[migration]") {
    const Frozen frozen(1);
    SqliteFile(frozen.options.file).run("CREATE VIEW reply_part AS SELECT id FROM reply");
    CHECK_THROWS(open_sqlite(frozen.options, test_vault()));
    CHECK(SqliteFile(frozen.options.file).rows("PRAGMA user_version") == std::vector<std::string>{"3"});
    SqliteFile(frozen.options.file).run("DROP VIEW reply_part");
    const auto store = open_sqlite(frozen.options, test_vault());
    CHECK(ask(*store, [](View& view) { return view.open_texts("", {}).scope; }) == OpenTexts{2, 3});
}
