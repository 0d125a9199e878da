#pragma once
#include <memory>
#include <string>

#include "gateway/tool/tool.hpp"
#include "gateway/understand/pack/pack.hpp"

namespace jejak::tool {

/// The pack of a folder.
/// errors: Failure with a line for each fault
std::shared_ptr<const understand::Pack> load_pack_or_fail(const std::string& folder);

/// `jejak pack learn`
void add_pack_learn(CLI::App& pack, Family family);

}  // namespace jejak::tool
