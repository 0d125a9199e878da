#include "gateway/ussd/desk.hpp"

#include "gateway/ussd/manner.hpp"
#include "gateway/ussd/session.hpp"

namespace jejak::ussd {
namespace {

using storage::Column;
using storage::Committed;
using storage::Table;
using storage::Unit;

/// Our own mistake in a turn must not cost what was said: it is a message of its own, for a person to read.
void quarantine(Unit& unit, const Tools& tools, const Turn& turn, Shown& shown) {
    storage::Message message;
    message.id = turn.message;
    const auto sealed = [&](Column column, std::string_view text) {
        return tools.vault.seal(Table::message, column, message.id, text);
    };
    message.channel = turn.channel;
    message.sender_key = tools.vault.lookup("msisdn", turn.sender.address);
    message.sender_kind = static_cast<std::uint8_t>(turn.sender.kind);
    message.sender = sealed(Column::sender, turn.sender.address);
    message.destination = sealed(Column::destination, turn.service_code);
    message.text = sealed(Column::text, turn.text);
    message.received_at = unit.now();
    message.fate = Fate::quarantined;
    unit.add(message);
    shown = {};
    shown.fate = Fate::quarantined;
    Manner manner;
    manner.mode = turn.mode;
    manner.cover_text = turn.cover_text;
    shown.screen = last_line(*tools.pack, manner, {});
    shown.end = true;
}

/// The sweep met a row that breaks it: whoever it belongs to, its report is filed, and raises what it raises; the row
/// goes.
void drop_expired(Unit& unit, const Tools& tools, std::vector<std::string>& touched) {
    for (const auto& row : unit.dialogues_expired(unit.now(), Desk::expired_per_turn, storage::Dialogue::Way::ussd)) {
        if (row.message != 0) unit.set_fate(row.message, Fate::understood);
        try {
            if (row.message != 0) release(unit, tools, row.message, touched);
        } catch (const storage::Error&) {
            throw;
        } catch (const std::exception&) {
            // Our own mistake again: the report stays for a person to read, and holds nobody else up.
        }
        unit.end_dialogue(row.id);
    }
}

}  // namespace

Desk::Desk(StoreAccess& store, const storage::Vault& vault, const casework::Publisher& publisher,
           intake::Intake& intake, PackSource pack, DeskOptions options)
    : store_(store),
      vault_(vault),
      publisher_(publisher),
      caseworker_(publisher),
      intake_(intake),
      pack_(std::move(pack)),
      options_(std::move(options)) {}

Tools Desk::tools() const {
    return {vault_, publisher_, caseworker_, intake_, pack_(), options_.answers_within};
}

void Desk::take(Turn turn, Done done) {
    turn.message = intake_.next_message_id();
    if (options_.route_of) {
        auto route = options_.route_of(turn.channel);
        turn.mode = route.mode;
        turn.cover_text = std::move(route.cover_text);
    }
    struct Job {
        Turn turn;
        Tools tools;
        Shown shown;
        Done done;
    };
    auto job = std::make_shared<Job>(Job{std::move(turn), tools(), {}, std::move(done)});
    auto apply = [job](Unit& unit) { job->shown = carry_out(unit, job->tools, job->turn); };
    auto instead = [job](Unit& unit) {
        if (job->turn.text.empty()) {
            job->shown = {Shown::How::storage_failed, {}, true, {}, {}};
        } else {
            quarantine(unit, job->tools, job->turn, job->shown);
        }
    };
    store_.submit(apply, instead, [job](Committed how) {
        if (how == Committed::queue_full) job->shown = {Shown::How::busy, {}, true, {}, {}};
        if (how == Committed::storage_failed) job->shown = {Shown::How::storage_failed, {}, true, {}, {}};
        job->done(std::move(job->shown));
    });
}

net::awaitable<Shown> Desk::take(Turn turn) {
    auto start = [this](auto handler, Turn next) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        take(std::move(next), [waiting](Shown shown) { std::move (*waiting)(std::move(shown)); });
    };
    co_return co_await net::asio::async_initiate<decltype(net::asio::use_awaitable), void(Shown)>(
        start, net::asio::use_awaitable, std::move(turn));
}

net::awaitable<std::vector<std::string>> Desk::close_expired(RouteOf route_of) {
    std::vector<std::string> channels;
    auto ask = [&channels, now = options_.clock()](storage::View& view) {
        for (auto& row : view.dialogues_expired(now, expired_per_turn, storage::Dialogue::Way::ussd))
            channels.push_back(std::move(row.channel));
    };
    co_await store_.read(ask);
    if (channels.empty()) co_return std::vector<std::string>{};
    // The route is the loop's to tell; the unit runs on the writer's thread.
    Routes routes;
    for (const auto& channel : channels) {
        if (!routes.contains(channel)) routes.emplace(channel, route_of(channel));
    }
    const auto with = tools();
    std::vector<std::string> touched;
    auto apply = [&](Unit& unit) { ussd::close_expired(unit, with, routes, touched); };
    auto instead = [&](Unit& unit) { drop_expired(unit, with, touched); };
    co_await store_.commit(apply, instead);
    co_return touched;
}

}  // namespace jejak::ussd
