// The fuzz target `session` over its seeds and many chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_session
#include "tests/fuzz/session_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("a session answers each request once and no response: seeds and chance inputs", "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("session", replay_session) >= 17);
    jejak::tests::replay_chance(replay_session, 10'000, 400, {0, 1, 3, 4, 5, 16, 17, 0, 0, 0, 9, 2, 0x80});
}
