// How a part of a reply leaves: values without a socket.
#include <catch2/catch.hpp>
#include <set>

#include "gateway/channel/part_form.hpp"
#include "gateway/channel/text_references.hpp"
#include "protocol/smpp/time_format.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using Validity = SmppProfile::Validity;

namespace {

const WallTime now = *from_rfc3339("2026-01-01T06:30:00.250+07:00");

}  // namespace

TEST_CASE("M22: how long a reply is of use is told as the SMSC takes it", "[M22][smpp]") {
    CHECK(channel::validity_period(Validity::relative, now + 10min, now) == "000000001000000R");
    CHECK(channel::validity_period(Validity::absolute, now + 10min, now) == "251231234000200+");
    CHECK(channel::validity_period(Validity::none, now + 10min, now).empty());
    const auto read = smpp::parse_time(channel::validity_period(Validity::absolute, now + 10min, now), now);
    REQUIRE(read);
    CHECK(read->moment <= now + 10min);  // never later than it is of use
    CHECK(read->moment > now + 10min - 100ms);
}

TEST_CASE("C24: references of long texts begin anywhere, and each is the next one", "[C24][smpp]") {
    std::set<std::uint16_t> first;
    for (int starts = 0; starts < 8; ++starts) {  // all alike by chance: once in 2^112
        channel::TextReferences references;
        first.insert(references.next());
        for (int i = 0; i < 3; ++i) {
            const auto before = references.next();
            CHECK(references.next() == before);
            references.taken();
            CHECK(references.next() == static_cast<std::uint16_t>(before + 1));
        }
    }
    CHECK(first.size() > 1);
}
