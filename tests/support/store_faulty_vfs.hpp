#pragma once
#include <sqlite3.h>

#include <atomic>
#include <cstring>

/// An SQLite VFS over the system's one whose files fail on demand: a disk that breaks, fills up or turns read-only.
namespace jejak::storage::testing {

struct Faults {
    std::atomic<int> on_write{SQLITE_OK};  ///< what every write answers
    std::atomic<int> on_sync{SQLITE_OK};   ///< what every sync answers
    std::atomic<int> on_open{SQLITE_OK};   ///< what every open answers
    std::atomic<int> syncs{0};             ///< syncs that reached the disk
};
inline Faults faults;

namespace faulty {

struct File {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
inline sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real();
}
inline sqlite3_vfs* system_vfs() {
    return sqlite3_vfs_find("unix");
}

inline const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods table = [] {
        sqlite3_io_methods m{};
        m.iVersion = 2;
        m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
        m.xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
            return real(f)->pMethods->xRead(real(f), to, n, at);
        };
        m.xWrite = [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
            if (const int code = faults.on_write) return code;
            return real(f)->pMethods->xWrite(real(f), from, n, at);
        };
        m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); };
        m.xSync = [](sqlite3_file* f, int flags) {
            if (const int code = faults.on_sync) return code;
            ++faults.syncs;
            return real(f)->pMethods->xSync(real(f), flags);
        };
        m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); };
        m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
        m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
        m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
            return real(f)->pMethods->xCheckReservedLock(real(f), out);
        };
        m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
            return real(f)->pMethods->xFileControl(real(f), op, arg);
        };
        m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
        m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
        m.xShmMap = [](sqlite3_file* f, int region, int size, int extend, void volatile** out) {
            return real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
        };
        m.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
            return real(f)->pMethods->xShmLock(real(f), at, n, flags);
        };
        m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
        m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
        return m;
    }();
    return &table;
}

}  // namespace faulty

/// Registers the VFS once, with no faults; its name.
inline const char* faulty_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_initialize();
        sqlite3_vfs copy = *faulty::system_vfs();
        copy.zName = "faulty";
        copy.pNext = nullptr;
        copy.szOsFile = static_cast<int>(sizeof(faulty::File)) + faulty::system_vfs()->szOsFile;
        copy.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) -> int {
            file->pMethods = nullptr;
            if (const int code = faults.on_open) return code;
            const int code = faulty::system_vfs()->xOpen(faulty::system_vfs(), name, faulty::real(file), flags, out);
            if (code == SQLITE_OK) file->pMethods = faulty::methods();
            return code;
        };
        return copy;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    faults.on_write = faults.on_sync = faults.on_open = registered;  // SQLITE_OK
    return "faulty";
}

}  // namespace jejak::storage::testing
