#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

/// Who must get no answer, who must not be called, and who wants no messages for good.
namespace {

constexpr std::string_view home = "+628400000001", abroad = "+601000000019";

Reading read_by(const Pack& pack, std::string_view text, std::string_view from) {
    return read(pack, text, villager(std::string(from)));
}

}  // namespace

TEST_CASE("who wants no answer, or whose phone others hold, gets none and is marked", "[quiet]") {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        for (const auto* text :
             {"tolong saya dikurung, jgn bls", "tolong saya dikurung jgn rep", "saya disekap di mess, jangan dijawab",
              "jangan dijawab", "jgn bales", "hp majikan ini pak", "hp sy dipegang madam", "ini nomor majikan",
              "majikan buka hp saya tiap malam", "saya dipukul, bos periksa hp tiap malam",
              "pakai nomor majikan ini, saya dikurung", "boss checks the phone every night, they lock me",
              "help they lock me, do not answer", "majikan suka periksa hp, tolong saya disekap"}) {
            CAPTURE(pack->name(), text);
            const auto reading = read_by(*pack, text, abroad);
            CHECK(reading.quiet);
            CHECK(reading.ask.empty());
            CHECK(has(reading.flags, Flag::phone_monitored));
            CHECK(to_string(reading.intent) != to_string(Intent::stop));
        }
    }
}

TEST_CASE("who wants no call is marked, and may be written to", "[quiet]") {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        for (const auto* text : {"tolong saya dikurung, jangan telpon", "saya disekap, balas sms saja jangan telpon",
                                 "kami dikurung, ini pinjam hp teman", "they lock me in, dont call"}) {
            CAPTURE(pack->name(), text);
            const auto reading = read_by(*pack, text, abroad);
            CHECK(to_string(reading.intent) == to_string(Intent::sos));
            CHECK_FALSE(reading.quiet);
            CHECK(has(reading.flags, Flag::phone_monitored));
        }
    }
}

TEST_CASE("who wants no messages now, or before the employer, is silent and not gone for good", "[quiet]") {
    for (const auto& pack : {tests::sambas(), tests::batam()}) {
        for (const auto from : {home, abroad}) {
            for (const auto* text :
                 {"jangan sms dulu, nanti ketahuan majikan", "stop sms dulu majikan di samping saya",
                  "jgn kirim sms mlm, majikan di rumah", "jangan kirim sms dulu ya", "stop sms dulu, nanti saya kabari",
                  "jangan hubungi saya dulu", "berhenti kirim sms dulu ada agen di sini", "jangan sms malam ini",
                  "stop texting for now", "dont text me tonight"}) {
                CAPTURE(pack->name(), text, from);
                const auto reading = read_by(*pack, text, from);
                CHECK(to_string(reading.intent) != to_string(Intent::stop));
                CHECK(reading.quiet);
            }
            for (const auto* text : {"jangan kirim sms lagi", "dulu saya daftar, sekarang jangan sms lagi",
                                     "berhenti kirim sms", "STOP", "stop sms", "unsubscribe"}) {
                CAPTURE(pack->name(), text, from);
                const auto reading = read_by(*pack, text, from);
                CHECK(to_string(reading.intent) == to_string(Intent::stop));
                CHECK_FALSE(reading.quiet);
            }
        }
    }
}

TEST_CASE("numbers and phones of others that a text names silence nothing", "[quiet]") {
    for (const auto* text : {"lapor nomor majikan 084000000077 calo cari gadis", "saya sudah jawab kemarin pak",
                             "gimana cara jawab pertanyaan itu", "lapor agen pegang hp 5 cewek di mess sebunga"}) {
        CAPTURE(text);
        CHECK_FALSE(read_by(sambas(), text, home).quiet);
    }
}
