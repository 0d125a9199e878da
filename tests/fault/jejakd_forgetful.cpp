// jejakd on a disk that forgets what was not synced, for `tests/fault/kill_loop.py --program`. With
// JEJAK_LOG_SYNC_MS=500 the disk also lies: it syncs the log twice a second only. Then the same test must find losses.
#include <cstdio>
#include <cstdlib>

#include "gateway/gateway.hpp"
#include "tests/fault/forgetful_vfs.hpp"

int main(int argc, char** argv) {
    if (const char* every = std::getenv("JEJAK_LOG_SYNC_MS")) {
        jejak::forgetful::log_syncs_every = std::chrono::milliseconds(std::atoi(every));
    }
    if (jejak::forgetful::install() != SQLITE_OK) {
        std::fputs("jejakd_forgetful: the VFS could not be installed\n", stderr);
        return 1;
    }
    return jejak::run_daemon(argc, argv);
}
