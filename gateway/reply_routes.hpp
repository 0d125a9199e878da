#pragma once
#include <optional>
#include <string>
#include <vector>

#include "gateway/casework/caseworker.hpp"
#include "gateway/channel/reply_exit.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/receipts.hpp"

namespace jejak {

/// Where replies to each channel's messages leave, and how they are worded: what the configuration says, and which
/// exits are ready. Lives on the loop's thread.
class ReplyRoutes {
public:
    explicit ReplyRoutes(const Config& config) : config_(config) {}

    /// `exit` outlives this.
    void add(channel::ReplyExit& exit) { exits_.push_back(&exit); }
    /// Everything by which replies leave.
    const std::vector<channel::ReplyExit*>& exits() const { return exits_; }
    /// Null when there is none of that name.
    channel::ReplyExit* exit(std::string_view name) const;

    casework::ReplyRoute of(const std::string& channel) const;
    /// Where a broken USSD session's open question may go: only where the operator names a channel for it.
    std::optional<casework::ReplyRoute> after_ussd(const std::string& channel) const;

private:
    casework::ReplyRoute through(const std::string& name) const;
    casework::ReplyRoute leaving(const SmppChannelOptions& channel) const;
    casework::ReplyRoute leaving(const HttpChannelOptions& channel) const;

    const Config& config_;
    std::vector<channel::ReplyExit*> exits_;
};

/// Channels whose replies leave by another one where we are an ESME too: a receiver and its transmitter, as a rule.
/// Receipts of what leaves by the one may come by the other.
intake::ReceiptDesk::Pairs receipt_pairs(const Config& config);

}  // namespace jejak
