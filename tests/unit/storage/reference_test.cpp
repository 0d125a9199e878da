#include "storage/reference.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "storage/vault.hpp"

using namespace jejak::storage;

namespace {

constexpr std::string_view alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::uint64_t key = 0x0123'4567'89ab'cdef;

}  // namespace

TEST_CASE("a reference has six letters without 0, O, 1 and I, and leads back to its number in any case") {
    for (const std::uint32_t number : {0u, 1u, 2u, 4'095u, 8'191u, 8'192u, 1'000'000u, reference_count_max - 1}) {
        const std::string typed = encode_reference(number, key);
        INFO(typed);
        CHECK(typed.size() == 6);
        CHECK(typed.find_first_not_of(alphabet) == std::string::npos);
        CHECK(decode_reference(typed, key) == number);
        std::string lower = typed;
        for (char& letter : lower) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
        CHECK(decode_reference(lower, key) == number);
        CHECK(looks_like_reference(lower));
    }
}

TEST_CASE("a number comes back from its reference, so that no two share one") {
    std::size_t wrong = 0;
    for (std::uint32_t number = 0; number < reference_count_max; number += 509) {
        if (decode_reference(encode_reference(number, key), key) != number) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("the permutation covers all 2^25 numbers", "[.exhaustive]") {
    std::vector<bool> seen(reference_count_max);
    std::size_t different = 0;
    for (std::uint32_t number = 0; number < reference_count_max; ++number) {
        const std::string typed = encode_reference(number, key);
        std::uint32_t data = 0;
        for (std::size_t i = 0; i < 5; ++i) data = data << 5 | static_cast<std::uint32_t>(alphabet.find(typed[i]));
        if (!seen[data]) ++different;
        seen[data] = true;
    }
    CHECK(different == reference_count_max);
}

TEST_CASE("every single wrong letter and every swap of two letters is caught") {
    // The check is linear over GF(32): a change is caught or not whatever the other letters are. Zero stands for all
    // words; a few real ones are tried besides.
    const std::string zero = "222222";
    REQUIRE(looks_like_reference(zero));
    std::vector<std::string> words{zero};
    for (std::uint32_t number = 0; number < 64; ++number) words.push_back(encode_reference(number * 524'287u, key));
    std::size_t missed = 0;
    for (const auto& word : words) {
        for (std::size_t i = 0; i < 6; ++i) {
            for (const char letter : alphabet) {
                std::string wrong = word;
                wrong[i] = letter;
                if (wrong != word && looks_like_reference(wrong)) ++missed;
            }
        }
    }
    CHECK(missed == 0);

    // Swapping a and b at i and j adds (weight i + weight j)(a + b): over all pairs of places and of letters.
    for (std::size_t i = 0; i < 6; ++i) {
        for (std::size_t j = i + 1; j < 6; ++j) {
            for (const char a : alphabet) {
                for (const char b : alphabet) {
                    if (a == b) continue;
                    // Complete a word with these two letters so that it is right, then swap them.
                    std::size_t k = 0;
                    while (k == i || k == j) ++k;
                    std::string word = zero;
                    word[i] = a;
                    word[j] = b;
                    for (const char c : alphabet) {
                        word[k] = c;
                        if (looks_like_reference(word)) break;
                    }
                    REQUIRE(looks_like_reference(word));
                    std::swap(word[i], word[j]);
                    if (looks_like_reference(word)) ++missed;
                }
            }
        }
    }
    CHECK(missed == 0);
}

TEST_CASE("what is not a reference is refused") {
    for (const char* typed :
         {"", "A", "ABCDE", "ABCDEFG", "ABC0EF", "ABCOEF", "ABC1EF", "ABCIEF", "ABC EF", "ABC-EF", "ÄBCDE"}) {
        INFO(typed);
        CHECK_FALSE(looks_like_reference(typed));
        CHECK_FALSE(decode_reference(typed, key));
    }
}

TEST_CASE("references show no order, and kinds are unrelated") {
    const Vault vault = Vault::for_tests();
    const auto ticket = vault.reference_key("ticket");
    const auto incident = vault.reference_key("incident");
    CHECK(ticket != incident);
    std::set<char> first_letters;
    std::size_t same = 0;
    for (std::uint32_t number = 0; number < 1'000; ++number) {
        const auto typed = encode_reference(number, ticket);
        first_letters.insert(typed[0]);
        if (typed == encode_reference(number, incident)) ++same;
    }
    CHECK(first_letters.size() == alphabet.size());
    CHECK(same <= 1);
}
