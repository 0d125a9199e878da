#include "gateway/net/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <spdlog/spdlog.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

#include "gateway/net/tls_socket.hpp"

namespace jejak::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using Side = asio::ssl::stream_base::handshake_type;
using Context = asio::ssl::context;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// Of TLS 1.2, those with forward secrecy and without SHA-1, the authenticated ones first. A client takes what OpenSSL
/// deems safe, for its peer is another's.
constexpr const char* server_ciphers =
    "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDHE+SHA384:ECDHE+SHA256:"
    "!aNULL:!aDSS:!PSK:!ARIA:!CAMELLIA:!AESCCM";

/// What OpenSSL complained of first, the cause of the rest; its queue is empty afterwards.
unsigned long complaint() {
    const auto code = ERR_peek_error();
    ERR_clear_error();
    return code;
}

std::string words_for(unsigned long code) {
    const auto* const words = ERR_reason_error_string(code);
    return words == nullptr ? "it cannot be read" : words;
}

[[noreturn]] void refuse(std::string_view key, const std::filesystem::path& file, const std::string& why) {
    throw TlsFileError(key, std::string(key) + " " + file.string() + ": " + why);
}

std::shared_ptr<Context> new_context(Context::method method) {
    auto context = std::make_shared<Context>(method);
    auto* const handle = context->native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
    // Without this OpenSSL asks for a passphrase on the terminal.
    SSL_CTX_set_default_passwd_cb(handle, [](char*, int, int, void*) { return -1; });
    return context;
}

/// Chain and key, and that they belong together.
void load_pair(Context& context, const std::filesystem::path& certificate, const std::filesystem::path& key) {
    auto* const handle = context.native_handle();
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(handle, certificate.c_str()) != 1)
        refuse("certificate", certificate, words_for(complaint()));
    if (SSL_CTX_use_PrivateKey_file(handle, key.c_str(), SSL_FILETYPE_PEM) == 1) return;
    const auto code = complaint();
    const auto reason = ERR_GET_REASON(code);
    const bool sealed = reason == ERR_R_INTERRUPTED_OR_CANCELLED ||
                        (ERR_GET_LIB(code) == ERR_LIB_PEM && reason == PEM_R_BAD_PASSWORD_READ);
    const bool other = ERR_GET_LIB(code) == ERR_LIB_X509 &&
                       (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH);
    refuse("key", key,
           sealed  ? "it has a passphrase, and nobody is there to type it"
           : other ? "it is not the key of the certificate"
                   : words_for(code));
}

void load_trusted(Context& context, std::string_view key, const std::filesystem::path& file) {
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(context.native_handle(), file.c_str()) != 1) refuse(key, file, words_for(complaint()));
}

std::string date_of(const ASN1_TIME* time) {
    std::tm date{};
    if (ASN1_TIME_to_tm(time, &date) != 1) return "an unknown date";
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d", &date);
    return text.data();
}

/// Whole days until it ends, negative when it has.
std::optional<long long> days_left(const X509* certificate) {
    int days = 0, rest = 0;
    if (ASN1_TIME_diff(&days, &rest, nullptr, X509_get0_notAfter(certificate)) != 1) return std::nullopt;
    return rest < 0 ? days - 1 : days;
}

/// A certificate of ours that ends is not refused: peers may be more patient than the gateway's absence is useful.
void watch_end(const std::string& name, Context& context) {
    const auto* const certificate = SSL_CTX_get0_certificate(context.native_handle());
    if (certificate == nullptr) return;
    const auto left = days_left(certificate);
    if (!left || *left >= certificate_warning_days) return;
    spdlog::warn("event=tls_certificate_ends name={} days_left={} hint=\"renew it, then reload\"", name, *left);
}

template <class Options>
TlsRenewal renewal_of(std::shared_ptr<Context>& context, const std::string& name, const Options& options) {
    try {
        return [&context, &name, fresh = tls_context(options)] {
            context = fresh;
            spdlog::info("event=tls_reloaded name={}", name);
            watch_end(name, *context);
        };
    } catch (const TlsFileError& error) {
        spdlog::error("event=tls_reload_refused name={} reason=\"{}\"", name, error.what());
        throw;
    }
}

/// Remembers what verification stumbles over; the verdict stays OpenSSL's.
void watch_verification(TlsSocket& secured) {
    auto remember = [&verdict = secured.verdict](bool good, asio::ssl::verify_context& verifying) {
        if (good) return true;
        auto* const chain = verifying.native_handle();
        verdict.error = X509_STORE_CTX_get_error(chain);
        verdict.its_own = X509_STORE_CTX_get_error_depth(chain) == 0;
        if (const auto* certificate = X509_STORE_CTX_get_current_cert(chain))
            verdict.until = date_of(X509_get0_notAfter(certificate));
        return false;
    };
    secured.stream.set_verify_callback(std::move(remember));
}

awaitable<error_code> shake(TlsSocket& secured, Side side) {
    const auto [error] = co_await secured.stream.async_handshake(side, use_tuple);
    co_return error;
}

awaitable<Secured> handshake(std::unique_ptr<TlsSocket> secured, Side side, std::chrono::milliseconds limit) {
    watch_verification(*secured);
    const auto ended = co_await within(limit, shake(*secured, side));
    const error_code error = ended ? *ended : asio::error::timed_out;
    Secured result;
    if (error) {
        result.fault = explain(error, secured->verdict, side);
    } else {
        result.stream.emplace(std::move(secured));
    }
    co_return result;
}

std::string one_line(const X509_NAME* name) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253);
    char* begin = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &begin);
    return {begin, static_cast<std::size_t>(size)};
}

std::vector<std::string> names_of(const X509* certificate) {
    std::vector<std::string> names;
    auto* const found =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int place = 0; place < sk_GENERAL_NAME_num(found); ++place) {
        const auto* name = sk_GENERAL_NAME_value(found, place);
        if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
        const auto* octets = ASN1_STRING_get0_data(name->d.ia5);
        const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.ia5));
        if (name->type == GEN_DNS) {
            names.emplace_back(reinterpret_cast<const char*>(octets), size);
        } else if (asio::ip::address_v4::bytes_type v4; size == v4.size()) {
            std::copy_n(octets, size, v4.begin());
            names.push_back(asio::ip::address_v4(v4).to_string());
        } else if (asio::ip::address_v6::bytes_type v6; size == v6.size()) {
            std::copy_n(octets, size, v6.begin());
            names.push_back(asio::ip::address_v6(v6).to_string());
        }
    }
    GENERAL_NAMES_free(found);
    return names;
}

}  // namespace

bool expect_host(SSL* ssl, const std::string& host) {
    auto* const expected = SSL_get0_param(ssl);
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 &&
           X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1;
}

std::shared_ptr<Context> tls_context(const TlsClientOptions& options) {
    auto context = new_context(Context::tls_client);
    context->set_verify_mode(asio::ssl::verify_peer);
    if (options.ca_file.empty()) {
        context->set_default_verify_paths();
    } else {
        load_trusted(*context, "ca_file", options.ca_file);
    }
    if (!options.certificate.empty()) load_pair(*context, options.certificate, options.key);
    return context;
}

std::shared_ptr<Context> tls_context(const TlsServerOptions& options) {
    auto context = new_context(Context::tls_server);
    auto* const handle = context->native_handle();
    SSL_CTX_set_options(handle, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(handle, 0);
    SSL_CTX_set_dh_auto(handle, 1);
    if (SSL_CTX_set_cipher_list(handle, server_ciphers) != 1) throw std::logic_error("no cipher is known");
    load_pair(*context, options.certificate, options.key);
    if (options.client_ca_file.empty()) return context;
    load_trusted(*context, "client_ca_file", options.client_ca_file);
    SSL_CTX_set_client_CA_list(handle, SSL_load_client_CA_file(options.client_ca_file.c_str()));
    context->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    return context;
}

TlsClient::TlsClient(std::string name, const TlsClientOptions& options)
    : name_(std::move(name)), verify_host_(options.verify_host), context_(tls_context(options)) {
    watch_end(name_, *context_);
}
TlsClient::~TlsClient() = default;

TlsRenewal TlsClient::renewal(TlsClientOptions fresh) {
    auto renew = renewal_of(context_, name_, fresh);
    return [this, renew = std::move(renew), host = std::move(fresh.verify_host)] {
        verify_host_ = host;
        renew();
    };
}

awaitable<Secured> TlsClient::connect(tcp::socket socket, std::string host) const {
    auto secured = std::make_unique<TlsSocket>(std::move(socket), context_);
    const auto& expected = verify_host_.empty() ? host : verify_host_;
    if (!expect_host(secured->stream.native_handle(), expected)) {
        Secured result;
        result.fault = TlsFault{"wrong_host", "the host is no name that a certificate could be for"};
        co_return result;
    }
    co_return co_await handshake(std::move(secured), Side::client, handshake_limit);
}

TlsServer::TlsServer(std::string name, const TlsServerOptions& options)
    : name_(std::move(name)), context_(tls_context(options)) {
    watch_end(name_, *context_);
}
TlsServer::~TlsServer() = default;

TlsRenewal TlsServer::renewal(const TlsServerOptions& fresh) {
    return renewal_of(context_, name_, fresh);
}

awaitable<Secured> TlsServer::accept(tcp::socket socket, std::chrono::milliseconds limit) const {
    auto secured = std::make_unique<TlsSocket>(std::move(socket), context_);
    co_return co_await handshake(std::move(secured), Side::server, limit);
}

std::optional<TlsFacts> tls_facts(const Stream& stream) {
    auto* const secured = stream.tls();
    if (secured == nullptr) return std::nullopt;
    auto* const ssl = secured->stream.native_handle();
    TlsFacts facts;
    facts.version = SSL_get_version(ssl);
    facts.cipher = SSL_get_cipher_name(ssl);
    const Certificate certificate(SSL_get1_peer_certificate(ssl), X509_free);
    if (!certificate) return facts;
    facts.subject = one_line(X509_get_subject_name(certificate.get()));
    facts.issuer = one_line(X509_get_issuer_name(certificate.get()));
    facts.names = names_of(certificate.get());
    facts.days_left = days_left(certificate.get());
    return facts;
}

std::optional<TlsFault> tls_fault(const Stream& stream) {
    auto* const secured = stream.tls();
    if (secured == nullptr || secured->ended.category() != asio::error::get_ssl_category()) return std::nullopt;
    auto* const ssl = secured->stream.native_handle();
    return explain(secured->ended, secured->verdict, SSL_is_server(ssl) == 1 ? Side::server : Side::client);
}

}  // namespace jejak::net
