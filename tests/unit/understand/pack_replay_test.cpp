// The fuzz target `pack` over its seeds, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_pack
#include "tests/fuzz/pack_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("files of the seeds are packs that read, or refused with what is wrong", "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("pack", replay_pack) >= 6);
}
