#include "protocol/sms/utf8.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/octets.hpp"

namespace utf8 = jejak::sms::utf8;
using jejak::tests::ExactText;

TEST_CASE("every code point is appended and read back") {
    for (char32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        if (code_point == 0xD800) code_point = 0xE000;
        std::string text;
        utf8::append(text, code_point);
        std::size_t pos = 0;
        if (utf8::next(ExactText(text), pos) != code_point || pos != text.size()) {
            FAIL("U+" << std::hex << static_cast<std::uint32_t>(code_point));
        }
    }
}

TEST_CASE("what is no code point is appended as U+FFFD") {
    const auto code_point = GENERATE(char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}, utf8::malformed);
    std::string text;
    utf8::append(text, code_point);
    CHECK(text == "\uFFFD");
}

TEST_CASE("malformed runs become one U+FFFD each", "[C1]") {
    struct Row {
        std::string text, repaired;
    };
    // The practice of Unicode 15, section 3.9: one replacement for each longest part of a code point.
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"abc", "abc"},
        {"a\xff"
         "b",
         "a\uFFFDb"},
        {"\x80", "\uFFFD"},
        {"\xc3", "\uFFFD"},
        {"\xc3(", "\uFFFD("},
        {"\xc0\xaf", "\uFFFD\uFFFD"},
        {"\xe0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
        {"\xe2\x82", "\uFFFD"},
        {"\xe2\x82x", "\uFFFDx"},
        {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
        {"\xf0\x9f\x86", "\uFFFD"},
        {"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"\xf8\x88\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"\xf0\x9f\x86\x98", "\U0001F198"},
        {std::string("a\0b", 3), std::string("a\0b", 3)},
    }));
    CAPTURE(row.text);
    bool replaced = false;
    CHECK(utf8::repaired(ExactText(row.text), &replaced) == row.repaired);
    CHECK(replaced == (row.text != row.repaired));
    CHECK(utf8::valid(ExactText(row.text)) == (row.text == row.repaired));
}

TEST_CASE("what was repaired is valid, and repaired again it is the same") {
    std::mt19937 random(3629);
    const std::string_view octets = "a\x7f\x80\xbf\xc2\xdf\xe0\xa0\xed\x9f\xef\xf0\x90\xf4\x8f\xff";
    for (int i = 0; i < 50'000; ++i) {
        std::string text(random() % 12, ' ');
        for (auto& c : text) c = octets[random() % octets.size()];
        const auto repaired = utf8::repaired(ExactText(text));
        REQUIRE(utf8::valid(repaired));
        REQUIRE(utf8::repaired(repaired) == repaired);
        if (utf8::valid(text)) REQUIRE(repaired == text);
    }
}
