#include "gateway/config/config.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

#include "gateway/config/reader.hpp"

namespace jejak {
namespace {

/// Octets of a Unix socket's path. source: unix(7), sun_path with its NUL
constexpr std::size_t socket_path_max = 107;
constexpr std::size_t config_file_max = std::size_t{1} << 20;
constexpr std::int64_t budget_max = 1'000'000'000;  ///< as good as none

/// "127.0.0.1:8080", "[::1]:0"
bool is_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size()) return false;
    const bool brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    if (brackets) host = host.substr(1, host.size() - 2);
    boost::system::error_code failed;
    const auto address = boost::asio::ip::make_address(std::string(host), failed);
    return !failed && address.is_v6() == brackets;
}

/// The tables of the file, one reader each.
class Sections {
public:
    Sections(const toml::table& root, std::filesystem::path folder, Config& config, Faults& faults)
        : root_(root), folder_(std::move(folder)), config_(config), faults_(faults) {}

    void read() {
        for (const auto& [key, node] : root_) {
            const bool known = std::find(known_.begin(), known_.end(), key.str()) != known_.end();
            if (!known)
                faults_.add(key.source().begin.line,
                            "unknown key " + std::string(key.str()) + "; the tables are " + all_tables());
        }
        section("storage", [&](TableReader& table) { storage(table); });
        section("keys", [&](TableReader& table) { config_.keys = required_path(table, "file", "jejak.keys"); });
        section("pack", [&](TableReader& table) { config_.pack = required_path(table, "path", "packs/sambas"); });
        section("http", [&](TableReader& table) { http(table); });
        section("admin", [&](TableReader& table) { admin(table); });
        section("log", [&](TableReader& table) {
            using Level = LogOptions::Level;
            table.choice<Level>(
                "level", config_.log.level,
                {{"debug", Level::debug}, {"info", Level::info}, {"warn", Level::warn}, {"error", Level::error}});
        });
        section("limits", [&](TableReader& table) { limits(table); });
        read_channels(root_, folder_, config_, faults_);
        read_endpoints(root_, folder_, config_, faults_);
        read_tokens(root_, folder_, config_, faults_);
    }

private:
    static constexpr auto known_ = std::to_array<std::string_view>(
        {"storage", "keys", "pack", "http", "admin", "log", "limits", "profile", "channel", "endpoint", "token"});

    static std::string all_tables() {
        std::string all;
        for (const auto name : known_) all += (all.empty() ? "" : ", ") + std::string(name);
        return all;
    }

    /// Reads a table that may be absent: its required keys are then reported at the end of the file's first line.
    template <class Read>
    void section(std::string_view name, Read read_table) {
        static const toml::table absent;
        const toml::node* found = root_.get(name);
        const toml::table* table = found != nullptr ? found->as_table() : &absent;
        if (table == nullptr) {
            faults_.add(found->source().begin.line,
                        std::string(name) + " must be a table: [" + std::string(name) + "]");
            return;
        }
        TableReader reader(*table, "[" + std::string(name) + "]", folder_, faults_);
        read_table(reader);
        reader.finish();
    }

    static std::filesystem::path required_path(TableReader& table, std::string_view key, std::string_view example) {
        if (!table.required_text(key, example)) return {};
        return table.path(key).value_or(std::filesystem::path());
    }

    void storage(TableReader& table) {
        constexpr std::string_view sqlite = "sqlite:";
        const auto url = table.required_text("url", "sqlite:jejak.db");
        if (!url) return;
        if (url->starts_with("postgresql:") || url->starts_with("postgres:")) {
            table.fault("url", "PostgreSQL is not built in this version; use url = \"sqlite:jejak.db\"");
        } else if (!url->starts_with(sqlite) || url->size() == sqlite.size() || url->starts_with("sqlite::memory:")) {
            table.fault("url", "url must be \"sqlite:FILE\", such as \"sqlite:jejak.db\"");
        } else {
            config_.storage.file = (folder_ / url->substr(sqlite.size())).lexically_normal();
        }
    }

    void http(TableReader& table) {
        auto& http = config_.http;
        if (const auto listen = table.text("listen")) {
            if (is_listen_address(*listen)) {
                http.listen = *listen;
            } else {
                table.fault("listen",
                            "listen must be an address and a port from 0 to 65535, such as \"127.0.0.1:8080\" or "
                            "\"[::1]:8080\"");
            }
        }
        net::TlsServerOptions tls;
        for (const auto& [key, value] :
             {std::pair{"tls_certificate", &tls.certificate}, std::pair{"tls_key", &tls.key}}) {
            if (const auto file = table.path(key)) {
                std::error_code failed;
                if (!std::filesystem::is_regular_file(*file, failed))
                    table.fault(key, std::string(key) + " names no file that can be read");
                *value = *file;
            }
        }
        if (table.has("tls_certificate") != table.has("tls_key")) {
            const char* given = table.has("tls_certificate") ? "tls_certificate" : "tls_key";
            table.fault(given, "tls_certificate and tls_key go together; give both or none");
        } else if (!tls.key.empty()) {
            http.tls = std::move(tls);
        }
    }

    void admin(TableReader& table) {
        config_.admin.socket = table.path("socket").value_or((folder_ / "jejak.sock").lexically_normal());
        if (config_.admin.socket.native().size() > socket_path_max) {
            table.fault("socket", "the path of the socket is longer than " + std::to_string(socket_path_max) +
                                      " octets, which Unix sockets allow; give a shorter one");
        }
    }

    void limits(TableReader& table) {
        auto& limits = config_.limits;
        table.integer("messages_per_minute", limits.messages_per_minute, 1, 10'000);
        table.integer("messages_per_day", limits.messages_per_day, 1, 65'535);
        table.integer("queue", limits.queue, 16, 65'536);
        table.integer("replies_per_prefix_minute", limits.replies_per_prefix_minute, 1, budget_max);
        table.integer("replies_per_day", limits.replies_per_day, 1, budget_max);
        table.integer("flood_per_minute", limits.flood_per_minute, 10, budget_max);
        table.duration("answers_within", limits.answers_within, std::chrono::minutes(5), std::chrono::hours(24));
        table.texts("served_countries", limits.served_countries);
        const auto is_code = [](const std::string& code) {
            return !code.empty() && code.size() <= 3 && code.front() != '0' &&
                   std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
        };
        if (!std::all_of(limits.served_countries.begin(), limits.served_countries.end(), is_code)) {
            table.fault("served_countries", "a country code is 1 to 3 digits without +, such as \"62\"");
        }
    }

    const toml::table& root_;
    std::filesystem::path folder_;
    Config& config_;
    Faults& faults_;
};

}  // namespace

std::string to_string(const ConfigFault& fault) {
    return fault.file + ':' + std::to_string(fault.line) + ": " + fault.message;
}

bool is_area(std::string_view text) {
    // Province, regency and district have two digits, the village four.
    constexpr auto ends = std::to_array<std::size_t>({2, 5, 8, 13});
    if (std::find(ends.begin(), ends.end(), text.size()) == ends.end()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dot = i == 2 || i == 5 || i == 8;
        if (dot ? text[i] != '.' : (text[i] < '0' || text[i] > '9')) return false;
    }
    return true;
}

Loaded parse_config(std::string_view text, const std::filesystem::path& file) {
    Faults faults(file.string());
    Config config;
    try {
        const toml::table root = toml::parse(text);
        Sections(root, file.parent_path(), config, faults).read();
    } catch (const toml::parse_error& error) {
        faults.add(error.source().begin.line, "this is no TOML: " + std::string(error.description()));
    }
    if (faults.count() > 0) return {std::nullopt, faults.take()};
    return {std::move(config), {}};
}

Loaded load_config(const std::filesystem::path& file) {
    const auto unreadable = [&](std::string why) { return Loaded{std::nullopt, {{file.string(), 1, std::move(why)}}}; };
    std::error_code failed;
    if (!std::filesystem::is_regular_file(file, failed))
        return unreadable("there is no such file; --config names the configuration");
    if (std::filesystem::file_size(file, failed) > config_file_max)
        return unreadable("the file is larger than 1 MiB: that is no configuration");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return unreadable("the file cannot be read; whose is it?");
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (stream.bad()) return unreadable("reading the file failed");
    return parse_config(text, file);
}

}  // namespace jejak
