#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "gateway/net/await.hpp"
#include "protocol/time.hpp"

namespace jejak::sink {

/// One stored event on its way to one endpoint.
struct Outgoing {
    std::string id;    ///< public id of the event: the same at every attempt and replay
    std::string type;  ///< "alert.raised", …
    WallTime at{};
    std::string body;  ///< the serialised jejak.v1 message in full detail
    bool replayed = false;
};

/// What an attempt came to, as far as the dispatcher cares.
struct SendOutcome {
    enum class How : std::uint8_t {
        delivered,
        endpoint_down,  ///< whoever comes next would fare no better
        refused,        ///< this one delivery; the endpoint is there
        gone,           ///< the endpoint asks never to be sent to again
        unsendable      ///< our own mistake: the event cannot be told at all
    };
    How how = How::endpoint_down;
    std::optional<std::chrono::seconds> retry_after;
    std::string reason;  ///< one word for the log: "timeout", "http_503", …; never the URL or a body
};

/// Where events leave; one implementation per kind of endpoint.
class Sink {
public:
    virtual ~Sink() = default;
    /// Several may be under way at once. Takes no longer than the endpoint's timeout.
    virtual net::awaitable<SendOutcome> send(Outgoing event) = 0;
};

}  // namespace jejak::sink
