// The fuzz target `gsm7` over its seeds and many chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_gsm7
#include "tests/fuzz/gsm7_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("septets, packed septets and UCS-2 are read and written alike: seeds and chance inputs", "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("gsm7", replay_gsm7) >= 15);
    jejak::tests::replay_chance(replay_gsm7, 4'000, 200, {0x1B, 0x1B, 0x0D, 0x00, 0xD8, 0xDC, 0x3C, 0x65});
}
