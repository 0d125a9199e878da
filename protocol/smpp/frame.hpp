#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "protocol/smpp/types.hpp"

namespace jejak::smpp {

/// One PDU in the buffer. Valid until the next writable().
struct Frame {
    Header header;
    std::span<const std::byte> body;
};

/// Why a byte stream cannot be trusted any more: answer generic_nack with `sequence` and close (SMPP.md F4, F5).
struct FrameError {
    std::uint32_t command_length = 0;
    std::uint32_t sequence = 0;  ///< 0 when the header was not to be believed (command_length below 16)
};

/// Cuts a byte stream into PDUs, however it is split. Never allocates for a length a peer claims: the buffer grows to
/// `pdu_size_max` at most.
class FrameBuffer {
public:
    explicit FrameBuffer(std::size_t pdu_size_max = 70'000);

    /// Free space to read into, never empty.
    std::span<std::byte> writable();
    /// `size` octets were written there.
    void commit(std::size_t size);
    /// The next whole PDU; nothing yet; or an error after which the connection must close.
    boost::system::result<std::optional<Frame>, FrameError> next();
    /// Pre-bind peers get a smaller limit; raise it once bound.
    void limit(std::size_t pdu_size_max) { pdu_size_max_ = pdu_size_max; }

private:
    std::vector<std::byte> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t pdu_size_max_;
};

}  // namespace jejak::smpp
