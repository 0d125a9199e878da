#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

// Received on Friday, 12 September 2025, at 21:10.
namespace {

struct Moment {
    std::string_view text, at;
};
struct Span {
    std::string_view text, since, until;
    bool past = true;
};

Reading at(std::string_view received, std::string_view text) {
    auto context = villager();
    context.received_at = *from_rfc3339(received);
    return read(sambas(), text, context);
}

}  // namespace

TEST_CASE("a clock time is understood as it is said") {
    for (const auto& row : {Moment{"lapor stgh 6 pagi", "2025-09-12T05:30:00+07:00"},
                            Moment{"lapor jam setengah 3 mlm", "2025-09-12T02:30:00+07:00"},
                            Moment{"lapor setengah 1 siang", "2025-09-12T12:30:00+07:00"},
                            Moment{"lapor jam 8 kurang 10 malam", "2025-09-12T19:50:00+07:00"},
                            Moment{"lapor jam 7 lewat 15 malam", "2025-09-12T19:15:00+07:00"},
                            Moment{"lapor jam 9 kurang seperempat malam", "2025-09-12T20:45:00+07:00"},
                            Moment{"lapor jam 7 lewat seperempat malam", "2025-09-12T19:15:00+07:00"},
                            Moment{"lapor jam 6 krg 15 mnt", "2025-09-12T05:45:00+07:00"},
                            Moment{"lapor stgah 12 malam", "2025-09-12T23:30:00+07:00"},
                            Moment{"lapor 1/2 6 pagi", "2025-09-12T05:30:00+07:00"},
                            Moment{"lapor 3 org mau berangkat 1/2 6 pagi", "2025-09-13T05:30:00+07:00"},
                            Moment{"lapor jam 10 malam waktu malaysia", "2025-09-12T21:00:00+07:00"},
                            Moment{"lapor jam 9 malam wib", "2025-09-12T21:00:00+07:00"},
                            Moment{"lapor jam 7 30 malam", "2025-09-12T19:30:00+07:00"},
                            Moment{"lapor jam delapan malam", "2025-09-12T20:00:00+07:00"},
                            Moment{"lapor jam dua belas siang", "2025-09-12T12:00:00+07:00"},
                            Moment{"lapor pukul 00.30 dini hari", "2025-09-12T00:30:00+07:00"},
                            Moment{"lapor jam 4 subuh", "2025-09-12T04:00:00+07:00"},
                            Moment{"lapor jam 7 habis isya", "2025-09-12T19:00:00+07:00"},
                            Moment{"lapor jam 0230", "2025-09-12T02:30:00+07:00"},
                            Moment{"lapor sekitar jam 3 sore", "2025-09-12T15:00:00+07:00"},
                            Moment{"report 2am", "2025-09-12T02:00:00+07:00"},
                            Moment{"report at 5 pm", "2025-09-12T17:00:00+07:00"},
                            Moment{"report half past five in the morning", "2025-09-12T05:30:00+07:00"},
                            Moment{"report 11pm last night", "2025-09-11T23:00:00+07:00"},
                            Moment{"report around 7pm just now", "2025-09-12T19:00:00+07:00"}}) {
        CAPTURE(row.text);
        CHECK(local(understood(row.text).when.at) == row.at);
    }
}

TEST_CASE("a day beside a clock time is that day") {
    for (const auto& row : {Moment{"lapor Rabu malam jam 11", "2025-09-10T23:00:00+07:00"},
                            Moment{"lapor malam jumat jam 1", "2025-09-12T01:00:00+07:00"},
                            Moment{"lapor senin lalu jam 5 pagi", "2025-09-08T05:00:00+07:00"},
                            Moment{"lapor tgl 9 kmrn jam 21.00", "2025-09-09T21:00:00+07:00"},
                            Moment{"lapor jam 23.15 tgl 11", "2025-09-11T23:15:00+07:00"},
                            Moment{"lapor mlm ni jam 11", "2025-09-12T23:00:00+07:00"},
                            Moment{"lapor jam 9 mlm ini", "2025-09-12T21:00:00+07:00"},
                            Moment{"lapor nanti malam jam 1", "2025-09-13T01:00:00+07:00"},
                            Moment{"lapor tadi malam jam 2", "2025-09-12T02:00:00+07:00"},
                            Moment{"lapor kemarin malam jam 11", "2025-09-11T23:00:00+07:00"},
                            Moment{"lapor jam 10 mlm td", "2025-09-11T22:00:00+07:00"},
                            Moment{"lapor jam 7 mlm td", "2025-09-12T19:00:00+07:00"},
                            Moment{"lapor jumat depan jam 8 pagi", "2025-09-19T08:00:00+07:00"}}) {
        CAPTURE(row.text);
        CHECK(local(understood(row.text).when.at) == row.at);
    }
}

TEST_CASE("without a part of the day the tense decides which of two hours is meant") {
    CHECK(local(understood("lapor td jam 8").when.at) == "2025-09-12T20:00:00+07:00");
    CHECK(local(understood("lapor nanti jam 11").when.at) == "2025-09-12T23:00:00+07:00");
    CHECK(local(understood("lapor hr ini jam 8").when.at) == "2025-09-12T08:00:00+07:00");
    CHECK(local(at("2025-09-13T00:40:00+07:00", "lapor jam 11 tadi").when.at) == "2025-09-12T23:00:00+07:00");
}

TEST_CASE("some time ago or ahead in hours is a moment, in days a day") {
    CHECK(local(understood("lapor setengah jam lalu").when.at) == "2025-09-12T20:40:00+07:00");
    CHECK(local(understood("lapor 10 menit yg lalu").when.at) == "2025-09-12T21:00:00+07:00");
    CHECK(local(understood("lapor sejam lalu").when.at) == "2025-09-12T20:10:00+07:00");
    CHECK(local(understood("lapor 2 jam lagi mereka berangkat").when.at) == "2025-09-12T23:10:00+07:00");
    CHECK(local(understood("report two hours ago").when.at) == "2025-09-12T19:10:00+07:00");
    CHECK(local(understood("lapor 3 hari lagi").when.since) == "2025-09-15T00:00:00+07:00");
}

TEST_CASE("days, weeks, months and parts of a day are spans") {
    for (const auto& row :
         {Span{"lapor malam jumat", "2025-09-11T18:00:00+07:00", "2025-09-12T06:00:00+07:00"},
          Span{"lapor 3 org mau lewat malam jumat", "2025-09-18T18:00:00+07:00", "2025-09-19T06:00:00+07:00", false},
          Span{"lapor 2 mlm lalu", "2025-09-10T18:00:00+07:00", "2025-09-11T06:00:00+07:00"},
          Span{"lapor malam tadek", "2025-09-11T18:00:00+07:00", "2025-09-12T06:00:00+07:00"},
          Span{"lapor 3 org lewat abis sholat jumat", "2025-09-12T11:30:00+07:00", "2025-09-12T13:00:00+07:00"},
          Span{"lapor 1/2 5 org mau lewat", "2026-02-01T00:00:00+07:00", "2026-02-02T00:00:00+07:00", false},
          Span{"lapor malam minggu", "2025-09-06T18:00:00+07:00", "2025-09-07T06:00:00+07:00"},
          Span{"lapor malam sabtu", "2025-09-12T18:00:00+07:00", "2025-09-13T06:00:00+07:00", false},
          Span{"lapor senin lalu", "2025-09-08T00:00:00+07:00", "2025-09-09T00:00:00+07:00"},
          Span{"lapor hari minggu", "2025-09-07T00:00:00+07:00", "2025-09-08T00:00:00+07:00"},
          Span{"lapor kamis", "2025-09-11T00:00:00+07:00", "2025-09-12T00:00:00+07:00"},
          Span{"lapor sabtu mau berangkat", "2025-09-13T00:00:00+07:00", "2025-09-14T00:00:00+07:00", false},
          Span{"lapor jumat depan", "2025-09-19T00:00:00+07:00", "2025-09-20T00:00:00+07:00", false},
          Span{"lapor minggu lalu", "2025-09-01T00:00:00+07:00", "2025-09-08T00:00:00+07:00"},
          Span{"lapor minggu depan", "2025-09-15T00:00:00+07:00", "2025-09-22T00:00:00+07:00", false},
          Span{"lapor bln lalu", "2025-08-01T00:00:00+07:00", "2025-09-01T00:00:00+07:00"},
          Span{"lapor 2 thn lalu", "2023-09-12T00:00:00+07:00", "2023-09-13T00:00:00+07:00"},
          Span{"lapor tgl 10", "2025-09-10T00:00:00+07:00", "2025-09-11T00:00:00+07:00"},
          Span{"lapor 12 agustus", "2025-08-12T00:00:00+07:00", "2025-08-13T00:00:00+07:00"},
          Span{"lapor subuh tadi", "2025-09-12T04:00:00+07:00", "2025-09-12T06:00:00+07:00"},
          Span{"lapor habis magrib tadi", "2025-09-12T17:30:00+07:00", "2025-09-12T18:30:00+07:00"},
          Span{"lapor kemarin sore", "2025-09-11T15:00:00+07:00", "2025-09-11T18:00:00+07:00"},
          Span{"report yesterday", "2025-09-11T00:00:00+07:00", "2025-09-12T00:00:00+07:00"},
          Span{"report tonight", "2025-09-12T18:00:00+07:00", "2025-09-13T06:00:00+07:00", false},
          Span{"report last monday", "2025-09-08T00:00:00+07:00", "2025-09-09T00:00:00+07:00"}}) {
        CAPTURE(row.text);
        const auto& when = understood(row.text).when;
        CHECK(local(when.at) == "-");
        CHECK(local(when.since) == row.since);
        CHECK(local(when.until) == row.until);
        CHECK(when.past == row.past);
    }
}

TEST_CASE("what began some days ago and goes on is not over") {
    for (const auto& row : {Span{"lapor sejak 3 hari lalu ada 6 cewek disekap di ruko", "2025-09-09T00:00:00+07:00",
                                 "2025-09-12T21:10:00+07:00", false},
                            Span{"lapor dari 2 minggu lalu ada 6 org ditampung di gudang", "2025-08-29T00:00:00+07:00",
                                 "2025-09-12T21:10:00+07:00", false},
                            Span{"lapor 3 hari lalu ada 6 org lewat jalan tikus", "2025-09-09T00:00:00+07:00",
                                 "2025-09-10T00:00:00+07:00", true}}) {
        CAPTURE(row.text);
        const auto when = understood(row.text).when;
        CHECK(local(when.since) == row.since);
        CHECK(local(when.until) == row.until);
        CHECK(when.past == row.past);
    }
}

TEST_CASE("what goes on since some time lasts until now") {
    for (const auto& row : {Moment{"lapor sdh 3 hari", "2025-09-09T00:00:00+07:00"},
                            Moment{"lapor sejak senin", "2025-09-08T00:00:00+07:00"},
                            Moment{"lapor dari kemarin", "2025-09-11T00:00:00+07:00"},
                            Moment{"lapor sudah seminggu", "2025-09-05T00:00:00+07:00"},
                            Moment{"lapor dah setaon", "2024-09-12T00:00:00+07:00"},
                            Moment{"lapor sudah seminggu, hp diambil", "2025-09-05T00:00:00+07:00"},
                            Moment{"lapor sdh 4 malam mereka di rumah itu", "2025-09-08T00:00:00+07:00"},
                            Moment{"lapor sudah 2 minggu begitu, datang malam", "2025-08-29T00:00:00+07:00"},
                            Moment{"lapor belum digaji 4 bln", "2025-05-12T00:00:00+07:00"},
                            Moment{"lapor sejak tahun 2023", "2023-01-01T00:00:00+07:00"},
                            Moment{"report since monday", "2025-09-08T00:00:00+07:00"}}) {
        CAPTURE(row.text);
        const auto& when = understood(row.text).when;
        CHECK(local(when.since) == row.at);
        CHECK(local(when.until) == "2025-09-12T21:10:00+07:00");
        CHECK_FALSE(when.past);
    }
}

TEST_CASE("what is no time of what happened is none") {
    for (const std::string_view text :
         {"lapor tiap malam", "lapor malam malam", "selamat malam pak mau lapor", "lapor umur 17 thn",
          "lapor kerja 16 jam sehari", "lapor sampai sekarang", "lapor kontrak 2 tahun", "lapor rp 20.50",
          "lapor 3 mobil", "lapor kerja sampai jam 12 malam"}) {
        CAPTURE(text);
        const auto& when = understood(text).when;
        CHECK(local(when.at) == "-");
        CHECK(local(when.since) == "-");
    }
}

TEST_CASE("now is the moment of receipt, and a name of now in a long story is not") {
    CHECK(understood("lapor 3 org lewat jalan tikus barusan").when.now);
    CHECK(understood("report 3 people just now").when.now);
    CHECK_FALSE(understood("lapor calo janji gaji besar skrg dia di desa").when.now);
}

TEST_CASE("tonight of the small hours is the night that is on") {
    const auto reading = at("2025-09-13T01:30:00+07:00", "lapor mlm ini ada 5 org");
    CHECK(local(reading.when.since) == "2025-09-12T18:00:00+07:00");
    CHECK(local(at("2025-09-13T01:30:00+07:00", "lapor td mlm jam 11").when.at) == "2025-09-12T23:00:00+07:00");
}

TEST_CASE("a half behind the hour, an hour beside a morning and a little while are moments") {
    for (const auto& row :
         {Moment{"lapor pukul empat setengah sore tadi", "2025-09-12T16:30:00+07:00"},
          Moment{"lapor jam set 5 subuh tadi", "2025-09-12T04:30:00+07:00"},
          Moment{"report 5 men left this morning around 8, all with bags", "2025-09-12T08:00:00+07:00"},
          Moment{"lapor baru setengah jam lewat depan rumah", "2025-09-12T20:40:00+07:00"},
          Moment{"lapor skrg ade kabar, jam 2 subuh nanti berangkat", "2025-09-13T02:00:00+07:00"},
          Moment{"lapor jam 3 sore nurunkan 5 org, ga mau ngaku", "2025-09-12T15:00:00+07:00"}}) {
        CAPTURE(row.text);
        CHECK(local(understood(row.text).when.at) == row.at);
    }
}

TEST_CASE("how long something has been lacking lasts until now") {
    for (const auto& row : {Moment{"lapor suami 6 hari tidak pulang", "2025-09-06T00:00:00+07:00"},
                            Moment{"lapor kami 5 bln tak dpt gaji, mau pulang", "2025-04-12T00:00:00+07:00"},
                            Moment{"lapor kami 2 bln gajinya ditahan mandor", "2025-07-12T00:00:00+07:00"},
                            Moment{"lapor mpun patang sasi mboten digaji", "2025-05-12T00:00:00+07:00"}}) {
        CAPTURE(row.text);
        const auto& when = understood(row.text).when;
        CHECK(local(when.since) == row.at);
        CHECK(local(when.until) == "2025-09-12T21:10:00+07:00");
    }
}
