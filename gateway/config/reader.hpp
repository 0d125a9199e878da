#pragma once
#include <toml++/toml.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/config/config.hpp"

namespace jejak {

/// Collects the faults of one file.
class Faults {
public:
    explicit Faults(std::string file) : file_(std::move(file)) {}

    void add(unsigned line, std::string message) {
        faults_.push_back({file_, line == 0 ? 1 : line, std::move(message)});
    }
    std::size_t count() const { return faults_.size(); }
    /// By line.
    std::vector<ConfigFault> take();

private:
    std::string file_;
    std::vector<ConfigFault> faults_;
};

using Milliseconds = std::chrono::milliseconds;

/// One table while it is read: typed keys with their faults, and at the end the keys that nobody asked for. A key
/// that is absent leaves the default; a faulty one is reported and leaves it too, so that reading goes on to the next
/// fault.
class TableReader {
public:
    /// `where` names the table in messages, as in "[http]" or "channel \"operator\"".
    TableReader(const toml::table& table, std::string where, std::filesystem::path folder, Faults& faults)
        : table_(table), where_(std::move(where)), folder_(std::move(folder)), faults_(faults) {}

    bool has(std::string_view key) const { return table_.contains(key); }
    unsigned line(std::string_view key) const;  ///< of the key's value, else of the table
    void fault(std::string_view key, const std::string& message) { faults_.add(line(key), where_ + ": " + message); }
    void rename(std::string where) { where_ = std::move(where); }
    std::size_t faults() const { return faults_.count(); }  ///< of the whole file, so far

    std::optional<std::string> text(std::string_view key);
    /// Reports the key as missing when it is.
    std::optional<std::string> required_text(std::string_view key, std::string_view example);
    void text(std::string_view key, std::string& value, std::size_t octets_max);
    void boolean(std::string_view key, bool& value);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
    template <std::integral T>
    void integer(std::string_view key, T& value, std::int64_t min, std::int64_t max) {
        if (const auto read = integer(key, min, max)) value = static_cast<T>(*read);
    }
    /// `"500ms"`, `"30s"`, `"10m"`, `"2h"`, `"1d"`
    void duration(std::string_view key, Milliseconds& value, Milliseconds min, Milliseconds max);
    void texts(std::string_view key, std::vector<std::string>& values);
    /// A path, relative to the file's folder.
    std::optional<std::filesystem::path> path(std::string_view key);
    /// `key = "…"`, or `key_file = "FILE"` with one line, readable by its owner alone. Reports neither and both.
    SensitiveText secret(const std::string& key);
    /// A table inside this one; null when the key is absent or something else.
    const toml::table* table(std::string_view key);
    /// Whatever the key holds; null when it is absent.
    const toml::node* any(std::string_view key) { return node(key); }
    /// A reader of a table inside this one, named after both in messages.
    TableReader inside(const toml::table& inner, std::string_view name) const {
        return {inner, where_ + " " + std::string(name), folder_, faults_};
    }
    /// One of a few words. `choices` are pairs of word and value.
    template <class T>
    void choice(std::string_view key, T& value, std::initializer_list<std::pair<std::string_view, T>> choices) {
        const auto word = text(key);
        if (!word) return;
        std::string all;
        for (const auto& [name, meaning] : choices) {
            if (name == *word) {
                value = meaning;
                return;
            }
            all += (all.empty() ? "\"" : ", \"") + std::string(name) + '"';
        }
        fault(key, std::string(key) + " = \"" + *word + "\" is none of " + all);
    }

    /// Skips what this version does not read, when a fault already says why.
    void ignore_rest() { rest_ignored_ = true; }
    /// Reports unknown keys, with the nearest known one. Call it last.
    void finish();

private:
    const toml::node* node(std::string_view key);
    void wrong_type(std::string_view key, std::string_view wanted);

    const toml::table& table_;
    std::string where_;
    std::filesystem::path folder_;
    Faults& faults_;
    std::set<std::string, std::less<>> asked_;
    bool rest_ignored_ = false;
};

/// `"500ms"`, `"30s"`, `"10m"`, `"2h"`, `"1d"`: a whole number and a unit. Empty for anything else.
std::optional<Milliseconds> parse_duration(std::string_view text);
std::string format_duration(Milliseconds time);

/// A name taken by one entry of a kind; the line of the first one is told to the second.
class Names {
public:
    /// `dots`: a name may have some, as in "strict-3.3".
    explicit Names(std::string kind, bool dots = false) : kind_(std::move(kind)), dots_(dots) {}
    /// Reads `name`, reports a missing, malformed or repeated one; empty then.
    std::string read(TableReader& table);

private:
    std::string kind_;
    bool dots_;
    std::vector<std::pair<std::string, unsigned>> taken_;
};

/// The `[[channel]]` tables. source: config_channel.cpp
void read_channels(const toml::table& root, const std::filesystem::path& folder, Config& config, Faults& faults);
/// The `[channel.send]` table of a channel. A fault that is the channel's own goes to `fault_of_channel`. source:
/// config_send.cpp
channel::SendOptions read_send(TableReader& table, std::string_view service_number,
                               const std::function<void(std::string_view)>& fault_of_channel);
/// Where a channel of type "smpp-client" binds to, as what and how often. source: config_smpp_client.cpp
void read_smpp_links(TableReader& table, SmppChannelOptions& channel);
/// The keys that only a channel of type "smpp-server" has, and its accounts. source: config_smpp_server.cpp
SmppServerOptions read_smpp_server(TableReader& table, const std::string& name);
/// Some account may bind in a way that takes replies.
bool takes_replies(const SmppServerOptions& server);
/// `tls = true` or `[channel.tls]`; empty when neither. The files were loaded once. source: config_tls.cpp
std::optional<net::TlsClientOptions> read_tls_client(TableReader& table);
std::optional<net::TlsServerOptions> read_tls_server(TableReader& table);
/// The `[[endpoint]]` and `[[token]]` tables. source: config_endpoint.cpp
void read_endpoints(const toml::table& root, const std::filesystem::path& folder, Config& config, Faults& faults);
void read_tokens(const toml::table& root, const std::filesystem::path& folder, Config& config, Faults& faults);

/// Calls `read` with every table of the array of tables `key`; reports a `key` that is something else.
template <class Read>
void each_table(const toml::table& root, std::string_view key, Faults& faults, Read read) {
    const toml::node* found = root.get(key);
    if (found == nullptr) return;
    const toml::array* tables = found->as_array();
    if (tables == nullptr || !tables->is_homogeneous(toml::node_type::table)) {
        if (tables != nullptr && tables->empty()) return;
        faults.add(found->source().begin.line,
                   std::string(key) + " is written as [[" + std::string(key) + "]], once for each");
        return;
    }
    for (const toml::node& one : *tables) read(*one.as_table());
}

}  // namespace jejak
