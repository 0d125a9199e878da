#pragma once
#include <array>
#include <cstddef>
#include <span>

#include "storage/model.hpp"

namespace jejak::storage {

/// Audit entries hang together: each carries the BLAKE2b-256 of the one before and itself, so that a changed, removed
/// or moved entry shows at its place. The details enter through a salted commitment: they can be erased one day without
/// breaking the chain.
using AuditHash = std::array<std::byte, 32>;

AuditHash random_salt();

/// BLAKE2b-256, keyed with the salt, of details and id.
AuditHash commit_details(const AuditEntry& entry, const AuditHash& salt);

/// BLAKE2b-256 of `previous` (zeros for the first entry) and the entry's fields, each with its length before it.
AuditHash chain_hash(const AuditHash& previous, const AuditEntry& entry, const AuditHash& commitment);

}  // namespace jejak::storage
