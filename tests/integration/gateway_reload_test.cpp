// The whole gateway: what SIGHUP takes over, and what readiness says of a listener that nobody can come in by.
#include <sys/resource.h>

#include "tests/support/certificate.hpp"
#include "tests/support/whole_gateway.hpp"
#include "tests/unit/understand/spoilt_pack.hpp"

namespace jejak::tests {
namespace {

using tcp = net::asio::ip::tcp;

/// So many descriptors as are open, and no more, while it lives.
class NoMoreDescriptors {
public:
    NoMoreDescriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const int next = ::dup(STDERR_FILENO);
        REQUIRE(next >= 0);
        ::close(next);
        auto few = before_;
        few.rlim_cur = static_cast<rlim_t>(next);
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    }
    ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoMoreDescriptors(const NoMoreDescriptors&) = delete;
    NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

private:
    rlimit before_{};
};

/// A connection that stays open from question to question.
class Asker {
public:
    explicit Asker(WholeGateway& gateway) : gateway_(gateway), socket_(gateway.loop()) {
        const auto at = gateway.http().rfind(':');
        const auto port = static_cast<std::uint16_t>(std::stoi(gateway.http().substr(at + 1)));
        socket_.connect({net::asio::ip::address_v4::loopback(), port});
    }
    /// The body of the answer, which is one JSON object.
    std::string ask(const std::string& path) {
        std::string heard;
        bool over = false;
        const auto talk = [&]() -> net::awaitable<void> {
            const std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
            co_await net::asio::async_write(socket_, net::asio::buffer(request), net::asio::use_awaitable);
            std::array<char, 4'096> piece{};
            while (!heard.ends_with('}')) {
                const auto size = co_await socket_.async_read_some(net::asio::buffer(piece), net::asio::use_awaitable);
                heard.append(piece.data(), size);
            }
        };
        net::asio::co_spawn(gateway_.loop(), talk(), [&](std::exception_ptr error) {
            CHECK_FALSE(error);
            over = true;
        });
        REQUIRE(gateway_.wait_for([&] { return over; }));
        return heard.substr(std::min(heard.find("\r\n\r\n"), heard.size()));
    }

private:
    WholeGateway& gateway_;
    tcp::socket socket_;
};

std::string listener(const test::Certificate& files, const std::string& password) {
    return "[[channel.account]]\nsystem_id = \"box1\"\npassword = \"" + password +
           "\"\n[channel.tls]\ncertificate = \"" + files.certificate() + "\"\nkey = \"" + files.key() + "\"\n";
}

}  // namespace

TEST_CASE("SIGHUP takes nothing over before all of it was judged", "[reload][tls]") {
    const test::Certificate files("DNS:localhost"), renewed("DNS:localhost");
    test::Log log;
    WholeGateway gateway(log, listener(files, "kata-sandi-1"));
    SECTION("a faulty file keeps the certificates that are in use") {
        files.become(renewed);
        gateway.change(listener(files, "kata-sandi-1") + "[[channel]]\nname = \"modems\"\n");
        REQUIRE(gateway.wait_for([&] { return log.count("event=reload_refused") == 1; }));
        CHECK(log.count("event=tls_reloaded") == 0);
        CHECK(log.count("event=pack_reloaded") == 0);
    }
    SECTION("a faulty certificate keeps pack and accounts") {
        std::ofstream(files.certificate()) << "no certificate";
        gateway.change(listener(files, "kata-sandi-2"));
        REQUIRE(gateway.wait_for([&] { return log.count("event=reload_refused") == 1; }));
        CHECK_THAT(log.text(), Catch::Contains(files.certificate()));
        CHECK(log.count("event=pack_reloaded") == 0);
        CHECK(log.count("event=accounts_reloaded") == 0);
    }
    files.become(renewed);
    gateway.change(listener(files, "kata-sandi-1"));
    REQUIRE(gateway.wait_for([&] { return log.count("event=pack_reloaded") == 1; }));
    CHECK(log.count("event=tls_reloaded name=modems") == 1);
    CHECK(log.count("event=accounts_reloaded channel=modems") == 1);
}

TEST_CASE("SIGHUP reads certificates where the file says they are now", "[reload][tls]") {
    const test::Certificate files("DNS:localhost"), renewed("DNS:localhost");
    test::Log log;
    WholeGateway gateway(log, listener(files, "kata-sandi-1"));
    std::ofstream(files.certificate()) << "no certificate";
    gateway.change(listener(renewed, "kata-sandi-1"));
    REQUIRE(gateway.wait_for([&] { return log.count("event=pack_reloaded") == 1; }));
    CHECK(log.count("event=tls_reloaded name=modems") == 1);
}

TEST_CASE("SIGHUP refuses a pack that says what endangers its reader, and takes one whose examples are wrong",
          "[reload][pack]") {
    const std::string boxes = "[[channel.account]]\nsystem_id = \"box1\"\npassword = \"kata-sandi-1\"\n";
    test::Log log;
    WholeGateway gateway(log, boxes);
    understand::SpoiltPack pack;
    gateway.pack = pack.folder();
    SECTION("a forbidden word") {
        pack.replace("replies.toml", "Pesan diterima", "Polisi datang");
        gateway.change(boxes);
        REQUIRE(gateway.wait_for([&] { return log.count("event=reload_refused") == 1; }));
        CHECK_THAT(log.text(), Catch::Contains("replies.toml:"));
        CHECK(log.count("event=pack_reloaded") == 0);
    }
    SECTION("a wrong example") {
        pack.replace("examples.toml", "intent = \"report\"", "intent = \"stop\"");
        gateway.change(boxes);
        REQUIRE(gateway.wait_for([&] { return log.count("event=pack_reloaded") == 1; }));
        CHECK(gateway.wait_for([&] { return log.count("event=pack_not_proven") == 1; }));
    }
}

TEST_CASE("readiness names a listener that cannot take connections, until it can again", "[readyz]") {
    test::Log log;
    WholeGateway gateway(log, "[[channel.account]]\nsystem_id = \"box1\"\npassword = \"kata-sandi-1\"\n");
    Asker operators(gateway);
    CHECK(operators.ask("/readyz").find("channel:modems") == std::string::npos);
    tcp::socket box(gateway.loop());
    box.open(tcp::v4());
    {
        const NoMoreDescriptors full;
        box.connect({net::asio::ip::address_v4::loopback(), gateway.port()});
        REQUIRE(gateway.wait_for([&] { return log.count("event=accept_failed channel=modems") > 0; }));
        const auto said = operators.ask("/readyz");
        CHECK(said.find("channel:modems") != std::string::npos);
        CHECK(said.find("accept_failed") != std::string::npos);
    }
    CHECK(gateway.wait_for([&] { return operators.ask("/readyz").find("channel:modems") == std::string::npos; }));
    CHECK(gateway.bind("box1", "kata-sandi-1") == smpp::CommandStatus::ok);
}

}  // namespace jejak::tests
