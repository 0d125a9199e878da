#pragma once
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/gateway.hpp"
#include "protocol/smpp/codec.hpp"
#include "tests/support/log.hpp"
#include "tests/support/on_loop.hpp"

namespace jejak::tests {

/// A gateway of one listener, "modems", whose configuration is a file; in this process, so that signals are raised.
class WholeGateway {
public:
    /// `log` tells which port the listener has. What follows the listener's own keys: `rest`.
    WholeGateway(test::Log& log, const std::string& rest)
        : folder_(std::filesystem::temp_directory_path() / ("jejak-reload-" + std::to_string(getpid()))) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        storage::Vault::init(folder_ / "jejak.keys");
        write(rest);
        auto loaded = load_config(file());
        for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
        REQUIRE(loaded.config);
        gateway_ = std::make_unique<Gateway>(loop_.get_executor(), std::move(*loaded.config), file());
        net::asio::co_spawn(loop_, gateway_->run([this](const std::string& http) { http_ = http; }),
                            [this](std::exception_ptr error, int code) {
                                failed_ = error != nullptr || code != 0;
                                ended_ = true;
                            });
        const std::string mark = "event=listening channel=modems address=127.0.0.1:";
        REQUIRE(wait_for([&] { return !http_.empty() && log.count(mark) == 1; }));
        const auto text = log.text();
        port_ = static_cast<std::uint16_t>(std::stoi(text.substr(text.find(mark) + mark.size())));
    }
    ~WholeGateway() {
        std::raise(SIGTERM);
        CHECK(wait_for([this] { return ended_; }));
        ::alarm(0);  // an orderly stop sets it
        CHECK_FALSE(failed_);
        gateway_.reset();
        std::filesystem::remove_all(folder_);
    }
    WholeGateway(const WholeGateway&) = delete;
    WholeGateway& operator=(const WholeGateway&) = delete;

    /// The file says something else, and the gateway is told so.
    void change(const std::string& rest) {
        write(rest);
        std::raise(SIGHUP);
    }
    /// What a bind hears; then the connection is closed.
    smpp::CommandStatus bind(const std::string& name, const std::string& password) {
        std::optional<smpp::CommandStatus> status;
        net::asio::co_spawn(loop_, ask(name, password), [&](std::exception_ptr error, smpp::CommandStatus heard) {
            CHECK_FALSE(error);
            status = heard;
        });
        REQUIRE(wait_for([&] { return status.has_value(); }));
        return *status;
    }
    /// Where it takes SMPP, and HTTP ("127.0.0.1:80").
    std::uint16_t port() const { return port_; }
    const std::string& http() const { return http_; }
    net::asio::io_context& loop() { return loop_; }
    const std::filesystem::path& folder() const { return folder_; }
    bool wait_for(const std::function<bool()>& condition) { return test::wait_until(loop_, condition); }

    std::filesystem::path pack = JEJAK_SOURCE_DIR "/deploy/packs/sambas";  ///< as change() writes it

private:
    using tcp = net::asio::ip::tcp;

    std::filesystem::path file() const { return folder_ / "jejak.toml"; }
    void write(const std::string& rest) const {
        std::ofstream out(file());
        out << "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"" << pack.string()
            << "\"\n[http]\nlisten = \"127.0.0.1:0\"\n[admin]\nsocket = \"jejak.sock\"\n"
               "[[channel]]\nname = \"modems\"\ntype = \"smpp-server\"\nservice_number = \"9840\"\n"
               "listen = \"127.0.0.1:0\"\n"
            << rest;
        out.close();
        std::filesystem::permissions(file(), std::filesystem::perms(0600));
    }
    net::awaitable<smpp::CommandStatus> ask(std::string name, std::string password) {
        tcp::socket socket(loop_);
        co_await socket.async_connect({net::asio::ip::address_v4::loopback(), port_}, net::asio::use_awaitable);
        smpp::Bind pdu;
        pdu.system_id = name;
        pdu.password = password;
        pdu.interface_version = 0x34;
        std::vector<std::byte> out;
        smpp::encode_bind(smpp::BindKind::transceiver, pdu, 1, out);
        co_await net::asio::async_write(socket, net::asio::buffer(out), net::asio::use_awaitable);
        std::array<std::byte, smpp::header_size> header{};
        co_await net::asio::async_read(socket, net::asio::buffer(header), net::asio::use_awaitable);
        co_return static_cast<smpp::CommandStatus>(smpp::decode_header(header).command_status);
    }

    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    std::string http_;
    net::asio::io_context loop_;
    std::unique_ptr<Gateway> gateway_;
    bool ended_ = false, failed_ = false;
};

}  // namespace jejak::tests
