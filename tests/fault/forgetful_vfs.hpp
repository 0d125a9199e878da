#pragma once
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>

/// An SQLite VFS over a disk that forgets: what was written stays in this process's memory until the file is synced, so
/// a SIGKILL loses every write that no sync covered, as a power cut would. All connections of the process share one
/// view; other processes see what was synced. It replaces the default VFS.
namespace jejak::forgetful {

using Offset = sqlite3_int64;
constexpr Offset page_size = 4'096;
using Page = std::array<char, page_size>;

/// What of one file is not on the disk yet.
struct Pending {
    std::mutex guard;
    std::map<Offset, Page> pages;  ///< by page number
    Offset size = -1;              ///< as the process sees it; -1: as on the disk
    Offset cut = -1;               ///< the smallest size it was truncated to since the last sync; -1: none
    bool log = false;              ///< it is a write-ahead log
    std::chrono::steady_clock::time_point synced{};
};

/// Above zero, the disk lies: it syncs a write-ahead log at most so often and says yes to every sync. For proving that
/// a test would notice.
inline std::chrono::milliseconds log_syncs_every{0};

inline std::shared_ptr<Pending> pending_of(const std::string& path, bool forget = false) {
    static std::mutex guard;
    static std::map<std::string, std::shared_ptr<Pending>> files;
    const std::lock_guard lock(guard);
    if (forget) files.erase(path);
    auto& found = files[path];
    if (!found) found = std::make_shared<Pending>();
    return found;
}

struct File {
    sqlite3_file base;
    std::shared_ptr<Pending>* pending;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
inline sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real();
}
inline Pending& pending(sqlite3_file* file) {
    return **reinterpret_cast<File*>(file)->pending;
}
inline sqlite3_vfs* system_vfs() {
    return sqlite3_vfs_find("unix");
}

inline int size_on_disk(sqlite3_file* file, Offset& size) {
    return real(file)->pMethods->xFileSize(real(file), &size);
}

inline int size_of(sqlite3_file* file, Pending& held, Offset& size) {
    if (held.size < 0) return size_on_disk(file, size);
    size = held.size;
    return SQLITE_OK;
}

/// The page as the process sees it: what is held back, else the disk's, zeros where that ends or was cut off.
inline int load(sqlite3_file* file, Pending& held, Offset number, Page& page) {
    if (const auto found = held.pages.find(number); found != held.pages.end()) {
        page = found->second;
        return SQLITE_OK;
    }
    page.fill(0);
    Offset end = 0;
    if (const int code = size_on_disk(file, end); code != SQLITE_OK) return code;
    if (held.cut >= 0) end = std::min(end, held.cut);
    const auto length = std::min(page_size, end - number * page_size);
    if (length <= 0) return SQLITE_OK;
    return real(file)->pMethods->xRead(real(file), page.data(), static_cast<int>(length), number * page_size);
}

inline int read(sqlite3_file* file, void* to, int length, sqlite3_int64 at) {
    auto& held = pending(file);
    const std::lock_guard lock(held.guard);
    Offset size = 0;
    if (const int code = size_of(file, held, size); code != SQLITE_OK) return code;
    auto* out = static_cast<char*>(to);
    std::memset(out, 0, static_cast<std::size_t>(length));
    for (Offset done = 0; done < length && at + done < size;) {
        const auto where = at + done;
        const auto offset = where % page_size;
        const auto take = std::min({page_size - offset, length - done, size - where});
        Page page;
        if (const int code = load(file, held, where / page_size, page); code != SQLITE_OK) return code;
        std::memcpy(out + done, page.data() + offset, static_cast<std::size_t>(take));
        done += take;
    }
    return at + length <= size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

inline int write(sqlite3_file* file, const void* from, int length, sqlite3_int64 at) {
    auto& held = pending(file);
    const std::lock_guard lock(held.guard);
    Offset size = 0;
    if (const int code = size_of(file, held, size); code != SQLITE_OK) return code;
    const auto* in = static_cast<const char*>(from);
    for (Offset done = 0; done < length;) {
        const auto where = at + done;
        const auto offset = where % page_size;
        const auto take = std::min(page_size - offset, length - done);
        Page page;
        if (const int code = load(file, held, where / page_size, page); code != SQLITE_OK) return code;
        std::memcpy(page.data() + offset, in + done, static_cast<std::size_t>(take));
        held.pages[where / page_size] = page;
        done += take;
    }
    held.size = std::max(size, at + length);
    return SQLITE_OK;
}

inline int truncate(sqlite3_file* file, sqlite3_int64 to) {
    auto& held = pending(file);
    const std::lock_guard lock(held.guard);
    held.pages.erase(held.pages.lower_bound((to + page_size - 1) / page_size), held.pages.end());
    if (const auto last = held.pages.find(to / page_size); last != held.pages.end()) {
        std::fill(last->second.begin() + to % page_size, last->second.end(), 0);
    }
    held.cut = held.cut < 0 ? to : std::min(held.cut, to);
    held.size = to;
    return SQLITE_OK;
}

/// Everything held back goes to the disk, in the order a disk may choose, and then is synced.
inline int sync(sqlite3_file* file, int flags) {
    auto& held = pending(file);
    const std::lock_guard lock(held.guard);
    const auto now = std::chrono::steady_clock::now();
    if (held.log && now - held.synced < log_syncs_every) return SQLITE_OK;
    held.synced = now;
    const auto* disk = real(file)->pMethods;
    if (held.cut >= 0) {
        if (const int code = disk->xTruncate(real(file), held.cut); code != SQLITE_OK) return code;
    }
    for (const auto& [number, page] : held.pages) {
        const auto length = std::min(page_size, held.size - number * page_size);
        if (length <= 0) continue;
        const int code = disk->xWrite(real(file), page.data(), static_cast<int>(length), number * page_size);
        if (code != SQLITE_OK) return code;
    }
    held.pages.clear();
    held.size = held.cut = -1;
    return disk->xSync(real(file), flags);
}

inline int file_size(sqlite3_file* file, sqlite3_int64* size) {
    auto& held = pending(file);
    const std::lock_guard lock(held.guard);
    Offset found = 0;
    const int code = size_of(file, held, found);
    *size = found;
    return code;
}

inline int close(sqlite3_file* file) {
    delete reinterpret_cast<File*>(file)->pending;
    return real(file)->pMethods->xClose(real(file));
}

inline const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods table = [] {
        using F = sqlite3_file*;
        sqlite3_io_methods m{};
        m.iVersion = 2;  // shared memory of the log's index, no memory-mapped files
        m.xClose = close;
        m.xRead = read;
        m.xWrite = write;
        m.xTruncate = truncate;
        m.xSync = sync;
        m.xFileSize = file_size;
        m.xLock = [](F f, int level) { return real(f)->pMethods->xLock(real(f), level); };
        m.xUnlock = [](F f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
        m.xCheckReservedLock = [](F f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); };
        m.xFileControl = [](F f, int op, void* arg) {
            // The size hint and the chunk size would make the disk longer than what it was given.
            if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
            return real(f)->pMethods->xFileControl(real(f), op, arg);
        };
        m.xSectorSize = [](F f) { return real(f)->pMethods->xSectorSize(real(f)); };
        m.xDeviceCharacteristics = [](F) { return 0; };  // promises nothing
        m.xShmMap = [](F f, int region, int size, int extend, void volatile** out) {
            return real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
        };
        m.xShmLock = [](F f, int at, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), at, n, flags); };
        m.xShmBarrier = [](F f) { real(f)->pMethods->xShmBarrier(real(f)); };
        m.xShmUnmap = [](F f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
        return m;
    }();
    return &table;
}

inline int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* opened = reinterpret_cast<File*>(file);
    file->pMethods = nullptr;
    const int code = system_vfs()->xOpen(system_vfs(), name, opened->real(), flags, out);
    if (code != SQLITE_OK) return code;
    // A file without a name is a temporary one, known to nobody else.
    auto held = name != nullptr ? pending_of(name) : std::make_shared<Pending>();
    held->log = (flags & SQLITE_OPEN_WAL) != 0;
    opened->pending = new std::shared_ptr<Pending>(std::move(held));
    file->pMethods = methods();
    return SQLITE_OK;
}

inline int remove(sqlite3_vfs*, const char* name, int sync_folder) {
    pending_of(name, true);
    return system_vfs()->xDelete(system_vfs(), name, sync_folder);
}

/// Makes it the default for every database this process opens from now on. SQLITE_OK when that worked.
inline int install() {
    sqlite3_initialize();
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs copy = *system_vfs();
        copy.zName = "forgetful";
        copy.pNext = nullptr;
        copy.szOsFile = static_cast<int>(sizeof(File)) + system_vfs()->szOsFile;
        copy.xOpen = open;
        copy.xDelete = remove;
        return copy;
    }();
    return sqlite3_vfs_register(&vfs, 1);
}

}  // namespace jejak::forgetful
