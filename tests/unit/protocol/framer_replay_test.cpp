// The fuzz target `framer` over its seeds and many chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_framer
#include "tests/fuzz/framer_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("a stream is cut into the same PDUs however it comes in pieces: seeds and chance inputs", "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("framer", replay_framer) >= 7);
    jejak::tests::replay_chance(replay_framer, 20'000, 400, {0, 0, 0, 16, 17, 21, 4, 9, 0x80, 1});
}
