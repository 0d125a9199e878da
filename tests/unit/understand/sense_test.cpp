#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

struct Row {
    std::string_view text;
    Intent intent;
    std::string_view from = "+628400000001";
};

void check(const Row& row) {
    CAPTURE(row.text);
    CHECK(to_string(understood(row.text, std::string(row.from)).intent) == to_string(row.intent));
}

}  // namespace

TEST_CASE("who suffers calls for help without the word; who sees others suffer reports") {
    for (const auto& row : {Row{"kami dikurung", Intent::sos},
                            {"sy mau dijual", Intent::sos},
                            {"majikan pukul sy tiap hari mau kabur", Intent::sos},
                            {"help they lock us in house", Intent::sos},
                            {"kami 6 org disekap di gudang", Intent::sos},
                            {"sy di miri, dikurung majikan", Intent::sos},
                            {"lapor pak sy disekap", Intent::sos},
                            {"ga digaji 5 bln paspor ditahan", Intent::sos, "+601000000001"},
                            {"ada 3 cewek dikurung di ruko", Intent::report},
                            {"adik sy dipukul majikan di miri", Intent::report},
                            {"warga kami disekap calo", Intent::report},
                            {"lapor dikurung di rumah kosong 3 org", Intent::report},
                            {"paspor dijual 5jt di pemangkat", Intent::report}}) {
        check(row);
    }
}

TEST_CASE("command words inside a sentence say what the sentence says") {
    for (const auto& row : {Row{"sy tidak aman", Intent::sos},
                            {"mau berhenti kerja", Intent::unclear},
                            {"tolong sampaikan ke ibu saya sudah sampai", Intent::arrived},
                            {"blm tiba pak msh di biawak nunggu mobil", Intent::position},
                            {"sdh aman pak tdk usah tolong", Intent::safe},
                            {"lapor tdk jadi", Intent::unclear},
                            {"sy sudah pulang ke kampung", Intent::returned},
                            {"anak sy ga ada kabar 3 bln", Intent::missing},
                            {"berapa lama lagi laporan sy diproses", Intent::status},
                            {"tolong hapus data saya", Intent::erase},
                            {"jangan kirim sms lagi", Intent::stop},
                            {"apakah pt maju fiktif terdaftar", Intent::check},
                            {"cara lapor gimana pak", Intent::help}}) {
        check(row);
    }
}

TEST_CASE("commands of the desk need a code, and politeness is none") {
    for (const auto& row : {Row{"terima sb7k2q", Intent::accept},
                            {"tutup sb7k2q selesai", Intent::close},
                            {"catat n4t8wd 5 org ditemukan", Intent::note},
                            {"rujuk sb7k2q kemlu", Intent::refer},
                            {"verif w4k7mx", Intent::verify},
                            {"terima kasih pak", Intent::unclear},
                            {"catat ya pak", Intent::unclear}}) {
        check(row);
    }
}

TEST_CASE("a text of no case is named as one, never thrown away") {
    CHECK(understood("besok sy ke aruk beli gula sm kawan 2 org").category == Category::not_a_case);
    CHECK(understood("SELAMAT! No anda menang 50jt hub 0840-0000-0066").category == Category::spam);
    CHECK(understood("xqzv").category == Category::none);
}

TEST_CASE("strangers kept in a house are two things at once") {
    const auto reading = understood("ada 4 wna bangladesh tinggal dirumah kosong di kaliau sdh 3 hari");
    CHECK(reading.category == Category::foreign_entry);
    CHECK(reading.second == Category::harbouring);
    CHECK(has(reading.flags, Flag::ongoing));
}

TEST_CASE("officials take part when they do something, not when somebody turns to them") {
    for (const std::string_view text : {"petugas terima uang dari calo", "polisi ikut kawal mobil isi orang",
                                        "kades sendiri yang bawa 3 org ke jalan tikus"}) {
        CAPTURE(text);
        CHECK(has(understood(text).flags, Flag::official_involved));
    }
    for (const std::string_view text : {"lapor sdh lapor polisi 3 org lewat jalan tikus", "lapor mereka takut polisi",
                                        "lapor sdh lapor kades ada calo"}) {
        CAPTURE(text);
        CHECK_FALSE(has(understood(text).flags, Flag::official_involved));
    }
}

TEST_CASE("a text's language is that of its words") {
    CHECK(understood("report 6 people hiding in house").language == "en");
    CHECK(understood("lapor 6 org di rumah kosong").language == "id");
    CHECK(understood("TIBA lundu").language == "id");
}

TEST_CASE("CEK asks about what stands behind it, a sentence about the company it names") {
    CHECK(understood("CEK PT MAJU FIKTIF").query == "pt maju fiktif");
    CHECK(understood("pt maju fiktif resmi ga pak").query == "pt maju fiktif");
    CHECK(understood("agen ini resmi ga? pt maju fiktif").query == "pt maju fiktif");
    CHECK(understood("cek pt maju fiktif resmi atau tidak").query == "pt maju fiktif");
}

TEST_CASE("a correction is a report whose denied values are not taken") {
    const auto reading = understood("bukan 5 tapi 3 org pak");
    CHECK(reading.intent == Intent::report);
    CHECK(reading.correction);
    CHECK(reading.people == 3u);
}

TEST_CASE("a correction says how many without a word for people") {
    struct Row {
        std::string_view text;
        std::optional<std::uint32_t> people;
    };
    for (const auto& row :
         {Row{"bukan 5 tapi 3", 3U}, Row{"eh 3 bukan 5", 3U}, Row{"bukan 5, 3", 3U}, Row{"bkn 7 tp 5", 5U},
          Row{"ralat 4", 4U}, Row{"koreksi yg benar 6 bukan 8", 6U}, Row{"ternyata 8 pak bukan 6", 8U},
          Row{"salah hitung pak, cuma 2", 2U}, Row{"bukan lima tapi tiga", 3U},
          Row{"maaf salah ketik td, bukan 15 org tapi 5. yg lain betul", 5U},
          Row{"bukan jam 8 tapi jam 9", std::nullopt}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(reading.intent == Intent::report);
        CHECK(reading.correction);
        CHECK(reading.people == row.people);
    }
    for (const auto* text :
         {"bukan 2 motor tapi 3 motor", "ralat nomor polisi 1234", "hp nya 0812 bukan 0821",
          "gaji bukan 1500 tapi 1200", "bukan umur 15 tapi 17", "umurnya bukan 15 tapi 13", "bukan rt 3 tapi 4",
          "bukan pukul 2 tapi 3", "bukan 3 hari tapi 5", "bukan 5 ekor tapi 7", "ralat 900"}) {
        CAPTURE(text);
        CHECK_FALSE(understood(text).people);
    }
    CHECK_FALSE(understood("ralat, lewat jalan no 4").people);
    CHECK_FALSE(understood("yang benar aja pak").correction);
}

TEST_CASE("who asked for reasons gets marks that lie in the text") {
    auto context = villager();
    context.explain = true;
    const std::string text = "LAPOR ada 4 org lwt jln tikus dkt aruk";
    const auto reading = read(sambas(), text, context);
    const auto category = std::find_if(reading.marks.begin(), reading.marks.end(),
                                       [](const Mark& mark) { return mark.slot == "category"; });
    REQUIRE(category != reading.marks.end());
    CHECK(category->value == "unofficial_land_route");
    CHECK(text.substr(category->begin, category->end - category->begin) == "jln tikus");
}
