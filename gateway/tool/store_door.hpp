#pragma once
#include <boost/json/object.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "gateway/config/config.hpp"
#include "storage/store.hpp"

namespace jejak::tool {

/// Rows read in one snapshot of the store: reading years of them must not hold the daemon's WAL.
constexpr std::size_t page_rows = 500;

/// One installation as its operator reaches it: configuration, keys, a look at the store, and the way in for changes.
/// Everything throws Failure or storage::KeyError.
class StoreDoor {
public:
    /// Reads the configuration; its faults become the Failure's lines.
    explicit StoreDoor(const std::filesystem::path& config_file);

    const Config& config() const { return config_; }
    /// Opened when first asked for.
    const storage::Vault& vault();
    /// A fresh snapshot, beside a daemon that may be writing. Keep it for a page, not for an export.
    std::unique_ptr<storage::View> view();

    /// Has one command of gateway/admin.hpp carried out, durably: by the running daemon, or by us when there is none.
    /// Returns the reply's body; a refusal is a Failure.
    boost::json::object change(std::string name, boost::json::object arguments);

private:
    Config config_;
    std::optional<storage::Vault> vault_;
};

/// "cli:root", or "cli:root/ana" under sudo: who is named in the audit trail.
std::string actor();

}  // namespace jejak::tool
