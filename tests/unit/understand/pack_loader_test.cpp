#include <catch2/catch.hpp>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/words/tokens.hpp"
#include "tests/unit/understand/sambas.hpp"
#include "tests/unit/understand/spoilt_pack.hpp"

using namespace jejak;
using namespace jejak::understand;

TEST_CASE("the published packs have no fault: their examples are understood as stated") {
    CHECK(SpoiltPack("sambas").faults().empty());
    CHECK(SpoiltPack("batam").faults().empty());
    CHECK(sambas().name() == "sambas");
    CHECK(sambas().version() == "1");
}

TEST_CASE("a fault names file, line and what would be right") {
    struct Row {
        std::string file, what, by, fault;
    };
    const std::vector<Row> rows = {
        {"pack.toml", "name = \"sambas\"", "name = sambas", "pack.toml:3:"},
        {"pack.toml", "languages = ", "langauges = ", "unknown key \"langauges\""},
        {"pack.toml", "utc_offset_minutes = 420", "utc_offset_minutes = \"420\"",
         "utc_offset_minutes must be a whole number"},
        {"words.toml", "name = \"report\"", "name = \"raport\"", "\"raport\" is no such name"},
        {"words.toml", "typos = true", "typoes = true", "unknown key \"typoes\""},
        {"words.toml", "\"dftr\"", "\"lpr\"", "\"lpr\" already means something else"},
        {"words.toml", "sudah = [\"sdh\"", "sudah = [\"jgn\"", "\"jgn\" is already another word"},
        {"places.toml", "code = \"61.01.09.2002\"", "code = \"610109\"", "\"610109\" is no Kemendagri code"},
        {"places.toml", "code = \"61.01.09.2003\"", "code = \"61.01.09.2004\"", "code 61.01.09.2004 stands twice"},
        {"places.toml", "latitude = 1.514", "latitude = 151.4", "latitude must be a number from -90"},
        {"places.toml", "country = \"MY\"", "country = \"Malaysia\"", "two capital letters of ISO 3166"},
        {"forms.toml", "type = \"nik\"", "type = \"nick\"", "\"nick\" must be one of"},
        {"replies.toml", "received_plain =", "recieved_plain =", "reply \"received_plain\" is missing"},
        {"rules.toml", "urgency = \"Immediate\"", "urgency = \"Now\"", "\"Now\" must be one of Immediate"},
        {"rules.toml", "kind = \"overdue\"", "kind = \"sos\"", "no [[alert]] of kind \"overdue\""},
        {"rules.toml", "flags = [\"minor_involved\"]", "flags = [\"child\"]", "\"child\" is no flag"},
        {"examples.toml", "intent = \"report\"", "intention = \"report\"", "unknown key \"intention\""},
        {"cues.toml", "strong = [", "strong = [ 7,", "holds something that is no text"},
    };
    for (const auto& row : rows) {
        SpoiltPack pack;
        pack.replace(row.file, row.what, row.by);
        const auto faults = pack.faults();
        CAPTURE(row.what, row.by, faults);
        CHECK(faults.find(row.fault) != faults.npos);
        CHECK(faults.find(row.file + ":") != faults.npos);
    }
}

TEST_CASE("a folder without a pack is a fault, and a pack with a fault is no pack") {
    std::vector<PackFault> faults;
    CHECK(Pack::load("/nonexistent", faults) == nullptr);
    CHECK(faults.size() == 1);
}

TEST_CASE("an operator's own file beside the published ones adds places and words") {
    SpoiltPack pack;
    pack.append("private.toml",
                "[[place]]\ncode = \"61.01.09.2001\"\nname = \"Twice\"\nlatitude = 1\nlongitude = 109\n");
    CHECK_THAT(pack.faults(), Catch::Contains("private.toml:2: code 61.01.09.2001 stands twice"));
}

TEST_CASE("a pack says more words for a command that an included folder has") {
    SpoiltPack pack;
    pack.append("private.toml", "[[intent]]\nname = \"report\"\naliases = [\"nak ngomong\"]\n");
    const auto loaded = pack.load();
    REQUIRE(loaded);
    CHECK(read(*loaded, "nak ngomong 5 org lewat hutan", villager()).intent == Intent::report);
    CHECK(read(*loaded, "lapor 5 org lewat hutan", villager()).intent == Intent::report);

    SpoiltPack unknown;
    unknown.append("private.toml", "[[intent]]\nname = \"report\"\ntypos = true\naliases = [\"nak ngomong\"]\n");
    CHECK_THAT(unknown.faults(), Catch::Contains("private.toml:3: unknown key \"typos\"; known here: aliases"));
}

TEST_CASE("what a pack says itself takes the place of what an included folder does, and stands once") {
    SpoiltPack pack;
    pack.append("private.toml",
                "[reply]\nreceived_plain = { id = \"Diterima.\", en = \"Received.\" }\n"
                "[[alert]]\nkind = \"minor\"\nurgency = \"Past\"\nseverity = \"Minor\"\n"
                "certainty = \"Likely\"\n"
                "[[group]]\nname = \"papers\"\ncategories = [\"documents\"]\n");
    const auto loaded = pack.load();
    REQUIRE(loaded);
    CHECK(loaded->reply("received_plain") == "Diterima.");
    CHECK(loaded->reply("received_plain", {}, "en") == "Received.");
    CHECK(loaded->alert_rule(AlertKind::minor).urgency == "Past");
    CHECK(loaded->group_of(Category::documents) == "papers");
    CHECK(loaded->group_of(Category::recruitment) == "recruitment");

    pack.append("private2.toml", "[reply]\nreceived_plain = \"Baik.\"\n");
    CHECK_THAT(pack.faults(), Catch::Contains("private2.toml:2: reply \"received_plain\" stands twice"));
}

TEST_CASE("an included folder is no pack of its own") {
    SpoiltPack pack;
    std::ofstream(pack.folder().parent_path() / "indonesian" / "pack.toml") << "[pack]\nname = \"x\"\n";
    CHECK_THAT(pack.faults(), Catch::Contains("an included folder holds no [pack]"));

    SpoiltPack missing;
    missing.replace("pack.toml", "../indonesian", "../malay");
    CHECK_THAT(missing.faults(), Catch::StartsWith("pack.toml:5: includes \"../malay\", which is no folder"));
}

TEST_CASE("a file that cannot be read says which quote is not closed, where one is not") {
    struct Row {
        std::string toml, fault;
    };
    const std::string asks = "is not closed, or one is missing before it?";
    for (const auto& row : std::vector<Row>{
             {"[same]\na = [\"b\",\n\"c,\n\"d\"]\n", "a quote that was opened on line 3 " + asks},
             {"[same]\na = [\"b, \"c\"]\nd = [\"e\"]\n", "a quote that was opened on line 2 " + asks},
             {"[same]\na = [b\", \"c\"]\n", "a quote that was opened on line 2 " + asks},
             {"x = \"\"\"abc\ndef\n", "a quote that was opened on line 1 " + asks},
             {"# it's\nx = 'abc\ny = 1\n", "a quote that was opened on line 2 " + asks},
         }) {
        SpoiltPack pack;
        pack.append("private.toml", row.toml);
        CAPTURE(row.toml);
        CHECK_THAT(pack.faults(), Catch::Contains("private.toml:") && Catch::Contains(row.fault));
    }
    SpoiltPack comma;
    comma.append("private.toml", "[same]\na = [\"b\" \"c\"] # isn't\n");
    CHECK_THAT(comma.faults(), Catch::Contains("private.toml:2: ") && !Catch::Contains("a quote that was opened"));
}

TEST_CASE("a broken model is faulted at the line that is wrong") {
    SpoiltPack pack;
    std::stringstream lines;
    lines << std::ifstream(pack.folder().parent_path() / "indonesian" / "classifier.tsv").rdbuf();
    std::string broken;
    unsigned number = 0;
    for (std::string line; std::getline(lines, line);) {
        if (++number == 100) std::erase(line, '\t');
        broken += line + '\n';
    }
    std::ofstream(pack.folder() / "classifier.tsv") << broken;
    CHECK_THAT(pack.faults(), Catch::StartsWith("classifier.tsv:100: ") && Catch::Contains("jejak pack learn"));
}

namespace {

/// What stands in quotes on a line of C++, without its comment.
std::string quoted_of(const std::string& line) {
    std::string quoted;
    bool inside = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!inside && line.compare(i, 2, "//") == 0) break;
        if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) inside = !inside;
        if (inside) quoted += line[i];
    }
    return fold(quoted);
}

}  // namespace

TEST_CASE("no village's name stands in the program") {
    std::vector<std::string> names;
    for (const auto* pack : {"sambas", "batam"}) {
        const auto loaded = SpoiltPack(pack).load();
        REQUIRE(loaded);
        for (const auto& place : loaded->data().places) names.push_back(' ' + fold(place.name) + ' ');
        for (const auto& one : loaded->data().destinations) {
            if (one.name != one.country) names.push_back(' ' + fold(one.name) + ' ');
        }
    }
    for (const auto* folder : {"gateway", "storage", "protocol"}) {
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(std::filesystem::path(JEJAK_SOURCE_DIR) / folder)) {
            if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);) {
                if (line.find("packs/") != line.npos) continue;  // the name of a folder, as an example
                const auto quoted = ' ' + quoted_of(line) + ' ';
                for (const auto& name : names) {
                    if (quoted.find(name) != quoted.npos) FAIL_CHECK(entry.path() << " says" << name << "in: " << line);
                }
            }
        }
    }
}
