#include "gateway/channel/server/peer_message_id.hpp"

#include "gateway/channel/server/password_check.hpp"

namespace jejak::channel {
namespace {

constexpr std::size_t public_id_size = 26, mark_size = 8;

/// Forty bits: enough for ids that cannot be guessed anyway.
std::string mark_of(const storage::Vault& vault, std::string_view channel, std::string_view account,
                    std::string_view public_id) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
    std::string value(channel);
    value += '\n';
    value += account;
    value += '\n';
    value += public_id;
    const auto key = vault.lookup("smpp_message_id", value);
    std::string mark;
    for (std::size_t i = 0; i < mark_size; ++i) mark += letters[std::to_integer<std::size_t>(key.at(i)) & 31];
    return mark;
}

}  // namespace

std::string peer_message_id(const storage::Vault& vault, std::string_view channel, std::string_view account,
                            storage::Id message) {
    auto id = vault.public_id(storage::Table::message, message);
    id += mark_of(vault, channel, account, id);
    return id;
}

std::optional<storage::Id> message_of_peer(const storage::Vault& vault, std::string_view channel,
                                           std::string_view account, std::string_view message_id) {
    if (message_id.size() != public_id_size + mark_size) return std::nullopt;
    const auto public_id = message_id.substr(0, public_id_size);
    if (!same_secret(mark_of(vault, channel, account, public_id), message_id.substr(public_id_size)))
        return std::nullopt;
    return vault.row_id(storage::Table::message, public_id);
}

}  // namespace jejak::channel
