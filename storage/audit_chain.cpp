#include "storage/audit_chain.hpp"

#include <sodium.h>

namespace jejak::storage {

namespace {

class Hash {
public:
    explicit Hash(std::span<const std::byte> key = {}) {
        crypto_generichash_init(&state_, octets(key), key.size(), sizeof(AuditHash));
    }
    Hash& fixed(std::span<const std::byte> data) {
        crypto_generichash_update(&state_, octets(data), data.size());
        return *this;
    }
    Hash& number(std::uint64_t value) {
        std::array<std::byte, 8> big_endian{};
        for (unsigned i = 0; i < 8; ++i) big_endian[i] = static_cast<std::byte>(value >> (56 - 8 * i));
        return fixed(big_endian);
    }
    Hash& text(std::string_view value) { return number(value.size()).fixed(std::as_bytes(std::span(value))); }
    AuditHash finish() {
        AuditHash hash{};
        crypto_generichash_final(&state_, reinterpret_cast<unsigned char*>(hash.data()), hash.size());
        return hash;
    }

private:
    static const unsigned char* octets(std::span<const std::byte> data) {
        return reinterpret_cast<const unsigned char*>(data.data());
    }
    crypto_generichash_state state_{};
};

}  // namespace

AuditHash random_salt() {
    AuditHash salt{};
    randombytes_buf(salt.data(), salt.size());
    return salt;
}

AuditHash commit_details(const AuditEntry& entry, const AuditHash& salt) {
    return Hash(salt).text(entry.details).number(static_cast<std::uint64_t>(entry.id)).finish();
}

AuditHash chain_hash(const AuditHash& previous, const AuditEntry& entry, const AuditHash& commitment) {
    return Hash()
        .fixed(previous)
        .number(static_cast<std::uint64_t>(entry.id))
        .number(static_cast<std::uint64_t>(to_ms(entry.at)))
        .text(entry.actor)
        .text(entry.action)
        .text(entry.object)
        .fixed(commitment)
        .finish();
}

}  // namespace jejak::storage
