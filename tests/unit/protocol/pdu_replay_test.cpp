// The fuzz target `pdu` over its seeds and many chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_pdu
#include "tests/fuzz/pdu_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("what decodes is encoded and decodes the same: seeds and chance inputs", "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("pdu", replay_pdu) >= 26);
    jejak::tests::replay_chance(replay_pdu, 50'000, 120, {0, 0, 0, 0, 1, 2, 4, 5, 0x30, 0x40, 0x04, 0x24});
}
