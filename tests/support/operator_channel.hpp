#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/channel/smpp_client.hpp"
#include "tests/support/on_loop.hpp"
#include "tests/support/village.hpp"

namespace jejak::tests {

/// A village's channel "operator" towards an SMSC on this machine: an ESME that binds as soon as it is made to.
class OperatorChannel {
public:
    enum class Replies : std::uint8_t { stay, leave };  ///< whether the channel is handed them

    explicit OperatorChannel(Village& village) : village_(village) {}
    ~OperatorChannel() { unbind(); }
    OperatorChannel(const OperatorChannel&) = delete;
    OperatorChannel& operator=(const OperatorChannel&) = delete;

    static SmppChannelOptions options_for(std::uint16_t port) {
        SmppChannelOptions options;
        options.name = "operator";
        options.host = "127.0.0.1";
        options.port = port;
        options.system_id = "jejak";
        options.password = SensitiveText("secret");
        options.service_number = "9840";
        return options;
    }
    void bind(SmppChannelOptions options, Replies replies = Replies::stay, ussd::Desk* desk = nullptr) {
        const auto route = [this, name = options.name] {
            casework::ReplyRoute leaving;
            leaving.how = casework::ReplyRoute::How::channel;
            leaving.channel = name;
            leaving.ready = client_->ready();
            return leaving;
        };
        const auto stored = [this, replies](const intake::Accepted& accepted) {
            const auto& reply = accepted.handled.reply;
            if (replies == Replies::leave && reply && reply->state == storage::ReplyState::sent)
                client_->submit(
                    {reply->id, accepted.handled.reply_to, accepted.handled.reply_text, wall_now() + reply_validity});
        };
        client_ = std::make_unique<channel::SmppClient>(std::move(options), village_.vault, *village_.intake,
                                                        *village_.access, telemetry, route, stored);
        if (desk != nullptr) client_->serve_ussd(*desk);
        tasks_.emplace(village_.loop.get_executor());
        tasks_->spawn("channel", client_->run());
    }
    /// Answers what it owes, unbinds and is gone.
    void unbind() {
        if (!client_) return;
        tasks_->stop();
        village_.run(Village::ignore(tasks_->join(test::limit)));
        CHECK_FALSE(tasks_->failed());
        client_.reset();
    }
    channel::SmppClient* operator->() { return client_.get(); }
    bool wait_for(const std::function<bool()>& condition, std::chrono::milliseconds time = test::limit) {
        return test::wait_until(village_.loop, condition, time);
    }

    Telemetry telemetry;

private:
    static constexpr std::chrono::minutes reply_validity{5};

    Village& village_;
    std::unique_ptr<channel::SmppClient> client_;
    std::optional<net::TaskGroup> tasks_;
};

}  // namespace jejak::tests
