#include "gateway/understand/dialogue/answer.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

struct Answer {
    Fit fit = Fit::none;
    Reading reading;
};

Answer answered(std::string_view form, std::string_view field, std::string_view text) {
    Answer answer;
    answer.reading.intent = Intent::report;
    const auto* wanted = sambas().form(form)->field(field);
    REQUIRE(wanted != nullptr);
    answer.fit = read_answer(sambas(), *wanted, text, villager(), answer.reading);
    return answer;
}

std::string_view name(Fit fit) {
    return fit == Fit::none ? "none" : fit == Fit::skip ? "skip" : "answer";
}

}  // namespace

TEST_CASE("a village answers where, whatever stands around it") {
    struct Row {
        std::string_view text, fit, place;
    };
    for (const auto& row : {Row{"sebunga", "answer", "61.01.09.2002"},
                            Row{"di sebunga pak", "answer", "61.01.09.2002"},
                            Row{"Desa Kaliau'", "answer", "61.01.09.2001"},
                            Row{"dkt aruk", "answer", "61.01.09.2002"},
                            Row{"near sebunga", "answer", "61.01.09.2002"},
                            Row{"kampung semelagi hilir", "answer", ""},
                            Row{"di rumah kosong dkt sekolah", "answer", ""},
                            Row{"LEWAT", "skip", ""},
                            Row{"skip", "skip", ""},
                            Row{"ga tau pak", "skip", ""},
                            Row{"don't know", "skip", ""},
                            Row{"0", "skip", ""},
                            Row{"tidak", "skip", ""},
                            Row{"3", "none", ""},
                            Row{"siapa ini?", "none", ""},
                            Row{"", "none", ""},
                            Row{"tolong", "none", ""},
                            Row{"bantuan", "none", ""},
                            Row{"berhenti", "none", ""},
                            Row{"lapor 5 org lewat jalan tikus aruk", "none", ""},
                            Row{"sy dikurung majikan di sebunga", "none", ""}}) {
        CAPTURE(row.text);
        const auto answer = answered("report", "place", row.text);
        CHECK(name(answer.fit) == row.fit);
        CHECK(answer.reading.place == row.place);
    }
}

TEST_CASE("a number answers how many, and what else it says is kept") {
    struct Row {
        std::string_view text, fit;
        std::uint32_t people = 0, most = 0;
    };
    for (const auto& row :
         {Row{"3", "answer", 3}, Row{"tiga org", "answer", 3}, Row{"5-6", "answer", 5, 6},
          Row{"sekitar 10", "answer", 10}, Row{"bertiga", "answer", 3}, Row{"dua puluh", "answer", 20},
          Row{"3 people", "answer", 3}, Row{"kira2 12 org pak", "answer", 12}, Row{"banyak", "answer"},
          Row{"0", "skip"}, Row{"lewat", "skip"}, Row{"tidak tahu", "skip"}, Row{"besok", "none"}, Row{"99999", "none"},
          Row{"mulai", "none"}, Row{"bukan 7 tapi 5", "answer", 5}, Row{"5 bukan 7", "answer", 5},
          Row{"eh bukan tujuh, lima", "answer", 5}}) {
        CAPTURE(row.text);
        const auto answer = answered("report", "people", row.text);
        CHECK(name(answer.fit) == row.fit);
        CHECK(answer.reading.people.value_or(0) == row.people);
        CHECK(answer.reading.people_max.value_or(0) == row.most);
    }
    const auto both = answered("report", "people", "3 org, di sebunga");
    CHECK(both.reading.people == 3u);
    CHECK(both.reading.place == "61.01.09.2002");
}

TEST_CASE("an hour, a day or a word for it answers when") {
    struct Row {
        std::string_view text, fit, at, since;
    };
    for (const auto& row : {Row{"jam 8", "answer", "2025-09-12T08:00:00+07:00", "-"},
                            Row{"8", "answer", "2025-09-12T08:00:00+07:00", "-"},
                            Row{"td mlm", "answer", "-", "2025-09-11T18:00:00+07:00"},
                            Row{"kemarin", "answer", "-", "2025-09-11T00:00:00+07:00"},
                            Row{"last night", "answer", "-", "2025-09-11T18:00:00+07:00"},
                            Row{"barusan", "answer", "2025-09-12T21:10:00+07:00", "-"},
                            Row{"tdk tau", "skip", "-", "-"}, Row{"di rumah", "none", "-", "-"}}) {
        CAPTURE(row.text);
        const auto answer = answered("report", "time", row.text);
        CHECK(name(answer.fit) == row.fit);
        CHECK(local(answer.reading.when.at) == row.at);
        CHECK(local(answer.reading.when.since) == row.since);
    }
}

TEST_CASE("a yes or a no answers whether to call, and doubt is a no") {
    struct Row {
        std::string_view text, fit;
        Intent intent = Intent::report;
    };
    for (const auto& row :
         {Row{"1", "answer", Intent::yes}, Row{"2", "answer", Intent::no}, Row{"ya", "answer", Intent::yes},
          Row{"boleh pak", "answer", Intent::yes}, Row{"yes", "answer", Intent::yes},
          Row{"jangan", "answer", Intent::no}, Row{"jgn tlpn", "answer", Intent::no},
          Row{"tidak boleh", "answer", Intent::no}, Row{"no", "answer", Intent::no}, Row{"3", "none"},
          Row{"dia sudah pulang", "none"},
          // An agreement to something else, or to another time, is none.
          Row{"ya jangan telpon", "answer", Intent::no}, Row{"ya jgn tlp", "answer", Intent::no},
          Row{"ok tapi jangan telpon", "answer", Intent::no}, Row{"boleh tapi jangan sekarang", "answer", Intent::no},
          Row{"bisa tp pelan2", "answer", Intent::no}, Row{"bisa sms saja", "answer", Intent::no},
          Row{"boleh wa aja", "answer", Intent::no}, Row{"sms aja pak", "answer", Intent::no},
          Row{"ya nanti", "answer", Intent::no}, Row{"nanti aja pak", "answer", Intent::no},
          Row{"boleh besok", "answer", Intent::no}, Row{"ya jam 8 malam", "answer", Intent::no},
          Row{"5 menit lagi boleh", "none"}, Row{"yes but not now", "answer", Intent::no},
          Row{"yes text me", "answer", Intent::no}, Row{"ya sekarang", "answer", Intent::yes},
          Row{"boleh pak selamat malam", "answer", Intent::yes}, Row{"ya mau", "answer", Intent::yes},
          Row{"iya silakan telpon", "answer", Intent::yes}}) {
        CAPTURE(row.text);
        const auto answer = answered("sos", "call", row.text);
        CHECK(name(answer.fit) == row.fit);
        CHECK(to_string(answer.reading.intent) == to_string(row.intent));
    }
}

TEST_CASE("a call for help is never taken for yes, no or nothing, however it begins or ends") {
    for (const auto* text : {"boleh, kami 5 orang di serian disekap", "ya tolong cepat kami disiksa di kuching",
                             "jangan bunuh kami tolong di sebunga", "jangan telpon, kami disekap di serian"}) {
        CAPTURE(text);
        Reading call;
        call.intent = Intent::sos;  // the same person's second call
        const auto& gentle = *sambas().form("sos")->field("call");
        CHECK(name(read_answer(sambas(), gentle, text, villager(), call)) == "none");
        CHECK(call.intent == Intent::sos);
    }
    for (const auto* text : {"ga tau tolong kami dipukul", "kami dikurung tidak tahu di mana"}) {
        CAPTURE(text);
        for (const auto* field : {"place", "people", "time"})
            CHECK(name(answered("report", field, text).fit) == "none");
        CHECK(name(answered("sos", "call", text).fit) == "none");
        CHECK(name(answered("missing", "subject", text).fit) == "none");
    }
    for (const auto* text : {"ya boleh pak", "jangan telpon dulu", "tidak boleh ya pak"}) {
        CAPTURE(text);
        CHECK(name(answered("sos", "call", text).fit) == "answer");
    }
    for (const auto* text : {"ga tau pak", "tidak pak", "tidak tau pak"}) {
        CAPTURE(text);
        CHECK(name(answered("report", "place", text).fit) == "skip");
    }
}

TEST_CASE("a call for help that begins with no still refuses to be called") {
    const auto& gentle = *sambas().form("sos")->field("call");
    const auto refuses = [&](std::string_view text) { return begins_with_refusal(sambas(), gentle, text, villager()); };
    CHECK(refuses("jangan telpon, kami disekap di serian"));
    CHECK(refuses("2 tolong kami disekap di serian"));
    CHECK_FALSE(refuses("2 orang disekap di serian"));
    CHECK_FALSE(refuses("ya tolong cepat kami disiksa di kuching"));
    CHECK_FALSE(refuses("tidak ada yang lain pak"));
    CHECK_FALSE(refuses(""));
    CHECK_FALSE(begins_with_refusal(sambas(), *sambas().form("report")->field("place"),
                                    "jangan telpon, kami disekap di serian", villager()));
}

TEST_CASE("what tells of another event than the one asked about is a report of its own") {
    struct Row {
        Category category;
        std::string_view field, text, fit;
    };
    for (const auto& row :
         {Row{Category::unofficial_land_route, "place", "ada anak dikurung di rumah di sebunga", "none"},
          Row{Category::unofficial_land_route, "place", "di sebunga ada org dikurung", "none"},
          Row{Category::unofficial_land_route, "place", "di rumah kosong dkt sekolah", "answer"},
          Row{Category::unofficial_land_route, "place", "di rumah kosong org disekap", "none"},
          Row{Category::unofficial_land_route, "place", "naik kapal dari sebunga", "answer"},
          Row{Category::unofficial_land_route, "people", "3 org 1 anak kecil", "answer"},
          Row{Category::unofficial_land_route, "time", "td mlm", "answer"},
          Row{Category::harbouring, "place", "org2 itu di gudang sebunga", "answer"}}) {
        CAPTURE(row.text);
        Reading report;
        report.intent = Intent::report;
        report.category = row.category;
        report.when.now = true;
        const auto& field = *sambas().form("report")->field(row.field);
        CHECK(name(read_answer(sambas(), field, row.text, villager(), report)) == row.fit);
        if (row.fit == "none") CHECK(report.place.empty());
    }
}

TEST_CASE("one of the offered answers is taken by its number or its words") {
    FormField field{"what", "category", {}, {}, {}, {}, {}, false, false};
    using Texts = std::map<std::string, std::string, std::less<>>;
    field.choices.push_back(
        {"unofficial_land_route", Localised(Texts{{"id", "Lewat jalan tikus"}, {"en", "Jungle path"}})});
    field.choices.push_back({"harbouring", Localised(Texts{{"id", "Ditampung"}})});
    const auto chosen = [&](std::string_view text) {
        Reading into;
        const auto fit = read_answer(sambas(), field, text, villager(), into);
        return std::pair(name(fit), to_string(into.category));
    };
    CHECK(chosen("1") == std::pair(std::string_view("answer"), std::string_view("unofficial_land_route")));
    CHECK(chosen("2") == std::pair(std::string_view("answer"), std::string_view("harbouring")));
    CHECK(chosen("jungle path").second == "unofficial_land_route");
    CHECK(chosen("ditampong").second == "harbouring");
    FormField when{"time", "time", {}, {}, {}, {}, {}, false, false};
    when.choices.push_back({"last_night", Localised()});
    Reading into;
    CHECK(read_answer(sambas(), when, "1", villager(), into) == Fit::answer);
    CHECK(into.when.past);
}
