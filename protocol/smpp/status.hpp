#pragma once
#include <cstdint>

#include "protocol/smpp/types.hpp"

namespace jejak::smpp {

/// What a refusal means for the message it refuses, whoever sent it.
enum class ErrorClass : std::uint8_t {
    none,       ///< ESME_ROK
    permanent,  ///< the same message will be refused again
    temporary,  ///< later it may be taken
    throttle,   ///< too fast, or the queue is full: the same message, slower
    unknown     ///< not in either specification: treat as temporary a few times, then as permanent
};

/// source: SMPP 3.4 section 5.1.3, SMPP 5.0 section 4.7.6. Vendor ranges (0x400 and up) and reserved numbers are
/// unknown.
ErrorClass error_class(CommandStatus status);

}  // namespace jejak::smpp
