#pragma once
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gateway/channel/reply_sender.hpp"
#include "tests/support/replies.hpp"
#include "tests/support/smpp_wire.hpp"

namespace jejak::tests {

/// The channel "operator" without a socket, with a clock of the test's own: what leaves, what the SMSC answers, and
/// what the store says then.
struct ReplyChannel {
    using Request = test::SmppWire::Request;

    explicit ReplyChannel(SmppChannelOptions settings = {}) : options(std::move(settings)) {
        options.name = "operator";
        options.service_number = "9840";
        village.now = wall_now();
        begin();
    }

    void begin() {
        sender.emplace(options, *village.access, telemetry);
        wire.emplace(now);
    }
    /// The process ends without a word, and begins again.
    void restart() {
        stored();
        sender.reset();
        village.restart();
        begin();
    }
    /// A reply that a unit wrote as sent, handed to the channel; its row's id.
    storage::Id reply_to(const std::string& number, const std::string& text = "Pesan diterima.") {
        const auto handled = village.say(number, "LAPOR calo di sebunga " + std::to_string(++said)).handled;
        REQUIRE(handled.reply);
        submit(handled.reply->id, number, text);
        return handled.reply->id;
    }
    void submit(storage::Id id, const std::string& number, const std::string& text = "Pesan diterima.") {
        sender->add({id, number, text, wall_now() + std::chrono::minutes(10)});
    }
    /// What may leave of what waits in the store, written as sent and handed over: as the dispatcher does.
    std::vector<storage::Id> take_pending() {
        stored();
        std::vector<storage::Id> taken;
        for (auto& reply : village.ask(
                 [&](storage::View& view) { return view.replies_pending("operator", "", village.now.read(), 10); })) {
            reply.state = storage::ReplyState::sent;
            reply.not_before.reset();
            auto take = [&reply](storage::Unit& unit) { unit.update(reply); };
            village.run(Village::ignore(village.access->commit(take)));
            using storage::Column;
            using storage::Table;
            submit(reply.id, village.vault.open(Table::reply, Column::number, reply.id, reply.to)->reveal(),
                   village.vault.open(Table::reply, Column::text, reply.id, reply.text)->reveal());
            taken.push_back(reply.id);
        }
        return taken;
    }
    /// What leaves now.
    std::vector<Request> leave() {
        sender->fill(wire->session, now);
        return wire->requests();
    }
    void answer(const Request& request, smpp::CommandStatus status, const std::string& id = "",
                const std::vector<std::byte>& tlvs = {}) {
        wire->answer(request, status, id, now, tlvs);
        hear();
    }
    void answer(const Request& request, const std::string& id) { answer(request, smpp::CommandStatus::ok, id); }
    void answer_query(const Request& request, sms::MessageState state) {
        wire->answer_query(request, static_cast<std::uint8_t>(state), now);
        hear();
    }
    void hear() {
        wire->session.tick(now);
        while (const auto event = wire->session.poll(now)) {
            if (const auto* ended = std::get_if<smpp::RequestEnded>(&*event)) sender->ended(*ended, now);
            if (const auto* late = std::get_if<smpp::AnsweredLate>(&*event)) sender->late(*late, now);
        }
        stored();
    }
    void rebind() {
        wire->session.disconnected();
        hear();
        sender->session_over();
        stored();
        wire.emplace(now);
    }
    void stored() { village.run(sender->stored(steady_now() + std::chrono::seconds(10))); }
    storage::Reply row(storage::Id id) {
        stored();
        return village.ask([&](storage::View& view) { return view.reply(id).value(); });
    }

    Village village;
    Telemetry telemetry;
    SmppChannelOptions options;
    SteadyTime now = SteadyTime(std::chrono::hours(1'000));
    std::optional<channel::ReplySender> sender;
    std::optional<test::SmppWire> wire;
    int said = 0;
};

}  // namespace jejak::tests
