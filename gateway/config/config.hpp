#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/casework/quiet_hours.hpp"
#include "gateway/channel/send_call.hpp"
#include "gateway/channel/smpp_profile.hpp"
#include "gateway/net/address_range.hpp"
#include "gateway/net/tls_options.hpp"
#include "protocol/dialect/dialect.hpp"
#include "protocol/sensitive.hpp"
#include "protocol/smpp/types.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/vocabulary.hpp"
#include "storage/model.hpp"

/// The configuration file as values: one struct per part, checked as a whole. Whoever is handed one of these structs
/// need not check it again. Every key is shown with its comment in deploy/jejak.toml.
namespace jejak {

struct StorageOptions {
    std::filesystem::path file;  ///< of `url = "sqlite:FILE"`
};

struct HttpOptions {
    std::string listen = "127.0.0.1:8080";     ///< an address, never a name; port 0 takes a free one
    std::optional<net::TlsServerOptions> tls;  ///< empty: plain
};

struct AdminOptions {
    std::filesystem::path socket;  ///< Unix socket of the operator's tool
};

struct LogOptions {
    enum class Level : std::uint8_t { debug, info, warn, error } level = Level::info;
};

/// Everything is accepted and stored; what these bound is the answers and the memory.
struct LimitOptions {
    std::uint16_t messages_per_minute = 5;  ///< a number that texts more is stored and no longer answered
    std::uint16_t messages_per_day = 30;
    std::uint32_t queue = 4'096;                    ///< messages waiting for the writer, before peers are told "later"
    std::uint32_t replies_per_prefix_minute = 600;  ///< to numbers that differ in their last four digits only
    std::uint32_t replies_per_day = 100'000;        ///< of the whole gateway
    std::vector<std::string> served_countries;      ///< country codes that are answered; empty: all
    std::uint32_t flood_per_minute = 300;  ///< a channel that brings no more a minute is never taken for flooded
    std::chrono::milliseconds answers_within{std::chrono::hours(2)};  ///< a question is open so long
};

/// How a channel answers whoever has no mode of their own (`jejak person reply`).
struct ReplyStyle {
    storage::ReplyMode mode = storage::ReplyMode::neutral;
    std::string cover_text;  ///< with ReplyMode::cover: one SMS
    casework::QuietHours quiet_hours;
};

/// How a channel serves USSD sessions.
struct UssdOptions {
    bool on = true;
    std::chrono::milliseconds timeout{180'000};  ///< of the network; then what was said so far is the report
};

/// Where an SMSC listens.
struct SmppHost {
    std::string name;  ///< or address
    std::uint16_t port = 2775;
    bool operator==(const SmppHost&) const = default;
};

/// A channel where we are the ESME and an SMSC the server: its operator's profile, and what is its own.
struct SmppChannelOptions : SmppProfile {
    std::string name;
    std::string host;
    std::uint16_t port = 2775;
    std::string system_id;              ///< at most 15 octets
    SensitiveText password;             ///< at most 64 octets
    std::string system_type;            ///< at most 12 octets
    std::vector<SmppHost> other_hosts;  ///< of the same SMSC, tried in turn when `host` does not answer
    smpp::BindKind bind = smpp::BindKind::transceiver;
    bool separate_binds = false;  ///< a receiver and a transmitter in place of each transceiver
    std::uint32_t binds = 1;      ///< of each kind, at once
    std::uint32_t rate = 0;       ///< messages a second that the SMSC takes from us, parts counted; 0: as many as go
    std::string outbind_listen;   ///< an address, never a name; empty: no outbind is heard
    std::vector<net::AddressRange> outbind_allow;  ///< of SMSCs whose outbind is heard
    SensitiveText outbind_password;                ///< that it must carry; empty: whatever it carries
    std::optional<net::TlsClientOptions> tls;      ///< of an smpp-client; empty: plain
    std::uint32_t window = 10;                     ///< unanswered requests, either way
    std::string service_number;                    ///< source address of replies; empty: the SMSC fills in its own
    std::string country_code = "62";               ///< of numbers written without one
    std::chrono::milliseconds enquire_link{30'000};
    std::chrono::milliseconds response_limit{30'000};
    std::chrono::milliseconds reply_validity{600'000};  ///< a late reply may arrive in the wrong hands
    std::chrono::milliseconds unbind_after{10'000};     ///< of a failing store; no key of the file says otherwise
    bool receipts = true;                               ///< asks for delivery receipts
    /// Of channels that are ways to one peer: what it repeats on another of them is the same. Empty: none.
    std::string group;
    std::string reply_via;  ///< the channel its replies leave by; empty: itself
    ReplyStyle replies;
    UssdOptions ussd;
};

/// A peer that may bind to us.
struct SmppAccountOptions {
    std::string system_id;                                         ///< at most 15 octets; unique within its channel
    SensitiveText password;                                        ///< at most 64 octets; empty with a hash
    std::string password_hash;                                     ///< Argon2id, as `jejak smpp hash` prints it
    std::vector<net::AddressRange> allow;                          ///< where it may come from; empty: anywhere
    bool transmitter = true, receiver = true, transceiver = true;  ///< what it may bind as
    std::uint32_t sessions_max = 4;                                ///< binds at once
    std::uint32_t window = 10;                                     ///< unanswered requests of one bind, either way
    bool operator==(const SmppAccountOptions&) const = default;
};

/// A channel where we are the SMSC: modem boxes, gateways and other ESMEs bind to us.
struct SmppServerOptions {
    /// What both roles share: names and numbers, alphabets, answers, window. Of its own bind (host, system_id,
    /// password, bind) only `system_id` is used: how we call ourselves to whoever binds.
    SmppChannelOptions channel;
    std::string listen;                        ///< an address, never a name; port 0 takes a free one
    std::optional<net::TlsServerOptions> tls;  ///< empty: plain
    std::vector<SmppAccountOptions> accounts;
    std::uint32_t sessions_max = 200;                    ///< binds at once, of all accounts
    std::uint32_t connect_rate = 50;                     ///< connections a second of one address; 5 s' worth at once
    bool refuse_trailing = false;                        ///< a message with octets after its last field (F7)
    std::chrono::milliseconds session_init{10'000};      ///< from the connection to the bind
    std::chrono::milliseconds inactivity{0};             ///< without a message, then we unbind; 0: never
    std::chrono::milliseconds receipts_kept{3'600'000};  ///< for an account that is not bound to take them
};

/// A channel whose peer is an aggregator or a modem program that makes HTTP requests.
struct HttpChannelOptions {
    std::string name;
    const dialect::Dialect* dialect = nullptr;  ///< never null in a loaded configuration
    SensitiveText key;
    std::string public_url;  ///< what the peer asks for, without a query; empty: by the Host header
    enum class Reply : std::uint8_t {
        inline_,  ///< with the answer to the request
        none,
        via,  ///< through the channel `reply_via`
        send  ///< through the provider's send call
    } reply = Reply::inline_;
    channel::SendOptions send;  ///< with Reply::send
    ReplyStyle replies;
    std::string reply_via;
    std::string service_number;
    std::string country_code = "62";
    UssdOptions ussd;
};

struct EndpointOptions {
    std::string name;
    std::string url;                             ///< https; http only with allow_private_address
    SensitiveText secret;                        ///< whsec_… or whsk_…, well-formed
    std::vector<std::string> events{"alert.*"};  ///< "alert.raised", "alert.*", "*"
    Role role = Role::task_force;                ///< decides what it may see
    std::vector<std::string> areas;              ///< Kemendagri prefixes; empty: all
    enum class Detail : std::uint8_t {
        thin,  ///< district and hour
        case_  ///< village and minute, worker codes
    } detail = Detail::thin;
    bool allow_private_address = false;
    std::uint32_t concurrency = 4;  ///< requests under way at once
    std::chrono::milliseconds timeout{15'000};
};

struct TokenOptions {
    std::string name;
    Role role = Role::task_force;
    std::string hash;  ///< SHA-256 of the token, lower-case hex
    std::vector<std::string> areas;
};

struct Config {
    StorageOptions storage;
    std::filesystem::path keys;  ///< key file
    std::filesystem::path pack;  ///< folder of the village pack
    HttpOptions http;
    AdminOptions admin;
    LogOptions log;
    LimitOptions limits;
    std::vector<SmppChannelOptions> smpp_channels;
    std::vector<SmppServerOptions> smpp_servers;
    std::vector<HttpChannelOptions> http_channels;
    std::vector<EndpointOptions> endpoints;
    std::vector<TokenOptions> tokens;
};

/// One thing wrong, for the person who edits the file.
struct ConfigFault {
    std::string file;  ///< as it was given
    unsigned line = 1;
    std::string message;  ///< what is wrong and what would be right; holds no secret
};
/// `jejak.toml:12: …`
std::string to_string(const ConfigFault& fault);

/// A configuration, or every fault of it at once, by line.
struct Loaded {
    std::optional<Config> config;
    std::vector<ConfigFault> faults;
};

/// Reads and checks the file, and the files its secrets are in. Opens neither store, keys nor pack.
Loaded load_config(const std::filesystem::path& file);
/// The same from text, as if it stood in `file`.
Loaded parse_config(std::string_view text, const std::filesystem::path& file);

/// What a name of ours looks like: 1 to 32 of a-z, 0-9 and `-`.
bool is_name(std::string_view text);
/// A Kemendagri code or a prefix of one: "61", "61.01", "61.01.09", "61.01.09.2002".
bool is_area(std::string_view text);

}  // namespace jejak
