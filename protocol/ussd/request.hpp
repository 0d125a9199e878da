#pragma once
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "protocol/dialect/dialect.hpp"

/// USSD over HTTP: one form request a turn, answered by the next screen.
/// source: Africa's Talking USSD API, as documented
namespace jejak::ussd {

struct Request {
    std::string session;       ///< sessionId
    std::string service_code;  ///< serviceCode: "*384#"
    std::string number;        ///< phoneNumber as the wire spells it
    std::string text;          ///< all inputs so far joined by `*`; "" when the session begins
    bool ended = false;        ///< a notification that the session is over: fields of a status, no `text`
};

/// Reads an `application/x-www-form-urlencoded` body. errors: 400 naming the first field that is missing.
boost::system::result<Request, dialect::Refusal> read_request(std::string_view body);

/// "CON " before a screen that asks for more, "END " before the last one.
std::string spell(std::string_view screen, bool end);

}  // namespace jejak::ussd
