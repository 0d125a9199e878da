// Calls for help amid small talk: people do not write them apart. Every call with every line of talk and every way to
// join them; what is missed is counted, and may not become more.
#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "gateway/understand/reading.hpp"
#include "protocol/time.hpp"
#include "tests/support/packs.hpp"

using namespace jejak;

namespace {

constexpr std::array talk{"besok ada rapat desa jam 9 ya pak",
                          "panen sawit lumayan",
                          "sekolah libur",
                          "harga karet naik lagi",
                          "anak anak sekolah seperti biasa",
                          "cuaca panas sekali hari ini",
                          "mau tanya jadwal posyandu",
                          "ibu sudah sehat",
                          "tadi malam hujan deras",
                          "pak rt titip salam",
                          "air pam mati dari kemarin",
                          "bola tadi malam seru"};
constexpr std::array calls{"saya dipukul suami tadi malam tolong saya",
                           "kami disekap di ruko",
                           "tolong saya dikurung majikan",
                           "help they lock us in house",
                           "saya mau dijual ke malaysia",
                           "paspor saya ditahan gaji tidak dibayar saya mau kabur"};
constexpr std::array joiners{" ", ", ", "? ", "! ", ". ", "\n", " oh iya "};

std::size_t missed = 0, written = 0;

void write(const std::string& text) {
    understand::ReadingContext context;
    context.received_at = *from_rfc3339("2025-09-12T21:10:00+07:00");
    context.sender = "+628400000001";
    ++written;
    if (understand::read(*tests::sambas(), text, context).intent != Intent::sos) ++missed;
}

}  // namespace

TEST_CASE("a call for help is heard amid small talk, before it, behind it and without a stop between", "[calls]") {
    for (std::size_t i = 0; i < talk.size(); ++i) {
        const std::string line = talk[i], two = line + ", " + talk[(i + 5) % talk.size()];
        for (const std::string call : calls) {
            for (const std::string joiner : joiners) {
                write(line + joiner + call);
                write(two + joiner + call);
                write(call + joiner + line);
            }
        }
    }
    CAPTURE(missed);
    CHECK(written == 1'512);
    CHECK(missed <= 26);  // 558 when only a sentence of its own kept a call
}
