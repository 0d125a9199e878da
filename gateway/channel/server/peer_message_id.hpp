#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "storage/vault.hpp"

namespace jejak::channel {

/// The message_id a peer is given for a message it handed over: 34 characters of lower-case base32, the row's public id
/// and a keyed mark of the account. Whoever shows one again need not be looked up to know that it is theirs, and no
/// account can ask about another's messages.
std::string peer_message_id(const storage::Vault& vault, std::string_view channel, std::string_view account,
                            storage::Id message);

/// The row of a message_id that was given to this account; empty for any other text.
std::optional<storage::Id> message_of_peer(const storage::Vault& vault, std::string_view channel,
                                           std::string_view account, std::string_view message_id);

}  // namespace jejak::channel
