#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

/// Good news beside a call for help, calls of long ago, and things that are locked, sold and adrift.
namespace {

constexpr std::string_view home = "+628400000001", abroad = "+601000000019";

void check(std::string_view text, std::string_view from, bool calls) {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        CAPTURE(pack->name(), text, from);
        const auto reading = read(*pack, text, villager(std::string(from)));
        CHECK((reading.intent == Intent::sos) == calls);
        if (!calls) CHECK_FALSE(has(reading.flags, Flag::self_victim));
    }
}

}  // namespace

TEST_CASE("good news before a call for help hide none of it", "[sos]") {
    for (const auto* text : {"alhamdulillah saya baik baik saja, tapi disekap di ruko",
                             "alhamdulillah sudah sampai, langsung disekap di ruko",
                             "alhamdulillah sudah sampai saya disekap di ruko",
                             "sudah sampai di rumah majikan, saya dipukul terus",
                             "sdh sampai rumah majikan pak, saya dikurung tdk boleh keluar",
                             "sudah tiba di kuching tapi kami dikurung di mess",
                             "kami sudah sampai, tapi disekap tidak dikasih makan",
                             "saya sehat pak, tapi dilarang keluar, dipukul tiap hari",
                             "kabar saya baik bu, cuma saya dikunci di kamar",
                             "saya baik baik saja. majikan pukul saya tiap malam",
                             "gaji lancar, tapi saya dipukul tiap hari sama majikan",
                             "majikan baik, agennya yang mau jual saya",
                             "kerja lancar. saya disekap di gudang",
                             "saya sudah berangkat pak, kami dikurung di truk tertutup",
                             "sudah berangkat tadi, sekarang kami disekap di hutan",
                             "posisi di biawak, saya dipukul tekong",
                             "sekarang di miri, disekap di ruko",
                             "sudah di mess, pintu digembok dari luar kami tidak bisa keluar",
                             "sampai kuching kami dikurung, paspor diambil",
                             "alhamdulillah sehat, saya dipaksa melayani tamu",
                             "aman pak, tapi saya disekap",
                             "jangan khawatir mak, tapi saya dikurung majikan",
                             "dah sampai rumah majikan, kena pukul tiap hari",
                             "dah sampai miri, kami kena kurung dalam bilik",
                             "saya sihat, tapi majikan kurung saya dalam rumah",
                             "saya selamat sampai, lepas tu dikurung dalam bilik",
                             "sudah sampai kch, dia ambil paspor dan kunci saya dlm rumah",
                             "i am fine but they lock me in the house",
                             "arrived safely but boss beat me",
                             "we have arrived, they locked us in a room",
                             "i have arrived in kuching, they will sell me",
                             "already in kuching. boss lock me, cannot go out"}) {
        check(text, abroad, true);
    }
}

TEST_CASE("what was well once, or was suffered before and still is, is a call for help all the same", "[sos]") {
    for (const auto* text :
         {"dulu gaji lancar sekarang saya dipukul terus", "dulu saya aman, sekarang disekap di ruko",
          "dulu majikan baik, sekarang kami dikurung", "dulu dipukul, sekarang juga masih dipukul",
          "dulu saya dipukul agen, sekarang disekap majikan",
          "saya dulu dijanjikan jadi pelayan, ternyata disekap di ruko",
          "saya tidak apa apa dulu, sekarang saya dikurung", "before i am fine, now they lock me in the house",
          "ga ada apa2 kok pak, tapi saya dikurung majikan", "tidak ada apa apa, cuma saya disekap di mess",
          "dah baikan sama majikan, tapi dia pukul saya lagi", "gaji sudah lunas, tapi saya disekap tidak boleh pulang",
          "gaji bulan lalu sudah lunas, 5 bulan ini belum dibayar, paspor ditahan majikan",
          "gaji belum lunas 6 bulan, paspor ditahan majikan"}) {
        check(text, abroad, true);
    }
}

TEST_CASE("who says that nothing is the matter, or that it is over, is taken at that word", "[sos]") {
    for (const auto* text :
         {"ga ada apa2 kok pak",
          "ga ada apa2 kok kak, kmrn tu salah paham aja sama majikan, dah baikan, gaji jg udah lunas semua",
          "tidak ada apa apa bu, kemarin cuma salah paham, gaji sudah dibayar semua",
          "sy udah keluar dr rumah itu kmrn dijemput KJRI. dulu mmg dipukul tapi skrg aman di shelter kuching",
          "dulu memang disekap, sekarang sudah aman di KJRI",
          "saya dulu dikurung majikan, sekarang sudah pulang ke rumah",
          "dulu pernah dipukul bos lama, sekarang sudah aman, bos baru baik",
          "gaji sudah lunas semua, majikan baik, saya sehat"}) {
        check(text, abroad, false);
    }
    const auto safe =
        understood("sy udah keluar dr rumah itu kmrn dijemput KJRI. dulu mmg dipukul tapi skrg aman di shelter kuching",
                   std::string(abroad));
    CHECK(to_string(safe.intent) == to_string(Intent::safe));
    CHECK(safe.alerts.empty());
}

TEST_CASE("what befalls a thing befalls nobody, what happens in it or to its owner does", "[sos]") {
    for (const auto* text :
         {"sawit saya dijual ke tengkulak", "motor saya dikunci stang", "hp saya dikunci pola lupa sandi",
          "sandal saya hanyut di sungai", "pak motor saya dikunci di parkiran", "jemuran saya hanyut"}) {
        check(text, home, false);
        CHECK(understood(text).alerts.empty());
    }
    for (const auto* text :
         {"di mobil saya dikurung", "perahu kami hanyut di laut", "motor saya dikejar orang bawa parang",
          "mobil saya dikunci majikan, saya di dalam", "saya dijual agen", "tangan saya diikat",
          "anak saya disekap tolong", "kami hanyut di sungai"}) {
        check(text, home, true);
    }
}

TEST_CASE("who tells of another's captivity or papers, over or not, reports", "[report]") {
    const auto reports = [](std::string_view text, Category category) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK(to_string(reading.intent) == to_string(Intent::report));
        CHECK(to_string(reading.category) == to_string(category));
        CHECK_FALSE(has(reading.flags, Flag::self_victim));
    };
    reports(
        "kakakku thn lalu disekap di Miri 2 bulan udah pulang bln 3 kmrn. orang yg ngirim dia dulu namanya Ucok "
        "Lading skrg cari org lagi di kampung kami",
        Category::recruitment);
    reports("paspor anak kami ditahan di rumah agen, anaknya blm brgkt, ada di rumah sama kami", Category::documents);
    reports("ijazah adik saya ditahan calo, adik saya ada di rumah", Category::documents);
    reports("aku tukang antar galon. kos dekat pasar dijaga 2 cowok, isinya perempuan semua, pintu depan digembok",
            Category::harbouring);
    reports("aku jualan sayur keliling. rumah ujung gang itu isinya perempuan, dijaga 2 laki, pintu digembok",
            Category::harbouring);
}

TEST_CASE("a command typed with little else stands without what was learned", "[sos]") {
    const auto plea = understood("tlng pk");
    CHECK(to_string(plea.intent) == to_string(Intent::sos));
    CHECK(plea.confidence > 0.9);
}
