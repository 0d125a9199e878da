#pragma once
#include <filesystem>
#include <vector>

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/rows.hpp"

namespace jejak::tests {

/// Every receipt that is kept, oldest first, whatever became of it: past the store, which nobody asks for this.
inline std::vector<storage::Receipt> receipt_rows(const std::filesystem::path& file) {
    storage::sqlite::Database::Options how;
    how.file = file;
    how.read_only = true;
    storage::sqlite::Database database(how);
    std::vector<storage::Receipt> rows;
    const auto keep = [&](const storage::sqlite::Row& row) {
        row.into(storage::sqlite::columns(rows.emplace_back()));
        return true;
    };
    database.each("SELECT * FROM receipt ORDER BY id", keep);
    return rows;
}

}  // namespace jejak::tests
