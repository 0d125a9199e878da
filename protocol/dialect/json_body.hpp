#pragma once
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace jejak::dialect {

/// A request's JSON, in memory that lives as long as this; most messages fit the buffer and allocate nothing. Nesting
/// is bounded. Octets that are no UTF-8 come from phones and modems, and are the message: they are let through inside
/// strings.
class JsonBody {
public:
    explicit JsonBody(std::string_view text);
    JsonBody(const JsonBody&) = delete;
    JsonBody& operator=(const JsonBody&) = delete;

    /// Null when the text was no JSON object.
    const boost::json::object* object() const { return value_.if_object(); }

private:
    std::array<unsigned char, 4096> buffer_;
    boost::json::monotonic_resource memory_;
    boost::json::value value_;
};

}  // namespace jejak::dialect
