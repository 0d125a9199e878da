#pragma once
#include <sqlite3.h>

#include <concepts>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/time.hpp"
#include "storage/error.hpp"
#include "storage/vault.hpp"

namespace jejak::storage::sqlite {

/// One row of an answer; valid until the next step.
class Row {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

    /// Reads columns from the left: integers, enumerations, times, texts, blobs, lookup keys, optionals, and ties of
    /// these.
    template <class... Values>
    void into(Values&&... values) const {
        int at = 0;
        (take(at, values), ...);
    }

private:
    template <class Value>
    void take(int& at, Value& value) const {
        read(at++, value);
    }
    template <class... Values>
    void take(int& at, const std::tuple<Values&...>& values) const {
        std::apply([&](auto&... each) { (take(at, each), ...); }, values);
    }
    template <class... Values>
    void take(int& at, std::tuple<Values&...>& values) const {
        take(at, std::as_const(values));
    }

    template <class Value>
    requires std::integral<Value> || std::is_enum_v<Value>
    void read(int at, Value& value) const { value = static_cast<Value>(sqlite3_column_int64(statement_, at)); }
    void read(int at, WallTime& value) const { value = from_ms(sqlite3_column_int64(statement_, at)); }
    void read(int at, std::string& value) const;
    void read(int at, Sealed& value) const;
    void read(int at, LookupKey& value) const;
    template <class Value>
    void read(int at, std::optional<Value>& value) const {
        value.reset();
        if (sqlite3_column_type(statement_, at) != SQLITE_NULL) read(at, value.emplace());
    }

    sqlite3_stmt* statement_;
};

/// A statement being bound and stepped. Resets it when it goes, so that it can be used again.
class Running {
public:
    Running(class Database& database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running();

    /// Binds from the left. Texts and blobs are not copied: they must outlive this.
    template <class... Values>
    void bind(const Values&... values) {
        (put(values), ...);
    }
    /// True: there is a row. False: done.
    bool step();
    Row row() const { return Row(statement_); }

private:
    template <class Value>
    requires std::integral<Value> || std::is_enum_v<Value>
    void put(Value value) { check(sqlite3_bind_int64(statement_, ++bound_, static_cast<sqlite3_int64>(value))); }
    void put(WallTime value) { put(to_ms(value)); }
    void put(std::string_view value) {
        check(sqlite3_bind_text(statement_, ++bound_, value.empty() ? "" : value.data(), static_cast<int>(value.size()),
                                SQLITE_STATIC));
    }
    void put(const std::string& value) { put(std::string_view(value)); }
    void put(std::span<const std::byte> value) {
        check(sqlite3_bind_blob(statement_, ++bound_, value.empty() ? "" : static_cast<const void*>(value.data()),
                                static_cast<int>(value.size()), SQLITE_STATIC));
    }
    void put(const Sealed& value) { put(std::span<const std::byte>(value)); }
    void put(const LookupKey& value) { put(std::span<const std::byte>(value)); }
    template <class Value>
    void put(const std::optional<Value>& value) {
        if (value) return put(*value);
        check(sqlite3_bind_null(statement_, ++bound_));
    }
    template <class... Values>
    void put(const std::tuple<Values...>& values) {
        std::apply([this](const auto&... each) { (this->put(each), ...); }, values);
    }
    void check(int code);

    Database& database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
};

/// One connection and its prepared statements. Used by one thread at a time. Every method throws storage::Error,
/// whose text never carries a value.
class Database {
public:
    struct Options {
        std::filesystem::path file;
        bool read_only = false;
        const char* vfs = nullptr;
        int cache_kib = 2'048;
        int busy_ms = 2'000;
    };

    explicit Database(const Options& options);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    /// Runs one or more statements without values, not kept prepared.
    void script(const char* sql);

    /// Runs one statement; the number of rows it changed. `sql` is prepared once and found again by its address, so
    /// it must be a literal or a constant.
    template <class... Values>
    int run(const char* sql, const Values&... values) {
        Running running(*this, prepared(sql));
        running.bind(values...);
        while (running.step()) {
        }
        return sqlite3_changes(handle_);
    }

    /// Calls `visit` with each row until it returns false. `visit` must not ask the same question again.
    template <class Visit, class... Values>
    void each(const char* sql, Visit visit, const Values&... values) {
        Running running(*this, prepared(sql));
        running.bind(values...);
        while (running.step()) {
            if (!visit(running.row())) return;
        }
    }

    /// The first column of the first row.
    template <class Value, class... Values>
    std::optional<Value> value(const char* sql, const Values&... values) {
        Running running(*this, prepared(sql));
        running.bind(values...);
        if (!running.step()) return std::nullopt;
        std::optional<Value> found;
        running.row().into(found);
        return found;
    }

    bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
    /// Undoes the transaction if there is one; SQLite itself may already have done so.
    void rollback() noexcept;

    /// The last error that concerns the whole database, kept until clear_trouble(): who swallowed it shall not hide it.
    const std::optional<Error>& trouble() const { return trouble_; }
    void clear_trouble() { trouble_.reset(); }

    /// Pages in the write-ahead log after the last commit of this connection.
    int wal_pages() const { return wal_pages_; }
    /// Copies the log into the database. `restart`: waits a little for readers, so that the log begins anew.
    void checkpoint(bool restart);

    [[noreturn]] void fail(int code);

private:
    sqlite3_stmt* prepared(const char* sql);

    sqlite3* handle_ = nullptr;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
    std::optional<Error> trouble_;
    int busy_ms_ = 0;
    int wal_pages_ = 0;
};

/// What an SQLite result code means for a batch.
Error::Kind kind_of(int code);

}  // namespace jejak::storage::sqlite
