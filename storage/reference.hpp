#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jejak::storage {

/// References people type: six characters of a 32-letter alphabet without 0, O, 1 and I. Five carry a permuted
/// counter, so that they neither collide nor show an order; the sixth is a check character weighted over GF(32), so
/// that every single wrong character and every swap of two is caught.
///
/// Tickets, incidents and workers use different keys: a ticket says nothing about the incident it belongs to.
constexpr std::uint32_t reference_count_max = 1u << 25;

/// number  below reference_count_max; `key` from Vault::reference_key(kind)
std::string encode_reference(std::uint32_t number, std::uint64_t key);

/// The number behind what somebody typed, in any case; empty when the length, an alphabet letter or the check is wrong.
std::optional<std::uint32_t> decode_reference(std::string_view typed, std::uint64_t key);

/// True when `typed` has the shape and the check character of a reference, whatever it refers to.
bool looks_like_reference(std::string_view typed);

}  // namespace jejak::storage
