#pragma once
#include <cstddef>
#include <cstdint>

namespace jejak::smpp {

}  // namespace jejak::smpp
