#include <algorithm>

#include "gateway/channel/server/password_check.hpp"
#include "gateway/config/reader.hpp"
#include "gateway/net/address.hpp"
#include "protocol/smpp/field_sizes.hpp"

namespace jejak {
namespace {

/// A shorter one is found by trying, if anyone may try.
constexpr std::size_t password_min = 6;
constexpr std::size_t accounts_max = 1'000;

/// True when only this machine reaches it.
bool listens_at_home(const std::string& listen) {
    const auto parsed = net::parse_listen(listen);
    if (!parsed) return false;
    const auto* endpoint = std::get_if<net::asio::ip::tcp::endpoint>(&*parsed);
    return endpoint != nullptr && net::is_loopback(endpoint->address());
}

void read_listen(TableReader& table, SmppServerOptions& server) {
    auto listen = table.required_text("listen", "127.0.0.1:2776");
    if (!listen) return;
    const auto parsed = net::parse_listen(*listen);
    if (!parsed || !std::holds_alternative<net::asio::ip::tcp::endpoint>(*parsed)) {
        table.fault("listen",
                    "listen must be an address and a port from 0 to 65535, such as \"127.0.0.1:2776\" or "
                    "\"[::]:2776\"");
        return;
    }
    server.listen = std::move(*listen);
}

/// `bind = "transceiver"`, or a list of such words; without it, all three.
void read_kinds(TableReader& table, SmppAccountOptions& account) {
    if (!table.has("bind")) return;
    std::vector<std::string> words;
    if (const auto* node = table.any("bind"); node->is_string()) {
        words.push_back(node->as_string()->get());
    } else {
        table.texts("bind", words);
        if (!node->is_array()) return;
    }
    bool transmitter = false, receiver = false, transceiver = false;
    for (const auto& word : words) {
        bool* const kind = word == "transmitter"   ? &transmitter
                           : word == "receiver"    ? &receiver
                           : word == "transceiver" ? &transceiver
                                                   : nullptr;
        if (kind == nullptr) {
            table.fault("bind", "bind names \"" + word + "\", none of \"transceiver\", \"receiver\", \"transmitter\"");
            return;
        }
        *kind = true;
    }
    if (words.empty()) {
        table.fault("bind", "bind is empty: the account could bind as nothing; leave it out for all");
        return;
    }
    account.transmitter = transmitter;
    account.receiver = receiver;
    account.transceiver = transceiver;
}

void read_allow(TableReader& table, SmppAccountOptions& account) {
    std::vector<std::string> written;
    table.texts("allow", written);
    for (const auto& one : written) {
        if (const auto range = net::parse_range(one)) {
            account.allow.push_back(*range);
        } else {
            table.fault("allow", "allow names \"" + one +
                                     "\", which is no address or range: \"192.0.2.7\", \"10.20.0.0/16\" (no bits "
                                     "beyond the prefix), \"2001:db8::/48\"");
        }
    }
    if (written.empty() && table.has("allow")) {
        table.fault("allow", "allow is empty: nobody could bind; leave it out to allow every address");
    }
}

void read_hash(TableReader& table, SmppAccountOptions& account) {
    if (table.any("password") != nullptr || table.any("password_file") != nullptr) {
        table.fault("password_hash", "both a password and password_hash are given; keep the hash");
    }
    auto hash = table.text("password_hash");
    if (!hash) return;
    const auto cost = channel::hash_cost(*hash);
    if (!cost) {
        table.fault("password_hash",
                    "password_hash is no Argon2id hash; `jejak smpp hash` prints one: $argon2id$v=19$…");
    } else if (cost->memory_kib > channel::HashCost::memory_kib_max || cost->passes > channel::HashCost::passes_max) {
        table.fault("password_hash",
                    "password_hash takes more than 256 MiB or 16 passes to check, at every bind; make "
                    "one with `jejak smpp hash`");
    }
    account.password_hash = std::move(*hash);
}

void read_password(TableReader& table, SmppAccountOptions& account, const std::string& listen) {
    if (table.has("password_hash")) return read_hash(table, account);
    const std::size_t faults = table.faults();
    account.password = table.secret("password");
    if (table.faults() != faults) return;
    const auto size = account.password.reveal().size();
    if (size > smpp::long_password_max) {
        table.fault("password", "the password is longer than the " + std::to_string(smpp::long_password_max) +
                                    " octets that a bind carries");
    } else if (size < password_min && account.allow.empty() && !listens_at_home(listen)) {
        table.fault("password", "the password is shorter than " + std::to_string(password_min) +
                                    " octets and anyone may try; give a longer one, or the addresses the account binds "
                                    "from: allow = [\"192.0.2.7\"]");
    }
}

SmppAccountOptions read_account(TableReader& table, const SmppServerOptions& server) {
    SmppAccountOptions account;
    if (table.required_text("system_id", "box1")) table.text("system_id", account.system_id, smpp::system_id_max);
    read_allow(table, account);
    read_password(table, account, server.listen);
    read_kinds(table, account);
    account.window = server.channel.window;
    table.integer("sessions_max", account.sessions_max, 1, 1'000);
    table.integer("window", account.window, 1, 1'000);
    const auto& others = server.accounts;
    const bool taken = std::any_of(others.begin(), others.end(),
                                   [&](const auto& other) { return other.system_id == account.system_id; });
    if (taken && !account.system_id.empty())
        table.fault("system_id", "system_id \"" + account.system_id + "\" is taken by another account of the channel");
    table.finish();
    return account;
}

void read_accounts(TableReader& table, SmppServerOptions& server) {
    if (table.has("account") && table.has("accounts")) {
        table.fault("accounts", "both [[channel.account]] and accounts are given; keep one");
    }
    const std::string key = table.has("account") ? "account" : "accounts";
    const toml::node* const found = table.any(key);
    table.any("account");  // either is known here
    table.any("accounts");
    const toml::array* const tables = found == nullptr ? nullptr : found->as_array();
    if (found != nullptr && (tables == nullptr || (!tables->empty() && !tables->is_homogeneous<toml::table>()))) {
        table.fault(key, key +
                             " is written as [[channel.account]], once for each, or as accounts = [{ system_id = "
                             "\"box1\", password = \"…\" }]");
        return;
    }
    if (tables == nullptr || tables->empty()) {
        table.fault(key,
                    "nobody can bind: an account is missing; add [[channel.account]] with system_id and "
                    "password_hash");
        return;
    }
    if (tables->size() > accounts_max) {
        table.fault(key, "there are more than " + std::to_string(accounts_max) + " accounts; use several channels");
        return;
    }
    for (const toml::node& one : *tables) {
        auto inner = table.inside(*one.as_table(), "account");
        server.accounts.push_back(read_account(inner, server));
    }
}

/// What an operator's profile says of binding and submitting. A listener does neither: in a profile that it shares with
/// other channels such a key is theirs, in its own table it is a mistake.
void refuse_client_keys(TableReader& table) {
    for (const auto* const key :
         {"query_sm", "resend_unknown", "validity", "address_range", "address_range_ton", "address_range_npi"}) {
        if (!table.has(key)) continue;
        table.fault(key, std::string(key) +
                             " is for a channel of type \"smpp-client\": a listener neither binds nor submits; leave "
                             "it out");
    }
}

}  // namespace

bool takes_replies(const SmppServerOptions& server) {
    return std::any_of(server.accounts.begin(), server.accounts.end(),
                       [](const auto& account) { return account.receiver || account.transceiver; });
}

SmppServerOptions read_smpp_server(TableReader& table, const std::string& name) {
    SmppServerOptions server;
    auto& channel = server.channel;
    channel.name = name;
    channel.system_id = "jejak";
    channel.receipts = false;  // to ask for them is the peer's part here
    read_listen(table, server);
    server.tls = read_tls_server(table);
    table.text("system_id", channel.system_id, smpp::system_id_max);
    table.integer("window", channel.window, 1, 1'000);
    table.integer("sessions_max", server.sessions_max, 1, 10'000);
    table.integer("connect_rate", server.connect_rate, 1, 100'000);
    table.boolean("refuse_trailing", server.refuse_trailing);
    table.duration("session_init", server.session_init, Milliseconds(1'000), std::chrono::minutes(1));
    table.duration("enquire_link", channel.enquire_link, Milliseconds(1'000), std::chrono::hours(1));
    table.duration("inactivity", server.inactivity, std::chrono::seconds(10), std::chrono::hours(24 * 7));
    table.duration("response_limit", channel.response_limit, Milliseconds(1'000), std::chrono::minutes(10));
    table.duration("reply_validity", channel.reply_validity, std::chrono::minutes(1), std::chrono::minutes(10));
    table.duration("receipts_kept", server.receipts_kept, std::chrono::seconds(10), std::chrono::hours(24));
    refuse_client_keys(table);
    read_accounts(table, server);
    if (!server.accounts.empty() && !takes_replies(server) && !table.has("reply_via")) {
        table.fault("accounts",
                    "no account may bind as receiver or transceiver, so replies cannot leave; let one, or add "
                    "reply_via = \"CHANNEL\" with the channel they leave by");
    }
    return server;
}

}  // namespace jejak
