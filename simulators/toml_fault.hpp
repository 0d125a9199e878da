#pragma once
#include <toml++/toml.h>

#include <stdexcept>
#include <string>

namespace jejak::sim {

/// Ends the reading of a file: "line 12: …", so that its writer finds the place.
/// errors: std::invalid_argument, always
[[noreturn]] inline void fail(const toml::node& node, const std::string& what) {
    throw std::invalid_argument("line " + std::to_string(node.source().begin.line) + ": " + what);
}

}  // namespace jejak::sim
