#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

bool minor(const Reading& reading) {
    return has(reading.flags, Flag::minor_involved);
}

bool raised(const Reading& reading, AlertKind kind) {
    return std::find(reading.alerts.begin(), reading.alerts.end(), kind) != reading.alerts.end();
}

}  // namespace

TEST_CASE("an age in months, weeks or days is a small child's") {
    struct Row {
        std::string_view text;
        std::uint32_t years;
    };
    for (const auto& row :
         {Row{"lapor bayi umur 20 bulan mau dijual", 1}, Row{"bayi umur 21 hari dijual ke malaysia", 0},
          Row{"lapor bayi umurnya baru 3 minggu dijual", 0},
          Row{"lapor anak usia 30 bln dibawa calo ke malaysia", 2}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(reading.age == row.years);
        CHECK(minor(reading));
        CHECK(raised(reading, AlertKind::minor));
    }
}

TEST_CASE("a week, a month or a day that is named behind an age is none of its units") {
    for (const std::string_view text :
         {"lapor perempuan umur 25 minggu lalu dibawa calo", "lapor perempuan umur 25 hari senin dibawa calo",
          "lapor perempuan umur 25 hari ini dibawa calo", "lapor perempuan umur 25 bulan depan dibawa calo"}) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK(reading.age == 25u);
        CHECK_FALSE(minor(reading));
    }
}

TEST_CASE("how long somebody is expecting and how old a contract is are nobody's age") {
    for (const std::string_view text :
         {"lapor tki hamil umur 5 bulan mau diseberangkan ke malaysia", "lapor umur kandungan 7 bulan dipaksa kerja",
          "lapor hamil sudah umur 5 bulan dipaksa kerja", "lapor kontrak umur 2 tahun, gaji tidak dibayar",
          "lapor umur kontrak 3 tahun, gaji tidak dibayar"}) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK_FALSE(reading.age);
        CHECK_FALSE(minor(reading));
        CHECK_FALSE(raised(reading, AlertKind::minor));
    }
    CHECK(understood("lapor pekerja kontrak umur 17 dipaksa kerja").age == 17u);
    CHECK(understood("lapor perempuan hamil umur 17 dibawa calo").age == 17u);
}

TEST_CASE("about so many years behind one person is an age, before a word for people a count") {
    struct Row {
        std::string_view text;
        std::uint32_t age, people;
    };
    for (const auto& row :
         {Row{"lapor gadis 17an dibawa calo", 17, 0}, Row{"lapor cewek 16an 2 org dibawa calo", 16, 2},
          Row{"lapor anak 15an dibawa calo", 15, 0}, Row{"lapor cowok 17an dijual", 17, 0},
          Row{"lapor cewek 20an orang dibawa calo", 0, 20}, Row{"lapor anak 20an dibawa calo", 0, 20},
          Row{"lapor ada 20an org di gudang", 0, 20}, Row{"lapor wna 15an di gudang", 0, 15}}) {
        CAPTURE(row.text);
        const auto reading = understood(row.text);
        CHECK(reading.age.value_or(0) == row.age);
        CHECK(reading.people.value_or(0) == row.people);
        if (row.age > 0) CHECK(minor(reading));
        CHECK(has(reading.flags, Flag::mass) == (row.people >= 10));
    }
}
