#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/tool/tool.hpp"
#include "gateway/understand/pack/pack.hpp"

namespace jejak::tool {

/// The pack of a folder.
/// errors: Failure with a line for each fault
std::shared_ptr<const understand::Pack> load_pack_or_fail(const std::string& folder);

/// Every fault on a line of its own, "FOLDER/words.toml:12: …": the file as it can be opened, no line where none is
/// known.
std::string fault_lines(const std::string& folder, const std::vector<understand::PackFault>& faults);

/// `jejak pack learn`
void add_pack_learn(CLI::App& pack, Family family);

}  // namespace jejak::tool
