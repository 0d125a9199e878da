#include "protocol/smpp/frame.hpp"

#include <algorithm>
#include <cstring>

#include "protocol/ensure.hpp"
#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/wire.hpp"

namespace jejak::smpp {

FrameBuffer::FrameBuffer(std::size_t pdu_size_max) : pdu_size_max_(std::max(pdu_size_max, header_size)) {}

void FrameBuffer::limit(std::size_t pdu_size_max) {
    pdu_size_max_ = std::max(pdu_size_max, header_size);
}

std::span<std::byte> FrameBuffer::writable() {
    const auto normal = std::min(size_normal, pdu_size_max_);
    if (!error_ && end_ - begin_ == buffer_.size() && buffer_.size() >= pdu_size_max_) error_.emplace();
    if (error_) discard();  // nothing after a broken frame is worth keeping
    const auto held = end_ - begin_;
    if (held == 0) {
        begin_ = end_ = 0;
        if (buffer_.size() > size_normal) buffer_ = std::vector<std::byte>();
    } else if (begin_ > 0 && buffer_.size() - end_ < buffer_.size() / 4) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, held);
        begin_ = 0;
        end_ = held;
    }
    if (buffer_.size() < normal) buffer_.resize(normal);
    if (end_ == buffer_.size() && buffer_.size() < pdu_size_max_) {
        buffer_.resize(std::min(buffer_.size() * 2, pdu_size_max_));
    }
    ensure(end_ < buffer_.size());
    return std::span(buffer_).subspan(end_);
}

void FrameBuffer::commit(std::size_t size) {
    ensure(size <= buffer_.size() - end_);
    end_ += size;
}

std::optional<Header> FrameBuffer::head() const {
    const auto held = std::span<const std::byte>(buffer_).subspan(begin_, end_ - begin_);
    if (error_ || held.size() < header_size) return std::nullopt;
    const auto header = decode_header(held.first<header_size>());
    if (header.command_length < header_size || header.command_length > pdu_size_max_) return std::nullopt;
    return held.size() < header.command_length ? std::nullopt : std::optional(header);
}

boost::system::result<std::optional<Frame>, FrameError> FrameBuffer::next() {
    if (error_) return *error_;
    const auto held = std::span<const std::byte>(buffer_).subspan(begin_, end_ - begin_);
    if (held.size() < 4) return std::optional<Frame>();
    const auto command_length = load_u32(held.data());
    if (command_length < header_size) return *(error_ = FrameError{command_length, 0});
    if (held.size() < header_size) return std::optional<Frame>();
    const auto header = decode_header(held.first<header_size>());
    if (command_length > pdu_size_max_) return *(error_ = FrameError{command_length, header.sequence_number});
    if (held.size() < command_length) return std::optional<Frame>();
    begin_ += command_length;
    return std::optional<Frame>(Frame{header, held.subspan(header_size, command_length - header_size)});
}

}  // namespace jejak::smpp
