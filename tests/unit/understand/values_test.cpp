#include "gateway/understand/dialogue/values.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

std::optional<Values> values_of(std::string_view text) {
    return read_values(sambas(), text, villager());
}

}  // namespace

TEST_CASE("a text that holds nothing but values of slots gives them") {
    struct Row {
        std::string_view text;
        std::uint32_t people = 0;
        std::string_view place{}, at = "-", since = "-", plate{};
    };
    for (const auto& row :
         {Row{"5 orang", 5}, Row{"ada 5 org pak", 5}, Row{"jumlahnya 5 orang", 5}, Row{"sekitar 7 org", 7},
          Row{"5 orang jam 2 mlm", 5, "", "2025-09-12T02:00:00+07:00"},
          Row{"td mlm", 0, "", "-", "2025-09-11T18:00:00+07:00"},
          Row{"kemarin pagi", 0, "", "-", "2025-09-11T05:00:00+07:00"}, Row{"di kaliau", 0, "61.01.09.2001"},
          Row{"3 org di desa kaliau jam 8", 3, "61.01.09.2001", "2025-09-12T08:00:00+07:00"},
          Row{"plat KB 1234 XY", 0, "", "-", "-", "KB 1234 XY"},
          Row{"naik avanza KB 1234 XY pak", 0, "", "-", "-", "KB 1234 XY"}, Row{"3 people", 3}}) {
        CAPTURE(row.text);
        const auto values = values_of(row.text);
        REQUIRE(values);
        CHECK_FALSE(values->corrects);
        CHECK(values->said.people.value_or(0) == row.people);
        CHECK(values->said.place == row.place);
        CHECK(local(values->said.when.at) == row.at);
        CHECK(local(values->said.when.since) == row.since);
        CHECK(values->said.plate == row.plate);
    }
}

TEST_CASE("with a word for a mistake or an omission they correct what was said") {
    struct Row {
        std::string_view text;
        std::uint32_t people = 0, children = 0;
        std::string_view place{}, plate{};
        bool adds = false;
    };
    for (const auto& row :
         {Row{"not 5 but 3", 3}, Row{"sorry 3 people", 3}, Row{"salah, 3 orang", 3}, Row{"eh 3 org", 3},
          Row{"eh salah 3", 3}, Row{"maaf pak 3 org", 3}, Row{"ternyata 3 orang", 3},
          Row{"maaf salah ketik, 15 org", 15}, Row{"salah pak cuma 3", 3},
          Row{"salah tempat, di santaban", 0, 0, "61.01.09.2003"}, Row{"eh di kaliau", 0, 0, "61.01.09.2001"},
          Row{"not in sebunga but in kaliau", 0, 0, "61.01.09.2001"}, Row{"lupa bilang ada 2 anak", 2, 2, "", "", true},
          Row{"tambahan: plat KB 1234 XY", 0, 0, "", "KB 1234 XY", true},
          Row{"tambahan 2 anak kecil", 2, 2, "", "", true}, Row{"tambahan 3 orang lagi", 3, 0, "", "", true},
          Row{"lupa bilang 2 orang lagi", 2, 0, "", "", true}, Row{"eh 3 orang lagi", 3, 0, "", "", true},
          Row{"wrong place, kaliau", 0, 0, "61.01.09.2001"}}) {
        CAPTURE(row.text);
        const auto values = values_of(row.text);
        REQUIRE(values);
        CHECK(values->corrects != row.adds);
        CHECK(values->adds == row.adds);
        CHECK(values->of_them == (row.children > 0));
        CHECK(values->said.people.value_or(0) == row.people);
        CHECK(values->said.children.value_or(0) == row.children);
        CHECK(has(values->said.flags, Flag::minor_involved) == (row.children > 0));
        CHECK(values->said.place == row.place);
        CHECK(values->said.plate == row.plate);
    }
}

TEST_CASE("a greeting beside values is no time") {
    const auto values = values_of("selamat malam pak, 5 orang");
    REQUIRE(values);
    CHECK(values->said.people == 5U);
    CHECK_FALSE(values->said.when.at);
    CHECK_FALSE(values->said.when.since);
}

TEST_CASE("a word that says anything else makes it a text of its own") {
    for (const auto* text : {"",
                             "salah saya apa pak",
                             "ternyata dia calo di Sebunga bawa 5 orang",
                             "besok ada rapat desa jam 9",
                             "tolong",
                             "5 orang disekap",
                             "lapor 5 org di kaliau",
                             "STATUS",
                             "tambahan gaji 2jt",
                             "eh kapan panen?",
                             "5 orang?",
                             "hub 08123456789",
                             "eh hp saya 081234567890",
                             "saya pulang jam 8",
                             "maaf salah kirim",
                             "bayar 3 juta",
                             "umur 15 tahun",
                             "anak saya hilang kemarin",
                             "jemput saya jam 2 di kaliau",
                             "tidak ada 5 orang",
                             "5 orang makan di warung",
                             "salah paham",
                             "malam pak",
                             "selamat malam pak",
                             "terima kasih banyak bu",
                             "ok",
                             "maaf pak",
                             "maaf mengganggu",
                             "eh",
                             "ternyata",
                             "nak",
                             "iya pak sudah",
                             "salah",
                             "salah sambung"}) {
        CAPTURE(text);
        CHECK_FALSE(values_of(text));
    }
}
