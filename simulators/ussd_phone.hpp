#pragma once
#include <string>

#include "gateway/net/http_client.hpp"

namespace jejak::sim {

/// Where a phone's USSD goes: to the control port of the SMSC simulator, or to a gateway as an aggregator sends it.
struct UssdWay {
    bool smsc = false;
    std::string target = "/ussd";  ///< of the request: of an aggregator `/v1/ussd/NAME`
    std::string key;               ///< the channel's, for an aggregator
};

/// What a phone shows after a key.
struct UssdScreen {
    std::string text;
    bool end = false;
    std::string fault;  ///< why there is no screen; empty when there is one
};

/// A phone that walks USSD menus, one session at a time.
class UssdPhone {
public:
    UssdPhone(net::HttpClient& client, UssdWay way, std::string number);

    net::awaitable<UssdScreen> dial(const std::string& code);
    net::awaitable<UssdScreen> press(const std::string& input);
    /// The network tells the gateway that the session is over.
    net::awaitable<UssdScreen> hang_up();

private:
    net::awaitable<UssdScreen> ask_gateway(std::string field, std::string value);
    net::awaitable<UssdScreen> ask_smsc(std::string field, std::string value);

    net::HttpClient& client_;
    UssdWay way_;
    std::string number_;
    std::string session_, code_, text_;
    bool pressed_ = false;
};

/// A screen as a phone draws it: lines in a frame.
std::string framed(const UssdScreen& screen);

}  // namespace jejak::sim
