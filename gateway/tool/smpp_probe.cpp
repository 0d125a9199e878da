#include "gateway/tool/smpp_probe.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <fstream>
#include <memory>

#include "gateway/net/task_group.hpp"
#include "gateway/tool/smpp_command.hpp"
#include "protocol/smpp/field_sizes.hpp"

namespace jejak::tool {
namespace {

struct Arguments {
    std::string address, password_file, bind = "tx", version = "3.4";
    bool tls = false, json = false;
    unsigned timeout_ms = 5'000;
    net::TlsClientOptions files;
    ProbeOptions probe;
};

/// `smsc.example.net:2775`, `[::1]:2775`
/// errors: Failure
void read_address(const std::string& address, ProbeOptions& probe) {
    const auto colon = address.rfind(':');
    const auto* const last = address.data() + address.size();
    bool good = colon != std::string::npos && colon > 0;
    if (good) {
        const auto [end, error] = std::from_chars(address.data() + colon + 1, last, probe.port);
        good = error == std::errc() && end == last && probe.port != 0;
    }
    if (!good) throw Failure(exits::usage, "HOST:PORT is wanted, such as smsc.example.net:2775 or [::1]:2775");
    probe.host = address.substr(0, colon);
    if (probe.host.size() > 2 && probe.host.front() == '[' && probe.host.back() == ']')
        probe.host = probe.host.substr(1, probe.host.size() - 2);
}

/// The first line of a file, which may be empty for an account without a password; or standard input's one line.
/// errors: Failure
SensitiveText read_password(Console& console, const std::string& path) {
    std::string line;
    if (path.empty()) {
        line = read_line(console, "password");
    } else {
        std::ifstream file(path);
        if (!file) throw Failure(exits::usage, "the password file cannot be read");
        std::getline(file, line);
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.pop_back();
    }
    if (line.size() > smpp::long_password_max)
        throw Failure(exits::usage, "the password is longer than the 64 octets that a bind carries");
    return SensitiveText(std::move(line));
}

/// errors: Failure
ProbeOptions options_of(Console& console, const Arguments& arguments) {
    auto probe = arguments.probe;
    read_address(arguments.address, probe);
    if (probe.system_id.empty() || probe.system_id.size() > smpp::system_id_max)
        throw Failure(exits::usage, "--system-id has 1 to 15 characters");
    if (probe.system_type.size() > smpp::system_type_max)
        throw Failure(exits::usage, "--system-type has at most 12 characters");
    probe.bind = arguments.bind == "trx"  ? smpp::BindKind::transceiver
                 : arguments.bind == "rx" ? smpp::BindKind::receiver
                                          : smpp::BindKind::transmitter;
    constexpr std::uint8_t v33 = 0x33, v34 = 0x34, v50 = 0x50;
    probe.version = arguments.version == "5.0" ? v50 : arguments.version == "3.3" ? v33 : v34;
    probe.timeout = std::chrono::milliseconds(arguments.timeout_ms);
    const bool files = !arguments.files.ca_file.empty() || !arguments.files.verify_host.empty() ||
                       !arguments.files.certificate.empty() || !arguments.files.key.empty();
    if (files && !arguments.tls)
        throw Failure(exits::usage, "--ca-file, --verify-host, --certificate, --key: with --tls");
    if (arguments.files.certificate.empty() != arguments.files.key.empty())
        throw Failure(exits::usage, "--certificate and --key go together");
    if (arguments.tls) probe.tls = arguments.files;
    probe.password = read_password(console, arguments.password_file);
    return probe;
}

ProbeReport run_probe(const ProbeOptions& options) {
    net::asio::io_context loop(1);
    ProbeReport report;
    std::exception_ptr failure;
    net::TaskGroup group(loop.get_executor());
    group.spawn("probe",
                [](const ProbeOptions& what, ProbeReport& into, std::exception_ptr& failed) -> net::awaitable<void> {
                    try {
                        into = co_await probe(what);
                    } catch (const net::TlsFileError&) {
                        failed = std::current_exception();
                    }
                }(options, report, failure));
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return report;
}

int run(Console& console, const Arguments& arguments) {
    const auto options = options_of(console, arguments);
    ProbeReport report;
    try {
        report = run_probe(options);
    } catch (const net::TlsFileError& error) {
        throw Failure(exits::configuration, error.what());
    }
    console.out << (arguments.json ? probe_json(report, options) + '\n' : probe_lines(report, options));
    if (report.bound()) return exits::ok;
    const bool refused = report.bind.how == Asked::How::answered || report.bind.how == Asked::How::nacked;
    return refused ? exits::negative : exits::unavailable;
}

}  // namespace

void add_smpp_probe(Family family) {
    const auto arguments = std::make_shared<Arguments>();
    auto* command = smpp_command(family).add_subcommand(
        "probe", "binds to an SMSC, measures, unbinds. Ends with 0 when it bound, 1 when it was refused");
    command->add_option("address", arguments->address, "HOST:PORT")->required();
    command->add_option("--system-id", arguments->probe.system_id, "who we are there")->required();
    command->add_option("--password-file", arguments->password_file, "its first line; else standard input")
        ->type_name("FILE");
    command->add_option("--system-type", arguments->probe.system_type, "mostly empty");
    command
        ->add_option("--bind", arguments->bind,
                     "tx takes no messages; with trx and rx those that come stay unanswered, and the SMSC's")
        ->check(CLI::IsMember({"tx", "trx", "rx"}))
        ->capture_default_str();
    command->add_option("--version", arguments->version, "SMPP version to offer")
        ->check(CLI::IsMember({"3.3", "3.4", "5.0"}))
        ->capture_default_str();
    command->add_option("--enquiries", arguments->probe.enquiries, "enquire_links to measure")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    command->add_option("--timeout", arguments->timeout_ms, "ms for each wait")
        ->check(CLI::Range(100, 600'000))
        ->capture_default_str();
    command->add_flag("--json", arguments->json, "one JSON object in place of lines");
    command->add_flag("--tls", arguments->tls, "connect with TLS")->group("TLS");
    command->add_option("--ca-file", arguments->files.ca_file, "who may vouch for the SMSC")->group("TLS");
    command->add_option("--verify-host", arguments->files.verify_host, "the name in its certificate")->group("TLS");
    command->add_option("--certificate", arguments->files.certificate, "ours, if it asks for one")->group("TLS");
    command->add_option("--key", arguments->files.key, "of ours")->group("TLS");
    command->callback(
        [family, arguments] { family.chosen = [family, arguments] { return run(family.console, *arguments); }; });
}

}  // namespace jejak::tool
