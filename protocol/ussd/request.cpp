#include "protocol/ussd/request.hpp"

#include <algorithm>

#include "protocol/dialect/form.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::ussd {

boost::system::result<Request, dialect::Refusal> read_request(std::string_view body) {
    auto fields = dialect::parse_form(body);
    const auto find = [&](std::string_view name) {
        return std::find_if(fields.begin(), fields.end(), [&](const auto& one) { return one.first == name; });
    };
    Request request;
    request.ended = find("text") == fields.end() && find("status") != fields.end();
    struct Wanted {
        std::string_view name;
        std::string Request::*into;
        bool filled;  ///< an empty one is a missing one
        bool always;  ///< also in a notification
    };
    constexpr Wanted all[] = {{"sessionId", &Request::session, true, true},
                              {"serviceCode", &Request::service_code, false, false},
                              {"phoneNumber", &Request::number, true, false},
                              {"text", &Request::text, false, false}};
    for (const auto& wanted : all) {
        const auto found = find(wanted.name);
        const bool there = found != fields.end() && !(wanted.filled && found->second.empty());
        if (!there && (wanted.always || !request.ended)) {
            return dialect::Refusal{400, "Bad Request", "the field " + std::string(wanted.name) + " is missing"};
        }
        if (there) request.*wanted.into = sms::utf8::repaired(found->second);
    }
    return request;
}

std::string spell(std::string_view screen, bool end) {
    return (end ? "END " : "CON ") + std::string(screen);
}

}  // namespace jejak::ussd
