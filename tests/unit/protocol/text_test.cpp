#include "protocol/sms/text.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "protocol/sms/charset.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/support/octets.hpp"

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
constexpr Remarks guessed = none | Remark::guessed;
}  // namespace

TEST_CASE("C4, C5, C6, C23: octets of a short message are read by their data_coding", "[C4][C5][C6][C23]") {
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
        {"C23: zero width and isolates stay", 0x08, "200b 2068 0061 2069", "\u200b\u2068a\u2069", none},
        {"C23: controls of GSM stay", 0x00, "610d0a62", "a\r\nb", none},
        {"C4: IA5 above 0x7F is Latin-1", 0x01, "41e9", "Aé", guessed},
        {"C4: IA5 above 0x7F is UTF-8 if it can be", 0x01, "41c3a9", "Aé", guessed},
        {"C4: IA5 above 0x7F among controls", 0x01, "00e9", std::string("\0\uFFFD", 4), replaced},
        {"C4: Latin-1", 0x03, "e9ff24", "éÿ$", none},
        {"C4: 8-bit", 0x02, "48454c50", "", binary},
        {"C4: 8-bit", 0x04, "48454c50", "", binary},
        {"C4: JIS X 0208", 0x05, "467c4b5c386c", "日本語", none},
        {"C4: JIS in EUC", 0x05, "c6fccbdcb8ec", "日本語", none},
        {"C4: JIS in Shift JIS", 0x05, "93fa967b8cea", "日本語", none},
        {"C4: JIS in ISO-2022-JP", 0x05, "1b2442467c4b5c386c1b2842 61", "日本語a", none},
        {"C4: JIS, plain ASCII", 0x05, "48 45 20 4c 50", "HE LP", none},
        {"C4: JIS that is none", 0x05, "ff00ff01fffe", "", binary},
        {"C4: Cyrillic", 0x06, "bfdedcded3d8e2d520f035", "Помогите №5", none},
        {"C4: Hebrew", 0x07, "f2e6f8e4", "עזרה", none},
        {"C4: Hebrew, an unused place", 0x07, "e0a1", "א\uFFFD", replaced},
        {"C4: pictogram", 0x09, "4142", "", binary},
        {"C4: ISO-2022-JP", 0x0A, "1b2442467c4b5c386c1b2842", "日本語", none},
        {"C4: music codes", 0x0A, "ff8091a2b3", "", binary},
        {"C4: extended kanji", 0x0D, "3021", "丂", none},
        {"C4: extended kanji in EUC", 0x0D, "8fb0a1", "丂", none},
        {"C4: KS C 5601", 0x0E, "b5b5bfcdc1d6bcbcbfe42068656c70", "도와주세요 help", none},
        {"C4: KS C 5601, a character cut in two", 0x0E, "b5b5bfcdc1d6bcbcbf", "도와주세\uFFFD", replaced},
        {"reserved: the default alphabet", 0x0F, "4142", "AB", guessed},
        {"reserved: the default alphabet", 0x80, "4100", "A@", guessed},
        {"reserved, and no septets", 0x80, "41ff", "", binary},
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
        {"C5: swapped octets without a mark", 0x08, "5400 4f00 4c00 4f00 4e00 4700", "TOLONG", guessed},
        {"C5: swapped octets, not all Latin", 0x08, "4100 2000 1904 6100 6200", "A Йab", guessed},
        {"C5: swapped octets, one too many", 0x08, "4100 4200 4300 44", "ABC\uFFFD", Remarks(guessed | replaced)},
        {"C5: Chinese is not Latin swapped", 0x08, "4e00 4e00 4e00", "一一一", none},
        {"C5: Chinese with a little of what could be", 0x08, "5100 4e2d 6587 4e00", "儀中文一", none},
        {"C5: two units prove nothing", 0x08, "4100 4200", "䄀䈀", none},
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
        {"C6: general, reserved alphabet", 0x1D, "41", "A", guessed},
        {"C6: general, reserved alphabet, class 0", 0x1C, "41", "A", Remarks(flash | guessed)},
        {"C6: compressed", 0x21, "41", "", binary},
        {"C6: compressed, class 0", 0x30, "41", "", flash | Remark::binary},
        {"C6: to be deleted, 7-bit", 0x40, "41", "A", none},
        {"C6: to be deleted, UCS-2 class 0", 0x58, "0041", "A", flash},
        {"C6: waiting indication, discard", 0xC8, "41", "A", none},
        {"C6: waiting indication, store", 0xD0, "41", "A", none},
        {"C6: compressed and to be deleted, class 0", 0x70, "41", "", flash | Remark::binary},
        {"C6: waiting indication, active, discard", 0xCB, "41", "A", none},
        {"C6: waiting indication, UCS-2", 0xE0, "0041", "A", none},
        {"C6: waiting indication, UCS-2, last", 0xEF, "0041", "A", none},
        {"C6: 7-bit class 0 with the reserved bit", 0xF8, "41", "A", flash},
        {"C6: 8-bit class 3 with the reserved bit", 0xFF, "41", "", binary},
    }));
    CAPTURE(row.name, row.data_coding);
    const auto text = decode_text(from_hex(row.octets), static_cast<std::uint8_t>(row.data_coding));
    CHECK(text.utf8 == row.text);
    CHECK(text.remarks == row.remarks);
}

TEST_CASE("C1: data_coding 0 is what the connection says", "[C1][C3]") {
    struct Row {
        DefaultAlphabet alphabet;
        std::string octets, text;
        Remarks remarks;
    };
    const auto row = GENERATE(values<Row>({
        {DefaultAlphabet::gsm7, "0040", "@¡", none},
        {DefaultAlphabet::ascii, "40415f", "@A_", none},
        {DefaultAlphabet::ascii, "41e9", "Aé", guessed},
        {DefaultAlphabet::gsm7, "41e94a", "AéJ", guessed},
        {DefaultAlphabet::gsm7, "41c3a94a", "AéJ", guessed},
        {DefaultAlphabet::gsm7, "00e94a", "@\uFFFDJ", replaced},
        {DefaultAlphabet::gsm7, "41829a", "A\uFFFD\uFFFD", replaced},
        {DefaultAlphabet::gsm7_packed, "c8329bfd06", "Hello", none},
        {DefaultAlphabet::gsm7_packed, "31d98c56b3dd1a", "1234567", none},
        {DefaultAlphabet::gsm7_packed, "9b32", "€", none},
        {DefaultAlphabet::latin1, "40e9", "@é", none},
        {DefaultAlphabet::utf8, "40c3a9", "@é", none},
        {DefaultAlphabet::utf8, "41ff42", "AÿB", guessed},
        {DefaultAlphabet::utf8, "41ff02", "A\uFFFD\x02", replaced},
        {DefaultAlphabet::utf8, "e282", "\uFFFD", replaced},
    }));
    CHECK(decode_text(from_hex(row.octets), 0x00, row.alphabet).utf8 == row.text);
    CHECK(decode_text(from_hex(row.octets), 0x00, row.alphabet).remarks == row.remarks);
    CHECK(decode_text(from_hex(row.octets), 0xF1, row.alphabet).utf8 == row.text);  // 7-bit all the same
    CHECK(decode_text(from_hex("0041"), 0x08, row.alphabet).utf8 == "A");
    CHECK(decode_text(from_hex("e9"), 0x03, row.alphabet).utf8 == "é");
}

TEST_CASE("every data_coding reads every octet without fault", "[C4][C6]") {
    std::mt19937 random(52);
    for (unsigned data_coding = 0; data_coding < 256; ++data_coding) {
        for (std::size_t size = 0; size < 40; ++size) {
            Octets octets(size);
            for (auto& octet : octets) octet = static_cast<std::byte>(random());
            for (const auto alphabet : {DefaultAlphabet::gsm7, DefaultAlphabet::ascii, DefaultAlphabet::latin1,
                                        DefaultAlphabet::utf8, DefaultAlphabet::gsm7_packed}) {
                const gsm7::Shift shift{static_cast<std::uint8_t>(size % 16), static_cast<std::uint8_t>(size % 15)};
                const auto text = decode_text(octets, static_cast<std::uint8_t>(data_coding), alphabet, shift);
                REQUIRE(utf8::valid(text.utf8));
                if (has(text.remarks, Remark::binary)) REQUIRE(text.utf8.empty());
            }
        }
    }
}

TEST_CASE("UTF-8 becomes UCS-2, and what is no UTF-8 becomes U+FFFD", "[C24]") {
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

TEST_CASE("every text goes through UCS-2 and back", "[C5]") {
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
        const auto read = decode_text(octets, 0x08);
        if (!has(read.remarks, Remark::guessed)) REQUIRE(read.utf8 == text);
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
        {"GSM", "c3", "Ã", guessed},
        {"GSM", "c31b", "\uFFFD ", replaced},
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
