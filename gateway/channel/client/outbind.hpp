#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>

#include "gateway/channel/smpp_link.hpp"
#include "gateway/config/config.hpp"
#include "gateway/net/task_group.hpp"

namespace jejak::channel {

/// A small listener for an SMSC that asks to be bound to (outbind, SMPP 3.4 section 4.1.7). Whoever is not allowed is
/// closed at once, and nothing is said to anybody: an outbind is answered by connecting to the configured address and
/// no other, inside TLS where the channel has it. The outbind itself comes without: it says nothing but that we may
/// come. Lives on the loop's thread.
class OutbindListener : private SmppLinkOwner {
public:
    static constexpr std::size_t connections_max = 4;
    static constexpr std::chrono::seconds stop_limit{2};
    static constexpr std::chrono::milliseconds accept_pause{200};  ///< after running out of descriptors

    /// Listens at once; `heard` is called for every outbind. errors: throws std::runtime_error with one line for the
    /// operator.
    OutbindListener(const SmppChannelOptions& options, net::asio::any_io_executor executor,
                    std::function<void()> heard);

    /// Until asked to stop.
    net::awaitable<void> run();
    std::string address() const { return address_; }  ///< with the port that was taken

private:
    void admit(net::asio::ip::tcp::socket socket);
    net::awaitable<void> serve(net::asio::ip::tcp::socket socket);
    void on_event(SmppLink& link, smpp::Event& event) override;
    void hear(const smpp::Outbind& outbind);
    void fill(SmppLink&, SteadyTime) override {}
    SteadyTime wake_at(SteadyTime) const override { return SteadyTime::max(); }

    const SmppChannelOptions& options_;
    std::function<void()> heard_;
    net::asio::ip::tcp::acceptor acceptor_;
    net::asio::steady_timer pause_;
    std::string address_;
    net::TaskGroup tasks_;
};

}  // namespace jejak::channel
