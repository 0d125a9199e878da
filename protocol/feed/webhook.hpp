#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/sensitive.hpp"
#include "protocol/time.hpp"

/// Standard Webhooks 1.0.0: signing what leaves, verifying what a receiver got.
namespace jejak::feed {

/// A signing secret: `whsec_` and base64 of 24 to 64 octets (HMAC-SHA256, `v1`), or `whsk_` and base64 of an ed25519
/// seed or secret key (`v1a`; `whpk_` holds the public half and can only verify).
class WebhookKey {
public:
    /// Empty when the text is no such secret.
    static std::optional<WebhookKey> parse(std::string_view text);

    /// The `webhook-signature` value: `v1,…` or `v1a,…`. `body` is signed as sent. `ensure`s that the key can sign.
    std::string sign(std::string_view id, std::chrono::sys_seconds timestamp, std::string_view body) const;

    /// True when one of the space-separated signatures (the first 16 are looked at) fits and the timestamp is within
    /// `tolerance` of `now`. Constant time per signature.
    bool verify(std::string_view id, std::string_view timestamp, std::string_view signatures, std::string_view body,
                std::chrono::sys_seconds now, std::chrono::seconds tolerance = std::chrono::minutes(5)) const;

private:
    enum class Kind { hmac, ed25519_secret, ed25519_public };
    WebhookKey(Kind kind, std::string octets);
    Kind kind_;
    Sensitive<std::string> octets_;
};

}  // namespace jejak::feed
