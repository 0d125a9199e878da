#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "protocol/smpp/types.hpp"
#include "simulators/smsc_scenario.hpp"

namespace jejak::sim {

/// Between a session of the simulator and its socket: makes of right PDUs what a peculiar SMSC would have sent, and
/// lets through as many octets as a bad line does. A value; knows no socket.
class Wire {
public:
    /// `connection` counts from 1.
    Wire(const Manners& manners, unsigned connection);

    /// The next answer to that request is dropped.
    void drop_answer(smpp::CommandId request, std::uint32_t sequence) {
        dropped_.emplace(smpp::response_of(request), sequence);
    }
    /// congestion_state of the answers to come; 0: none.
    void congestion(std::uint8_t percent) { congestion_ = percent; }

    /// Whole PDUs, as the session wrote them.
    void take(std::span<const std::byte> pdus);
    /// What may be written now: one write's worth. Empty when nothing may.
    std::span<const std::byte> ready() const;
    void written(std::size_t octets);
    /// Octets are there, and wait for another turn: a millisecond later.
    bool holds() const { return sent_ < octets_.size() && !cut(); }
    /// The line is to end so, now.
    std::optional<Cut> cut() const;
    std::chrono::milliseconds lasts() const { return fault_.lasts; }
    bool dribbles() const { return fault_.dribble > 0; }

private:
    void append(std::span<const std::byte> pdu);

    BindManners bind_;
    LineFault fault_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> dropped_;  ///< answers, by command_id and sequence_number
    std::uint8_t congestion_ = 0;
    std::vector<std::byte> octets_;  ///< as they go out
    std::size_t sent_ = 0;           ///< of those
    std::size_t total_ = 0;          ///< written since the connection began
};

}  // namespace jejak::sim
