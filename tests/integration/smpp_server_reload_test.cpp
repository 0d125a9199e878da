// Who may bind to us, read anew while others are bound: at the listener, and through the whole gateway with SIGHUP.
#include <boost/asio/read.hpp>
#include <csignal>
#include <fstream>

#include "gateway/gateway.hpp"
#include "tests/support/log.hpp"
#include "tests/support/on_loop.hpp"
#include "tests/support/smpp_server.hpp"

namespace jejak::tests {
namespace {

using namespace std::chrono_literals;
using smpp::BindKind;

SmppAccountOptions from(SmppAccountOptions account, const char* range) {
    account.allow = {*net::parse_range(range)};
    return account;
}

/// What the peer hears when its account does not allow the bind any more.
void is_unbound(Esme& esme) {
    esme.answer(esme.next(CommandId::unbind));
    CHECK(esme.over());
}

CommandStatus bind_as(Listening& listening, const std::string& name, const std::string& password = "secret1") {
    Esme esme(listening);
    return esme.bind(BindKind::transceiver, name, password);
}

}  // namespace

TEST_CASE("B4: accounts that are read anew decide every bind from then on, and who may still be bound is not disturbed",
          "[smpp][server][reload][B4]") {
    test::Log log;
    Listening listening(modem_boxes({box("box1"), box("box2"), box("box3")}));
    Esme changed(listening), removed(listening), same(listening);
    REQUIRE(changed.bind(BindKind::transceiver, "box1") == CommandStatus::ok);
    REQUIRE(removed.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
    REQUIRE(same.bind(BindKind::transceiver, "box3") == CommandStatus::ok);

    listening.server->reload_accounts(modem_boxes({box("box1", "secret2"), box("box3"), box("box4")}));
    CHECK(log.count("event=accounts_reloaded channel=modems accounts=3 added=1 changed=1 removed=1 unbinding=2") == 1);
    CHECK(log.text().find("secret") == std::string::npos);
    is_unbound(changed);
    is_unbound(removed);
    CHECK(same.submit("628400000001", "LAPOR calo di Sebunga").status() == CommandStatus::ok);
    same.answer(same.next(CommandId::deliver_sm));
    CHECK(bind_as(listening, "box1", "secret2") == CommandStatus::ok);
    CHECK(bind_as(listening, "box4") == CommandStatus::ok);
    CHECK(bind_as(listening, "box1") == CommandStatus::bind_failed);
    CHECK(bind_as(listening, "box2") == CommandStatus::bind_failed);

    listening.server->reload_accounts(modem_boxes());  // it comes back
    CHECK(bind_as(listening, "box2") == CommandStatus::ok);
    is_unbound(same);
    CHECK(listening.wait_for([&] { return listening.server->bound() == 0; }));
}

TEST_CASE("a bind that its account does not allow any more has its answers first", "[smpp][server][reload][B22]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    esme.ask_submit("628400000001", "LAPOR calo di Sebunga");
    REQUIRE(listening.wait_for([&] { return listening.village.intake->in_flight() == 1; }));
    listening.server->reload_accounts(modem_boxes({box("box2")}));
    const auto answer = esme.next();
    CHECK(answer.answers(CommandId::submit_sm));
    CHECK(answer.status() == CommandStatus::ok);
    is_unbound(esme);
    CHECK(listening.texts() == std::vector<std::string>{"LAPOR calo di Sebunga"});
}

TEST_CASE("B4, B27: the addresses, kinds and limits of an account that are read anew hold at once",
          "[smpp][server][reload][B4][B27]") {
    Listening listening;
    Esme first(listening), second(listening);
    REQUIRE(first.bind() == CommandStatus::ok);
    REQUIRE(second.bind(BindKind::transmitter) == CommandStatus::ok);
    SECTION("fewer binds: those that are stay, one more is one too many") {
        auto account = box("box1");
        account.sessions_max = 1;
        listening.server->reload_accounts(modem_boxes({account}));
        CHECK(bind_as(listening, "box1") == CommandStatus::already_bound);
        CHECK(listening.server->bound() == 2);
        auto options = modem_boxes({box("box1")});
        options.sessions_max = 2;
        listening.server->reload_accounts(options);
        CHECK(bind_as(listening, "box1") == CommandStatus::bind_failed);
    }
    SECTION("another window: binds of before keep theirs") {
        auto account = box("box1");
        account.window = 1;
        listening.server->reload_accounts(modem_boxes({account}));
        CHECK(first.submit("628400000001", "LAPOR calo di Sebunga").status() == CommandStatus::ok);
        CHECK(listening.server->bound() == 2);
    }
    SECTION("other addresses") {
        listening.server->reload_accounts(modem_boxes({from(box("box1"), "192.0.2.0/24")}));
        is_unbound(first);
        is_unbound(second);
        CHECK(bind_as(listening, "box1") == CommandStatus::bind_failed);
        listening.server->reload_accounts(modem_boxes({from(box("box1"), "127.0.0.0/8")}));
        CHECK(bind_as(listening, "box1") == CommandStatus::ok);
    }
    SECTION("other kinds") {
        auto account = box("box1");
        account.transmitter = false;
        listening.server->reload_accounts(modem_boxes({account}));
        is_unbound(second);
        CHECK(listening.wait_for([&] { return listening.server->bound() == 1; }));
        CHECK(first.submit("628400000001", "LAPOR calo di Sebunga").status() == CommandStatus::ok);
    }
}

TEST_CASE("B4: a bind that is being judged while its account goes does not get in", "[smpp][server][reload][B4]") {
    auto hashed = box("box1", "");
    hashed.password_hash = channel::hash_password("secret1");
    Listening listening(modem_boxes({hashed, box("box2")}));
    Esme esme(listening);
    esme.ask_bind(BindKind::transceiver, "box1", "secret1");
    listening.wait_for([] { return false; }, 20ms);  // the check takes longer, mostly; what follows holds in any case
    listening.server->reload_accounts(modem_boxes({box("box2")}));
    if (const auto answer = esme.next(); answer.status() == CommandStatus::ok) {
        is_unbound(esme);
    } else {
        CHECK(answer.status() == CommandStatus::bind_failed);
        CHECK(esme.over());
    }
    CHECK(listening.wait_for([&] { return listening.server->bound() == 0; }));
}

TEST_CASE("an account that goes takes no replies with it, and has them when it comes back", "[smpp][server][reload]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    listening.server->reload_accounts(modem_boxes({box("box2")}));
    CHECK_FALSE(listening.server->ready());
    CHECK(listening.server->ready_accounts().empty());
    is_unbound(esme);
    listening.server->reload_accounts(modem_boxes({box("box1")}));
    Esme again(listening);
    REQUIRE(again.bind() == CommandStatus::ok);
    CHECK(listening.server->ready());
    again.ask_submit("628400000001", "LAPOR calo di Sebunga");
    CHECK(again.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    const auto reply = again.next(CommandId::deliver_sm);
    again.answer(reply);
}

// ---- The whole gateway

namespace {

/// A gateway of one listener whose configuration is a file.
class WithFile {
public:
    explicit WithFile(const std::string& accounts)
        : folder_(std::filesystem::temp_directory_path() / ("jejak-reload-" + std::to_string(getpid()))),
          port_(free_port()) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        storage::Vault::init(folder_ / "jejak.keys");
        write(accounts);
        auto loaded = load_config(file());
        for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
        REQUIRE(loaded.config);
        gateway_ = std::make_unique<Gateway>(loop_.get_executor(), std::move(*loaded.config), file());
        net::asio::co_spawn(loop_, gateway_->run([this](const std::string&) { ready_ = true; }),
                            [this](std::exception_ptr error, int code) {
                                failed_ = error != nullptr || code != 0;
                                ended_ = true;
                            });
        REQUIRE(wait_for([this] { return ready_; }));
    }
    ~WithFile() {
        std::raise(SIGTERM);
        CHECK(wait_for([this] { return ended_; }));
        ::alarm(0);  // an orderly stop sets it
        CHECK_FALSE(failed_);
        gateway_.reset();
        std::filesystem::remove_all(folder_);
    }
    WithFile(const WithFile&) = delete;
    WithFile& operator=(const WithFile&) = delete;

    /// The file says something else, and the gateway is told so.
    void change(const std::string& accounts) {
        write(accounts);
        std::raise(SIGHUP);
    }
    /// What a bind hears; then the connection is closed.
    CommandStatus bind(const std::string& name, const std::string& password) {
        std::optional<CommandStatus> status;
        net::asio::co_spawn(loop_, ask(name, password), [&](std::exception_ptr error, CommandStatus heard) {
            CHECK_FALSE(error);
            status = heard;
        });
        REQUIRE(wait_for([&] { return status.has_value(); }));
        return *status;
    }
    bool wait_for(const std::function<bool()>& condition) {
        const auto until = std::chrono::steady_clock::now() + test::limit;
        while (!condition() && std::chrono::steady_clock::now() < until) {
            loop_.restart();
            loop_.run_one_for(20ms);
        }
        return condition();
    }

private:
    using tcp = net::asio::ip::tcp;

    static std::uint16_t free_port() {
        net::asio::io_context loop;
        const tcp::acceptor taken(loop, {net::asio::ip::address_v4::loopback(), 0});
        return taken.local_endpoint().port();
    }
    std::filesystem::path file() const { return folder_ / "jejak.toml"; }
    void write(const std::string& accounts) const {
        std::ofstream out(file());
        out << "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"" JEJAK_SOURCE_DIR
               "/deploy/packs/sambas\"\n[http]\nlisten = \"127.0.0.1:0\"\n[admin]\nsocket = \"jejak.sock\"\n"
               "[[channel]]\nname = \"modems\"\ntype = \"smpp-server\"\nservice_number = \"9840\"\n"
               "listen = \"127.0.0.1:"
            << port_ << "\"\n"
            << accounts;
        out.close();
        std::filesystem::permissions(file(), std::filesystem::perms(0600));
    }
    net::awaitable<CommandStatus> ask(std::string name, std::string password) {
        tcp::socket socket(loop_);
        co_await socket.async_connect({net::asio::ip::address_v4::loopback(), port_}, net::asio::use_awaitable);
        smpp::Bind pdu;
        pdu.system_id = name;
        pdu.password = password;
        pdu.interface_version = 0x34;
        std::vector<std::byte> out;
        smpp::encode_bind(BindKind::transceiver, pdu, 1, out);
        co_await net::asio::async_write(socket, net::asio::buffer(out), net::asio::use_awaitable);
        std::array<std::byte, smpp::header_size> header{};
        co_await net::asio::async_read(socket, net::asio::buffer(header), net::asio::use_awaitable);
        co_return static_cast<CommandStatus>(smpp::decode_header(header).command_status);
    }

    std::filesystem::path folder_;
    std::uint16_t port_;
    net::asio::io_context loop_;
    std::unique_ptr<Gateway> gateway_;
    bool ready_ = false, ended_ = false, failed_ = false;
};

std::string account(const std::string& name, const std::string& password) {
    return "[[channel.account]]\nsystem_id = \"" + name + "\"\npassword = \"" + password + "\"\n";
}

}  // namespace

TEST_CASE("SIGHUP reads the accounts of a listener anew, and a faulty file changes nothing",
          "[smpp][server][reload][B4]") {
    test::Log log;
    WithFile gateway(account("box1", "kata-sandi-1") + account("box2", "kata-sandi-2"));
    CHECK(gateway.bind("box1", "kata-sandi-1") == CommandStatus::ok);
    gateway.change(account("box1", "kata-sandi-9") + account("box3", "kata-sandi-3"));
    REQUIRE(gateway.wait_for([&] { return log.count("event=accounts_reloaded channel=modems accounts=2") == 1; }));
    CHECK(gateway.bind("box1", "kata-sandi-9") == CommandStatus::ok);
    CHECK(gateway.bind("box3", "kata-sandi-3") == CommandStatus::ok);
    CHECK(gateway.bind("box2", "kata-sandi-2") == CommandStatus::bind_failed);

    gateway.change(account("box4", "kata-sandi-4") + account("box4", "kata-sandi-4"));
    REQUIRE(gateway.wait_for([&] { return log.count("event=reload_refused") == 1; }));
    CHECK(gateway.bind("box4", "kata-sandi-4") == CommandStatus::bind_failed);
    CHECK(gateway.bind("box1", "kata-sandi-9") == CommandStatus::ok);
    CHECK(log.count("event=accounts_reloaded") == 1);
    CHECK(log.text().find("kata-sandi") == std::string::npos);
}

}  // namespace jejak::tests
