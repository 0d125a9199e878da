#include "simulators/ussd_command.hpp"

#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <stdexcept>

#include "simulators/serve.hpp"
#include "simulators/ussd_phone.hpp"

namespace jejak::sim {
namespace {

constexpr std::size_t line_max = 1'024;

/// `http://host:port/path` in its two parts; an address without a scheme is http.
std::pair<std::string, std::string> split_url(std::string url) {
    if (url.find("://") == std::string::npos) url = "http://" + url;
    const auto path = url.find('/', url.find("://") + 3);
    if (path == std::string::npos) return {url, "/"};
    return {url.substr(0, path), url.substr(path)};
}

/// One session, from what it is told or from what is typed.
class Session {
public:
    Session(const UssdCommand& command, net::asio::any_io_executor executor) : command_(command), typed_(executor) {
        const bool by_smsc = !command.smsc.empty();
        const auto [host, path] = split_url(by_smsc ? command.smsc : command.url);
        net::HttpClientOptions options;
        options.allow_private_address = true;
        client_ = std::make_unique<net::HttpClient>(executor, host, options);
        phone_ = std::make_unique<UssdPhone>(*client_, UssdWay{by_smsc, by_smsc ? "/ussd" : path, command.key},
                                             command.from);
    }

    net::awaitable<void> run() {
        co_await net::asio::this_coro::throw_if_cancelled(false);
        auto screen = co_await phone_->dial(command_.dial);
        if (!show(screen)) co_return;
        for (const auto& input : command_.inputs) {
            if (screen.end) break;
            print_line("> " + input);
            screen = co_await phone_->press(input);
            if (!show(screen)) co_return;
        }
        while (!screen.end && command_.inputs.empty()) {
            const auto input = co_await next_line();
            if (!input) break;
            screen = co_await phone_->press(*input);
            if (!show(screen)) co_return;
        }
        if (!screen.end && command_.hang_up) co_await phone_->hang_up();
        well_ = true;
    }
    bool ended_well() const { return well_; }

private:
    bool show(const UssdScreen& screen) {
        print_line(screen.fault.empty() ? framed(screen) : "no screen: " + screen.fault);
        if (screen.fault.empty() && screen.end) print_line("(session over)");
        return screen.fault.empty();
    }

    /// Empty at the end of the input, or when asked to stop.
    net::awaitable<std::optional<std::string>> next_line() {
        if (!typed_.is_open()) typed_.assign(::dup(STDIN_FILENO));
        if (::isatty(STDIN_FILENO) == 1) print_line("press a key and Enter; Ctrl-D hangs up");
        const auto [error, size] = co_await net::asio::async_read_until(
            typed_, net::asio::dynamic_buffer(buffer_, line_max), '\n', net::use_tuple);
        if (error) co_return std::nullopt;
        auto line = buffer_.substr(0, size - 1);
        buffer_.erase(0, size);
        co_return line;
    }

    const UssdCommand& command_;
    net::asio::posix::stream_descriptor typed_;
    std::string buffer_;
    std::unique_ptr<net::HttpClient> client_;
    std::unique_ptr<UssdPhone> phone_;
    bool well_ = false;
};

}  // namespace

CLI::App* UssdCommand::add_to(CLI::App& app) {
    auto* cmd = app.add_subcommand("ussd", "a phone that dials a USSD service and walks its menus");
    auto* by_http = cmd->add_option("--url", url, "http://127.0.0.1:8080/v1/ussd/NAME: as an aggregator asks");
    cmd->add_option("--smsc", smsc, "control address of `jejak-sim smsc`: over SMPP")->excludes(by_http);
    cmd->add_option("--key", key, "the channel's key");
    cmd->add_option("--from", from, "the phone's number")->capture_default_str();
    cmd->add_option("--dial", dial, "what is dialled; inputs may stand behind it, as *384*1#")->capture_default_str();
    cmd->add_option("--input", inputs, "press these instead of asking: 1,1,5 (may be repeated)")->delimiter(',');
    cmd->add_flag("--hang-up", hang_up, "tell the gateway when the session is left before its end");
    cmd->footer(R"(Draws each screen; what is typed is pressed. Ends with 0 when every key was answered with a screen.

Example: jejak-sim ussd --url http://127.0.0.1:8080/v1/ussd/menu --key K --input 1,1,5,sebunga,1)");
    return cmd;
}

int UssdCommand::run() {
    if (url.empty() && smsc.empty()) throw std::runtime_error("--url or --smsc is needed");
    net::asio::io_context loop(1);
    Session session(*this, loop.get_executor());
    const int code = serve(loop, "ussd", session.run());
    return code != 0 ? code : session.ended_well() ? 0 : 1;
}

}  // namespace jejak::sim
