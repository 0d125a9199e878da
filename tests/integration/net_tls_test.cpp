#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <fstream>

#include "gateway/net/tls.hpp"
#include "gateway/net/tls_socket.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/log.hpp"
#include "tests/support/on_loop.hpp"

using namespace jejak;
using namespace jejak::net;
using namespace std::chrono_literals;
using tcp = asio::ip::tcp;
using test::Certificate;
using test::on_loop;

namespace {

/// The name the client asked for (SNI), as the server heard it.
std::string name_asked_for(const Secured& server) {
    if (!server.stream) return {};
    const char* name = SSL_get_servername(server.stream->tls()->stream.native_handle(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? std::string() : std::string(name);
}

/// Both ends of one connection.
struct Met {
    Secured server, client;
};

TlsServerOptions shows(const Certificate& certificate) {
    return {certificate.certificate(), certificate.key(), {}};
}
TlsClientOptions trusts(const Certificate& authority) {
    TlsClientOptions options;
    options.ca_file = authority.certificate();
    return options;
}

std::string reason(const Secured& secured) {
    return secured.fault ? std::string(secured.fault->reason) : std::string();
}

awaitable<void> accept_one(tcp::acceptor& acceptor, const TlsServer& server, std::chrono::milliseconds limit,
                           Secured& into) {
    auto [error, socket] = co_await acceptor.async_accept(use_tuple);
    if (error) throw std::runtime_error("no connection came");
    into = co_await server.accept(std::move(socket), limit);
}

awaitable<void> join(TaskGroup& group) {
    const bool ended = co_await group.join(test::limit);
    CHECK(ended);
    CHECK_FALSE(group.failed());
}

awaitable<Met> meet(asio::io_context& loop, const TlsServer& server, const TlsClient& client, std::string host) {
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
    TaskGroup group(loop.get_executor());
    Met met;
    group.spawn("accept", accept_one(acceptor, server, test::limit, met.server));
    tcp::socket socket(loop);
    co_await socket.async_connect(acceptor.local_endpoint(), use_tuple);
    met.client = co_await client.connect(std::move(socket), host);
    co_await join(group);
    co_return met;
}

/// What one end writes, as the other reads it; empty at the end of the stream.
awaitable<std::string> carry(Stream& from, Stream& to, std::string text) {
    const auto [failed, written] = co_await from.write(asio::buffer(text));
    CHECK_FALSE(failed);
    std::string got(text.size(), ' ');
    const auto [error, size] = co_await to.read_some(asio::buffer(got));
    got.resize(error ? 0 : size);
    co_return got;
}

/// A socket and the TLS server that it reached, which comes to its end by itself.
struct Knock {
    Knock(asio::io_context& loop, const TlsServer& server, std::chrono::milliseconds limit = test::limit)
        : acceptor(loop, {asio::ip::address_v4::loopback(), 0}), group(loop.get_executor()), socket(loop) {
        group.spawn("accept", accept_one(acceptor, server, limit, secured));
        socket.connect(acceptor.local_endpoint());
    }
    tcp::acceptor acceptor;
    TaskGroup group;
    tcp::socket socket;
    Secured secured;
};

}  // namespace

TEST_CASE("a peer that is not who it should be is refused, and the reason says what to mend", "[B26][tls]") {
    const Certificate authority("DNS:authority"), stranger("DNS:authority");
    const Certificate local("DNS:localhost", authority), address("IP:127.0.0.1", authority);
    const Certificate other("DNS:smsc.example", authority), expired("DNS:localhost", authority, -60);
    const Certificate strange("DNS:localhost", stranger), alone("DNS:localhost");
    struct Case {
        const char* name;
        const Certificate& shown;
        const Certificate& trusted;
        std::string host, verify_host, client, server;
        const char* name_asked = "";  ///< an address is none
    };
    const Case cases[] = {
        {"by name", local, authority, "localhost", "", "", "", "localhost"},
        {"by address", address, authority, "127.0.0.1", "", "", ""},
        {"by another name than the one connected to", other, authority, "127.0.0.1", "smsc.example", "", "",
         "smsc.example"},
        {"a self-signed one that is trusted itself", alone, alone, "localhost", "", "", "", "localhost"},
        {"expired", expired, authority, "localhost", "", "expired", "certificate_refused"},
        {"for another name", other, authority, "localhost", "", "wrong_host", "certificate_refused"},
        {"for a name, reached by address", local, authority, "127.0.0.1", "", "wrong_host", "certificate_refused"},
        {"self-signed", alone, authority, "localhost", "", "self_signed", "certificate_refused"},
        {"of an unknown authority", strange, authority, "localhost", "", "unknown_ca", "certificate_refused"},
    };
    for (const auto& one : cases) {
        DYNAMIC_SECTION(one.name) {
            on_loop([&](asio::io_context& loop) -> awaitable<void> {
                const TlsServer server("server", shows(one.shown));
                auto options = trusts(one.trusted);
                options.verify_host = one.verify_host;
                const TlsClient client("client", options);
                auto met = co_await meet(loop, server, client, one.host);
                CHECK(reason(met.client) == one.client);
                CHECK(reason(met.server) == one.server);
                CHECK(met.client.stream.has_value() == one.client.empty());
                if (met.client.fault) CHECK_FALSE(met.client.fault->hint.empty());
                if (!met.client.stream || !met.server.stream) co_return;
                CHECK(name_asked_for(met.server) == one.name_asked);
                const auto there = co_await carry(*met.client.stream, *met.server.stream, "to the server");
                const auto back = co_await carry(*met.server.stream, *met.client.stream, "to the client");
                CHECK(there == "to the server");
                CHECK(back == "to the client");
            });
        }
    }
}

TEST_CASE("the system's authorities are asked when no other is named", "[B26][tls]") {
    const Certificate alone("DNS:localhost");
    on_loop([&](asio::io_context& loop) -> awaitable<void> {
        const TlsServer server("server", shows(alone));
        const TlsClient client("client", {});
        const auto met = co_await meet(loop, server, client, "localhost");
        CHECK(reason(met.client) == "self_signed");
    });
}

TEST_CASE("a server that demands certificates takes those of its authority alone", "[B26][tls]") {
    const Certificate authority("DNS:authority"), members("DNS:members"), stranger("DNS:members");
    const Certificate local("DNS:localhost", authority);
    const Certificate member("DNS:box1", members), outsider("DNS:box1", stranger);
    const Certificate late("DNS:box1", members, -60);
    auto server_options = shows(local);
    server_options.client_ca_file = members.certificate();
    struct Case {
        const char* name;
        const Certificate* shown;
        std::string server;
        std::string client;  ///< told by the first read: with TLS 1.3 the client's handshake is over by then
    };
    const Case cases[] = {
        {"a member", &member, "", ""},
        {"none", nullptr, "certificate_missing", "certificate_wanted"},
        {"an outsider", &outsider, "unknown_ca", "certificate_refused"},
        {"an expired one", &late, "expired", "certificate_refused"},
    };
    for (const auto& one : cases) {
        DYNAMIC_SECTION(one.name) {
            on_loop([&](asio::io_context& loop) -> awaitable<void> {
                const TlsServer server("server", server_options);
                auto options = trusts(authority);
                if (one.shown != nullptr) {
                    options.certificate = one.shown->certificate();
                    options.key = one.shown->key();
                }
                test::Log quiet;  // the expired one says so when it is loaded
                const TlsClient client("client", options);
                auto met = co_await meet(loop, server, client, "localhost");
                CHECK(reason(met.server) == one.server);
                CHECK(quiet.count("event=tls_certificate_ends name=client") == (one.shown == nullptr ? 0 : 1));
                if (!met.client.stream) co_return;
                if (one.client.empty()) {
                    const auto said = co_await carry(*met.client.stream, *met.server.stream, "hello");
                    CHECK(said == "hello");
                    co_return;
                }
                char octet = 0;
                const auto [error, size] = co_await met.client.stream->read_some(asio::buffer(&octet, 1));
                CHECK(error);
                const auto fault = tls_fault(*met.client.stream);
                REQUIRE(fault);
                CHECK(fault->reason == one.client);
            });
        }
    }
}

TEST_CASE("reloaded files are for new connections, and a faulty one keeps the old", "[B26][tls]") {
    const Certificate authority("DNS:authority");
    const Certificate files("DNS:localhost", authority), renewed("DNS:localhost", authority, 90'000);
    on_loop([&](asio::io_context& loop) -> awaitable<void> {
        TlsServer server("inbound", shows(files));
        TlsClient client("operator", trusts(authority));
        auto first = co_await meet(loop, server, client, "localhost");
        REQUIRE(first.client.stream);
        CHECK(tls_facts(*first.client.stream)->days_left == 0);

        files.become(renewed);
        test::Log log;
        const auto of_server = server.renewal(shows(files)), of_client = client.renewal(trusts(authority));
        CHECK(log.text().empty());  // read, and not in use
        of_server();
        of_client();
        CHECK(log.count("event=tls_reloaded name=inbound") == 1);
        CHECK(log.count("event=tls_reloaded name=operator") == 1);
        CHECK(log.count("event=tls_certificate_ends name=inbound days_left=1 ") == 1);
        auto second = co_await meet(loop, server, client, "localhost");
        REQUIRE(second.client.stream);
        CHECK(tls_facts(*second.client.stream)->days_left == 1);
        const auto still = co_await carry(*first.client.stream, *first.server.stream, "still here");
        CHECK(still == "still here");

        std::ofstream(files.certificate()) << "no certificate";
        CHECK_THROWS_AS(server.renewal(shows(files)), TlsFileError);
        CHECK(log.count("event=tls_reload_refused name=inbound") == 1);
        CHECK_THAT(log.text(), Catch::Contains("certificate " + files.certificate()));
        auto third = co_await meet(loop, server, client, "localhost");
        REQUIRE(third.client.stream);
        CHECK(tls_facts(*third.client.stream)->days_left == 1);
    });
}

TEST_CASE("a connection that ends without close_notify ends like any other", "[B26][tls]") {
    const Certificate local("DNS:localhost");
    const bool polite = GENERATE(true, false);
    on_loop([&](asio::io_context& loop) -> awaitable<void> {
        const TlsServer server("server", shows(local));
        const TlsClient client("client", trusts(local));
        auto met = co_await meet(loop, server, client, "localhost");
        REQUIRE(met.client.stream);
        TaskGroup group(loop.get_executor());
        if (polite) {
            group.spawn("goodbye", met.client.stream->shutdown());
        } else {
            met.client.stream->close();
        }
        char octet = 0;
        const auto [error, size] = co_await met.server.stream->read_some(asio::buffer(&octet, 1));
        CHECK(error == asio::error::eof);
        CHECK_FALSE(tls_fault(*met.server.stream));
        co_await met.server.stream->shutdown();
        co_await join(group);
    });
}

TEST_CASE("a peer without TLS, or with an old one, or that says nothing is told apart", "[B26][tls]") {
    const Certificate local("DNS:localhost");
    const TlsServer server("server", shows(local));
    SECTION("plain SMPP on the TLS port") {
        on_loop([&](asio::io_context& loop) -> awaitable<void> {
            Knock knock(loop, server);
            const std::string bind("\0\0\0\x22\0\0\0\x09\0\0\0\0\0\0\0\x01jejak\0secret\0\0\x34\0\0\0", 34);
            co_await asio::async_write(knock.socket, asio::buffer(bind), use_tuple);
            co_await join(knock.group);
            CHECK(reason(knock.secured) == "plain_peer");
        });
    }
    SECTION("nothing at all, until the time is over") {
        on_loop([&](asio::io_context& loop) -> awaitable<void> {
            Knock knock(loop, server, 50ms);
            co_await join(knock.group);
            CHECK(reason(knock.secured) == "timeout");
        });
    }
    SECTION("a peer that goes") {
        on_loop([&](asio::io_context& loop) -> awaitable<void> {
            Knock knock(loop, server);
            knock.socket.close();
            co_await join(knock.group);
            CHECK(reason(knock.secured) == "closed");
        });
    }
    SECTION("TLS 1.1") {
        on_loop([&](asio::io_context& loop) -> awaitable<void> {
            Knock knock(loop, server);
            asio::ssl::context old(asio::ssl::context::tls_client);
            SSL_CTX_set_security_level(old.native_handle(), 0);
            SSL_CTX_set_min_proto_version(old.native_handle(), TLS1_VERSION);
            SSL_CTX_set_max_proto_version(old.native_handle(), TLS1_1_VERSION);
            asio::ssl::stream<tcp::socket&> stream(knock.socket, old);
            const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, use_tuple);
            CHECK(error);
            co_await join(knock.group);
            CHECK(reason(knock.secured) == "old_version");
        });
    }
    SECTION("TLS 1.2 that negotiates anew") {
        on_loop([&](asio::io_context& loop) -> awaitable<void> {
            Knock knock(loop, server);
            asio::ssl::context restless(asio::ssl::context::tls_client);
            SSL_CTX_set_max_proto_version(restless.native_handle(), TLS1_2_VERSION);
            asio::ssl::stream<tcp::socket&> stream(knock.socket, restless);
            const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, use_tuple);
            CHECK_FALSE(error);
            co_await join(knock.group);
            REQUIRE(knock.secured.stream);
            CHECK(SSL_renegotiate(stream.native_handle()) == 1);
            TaskGroup group(loop.get_executor());
            auto read = [](Stream& end) -> awaitable<void> {
                char octet = 0;
                const auto [ended, size] = co_await end.read_some(asio::buffer(&octet, 1));
                CHECK(ended);
                end.close();
            };
            group.spawn("read", read(*knock.secured.stream));
            const auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::client, use_tuple);
            CHECK(refused);
            knock.socket.close();
            co_await join(group);
        });
    }
}

TEST_CASE("a server without TLS, or with an old one, is told to a client", "[B26][tls]") {
    const Certificate local("DNS:localhost");
    const TlsClient client("client", trusts(local));
    struct Case {
        const char* name;
        std::string said;  ///< before it closes
        const char* reason;
    };
    const Case cases[] = {
        {"generic_nack", std::string("\0\0\0\x10\x80\0\0\0\0\0\0\x02\0\0\0\0", 16), "plain_peer"},
        {"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "plain_peer"},
        {"TLS alert: protocol version", std::string("\x15\x03\x01\0\x02\x02\x46", 7), "old_version"},
        {"TLS alert: unrecognised name", std::string("\x15\x03\x03\0\x02\x02\x70", 7), "unknown_name"},
        {"TLS alert: handshake failure", std::string("\x15\x03\x03\0\x02\x02\x28", 7), "refused"},
        {"nothing", "", "closed"},
    };
    for (const auto& one : cases) {
        DYNAMIC_SECTION(one.name) {
            on_loop([&](asio::io_context& loop) -> awaitable<void> {
                tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
                TaskGroup group(loop.get_executor());
                auto answer = [](tcp::acceptor& at, const std::string& said) -> awaitable<void> {
                    auto [error, socket] = co_await at.async_accept(use_tuple);
                    std::array<char, 4096> hello{};
                    const auto [failed, size] = co_await socket.async_read_some(asio::buffer(hello), use_tuple);
                    CHECK_FALSE(failed);
                    co_await asio::async_write(socket, asio::buffer(said), use_tuple);
                };
                group.spawn("answer", answer(acceptor, one.said));
                tcp::socket socket(loop);
                co_await socket.async_connect(acceptor.local_endpoint(), use_tuple);
                const auto secured = co_await client.connect(std::move(socket), "localhost");
                CHECK(reason(secured) == one.reason);
                co_await join(group);
            });
        }
    }
}

TEST_CASE("files that cannot be used are named with what is wrong", "[tls]") {
    const Certificate local("DNS:localhost"), other("DNS:localhost");
    const auto key_of = [](const auto& options) {
        try {
            tls_context(options);
        } catch (const TlsFileError& error) {
            return std::string(error.key());
        }
        return std::string();
    };
    CHECK(key_of(shows(local)).empty());
    CHECK(key_of(TlsServerOptions{"/none", local.key(), {}}) == "certificate");
    CHECK(key_of(TlsServerOptions{local.certificate(), "/none", {}}) == "key");
    CHECK(key_of(TlsServerOptions{local.certificate(), other.key(), {}}) == "key");
    CHECK(key_of(TlsServerOptions{local.certificate(), local.certificate(), {}}) == "key");
    CHECK(key_of(TlsServerOptions{local.certificate(), local.key(), "/etc/hostname"}) == "client_ca_file");
    CHECK(key_of(TlsClientOptions{"/etc/hostname", "", {}, {}}) == "ca_file");
    CHECK(key_of(TlsClientOptions{{}, "", local.certificate(), other.key()}) == "key");

    SECTION("a key with a passphrase is not asked for on the terminal") {
        const Certificate sealed("DNS:localhost");
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
        const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(sealed.key().c_str(), "w"), std::fclose);
        const std::string word = "rahasia";
        PEM_write_PrivateKey(file.get(), key.get(), EVP_aes_128_cbc(),
                             reinterpret_cast<const unsigned char*>(word.data()), static_cast<int>(word.size()),
                             nullptr, nullptr);
        std::fflush(file.get());
        CHECK_THROWS_WITH(tls_context(shows(sealed)), Catch::Contains("passphrase"));
    }
    SECTION("a key of another certificate is called that") {
        CHECK_THROWS_WITH(tls_context(TlsServerOptions{local.certificate(), other.key(), {}}),
                          Catch::Contains("not the key of the certificate"));
    }
}
