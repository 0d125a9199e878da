#pragma once
#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/store_fixture.hpp"

namespace jejak::storage::testing {

/// For a store in `folder` whose clock stands at `t0`.
inline SqliteOptions options_in(const TempFolder& folder) {
    SqliteOptions options;
    options.file = folder / "jejak.db";
    options.clock = t0;
    return options;
}

/// A connection past the store, as another program would have it.
class SqliteFile {
public:
    explicit SqliteFile(const std::filesystem::path& file) {
        REQUIRE(sqlite3_open(file.c_str(), &handle_) == SQLITE_OK);
        sqlite3_busy_timeout(handle_, 2'000);
    }
    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;
    ~SqliteFile() { sqlite3_close(handle_); }

    void run(const std::string& sql) { rows(sql); }
    /// Every row of the answer, its columns with bars between them.
    std::vector<std::string> rows(const std::string& sql) {
        std::vector<std::string> found;
        const auto keep = [](void* to, int count, char** values, char**) {
            std::string row;
            for (int i = 0; i < count; ++i) row.append(i == 0 ? "" : "|").append(values[i] ? values[i] : "NULL");
            static_cast<std::vector<std::string>*>(to)->push_back(std::move(row));
            return 0;
        };
        const int code = sqlite3_exec(handle_, sql.c_str(), keep, &found, nullptr);
        INFO(sqlite3_errmsg(handle_));
        REQUIRE(code == SQLITE_OK);
        return found;
    }
    /// Rows that the last statement changed.
    int changes() const { return sqlite3_changes(handle_); }

private:
    sqlite3* handle_ = nullptr;
};

}  // namespace jejak::storage::testing
