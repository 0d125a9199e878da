#include "protocol/dialect/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"

namespace jejak::dialect {
namespace {

const EVP_MD* algorithm(Hash hash) {
    switch (hash) {
        case Hash::md5:
            return EVP_md5();
        case Hash::sha1:
            return EVP_sha1();
        case Hash::sha256:
            return EVP_sha256();
        case Hash::sha512:
            return EVP_sha512();
    }
    return nullptr;
}

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::optional<std::string> decode_base64(std::string_view text, int variant) {
    std::string binary(text.size() / 4 * 3 + 3, '\0');
    std::size_t size = 0;
    if (sodium_base642bin(octets(binary), binary.size(), text.data(), text.size(), nullptr, &size, nullptr, variant) !=
        0) {
        return std::nullopt;
    }
    binary.resize(size);
    return binary;
}

}  // namespace

std::string digest(Hash hash, std::string_view content) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    const bool done = EVP_Digest(content.data(), content.size(), octets(out), &size, algorithm(hash), nullptr) == 1;
    out.resize(done ? size : 0);
    return out;
}

std::string hmac(Hash hash, std::string_view key, std::string_view content) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    const auto* done = HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()), octets(content), content.size(),
                            octets(out), &size);
    out.resize(done != nullptr ? size : 0);
    return out;
}

std::string to_hex(std::string_view binary) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(binary.size() * 2);
    for (const char c : binary) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

std::string to_base64(std::string_view binary) {
    std::string text(sodium_base64_ENCODED_LEN(binary.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), octets(binary), binary.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the terminator it counts
    return text;
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string binary(text.size() / 2, '\0');
    std::size_t size = 0;
    if (text.size() % 2 != 0) return std::nullopt;
    if (sodium_hex2bin(octets(binary), binary.size(), text.data(), text.size(), nullptr, &size, nullptr) != 0 ||
        size != binary.size()) {
        return std::nullopt;
    }
    return binary;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (auto padded = decode_base64(text, sodium_base64_VARIANT_ORIGINAL)) return padded;
    return decode_base64(text, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

std::optional<std::string> from_base64url(std::string_view text) {
    return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool same_secret(std::string_view presented, std::string_view expected) {
    const auto fingerprint = [](std::string_view text) {
        std::array<unsigned char, crypto_generichash_BYTES> out;
        crypto_generichash(out.data(), out.size(), octets(text), text.size(), nullptr, 0);
        return out;
    };
    const auto a = fingerprint(presented);
    const auto b = fingerprint(expected);
    return sodium_memcmp(a.data(), b.data(), a.size()) == 0 && !expected.empty();
}

}  // namespace jejak::dialect
