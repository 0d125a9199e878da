// The fuzz target `reader` over its seeds, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_reader
#include "tests/fuzz/reader_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("texts of the seeds are read within their time, and every mark is in its place", "[fuzz]") {
    CHECK(jejak::tests::replay_seeds("reader", replay_reader) >= 15);
}
