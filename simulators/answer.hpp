#pragma once
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "gateway/net/http_server.hpp"

namespace jejak::sim {

/// A body that is JSON already, with a line's end, as tools like it.
inline net::Answer answer_json(std::string body, unsigned status = 200) {
    net::Answer answer;
    answer.status = status;
    answer.content_type = "application/json";
    answer.body = std::move(body) + "\n";
    return answer;
}
inline net::Answer answer_value(const boost::json::value& value, unsigned status = 200) {
    return answer_json(boost::json::serialize(value), status);
}

}  // namespace jejak::sim
