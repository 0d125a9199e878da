// The fuzz target `udh` over its seeds and many chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_udh
#include "tests/fuzz/udh_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("user data is read within its bounds, and what is cut into parts is joined whole: seeds and chance inputs",
          "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("udh", replay_udh) >= 26);
    jejak::tests::replay_chance(replay_udh, 10'000, 200, {1, 5, 6, 0, 3, 4, 8, 2, 0x24, 0x25, 0x1B});
}
