#pragma once
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/net/await.hpp"

namespace jejak::net {

/// Looks up names, each on a thread of its own that ends with the answer. The system's lookup cannot be broken off: a
/// dead name server holds up neither the loop nor another name, and a thread that still waits for it is left behind
/// when this goes, with nothing of ours but the name. Whoever asks for a name that is being looked up gets the same
/// answer. Lives on the loop's thread.
class Lookup {
public:
    static constexpr std::size_t names_max = 16;  ///< looked up at once; one more is not

    struct Answer {
        std::vector<asio::ip::address> addresses;  ///< in the order in which the system would try them
        std::string fault;                         ///< why there are none, in the system's words
    };

    explicit Lookup(asio::any_io_executor executor);
    ~Lookup();
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;

    /// Every address of `host`; an address in the usual notation needs no thread. Cancelling leaves at once, without an
    /// answer; the next who asks still gets it.
    awaitable<Answer> resolve(std::string host);

private:
    struct Question;
    struct State;
    struct Line;
    std::shared_ptr<Question> ask(const std::string& host);

    asio::any_io_executor executor_;
    std::shared_ptr<State> state_;
    std::shared_ptr<Line> line_;
};

}  // namespace jejak::net
