#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/tool/tool.hpp"
#include "tests/support/store_fixture.hpp"

namespace jejak::tool {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using storage::Column;
using storage::Table;

constexpr auto sambas = JEJAK_SOURCE_DIR "/deploy/packs/sambas";
constexpr auto number = "+628400000001";

struct Ended {
    int exit = 0;
    std::string out, err;
};

Ended jejak(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    const int exit = run(arguments, {in, out, err});
    return {exit, out.str(), err.str()};
}

std::vector<json::object> objects(const std::string& lines) {
    std::vector<json::object> all;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) all.push_back(json::parse(line).as_object());
    return all;
}

/// A stopped installation with messages in its store, and another pack that knows one word more.
class Installation {
public:
    Installation() {
        std::ofstream(folder_ / "jejak.toml")
            << "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"p\"\n";
        REQUIRE(jejak({"keys", "init", (folder_ / "jejak.keys").string()}).exit == exits::ok);
        fs::copy(JEJAK_SOURCE_DIR "/deploy/packs", folder_ / "packs", fs::copy_options::recursive);
        std::ofstream(folder_ / "packs/sambas/private.toml")
            << "[[intent]]\nname = \"report\"\naliases = [\"zalapo\"]\n"
               "[[place]]\ncode = \"61.01.09.2900\"\nname = \"Zabrakan\"\nlatitude = 1.6\nlongitude = 109.6\n";
    }

    std::string config() const { return (folder_ / "jejak.toml").string(); }
    std::string other_pack() const { return (folder_ / "packs/sambas").string(); }

    void receive(const std::vector<std::string>& texts, sms::Remarks remarks = 0) const {
        const auto vault = storage::Vault::open(folder_ / "jejak.keys");
        storage::SqliteOptions options;
        options.file = folder_ / "jejak.db";
        const auto store = storage::open_sqlite(options, vault);
        const auto how = storage::testing::commit(*store, [&](storage::Unit& unit) {
            for (const auto& text : texts) {
                storage::Message row;
                row.id = unit.next_id(Table::message);
                row.channel = "operator";
                row.sender_key = vault.lookup("msisdn", number);
                row.sender = vault.seal(Table::message, Column::sender, row.id, number);
                row.text = vault.seal(Table::message, Column::text, row.id, text);
                row.received_at = unit.now();
                row.fate = Fate::understood;
                row.remarks = remarks;
                unit.add(row);
            }
        });
        store->close();
        REQUIRE(how == storage::Committed::durable);
    }

private:
    storage::testing::TempFolder folder_;
};

}  // namespace

TEST_CASE("pack diff tells which stored messages change, and nothing that was said") {
    const Installation place;
    place.receive({"lapor 5 org lewat jalan tikus dkt aruk", "zalapo 4 org ditampung di zabrakan", "apa kabar"});
    const auto same = jejak({"pack", "diff", sambas, sambas, "--config", place.config()});
    CHECK(same.exit == exits::ok);
    CHECK(same.out == "3 messages read; 0 would be understood differently\n");

    const auto other = jejak({"pack", "diff", sambas, place.other_pack(), "--config", place.config()});
    CHECK(other.exit == exits::ok);
    CHECK_THAT(other.out, Catch::Contains("  place: - -> 61.01.09.2900"));
    CHECK_THAT(other.out, Catch::Contains("3 messages read; 1 would be understood differently: "));
    CHECK_THAT(other.out, Catch::Contains("place 1"));
    for (const auto secret : {"zalapo", "Zabrakan", "zabrakan", "8400000001", "ditampung", "org"})
        CHECK_THAT(other.out + other.err, !Catch::Contains(secret));
}

TEST_CASE("pack diff reads no answer by itself, and no menu as a text") {
    const Installation place;
    place.receive({"lapor 5 org lewat jalan tikus dkt aruk"});
    place.receive({"zalapo 4 org", "zabrakan"}, sms::Remarks{} | sms::Remark::menu);
    place.receive({"zabrakan"}, sms::Remarks{} | sms::Remark::answer);
    const auto ended = jejak({"pack", "diff", sambas, place.other_pack(), "--config", place.config()});
    CHECK(ended.exit == exits::ok);
    CHECK(ended.out ==
          "1 messages read; 0 would be understood differently\n"
          "3 left out: answers, and what was chosen in menus, are not read by themselves\n");
}

TEST_CASE("pack diff compares flags, indicators and what would be asked") {
    const Installation place;
    std::ofstream(fs::path(place.other_pack()) / "more.toml")
        << "[[flag]]\nname = \"violence\"\nwords = [\"zagebuk\"]\n";
    place.receive({"lapor sy di zagebuk agen"});
    const auto ended = jejak({"pack", "diff", sambas, place.other_pack(), "--config", place.config()});
    CHECK_THAT(ended.out, Catch::Contains("flags: ") && Catch::Contains("violence"));
}

TEST_CASE("pack diff is bounded, and refuses what it cannot use") {
    const Installation place;
    place.receive({"lapor satu", "lapor dua", "lapor tiga"});
    const auto diff = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"pack", "diff", sambas, sambas, "--config", place.config()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return jejak(arguments);
    };
    CHECK_THAT(diff({"--limit", "2"}).out, Catch::Contains("2 messages read"));
    CHECK_THAT(diff({"--since", "2099-01-01T00:00:00Z"}).out, Catch::Contains("0 messages read"));
    CHECK_THAT(diff({"--since", "2024-06-01T00:00:00Z"}).out, Catch::Contains("3 messages read"));
    CHECK(diff({"--since", "yesterday"}).exit == exits::usage);
    CHECK(diff({"--limit", "0"}).exit == exits::usage);
    const auto short_reason = diff({"--reason", "short"});
    CHECK(short_reason.exit == exits::usage);
    CHECK_THAT(short_reason.err, Catch::Contains("--reason needs at least 8") && !Catch::Contains("--reveal"));
    const auto missing = jejak({"pack", "diff", sambas, "/none", "--config", place.config()});
    CHECK(missing.exit == exits::configuration);
    CHECK_THAT(missing.err, Catch::Contains("/none"));
}

TEST_CASE("lint tells each fault with its file as it can be opened, and counts them") {
    const Installation place;
    std::ofstream(fs::path(place.other_pack()) / "private.toml") << "[reply]\nreceived_plain = \"Korban diterima\"\n";
    const auto ended = jejak({"pack", "lint", place.other_pack()});
    CHECK(ended.exit == exits::negative);
    CHECK_THAT(ended.out, Catch::Contains(place.other_pack() + "/private.toml:2: reply received_plain"));
    CHECK_THAT(ended.out, Catch::Contains(" faults\n"));
    CHECK(jejak({"pack", "lint", "nowhere"}).out ==
          "nowhere: is no folder with .toml files; name a village pack's folder\n1 fault\n");

    std::ofstream(fs::path(place.other_pack()) / "private.toml") << "[pack]\nincludes = [\"pk/indonesia\"]\n";
    const auto wrong = jejak({"pack", "lint", place.other_pack()});
    CHECK_THAT(wrong.out, Catch::Contains(place.other_pack() + "/private.toml:2: includes \"pk/indonesia\"") &&
                              !Catch::Contains(":0:"));
}

TEST_CASE("a text without a sender is explained as from an ordinary phone, and that is said") {
    const auto json_of = [](const Ended& ended) { return objects(ended.out).at(0); };
    const auto bare = jejak({"explain", "--pack", sambas, "lapor 5 org lewat jalan tikus dkt aruk skrg"});
    CHECK(bare.exit == exits::ok);
    CHECK(json_of(bare).at("reply") == "Pesan diterima. Terima kasih.");
    CHECK_THAT(bare.err, Catch::Contains("without --from: read as from an ordinary phone that nobody registered"));
    const auto why = jejak({"explain", "--pack", sambas, "--why", "lapor 5 org lewat jalan tikus dkt aruk skrg"});
    CHECK_THAT(why.out, Catch::Contains("answer: Pesan diterima. Ref SB7K2Q. Terima kasih.   (SB7K2Q is a sample"));
    CHECK_THAT(why.err, Catch::Contains("without --from"));

    const auto named = jejak({"explain", "--pack", sambas, "--from", "BANK", "lapor"});
    CHECK(json_of(named).at("reply").is_null());
    CHECK(named.err.empty());
    const auto lines = jejak({"explain", "--pack", sambas, "--jsonl", "-"},
                             "{\"text\":\"bantuan\"}\n{\"text\":\"bantuan\",\"from\":\"BANK\"}\n");
    REQUIRE(objects(lines.out).size() == 2);
    CHECK(objects(lines.out)[0].at("reply").is_string());
    CHECK(objects(lines.out)[1].at("reply").is_null());
    CHECK_THAT(lines.err, Catch::Contains("1 text without from: read as from an ordinary phone"));
}

TEST_CASE("explain goes on behind a line it cannot read, and says so at the end") {
    const auto ended =
        jejak({"explain", "--pack", sambas, "--at", "2025-09-12T21:10:00+07:00", "--jsonl", "-"},
              "{\"id\":1,\"from\":\"+628400000001\",\"text\":\"ya\",\"context\":\"consent pending\"}\n"
              "\n"
              "{\"id\":2,\"text\":5}\n"
              "no json\n" +
                  std::string(70'000, 'x') +
                  "\n"
                  "{\"id\":\"b\",\"text\":\"lapor\",\"at\":\"yesterday\"}\n"
                  "{\"id\":3,\"from\":\"+628400000001\",\"text\":\"status sb7k2q\",\"context\":\"open SOS\"}");
    CHECK(ended.exit == exits::negative);
    const auto lines = objects(ended.out);
    REQUIRE(lines.size() == 6);
    CHECK(lines[0].at("id") == 1);
    CHECK(lines[0].at("intent") == "yes");
    CHECK(lines[1].at("id") == 2);
    CHECK(lines[1].at("error") == "text must be a text");
    CHECK(lines[2].at("error") == "one JSON object of at most 64 KiB is expected");
    CHECK(lines[3].at("error") == "one JSON object of at most 64 KiB is expected");
    CHECK(lines[4].at("id") == "b");
    CHECK_THAT(std::string(lines[4].at("error").as_string()), Catch::Contains("at must be a time"));
    CHECK(lines[5].at("intent") == "status");
}

TEST_CASE("--why is for one text and for people") {
    const auto ended = jejak({"explain", "--pack", sambas, "--from", number, "--why", "lapor 5 org dkt aruk"});
    CHECK(ended.exit == exits::ok);
    CHECK_THAT(ended.out, Catch::Contains("[5 org]") && Catch::Contains("people"));
    CHECK_THAT(ended.out, !Catch::StartsWith("{"));
    CHECK(jejak({"explain", "--pack", sambas, "--why", "--jsonl", "-"}).exit == exits::usage);
}

}  // namespace jejak::tool
