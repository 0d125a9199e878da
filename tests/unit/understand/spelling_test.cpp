#include "gateway/understand/words/spelling.hpp"

#include <catch2/catch.hpp>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/words/tokens.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

/// The words a text is understood to be of, in the pack's spelling; a word nobody knows as it stands.
std::string words_of(std::string_view text) {
    const auto& data = sambas().data();
    const Tokens tokens(data, text);
    std::string words;
    for (const Token& token : tokens.list) {
        words += words.empty() ? "" : " ";
        words += token.meant == 0 ? std::string(token.text) : data.spelling[token.meant];
    }
    return words;
}

}  // namespace

TEST_CASE("words are put right where they are split, glued, disguised or worn down") {
    struct Row {
        std::string_view text, words;
    };
    for (const auto& row :
         {Row{"jalantikus", "jalan tikus"},
          {"dikurungdirumah", "dikurung di rumah"},
          {"jalan tiku s", "jalan tikus"},
          {"di kurung", "dikurung"},
          {"ber angkat", "berangkat"},
          {"t o l o n g", "tolong"},
          {"t0long", "tolong"},
          {"m4lam", "malam"},
          {"4n4k", "anak"},
          {"orang2", "orang"},
          {"5org", "5 orang"},
          {"jam2mlm", "jam 2 malam"},
          {"paspornya", "paspor"},
          {"mjkn", "majikan"},
          {"dikrung", "dikurung"},
          {"penampugann", "penampungan"},
          {"tolongsayadikurungdirumahkosongdekataruk", "tolong saya dikurung di rumah kosong dekat aruk"},
          {"to long sa ya di ku rung", "tolong saya dikurung"},
          {"di ma na pos nya", "di ma na pos nya"},  // no known words for all of it
          {"zqwxv", "zqwxv"}}) {
        CAPTURE(row.text);
        CHECK(words_of(row.text) == row.words);
    }
}

TEST_CASE("a guess is never a word by itself, so that names and delicate commands are not made of it") {
    const auto& data = sambas().data();
    const Tokens tokens(data, "dikrung amaan");
    REQUIRE(tokens.list.size() == 2);
    CHECK(tokens.list[0].word == 0);
    CHECK(tokens.list[0].meant != 0);
    CHECK_FALSE(tokens.list[1].exact);
}

TEST_CASE("a token keeps the place it was typed at, whatever it was put together from") {
    const std::string text = "pak, di kurung dirumahkosong!";
    const Tokens tokens(sambas().data(), text);
    for (const Token& token : tokens.list) {
        CAPTURE(token.text);
        CHECK(token.begin < token.end);
        CHECK(token.end <= text.size());
    }
    CHECK(text.substr(tokens.list[1].begin, tokens.list[1].end - tokens.list[1].begin) == "di kurung");
}

TEST_CASE("a message without a blank is heard, up to a length") {
    const auto intent = [](std::string_view text) { return understood(text).intent; };
    CHECK(intent("tolongsayadikurungdirumahkosongdekataruk") == Intent::sos);
    CHECK(understood("tolongsayadikurungdirumahkosongdekataruk").place == understood("tolong di aruk").place);
    CHECK(intent("to long sa ya di ku rung") == Intent::sos);
    std::string endless;
    while (endless.size() <= glued_letters_max) endless += "tolongsaya";
    CHECK(words_of(endless) == endless);
}
