#pragma once
#include <filesystem>
#include <string>

/// What a TLS role is made of. Files are PEM; keys have no passphrase, for nobody is there to type it.
namespace jejak::net {

struct TlsClientOptions {
    std::filesystem::path ca_file;           ///< who may vouch for the peer; empty: whom the system trusts
    std::string verify_host;                 ///< name or address in the peer's certificate; empty: the one connected to
    std::filesystem::path certificate, key;  ///< ours, for a peer that asks for one; both or none
};

struct TlsServerOptions {
    std::filesystem::path certificate, key;  ///< ours, with the chain up to its root
    std::filesystem::path client_ca_file;    ///< when set, every peer shows a certificate that one of these signed
};

}  // namespace jejak::net
