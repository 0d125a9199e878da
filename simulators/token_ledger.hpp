#pragma once
#include <string>
#include <string_view>

namespace jejak::sim {

/// An append-only file of what was sent and what was acknowledged, for tests that kill the other side: `S token` before
/// a message's first deliver_sm leaves, `A token` once its positive answer came. Lines gather until write().
class TokenLedger {
public:
    /// An empty path keeps no ledger. errors: throws std::system_error when the file cannot be opened.
    TokenLedger(const std::string& path, bool sync);
    ~TokenLedger();
    TokenLedger(const TokenLedger&) = delete;
    TokenLedger& operator=(const TokenLedger&) = delete;

    bool on() const { return file_ >= 0; }
    void sent(std::string_view token) { line('S', token); }
    void acked(std::string_view token) { line('A', token); }
    /// Hands the lines to the kernel, or to the disk when opened with `sync`. errors: throws std::system_error.
    void write();

private:
    void line(char kind, std::string_view token);

    int file_ = -1;
    std::string lines_;
};

}  // namespace jejak::sim
