#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/net/await.hpp"
#include "gateway/net/tls.hpp"
#include "protocol/sensitive.hpp"
#include "protocol/smpp/types.hpp"

/// What an engineer wants to know of an SMSC before a channel is made for it. Takes nothing away from it: a message
/// that comes while the probe is bound stays unanswered, so that the SMSC keeps it.
namespace jejak::tool {

struct ProbeOptions {
    std::string host;
    std::uint16_t port = 0;
    std::string system_id, system_type;
    SensitiveText password;
    smpp::BindKind bind = smpp::BindKind::transmitter;
    std::uint8_t version = 0x34;  ///< interface_version offered
    unsigned enquiries = 5;
    std::chrono::milliseconds timeout{5'000};  ///< each wait: lookup, connection, handshake, every answer
    std::optional<net::TlsClientOptions> tls;  ///< empty: plain
};

/// What became of one request.
struct Asked {
    enum class How : std::uint8_t { not_asked, answered, nacked, silent, closed };
    How how = How::not_asked;
    smpp::CommandStatus status = smpp::CommandStatus::ok;
    std::chrono::microseconds took{};
};

struct ProbeReport {
    /// How far it came.
    enum class Stage : std::uint8_t { lookup, connection, handshake, bind, bound };
    Stage stage = Stage::lookup;
    std::string fault, hint;  ///< why no further; empty when it bound

    std::string address;  ///< the one that answered
    std::chrono::microseconds connected_in{}, secured_in{};
    std::optional<net::TlsFacts> tls;

    Asked bind;
    std::string smsc_id;  ///< system_id of the bind_resp
    struct Parameter {
        std::uint16_t tag = 0;
        std::vector<std::byte> value;
    };
    std::vector<Parameter> parameters;  ///< optional ones of the bind_resp, at most 512

    std::vector<std::chrono::microseconds> round_trips;  ///< of the enquire_links that were answered
    unsigned enquiries = 0;                              ///< sent
    Asked unknown_parameter;                             ///< an enquire_link with a parameter that nobody knows
    Asked query;                                         ///< a query_sm for an id that nobody has
    Asked unbind;
    std::size_t messages = 0;        ///< deliver_sm and data_sm that came and were left to the SMSC
    std::vector<std::string> notes;  ///< what else a peer should not do

    bool bound() const { return stage == Stage::bound; }
    std::optional<std::uint8_t> sc_interface_version() const;
};

/// Asks everything, in order; ends by itself, each wait within options.timeout.
/// errors: throws net::TlsFileError for files that cannot be used; what the peer does wrong is in the report.
net::awaitable<ProbeReport> probe(ProbeOptions options);

/// What a refused bind means, and what to do about it. Pure.
std::string bind_hint(smpp::CommandStatus status);

/// For people, and as one JSON object. Pure.
std::string probe_lines(const ProbeReport& report, const ProbeOptions& options);
std::string probe_json(const ProbeReport& report, const ProbeOptions& options);

}  // namespace jejak::tool
