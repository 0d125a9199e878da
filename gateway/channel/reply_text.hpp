#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "gateway/channel/reply_sender.hpp"

namespace jejak::channel {

/// A reply between the queue and its last submit_sm_resp.
struct ReplySender::Text {
    struct Part {
        enum class State : std::uint8_t { waiting, under_way, accepted, uncertain } state = State::waiting;
        bool asked = false;  ///< about it, and not answered yet
        sms::OutboundSegment segment;
    };

    OutgoingReply reply;
    std::vector<Part> parts;
    std::string provider_id;
    SteadyTime not_before{};  ///< of what waits
    bool queued = true;
    bool refused = false;  ///< for good: the rest of a broken text helps nobody

    std::size_t count(Part::State state) const {
        return static_cast<std::size_t>(
            std::count_if(parts.begin(), parts.end(), [&](const Part& part) { return part.state == state; }));
    }
    std::size_t waiting() const { return count(Part::State::waiting); }
    std::size_t under_way() const { return count(Part::State::under_way); }
    bool asked() const {
        return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.asked; });
    }
    /// Some of it left, or may have.
    bool begun() const { return waiting() < parts.size(); }
    std::size_t next_waiting() const {
        const auto found = std::find_if(parts.begin(), parts.end(),
                                        [](const Part& part) { return part.state == Part::State::waiting; });
        return static_cast<std::size_t>(found - parts.begin());
    }
};

}  // namespace jejak::channel
