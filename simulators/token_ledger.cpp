#include "simulators/token_ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace jejak::sim {

TokenLedger::TokenLedger(const std::string& path, bool sync) {
    if (path.empty()) return;
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (sync ? O_DSYNC : 0), 0644);
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), "cannot open the ledger " + path);
}

TokenLedger::~TokenLedger() {
    if (file_ >= 0) ::close(file_);
}

void TokenLedger::line(char kind, std::string_view token) {
    if (!on()) return;
    lines_ += kind;
    lines_ += ' ';
    lines_ += token;
    lines_ += '\n';
}

void TokenLedger::write() {
    std::string_view rest = lines_;
    while (!rest.empty()) {
        const auto size = ::write(file_, rest.data(), rest.size());
        if (size < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "cannot write the ledger");
        if (size > 0) rest.remove_prefix(static_cast<std::size_t>(size));
    }
    lines_.clear();
}

}  // namespace jejak::sim
