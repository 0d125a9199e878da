#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "protocol/ascii.hpp"
#include "protocol/ensure.hpp"
#include "protocol/smpp/packed_list.hpp"
#include "protocol/smpp/tlv.hpp"
#include "protocol/smpp/types.hpp"

/// The field kinds of section 3.1, each in three directions: read from a body, measured, written. A PDU's field list is
/// one template that takes any of the three, so that the directions cannot drift apart.
namespace jejak::smpp {

inline std::uint16_t load_u16(const std::byte* at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(at[0]) << 8 | std::to_integer<unsigned>(at[1]));
}
inline std::uint32_t load_u32(const std::byte* at) {
    return static_cast<std::uint32_t>(load_u16(at)) << 16 | load_u16(at + 2);
}
inline void store_u16(std::byte* at, std::uint16_t value) {
    at[0] = static_cast<std::byte>(value >> 8);
    at[1] = static_cast<std::byte>(value & 0xFF);
}
inline void store_u32(std::byte* at, std::uint32_t value) {
    store_u16(at, static_cast<std::uint16_t>(value >> 16));
    store_u16(at + 2, static_cast<std::uint16_t>(value & 0xFFFF));
}

/// Takes fields off a body. The first one that does not fit sets error(); the fields after it stay as they were.
class Reader {
public:
    explicit Reader(std::span<const std::byte> body) : rest_(body) {}

    CommandStatus error() const { return error_; }

    void u8(std::uint8_t& value) {
        if (rest_.empty()) return fail(CommandStatus::invalid_command_length);
        value = std::to_integer<std::uint8_t>(rest_[0]);
        rest_ = rest_.subspan(1);
    }

    void u32(std::uint32_t& value) {
        if (rest_.size() < 4) return fail(CommandStatus::invalid_command_length);
        value = load_u32(rest_.data());
        rest_ = rest_.subspan(4);
    }

    /// A C-octet string of at most `size_max` octets with its NUL; `complaint` is what a longer one is answered with.
    void c_octets(std::string_view& value, std::size_t size_max, CommandStatus complaint) {
        if (error_ != CommandStatus::ok) return;
        if (!rest_.empty() && rest_[0] == std::byte{0}) {  // most are: not worth a search
            value = as_text(rest_.first(0));
            rest_ = rest_.subspan(1);
            return;
        }
        const auto reach = rest_.first(rest_.size() < size_max ? rest_.size() : size_max);
        const auto* nul = reach.empty() ? nullptr : std::memchr(reach.data(), 0, reach.size());
        if (nul == nullptr) return fail(complaint);
        const auto size = static_cast<std::size_t>(static_cast<const std::byte*>(nul) - reach.data());
        value = as_text(reach.first(size));
        rest_ = rest_.subspan(size + 1);
    }

    /// A C-octet string in a response: peers leave it out, or leave out its NUL.
    void loose_c_octets(std::string_view& value, std::size_t, CommandStatus) {
        if (error_ != CommandStatus::ok || rest_.empty()) return;
        const auto text = as_text(rest_);
        const auto nul = text.find('\0');
        value = text.substr(0, nul);
        rest_ = rest_.subspan(nul == std::string_view::npos ? rest_.size() : nul + 1);
    }

    /// sm_length and the octets it counts, or those that came.
    void short_message(std::span<const std::byte>& value, bool& truncated) {
        std::uint8_t length = 0;
        u8(length);
        if (error_ != CommandStatus::ok) return;
        truncated = length > rest_.size();
        value = rest_.first(truncated ? rest_.size() : length);
        rest_ = rest_.subspan(value.size());
    }

    void tlvs(Tlvs& value) {
        if (error_ != CommandStatus::ok) return;
        value = Tlvs(rest_);
        rest_ = rest_.subspan(value.raw().size());
    }

    /// A count of one octet and as many items; `none` is what a count of zero is answered with.
    template <class Item, class Fields>
    void list(PackedList<Item>& value, CommandStatus none, Fields fields) {
        std::uint8_t count = 0;
        u8(count);
        if (error_ == CommandStatus::ok && count == 0) error_ = none;
        const auto items = rest_;
        for (std::size_t i = 0; i < count && error_ == CommandStatus::ok; ++i) {
            Item item;
            fields(*this, item);
        }
        if (error_ == CommandStatus::ok) value = {items.first(items.size() - rest_.size()), count};
    }

    /// A list in a response: peers leave it out.
    template <class Item, class Fields>
    void loose_list(PackedList<Item>& value, Fields fields) {
        if (!rest_.empty()) list(value, CommandStatus::ok, fields);
    }

    /// The value just read is none the specification knows.
    void refuse(CommandStatus complaint) { fail(complaint); }

    std::span<const std::byte> rest() const { return rest_; }

private:
    void fail(CommandStatus complaint) {
        if (error_ == CommandStatus::ok) error_ = complaint;
        rest_ = {};
    }

    std::span<const std::byte> rest_;
    CommandStatus error_ = CommandStatus::ok;
};

/// How many octets a Writer will need, and whether the fields are ones the wire can carry.
class Measure {
public:
    std::size_t size() const { return size_; }
    bool fits() const { return fits_; }

    void u8(std::uint8_t) { ++size_; }
    void u32(std::uint32_t) { size_ += 4; }
    void c_octets(std::string_view value, std::size_t size_max, CommandStatus) {
        must(value.size() < size_max && value.find('\0') == std::string_view::npos);
        size_ += value.size() + 1;
    }
    void loose_c_octets(std::string_view value, std::size_t size_max, CommandStatus complaint) {
        c_octets(value, size_max, complaint);
    }
    void short_message(std::span<const std::byte> value, bool) {
        must(value.size() <= 0xFF);
        size_ += 1 + value.size();
    }
    void tlvs(const Tlvs& value) { size_ += value.raw().size(); }
    template <class Item, class Fields>
    void list(const PackedList<Item>& value, CommandStatus none, Fields) {
        must(value.count() <= PackedList<Item>::count_max && (!value.empty() || none == CommandStatus::ok));
        size_ += 1 + value.raw().size();
    }
    template <class Item, class Fields>
    void loose_list(const PackedList<Item>& value, Fields fields) {
        list(value, CommandStatus::ok, fields);
    }
    void refuse(CommandStatus) { must(false); }

private:
    void must(bool holds) { fits_ = fits_ && holds; }

    std::size_t size_ = 0;
    bool fits_ = true;
};

/// Writes fields to memory that Measure found large enough.
class Writer {
public:
    explicit Writer(std::byte* at) : at_(at) {}

    void u8(std::uint8_t value) { *at_++ = std::byte{value}; }
    void u32(std::uint32_t value) {
        store_u32(at_, value);
        at_ += 4;
    }
    void c_octets(std::string_view value, std::size_t, CommandStatus) {
        octets(std::as_bytes(std::span(value)));
        *at_++ = std::byte{0};
    }
    void loose_c_octets(std::string_view value, std::size_t size_max, CommandStatus complaint) {
        c_octets(value, size_max, complaint);
    }
    void short_message(std::span<const std::byte> value, bool) {
        u8(static_cast<std::uint8_t>(value.size()));
        octets(value);
    }
    void tlvs(const Tlvs& value) { octets(value.raw()); }
    template <class Item, class Fields>
    void list(const PackedList<Item>& value, CommandStatus, Fields) {
        u8(static_cast<std::uint8_t>(value.count()));
        octets(value.raw());
    }
    template <class Item, class Fields>
    void loose_list(const PackedList<Item>& value, Fields fields) {
        list(value, CommandStatus::ok, fields);
    }
    void refuse(CommandStatus) {}

private:
    void octets(std::span<const std::byte> value) {
        if (value.empty()) return;
        std::memcpy(at_, value.data(), value.size());
        at_ += value.size();
    }

    std::byte* at_;
};

}  // namespace jejak::smpp
