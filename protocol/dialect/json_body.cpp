#include "protocol/dialect/json_body.hpp"

#include <boost/json/parser.hpp>

namespace jejak::dialect {
namespace {

constexpr std::size_t depth_max = 8;

}  // namespace

JsonBody::JsonBody(std::string_view text) : memory_(buffer_.data(), buffer_.size()) {
    boost::json::parse_options options;
    options.max_depth = depth_max;
    options.allow_invalid_utf8 = true;
    std::array<unsigned char, 1024> scratch;
    boost::json::parser parser({}, options, scratch.data(), scratch.size());
    parser.reset(&memory_);
    boost::system::error_code error;
    parser.write(text.data(), text.size(), error);
    if (!error) value_ = parser.release();
}

}  // namespace jejak::dialect
