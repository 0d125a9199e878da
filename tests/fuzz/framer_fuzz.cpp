#include <algorithm>
#include <cstdint>
#include <vector>

#include "protocol/ensure.hpp"
#include "protocol/smpp/frame.hpp"

using namespace jejak::smpp;

namespace {

struct Cut {
    std::vector<std::vector<std::byte>> bodies;
    std::vector<Header> headers;
    std::optional<FrameError> error;
};

void take(FrameBuffer& frames, Cut& cut) {
    for (;;) {
        const auto next = frames.next();
        if (!next) {
            cut.error = next.error();
            return;
        }
        if (!*next) return;
        const auto& frame = **next;
        jejak::ensure(frame.header.command_length == header_size + frame.body.size());
        cut.headers.push_back(frame.header);
        cut.bodies.emplace_back(frame.body.begin(), frame.body.end());
    }
}

/// Small pieces by the octet, and some as large as a socket gives.
std::size_t piece(std::byte size) {
    const auto value = std::to_integer<std::size_t>(size);
    return value < 0xC0 ? 1 + value : (value - 0xBF) * 300;
}

/// Feeds the stream in pieces of the given sizes, round and round.
Cut cut_in_pieces(std::span<const std::byte> stream, std::span<const std::byte> sizes, std::size_t limit) {
    FrameBuffer frames(limit);
    Cut cut;
    for (std::size_t i = 0; !stream.empty() && !cut.error; ++i) {
        const auto wanted = sizes.empty() ? stream.size() : piece(sizes[i % sizes.size()]);
        const auto space = frames.writable();
        jejak::ensure(!space.empty() && space.size() <= std::max(FrameBuffer::size_normal, limit));
        const auto size = std::min({wanted, stream.size(), space.size()});
        std::copy_n(stream.begin(), size, space.begin());
        frames.commit(size);
        stream = stream.subspan(size);
        take(frames, cut);
    }
    return cut;
}

bool same(const Header& a, const Header& b) {
    return a.command_length == b.command_length && a.command_id == b.command_id &&
           a.command_status == b.command_status && a.sequence_number == b.sequence_number;
}

void check_same(const Cut& whole, const Cut& split) {
    jejak::ensure(whole.bodies == split.bodies);
    jejak::ensure(
        std::equal(whole.headers.begin(), whole.headers.end(), split.headers.begin(), split.headers.end(), same));
    jejak::ensure(whole.error.has_value() == split.error.has_value());
    if (!whole.error) return;
    jejak::ensure(whole.error->command_length == split.error->command_length);
    jejak::ensure(whole.error->sequence == split.error->sequence);
}

}  // namespace

/// The first octets choose the limit and where the stream is split: the PDUs must be those of the unsplit stream, and
/// of the stream an octet at a time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span(data, size));
    if (input.size() < 5) return 0;
    const std::size_t limit = 16 + 16 * std::to_integer<std::size_t>(input[0]);
    const auto sizes = input.subspan(1, 4);
    const auto stream = input.subspan(5);

    const auto whole = cut_in_pieces(stream, {}, limit);
    check_same(whole, cut_in_pieces(stream, sizes, limit));
    const std::byte single{0};
    check_same(whole, cut_in_pieces(stream, {&single, 1}, limit));
    return 0;
}
