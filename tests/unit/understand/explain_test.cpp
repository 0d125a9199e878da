#include "gateway/understand/explain/explain.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "gateway/understand/explain/explain_sources.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

/// What a gateway would answer: something that can be told from everything else.
Outcome answering(const Pack&, const Reading&, const ReadingContext&) {
    return {{AlertKind::route_mismatch}, "time", "Diterima.", "Diterima, SB7K2Q.", "SB7K2Q is a sample"};
}

boost::json::object explained(std::string_view text, std::string sender = "+628400000001") {
    return boost::json::parse(explain_json(sambas(), text, villager(std::move(sender)))).as_object();
}

}  // namespace

TEST_CASE("an explanation has every key, absent ones null or empty") {
    const auto object = explained("apa kabar");
    for (const auto key :
         {"category", "people",    "people_max",      "place", "place_name", "time",  "destination", "vehicle",
          "plate",    "recruiter", "recruiter_phone", "ask",   "since",      "until", "reference",   "second_category",
          "children", "age",       "amount",          "route", "visa",       "job",   "subject",     "query"}) {
        CAPTURE(key);
        REQUIRE(object.contains(key));
        CHECK(object.at(key).is_null());
    }
    for (const auto key : {"correction", "question"}) {
        CAPTURE(key);
        CHECK(object.at(key).is_bool());
    }
    for (const auto key : {"flags", "indicators", "alerts", "signs", "nationalities"}) {
        CAPTURE(key);
        CHECK(object.at(key).as_array().empty());
    }
    CHECK(object.at("intent") == "unclear");
    CHECK(object.at("confidence").is_number());
    CHECK(object.at("reply").is_null());  // what goes back is for the gateway's rules to say
    CHECK_FALSE(object.at("why").as_array().empty());
}

TEST_CASE("an explained report names what was understood") {
    const auto object =
        explained("LAPOR 6 org naik avanza KB 1234 XY lewat jalan tikus dkt aruk jam 3 pagi ke kuching");
    CHECK(object.at("intent") == "report");
    CHECK(object.at("category") == "unofficial_land_route");
    CHECK(object.at("people") == 6);
    CHECK(object.at("place") == "61.01.09.2002");
    CHECK(object.at("place_name") == "PLBN Aruk");
    CHECK(object.at("time") == "2025-09-12T03:00:00+07:00");
    CHECK(object.at("destination") == "Kuching");
    CHECK(object.at("vehicle") == "avanza");
    CHECK(object.at("plate") == "KB 1234 XY");
    CHECK(object.at("alerts") == boost::json::array{"departure_past"});
}

TEST_CASE("a number may be written as at home", "[M2]") {
    CHECK(explained("lapor jam 2 siang", "601000000001").at("time") == "2025-09-12T14:00:00+08:00");
}

TEST_CASE("octets that are no UTF-8 leave the explanation valid") {
    const auto text = explain_json(sambas(), "daftar#\xFF\xFEnama#\xC3", villager());
    const auto object = boost::json::parse(text).as_object();
    CHECK(object.at("registration").as_object().at("name") == "\xEF\xBF\xBD\xEF\xBF\xBDnama");
}

TEST_CASE("an amount has its currency") {
    const auto amount = explained("lapor agen minta uang 3jt untuk kerja di kuching").at("amount");
    REQUIRE(amount.is_object());
    CHECK(amount.as_object().at("value") == 3000000);
    CHECK(amount.as_object().at("currency") == "IDR");
}

TEST_CASE("what a gateway does is told in place of what the text alone calls for") {
    const auto json = explain_json(sambas(), "lapor 5 org lewat jalan tikus skrg", villager(), answering);
    const auto object = boost::json::parse(json).as_object();
    CHECK(object.at("alerts") == boost::json::array{"route_mismatch"});
    CHECK(object.at("ask") == "time");
    CHECK(object.at("reply") == "Diterima.");
    CHECK(object.at("reply_sample") == "Diterima, SB7K2Q.");
    const auto text = explain_text(sambas(), "lapor 5 org lewat jalan tikus skrg", villager(), answering);
    CHECK_THAT(text, Catch::EndsWith("\nanswer: Diterima, SB7K2Q.   (SB7K2Q is a sample)\n"));
    CHECK_THAT(text, Catch::Contains("route_mismatch") && Catch::Contains("by what is known of the sender"));

    const auto silent = [](const Pack&, const Reading&, const ReadingContext&) {
        return Outcome{{}, {}, {}, {}, "nobody is there"};
    };
    CHECK_THAT(explain_text(sambas(), "lapor", villager(), silent), Catch::EndsWith("answer: none; nobody is there\n"));
    const auto alone = boost::json::parse(explain_json(sambas(), "lapor 5 org lewat jalan tikus skrg", villager()));
    CHECK(alone.as_object().at("alerts") == boost::json::array{"departure_now"});
    CHECK(alone.as_object().at("ask") == "place");
    CHECK_THAT(explain_text(sambas(), "lapor", villager()), !Catch::Contains("answer:"));
}

TEST_CASE("for people, the text shows which words each line is about") {
    const auto text = explain_text(sambas(), "LAPOR 6 org naik avanza dkt aruk", villager());
    const auto first = text.substr(0, text.find('\n'));
    CHECK_THAT(first, Catch::Contains("[") && Catch::Contains("avanza]") && Catch::Contains("aruk]"));
    CHECK_THAT(text, Catch::Contains("people") && Catch::Contains("PLBN Aruk") && Catch::Contains("confidence"));
}

TEST_CASE("what is shown to people moves no cursor and is valid text") {
    const auto text = explain_text(sambas(), "lapor \x1b[31m5 org\x07 \xFF di aruk\r\n\x7F", villager("BANK"));
    CHECK(text.find('\x1b') == text.npos);
    CHECK(text.find('\x07') == text.npos);
    CHECK(text.find('\x7F') == text.npos);
    // Words that do not fit their column are cut between characters.
    for (std::size_t pad = 0; pad < 4; ++pad) {
        const auto words = "lapor pak " + std::string(pad, 'x') +
                           "\u2019\u2019\u2019 \xFF\xC3 5 orang \u2019\u2019\u2019\u2019 dan 3 anak";
        CHECK(sms::utf8::valid(explain_text(sambas(), words, villager())));
    }
}

TEST_CASE("every slot that is shown tells where it comes from") {
    struct Row {
        std::string_view text, slot, value, words;
        std::string sender = "+628400000001";
    };
    for (const auto& row :
         {Row{"lapor 5 org 2 anak kecil lewat jalan tikus aruk skrg", "children", "2", "5 org 2 anak"},
          Row{"lapor 5 org lewat jalan tikus aruk skrg", "route", "unofficial_land_route", "jalan tikus"},
          Row{"lapor 5 org lewat jalan tikus aruk skrg", "flag", "imminent", "skrg"},
          Row{"lapor 15 org lewat jalan tikus aruk", "flag", "mass", "15 org"},
          Row{"lapor rombongan lewat jalan tikus aruk", "flag", "mass", "rombongan"},
          Row{"lapor calo minta 3jt utk kerja di kuching", "sign", "PAY_UPFRONT", "3jt"},
          Row{"tlg sy dikurung majikan", "flag", "self_victim", "dikurung"},
          Row{"lapor 5 org lewat jalan tikus aruk", "flag", "from_abroad", "", "+601000000001"}}) {
        CAPTURE(row.text, row.slot, row.value);
        auto context = villager(row.sender);
        context.explain = true;
        auto reading = read(sambas(), row.text, context);
        explain_sources(reading);
        const auto mark = std::find_if(reading.marks.begin(), reading.marks.end(),
                                       [&](const Mark& one) { return one.slot == row.slot && one.value == row.value; });
        REQUIRE(mark != reading.marks.end());
        CHECK(row.text.substr(mark->begin, mark->end - mark->begin) == row.words);
        CHECK((mark->begin < mark->end || !mark->because.empty()));
        const auto line = std::string(row.slot) + ' ' + std::string(row.value) + ": ";
        CHECK(std::any_of(reading.why.begin(), reading.why.end(),
                          [&](const std::string& why) { return why.starts_with(line); }));
    }
}

TEST_CASE("the category that is explained is the one that holds") {
    for (const std::string_view text :
         {"oknum polisi kawal avanza lewat jalan belakang ke malaysia",
          "lapor 5 org naik mobil lewat jln tikus dkt aruk", "anak saya hilang dibawa calo ke malaysia",
          "gaji dipotong agen paspor ditahan", "besok ada rapat desa jam 9",
          "tlg sy dikurung majikan di kuching paspor diambil ga digaji 4 bln"}) {
        CAPTURE(text);
        auto context = villager();
        context.explain = true;
        auto reading = read(sambas(), text, context);
        explain_sources(reading);
        std::size_t told = 0, second = 0;
        for (const auto& mark : reading.marks) {
            if (mark.slot == "category") CHECK(mark.value == to_string(reading.category));
            if (mark.slot == "second_category") CHECK(mark.value == to_string(reading.second));
            told += mark.slot == "category" ? 1 : 0;
            second += mark.slot == "second_category" ? 1 : 0;
        }
        CHECK((told > 0) == (reading.category != Category::none));
        CHECK((second > 0) == (reading.second != Category::none));
    }
}
