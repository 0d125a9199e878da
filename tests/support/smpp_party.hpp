#pragma once
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/channel/smpp_link.hpp"
#include "protocol/ensure.hpp"
#include "protocol/sms/receipt.hpp"

namespace jejak::test {

/// One end of an SMPP connection: binds or lets bind, sends what it is told to and answers what comes. Lives on the
/// loop's thread, longer than its links run.
class SmppParty : public channel::SmppLinkOwner {
public:
    explicit SmppParty(smpp::Side side, std::size_t window = 10) {
        options.side = side;
        options.system_id = side == smpp::Side::esme ? "jejak" : "smsc";
        options.password = "secret";
        options.window_max = window;
    }

    std::shared_ptr<channel::SmppLink> link(net::Stream stream) {
        channel::SmppLinkOwner& owner = *this;
        last = std::make_shared<channel::SmppLink>(std::move(stream), options, owner, write_limit);
        return last;
    }
    net::awaitable<void> run(net::Stream stream) {
        const auto running = link(std::move(stream));
        co_await running->run();
    }
    /// Answers what was withheld, and withholds nothing more.
    void answer_all() {
        withhold = false;
        for (const auto& [command, sequence] : owed)
            last->session().respond(command, sequence, smpp::CommandStatus::ok, "1");
        owed.clear();
        last->answered();
    }

    smpp::SessionOptions options;
    std::chrono::milliseconds write_limit = channel::SmppLink::usual_write_limit;
    std::shared_ptr<channel::SmppLink> last;
    std::size_t to_send = 0;  ///< messages, as soon as they may leave
    std::string text = "JALAN RUSAK";
    bool accepts = true;    ///< binds, at once
    bool withhold = false;  ///< answers
    bool abandons = false;  ///< instead of answering

    bool bound = false, judging = false;
    std::size_t arrived = 0, answered = 0, unanswered = 0, owed_most = 0;
    std::vector<std::pair<smpp::CommandId, std::uint32_t>> owed;
    std::vector<std::string> texts;
    std::vector<std::string> queried;  ///< ids that were asked about, with options.operations; all were delivered
    std::optional<smpp::Closed::Why> closed;

    void on_event(channel::SmppLink& on, smpp::Event& event) override {
        std::visit([&](auto& what) { happened(on, what); }, event);
    }
    void fill(channel::SmppLink& on, SteadyTime now) override {
        smpp::ShortMessage message;
        message.source = {.ton = 1, .npi = 1, .digits = "628400000001"};
        message.destination = {.ton = 0, .npi = 1, .digits = "9840"};
        message.short_message = std::as_bytes(std::span(text));
        const auto command =
            options.side == smpp::Side::esme ? smpp::CommandId::submit_sm : smpp::CommandId::deliver_sm;
        while (to_send > 0 && on.session().may_send()) {
            on.session().send(command, message, to_send, now);
            --to_send;
        }
    }
    SteadyTime wake_at(SteadyTime) const override { return SteadyTime::max(); }

private:
    void happened(channel::SmppLink&, smpp::Bound&) { bound = true; }
    void happened(channel::SmppLink& on, smpp::BindRequested&) {
        judging = true;
        if (accepts) on.session().accept_bind("smsc");
    }
    void happened(channel::SmppLink& on, smpp::MessageArrived& message) {
        ++arrived;
        const auto data = message.message->user_data();
        texts.emplace_back(reinterpret_cast<const char*>(data.data()), data.size());
        owed_most = std::max(owed_most, on.session().owed());
        if (abandons) return on.abandon();
        if (withhold) {
            owed.emplace_back(message.command, message.sequence);
        } else {
            on.session().respond(message.command, message.sequence, smpp::CommandStatus::ok, "1");
        }
    }
    void happened(channel::SmppLink& on, smpp::QueryRequested& asked) {
        queried.emplace_back(asked.pdu.message_id);
        const auto state = static_cast<std::uint8_t>(sms::MessageState::delivered);
        on.session().respond(asked.sequence, smpp::QuerySmResp{queried.back(), {}, state, 0, {}});
    }
    void happened(channel::SmppLink&, smpp::RequestEnded& ended) {
        ++(ended.how == smpp::RequestEnded::How::answered ? answered : unanswered);
    }
    void happened(channel::SmppLink&, smpp::Closed& over) { closed = over.why; }
    template <class Other>
    void happened(channel::SmppLink&, Other&) {}
};

}  // namespace jejak::test
