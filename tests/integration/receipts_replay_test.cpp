// The fuzz target of receipts over its seeds and many chance inputs, in every build.
#include <catch2/catch.hpp>

#include "tests/support/fuzz_replay.hpp"

#define LLVMFuzzerTestOneInput replay_receipt
#include "tests/fuzz/receipt_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): the same program, without a fuzzer
#undef LLVMFuzzerTestOneInput

TEST_CASE("receipts of the seeds and of chance inputs read the same when written again", "[receipts][D2][D8]") {
    CHECK(jejak::tests::replay_seeds("receipt", replay_receipt) >= 9);
    const std::string letters = "id:stat:err:text: ,;7{}*DELIVRD\n";
    const std::vector<std::uint8_t> octets(letters.begin(), letters.end());
    jejak::tests::replay_chance(replay_receipt, 100'000, 80, octets);
}
