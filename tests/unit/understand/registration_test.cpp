#include <catch2/catch.hpp>

#include "gateway/understand/sense/nik.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

constexpr std::chrono::year_month_day day(int y, unsigned m, unsigned d) {
    return {std::chrono::year(y), std::chrono::month(m), std::chrono::day(d)};
}

}  // namespace

TEST_CASE("a NIK tells birth and sex, or why it cannot be one") {
    struct Row {
        std::string_view nik;
        bool good;
        std::chrono::year_month_day birth;
        bool female;
    };
    for (const auto& row : {Row{"6101095506989999", true, day(1998, 6, 15), true},
                            {"6101090107909998", true, day(1990, 7, 1), false},
                            {"6101092902089997", true, day(2008, 2, 29), false},
                            {"6101090101259996", true, day(2025, 1, 1), false},
                            {"6101090101269995", true, day(1926, 1, 1), false},
                            {"6101097106989999", false, {}, false},  // 31 June
                            {"6101098006989999", false, {}, false},
                            {"6101090100909998", false, {}, false},
                            {"6101092902079997", false, {}, false},
                            {"6101095506980000", false, {}, false},
                            {"2001095506989999", false, {}, false},
                            {"9901095506989999", false, {}, false},
                            {"610109550698999", false, {}, false},
                            {"61010955069899990", false, {}, false},
                            {"61010955O6989999", false, {}, false},
                            {"", false, {}, false}}) {
        CAPTURE(row.nik);
        const auto facts = read_nik(row.nik, day(2025, 9, 12));
        CHECK(facts.problem.empty() == row.good);
        REQUIRE(facts.birth.has_value() == row.good);
        if (!row.good) continue;
        CHECK(*facts.birth == row.birth);
        CHECK(facts.female == row.female);
    }
}

TEST_CASE("somebody comes of age on the eighteenth birthday") {
    CHECK(under_age(day(2007, 9, 21), day(2025, 9, 20)));
    CHECK_FALSE(under_age(day(2007, 9, 20), day(2025, 9, 20)));
    CHECK(under_age(day(2008, 2, 29), day(2026, 2, 28)));
    CHECK_FALSE(under_age(day(2008, 2, 29), day(2026, 3, 1)));
}

TEST_CASE("the form in fields") {
    const auto reading =
        understood("DAFTAR#RINA CONTOH#6101095506989999#P#SEBUNGA#KUCHING#ART#ARUK#20-09-2025#084000000012");
    CHECK(reading.place == "61.01.09.2002");
    CHECK(reading.destination == "Kuching");
    const auto& form = reading.registration;
    CHECK(form.name == "RINA CONTOH");
    CHECK(form.nik == "6101095506989999");
    CHECK(form.nik_problem.empty());
    CHECK(form.sex == "f");
    CHECK(form.village == "61.01.09.2002");
    CHECK(form.village_name == "Sebunga");
    CHECK(form.destination == "Kuching");
    CHECK(form.job == "ART");
    CHECK(form.exit_point == "PLBN Aruk");
    CHECK(local(form.date) == "2025-09-20T00:00:00+07:00");
    CHECK(form.phone == "+6284000000012");
    CHECK_FALSE(form.minor);
    CHECK(form.missing.empty());
}

TEST_CASE("every separator of a form separates, and dates keep theirs") {
    for (const std::string_view text : {"daftar#budi misal##l#kaliau#johor#kebun#aruk#1/10/2025#",
                                        "daftar budi misal##l#kaliau#johor#kebun#aruk#01-10-2025",
                                        "daftar*budi misal**l*kaliau*johor*kebun*aruk*1.10.25",
                                        "daftar; budi misal;; l; kaliau; johor; kebun; aruk; 1 okt 2025",
                                        "daftar, budi misal,, l, kaliau, johor, kebun, aruk, 01102025",
                                        "daftar|budi misal||l|kaliau|johor|kebun|aruk|2025-10-01",
                                        "DAFTAR\nbudi misal\n\nl\nkaliau\njohor\nkebun\naruk\n1 oktober",
                                        "daftar/budi misal//l/kaliau/johor/kebun/aruk/1-10-2025"}) {
        CAPTURE(text);
        const auto form = understood(text).registration;
        CHECK(form.name == "budi misal");
        CHECK(form.sex == "m");
        CHECK(form.village == "61.01.09.2001");
        CHECK(form.destination == "Johor");
        CHECK(form.exit_point == "PLBN Aruk");
        CHECK(local(form.date) == "2025-10-01T00:00:00+07:00");
        CHECK(form.missing.empty());
    }
}

TEST_CASE("what is required and not given is named in the village's words and the form's order") {
    using Words = std::vector<std::string>;
    CHECK(understood("DAFTAR").registration.missing == Words{"nama", "desa", "tujuan", "tanggal"});
    CHECK(understood("DAFTAR#RINA CONTOH").registration.missing == Words{"desa", "tujuan", "tanggal"});
    CHECK(understood("DAFTAR#RINA CONTOH###SEBUNGA#KUCHING").registration.missing == Words{"tanggal"});
    CHECK(understood("DAFTAR#RINA CONTOH###SEBUNGA#KUCHING###99-99-2025").registration.missing == Words{"tanggal"});
    CHECK(sambas().field_label("register", "date") == "tanggal");
    CHECK(sambas().field_label("register", "shoe") == "shoe");
}

TEST_CASE("a village or a place abroad the pack does not know stays as typed") {
    const auto form = understood("DAFTAR#RINA CONTOH###KAMPUNG ENTAH#BATAM##PINTU ENTAH#20-09-2025").registration;
    CHECK(form.village.empty());
    CHECK(form.village_name == "KAMPUNG ENTAH");
    CHECK(form.destination == "Batam");
    CHECK(form.exit_point == "PINTU ENTAH");
    CHECK(form.missing.empty());
}

TEST_CASE("a NIK that cannot be one is said, and a minor is one at the day of departure") {
    CHECK_FALSE(understood("DAFTAR#A#123#P#SEBUNGA#KUCHING###20-09-2025").registration.nik_problem.empty());
    CHECK(understood("DAFTAR#A##P#SEBUNGA#KUCHING###20-09-2025").registration.nik_problem.empty());
    CHECK(understood("DAFTAR#A#6101092109079998#L#SEBUNGA#KUCHING###20-09-2025").registration.minor);
    CHECK_FALSE(understood("DAFTAR#A#6101092109079998#L#SEBUNGA#KUCHING###21-09-2025").registration.minor);
    CHECK(understood("DAFTAR#A#6101095506989999##SEBUNGA#KUCHING###20-09-2025").registration.sex == "f");
}

TEST_CASE("whoever the form says is under age is a minor, whatever the NIK says") {
    for (const std::string_view text :
         {"DAFTAR siti misal 17 thn dari sebunga ke kuching tgl 20-10-2025",
          "daftar siti misal usianya baru 16 dari sebunga ke kuching tgl 20-10-2025",
          "daftar siti misal masih SMP dari sebunga ke kuching tgl 20-10-2025",
          "DAFTAR#SITI MISAL (17 thn)##P#SEBUNGA#KUCHING#ART#ARUK#20-10-2025",
          "DAFTAR#SITI MISAL##P umur 16#SEBUNGA#KUCHING#ART#ARUK#20-10-2025",
          "DAFTAR#SITI MISAL##P#SEBUNGA#KUCHING#ART#ARUK#20-10-2025#084000000012#umur 16",
          "DAFTAR#SITI MISAL masih sekolah#6101095506989999#P#SEBUNGA#KUCHING###20-10-2025",
          "daftar siti misal usianya 16 NIK 6101095506989999 dari sebunga ke kuching tgl 20-10-2025",
          "daftar nama siti misal siswi smp dr sebunga ke kuching tgl 20-10-2025"}) {
        CAPTURE(text);
        CHECK(understood(text).registration.minor);
    }
}

TEST_CASE("work with children, somebody's daughter, a name and an age of majority make no minor") {
    for (const std::string_view text :
         {"DAFTAR#SITI MISAL#6101095506989999#P#SEBUNGA#KUCHING#JAGA BAYI#ARUK#20-10-2025",
          "daftar siti misal 27 thn dari sebunga ke kuching jaga anak kecil tgl 20-10-2025",
          "daftar siti misal dari sebunga ke kuching kerja jaga bayi tgl 20-10-2025",
          "daftar anak perempuan saya siti misal dari sebunga ke kuching tgl 20-10-2025",
          "daftar anak gadis saya siti misal umur 19 dari sebunga ke kuching tgl 20-10-2025",
          "DAFTAR#DEDE CONTOH#6101095506989999#P#SEBUNGA#KUCHING###20-10-2025"}) {
        CAPTURE(text);
        CHECK_FALSE(understood(text).registration.minor);
    }
}

TEST_CASE("a date of a form is understood as one of a report, and is the next to come") {
    struct Row {
        std::string_view typed, date;
    };
    for (const auto& row : {Row{"tgl 20 bulan 12", "2025-12-20"},
                            {"tanggal 5 bln 1", "2026-01-05"},
                            {"tgl 20 bulan 12 2025", "2025-12-20"},
                            {"tgl 20 bulan 12 tahun 2025", "2025-12-20"},
                            {"tgl 20 bulan desember 2025", "2025-12-20"},
                            {"20 bulan 12", "2025-12-20"},
                            {"20 9 2025", "2025-09-20"},
                            {"20-09", "2025-09-20"},
                            {"20.12.25", "2025-12-20"},
                            {"tgl 20", "2025-09-20"},
                            {"tgl 5", "2025-10-05"},
                            {"20 sept", "2025-09-20"},
                            {"5 januari", "2026-01-05"},
                            {"besok", "2025-09-13"}}) {
        CAPTURE(row.typed);
        const std::string typed(row.typed), moment = std::string(row.date) + "T00:00:00+07:00";
        CHECK(local(understood("DAFTAR#RINA CONTOH##P#SEBUNGA#KUCHING###" + typed).registration.date) == moment);
        CHECK(local(understood("daftar rina contoh dr sebunga ke kuching " + typed).registration.date) == moment);
    }
    for (const std::string_view typed : {"20", "99-99-2025", "31-02-2026", "desember", "2025"}) {
        CAPTURE(typed);
        CHECK_FALSE(understood("DAFTAR#RINA CONTOH##P#SEBUNGA#KUCHING###" + std::string(typed)).registration.date);
    }
}

TEST_CASE("the form in words, with labels or in order") {
    for (const std::string_view text :
         {"daftar nama rina contoh umur 27 dr sanatab mau krj di sibu tgl 20 lewat aruk hp 0840 0000 0012",
          "daftar rina contoh desa sanatab tujuan sibu lewat plbn aruk tanggal 20 september wa 084000000012",
          "DAFTAR RINA CONTOH 6101095506989999 P SANATAB SIBU ARUK 20-09-2025 0840 0000 0012"}) {
        CAPTURE(text);
        const auto form = understood(text).registration;
        CHECK((form.name == "rina contoh" || form.name == "RINA CONTOH"));
        CHECK(form.village == "61.01.09.2004");
        CHECK(form.destination == "Sibu");
        CHECK(form.exit_point == "PLBN Aruk");
        CHECK(local(form.date) == "2025-09-20T00:00:00+07:00");
        CHECK_FALSE(form.phone.empty());
        CHECK(form.missing.empty());
    }
    CHECK(understood("daftar nama ani umur 16 dari sebunga ke malaysia besok").registration.minor);
    const auto form =
        understood(
            "daftar nama bujang contoh umur 19 dr kaliau mau krj bangunan di malaysia tgl 20 lewat plbn aruk sama pt "
            "maju fiktif")
            .registration;
    CHECK(form.name == "bujang contoh");
    CHECK(form.village == "61.01.09.2001");
    CHECK(form.destination == "MY");
    CHECK(form.job == "bangunan");
    CHECK(form.exit_point == "PLBN Aruk");
    CHECK(form.recruiter == "pt maju fiktif");
    CHECK(local(form.date) == "2025-09-20T00:00:00+07:00");
    CHECK(form.missing.empty());
}
