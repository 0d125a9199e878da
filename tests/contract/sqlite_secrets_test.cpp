// What somebody with the SQLite file, but without the keys, can learn or change.
#include <fstream>
#include <sstream>

#include "tests/support/sqlite_file.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

namespace {

void tamper(const std::filesystem::path& file, const char* sql) {
    SqliteFile past(file);
    past.run(sql);
    CHECK(past.changes() > 0);
}

std::string utf16(std::string_view text, bool little) {
    std::string wide;
    for (const char octet : text) {
        if (little) wide += octet;
        wide += '\0';
        if (!little) wide += octet;
    }
    return wide;
}

std::string hex(std::string_view text, const char* digits) {
    std::string spelt;
    for (const char octet : text) {
        spelt += digits[static_cast<unsigned char>(octet) >> 4];
        spelt += digits[static_cast<unsigned char>(octet) & 15];
    }
    return spelt;
}

/// Base64 of what lies inside `text` whatever stands before it: its three alignments, without the ends.
std::vector<std::string> base64(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<std::string> spelt(3);
    for (std::size_t skip = 0; skip < 3; ++skip) {
        for (std::size_t i = skip; i + 3 <= text.size(); i += 3) {
            unsigned bits = 0;
            for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | static_cast<unsigned char>(text[i + k]);
            for (int shift = 18; shift >= 0; shift -= 6) spelt[skip] += letters[(bits >> shift) & 63];
        }
    }
    return spelt;
}

std::string swapped_semi_octets(std::string_view digits) {
    std::string packed;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = i + 1 < digits.size() ? digits[i + 1] - '0' : 15;
        packed += static_cast<char>(high << 4 | (digits[i] - '0'));
    }
    return packed;
}

std::string every_octet(const TempFolder& folder) {
    std::ostringstream all;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        std::ifstream file(entry.path(), std::ios::binary);
        if (entry.file_size() > 0) all << file.rdbuf();
    }
    return all.str();
}

}  // namespace

TEST_CASE("canary: no number, name or text stands in the files in any spelling") {
    const TempFolder folder;
    const Vault& vault = test_vault();
    const std::string number = "628400000987", text = "CANARY-8b1e dibawa ke pelabuhan", name = "Kenari Uji",
                      nik = "5321064107990123", place = "Kampung Kenari";
    const auto store = open_sqlite(options_in(folder), vault);
    REQUIRE(commit(*store, [&](Unit& unit) {
                Message message = message_of(1);
                message.sender_key = vault.lookup("msisdn", "+" + number);
                message.sender = vault.seal(Table::message, Column::sender, 1, "+" + number);
                message.text = vault.seal(Table::message, Column::text, 1, text);
                message.raw = vault.seal(Table::message, Column::raw, 1, utf16(text, false));
                message.fingerprint = vault.lookup("fingerprint", text);
                message.provider_key = vault.lookup("provider", number);
                unit.add(message);
                unit.mark_uncertain(t0());
                unit.set_opted_out(message.sender_key, true);
                Reply reply = reply_to(1, 1);
                reply.to_key = message.sender_key;
                reply.to = vault.seal(Table::reply, Column::number, 1, "+" + number);
                reply.text = vault.seal(Table::reply, Column::text, 1, text);
                unit.add(reply);
                unit.add(Person{1, message.sender_key, vault.seal(Table::person, Column::number, 1, "+" + number),
                                Role::villager, "53.21", t0()});
                Worker worker;
                worker.id = 1;
                worker.name = vault.seal(Table::worker, Column::name, 1, name);
                worker.nik = vault.seal(Table::worker, Column::nik, 1, nik);
                worker.nik_key = vault.lookup("nik", nik);
                worker.owner_key = message.sender_key;
                worker.destination = place;
                unit.add(worker);
                unit.add(TrailEvent{0, 1, 1, Intent::departed, place, false, t0()});
                unit.add(Event{0, "alert.raised", t0(), text + number + name});
                Alert alert = alert_of(1);
                alert.acknowledged_note = text;
                unit.add(alert);
                unit.audit(AuditEntry{0, t0(), "cli:root", "reveal", "", "number=" + number});
                // What is removed or replaced must not linger either.
                unit.remove_person(message.sender_key);
            }) == Committed::durable);
    const bool closed = GENERATE(false, true);
    if (closed) store->close();
    const std::string octets = every_octet(folder);
    REQUIRE(octets.size() > 4'096);
    CHECK(octets.find("smpp-a") != std::string::npos);  // the search works
    const auto absent = [&](const std::string& needle) { return octets.find(needle) == std::string::npos; };
    for (const std::string& secret : {number, text, name, nik, place, std::string("CANARY"), std::string("00000987")}) {
        INFO(secret);
        CHECK(absent(secret));
        CHECK(absent(utf16(secret, true)));
        CHECK(absent(utf16(secret, false)));
        CHECK(absent(hex(secret, "0123456789abcdef")));
        CHECK(absent(hex(secret, "0123456789ABCDEF")));
        for (const auto& spelt : base64(secret)) CHECK((spelt.size() < 6 || absent(spelt)));
    }
    CHECK(absent(swapped_semi_octets(number)));
    CHECK(absent(swapped_semi_octets(nik)));
}

TEST_CASE("a sealed value moved to another row does not open") {
    const TempFolder folder;
    const auto options = options_in(folder);
    REQUIRE(commit(*open_sqlite(options, test_vault()), [](Unit& unit) {
                unit.add(message_of(1));
                unit.add(message_of(2));
                unit.add(Event{1, "alert.raised", t0(), "one"});
                unit.add(Event{2, "alert.raised", t0(), "two"});
            }) == Committed::durable);
    tamper(options.file, "UPDATE message SET text = (SELECT text FROM message WHERE id = 1) WHERE id = 2");
    tamper(options.file, "UPDATE message SET sender = text WHERE id = 1");
    tamper(options.file, "UPDATE event SET body = (SELECT body FROM event WHERE id = 1) WHERE id = 2");
    const auto store = open_sqlite(options, test_vault());
    const auto one = ask(*store, [](View& view) { return view.message(1); }).value();
    const auto two = ask(*store, [](View& view) { return view.message(2); }).value();
    CHECK(test_vault().open(Table::message, Column::text, 1, one.text));
    CHECK_FALSE(test_vault().open(Table::message, Column::sender, 1, one.sender));
    CHECK_FALSE(test_vault().open(Table::message, Column::text, 2, two.text));
    CHECK(ask(*store, [](View& view) { return view.event(1)->body; }) == "one");
    CHECK_FALSE(ask(*store, [](View& view) { return view.event(2); }));
}

TEST_CASE("a changed, removed, moved or added audit entry shows at its place") {
    const TempFolder folder;
    const auto options = options_in(folder);
    REQUIRE(commit(*open_sqlite(options, test_vault()), [](Unit& unit) {
                for (Id id = 1; id <= 5; ++id) {
                    unit.audit(AuditEntry{id, t0(), "cli:root", "export", "object", "reason=" + std::to_string(id)});
                }
            }) == Committed::durable);
    struct Case {
        const char* sql;
        Id broken;
    };
    const auto [sql, broken] = GENERATE(values<Case>({
        {"UPDATE audit SET at = at + 1 WHERE id = 3", 3},
        {"UPDATE audit SET actor = 'cli:nobody' WHERE id = 1", 1},
        {"UPDATE audit SET action = 'look' WHERE id = 3", 3},
        {"UPDATE audit SET object = '' WHERE id = 5", 5},
        {"UPDATE audit SET action = 'expor', object = 'tobject' WHERE id = 2", 2},
        {"UPDATE audit SET details = (SELECT details FROM audit WHERE id = 1) WHERE id = 2", 2},
        {"UPDATE audit SET details = x'' WHERE id = 4", 4},
        {"UPDATE audit SET salt = zeroblob(32) WHERE id = 4", 4},
        {"UPDATE audit SET commitment = zeroblob(32) WHERE id = 4", 4},
        {"UPDATE audit SET hash = zeroblob(32) WHERE id = 4", 4},
        {"DELETE FROM audit WHERE id = 3", 4},
        {"DELETE FROM audit WHERE id = 1", 2},
        {"UPDATE audit SET id = 9 WHERE id = 3", 4},
        {"INSERT INTO audit SELECT 6, at, actor, action, object, details, salt, commitment, hash FROM audit WHERE id = "
         "5",
         6},
    }));
    INFO(sql);
    tamper(options.file, sql);
    const auto store = open_sqlite(options, test_vault());
    CHECK(ask(*store, [](View& view) { return view.audit_broken_at(); }) == broken);
}
