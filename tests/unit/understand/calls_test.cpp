#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

/// Calls for help: what must never hide one, and what is none however it sounds.
namespace {

constexpr std::string_view home = "+628400000001", abroad = "+601000000001";

struct Row {
    std::string_view text;
    Intent intent;
    std::string_view from = home;
};

Reading read_by(const Pack& pack, std::string_view text, std::string_view from) {
    return read(pack, text, villager(std::string(from)));
}

void check(const Row& row) {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        CAPTURE(pack->name(), row.text);
        CHECK(to_string(read_by(*pack, row.text, row.from).intent) == to_string(row.intent));
    }
}

void check_none(std::string_view text, std::string_view from = home) {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        CAPTURE(pack->name(), text);
        const auto reading = read_by(*pack, text, from);
        CHECK(to_string(reading.intent) != to_string(Intent::sos));
        CHECK(std::find(reading.alerts.begin(), reading.alerts.end(), AlertKind::sos) == reading.alerts.end());
    }
}

bool raises(const Reading& reading, AlertKind kind) {
    return std::find(reading.alerts.begin(), reading.alerts.end(), kind) != reading.alerts.end();
}

}  // namespace

TEST_CASE("small talk around a call for help takes nothing from it", "[sos]") {
    const std::string greeting =
        "assalamualaikum pak, apa kabar, semoga sehat selalu sekeluarga, di sini hujan terus, harga beras naik, anak "
        "anak libur sekolah, ibu titip salam. ";
    const std::string market =
        "kemarin saya ke pasar beli ikan sama sayur, harga cabai naik lagi, ketemu bu rt di sana, ramai sekali. ";
    for (const auto* call :
         {"saya dikurung majikan di kuching", "kami disekap di ruko tidak boleh keluar", "tolong saya disekap agen"}) {
        check({greeting + call, Intent::sos});
        check({"lapor " + greeting + call, Intent::sos});
        check({"aman. " + greeting + call, Intent::sos});
        check({"tolong " + market + call, Intent::sos});
        check({market + call + ". " + greeting, Intent::sos});
    }
    check({market + "tolong saya", Intent::sos});
    check_none(greeting);
    check_none(market + "tolong sampaikan ke ibu saya");
    check_none(market + "minta tolong isi pulsa ya");
}

TEST_CASE("no command hides the call for help behind it, and its code is kept", "[sos]") {
    for (const auto& row : {Row{"STATUS W4K7MX kami disekap majikan tolong", Intent::sos},
                            {"STATUS#kami di dlm truk tertutup#sesak#cepat", Intent::sos},
                            {"STATUS W4K7MX kami disekap", Intent::sos},
                            {"CEK saya dikurung tolong", Intent::sos},
                            {"REKOM tolong saya disekap", Intent::sos},
                            {"CATAT W4K7MX tolong saya disiksa", Intent::sos},
                            {"DAFTAR tolong saya disekap di mess", Intent::sos},
                            {"STATUS W4K7MX tolong saya", Intent::sos},
                            {"SETUJU W4K7MX tapi saya dipaksa agen", Intent::sos},
                            {"AMAN tolong", Intent::sos},
                            {"AMAN pak tolong", Intent::sos},
                            {"AMAN. majikan suruh tulis ini. tolong", Intent::sos},
                            {"TIBA W4K7MX tolong", Intent::sos},
                            {"STATUS W4K7MX", Intent::status},
                            {"STATUS W4K7MX tolong dibalas", Intent::status},
                            {"STATUS W4K7MX tolong", Intent::status},
                            {"tolong status W4K7MX", Intent::status},
                            {"CEK pt maju fiktif tolong", Intent::check},
                            {"SETUJU W4K7MX", Intent::yes},
                            {"SETUJU W4K7MX terima kasih pak", Intent::yes},
                            {"CATAT N4T8WD 5 org ditemukan disekap", Intent::note},
                            {"AMAN tolong sampaikan ke mamak", Intent::safe},
                            {"aman pak tidak usah tolong", Intent::safe}}) {
        check(row);
    }
    CHECK(understood("STATUS W4K7MX kami disekap majikan tolong").reference == "W4K7MX");
    CHECK(understood("SETUJU W4K7MX tapi saya dipaksa agen").reference == "W4K7MX");
}

TEST_CASE("a phone that others read stays silent, and hears no more of us only when that is all it asks", "[sos]") {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        for (const auto* text : {"jangan sms saya, hp dicek majikan", "tolong jangan sms saya hp dicek",
                                 "jangan kirim sms lagi, majikan baca hp saya", "jangan balas sms ini",
                                 "jgn bls, hp diperiksa bos", "dont text me, boss checks my phone"}) {
            CAPTURE(pack->name(), text);
            const auto reading = read_by(*pack, text, home);
            CHECK(to_string(reading.intent) != to_string(Intent::stop));
            CHECK(reading.quiet);
            CHECK(has(reading.flags, Flag::phone_monitored));
        }
        for (const auto* text :
             {"jangan kirim sms lagi", "jangan sms saya", "berhenti kirim sms", "STOP", "jangan hubungi saya lagi"}) {
            CAPTURE(pack->name(), text);
            const auto reading = read_by(*pack, text, home);
            CHECK(to_string(reading.intent) == to_string(Intent::stop));
            CHECK_FALSE(reading.quiet);
        }
        CHECK_FALSE(read_by(*pack, "lapor 5 perempuan di mess sebunga, hp dicek majikan", home).quiet);
    }
}

TEST_CASE("what is denied is no call for help", "[sos]") {
    for (const auto* text : {"saya tidak dikurung", "kami tidak disekap pak", "saya tidak dipukul majikan",
                             "saya belum dipukul", "kami tdk pernah disiksa", "saya tidak lagi dikurung"}) {
        check_none(text);
    }
    check_none("he never beat me, i am fine", abroad);
    check_none("they do not lock us", abroad);
    for (const auto& row : {Row{"saya tidak mau dijual", Intent::sos},
                            {"saya tidak boleh keluar, dikurung", Intent::sos},
                            {"kami tidak dikasih makan", Intent::sos},
                            {"saya dipukul 3x dikurung 2x", Intent::sos},
                            {"tidak ada yang tolong saya disekap", Intent::sos}}) {
        check(row);
    }
}

TEST_CASE("few words are enough to call for help", "[sos]") {
    for (const auto& row : {Row{"please call the police", Intent::sos, abroad},
                            {"employer is hitting me", Intent::sos, abroad},
                            {"he is beating me", Intent::sos, abroad},
                            {"they are selling us", Intent::sos, abroad},
                            {"send help", Intent::sos, abroad},
                            {"STOP he is beating me", Intent::sos},
                            {"mereka bunuh kami", Intent::sos},
                            {"sakit parah tolong", Intent::sos}}) {
        check(row);
    }
    for (const auto& pack : {tests::sambas(), tests::batam()})
        CHECK(to_string(read_by(*pack, "agen bunuh adik saya", home).intent) != to_string(Intent::unclear));
    for (const auto* text : {"tolong isi pulsa", "minta tolong isi pulsa ya", "tolong kirim jadwal", "tolong sampaikan",
                             "hujan lebat pak", "saya pergi ke pasar", "bunuh nyamuk dulu"}) {
        check_none(text);
    }
}

TEST_CASE("a negation reaches a command over adverbs, and no comma", "[sos]") {
    for (const auto* text : {"tidak ada masalah, aman", "saya tidak kenapa2, aman", "jangan takut, aman",
                             "tidak jadi pulang, aman", "takde ape2, sihat", "tidak apa apa aman"}) {
        check_none(text);
    }
    for (const auto& row : {Row{"sy tidak aman", Intent::sos},
                            {"sy sdh tdk aman", Intent::sos},
                            {"tidak begitu aman", Intent::sos},
                            {"saya merasa tidak aman", Intent::sos},
                            {"tidak ada masalah, aman", Intent::safe},
                            {"aman tidak usah khawatir", Intent::safe}}) {
        check(row);
    }
}

TEST_CASE("who asks a favour politely, or thanks for one, does not call for help", "[sos]") {
    for (const auto* text :
         {"tolong sampaikan ke ibu saya sudah sampai", "aman pak, terima kasih sudah tolong saya",
          "aman kak, kemarin ada yg tolong", "kami aman, tolong kabari mamak", "TIBA W4K7MX tolong dicatat",
          "DAFTAR tolong saya mau daftar kerja", "SETUJU W4K7MX tolong saya dikabari", "STATUS W4K7MX tolong pak",
          "VERIF N4T8WD benar 5 org dikurung di ruko", "jangan sms istri saya suka cek hp", "lampu mati tolong pak",
          "hujan deras tolong", "motor saya mogok tolong", "kucing saya dikurung", "keep me posted", "call me later"}) {
        check_none(text);
    }
    for (const auto& row : {Row{"tolong", Intent::sos},
                            {"tolong pak", Intent::sos},
                            {"HAPUS saya disekap tolong", Intent::sos},
                            {"BANTUAN saya disekap", Intent::sos},
                            {"saya tidak tahan disiksa", Intent::sos},
                            {"saya tidak bisa pulang dikurung majikan", Intent::sos},
                            {"STATUS W4K7MX adik saya disekap tolong", Intent::sos},
                            {"STATUS W4K7MX adik saya disekap agen", Intent::report}}) {
        check(row);
    }
}

TEST_CASE("who tells what is done to themselves raises an alert softer than a call, without a word of calling",
          "[alert]") {
    for (const auto* text : {"saya kerja 18 jam tidak ada libur badan sakit semua, gaji dipotong utang agen",
                             "paspor saya ditahan majikan dan gaji saya tidak dibayar 5 bulan"}) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK(reading.intent == Intent::report);
        CHECK(has(reading.flags, Flag::self_victim));
        CHECK(raises(reading, AlertKind::harbouring));
        CHECK_FALSE(raises(reading, AlertKind::sos));
        CHECK(reading.ask == "call");
    }
    // Of others, or with nothing told that is done to them, none.
    CHECK_FALSE(raises(understood("lapor ada 3 org kerja 18 jam gaji ditahan di ruko"), AlertKind::sos));
    CHECK_FALSE(raises(understood("saya mau kerja di malaysia gaji 5jt, ada info resmi?"), AlertKind::harbouring));
}

TEST_CASE("a departure is raised where a word tells of one, never on a mere guess; the report is kept", "[alert]") {
    for (const auto* text : {"lapor jalan aruk rusak 2 motor jatuh", "lapor 0 orang lewat malam ini",
                             "lapor tidak ada orang lewat jalan tikus malam ini"}) {
        CAPTURE(text);
        const auto reading = understood(text);
        CHECK(to_string(reading.intent) == to_string(Intent::report));
        CHECK_FALSE(raises(reading, AlertKind::departure_now));
    }
    CHECK_FALSE(raises(understood("lapor 4 org lewat aruk"), AlertKind::departure_now));
    for (const auto* text : {"lapor 4 org lewat samping aruk skrg", "lapor 5 org lewat jalan tikus malam ini",
                             "lapor ada rombongan lewat hutan ke malaysia skrg"}) {
        CAPTURE(text);
        CHECK(raises(understood(text), AlertKind::departure_now));
    }
}

TEST_CASE("who calls for somebody else is not the victim, and who hears of others reports", "[sos]") {
    const auto daughter = understood("help my daughter is sold");
    CHECK(to_string(daughter.intent) == to_string(Intent::sos));
    CHECK_FALSE(has(daughter.flags, Flag::self_victim));
    check_none("bunyi2 dari ruko sebelah kaya orang dipukul");
    CHECK(has(understood("help i am sold").flags, Flag::self_victim));
}

TEST_CASE("silence is for the sender's own phone, and words about reading messages are none", "[quiet]") {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        for (const auto* text :
             {"LAPOR calo cari gadis di sebunga, no hp agen 084000000077", "CEK hp agen 084000000077",
              "adik saya hilang di malaysia, hp agen tidak aktif", "laporan saya kemarin tanpa balasan, gimana pak",
              "pak sudah baca sms saya kemarin?", "pak baca pesan saya, 4 orang masih di gudang",
              "why you dont answer me, they locked us", "anak saya tidak bisa dihubungi, hp dipegang majikan",
              "teman saya hp dipegang agen", "tolong berhenti sms saya, istri saya baca sms dan marah"}) {
            CAPTURE(pack->name(), text);
            CHECK_FALSE(read_by(*pack, text, home).quiet);
        }
        for (const auto* text : {"STOP, saya tidak mau baca sms", "stop kirim sms, saya tidak mau baca sms lagi"}) {
            CAPTURE(pack->name(), text);
            CHECK(read_by(*pack, text, home).intent == Intent::stop);
        }
        CHECK(read_by(*pack, "jangan sms saya, majikan baca sms", home).quiet);
    }
}

TEST_CASE("begging for one's own is a call for help, a courtesy at the end of good news is none", "[sos]") {
    for (const auto* text : {"s.o.s stulang laut", "S.O.S", "s o s", "jangan bunuh anak saya pak",
                             "jangan pukul anak saya lagi", "AMAN, minta tolong"})
        check({text, Intent::sos});
    for (const auto* text :
         {"TIBA W4K7MX kabari mama ya, tolong", "AMAN kabari keluarga saya, tolong",
          "the rain keeping us at home today", "jangan bunuh anak kucing saya pak", "jangan bunuh ular itu"})
        check_none(text);
}
