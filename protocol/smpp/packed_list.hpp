#pragma once
#include <cstddef>
#include <span>

namespace jejak::smpp {

/// The repeated items of one PDU: a view over their octets, well-formed and counted, walked on demand. Each item type
/// has a `take_item(std::span<const std::byte>& rest, Item&)`.
template <class Item>
class PackedList {
public:
    static constexpr std::size_t count_max = 255;  ///< the count is one octet

    PackedList() = default;
    PackedList(std::span<const std::byte> raw, std::size_t count) : raw_(raw), count_(count) {}

    class Iterator {
    public:
        Iterator(std::span<const std::byte> rest, std::size_t left) : rest_(rest), left_(left) { step(); }
        const Item& operator*() const { return item_; }
        const Item* operator->() const { return &item_; }
        Iterator& operator++() {
            --left_;
            step();
            return *this;
        }
        bool operator==(const Iterator& other) const { return left_ == other.left_; }

    private:
        void step() {
            if (left_ > 0) take_item(rest_, item_);
        }

        std::span<const std::byte> rest_;
        std::size_t left_;
        Item item_;
    };

    Iterator begin() const { return Iterator(raw_, count_); }
    Iterator end() const { return Iterator({}, 0); }
    std::span<const std::byte> raw() const { return raw_; }
    std::size_t count() const { return count_; }
    bool empty() const { return count_ == 0; }

private:
    std::span<const std::byte> raw_;
    std::size_t count_ = 0;
};

}  // namespace jejak::smpp
