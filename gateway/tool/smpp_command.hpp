#pragma once
#include "gateway/tool/tool.hpp"

namespace jejak::tool {

/// The parser of `jejak smpp`, made by whoever asks first.
CLI::App& smpp_command(Family family);

}  // namespace jejak::tool
