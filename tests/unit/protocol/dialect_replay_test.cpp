// The fuzz target `dialect` over its seeds and many chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_dialect
#include "tests/fuzz/dialect_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("HTTP requests of every dialect are read or refused with a reason: seeds and chance inputs", "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("dialect", replay_dialect) >= 24);
    jejak::tests::replay_chance(replay_dialect, 20'000, 200, {'\n', '{', '}', '"', ':', ',', '&', '=', '%', 0, 1, 2});
}
