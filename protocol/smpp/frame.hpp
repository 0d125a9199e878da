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

/// Why a byte stream cannot be trusted any more: answer generic_nack with `sequence` and close (F4, F5).
struct FrameError {
    std::uint32_t command_length = 0;
    std::uint32_t sequence = 0;  ///< 0 when the header was not to be believed (command_length below 16)
};

/// Cuts a byte stream into PDUs, however it is split. Never allocates for a length a peer claims: memory follows the
/// octets that came, doubling up to `pdu_size_max`, and goes back to `size_normal` once a long PDU is gone.
class FrameBuffer {
public:
    static constexpr std::size_t size_normal = 16'384;

    explicit FrameBuffer(std::size_t pdu_size_max = 70'000);

    /// Free space to read into, never empty. The only call that moves octets: a read into this space may stay under
    /// way while next() is called. Take every whole PDU with next() before asking: whoever lets them pile up until
    /// there is no room loses the stream.
    std::span<std::byte> writable();
    /// `size` octets were written there.
    void commit(std::size_t size);
    /// The next whole PDU; nothing yet; or an error after which the connection must close (later calls repeat it).
    boost::system::result<std::optional<Frame>, FrameError> next();
    /// Forgets what came, at the next writable(); the session is over.
    void discard() { begin_ = end_; }
    /// The header of the PDU that next() would give; empty when it would give none, or an error.
    std::optional<Header> head() const;
    /// Pre-bind peers get a smaller limit; raise it once bound.
    void limit(std::size_t pdu_size_max);
    /// Octets of a PDU that is not whole yet, when next() returned nothing.
    std::size_t pending() const { return end_ - begin_; }

private:
    std::vector<std::byte> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t pdu_size_max_;
    std::optional<FrameError> error_;
};

}  // namespace jejak::smpp
