// How a host is reached that has several addresses, some of them dead, and a name server that may be.
#include <atomic>

#include "gateway/net/address.hpp"
#include "gateway/net/connecting.hpp"
#include "tests/support/names.hpp"
#include "tests/support/on_loop.hpp"

using namespace jejak;
using namespace jejak::net;
using namespace std::chrono_literals;
using test::DeadHost;
using test::Names;
using tcp = asio::ip::tcp;

namespace {

/// Listens, and takes whoever comes: the kernel does.
struct Host {
    explicit Host(const std::string& address, std::uint16_t port = 0)
        : acceptor(loop, tcp::endpoint(asio::ip::make_address(address), port)) {}
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
    asio::io_context loop;
    tcp::acceptor acceptor;
};

tcp::endpoint at(const std::string& address, std::uint16_t port) {
    return {asio::ip::make_address(address), port};
}

ConnectOptions quick() {
    ConnectOptions options;
    options.address_limit = 100ms;
    return options;
}

struct Attempt {
    std::optional<tcp::endpoint> reached;
    std::optional<ConnectFault> fault;
    std::optional<tcp::endpoint> last;
    std::string detail;
};

Attempt attempt(const std::string& host, std::uint16_t port, ConnectOptions options = quick()) {
    Attempt result;
    auto body = [&](asio::io_context& loop) -> awaitable<void> {
        Lookup lookup(loop.get_executor());
        Connecting connecting(lookup, host, port, options);
        auto socket = co_await connecting.next();
        if (socket) result.reached = socket->remote_endpoint();
        result.fault = connecting.fault();
        result.last = connecting.address();
        result.detail = connecting.detail();
    };
    test::on_loop(body);
    return result;
}

bool has_v6() {
    asio::io_context loop;
    boost::system::error_code error;
    tcp::acceptor acceptor(loop);
    acceptor.open(tcp::v6(), error);
    if (!error) acceptor.bind(at("::1", 0), error);
    return !error;
}

}  // namespace

TEST_CASE("an address that never answers does not stand for the others of its name", "[connecting]") {
    Names names;
    names.set("mixed.test", {"127.0.0.2", "127.0.0.3"});
    const DeadHost dead("127.0.0.2");
    const Host there("127.0.0.3", dead.port());
    const auto got = attempt("mixed.test", dead.port());
    CHECK(got.reached == at("127.0.0.3", dead.port()));
    CHECK_FALSE(got.fault);
}

TEST_CASE("a failed connection says which of its steps failed", "[connecting]") {
    Names names;
    names.set("unknown.test", {});
    names.hang("silent.test");
    names.set("dead.test", {"127.0.0.2", "127.0.0.2"});
    names.set("closed.test", {"127.0.0.3"});
    names.set("private.test", {"192.0.43.8", "10.0.0.1"});
    const DeadHost dead("127.0.0.2");
    struct Row {
        const char* host;
        std::string_view fault;
        bool tried, detail;
    };
    const auto row = GENERATE(values<Row>({
        {"unknown.test", "unresolved", false, true},
        {"silent.test", "lookup_timeout", false, false},
        {"dead.test", "connect_timeout", true, false},
        {"closed.test", "refused", true, true},
        {"127.0.0.3", "refused", true, true},
        {"private.test", "private_address", false, false},
        {"255.255.255.255", "unreachable", true, true},
    }));
    CAPTURE(row.host);
    auto options = quick();
    options.public_only = row.fault == "private_address";
    if (row.fault == "lookup_timeout") options.lookup_limit = 300ms;
    const auto got = attempt(row.host, dead.port(), options);
    CHECK_FALSE(got.reached);
    REQUIRE(got.fault);
    CHECK(to_string(*got.fault) == row.fault);
    CHECK(got.last.has_value() == row.tried);
    CHECK(got.detail.empty() != row.detail);
}

TEST_CASE("the address behind the one that failed the last time is tried first, and no more than so many",
          "[connecting]") {
    Names names;
    names.set("three.test", {"127.0.0.2", "127.0.0.3", "127.0.0.4"});
    const Host first("127.0.0.2");
    const Host second("127.0.0.3", first.port());
    const Host third("127.0.0.4", first.port());
    const auto port = first.port();
    const std::pair<std::optional<tcp::endpoint>, const char*> rows[] = {
        {std::nullopt, "127.0.0.2"},          {at("127.0.0.2", port), "127.0.0.3"},
        {at("127.0.0.3", port), "127.0.0.4"}, {at("127.0.0.4", port), "127.0.0.2"},
        {at("127.0.0.9", port), "127.0.0.2"},
    };
    for (const auto& [behind, expected] : rows) {
        auto options = quick();
        options.behind = behind;
        CHECK(attempt("three.test", port, options).reached == at(expected, port));
    }
    // Nobody is there at the first two: with two tries the third has its turn the next time.
    names.set("three.test", {"127.0.0.5", "127.0.0.6", "127.0.0.4"});
    auto options = quick();
    options.addresses_max = 2;
    const auto failed = attempt("three.test", port, options);
    CHECK_FALSE(failed.reached);
    options.behind = failed.last;
    CHECK(attempt("three.test", port, options).reached == at("127.0.0.4", port));
}

TEST_CASE("whoever finds nothing of use at an address is given the next one, each once", "[connecting]") {
    Names names;
    names.set("two.test", {"127.0.0.2", "127.0.0.3"});
    const Host first("127.0.0.2");
    const Host second("127.0.0.3", first.port());
    auto body = [&](asio::io_context& loop) -> awaitable<void> {
        Lookup lookup(loop.get_executor());
        Connecting connecting(lookup, "two.test", first.port(), quick());
        for (const auto* expected : {"127.0.0.2", "127.0.0.3"}) {
            const auto socket = co_await connecting.next();
            CHECK(socket.has_value());
            CHECK(connecting.address() == at(expected, first.port()));
        }
        const auto none = co_await connecting.next();
        CHECK_FALSE(none.has_value());
    };
    test::on_loop(body);
    CHECK(names.asked("two.test") == 1);
}

TEST_CASE("a name with addresses of both families is reached by the one that is there", "[connecting]") {
    if (!has_v6()) {
        WARN("no IPv6 on this machine");
        return;
    }
    Names names;
    const std::string here = GENERATE("127.0.0.2", "::1");
    const std::string gone = here == "::1" ? "127.0.0.2" : "::1";
    const bool dead = GENERATE(false, true);
    const Host there(here);
    std::optional<DeadHost> silent;
    if (dead) silent.emplace(gone, there.port());
    names.set("both.test", {gone, here});
    CHECK(attempt("both.test", there.port()).reached == at(here, there.port()));
    CHECK(attempt(here, there.port()).reached == at(here, there.port()));
}

TEST_CASE("one private address among public ones is enough, wherever it stands, and nobody is connected to",
          "[connecting][ssrf]") {
    Names names;
    std::vector<std::string> many(12, "192.0.43.8");
    const std::string hidden = GENERATE("127.0.0.1", "10.0.0.1", "::ffff:127.0.0.1", "fd00::1");
    many[GENERATE(0U, 1U, 11U)] = hidden;
    names.set("rebound.test", many);
    auto options = quick();
    options.public_only = true;
    const auto got = attempt("rebound.test", 443, options);
    CHECK(got.fault == ConnectFault::private_address);
    CHECK_FALSE(got.last);
}

TEST_CASE("a stop ends an attempt at once, whatever it waits for", "[connecting]") {
    Names names;
    names.hang("silent.test");
    const DeadHost dead("127.0.0.2");
    const std::string host = GENERATE("silent.test", "127.0.0.2");
    asio::io_context loop(1);
    std::optional<TaskGroup> group(loop.get_executor());
    auto lookup = std::make_unique<Lookup>(loop.get_executor());
    bool began = false, reached = false;
    auto task = [&]() -> awaitable<void> {
        co_await asio::this_coro::throw_if_cancelled(false);
        Connecting connecting(*lookup, host, dead.port());
        began = true;
        const auto socket = co_await connecting.next();
        reached = socket.has_value();
    };
    group->spawn("attempt", task());
    REQUIRE(test::wait_until(loop, [&] { return began && (host != "silent.test" || names.asked(host) == 1); }));
    const auto asked_to_stop = std::chrono::steady_clock::now();
    group->stop();
    REQUIRE(test::wait_until(loop, [&] { return group->size() == 0; }));
    lookup.reset();  // the thread that hangs is left behind
    CHECK(std::chrono::steady_clock::now() - asked_to_stop < 1s);
    CHECK_FALSE(group->failed());
    CHECK_FALSE(reached);
}

TEST_CASE("a name that hangs holds up no other, and is asked for once however many wait", "[connecting]") {
    Names names;
    names.hang("silent.test");
    names.set("well.test", {"127.0.0.2"});
    asio::io_context loop(1);
    Lookup lookup(loop.get_executor());
    TaskGroup group(loop.get_executor());
    std::size_t answered = 0;
    const auto ask = [&](std::string name, std::size_t expected) -> awaitable<void> {
        const auto answer = co_await lookup.resolve(std::move(name));
        CHECK(answer.addresses.size() == expected);
        ++answered;
    };
    for (int i = 0; i < 5; ++i) group.spawn("ask", ask("silent.test", 1));
    group.spawn("ask", ask("well.test", 1));
    CHECK(test::wait_until(loop, [&] { return answered == 1 && names.asked("silent.test") == 1; }));
    names.set("silent.test", {"127.0.0.3"});
    names.let_go();
    CHECK(test::wait_until(loop, [&] { return answered == 6; }));
    CHECK(names.asked("silent.test") == 1);
    group.spawn("ask", ask("silent.test", 1));  // what was answered is asked again
    CHECK(test::wait_until(loop, [&] { return answered == 7; }));
    CHECK(names.asked("silent.test") == 2);
}

TEST_CASE("no more names are looked up at once than their bound, and whoever stopped waiting costs nothing",
          "[connecting]") {
    Names names;
    asio::io_context loop(1);
    Lookup lookup(loop.get_executor());
    TaskGroup group(loop.get_executor());
    std::size_t answered = 0;
    std::string fault;
    const auto ask = [&](std::string name) -> awaitable<void> {
        auto answer = co_await within(50ms, lookup.resolve(std::move(name)));
        if (answer) fault = answer->fault;
        ++answered;
    };
    for (std::size_t i = 0; i < Lookup::names_max; ++i) {
        const auto name = "silent" + std::to_string(i) + ".test";
        names.hang(name);
        for (int again = 0; again < 3; ++again) group.spawn("ask", ask(name));
    }
    CHECK(test::wait_until(loop, [&] { return answered == 3 * Lookup::names_max; }));
    CHECK(fault.empty());
    names.set("well.test", {"127.0.0.2"});
    group.spawn("ask", ask("well.test"));
    CHECK(test::wait_until(loop, [&] { return group.size() == 0; }));
    CHECK(fault == "too many names are being looked up");
    CHECK(names.asked("well.test") == 0);
    names.let_go();
    CHECK(test::wait_until(loop, [&] {
        if (group.size() == 0 && names.asked("well.test") == 0) group.spawn("ask", ask("well.test"));
        return names.asked("well.test") == 1;
    }));
    CHECK(test::wait_until(loop, [&] { return group.size() == 0; }));
}
