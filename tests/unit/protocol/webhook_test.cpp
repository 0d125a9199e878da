#include "protocol/feed/webhook.hpp"

#include <openssl/evp.h>

#include <catch2/catch.hpp>
#include <memory>

#include "tests/support/octets.hpp"

using jejak::feed::WebhookKey;
using jejak::tests::ExactText;
using jejak::tests::from_hex;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

// The vector of the Standard Webhooks specification's libraries.
constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view body = R"({"test": 2432232314})";
constexpr std::string_view signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr sys_seconds moment{seconds(1614265330)};

// RFC 8032 section 7.1, test 1: seed and public key.
constexpr std::string_view seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
constexpr std::string_view public_half = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

std::string base64(std::span<const std::byte> octets) {
    std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
    const auto size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string key_text(std::string_view prefix, std::string_view hex) {
    return std::string(prefix) + base64(from_hex(hex));
}

WebhookKey key(std::string_view text) {
    auto parsed = WebhookKey::parse(text);
    REQUIRE(parsed);
    return *std::move(parsed);
}

}  // namespace

TEST_CASE("the specification's vector is signed and verified") {
    const auto hmac = key(secret);
    CHECK(hmac.sign(id, moment, body) == signature);
    CHECK(hmac.verify(id, "1614265330", signature, body, moment));
}

TEST_CASE("a signature fits only what was signed") {
    const auto hmac = key(secret);
    CHECK_FALSE(hmac.verify("msg_other", "1614265330", signature, body, moment));
    CHECK_FALSE(hmac.verify(id, "1614265331", signature, body, moment));
    CHECK_FALSE(hmac.verify(id, "1614265330", signature, R"({"test": 2432232315})", moment));
    CHECK_FALSE(hmac.verify(id, "1614265330", signature, "", moment));
    CHECK_FALSE(key("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").verify(id, "1614265330", signature, body, moment));
}

TEST_CASE("one fitting signature of several is enough") {
    const auto hmac = key(secret);
    struct Row {
        std::string signatures;
        bool fits;
    };
    const std::string good(signature);
    std::string many;
    for (int i = 0; i < 16; ++i) many += "v1,AAAA ";
    const auto row = GENERATE_COPY(values<Row>({
        {good, true},
        {"v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= " + good, true},
        {good + " v1,AAAA", true},
        {"v2,AAAA " + good, true},
        {"  " + good, true},
        {good.substr(0, good.size() - 1), true},  // without its padding
        {"", false},
        {"v1", false},
        {"v1,", false},
        {"v1,AAAA", false},
        {"v2" + good.substr(2), false},
        {"v1a" + good.substr(2), false},
        {good.substr(3), false},
        {good + "A", false},
        {"V1" + good.substr(2), false},
        {"v1 " + good.substr(3), false},
        {"v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
        {"v1,g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
        {many + good, false},  // beyond the bound
    }));
    CAPTURE(row.signatures);
    CHECK(hmac.verify(id, "1614265330", ExactText(row.signatures), body, moment) == row.fits);
}

TEST_CASE("a timestamp must be near the clock") {
    const auto hmac = key(secret);
    struct Row {
        std::string timestamp;
        seconds clock;
        bool fits;
    };
    const auto row = GENERATE(values<Row>({
        {"1614265330", seconds(0), true},
        {"1614265330", seconds(300), true},
        {"1614265330", seconds(-300), true},
        {"1614265330", seconds(301), false},
        {"1614265330", seconds(-301), false},
        {"", seconds(0), false},
        {"1614265330.0", seconds(0), false},
        {" 1614265330", seconds(0), false},
        {"1614265330 ", seconds(0), false},
        {"+1614265330", seconds(0), false},
        {"2021-02-25T15:02:10Z", seconds(0), false},
        {"99999999999999999999", seconds(0), false},
        {"-9223372036854775808", seconds(0), false},
        {"9223372036854775807", seconds(0), false},
    }));
    CAPTURE(row.timestamp);
    CHECK(hmac.verify(id, ExactText(row.timestamp), signature, body, moment + row.clock) == row.fits);
    CHECK(hmac.verify(id, "1614265330", signature, body, moment + seconds(301), seconds(301)));
}

TEST_CASE("an ed25519 key signs with its seed and is verified with its public half") {
    const auto secret_key = key(key_text("whsk_", seed));
    const auto whole_key = key(key_text("whsk_", std::string(seed) + std::string(public_half)));
    const auto public_key = key(key_text("whpk_", public_half));
    const auto made = secret_key.sign(id, moment, body);
    CHECK(made.starts_with("v1a,"));
    CHECK(made == whole_key.sign(id, moment, body));
    for (const auto* verifier : {&secret_key, &whole_key, &public_key}) {
        CHECK(verifier->verify(id, "1614265330", made, body, moment));
        CHECK(verifier->verify(id, "1614265330", std::string(signature) + " " + made, body, moment));
        CHECK_FALSE(verifier->verify("other", "1614265330", made, body, moment));
        CHECK_FALSE(verifier->verify(id, "1614265330", made, "{}", moment));
        CHECK_FALSE(verifier->verify(id, "1614265330", "v1" + made.substr(3), body, moment));
        CHECK_FALSE(verifier->verify(id, "1614265330", "v1a,AAAA", body, moment));
        CHECK_FALSE(verifier->verify(id, "1614265330", signature, body, moment));
    }
    CHECK_FALSE(key(secret).verify(id, "1614265330", made, body, moment));
}

TEST_CASE("another implementation of ed25519 accepts our signature") {
    const auto made = key(key_text("whsk_", seed)).sign(id, moment, body);
    const auto raw_public = from_hex(public_half);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> public_key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                    reinterpret_cast<const unsigned char*>(raw_public.data()), raw_public.size()),
        &EVP_PKEY_free);
    REQUIRE(public_key);
    std::vector<unsigned char> octets(66);
    const auto encoded = made.substr(4);
    REQUIRE(EVP_DecodeBlock(octets.data(), reinterpret_cast<const unsigned char*>(encoded.data()),
                            static_cast<int>(encoded.size())) == 66);
    const auto content = std::string(id) + ".1614265330." + std::string(body);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    REQUIRE(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1);
    CHECK(EVP_DigestVerify(context.get(), octets.data(), 64, reinterpret_cast<const unsigned char*>(content.data()),
                           content.size()) == 1);
}

TEST_CASE("only what is a signing secret is taken for one") {
    struct Row {
        std::string name, text;
        bool taken;
    };
    const std::string octet = "5a";
    const auto octets = [&octet](int count) {
        std::string hex;
        for (int i = 0; i < count; ++i) hex += octet;
        return hex;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"24 octets", key_text("whsec_", octets(24)), true},
        {"64 octets", key_text("whsec_", octets(64)), true},
        {"32 octets, padded", key_text("whsec_", octets(32)), true},
        {"32 octets, padding left out", key_text("whsec_", octets(32)).substr(0, 6 + 43), true},
        {"23 octets", key_text("whsec_", octets(23)), false},
        {"65 octets", key_text("whsec_", octets(65)), false},
        {"no octets", "whsec_", false},
        {"no prefix", base64(from_hex(octets(32))), false},
        {"another prefix", key_text("whsex_", octets(32)), false},
        {"prefix in capitals", key_text("WHSEC_", octets(32)), false},
        {"no base64", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", false},
        {"a blank behind", std::string(secret) + " ", false},
        {"base64 of URLs", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_", false},
        {"empty", "", false},
        {"a seed", key_text("whsk_", seed), true},
        {"a seed and its public half", key_text("whsk_", std::string(seed) + std::string(public_half)), true},
        {"a seed and another public half", key_text("whsk_", std::string(seed) + std::string(seed)), false},
        {"half a seed", key_text("whsk_", octets(16)), false},
        {"a public half", key_text("whpk_", public_half), true},
        {"too short a public half", key_text("whpk_", octets(31)), false},
        {"too long a public half", key_text("whpk_", octets(64)), false},
    }));
    CAPTURE(row.name);
    CHECK(WebhookKey::parse(ExactText(row.text)).has_value() == row.taken);
}
