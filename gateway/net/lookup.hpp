#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/net/await.hpp"

namespace jejak::net {

/// Looks up names on a thread of its own, made at the first name: Asio has one for the whole loop, and a dead name
/// server of one endpoint must not hold up the others. Addresses in the usual notation need no thread.
class Lookup {
public:
    explicit Lookup(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Every address of `host`; empty when there is none. Cancelling leaves at once; the answer then goes nowhere.
    awaitable<std::vector<asio::ip::tcp::endpoint>> resolve(std::string host, std::string port);

private:
    asio::any_io_executor executor_;
    std::unique_ptr<asio::thread_pool> thread_;
};

}  // namespace jejak::net
