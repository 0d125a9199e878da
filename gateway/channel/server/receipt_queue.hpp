#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>

#include "gateway/channel/smpp_profile.hpp"
#include "protocol/smpp/session.hpp"
#include "protocol/sms/receipt.hpp"

namespace jejak::channel {

/// An address as a PDU spelt it.
struct WireAddress {
    std::uint8_t ton = 0, npi = 0;
    std::string digits;

    static WireAddress of(const smpp::AddressView& view) { return {view.ton, view.npi, std::string(view.digits)}; }
    smpp::AddressView view() const { return {ton, npi, digits}; }
};

/// What became of a message that a peer handed to us and wants to be told of.
struct OutgoingReceipt {
    std::string message_id;
    WireAddress from;  ///< where the message went: the receipt comes from there
    WireAddress to;    ///< who sent it
    sms::MessageState state = sms::MessageState::delivered;
    bool intermediate = false;
    WallTime submitted{}, done{};
};

/// `id:… sub:001 dlvrd:001 submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DELIVRD err:000 text:`, times in UTC; what
/// was said is never repeated. source: SMPP 3.4 appendix B
std::string receipt_text(const OutgoingReceipt& receipt);

/// Receipts that an account of ours asked for, until one of its binds takes them. They are not stored: whoever misses
/// one after a restart asks with query_sm. Lives on the loop's thread.
class ReceiptQueue {
public:
    static constexpr std::size_t waiting_max = 1'000;  ///< the oldest gives way
    static constexpr unsigned attempts_max = 3;        ///< of one that is refused for now, or never answered
    static constexpr std::chrono::milliseconds try_again_after{1'000};  ///< doubled for the third attempt
    /// Tokens of receipts in a session: apart from those of replies, which are ids of rows, and those of screens.
    static constexpr std::uint64_t token_bits = std::uint64_t{3} << 62;
    static bool is_receipt(std::uint64_t token) { return (token & token_bits) == token_bits; }

    /// `lost` hears of those that gave way, waited too long or were refused: how many at once.
    using Lost = std::function<void(std::size_t)>;
    /// `kept` is how long one waits for a bind; `profile` says what refusals mean.
    ReceiptQueue(const SmppProfile& profile, std::chrono::milliseconds kept, Lost lost)
        : profile_(profile), kept_(kept), lost_(std::move(lost)) {}

    void add(OutgoingReceipt receipt, SteadyTime now);
    /// Hands up to `most` waiting receipts to the session while it may send; how many.
    std::size_t fill(smpp::Session& session, SteadyTime now, std::size_t most);
    /// When fill() has something to do again though nothing is answered.
    SteadyTime wake_at(SteadyTime now) const;
    void ended(const smpp::RequestEnded& receipt, SteadyTime now);

    /// Nobody is there any more to be told.
    void drop_all();

    std::size_t waiting() const { return waiting_.size(); }

private:
    struct Entry {
        OutgoingReceipt receipt;
        SteadyTime dropped_at{};
        SteadyTime not_before{};
        unsigned attempts = 0;
    };
    bool send(smpp::Session& session, Entry entry, SteadyTime now);

    const SmppProfile& profile_;
    std::chrono::milliseconds kept_;
    std::deque<Entry> waiting_;
    std::unordered_map<std::uint64_t, Entry> sent_;  ///< by token, until answered
    std::uint64_t count_ = 0;
    Lost lost_;
};

}  // namespace jejak::channel
