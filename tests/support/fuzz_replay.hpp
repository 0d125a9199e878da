#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

/// Runs a libFuzzer target as an ordinary test: it ends the process where it finds something.
namespace jejak::tests {

using FuzzTarget = int (*)(const std::uint8_t*, std::size_t);

/// Its seeds in tests/fuzz/corpus; how many there were.
inline std::size_t replay_seeds(const std::string& name, FuzzTarget target) {
    std::size_t seeds = 0;
    const auto folder = std::filesystem::path(JEJAK_SOURCE_DIR) / "tests/fuzz/corpus" / name;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::vector<char> octets{std::istreambuf_iterator<char>(file), {}};
        target(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
        ++seeds;
    }
    return seeds;
}

/// Inputs of up to `size_max` octets, half of them from `likely`: the same at every run.
inline void replay_chance(FuzzTarget target, int inputs, std::size_t size_max,
                          const std::vector<std::uint8_t>& likely) {
    std::mt19937 random(22);
    for (int i = 0; i < inputs; ++i) {
        std::vector<std::uint8_t> octets(random() % (size_max + 1));
        for (auto& octet : octets) {
            octet = random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<std::uint8_t>(random());
        }
        target(octets.data(), octets.size());
    }
}

}  // namespace jejak::tests
