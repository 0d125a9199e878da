#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sensitive.hpp"

namespace jejak::storage {

/// A row's id: time-ordered, ascending, never shown outside. See ids.hpp.
using Id = std::int64_t;

/// Keyed BLAKE2b-128 of a number, a NIK, a fingerprint …: equality without the value. Never logged: it is as good as
/// the number to whoever also has the key.
using LookupKey = std::array<std::byte, 16>;

/// A sealed field: epoch octet, 24 nonce octets, XChaCha20-Poly1305 ciphertext and tag. Empty means "no value".
using Sealed = std::vector<std::byte>;

/// Tables that have public ids or sealed columns. The numbers enter keys: never renumber.
enum class Table : std::uint8_t {
    message = 1,
    segment,
    report,
    worker,
    trail_event,
    incident,
    alert,
    event,
    delivery,
    reply,
    person,
    audit,
    dialogue,
    receipt
};

/// Column names that enter the additional data of a sealed field: a value moved to another row or column does not open.
enum class Column : std::uint8_t {
    sender = 1,
    destination,
    text,
    raw,
    name,
    nik,
    phone,
    number,
    details,
    job,
    note,
    state
};

struct KeyError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Seals what identifies people, and makes lookup keys and public ids. Immutable after opening; every method may be
/// called from any thread at once.
///
/// Keys come from one file (`jejak keys init`): a data key per epoch for sealing, one key for lookups, one for public
/// ids and references. Only the data key will rotate: lookups and ids must stay what they were.
///
/// Public ids are a keyed permutation (AES-256, one block) of table and row id: random to anyone without the key, found
/// again without an index, and no second random column to store.
class Vault {
public:
    /// Makes a new key file, mode 0600. Refuses to overwrite one. errors: KeyError with what to do about it.
    static void init(const std::filesystem::path& file);
    /// errors: KeyError when the file is missing, damaged, or readable by others than its owner.
    static Vault open(const std::filesystem::path& file);
    /// Keys derived from a fixed seed, for tests and benchmarks.
    static Vault for_tests();

    Vault(Vault&&) noexcept;
    Vault& operator=(Vault&&) noexcept;
    ~Vault();

    Sealed seal(Table table, Column column, Id row, std::string_view plain) const;
    /// Empty when the value is damaged, from an unknown epoch, or was sealed for another row.
    std::optional<SensitiveText> open(Table table, Column column, Id row, std::span<const std::byte> sealed) const;

    /// `purpose` separates kinds of values, as in lookup("msisdn", "+628400000001").
    LookupKey lookup(std::string_view purpose, std::string_view value) const;

    /// 26 characters of lower-case base32 without padding.
    std::string public_id(Table table, Id row) const;
    /// The row a public id stands for; empty for a wrong table or a made-up id.
    std::optional<Id> row_id(Table table, std::string_view public_id) const;

    /// References people type are a keyed permutation too: see reference.hpp.
    std::uint64_t reference_key(std::string_view kind) const;

    /// Proves that a store belongs to these keys: kept in the store, compared at every start.
    LookupKey store_mark() const;

private:
    struct Keys;
    explicit Vault(std::unique_ptr<const Keys> keys);
    std::unique_ptr<const Keys> keys_;
};

}  // namespace jejak::storage
