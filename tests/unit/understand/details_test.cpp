#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("an amount has a unit or a currency, and the largest counts") {
    struct Row {
        std::string_view text;
        std::uint64_t value;
        std::string_view currency;
    };
    for (const auto& row :
         {Row{"lapor minta 8jt", 8'000'000, "IDR"}, Row{"lapor bayar 3,5 juta", 3'500'000, "IDR"},
          Row{"lapor rm1500", 1500, "MYR"}, Row{"lapor 2rb ringgit", 2000, "MYR"},
          Row{"lapor 15jt dan 2 juta", 15'000'000, "IDR"}, Row{"lapor rp 1.500.000", 1'500'000, "IDR"},
          Row{"lapor lima belas juta", 15'000'000, "IDR"}, Row{"lapor 700 dolar", 700, "USD"},
          Row{"lapor 500 ribu", 500'000, "IDR"}, Row{"lapor 5 ribu orang", 0, ""}, Row{"lapor 8 org", 0, ""},
          Row{"lapor hub 0840 0000 0012", 0, ""}, Row{"lapor gaji 3.500.000", 3'500'000, "IDR"},
          Row{"lapor rp2.500.000,-", 2'500'000, "IDR"}, Row{"lapor gaji $800", 800, "USD"},
          Row{"lapor gaji US$ 800", 800, "USD"}, Row{"lapor gaji S$900", 900, "SGD"},
          Row{"lapor 1.500.000 orang", 0, ""}}) {
        CAPTURE(row.text);
        const auto amount = understood(row.text).amount.value_or(Amount{});
        CHECK(amount.value == row.value);
        CHECK(amount.currency == row.currency);
    }
}

TEST_CASE("an age is told in years, and what lasts for years is none") {
    CHECK(understood("lapor gadis umur 15 dibawa").age == 15u);
    CHECK(understood("lapor anak 17 thn dibawa").age == 17u);
    CHECK(understood("lapor gadis 15-17 tahun").age == 15u);
    CHECK(understood("report girl 16 years old").age == 16u);
    CHECK_FALSE(understood("lapor 2 thn lalu").age);
    CHECK_FALSE(understood("lapor sudah 7 tahun").age);
    CHECK_FALSE(understood("lapor kontrak 2 tahun").age);
}

TEST_CASE("a number in brackets is an age behind a person, never behind a vehicle or an address") {
    struct Row {
        std::string_view text;
        std::uint32_t age = 0;
    };
    for (const auto& row :
         {Row{"bus Damri (12) bawa orang ke Aruk"}, Row{"KM Cahaya (17) bawa orang"},
          Row{"Losmen Melati (12, lantai dua) banyak cewek"}, Row{"cewek ditampung di Gang Mawar (14)"},
          Row{"umur kapal 12 tahun bawa 20 orang"}, Row{"lapor di ruko cewek (16) dibawa", 16},
          Row{"adik saya Rendi (15) dibawa calo", 15}, Row{"lapor si Dodo (16) dibawa agen", 16},
          Row{"lapor anak pak Rendi (14) dibawa calo", 14}, Row{"lapor gadis kecil (12) dibawa calo", 12},
          Row{"lapor Siti (17) dibawa agen", 17}, Row{"lapor siswi bernama Rara (16) dibawa agen", 16},
          Row{"saya (17) disekap di ruko", 17}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        const bool minor = row.age != 0;
        CHECK(reading.age.value_or(0) == row.age);
        CHECK(has(reading.flags, Flag::minor_involved) == minor);
        CHECK((std::count(reading.alerts.begin(), reading.alerts.end(), AlertKind::minor) > 0) == minor);
    }
}

TEST_CASE("whoever is missing is named") {
    CHECK(understood("HILANG anak sy melati uji 17 thn pergi kerja ke sarawak").subject == "melati uji");
    CHECK(understood("HILANG suami sy jaelan contoh brgkt dr aruk").subject == "jaelan contoh");
    CHECK(understood("lapor 3 org lewat jalan tikus").subject.empty());
}

TEST_CASE("a recruiter is named behind a title or a word for one, whatever the text is about") {
    struct Row {
        std::string_view text, name, phone;
    };
    for (const auto& row :
         {Row{"lapor calo namanya bang contoh hp 0840 0000 0311", "bang contoh", "+62840000000311"},
          Row{"lapor 4 org dibawa agen pak karang lewat jalan tikus", "pak karang", ""},
          Row{"lapor pt maju fiktif janji gaji besar", "pt maju fiktif", ""},
          Row{"lapor paspor 6 org diambil sama si Contoh", "contoh", ""},
          Row{"lapor 4 org dibooking kamar oleh Pak Rekaan", "pak rekaan", ""},
          Row{"lapor sy bayar 6 jt ke pak Samar", "pak samar", ""},
          Row{"lapor calonya, Fulan, masih keliling", "fulan", ""},
          Row{"lapor calo cari 10 org, hub 0840 7781 2290 a.n. Uji", "uji", "+6284077812290"},
          Row{"lapor Mat Rekaan tu tiap malam duduk kedai mengajak budak", "mat rekaan", ""},
          Row{"lapor anak pak Contoh ikut ke sibu", "", ""}, Row{"calo mau bawa si Dewi ke Miri", "", ""},
          Row{"calo sudah ambil si Ani anak Pak Budi", "", ""},
          Row{"lapor calo baru si Dedi janji gaji", "si dedi", ""}, Row{"lapor pak camat datang ke rumah calo", "", ""},
          Row{"lapor calo datang", "", ""}}) {
        CAPTURE(row.text);
        CHECK(understood(row.text).recruiter == row.name);
    }
    CHECK(understood("lapor calo namanya bang contoh hp 0840 0000 0311").recruiter_phone == "+6284000000311");
}

TEST_CASE("an offer has its signs") {
    CHECK(understood("lpr ad calo ksh janji gaji 8jt kerja restoran kuching gratis semua ongkos").signs ==
          Words{"FREE_TRAVEL", "HIGH_SALARY"});
    const auto reading = understood("agen minta KTP KK ijazah sm uang 3jt utk visa pelancong kerja di johor");
    CHECK(reading.signs == Words{"DOCUMENTS_HELD", "PAY_UPFRONT", "VISITOR_VISA"});
    CHECK(reading.visa == "visitor");
    CHECK(understood("lapor calo bilang jangan cerita siapa siapa").signs == Words{"SECRECY"});
    CHECK(understood("lapor 3 org lewat jalan tikus gratis").signs.empty());
}

TEST_CASE("work, way and nationality") {
    CHECK(understood("lapor calo janji kerja restoran di kuching").job == "restoran");
    CHECK(understood("lapor 3 org lewat kebun sawit").job.empty());
    CHECK(understood("lapor 3 org lewat jalan tikus").route == "unofficial_land_route");
    CHECK(understood("lapor warga berangkat jalur keluarga tanpa prosedur").route == "family");
    CHECK(understood("lapor 4 wna bangladesh di rumah kosong").nationalities == Words{"BD"});
    CHECK(understood("lapor 2 org cina 1 org myanmar terdampar").nationalities == Words{"CN", "MM"});
    CHECK(understood("lapor anak dipaksa kerja di myanmar").nationalities.empty());
}
