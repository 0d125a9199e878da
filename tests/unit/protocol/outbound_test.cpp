#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/user_data.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/support/octets.hpp"

using namespace jejak::sms;
using gsm7::Language;
using jejak::tests::to_hex;
using Form = LongTexts::Form;

namespace {

/// A text of `count` times `unit`.
std::string repeat(std::string_view unit, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += unit;
    return text;
}

/// Octets of one SMS that this takes on the air: a septet is seven bits there.
std::size_t on_the_air(const OutboundSegment& segment, DefaultAlphabet zero_means) {
    const auto data = split_user_data(segment.octets, segment.udhi);
    const auto header = segment.octets.size() - data.body.size();
    if (segment.data_coding == 8 || zero_means == DefaultAlphabet::gsm7_packed) return segment.octets.size();
    std::size_t septets = data.body.size();
    if (zero_means != DefaultAlphabet::gsm7) {
        septets = gsm7::septets(decode_text(data.body, 0, zero_means).utf8).value();
    }
    return header + (septets * 7 + gsm7::fill_bits(header) + 7) / 8;
}

/// Reads each part for itself, as a phone would, and joins the texts. Checks headers and sizes on the way.
std::string rejoin(const std::vector<OutboundSegment>& segments, std::uint16_t reference, const LongTexts& how = {}) {
    const bool headers = how.form == Form::udh8 || how.form == Form::udh16;
    const bool wide = how.form == Form::udh16;
    std::string text;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto& segment = segments[i];
        REQUIRE(segment.segment.has_value() == (segments.size() > 1));
        REQUIRE_FALSE(segment.payload);
        if (segment.segment) {
            REQUIRE(segment.segment->total == segments.size());
            REQUIRE(segment.segment->part == i + 1);
            const auto low = how.form == Form::udh8 ? reference & 0xFF : reference;
            REQUIRE(segment.segment->reference == low);
        }
        const auto data = split_user_data(segment.octets, segment.udhi);
        REQUIRE(data.valid);
        if (headers) REQUIRE(data.segment == segment.segment);
        if (headers && segment.segment)
            REQUIRE(segment.segment->mechanism == (wide ? Concatenation::udh16 : Concatenation::udh8));
        REQUIRE(segment.data_coding == segments.front().data_coding);
        const std::size_t written_by_smsc = how.form == Form::sar && segment.segment ? 6 : 0;
        REQUIRE(on_the_air(segment, how.zero_means) + written_by_smsc <= 140);
        const auto read =
            read_user_data(segment.octets, segment.udhi, segment.data_coding, {how.zero_means, false}, segment.segment);
        REQUIRE((read.remarks & ~static_cast<unsigned>(Remark::unannounced_udh)) == 0);  // a split pair is replaced
        text += read.text;
    }
    return text;
}

}  // namespace

TEST_CASE("C24: a text is cut at the sizes of its alphabet", "[C24]") {
    struct Row {
        std::string name, text;
        std::size_t parts;
        unsigned data_coding;
    };
    const auto row = GENERATE(values<Row>({
        {"empty", "", 1, 0},
        {"160 septets", repeat("a", 160), 1, 0},
        {"161 septets", repeat("a", 161), 2, 0},
        {"306 septets", repeat("a", 306), 2, 0},
        {"307 septets", repeat("a", 307), 3, 0},
        {"80 extension characters", repeat("€", 80), 1, 0},
        {"81 extension characters", repeat("€", 81), 2, 0},
        {"152 extension characters: 76 in each part", repeat("€", 152), 2, 0},
        {"153 extension characters", repeat("€", 153), 3, 0},
        {"70 units", repeat("म", 70), 1, 8},
        {"71 units", repeat("म", 71), 2, 8},
        {"134 units", repeat("म", 134), 2, 8},
        {"135 units", repeat("म", 135), 3, 8},
        {"35 pairs", repeat("\U0001F198", 35), 1, 8},
        {"36 pairs", repeat("\U0001F198", 36), 2, 8},
        {"66 pairs: 33 in each part", repeat("\U0001F198", 66), 2, 8},
        {"67 pairs", repeat("\U0001F198", 67), 3, 8},
        {"one character outside GSM", repeat("a", 70) + "ç", 2, 8},
        {"255 parts", repeat("a", std::size_t{255} * 153), 255, 0},
        {"255 parts of UCS-2", repeat("म", std::size_t{255} * 67), 255, 8},
        {"256 parts are too many", repeat("a", std::size_t{255} * 153 + 1), 0, 0},
        {"256 parts of UCS-2 are too many", repeat("म", std::size_t{255} * 67 + 1), 0, 8},
    }));
    CAPTURE(row.name);
    const auto segments = segment_text(row.text, 7);
    REQUIRE(segments.size() == row.parts);
    if (segments.empty()) return;
    CHECK(segments.front().data_coding == row.data_coding);
    CHECK(rejoin(segments, 7) == row.text);
}

TEST_CASE("C24: a larger header leaves less room", "[C24]") {
    struct Row {
        std::string name;
        Form form;
        std::vector<Language> languages;
        std::string unit;
        std::size_t alone, each;  ///< units
    };
    const auto row = GENERATE(values<Row>({
        {"16-bit reference, GSM 7-bit", Form::udh16, {}, "a", 160, 152},
        {"16-bit reference, UCS-2", Form::udh16, {}, "म", 70, 66},
        {"SAR, GSM 7-bit", Form::sar, {}, "a", 160, 153},
        {"SAR, UCS-2", Form::sar, {}, "म", 70, 67},
        {"SAR knows no national tables", Form::sar, {Language::hindi}, "म", 70, 67},
        {"locking shift", Form::udh8, {Language::hindi}, "म", 155, 149},
        {"locking shift, 16-bit reference", Form::udh16, {Language::hindi}, "म", 155, 148},
        {"locking shift, chosen among several", Form::udh8, {Language::turkish, Language::hindi}, "म", 155, 149},
        {"a language that has not the letter", Form::udh8, {Language::tamil, Language::none}, "म", 70, 67},
        {"locking and single shift", Form::udh8, {Language::hindi}, "मQम", 38, 36},
    }));
    CAPTURE(row.name);
    const LongTexts how{row.form, DefaultAlphabet::gsm7, row.languages};
    for (const auto& [units, parts] : {std::pair<std::size_t, std::size_t>{row.alone, 1},
                                       {row.alone + 1, 2},
                                       {2 * row.each, 2},
                                       {2 * row.each + 1, 3}}) {
        const auto text = repeat(row.unit, units);
        const auto segments = segment_text(text, 0x1234, how);
        CAPTURE(units);
        CHECK(segments.size() == parts);
        CHECK(rejoin(segments, 0x1234, how) == text);
    }
}

TEST_CASE("C24: a national table is used only where it takes fewer parts than UCS-2", "[C24][C7]") {
    const LongTexts turkish{Form::udh8, DefaultAlphabet::gsm7, {Language::turkish}};
    CHECK(segment_text("ığ", 1, turkish).front().data_coding == 8);
    const auto shifted = segment_text(repeat("ışık ", 20), 1, turkish);
    REQUIRE(shifted.size() == 1);
    CHECK(shifted[0].data_coding == 0);
    CHECK(shifted[0].udhi);
    CHECK(to_hex(shifted[0].octets).substr(0, 8) == "03250101");
    CHECK_FALSE(segment_text(repeat("i", 160), 1, turkish)[0].udhi);
    // Spanish has single shift alone.
    const LongTexts spanish{Form::udh16, DefaultAlphabet::gsm7, {Language::spanish}};
    const auto accents = segment_text(repeat("á bc", 60), 0x0102, spanish);
    REQUIRE(accents.size() == 3);
    CHECK(to_hex(accents[0].octets).substr(0, 22) == "0908040102030124010" + std::string("21b"));
    CHECK(rejoin(accents, 0x0102, spanish) == repeat("á bc", 60));
}

TEST_CASE("C24: under message_payload a long text is one, and a short one is as ever", "[C24]") {
    const LongTexts how{Form::payload, DefaultAlphabet::gsm7, {}};
    CHECK_FALSE(segment_text(repeat("a", 160), 1, how).front().payload);
    for (const auto& text : {repeat("a€", 4'000), repeat("म", 4'000)}) {
        const auto segments = segment_text(text, 1, how);
        REQUIRE(segments.size() == 1);
        CHECK(segments[0].payload);
        CHECK_FALSE(segments[0].udhi);
        CHECK_FALSE(segments[0].segment);
        CHECK(decode_text(segments[0].octets, segments[0].data_coding).utf8 == text);
    }
    CHECK(segment_text(repeat("a", std::size_t{255} * 153 + 1), 1, how).empty());
}

TEST_CASE("C24: data_coding 0 carries what the operator reads under it", "[C24][C1]") {
    struct Row {
        DefaultAlphabet alphabet;
        std::string text, octets;
        unsigned data_coding;
    };
    const auto row = GENERATE(values<Row>({
        {DefaultAlphabet::gsm7, "@_$", "001102", 0},
        {DefaultAlphabet::ascii, "@_$", "405f24", 0},
        {DefaultAlphabet::ascii, "{a}", "7b617d", 0},
        {DefaultAlphabet::ascii, "é", "00e9", 8},
        {DefaultAlphabet::ascii, "`", "0060", 8},
        {DefaultAlphabet::latin1, "é@", "e940", 0},
        {DefaultAlphabet::latin1, "€", "20ac", 8},
        {DefaultAlphabet::latin1, "ç", "00e7", 8},
        {DefaultAlphabet::utf8, "a@", "6140", 0},
        {DefaultAlphabet::utf8, "é", "00e9", 8},
        {DefaultAlphabet::gsm7_packed, "Hello", "c8329bfd06", 0},
        {DefaultAlphabet::gsm7_packed, "1234567", "31d98c56b3dd1a", 0},
    }));
    const auto segments = segment_text(row.text, 1, {Form::udh8, row.alphabet, {}});
    REQUIRE(segments.size() == 1);
    CHECK(to_hex(segments[0].octets) == row.octets);
    CHECK(segments[0].data_coding == row.data_coding);
}

TEST_CASE("C24: a pair at the border moves to the next part whole", "[C24]") {
    const auto text = repeat("a", 152) + "€" + repeat("b", 40);
    const auto segments = segment_text(text, 200);
    REQUIRE(segments.size() == 2);
    CHECK(segments[0].octets.size() == 6 + 152);
    CHECK(to_hex(segments[1].octets).substr(0, 18) == "050003c802021b6562");
    const auto emoji = repeat("म", 66) + "\U0001F198" + repeat("म", 40);
    const auto wide = segment_text(emoji, 201);
    REQUIRE(wide.size() == 2);
    CHECK(wide[0].octets.size() == 6 + 132);
    CHECK(to_hex(wide[1].octets).substr(0, 20) == "050003c90202d83cdd98");
}

TEST_CASE("C24: what is no UTF-8 is sent as U+FFFD rather than not at all", "[C24]") {
    const auto segments = segment_text("a\xff", 1);
    REQUIRE(segments.size() == 1);
    CHECK(segments[0].data_coding == 8);
    CHECK(to_hex(segments[0].octets) == "0061fffd");
}

namespace {

/// Sizes of the pieces that must not be cut, in septets of the default alphabet; empty when one is not in it.
std::optional<std::vector<std::size_t>> pieces(const std::string& text, bool ucs2) {
    std::vector<std::size_t> sizes;
    for (std::size_t pos = 0; pos < text.size();) {
        const auto from = pos;
        const auto code_point = utf8::next(text, pos);
        const auto septets = gsm7::septets(text.substr(from, pos - from));
        if (!ucs2 && !septets) return std::nullopt;
        sizes.push_back(ucs2 ? (code_point > 0xFFFF ? 2 : 1) : *septets);
    }
    return sizes;
}

/// The fewest parts there can be, by trying every cut.
std::size_t fewest(const std::vector<std::size_t>& sizes, std::size_t alone, std::size_t each) {
    std::size_t all = 0;
    for (const auto size : sizes) all += size;
    if (all <= alone) return 1;
    std::vector<std::size_t> best(sizes.size() + 1, sizes.size());
    best[0] = 0;
    for (std::size_t end = 1; end <= sizes.size(); ++end) {
        std::size_t size = 0;
        for (auto begin = end; begin > 0 && size + sizes[begin - 1] <= each; --begin) {
            size += sizes[begin - 1];
            best[end] = std::min(best[end], best[begin - 1] + 1);
        }
    }
    return best[sizes.size()];
}

}  // namespace

TEST_CASE("C24: every text rejoins without loss, in the fewest parts there can be", "[C24]") {
    std::mt19937 random(153);
    const std::vector<std::string> gsm = {"a", "Z", " ", "@", "€", "{", "|", "é", "Ω", "\n", "^", "0"};
    const std::vector<std::string> wide = {"a", "म", "\U0001F198", "ç", "€", "\u200b", "\u202e", "😀"};
    const std::vector<std::string> hindi = {"a", "म", "द", "€", "Q", "१", " ", "।"};
    for (int i = 0; i < 3'000; ++i) {
        const auto& characters = i % 3 == 0 ? gsm : i % 3 == 1 ? wide : hindi;
        std::string text;
        for (auto left = random() % 700; left > 0; --left) text += characters[random() % characters.size()];
        const auto reference = static_cast<std::uint16_t>(random());
        LongTexts how;
        how.form = std::vector{Form::udh8, Form::udh16, Form::sar}[random() % 3];
        how.zero_means = std::vector{DefaultAlphabet::gsm7, DefaultAlphabet::gsm7_packed}[random() % 2];
        if (random() % 2 == 0) how.languages = {Language::turkish, Language::hindi, Language::urdu};
        if (how.zero_means == DefaultAlphabet::gsm7_packed) {  // an @ at a part's end may read as filling
            std::replace(text.begin(), text.end(), '@', '0');
        }
        const auto segments = segment_text(text, reference, how);
        REQUIRE_FALSE(segments.empty());
        REQUIRE(rejoin(segments, reference, how) == text);
        const std::size_t room = how.form == Form::udh16 ? 152 : 153;
        if (const auto sizes = pieces(text, false)) {
            REQUIRE(segments.front().data_coding == 0);
            REQUIRE(segments.size() == fewest(*sizes, 160, room));
        } else {
            const auto units = fewest(*pieces(text, true), 70, how.form == Form::udh16 ? 66 : 67);
            REQUIRE(segments.size() <= units);
            REQUIRE((segments.front().data_coding == 8 || segments.size() < units));
            if (how.languages.empty()) REQUIRE(segments.size() == units);
        }
    }
}
