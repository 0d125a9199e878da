#include <catch2/catch.hpp>

#include "storage/reference.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

struct Row {
    std::string_view text;
    Intent intent;
    std::string_view reference = {};
};

void check(const Row& row) {
    CAPTURE(row.text);
    const auto reading = understood(row.text);
    CHECK(to_string(reading.intent) == to_string(row.intent));
    CHECK(reading.reference == row.reference);
}

}  // namespace

TEST_CASE("a keyword is a command in any case, after greetings and before separators") {
    for (const auto& row : {Row{"LAPOR", Intent::report},
                            {"  lapor  ", Intent::report},
                            {"Lapor: 3 orang", Intent::report},
                            {"lapor#kaliau#3", Intent::report},
                            {"lapor/kaliau/3", Intent::report},
                            {"LAPOR\n3 orang", Intent::report},
                            {"lapor5org", Intent::report},
                            {"lapor5 org", Intent::report},
                            {"*TOLONG*", Intent::sos},
                            {"pak, tolong saya", Intent::sos},
                            {"selamat malam pak mau lapor", Intent::report},
                            {"TIBA,KUCHING", Intent::arrived},
                            {"Aman|W4K7MX", Intent::safe, "W4K7MX"},
                            {"DAFTAR#A#B", Intent::register_worker},
                            {"BERANGKAT", Intent::departed},
                            {"Bantuan", Intent::help},
                            {"BERHENTI", Intent::stop},
                            {"mulai", Intent::start},
                            {"SETUJU", Intent::yes},
                            {"Tidak", Intent::no},
                            {"LEWAT", Intent::skip}}) {
        check(row);
    }
}

TEST_CASE("abbreviations and dialect words of a keyword are the keyword") {
    for (const auto& row : {Row{"lpr 3 org", Intent::report},
                            {"lapo' ada org lewat", Intent::report},
                            {"tlg pak", Intent::sos},
                            {"tulong", Intent::sos},
                            {"dptr#x", Intent::register_worker},
                            {"brgkt aruk", Intent::departed},
                            {"dah sampe", Intent::arrived},
                            {"sdh tiba lundu", Intent::arrived},
                            {"udh aman", Intent::safe},
                            {"sts sb7k2q", Intent::status, "SB7K2Q"},
                            {"da'an", Intent::no},
                            {"help", Intent::help},
                            {"sos", Intent::sos},
                            {"help me", Intent::sos}}) {
        check(row);
    }
}

TEST_CASE("letters beyond ASCII, invisible marks and emphasis do not hide a command") {
    for (const auto& row : {Row{"TOLOOOOOONG", Intent::sos},
                            {"ｔｏｌｏｎｇ", Intent::sos},
                            {"tólong", Intent::sos},
                            {"to\xE2\x80\x8Blong", Intent::sos},              // zero width space
                            {"\xE2\x80\xAEtolong\xE2\x80\xAC", Intent::sos},  // direction marks
                            {"\xF0\x9F\x98\xAD tolong\xF0\x9F\x98\xAD", Intent::sos},
                            {"\xFF\xFEtolong", Intent::sos},
                            {"lapor\xC2\xA0"
                             "5 org",
                             Intent::report}}) {
        check(row);
    }
}

TEST_CASE("a keyword of four letters or more may be mistyped once") {
    for (const auto& row : {Row{"LAPORR", Intent::report},
                            {"laoor 3 org", Intent::report},
                            {"lpaor 3 org", Intent::report},
                            {"tolng", Intent::sos},
                            {"tlolong", Intent::sos},
                            {"rolong", Intent::sos},
                            {"dafter#x", Intent::register_worker},
                            {"berangakt", Intent::departed},
                            {"tibs w4k7mx", Intent::arrived, "W4K7MX"},
                            {"statsu sb7k2q", Intent::status, "SB7K2Q"},
                            {"bantaun", Intent::help},
                            {"mulaj", Intent::start}}) {
        check(row);
    }
}

TEST_CASE("two slips are forgiven where no letter is another's") {
    for (const auto& row : {Row{"tlogn", Intent::sos},
                            {"tolgn", Intent::sos},
                            {"toloong saya", Intent::sos},
                            {"hilag", Intent::missing},
                            {"hilagn anak saya siti", Intent::missing},
                            {"pulng w4k7mx", Intent::returned, "W4K7MX"},
                            {"pulnag", Intent::returned},
                            {"lewatt", Intent::skip},
                            {"talang air bocor", Intent::unclear},
                            {"tongil besar", Intent::unclear}}) {
        check(row);
    }
}

TEST_CASE("BERHENTI and AMAN take no typo, and two typos are none's") {
    for (const auto& row : {Row{"berhent", Intent::unclear},
                            {"brehenti", Intent::unclear},
                            {"aman", Intent::safe},
                            {"amn", Intent::unclear},
                            {"aaman", Intent::unclear},
                            {"amam", Intent::unclear},
                            {"lqpqr", Intent::unclear},
                            {"setju", Intent::unclear}}) {
        check(row);
    }
}

TEST_CASE("an everyday word one letter from a keyword is what it says") {
    for (const std::string_view text :
         {"lapar sekali", "repot pak", "bolong", "kosong rumahnya", "tiga hari lagi", "tiap malam", "datar jalannya",
          "perangkat desa", "mulia sekali", "batuan besar", "bantuin dong", "coba lagi", "statusnya apa"}) {
        check({text, Intent::unclear});
    }
}

TEST_CASE("aliases that are everyday words count alone or with a code") {
    for (const auto& row : {Row{"sampai", Intent::arrived},
                            {"Sampai pak", Intent::arrived},
                            {"sampai W4K7MX", Intent::arrived, "W4K7MX"},
                            {"sampai kapan hujan", Intent::unclear},
                            {"pergi w4k7mx", Intent::departed, "W4K7MX"},
                            {"pergi ke pasar", Intent::unclear},
                            {"jalan", Intent::departed},
                            {"jalan rusak", Intent::unclear},
                            {"baik", Intent::safe},
                            {"baik sekali orangnya", Intent::unclear},
                            {"keluar", Intent::stop},
                            {"keluar rumah dulu", Intent::unclear},
                            {"info", Intent::help},
                            {"info gempa", Intent::unclear},
                            {"ok", Intent::yes},
                            {"ok nanti sy hubungi", Intent::unclear},
                            {"ya W4K7MX", Intent::yes, "W4K7MX"},
                            {"tidak w4k7mx", Intent::no, "W4K7MX"},
                            {"mulai kerja besok", Intent::unclear},
                            {"berhenti merokok", Intent::unclear},
                            {"berhenti ya pak terima kasih", Intent::stop}}) {
        check(row);
    }
}

TEST_CASE("tolong before a favour is please; with distress it is a cry for help all the same") {
    for (const auto& row : {Row{"tolong kabari anak sy", Intent::unclear},
                            {"tlg dicek pak", Intent::unclear},
                            {"tlg zzz pak", Intent::sos},  // no verb the pack knows: better one too many
                            {"tolong cek ya", Intent::unclear},
                            {"tolong telpon polisi", Intent::sos},
                            {"tolong sampaikan sy dikurung", Intent::sos},
                            {"tolong jangan kirim sms", Intent::stop},
                            {"tolong stop", Intent::stop},
                            {"tolong status sb7k2q", Intent::status, "SB7K2Q"},
                            {"tolong lapor ada 3 org", Intent::report},
                            {"tolong lapor polisi sy disekap", Intent::sos},
                            {"minta tolong", Intent::sos},
                            {"help cek pulsa", Intent::unclear},
                            {"help they beaten us", Intent::sos}}) {
        check(row);
    }
}

TEST_CASE("a negation turns a command round, and a question states nothing") {
    for (const auto& row : {Row{"tidak aman", Intent::sos},
                            {"saya blm aman pak", Intent::sos},
                            {"aman ga?", Intent::unclear},
                            {"aman?", Intent::unclear},
                            {"tiba belum", Intent::unclear},
                            {"aman tidak usah khawatir", Intent::safe},
                            {"blm tiba", Intent::position},
                            {"tdk jadi berangkat", Intent::unclear},
                            {"jangan lapor", Intent::unclear},
                            {"tidak tolong", Intent::unclear}}) {
        check(row);
    }
}

TEST_CASE("a code is six of the reference alphabet; words of that length are words") {
    for (const auto& row : {Row{"status sb7k2q", Intent::status, "SB7K2Q"},
                            {"status: SB7K2Q.", Intent::status, "SB7K2Q"},
                            {"status laporan saya", Intent::status, ""},
                            {"status sb7k20", Intent::status, ""},  // no 0 in the alphabet
                            {"status abcdef", Intent::status, "ABCDEF"},
                            {"tiba lundu w4k7mx", Intent::arrived, "W4K7MX"},
                            {"tiba dengan selamat", Intent::arrived, ""},
                            {"aman jangan khawatir", Intent::safe, ""}}) {
        check(row);
    }
}

TEST_CASE("every reference that is ever given out is understood, one with a letter three times in a row too") {
    constexpr std::uint64_t key = 0x5eed;
    std::size_t tripled = 0;
    for (std::uint32_t number = 0; number < storage::reference_count_max; number += 4'099) {
        const auto code = storage::encode_reference(number, key);
        for (std::size_t i = 0; i + 2 < code.size(); ++i) tripled += code[i] == code[i + 1] && code[i] == code[i + 2];
        INFO(code);
        REQUIRE(understood("TERIMA " + code).reference == code);
        REQUIRE(understood("status " + code).reference == code);
        REQUIRE(understood("tiba lundu " + code).reference == code);
    }
    CHECK(tripled > 10);
}

TEST_CASE("a drawn-out word of six letters is the word, whatever its check character says") {
    for (const auto& row :
         {Row{"tlgggg", Intent::sos}, Row{"lapppr 3 org", Intent::report}, Row{"lprrrr", Intent::report}})
        check(row);
}

TEST_CASE("a text without a command is unclear and raises nothing") {
    for (const std::string_view text : {"apa kabar", "12345", "", "   ", "...", "!!!", "xqzv", "hai"}) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK(reading.intent == Intent::unclear);
        CHECK(reading.alerts.empty());
        CHECK(reading.category == Category::none);
    }
}

TEST_CASE("why is told only when asked") {
    auto context = villager();
    CHECK(read(sambas(), "lapor 3 org aruk", context).why.empty());
    context.explain = true;
    const auto why = read(sambas(), "laporr 3 org aruk", context).why;
    REQUIRE(why.size() >= 3);
    CHECK(why[0] == "intent report: the text begins with \"laporr\", one typo away");
}
