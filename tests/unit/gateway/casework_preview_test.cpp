#include <catch2/catch.hpp>

#include "gateway/casework/preview.hpp"
#include "tests/support/packs.hpp"

using namespace jejak;
using casework::Open;
using understand::Outcome;

namespace {

Outcome foretold(std::string_view text, std::string sender = "+628400000001", Role role = Role::villager,
                 Open open = Open::nothing) {
    const auto& pack = *tests::sambas();
    understand::ReadingContext context;
    context.received_at = *from_rfc3339("2025-09-12T21:10:00+07:00");
    context.sender = std::move(sender);
    context.role = role;
    return casework::preview(pack, understand::read(pack, text, context), context, open);
}

std::string reply(const Outcome& outcome) {
    return outcome.reply.value_or("none");
}

constexpr std::string_view received = "Pesan diterima. Terima kasih.";

}  // namespace

TEST_CASE("the reply to a first text is foretold without the ticket it will have, and with a sample of it",
          "[casework][explain]") {
    struct Row {
        std::string_view text, reply, sample, ask;
        Role role = Role::villager;
    };
    for (const auto& row :
         {Row{"apa kabar", received, "Pesan diterima. Ref SB7K2Q. Terima kasih.", ""},
          Row{"lapor 5 org naik mobil lewat jalan tikus dkt aruk skrg", received,
              "Pesan diterima. Ref SB7K2Q. Terima kasih.", ""},
          Row{"lapor 5 org naik mobil lewat jalan tikus skrg",
              "Pesan diterima. Di desa mana? Balas nama desa, atau LEWAT.",
              "Pesan diterima. Ref SB7K2Q. Di desa mana? Balas nama desa, atau LEWAT.", "place"},
          Row{"lapor 5 org naik mobil lewat jalan tikus dkt aruk skrg",
              "Pesan diterima. Jangan mendekat. Utamakan keselamatan.",
              "Pesan diterima. Ref SB7K2Q. Jangan mendekat. Utamakan keselamatan.", "", Role::agent},
          Row{"tolong saya dikurung di sebunga", "Pesan diterima. Balas 1 jika boleh ditelepon, 2 jika jangan.",
              "Pesan diterima. Balas 1 jika boleh ditelepon, 2 jika jangan.", "call"},
          Row{"status sb7k2q", "Kode tidak dikenal. Periksa lagi kodenya. Terima kasih.",
              "Kode tidak dikenal. Periksa lagi kodenya. Terima kasih.", ""},
          Row{"berhenti", "Anda tidak akan menerima SMS lagi. Untuk aktif lagi balas MULAI.",
              "Anda tidak akan menerima SMS lagi. Untuk aktif lagi balas MULAI.", ""},
          Row{"ya", received, "Pesan diterima. Ref SB7K2Q. Terima kasih.", ""},
          Row{"daftar#a", received, "Pesan diterima. Ref SB7K2Q. Terima kasih.", ""}}) {
        CAPTURE(row.text);
        const auto outcome = foretold(row.text, "+628400000001", row.role);
        CHECK(reply(outcome) == row.reply);
        CHECK(outcome.sample == row.sample);
        CHECK(outcome.ask == row.ask);
        CHECK(outcome.note.starts_with("SB7K2Q is a sample") == (row.reply != row.sample));
    }
    CHECK_THAT(reply(foretold("bantuan")), Catch::StartsWith("Ketik: LAPOR"));
    CHECK_THAT(reply(foretold("daftar#a", "+628400000001", Role::village_official)),
               Catch::StartsWith("Belum lengkap"));
}

TEST_CASE("a code that only a gateway issues is shown as a sample", "[casework][explain]") {
    const auto outcome = foretold("DAFTAR#SITI MISAL#6101095506989999#P#SEBUNGA#KUCHING#ART#ARUK#20-09-2025#",
                                  "+628400000010", Role::village_official);
    CHECK_THAT(reply(outcome), Catch::Contains("kode {code}"));
    CHECK_THAT(outcome.sample, Catch::Contains("kode W4K7MX"));
    CHECK_THAT(outcome.note, Catch::StartsWith("W4K7MX is a sample"));
}

TEST_CASE("whoever nobody registered is asked nothing of an arrival, and a worker is", "[casework][explain]") {
    CHECK(reply(foretold("sudah sampai")) == received);
    CHECK(foretold("sudah sampai").ask.empty());
    for (const auto& outcome : {foretold("sudah sampai", "+601000000019", Role::worker),
                                foretold("tiba w4k7mx", "+601000000019")}) {  // a code stands for its worker
        CHECK_THAT(reply(outcome), Catch::Contains("Sudah di mana?"));
        CHECK(outcome.ask == "place");
    }
}

TEST_CASE("a departure is a matter for whoever the sender is", "[casework][explain]") {
    const auto alerts = [](std::string_view text, Role role) { return foretold(text, "+628400000001", role).alerts; };
    const std::vector<AlertKind> mismatch{AlertKind::route_mismatch};
    CHECK(alerts("berangkat ke kuching besok", Role::villager) == mismatch);
    CHECK(alerts("berangkat ke kuching besok", Role::worker).empty());
    CHECK(alerts("berangkat ke kuching besok", Role::village_official).empty());
    CHECK(alerts("berangkat w4k7mx ke kuching besok", Role::villager).empty());
    CHECK(alerts("lapor 5 org lewat jln tikus dkt aruk skrg", Role::villager) ==
          std::vector<AlertKind>{AlertKind::departure_now});
}

TEST_CASE("consent that is asked for is thanked for without a ticket, whatever the answer", "[casework][explain]") {
    CHECK(casework::open_of("consent pending") == Open::consent);
    CHECK(casework::open_of("open SOS") == Open::nothing);
    for (const auto* text : {"ya", "tidak"}) {
        const auto outcome = foretold(text, "+628400000012", Role::villager, Open::consent);
        CHECK(reply(outcome) == received);
        CHECK(outcome.sample == received);
        CHECK(outcome.note.empty());
    }
    CHECK(foretold("apa kabar", "+628400000012", Role::villager, Open::consent).note.starts_with("SB7K2Q"));
}

TEST_CASE("who is never answered, and who wants no answer, gets none, and it is said why", "[casework][explain]") {
    const auto named = foretold("lapor jalan tikus", "BANK");
    CHECK_FALSE(named.reply);
    CHECK(named.ask.empty());
    CHECK(named.note == "such a sender is never answered");
    const auto watched = foretold("tolong sy dikurung majikan, jgn balas", "+601000000019");
    CHECK_FALSE(watched.reply);
    CHECK(watched.note == "the sender wants no answer, or others read the phone");
    CHECK(foretold("bantuan", "628400000001").reply);  // a number as at home
}
