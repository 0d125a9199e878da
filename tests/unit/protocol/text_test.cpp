#include "protocol/sms/text.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "protocol/sms/charset.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/unit/protocol/octets.hpp"

using namespace jejak::sms;
using jejak::tests::ExactText;
using jejak::tests::from_hex;
using jejak::tests::Octets;
using jejak::tests::octets_of;
using jejak::tests::to_hex;

namespace {
constexpr Remarks none = 0;
constexpr Remarks flash = none | Remark::flash;
constexpr Remarks binary = none | Remark::binary;
constexpr Remarks replaced = none | Remark::replaced;
}  // namespace

TEST_CASE("octets of a short message are read by their data_coding") {
    struct Row {
        std::string name;
        unsigned data_coding;
        std::string octets, text;
        Remarks remarks;
    };
    const auto row = GENERATE(values<Row>({
        {"V05: GSM default", 0x00, "48454c50", "HELP", none},
        {"V06: UCS-2", 0x08, "092e09260926", "मदद", none},
        {"V07: surrogate pair", 0x08, "d83cdd98", "\U0001F198", none},
        {"V10: plain part", 0x00, "70617274206f6e6520", "part one ", none},
        {"V21: extension", 0x00, "1b651b281b29", "€{}", none},
        {"V24: class 1", 0xF1, "636c617373206f6e65", "class one", none},
        {"M4: empty", 0x00, "", "", none},
        {"empty UCS-2", 0x08, "", "", none},
        {"@ is zero in GSM", 0x00, "0061", "@a", none},
        {"C23: a zero octet stays", 0x03, "610062", std::string("a\0b", 3), none},
        {"C23: bidi override stays", 0x08, "202e0061", "\u202ea", none},
        {"C4: IA5", 0x01, "40245f7e", "@$_~", none},
        {"C4: IA5 above 0x7F", 0x01, "41e9", "A\uFFFD", replaced},
        {"C4: Latin-1", 0x03, "e9ff24", "éÿ$", none},
        {"C4: 8-bit", 0x02, "48454c50", "", binary},
        {"C4: 8-bit", 0x04, "48454c50", "", binary},
        {"C4: JIS", 0x05, "8341", "", binary},
        {"C4: Cyrillic", 0x06, "d0", "", binary},
        {"C4: Hebrew", 0x07, "e0", "", binary},
        {"C4: pictogram", 0x09, "4142", "", binary},
        {"C4: music codes", 0x0A, "4142", "", binary},
        {"C4: extended kanji", 0x0D, "4142", "", binary},
        {"C4: KS C 5601", 0x0E, "4142", "", binary},
        {"reserved", 0x0F, "4142", "", binary},
        {"reserved", 0x80, "4142", "", binary},
        {"C5: odd length", 0x08, "0041 00", "A\uFFFD", replaced},
        {"C5: one octet", 0x08, "41", "\uFFFD", replaced},
        {"C5: big endian mark", 0x08, "feff 0041", "A", none},
        {"C5: little endian mark", 0x08, "fffe 4100", "A", none},
        {"C5: little endian pair", 0x08, "fffe 3cd8 98dd", "\U0001F198", none},
        {"C5: only a mark", 0x08, "feff", "", none},
        {"C5: lone high surrogate", 0x08, "0041 d83c 0042", "A\uFFFDB", replaced},
        {"C5: lone low surrogate", 0x08, "dd98 0042", "\uFFFDB", replaced},
        {"C5: high surrogate at the end", 0x08, "0041 d83c", "A\uFFFD", replaced},
        {"C5: pair in the wrong order", 0x08, "dd98 d83c", "\uFFFD\uFFFD", replaced},
        {"C5: high, pair", 0x08, "d83c d83c dd98", "\uFFFD\U0001F198", replaced},
        {"C5: pair cut in its last octet", 0x08, "d83c dd", "\uFFFD\uFFFD", replaced},
        {"C6: 7-bit class 0", 0xF0, "41", "A", flash},
        {"C6: 7-bit class 2", 0xF2, "41", "A", none},
        {"C6: 7-bit class 3", 0xF3, "1b65", "€", none},
        {"C6: 8-bit class 0", 0xF4, "41", "", flash | Remark::binary},
        {"C6: 8-bit class 1", 0xF5, "41", "", binary},
        {"C6: 8-bit class 3", 0xF7, "41", "", binary},
        {"C6: general, 7-bit class 0", 0x10, "41", "A", flash},
        {"C6: general, 7-bit class 1", 0x11, "41", "A", none},
        {"C6: general, 8-bit class 1", 0x15, "41", "", binary},
        {"C6: general, UCS-2 class 0", 0x18, "0041", "A", flash},
        {"C6: general, UCS-2 class 2", 0x1A, "0041", "A", none},
        {"C6: general, reserved alphabet", 0x1D, "41", "", binary},
        {"C6: compressed", 0x21, "41", "", binary},
        {"C6: compressed, class 0", 0x30, "41", "", flash | Remark::binary},
        {"C6: to be deleted, 7-bit", 0x40, "41", "A", none},
        {"C6: to be deleted, UCS-2 class 0", 0x58, "0041", "A", flash},
        {"C6: waiting indication, discard", 0xC8, "41", "A", none},
        {"C6: waiting indication, store", 0xD0, "41", "A", none},
        {"C6: waiting indication, UCS-2", 0xE0, "0041", "A", none},
    }));
    CAPTURE(row.name, row.data_coding);
    const auto text = decode_text(from_hex(row.octets), static_cast<std::uint8_t>(row.data_coding));
    CHECK(text.utf8 == row.text);
    CHECK(text.remarks == row.remarks);
}

TEST_CASE("C1: data_coding 0 is what the connection says") {
    struct Row {
        DefaultAlphabet alphabet;
        std::string octets, text;
        Remarks remarks;
    };
    const auto row = GENERATE(values<Row>({
        {DefaultAlphabet::gsm7, "0040", "@¡", none},
        {DefaultAlphabet::ascii, "40415f", "@A_", none},
        {DefaultAlphabet::ascii, "41e9", "A\uFFFD", replaced},
        {DefaultAlphabet::latin1, "40e9", "@é", none},
        {DefaultAlphabet::utf8, "40c3a9", "@é", none},
        {DefaultAlphabet::utf8, "41ff42", "A\uFFFDB", replaced},
        {DefaultAlphabet::utf8, "e282", "\uFFFD", replaced},
    }));
    CHECK(decode_text(from_hex(row.octets), 0x00, row.alphabet).utf8 == row.text);
    CHECK(decode_text(from_hex(row.octets), 0x00, row.alphabet).remarks == row.remarks);
    CHECK(decode_text(from_hex(row.octets), 0xF1, row.alphabet).utf8 == row.text);  // 7-bit all the same
    CHECK(decode_text(from_hex("0041"), 0x08, row.alphabet).utf8 == "A");
    CHECK(decode_text(from_hex("e9"), 0x03, row.alphabet).utf8 == "é");
}

TEST_CASE("every data_coding reads every octet without fault") {
    std::mt19937 random(52);
    for (unsigned data_coding = 0; data_coding < 256; ++data_coding) {
        for (std::size_t size = 0; size < 40; ++size) {
            Octets octets(size);
            for (auto& octet : octets) octet = static_cast<std::byte>(random());
            for (const auto alphabet :
                 {DefaultAlphabet::gsm7, DefaultAlphabet::ascii, DefaultAlphabet::latin1, DefaultAlphabet::utf8}) {
                const auto text = decode_text(octets, static_cast<std::uint8_t>(data_coding), alphabet);
                REQUIRE(utf8::valid(text.utf8));
                if (has(text.remarks, Remark::binary)) REQUIRE(text.utf8.empty());
            }
        }
    }
}

TEST_CASE("UTF-8 becomes UCS-2, and what is no UTF-8 becomes U+FFFD") {
    struct Row {
        std::string text, octets;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"A", "0041"},
        {"मदद", "092e09260926"},
        {"\U0001F198", "d83cdd98"},
        {"\U0010FFFF", "dbffdfff"},
        {"\uFFFF", "ffff"},
        {"a\xff"
         "b",
         "0061fffd0062"},
        {"\xe2\x82", "fffd"},
        {"\xed\xa0\xbc", "fffdfffdfffd"},
    }));
    CHECK(to_hex(encode_ucs2(ExactText(row.text))) == row.octets);
}

TEST_CASE("every text goes through UCS-2 and back") {
    std::mt19937 random(10646);
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (auto left = random() % 80; left > 0; --left) {
            const char32_t limit = left % 3 == 0 ? 0x110000 : left % 3 == 1 ? 0x3000 : 0x80;
            utf8::append(text, static_cast<char32_t>(random() % limit));
        }
        if (text.starts_with("\uFEFF")) continue;
        bool bad = false;
        const auto octets = encode_ucs2(text);
        REQUIRE(decode_ucs2(octets, &bad) == text);
        REQUIRE_FALSE(bad);
        REQUIRE(decode_text(octets, 0x08).utf8 == text);
    }
}

TEST_CASE("a character set is known by any spelling of its name") {
    struct Row {
        std::string charset, octets, text;
        Remarks remarks;
    };
    const auto row = GENERATE(values<Row>({
        {"UTF-8", "c3a9", "é", none},
        {"utf8", "c3a9", "é", none},
        {"UTF-8", "41e9", "Aé", replaced},
        {"US-ASCII", "41e9", "Aé", replaced},
        {"UTF-16BE", "00e9", "é", none},
        {"utf-16", "fffee900", "é", none},
        {"UCS-2", "00e900", "é\uFFFD", replaced},
        {"UTF-16LE", "e900", "é", none},
        {"UTF-16LE", "e900 41", "é\uFFFD", replaced},
        {"ISO-8859-1", "e980", "é€", none},
        {"iso8859_1", "e9", "é", none},
        {"windows-1252", "93e994 8081", "“é”€\u0081", none},
        {"\"CP1252\"", "80", "€", none},
        {"GSM 03.38", "00 1b65", "@€", none},
        {"GSM", "c3", "\uFFFD", replaced},
    }));
    CAPTURE(row.charset);
    const auto text = decode_charset(from_hex(row.octets), ExactText(row.charset));
    REQUIRE(text);
    CHECK(text->utf8 == row.text);
    CHECK(text->remarks == row.remarks);
}

TEST_CASE("an unknown character set is said to be unknown") {
    const auto charset = GENERATE(as<std::string>(), "", "8-BIT", "KOI8-R", "utf-7", "utf-16bee",
                                  "a name that is far longer than the name of any character set");
    CHECK_FALSE(decode_charset(from_hex("41"), ExactText(charset)));
}
