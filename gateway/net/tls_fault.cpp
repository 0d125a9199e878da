#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/ssl/error.hpp>

#include "gateway/net/tls_socket.hpp"

namespace jejak::net {
namespace {

using Side = asio::ssl::stream_base::handshake_type;

TlsFault of_verdict(const TlsVerdict& verdict) {
    const std::string whose = verdict.its_own ? "the peer's certificate" : "a certificate that vouches for the peer's";
    switch (verdict.error) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return {"expired", whose + " ended on " + verdict.until + ": it must be renewed, or this clock is wrong"};
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return {"not_yet_valid", whose + " is not valid yet: is the clock of this machine right?"};
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return {"wrong_host",
                    "the peer's certificate is for another name: set verify_host to the name it is for, if that is "
                    "the peer you mean"};
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return {"self_signed",
                    "nobody vouches for the peer's certificate but itself: get it on a safe way and name it as "
                    "ca_file"};
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return {"unknown_ca",
                    "whoever signed the peer's certificate is not trusted here: name the file of its CA as ca_file, "
                    "or let the peer send the certificates between"};
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return {"weak_certificate", whose + " has a key or a signature that is too weak: it must be made anew"};
        case X509_V_ERR_INVALID_PURPOSE:
            return {"wrong_purpose", "the peer's certificate is not for this side of a connection"};
        default:
            return {"bad_certificate", whose + ": " + X509_verify_cert_error_string(verdict.error)};
    }
}

std::optional<TlsFault> of_ssl(int reason, Side ours) {
    switch (reason) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_UNKNOWN_PROTOCOL:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_BAD_RECORD_TYPE:
            return TlsFault{"plain_peer",
                            ours == Side::client
                                ? "the peer answers, but not with TLS: is this its port for TLS?"
                                : "the peer speaks without TLS: it must turn TLS on, or use another port"};
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        case SSL_R_NO_PROTOCOLS_AVAILABLE:
            return TlsFault{"old_version", "the peer has no TLS 1.2 or later: it must be updated"};
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
            return TlsFault{"no_common_cipher",
                            "the peer has none of the ciphers that are safe today: it must be updated"};
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return TlsFault{"certificate_missing",
                            "the peer showed no certificate: it must be given one that client_ca_file "
                            "vouches for"};
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
            return TlsFault{"certificate_wanted", "the peer asks who we are: set certificate and key"};
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
            return TlsFault{"refused",
                            "the peer found nothing in common: it may want a certificate of ours, or ciphers that "
                            "are not safe today"};
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
            return TlsFault{
                "certificate_refused",
                "the peer does not accept our certificate: is it the one the peer was given, and still valid?"};
        case SSL_R_TLSV1_UNRECOGNIZED_NAME:
            return TlsFault{"unknown_name",
                            "the peer does not know the name it is called by: check host and verify_host"};
        default:
            return std::nullopt;
    }
}

}  // namespace

TlsFault explain(const boost::system::error_code& error, const TlsVerdict& verdict, Side ours) {
    if (error == asio::error::timed_out)
        return {"timeout", "the peer did not finish the handshake in time: does it speak TLS?"};
    if (error.category() != asio::error::get_ssl_category())
        return {"closed", "the peer closed during the handshake: does it speak TLS, and does it take us?"};
    const auto code = static_cast<unsigned long>(static_cast<unsigned>(error.value()));
    if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
        const auto reason = ERR_GET_REASON(code);
        if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verdict.error != 0) return of_verdict(verdict);
        if (auto known = of_ssl(reason, ours)) return *known;
    }
    const auto* const words = ERR_reason_error_string(code);
    return {"failed", words == nullptr ? "TLS failed" : words};
}

}  // namespace jejak::net
