#include "gateway/tool/tool.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "storage/ids.hpp"
#include "tests/support/store_fixture.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;
using namespace std::string_view_literals;
using storage::Column;
using storage::Table;

constexpr auto number = "+628400000001";
constexpr auto text = "LAPOR 5 orang lewat jalan tikus dekat Aruk";

struct Ended {
    int exit = 0;
    std::string out, err;

    std::vector<json::object> lines() const {
        std::vector<json::object> all;
        std::istringstream stream(out);
        for (std::string line; std::getline(stream, line);) all.push_back(json::parse(line).as_object());
        return all;
    }
};

Ended jejak(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    const int exit = run(arguments, {in, out, err});
    return {exit, out.str(), err.str()};
}

/// A stopped installation: configuration, keys, and a store with one text, its reply, and a long text of two parts.
class Installation {
public:
    Installation() {
        std::ofstream(folder_ / "jejak.toml")
            << "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"" JEJAK_SOURCE_DIR
               "/deploy/packs/sambas\"\n"
               "[[endpoint]]\nname = \"satgas\"\ntype = \"webhook\"\nurl = \"https://example.org/\"\n"
               "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n"
               "[[token]]\nname = \"fixed\"\nrole = \"task_force\"\nhash = \""
            << std::string(64, 'b') << "\"\n";
        REQUIRE(jejak({"keys", "init", keys()}).exit == exits::ok);
    }

    std::string config() const { return (folder_ / "jejak.toml").string(); }
    std::string keys() const { return (folder_ / "jejak.keys").string(); }

    Ended run_with(std::vector<std::string> arguments, const std::string& input = "") const {
        arguments.insert(arguments.end(), {"--config", config()});
        return jejak(arguments, input);
    }

    /// Does `apply` in the store, which is closed again afterwards.
    void write(const std::function<void(storage::Unit&, const storage::Vault&)>& apply) const {
        const auto vault = storage::Vault::open(keys());
        storage::SqliteOptions options;
        options.file = folder_ / "jejak.db";
        const auto store = storage::open_sqlite(options, vault);
        const auto how = storage::testing::commit(*store, [&](storage::Unit& unit) { apply(unit, vault); });
        store->close();
        REQUIRE(how == storage::Committed::durable);
    }

    void fill() const {
        write([](storage::Unit& unit, const storage::Vault& vault) {
            const auto message = [&](const char* words) {
                storage::Message row;
                row.id = unit.next_id(Table::message);
                row.channel = "operator";
                row.sender_key = vault.lookup("msisdn", number);
                row.sender = vault.seal(Table::message, Column::sender, row.id, number);
                row.destination = vault.seal(Table::message, Column::destination, row.id, "9840");
                row.text = vault.seal(Table::message, Column::text, row.id, words);
                row.received_at = unit.now();
                row.fate = Fate::understood;
                return row;
            };
            const auto whole = message(text);
            unit.add(whole);
            storage::Reply reply;
            reply.id = unit.next_id(Table::reply);
            reply.message = whole.id;
            reply.channel = "operator";
            reply.state = storage::ReplyState::sent;
            reply.text = vault.seal(Table::reply, Column::text, reply.id, "Terima kasih.");
            reply.to = vault.seal(Table::reply, Column::number, reply.id, number);
            unit.add(reply);

            storage::Assembly assembly;
            assembly.id = unit.next_id(Table::segment);
            assembly.key = vault.lookup("test", "assembly");
            assembly.total = 2;
            assembly.first_at = unit.now();
            assembly.state = storage::Assembly::State::complete;
            for (std::uint8_t part = 1; part <= 2; ++part) {
                auto row = message(part == 1 ? "bagian satu " : "bagian dua");
                row.assembly = assembly.id;
                if (part == 1) {
                    assembly.lead = row.id;
                    unit.add(assembly);
                }
                unit.add(row);
                storage::Part one;
                one.message = row.id;
                one.part = part;
                one.content = vault.lookup("part", part == 1 ? "a" : "b");
                unit.add(assembly.id, one);
            }
        });
    }

private:
    storage::testing::TempFolder folder_;
};

}  // namespace

TEST_CASE("the tool's own arguments: help and version end well, anything unknown is usage") {
    struct Case {
        std::vector<std::string> arguments;
        int exit;
        std::string words;  ///< on either stream
    };
    for (const auto& one : std::vector<Case>{
             {{"--help"}, exits::ok, "explain"},
             {{"--version"}, exits::ok, "jejak " JEJAK_VERSION},
             {{"export", "--help"}, exits::ok, "messages"},
             {{}, exits::usage, "subcommand"},
             {{"fly"}, exits::usage, "\"fly\" is no subcommand of jejak; there are explain, ledger"},
             {{"pack", "lnit", "/none"}, exits::usage, "\"lnit\" is no subcommand of pack; there are lint"},
             {{number}, exits::usage, "what was given is no subcommand of jejak"},
             {{"pack", "--help"}, exits::ok, "lint"},
             {{"token", "add", "--config", "/none.toml", "--role", "agent"}, exits::usage, "as NAME or --name"},
             {{"token", "add", "--help"}, exits::ok, "required, in one of the two ways"},
             {{"ledger"}, exits::usage, "--config"},
             {{"ledger", "--config", "/none.toml"}, exits::configuration, "no such file"},
             {{"keys", "rotate"}, exits::unavailable, "not built in this version"},
             {{"backup"}, exits::unavailable, "not built in this version"},
             {{"backup", "--config", "x"}, exits::unavailable, "not built in this version"},
             {{"pack", "lint", "/none"}, exits::negative, ""},
             {{"explain", "--pack", "/none", "LAPOR"}, exits::configuration, "pack"},
             {{"explain", "--pack", "/none"}, exits::usage, "either one text or --jsonl"}}) {
        const auto ended = jejak(one.arguments);
        INFO(ended.out << ended.err);
        CHECK(ended.exit == one.exit);
        CHECK_THAT(ended.out + ended.err, Catch::Contains(one.words));
    }
}

TEST_CASE("help does not ask for the name of a token twice") {
    const auto help = jejak({"token", "add", "--help"}).out;
    for (std::size_t at = help.find("name"); at != help.npos; at = help.find("name", at + 1)) {
        const auto line = help.substr(at, help.find('\n', at) - at);
        CHECK_THAT(line, !Catch::Contains("REQUIRED"));
    }
    CHECK_THAT(jejak({"token", "new"}).out, Catch::StartsWith("jejak_api_"));
}

TEST_CASE("key files are made once") {
    const Installation place;
    const auto again = jejak({"keys", "init", place.keys()});
    CHECK(again.exit == exits::configuration);
    const auto mode = std::filesystem::status(place.keys()).permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a number on the command line is refused and not repeated") {
    const Installation place;
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"person", "add", "--role", "agent", number},
             {"person", "add", "--role", "agent", "--number", number},
             {"person", "add", "--role", "agent", std::string("--number=") + number},
             {"person", "remove", number},
         }) {
        const auto ended = place.run_with(arguments, "+628400000002\n");
        CHECK(ended.exit == exits::usage);
        CHECK_THAT(ended.err, Catch::Contains("standard input, never from the command line"));
        CHECK_THAT(ended.out + ended.err, !Catch::Contains("8400000001"));
    }
    CHECK(place.run_with({"person", "add", "--role", "agent"}).exit == exits::usage);
    CHECK(place.run_with({"person", "add", "--role", "agent"}, "1\n2\n").exit == exits::usage);
    CHECK(place.run_with({"person", "add", "--role", "agent"}, "not a number\n").exit == exits::usage);
}

TEST_CASE("a person is added, listed without the number, revealed with a reason, and removed") {
    const Installation place;
    const auto added = place.run_with({"person", "add", "--role", "village_official", "--place", "61.01.09.2002"},
                                      std::string(number) + "\n");
    INFO(added.err);
    REQUIRE(added.exit == exits::ok);
    const auto id = added.lines().at(0).at("person");

    const auto listed = place.run_with({"person", "list"});
    REQUIRE(listed.lines().size() == 1);
    CHECK(listed.lines()[0].at("person") == id);
    CHECK(listed.lines()[0].at("role") == "village_official");
    CHECK(listed.lines()[0].at("place") == "61.01.09.2002");
    CHECK(listed.lines()[0].at("number").is_null());
    CHECK(listed.lines()[0].at("calls") == "unknown");
    CHECK(listed.lines()[0].at("read_by_others") == false);
    CHECK(place.run_with({"person", "list", "--role", "agent"}).out.empty());

    CHECK(place.run_with({"person", "list", "--reveal"}).exit == exits::usage);
    CHECK(place.run_with({"person", "list", "--reveal", "--reason", "short"}).exit == exits::usage);
    const auto revealed = place.run_with({"person", "list", "--reveal", "--reason", "handover of duty"});
    CHECK(revealed.lines().at(0).at("number") == number);

    CHECK(place.run_with({"person", "remove"}, "+628400000009\n").exit == exits::negative);
    CHECK(place.run_with({"person", "remove"}, "0840 0000 001\n").exit == exits::ok);
    CHECK(place.run_with({"person", "list"}).out.empty());
}

TEST_CASE("how a number is answered is set by its owner's words on standard input, and shown nowhere") {
    const Installation place;
    CHECK(place.run_with({"person", "reply"}, "+628400000001\n").exit == exits::usage);
    CHECK(place.run_with({"person", "reply", "--mode", "full", "+628400000001"}).exit == exits::usage);
    CHECK(place.run_with({"person", "reply", "--mode", "loud"}, "+628400000001\n").exit != exits::ok);
    CHECK(place.run_with({"person", "reply", "--mode", "coded", "--safe-word"}, "+628400000001\n").exit ==
          exits::usage);
    CHECK(place.run_with({"person", "reply", "--mode", "full"}, "+628400000001\nkopi\n").exit == exits::usage);
    const auto set = place.run_with({"person", "reply", "--mode", "coded", "--safe-word", "--duress-word"},
                                    "+628400000001\nKopi\nhujan\n");
    REQUIRE(set.exit == exits::ok);
    CHECK(set.lines().at(0).at("mode") == "coded");
    CHECK(set.lines()[0].at("safe_word") == true);
    CHECK(set.lines()[0].at("duress_word") == true);
    for (const auto* common : {"aman", "saya", "TOLONG"}) {
        CAPTURE(common);
        const auto refused =
            place.run_with({"person", "reply", "--duress-word"}, std::string("+628400000001\n") + common + "\n");
        CHECK(refused.exit == exits::usage);
        CHECK(refused.err.find(common) == std::string::npos);
    }
    CHECK(place.run_with({"person", "reply", "--show", "--clear"}, "+628400000001\n").exit == exits::usage);
    const auto shown = place.run_with({"person", "reply", "--show"}, "+628400000001\n");
    REQUIRE(shown.exit == exits::ok);
    CHECK(shown.lines().at(0).at("mode") == "coded");
    CHECK(shown.lines()[0].at("calls") == "unknown");
    CHECK(shown.lines()[0].at("read_by_others_until").is_null());
    CHECK(shown.lines()[0].at("no_answer_until").is_null());
    CHECK(place.run_with({"person", "reply", "--phone-safe"}, "+628400000001\n").exit == exits::ok);
    CHECK(set.out.find("opi") == std::string::npos);
    CHECK(set.out.find("8400") == std::string::npos);
    const auto cleared = place.run_with({"person", "reply", "--clear"}, "+628400000001\n");
    REQUIRE(cleared.exit == exits::ok);
    CHECK(cleared.lines().at(0).at("mode").is_null());
    CHECK(cleared.lines()[0].at("safe_word") == false);
    CHECK(place.run_with({"audit", "verify"}).exit == exits::ok);
}

TEST_CASE("an export without --reveal has neither number nor text") {
    const Installation place;
    place.fill();
    const auto ended = place.run_with({"export", "messages"});
    INFO(ended.err);
    REQUIRE(ended.exit == exits::ok);
    CHECK_THAT(ended.out, !Catch::Contains("8400000001") && !Catch::Contains("9840") && !Catch::Contains("tikus") &&
                              !Catch::Contains("bagian") && !Catch::Contains("Terima"));
    const auto lines = ended.lines();
    REQUIRE(lines.size() == 4);
    for (const auto& line : lines) {
        for (const auto* key : {"message", "channel", "direction", "from", "to", "text", "received_at", "fate"})
            CHECK(line.contains(key));
        for (const auto* key : {"from", "to", "text"}) CHECK(line.at(key).is_null());
    }
    CHECK(lines[0].at("direction") == "in");
    CHECK(lines[0].at("fate") == "understood");
    CHECK(lines[1].at("direction") == "out");
    CHECK(lines[1].at("fate") == "sent");
    CHECK(lines[1].at("message") == lines[0].at("message"));
    for (const auto* what : {"reports", "workers", "alerts"}) CHECK(place.run_with({"export", what}).exit == exits::ok);
}

TEST_CASE("a revealing export needs a reason, and shows every part of a long text on a line of its own") {
    const Installation place;
    place.fill();
    CHECK(place.run_with({"export", "messages", "--reveal"}).exit == exits::usage);
    CHECK(place.run_with({"export", "messages", "--reveal", "--reason", "1234567"}).exit == exits::usage);
    CHECK(place.run_with({"export", "messages", "--reason", "long enough"}).exit == exits::usage);
    const auto ended = place.run_with({"export", "messages", "--reveal", "--reason", "12345678"});
    INFO(ended.err);
    REQUIRE(ended.exit == exits::ok);
    const auto lines = ended.lines();
    REQUIRE(lines.size() == 4);
    CHECK(lines[0].at("from") == number);
    CHECK(lines[0].at("to") == "9840");
    CHECK(lines[0].at("text") == text);
    CHECK_FALSE(lines[0].contains("segment"));
    CHECK(lines[1].at("from") == "9840");
    CHECK(lines[1].at("to") == number);
    CHECK(lines[1].at("text") == "Terima kasih.");
    for (std::size_t part = 1; part <= 2; ++part) {
        const auto& line = lines[part + 1];
        CHECK(line.at("text") == (part == 1 ? "bagian satu " : "bagian dua"));
        const auto& whole = lines[2].at("message");
        CHECK(line.at("segment") == json::value({{"part", part}, {"total", 2}, {"came", 2}, {"whole", whole}}));
    }
}

TEST_CASE("M1, M6, C4: what was remarked of a message is exported, and its octets to whoever may read them",
          "[M1][M6][C4]") {
    const Installation place;
    constexpr auto octets = "\x00\xFFTOLONG"sv;
    place.write([&](storage::Unit& unit, const storage::Vault& vault) {
        storage::Message row;
        row.channel = "operator";
        row.received_at = unit.now();
        row.fate = Fate::quarantined;
        const auto add = [&](sms::Remarks remarks, std::string_view raw) {
            row.id = unit.next_id(Table::message);
            row.remarks = remarks;
            row.raw = raw.empty() ? storage::Sealed() : vault.seal(Table::message, Column::raw, row.id, raw);
            unit.add(row);
        };
        add(0, {});
        add(static_cast<sms::Remarks>(sms::Remark::binary), octets);
        add(0xFFFF, "\x05");
        storage::Assembly assembly;
        assembly.id = unit.next_id(Table::segment);
        assembly.lead = row.id + 1;
        assembly.total = 2;
        unit.add(assembly);
        row.assembly = assembly.id;
        add(0, {});
        storage::Part part;
        part.message = row.id;
        part.part = 1;
        part.octets = vault.seal(Table::segment, Column::raw, row.id, "bagian");
        unit.add(assembly.id, part);
    });
    const auto closed = place.run_with({"export", "messages"});
    INFO(closed.err);
    REQUIRE(closed.lines().size() == 4);
    for (const auto& line : closed.lines()) CHECK(line.at("raw").is_null());
    CHECK(closed.lines()[1].at("remarks") == json::array{"binary"});
    const auto lines = place.run_with({"export", "messages", "--reveal", "--reason", "12345678"}).lines();
    REQUIRE(lines.size() == 4);
    CHECK(lines[0].at("remarks") == json::array{});
    CHECK(lines[0].at("raw").is_null());
    CHECK(lines[1].at("remarks") == json::array{"binary"});
    CHECK(lines[1].at("raw") == "00ff544f4c4f4e47");
    CHECK(lines[2].at("remarks") == json::array{"truncated", "trailing", "flash", "binary", "both_texts", "bad_tlv",
                                                "stray_segment", "bad_udh", "partial", "undecodable", "replaced",
                                                "stray_ussd", "unknown_table", "guessed", "unannounced_udh",
                                                "total_differs"});
    CHECK(lines[2].at("raw") == "05");
    CHECK(lines[3].at("raw") == "62616769616e");
}

TEST_CASE("nothing is revealed when the reveal cannot be recorded") {
    const Installation place;
    place.fill();
    const auto vault = storage::Vault::open(place.keys());
    storage::SqliteOptions options;
    options.file = std::filesystem::path(place.config()).parent_path() / "jejak.db";
    const auto holder = storage::open_sqlite(options, vault);  // locks the store, and listens on no socket
    const auto ended = place.run_with({"export", "messages", "--reveal", "--reason", "long enough"});
    CHECK(ended.exit == exits::unavailable);
    CHECK(ended.out.empty());
    CHECK(place.run_with({"export", "messages"}).exit == exits::ok);
    holder->close();
}

TEST_CASE("the ledger counts what is stored, and balances") {
    const Installation place;
    CHECK(place.run_with({"ledger"}).exit == exits::unavailable);
    place.fill();
    const auto ended = place.run_with({"ledger", "--verify"});
    INFO(ended.out << ended.err);
    REQUIRE(ended.exit == exits::ok);
    CHECK(ended.lines().at(0) == json::parse("{\"received\":3,\"fates\":{\"understood\":3,\"clarifying\":0,\"unclear\":"
                                             "0,\"quarantined\":0,\"duplicate\":0,"
                                             "\"waiting_segments\":0},\"alerts\":{\"raised\":0,\"acknowledged\":0},"
                                             "\"deliveries\":{\"owed\":0,\"delivered\":0,"
                                             "\"pending\":0,\"dead\":0},\"replies\":{\"owed\":1,\"sent\":1,"
                                             "\"confirmed\":0,\"dropped\":0,\"pending\":0}}")
                                     .as_object());
}

TEST_CASE("a token's hash is its SHA-256 and only that is stored") {
    // source: FIPS 180-2, appendix B.1
    const auto hashed = jejak({"token", "hash"}, "abc\n");
    CHECK(hashed.exit == exits::ok);
    CHECK(hashed.out == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
    CHECK(jejak({"token", "hash"}, "\n").exit == exits::usage);

    const Installation place;
    const auto added = place.run_with({"token", "add", "--name", "satgas", "--role", "task_force", "--area", "61.01"});
    INFO(added.err);
    REQUIRE(added.exit == exits::ok);
    const std::string token = added.out.substr(0, added.out.size() - 1);
    CHECK_THAT(token, Catch::Matches("jejak_satgas_[A-Za-z0-9_-]{43}"));
    const auto vault = storage::Vault::open(place.keys());
    const auto view =
        storage::open_sqlite_view(std::filesystem::path(place.config()).parent_path() / "jejak.db", vault);
    REQUIRE(view->tokens().size() == 1);
    CHECK(view->tokens()[0].hash + "\n" == jejak({"token", "hash"}, added.out).out);

    CHECK(place.run_with({"token", "add", "satgas", "--role", "task_force"}).exit == exits::negative);
    CHECK(place.run_with({"token", "add", "fixed", "--role", "task_force"}).exit == exits::negative);
    CHECK(place.run_with({"token", "revoke", "fixed"}).exit == exits::negative);
    const auto listed = place.run_with({"token", "list"});
    REQUIRE(listed.lines().size() == 2);
    CHECK_THAT(listed.out, !Catch::Contains(token));
    CHECK(place.run_with({"token", "revoke", "satgas"}).exit == exits::ok);
    CHECK(place.run_with({"token", "revoke", "satgas"}).exit == exits::negative);
    CHECK(jejak({"token", "new"}).out != jejak({"token", "new"}).out);
}

TEST_CASE("endpoints are listed with what they are owed, and take commands") {
    const Installation place;
    CHECK(place.run_with({"endpoint", "test", "satgas"}).exit == exits::ok);
    CHECK(place.run_with({"endpoint", "test", "nobody"}).exit == exits::negative);
    auto listed = place.run_with({"endpoint", "list"});
    INFO(listed.err);
    REQUIRE(listed.lines().size() == 1);
    CHECK(listed.lines()[0].at("endpoint") == "satgas");
    CHECK(listed.lines()[0].at("state") == "active");
    CHECK(listed.lines()[0].at("pending") == 1);

    place.write([](storage::Unit& unit, const storage::Vault&) { unit.set({"satgas", true, "gone", unit.now()}); });
    CHECK(place.run_with({"endpoint", "list"}).lines().at(0).at("state") == "suspended");
    CHECK(place.run_with({"endpoint", "resume", "satgas"}).exit == exits::ok);
    CHECK(place.run_with({"endpoint", "list"}).lines().at(0).at("state") == "active");
    CHECK(place.run_with({"endpoint", "replay", "satgas"}).lines().at(0).at("replayed") == 0);
}

}  // namespace jejak::tool
