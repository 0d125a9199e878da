#include "protocol/feed/webhook.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/ensure.hpp"

namespace jejak::feed {
namespace {

constexpr std::size_t hmac_key_min = 24;
constexpr std::size_t hmac_key_max = 64;
constexpr std::size_t signatures_max = 16;  // a rotation needs two; more would only cost us time

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string to_base64(std::string_view binary) {
    std::string text(sodium_base64_ENCODED_LEN(binary.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), octets(binary), binary.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the terminator it counts
    return text;
}

/// With or without padding; empty when it is no base64, or decodes to more than
/// `size_max` octets.
std::optional<std::string> from_base64(std::string_view text, std::size_t size_max) {
    std::string binary(size_max, '\0');
    for (const int variant : {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING}) {
        std::size_t size = 0;
        if (sodium_base642bin(octets(binary), binary.size(), text.data(), text.size(), nullptr, &size, nullptr,
                              variant) == 0) {
            binary.resize(size);
            return binary;
        }
    }
    return std::nullopt;
}

/// `id.timestamp.body`
std::string signed_content(std::string_view id, std::string_view timestamp, std::string_view body) {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    return content.append(id).append(1, '.').append(timestamp).append(1, '.').append(body);
}

std::string hmac_sha256(std::string_view key, std::string_view content) {
    crypto_auth_hmacsha256_state state;
    std::string tag(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_init(&state, octets(key), key.size());
    crypto_auth_hmacsha256_update(&state, octets(content), content.size());
    crypto_auth_hmacsha256_final(&state, octets(tag));
    sodium_memzero(&state, sizeof state);
    return tag;
}

/// The secret key whose seed or whole this is; empty when it is neither.
std::optional<std::string> ed25519_secret(const std::string& binary) {
    if (binary.size() != crypto_sign_SEEDBYTES && binary.size() != crypto_sign_SECRETKEYBYTES) return std::nullopt;
    std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
    std::string secret_key(crypto_sign_SECRETKEYBYTES, '\0');
    crypto_sign_seed_keypair(octets(public_key), octets(secret_key), octets(binary));
    if (binary.size() == crypto_sign_SECRETKEYBYTES && binary != secret_key) return std::nullopt;
    return secret_key;
}

bool within(std::string_view timestamp, std::chrono::sys_seconds now, std::chrono::seconds tolerance) {
    std::int64_t claimed = 0;
    const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), claimed);
    if (error != std::errc() || end != timestamp.data() + timestamp.size()) return false;
    const auto clock = now.time_since_epoch().count();
    return claimed >= clock - tolerance.count() && claimed <= clock + tolerance.count();
}

bool same_octets(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Splits `text` at the first `separator`, which neither half keeps; the second half is empty when there is none.
std::pair<std::string_view, std::string_view> halves(std::string_view text, char separator) {
    const auto at = std::min(text.find(separator), text.size());
    return {text.substr(0, at), text.substr(std::min(at + 1, text.size()))};
}

}  // namespace

std::optional<WebhookKey> WebhookKey::parse(std::string_view text) {
    ensure(sodium_init() >= 0);
    const auto [kind, encoded] = halves(text, '_');
    auto binary = from_base64(encoded, hmac_key_max);
    if (!binary) return std::nullopt;
    if (kind == "whsec" && binary->size() >= hmac_key_min) return WebhookKey(Kind::hmac, *std::move(binary));
    if (kind == "whpk" && binary->size() == crypto_sign_PUBLICKEYBYTES) {
        return WebhookKey(Kind::ed25519_public, *std::move(binary));
    }
    if (kind != "whsk") return std::nullopt;
    auto secret = ed25519_secret(*binary);
    if (!secret) return std::nullopt;
    return WebhookKey(Kind::ed25519_secret, *std::move(secret));
}

WebhookKey::WebhookKey(Kind kind, std::string octets) : kind_(kind), octets_(std::move(octets)) {}

std::string WebhookKey::sign(std::string_view id, std::chrono::sys_seconds timestamp, std::string_view body) const {
    ensure(kind_ != Kind::ed25519_public);
    const auto content = signed_content(id, std::to_string(timestamp.time_since_epoch().count()), body);
    if (kind_ == Kind::hmac) return "v1," + to_base64(hmac_sha256(octets_.reveal(), content));
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(octets(signature), nullptr, octets(content), content.size(), octets(octets_.reveal()));
    return "v1a," + to_base64(signature);
}

bool WebhookKey::verify(std::string_view id, std::string_view timestamp, std::string_view signatures,
                        std::string_view body, std::chrono::sys_seconds now, std::chrono::seconds tolerance) const {
    if (!within(timestamp, now, tolerance)) return false;
    const auto content = signed_content(id, timestamp, body);
    const bool symmetric = kind_ == Kind::hmac;
    const auto expected = symmetric ? hmac_sha256(octets_.reveal(), content) : std::string();
    // The public key is the last half of a secret one.
    const auto* const public_key = octets(octets_.reveal()) + octets_.reveal().size() - crypto_sign_PUBLICKEYBYTES;
    bool fits = false;
    for (std::size_t i = 0; i < signatures_max && !signatures.empty(); ++i) {
        const auto [one, others] = halves(signatures, ' ');
        signatures = others;
        const auto [version, encoded] = halves(one, ',');
        if (version != (symmetric ? "v1" : "v1a")) continue;
        const auto signature = from_base64(encoded, crypto_sign_BYTES);
        if (!signature) continue;
        if (symmetric) {
            fits |= same_octets(*signature, expected);
        } else if (signature->size() == crypto_sign_BYTES) {
            fits |= crypto_sign_verify_detached(octets(*signature), octets(content), content.size(), public_key) == 0;
        }
    }
    return fits;
}

}  // namespace jejak::feed
