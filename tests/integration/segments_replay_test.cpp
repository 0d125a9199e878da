// The fuzz target of long texts over its seeds and a few thousand chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_segments
#include "tests/fuzz/segments_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("every octet of the seeds and of chance inputs is in exactly one text",
          "[segments][C12][C13][C16][C20][C22]") {
    CHECK(jejak::tests::replay_seeds("segments", replay_segments) >= 13);
    jejak::tests::replay_chance(replay_segments, 2'000, 600, {0, 0, 0, 0, 0, 7, 6, 2, 4, 5, 6, 8, 1, 3, 11, 27, 64});
}
