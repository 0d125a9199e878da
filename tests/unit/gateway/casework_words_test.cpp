#include <catch2/catch.hpp>

#include "gateway/casework/conversation.hpp"
#include "gateway/casework/words.hpp"
#include "gateway/understand/pack/data.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/time.hpp"
#include "tests/support/packs.hpp"

using namespace jejak;

TEST_CASE("agreed words are one word, compared folded, and mean nothing for another number", "[casework][words]") {
    const auto vault = storage::Vault::for_tests();
    CHECK(casework::agreed_word("  Hujan! ") == "hujan");
    for (const auto* none : {"", "ab", "dua kata", "!!!", "abcdefghijklmnopqrstuvwxyz"})
        CHECK_FALSE(casework::agreed_word(none));
    const std::string maid = "+601000000009";
    const auto word = casework::word_key(vault, maid, "hujan");
    CHECK(word != casework::word_key(vault, "+628400000001", "hujan"));
    CHECK(casework::find_agreed(vault, maid, "AMAN, HUJAN.", word, {}).safe);
    CHECK(casework::find_agreed(vault, maid, "aman hujan", {}, word).duress);
    for (const auto* text :
         {"aman hujann", "aman huj4n", "h u j a n", "kehujanan di jalan", "aman. Hujannya lebat", "AMAN HUUJAAN"}) {
        CAPTURE(text);
        CHECK(casework::find_agreed(vault, maid, text, {}, word).duress);
    }
    for (const auto* text : {"aman", "hutan", "h u t a n", "ujan", "kehutanan", "hu jan", ""}) {
        CAPTURE(text);
        CHECK_FALSE(casework::find_agreed(vault, maid, text, {}, word).duress);
    }
    CHECK(casework::agreed_word("Anna 4") == std::nullopt);
    CHECK(casework::agreed_word("Annisa") == "anisa");
    const auto kept_before = casework::word_key(vault, maid, "annisa");  // as words were kept once
    CHECK(casework::find_agreed(vault, maid, "aman annisa", {}, kept_before).duress);
    CHECK_FALSE(casework::find_agreed(vault, "+628400000001", "aman hujan", {}, word).duress);
    std::string late;  // a long text's last word counts
    for (std::size_t i = 0; i < 300; ++i) late += "kata ";
    CHECK(casework::find_agreed(vault, maid, late + "hujan", {}, word).duress);
    std::string far;
    for (std::size_t i = 0; i < casework::agreed_words_max; ++i) far += "kata ";
    CHECK_FALSE(casework::find_agreed(vault, maid, far + "hujan", {}, word).duress);
}

TEST_CASE("nobody agrees on a command or on a word of every other text", "[casework][words]") {
    const auto pack = tests::sambas();
    for (const auto* common : {"aman", "tolong", "tiba", "saya", "kami", "jangan", "boleh", "dua", "stop", "pak"}) {
        CAPTURE(common);
        CHECK(casework::is_too_common(*pack, common));
    }
    for (const auto* fit : {"hujan", "melati", "kopi", "rembulan"}) {
        CAPTURE(fit);
        CHECK_FALSE(casework::is_too_common(*pack, fit));
    }
}

TEST_CASE("the phone a form names is the sender's, but for a digit too many among equal ones", "[casework][registry]") {
    CHECK(casework::same_phone("+628400000012", "+628400000012"));
    CHECK(casework::same_phone("+6284000000012", "+628400000012"));
    CHECK(casework::same_phone("+628400000012", "+6284000000012"));
    for (const auto* other :
         {"+628400000013", "+6284000000013", "+62840000012", "+628400000000012", "+62840000001", ""}) {
        CAPTURE(other);
        CHECK_FALSE(casework::same_phone("+6284000000012", other));
    }
}

TEST_CASE("machines and forbidden words are known by the pack", "[casework][words]") {
    const auto pack = tests::sambas();
    CHECK(casework::sounds_automatic(*pack, "Ini PESAN OTOMATIS, saya sedang rapat"));
    CHECK(casework::sounds_automatic(*pack, "Auto-reply: out of office"));
    CHECK(casework::sounds_automatic(*pack, "Terima kasih telah menghubungi kami. Tiket anda #1000"));
    CHECK(casework::sounds_automatic(*pack, "Maaf saya sedang sibuk, nanti saya balas"));
    CHECK_FALSE(casework::sounds_automatic(*pack, "lapor 5 org lewat jln tikus"));
    CHECK(casework::forbidden_word(*pack, "Harga cabai hari ini Rp40.000").empty());
    CHECK(casework::forbidden_word(*pack, "Info dari SATGAS") == "satgas");
    CHECK(casework::forbidden_word(*pack, "Kabar kepolisian hari ini") == "kepolisian");
}

TEST_CASE("every reply with the longest question fits one SMS in every language", "[casework][reply]") {
    const auto pack = tests::sambas();
    for (const auto& language : pack->languages()) {
        std::string longest;
        for (const auto& [name, form] : pack->data().forms) {
            for (const auto& field : form.fields) {
                const std::string asked(pack->say(field.question, language));
                if (field.asked && asked.size() > longest.size()) longest = asked;
            }
        }
        for (const auto* name : {"ask", "ask_next", "ask_gently", "ask_keep_away", "full_sos_ask"}) {
            CAPTURE(language, name);
            const auto text = pack->reply(name, {{"ref", "SB7K2Q"}, {"question", longest}}, language);
            CHECK(sms::gsm7::septets(text).value_or(999) <= 160);
        }
    }
    CHECK(
        pack->reply("ask_gently", {{"question", std::string(pack->say(pack->form("sos")->field("call")->question))}}) ==
        "Pesan diterima. Balas 1 jika boleh ditelepon, 2 jika jangan.");
}

TEST_CASE("what a conversation knows survives its row", "[casework][dialogue]") {
    casework::Progress progress;
    progress.reading.intent = Intent::report;
    progress.reading.category = Category::unofficial_land_route;
    progress.reading.place = "61.01.09.2002";
    progress.reading.people = 5;
    progress.reading.when.now = true;
    progress.reading.language = "id";
    progress.reading.second = Category::harbouring;
    progress.reading.people_max = 6;
    progress.reading.children = 2;
    progress.reading.when.at = *from_rfc3339("2025-09-12T02:00:00+07:00");
    progress.reading.when.past = true;
    progress.reading.flags = 5;
    progress.reading.recruiter = "pak fulan \"x\"";
    progress.reading.indicators = {"DEBT_BONDAGE"};
    progress.done = {"place", "people"};
    progress.answers = {9'007'199'254'740'993};
    progress.worker = 4;
    const auto back = casework::parse_progress(casework::to_json(progress));
    REQUIRE(back);
    CHECK(casework::to_json(*back) == casework::to_json(progress));
    CHECK(back->reading.when.at == progress.reading.when.at);
    CHECK(back->reading.when.now);
    CHECK(back->answers == progress.answers);
    CHECK(back->reading.recruiter == progress.reading.recruiter);
    for (const auto* strange : {"", "[]", "{\"reading\":7,\"done\":[1],\"worker\":-1}", "{"}) {
        const auto parsed = casework::parse_progress(strange);
        if (parsed) CHECK(parsed->done.empty());
    }
    const auto vault = storage::Vault::for_tests();
    storage::Dialogue row;
    row.id = 8;
    row.state = casework::seal(vault, row.id, progress);
    CHECK(casework::open_progress(vault, row)->done == progress.done);
    row.id = 9;
    CHECK_FALSE(casework::open_progress(vault, row));  // of another row
}
