#include "gateway/net/tls.hpp"

#include <sys/stat.h>

#include "gateway/config/reader.hpp"

namespace jejak {
namespace {

/// A host name as certificates have it; source: RFC 1035 §2.3.4
constexpr std::size_t host_max = 253;

bool everyone_reads(const std::filesystem::path& file) {
    struct stat found {};
    return ::stat(file.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0;
}

void read_file(TableReader& table, std::string_view key, std::filesystem::path& file) {
    if (auto path = table.path(key)) file = std::move(*path);
}

/// `certificate` and `key`, both or none.
void read_pair(TableReader& table, std::filesystem::path& certificate, std::filesystem::path& key) {
    read_file(table, "certificate", certificate);
    read_file(table, "key", key);
    if (table.has("certificate") != table.has("key")) {
        table.fault(table.has("certificate") ? "certificate" : "key", "certificate and key go together; give both");
    } else if (everyone_reads(key)) {
        table.fault("key", "key can be read by everyone on this machine: chmod o-r " + key.string());
    }
}

/// Loads the files as the channel will, so that what is wrong with them is told before it starts.
template <class Options>
void try_out(TableReader& table, const Options& options) {
    try {
        net::tls_context(options);
    } catch (const net::TlsFileError& error) {
        table.fault(error.key(), error.what());
    }
}

/// The table of `tls`, null when it is true, false or absent, or faulty. `on` says which.
const toml::table* tls_table(TableReader& table, bool& on) {
    on = false;
    const auto* const inner = table.table("tls");
    if (inner == nullptr) {
        const auto* const node = table.any("tls");
        const auto written = node == nullptr ? std::nullopt : node->value_exact<bool>();
        on = written.value_or(false);
        if (node != nullptr && !written) {
            table.fault("tls", "tls is true, false, or a table: [channel.tls]");
        }
    }
    return inner;
}

}  // namespace

std::optional<net::TlsClientOptions> read_tls_client(TableReader& table) {
    bool on = false;
    const auto* const written = tls_table(table, on);
    if (written == nullptr) return on ? std::optional(net::TlsClientOptions{}) : std::nullopt;
    auto inner = table.inside(*written, "tls");
    const auto faults = inner.faults();
    net::TlsClientOptions tls;
    read_file(inner, "ca_file", tls.ca_file);
    inner.text("verify_host", tls.verify_host, host_max);
    if (inner.has("verify_host") &&
        (tls.verify_host.empty() || tls.verify_host.find_first_of(" /\t*") != std::string::npos))
        inner.fault("verify_host",
                    "verify_host is the name or the address in the peer's certificate, such as "
                    "\"smsc.example.net\"");
    read_pair(inner, tls.certificate, tls.key);
    if (inner.faults() == faults) try_out(inner, tls);
    inner.finish();
    return tls;
}

std::optional<net::TlsServerOptions> read_tls_server(TableReader& table) {
    bool on = false;
    const auto* const written = tls_table(table, on);
    if (written == nullptr) {
        if (on)
            table.fault("tls", "whoever is connected to needs a certificate: [channel.tls] with certificate and key");
        return std::nullopt;
    }
    auto inner = table.inside(*written, "tls");
    const auto faults = inner.faults();
    net::TlsServerOptions tls;
    inner.required_text("certificate", "jejak.crt");
    inner.required_text("key", "jejak-tls.key");
    if (inner.faults() == faults) read_pair(inner, tls.certificate, tls.key);
    read_file(inner, "client_ca_file", tls.client_ca_file);
    if (inner.faults() == faults) try_out(inner, tls);
    inner.finish();
    return tls;
}

}  // namespace jejak
