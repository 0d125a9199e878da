#include <catch2/catch.hpp>

#include "protocol/sms/gsm7.hpp"
#include "protocol/ussd/paging.hpp"

using namespace jejak::ussd;

namespace {

std::vector<std::string> numbered(std::size_t count, const std::string& label) {
    std::vector<std::string> lines;
    for (std::size_t i = 1; i <= count; ++i) lines.push_back(std::to_string(i) + ' ' + label);
    return lines;
}

}  // namespace

TEST_CASE("U5: a screen holds 182 septets of the GSM alphabet, or 80 UCS-2 units of anything else", "[U5]") {
    CHECK(fits(""));
    CHECK(fits(std::string(182, 'a')));
    CHECK_FALSE(fits(std::string(183, 'a')));
    CHECK(fits(std::string(180, 'a') + "€"));          // an extension character takes two septets
    CHECK_FALSE(fits(std::string(181, 'a') + "€"));    // …
    CHECK(fits("ș" + std::string(79, 'a')));           // outside the alphabet
    CHECK_FALSE(fits("ș" + std::string(80, 'a')));     // …
    CHECK(fits("🙂" + std::string(78, 'a')));        // a character of two units
    CHECK_FALSE(fits("🙂" + std::string(79, 'a')));  // …
}

TEST_CASE("a text is cut between characters") {
    CHECK(cut("halo") == "halo");
    CHECK(cut(std::string(200, 'a')).size() == 182);
    std::string wide;
    for (int i = 0; i < 100; ++i) wide += "ș";
    CHECK(cut(wide).size() == 160);
}

TEST_CASE("a short listing is one page without a key for more") {
    const Listing listing{"Di mana?", {"1 Sebunga", "2 Kaliau"}, "0 Kembali"};
    CHECK(pages(listing, "98 Lanjut") == std::vector<std::string>{"Di mana?\n1 Sebunga\n2 Kaliau\n0 Kembali"});
}

TEST_CASE("a long listing goes on under its own numbers, with head and way back on every page") {
    const Listing listing{"Di mana?", numbered(30, "Sungai Contoh"), "0 Kembali"};
    const auto all = pages(listing, "98 Lanjut");
    REQUIRE(all.size() > 2);
    std::size_t entries = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(fits(all[i]));
        CHECK(all[i].starts_with("Di mana?\n"));
        CHECK(all[i].ends_with("0 Kembali"));
        CHECK((all[i].find("98 Lanjut") != std::string::npos) == (i + 1 < all.size()));
        for (std::size_t at = all[i].find("Contoh"); at != std::string::npos; at = all[i].find("Contoh", at + 1))
            ++entries;
    }
    CHECK(entries == 30);
    CHECK(all[1].find("\n1 ") == std::string::npos);
}

TEST_CASE("pages leave room for a line above, a single screen does not") {
    const std::string above = "Pilihan tidak ada.";
    const Listing longer{"Di mana?", numbered(30, "Sungai Contoh"), "0 Kembali"};
    for (const auto& page : pages(longer, "98 Lanjut", above)) CHECK(fits(above + '\n' + page));
    const Listing full{"Di mana?", {std::string(160, 'a')}, "0 Kembali"};
    CHECK(pages(full, "98 Lanjut", above).size() == 1);
}

TEST_CASE("one letter outside the GSM alphabet makes that page short, and only that one") {
    auto lines = numbered(12, "Sungai Contoh");
    lines[11] = "12 Desa Tștș";
    const auto all = pages({"Di mana?", lines, "0 Kembali"}, "98 Lanjut");
    REQUIRE(all.size() >= 2);
    for (const auto& page : all) CHECK(fits(page));
    CHECK(jejak::sms::gsm7::septets(all.front()).value_or(0) > 100);
    CHECK_FALSE(jejak::sms::gsm7::septets(all.back()));
}

TEST_CASE("whatever is listed, every page fits and no page is missing", "[U5]") {
    const std::string endless(400, 'x');
    for (const auto& listing : {Listing{}, Listing{"", {}, "0 Kembali"}, Listing{endless, {}, ""},
                                Listing{"Kepala", {endless, "2 dua", endless}, "0 Kembali"},
                                Listing{endless, {"1 satu", "2 dua"}, "0 Kembali"}, Listing{"", {"1 satu"}, endless}}) {
        const auto all = pages(listing, "98 Lanjut");
        REQUIRE_FALSE(all.empty());
        for (const auto& page : all) CHECK(fits(page));
    }
    const auto cut_lines = pages({"Kepala", {endless, "2 dua"}, "0 Kembali"}, "98 Lanjut");
    REQUIRE(cut_lines.size() == 2);
    CHECK(cut_lines[0].find("98 Lanjut\n0 Kembali") != std::string::npos);
    CHECK(cut_lines[1] == "Kepala\n2 dua\n0 Kembali");
}
