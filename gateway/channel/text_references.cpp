#include "gateway/channel/text_references.hpp"

#include <sodium.h>

namespace jejak::channel {

TextReferences::TextReferences() : next_(static_cast<std::uint16_t>(randombytes_uniform(UINT16_MAX + 1U))) {}

}  // namespace jejak::channel
