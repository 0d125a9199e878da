#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace fs = std::filesystem;

namespace {

/// A copy of the published pack to be spoilt.
class SpoiltPack {
public:
    SpoiltPack() {
        static int count = 0;
        packs_ =
            fs::temp_directory_path() / ("jejak-pack-" + std::to_string(::getpid()) + '-' + std::to_string(++count));
        fs::copy(JEJAK_SOURCE_DIR "/deploy/packs", packs_, fs::copy_options::recursive);
    }
    ~SpoiltPack() { fs::remove_all(packs_); }
    SpoiltPack(const SpoiltPack&) = delete;
    SpoiltPack& operator=(const SpoiltPack&) = delete;

    void replace(const std::string& file, const std::string& what, const std::string& by) {
        const auto path = path_of(file);
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        auto content = text.str();
        const auto at = content.find(what);
        REQUIRE(at != content.npos);
        content.replace(at, what.size(), by);
        std::ofstream(path) << content;
    }
    void append(const std::string& file, const std::string& text) {
        std::ofstream(path_of(file), std::ios::app) << text;
    }
    void remove(const std::string& file) { fs::remove(path_of(file)); }

    /// All faults of loading and linting in one text; empty when there is none.
    std::string faults() const {
        std::vector<PackFault> found;
        if (const auto pack = Pack::load(packs_ / "sambas", found)) found = pack->lint();
        std::string text;
        for (const auto& fault : found)
            text += fault.file + ':' + std::to_string(fault.line) + ": " + fault.message + '\n';
        return text;
    }

private:
    /// In the pack itself, or in the folder it includes.
    fs::path path_of(const std::string& file) const {
        const auto shared = packs_ / "indonesian" / file;
        return fs::exists(shared) ? shared : packs_ / "sambas" / file;
    }

    fs::path packs_;
};

}  // namespace

TEST_CASE("the published pack has no fault: its examples are understood as stated") {
    CHECK(SpoiltPack().faults().empty());
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

TEST_CASE("lint finds what is dangerous or untrue") {
    struct Row {
        std::string file, what, by, fault;
    };
    const std::vector<Row> rows = {
        {"replies.toml", "status_handled = \"Kode", "status_handled = \"Laporan trafficking: kode",
         "says \"trafficking\""},
        {"replies.toml", "status_handled = \"Kode", "status_handled = \"KORBAN! Kode", "says \"korban\""},
        {"replies.toml", "stop = \"Anda",
         "stop = \"Anda benar-benar sudah tidak akan pernah menerima pesan singkat apa pun lagi dari nomor ini sampai "
         "kapan pun juga, kecuali kalau",
         "septets; at most 160"},
        {"replies.toml", "stop = \"Anda", "stop = \"“Anda”", "outside the GSM alphabet"},
        {"replies.toml", "{ref}. Terima", "{ticket}. Terima", "has {ticket}, which [longest] does not know"},
        {"replies.toml", "ref = \"SB7K2Q\"", "ref = \"" + std::string(140, 'X') + "\"", "septets; at most 160"},
        {"examples.toml", "intent = \"report\"", "intent = \"sos\"", "is understood as \"report\", stated is \"sos\""},
        {"examples.toml", "people = 4", "people = 5", "is understood as \"4\", stated is \"5\""},
        {"words.toml", "keyword = \"MULAI\"", "keyword = \"LAPOK\"", "are a typo apart"},
        {"words.toml", "everyday = [", "everyday = [ \"tolong\",", "is also an everyday word"},
    };
    for (const auto& row : rows) {
        SpoiltPack pack;
        pack.replace(row.file, row.what, row.by);
        const auto faults = pack.faults();
        CAPTURE(row.what, row.by, faults);
        CHECK(faults.find(row.fault) != faults.npos);
    }
    SpoiltPack pack;
    pack.remove("examples.toml");
    CHECK(pack.faults().find("needs at least 40") != std::string::npos);
}

TEST_CASE("an operator's own file beside the published ones adds places and words") {
    SpoiltPack pack;
    pack.append("private.toml",
                "[[place]]\ncode = \"61.01.09.2001\"\nname = \"Twice\"\nlatitude = 1\nlongitude = 109\n");
    CHECK(pack.faults().find("private.toml:2: code 61.01.09.2001 stands twice") != std::string::npos);
}
