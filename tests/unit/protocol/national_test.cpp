#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/gsm7_tables.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/support/octets.hpp"

namespace gsm7 = jejak::sms::gsm7;
namespace utf8 = jejak::sms::utf8;
using gsm7::Language;
using gsm7::Shift;
using jejak::tests::from_hex;
using jejak::tests::Octets;
using jejak::tests::to_hex;

namespace {

constexpr std::uint8_t id(Language language) {
    return static_cast<std::uint8_t>(language);
}

/// FNV-1a over a table's characters, the place of the escape left out.
std::uint32_t fingerprint(const gsm7::Table& table) {
    std::uint32_t hash = 0x811C9DC5;
    for (std::size_t septet = 0; septet < table.size(); ++septet) {
        if (septet == gsm7::escape) continue;
        const unsigned character = table[septet];
        for (const unsigned octet : {character >> 8, character & 0xFF}) hash = (hash ^ octet) * 0x01000193;
    }
    return hash;
}

}  // namespace

TEST_CASE("C7: the tables are those that four other implementations of 23.038 agree on", "[C7]") {
    // Where they did not, the majority: each had a misprint or two of its own that the three others had not.
    constexpr std::uint32_t expected[][2] = {
        {0xABC922AF, 0x76679E15}, {0x50FE8A27, 0xDFCC3C9F}, {0xABC922AF, 0x5FA47AF8}, {0xB33F18AD, 0xAB4C6122},
        {0xC739F96E, 0x31E3C747}, {0xFC7000FB, 0xBED7FC13}, {0x651DADE6, 0x202A16D0}, {0x13D8433B, 0xF8A39588},
        {0xDAF5B571, 0x18AE7A33}, {0x1889B232, 0xFAD94B25}, {0x4C1245C5, 0xC554804A}, {0x98A06A44, 0xC14E08C7},
        {0x588041AC, 0x8E3E29FB}, {0xF2E4287A, 0x274666C8}};
    STATIC_REQUIRE(std::size(expected) == gsm7::language_last + 1);
    for (std::uint8_t language = 0; language <= gsm7::language_last; ++language) {
        CAPTURE(int(language));
        CHECK(fingerprint(gsm7::locking_table(language)) == expected[language][0]);
        CHECK(fingerprint(gsm7::single_shift_table(language)) == expected[language][1]);
    }
}

TEST_CASE("C7: the locking tables of nine Indian scripts are one row of letters in nine blocks of Unicode", "[C7]") {
    // Bengali to Telugu without Urdu: only 0x60 and 0x7B to 0x7F hold what is each script's own.
    constexpr struct {
        Language language;
        char16_t block;
    } scripts[] = {{Language::bengali, 0x980},   {Language::gujarati, 0xA80}, {Language::kannada, 0xC80},
                   {Language::malayalam, 0xD00}, {Language::oriya, 0xB00},    {Language::punjabi, 0xA00},
                   {Language::tamil, 0xB80},     {Language::telugu, 0xC00}};
    const auto& hindi = gsm7::locking_table(id(Language::hindi));
    for (const auto& [language, block] : scripts) {
        const auto& table = gsm7::locking_table(id(language));
        for (std::size_t septet = 0; septet < table.size(); ++septet) {
            CAPTURE(int(id(language)), septet);
            if (septet == 0x60 || septet >= 0x7B) {
                CHECK((table[septet] >= block && table[septet] < block + 0x80));
            } else if (hindi[septet] < 0x80) {
                CHECK((table[septet] == hindi[septet] || table[septet] == 0));
            } else {
                CHECK((table[septet] == hindi[septet] - 0x900 + block || table[septet] == 0));
            }
        }
    }
}

TEST_CASE("C7: the single shift tables of the ten languages of South Asia have their digits in one row", "[C7]") {
    for (auto language = id(Language::bengali); language <= id(Language::urdu); ++language) {
        const auto& table = gsm7::single_shift_table(language);
        const bool bengali = language == id(Language::bengali);
        const std::vector<std::size_t> places =
            bengali ? std::vector<std::size_t>{0x19, 0x1A, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x21, 0x22, 0x23}
                    : std::vector<std::size_t>{0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25};
        CAPTURE(int(language));
        for (std::size_t digit = 0; digit < 10; ++digit) CHECK(table[places[digit]] == table[places[0]] + digit);
        for (char16_t letter = u'A'; letter <= u'Z'; ++letter) CHECK(table[letter] == letter);
    }
}

TEST_CASE("C7: what the tables of three languages of Europe add, written out", "[C7]") {
    struct Row {
        std::uint8_t language;
        std::string escaped, text;
    };
    const auto row = GENERATE(values<Row>({
        {1, "1b47 1b49 1b53 1b63 1b65 1b67 1b69 1b73", "ĞİŞç€ğış"},
        {2, "1b09 1b41 1b49 1b4f 1b55 1b61 1b65 1b69 1b6f 1b75", "çÁÍÓÚá€íóú"},
        {3, "1b05 1b09 1b0b 1b0c 1b0e 1b0f 1b12 1b13 1b15 1b16 1b17 1b18 1b19 1b1f", "êçÔôÁáΦΓΩΠΨΣΘÊ"},
        {3, "1b41 1b49 1b4f 1b55 1b5b 1b5c 1b61 1b65 1b69 1b6f 1b75 1b7b 1b7c 1b7f", "ÀÍÓÚÃÕÂ€íóúãõâ"},
    }));
    CAPTURE(int(row.language));
    CHECK(gsm7::decode(from_hex(row.escaped), Shift{0, row.language}) == row.text);
    // What they do not replace is the default extension, and what neither has is the base character.
    CHECK(gsm7::decode(from_hex("1b28 1b29 1b2f 1b3c 1b3d 1b3e 1b40 1b14 1b0a 1b42"), Shift{0, row.language}) ==
          "{}\\[~]|^\fB");
    CHECK(gsm7::decode(from_hex("04 07 0b 0c 1c 1d 40 60"), Shift{1, 0}) == "€ıĞğŞşİç");
    CHECK(gsm7::decode(from_hex("04 06 07 08 09 0b 0c 0e 0f 12 13 14 15 16 17 18 19 1a 1c 1d 1e 24"), Shift{3, 0}) ==
          "êúíóçÔôÁáªÇÀ∞^\\€Ó|ÂâÊº");
    CHECK(gsm7::decode(from_hex("40 5b 5c 5d 60 7b 7c 7d"), Shift{3, 0}) == "ÍÃÕÚ~ãõ`");
}

TEST_CASE("C7: texts are read with the tables their header names", "[C7]") {
    struct Row {
        std::string name;
        Shift shift;
        std::string octets, text;
        bool replaced = false;
    };
    const auto row = GENERATE(values<Row>({
        {"Hindi locking", {6, 0}, "2e266626", ".णfण"},
        {"Hindi locking and single: digits and capitals", {6, 6}, "1b1d 1b41 1b1e 20 61", "१A२ a"},
        {"Hindi single alone leaves the letters Latin", {0, 6}, "41 1b1c", "A०"},
        {"the default extension stays beside a locking table", {6, 0}, "1b65 1b28", "€{"},
        {"an escape that leads nowhere shows the locking table's character", {6, 0}, "1b61 1b00", "aँ"},
        {"Urdu", {13, 13}, "00 07 1b3f", "ات۔"},
        {"Telugu euro", {12, 12}, "1b65", "€"},
        {"Kannada 0x24 is the letter its row has there", {7, 0}, "24 3d", "ಡಪ"},
        {"Tamil 0x24 is a digit eight", {0, 11}, "1b24 1b25", "௮௯"},
        {"two escapes are a space", {1, 1}, "1b1b 41", " A"},
        {"an escape at the end is a space", {4, 4}, "61 1b", "a "},
        {"a place without a character", {11, 0}, "61 24", "a\uFFFD", true},
        {"an octet above 0x7F", {1, 1}, "41 ff", "A\uFFFD", true},
        {"an escape before an octet above 0x7F", {1, 1}, "1b 80", " \uFFFD", true},
        {"an identifier without tables: the default ones", {14, 200}, "00 1b65", "@€"},
        {"Spanish has no locking table: the default one", {2, 0}, "09 60", "Ç¿"},
    }));
    CAPTURE(row.name);
    bool replaced = false;
    const auto text = gsm7::decode(from_hex(row.octets), row.shift, &replaced);
    CHECK(text == row.text);
    CHECK(replaced == row.replaced);
    CHECK(gsm7::known(row.shift) == (row.shift.locking <= 13 && row.shift.single <= 13));
}

TEST_CASE("C7: what a pair of tables can write, it reads alike", "[C7]") {
    std::mt19937 random(6212);
    for (std::uint8_t locking = 0; locking <= gsm7::language_last; ++locking) {
        for (std::uint8_t single = 0; single <= gsm7::language_last; ++single) {
            const Shift shift{locking, single};
            std::set<char16_t> characters;
            for (const auto character : gsm7::locking_table(locking)) characters.insert(character);
            for (const auto character : gsm7::single_shift_table(single)) characters.insert(character);
            characters.erase(u'\0');
            const std::vector<char16_t> all(characters.begin(), characters.end());
            std::string every;
            for (const auto character : all) utf8::append(every, character);
            const auto encoded = gsm7::encode(every, shift);
            REQUIRE(encoded);
            REQUIRE(gsm7::decode(*encoded, shift) == every);
            std::string text;
            for (int i = 0; i < 100; ++i) utf8::append(text, all[random() % all.size()]);
            const auto octets = gsm7::encode(text, shift);
            REQUIRE(octets);
            bool replaced = false;
            REQUIRE(gsm7::decode(*octets, shift, &replaced) == text);
            REQUIRE_FALSE(replaced);
        }
    }
    CHECK_FALSE(gsm7::encode("ञ", Shift{4, 4}));
    CHECK_FALSE(gsm7::encode("a\xff", Shift{1, 1}));
    CHECK_FALSE(gsm7::encode("\x1b", Shift{6, 6}));
    CHECK(to_hex(gsm7::encode("ığ", Shift{0, 1}).value()) == "1b691b67");
    CHECK(to_hex(gsm7::encode("ığ", Shift{1, 1}).value()) == "070c");
}
