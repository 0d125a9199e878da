#include "gateway/intake/receipts.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <memory>

namespace jejak::intake {
namespace {

using storage::Committed;
using storage::Receipt;
using storage::Reply;
using storage::ReplyPart;
using storage::ReplyState;
using storage::Unit;
using Match = Receipt::Match;

constexpr std::size_t waiting_page = 500;

/// A receipt that names a number is about a reply to it. Which of its addresses that is depends on the SMSC.
bool names(const Receipt& receipt, const Reply& reply) {
    if (!receipt.source_key && !receipt.destination_key) return true;
    return receipt.source_key == reply.to_key || receipt.destination_key == reply.to_key;
}

/// The replies that may be meant by an id, the latest of each channel first.
std::vector<Reply> replies_with(storage::View& view, const Receipt& receipt, std::string_view id,
                                const ReceiptDesk::Pairs& pairs, std::string_view account) {
    const auto since = receipt.received_at - ReceiptDesk::ids_kept_for;
    auto found = view.replies_with_id(receipt.channel, id, since, ReceiptDesk::same_id_max);
    if (!account.empty()) {
        std::erase_if(found, [&](const Reply& reply) { return reply.account != account; });
        return found;
    }
    const auto pair = pairs.find(receipt.channel);
    if (pair == pairs.end()) return found;
    for (auto& reply : view.replies_with_id(pair->second, id, since, ReceiptDesk::same_id_max)) {
        if (reply.account.empty()) found.push_back(std::move(reply));
    }
    return found;
}

/// What the receipts of a reply said so far.
sms::MessageState heard_of(const std::vector<Receipt>& history) {
    auto state = sms::MessageState::unknown;
    for (const auto& one : history) state = sms::later_state(state, one.state);
    return state;
}

void store_state(Unit& unit, Reply& reply, ReplyState state, bool uncertain) {
    if (state == reply.state && uncertain == reply.uncertain) return;
    reply.state = state;
    reply.uncertain = uncertain;
    unit.update(reply);
}

/// Notes the receipt for the parts that have its id: as it is spelt, if one has, before other bases of it.
void hear_parts(Unit& unit, std::vector<ReplyPart>& parts, const Receipt& receipt) {
    for (const auto& id : sms::submitted_ids(receipt.message_id, receipt.ids)) {
        bool found = false;
        for (auto& part : parts) {
            if (part.provider_id.empty() || sms::canonical_id(part.provider_id) != id) continue;
            found = true;
            const auto now = sms::later_state(part.state, receipt.state);
            if (now == part.state) continue;
            part.state = now;
            unit.set(part);
        }
        if (found) return;
    }
}

/// A failure of a part may be taken back while other parts are on their way. Where a part never got an id, we may have
/// dropped the rest ourselves: that stays.
void settle_parts(Unit& unit, Reply& reply, std::vector<ReplyPart>& parts, const Receipt& receipt) {
    const bool all_have_ids = parts.size() == parts.front().total;
    const auto before = state_of(parts);
    hear_parts(unit, parts, receipt);
    const auto now = state_of(parts);
    auto state = settled(reply.state, before, now);
    const bool taken_back = sms::failed(before) && !sms::failed(now) && now != sms::MessageState::delivered;
    if (taken_back && all_have_ids && state == ReplyState::dropped) state = ReplyState::sent;
    store_state(unit, reply, state, reply.uncertain && state == ReplyState::sent && !all_have_ids);
}

/// Changes the reply as far as this receipt says more than those before it. False: it has enough of them.
bool settle(Unit& unit, Reply& reply, const Receipt& receipt) {
    if (auto parts = unit.parts_of_reply(reply.id); !parts.empty()) {
        const auto room = ReceiptDesk::history_max * parts.size();
        const auto kept = unit.count_receipts_of(reply.id, room);
        settle_parts(unit, reply, parts, receipt);
        return kept < room;
    }
    const auto history = unit.receipts_of(reply.id, ReceiptDesk::history_max);
    const auto before = heard_of(history);
    const auto now = sms::later_state(before, receipt.state);
    store_state(unit, reply, settled(reply.state, before, now), false);  // the SMSC has it
    return history.size() < ReceiptDesk::history_max;
}

Match store_heard(Unit& unit, Receipt row, const ReceiptDesk::Pairs& pairs, std::string_view account, bool marked) {
    auto found = find_reply(unit, row, pairs, account);
    row.match = found.match == Match::waiting && !account.empty() ? Match::unmatched : found.match;
    if (!marked && found.match == Match::waiting) return Match::unmatched;  // a person's words, perhaps
    if (!found.reply) {
        unit.add(row);
        return row.match;
    }
    row.reply = found.reply->id;
    if (settle(unit, *found.reply, row)) unit.add(row);
    return row.match;
}

/// One that waited: matched now, or given up.
void store_waited(Unit& unit, const Receipt& row, const ReceiptDesk::Pairs& pairs, bool given_up) {
    auto found = find_reply(unit, row, pairs);
    if (found.match == Match::waiting && !given_up) return;
    if (!found.reply) {
        unit.set_match(row.id, found.match == Match::waiting ? Match::unmatched : found.match, std::nullopt);
        return;
    }
    if (settle(unit, *found.reply, row)) {
        unit.set_match(row.id, Match::matched, found.reply->id);
    } else {
        unit.set_match(row.id, Match::unmatched, std::nullopt);
    }
}

}  // namespace

sms::MessageState state_of(std::span<const ReplyPart> parts) {
    using State = sms::MessageState;
    const auto is = [](State state) { return [state](const ReplyPart& part) { return part.state == state; }; };
    const auto bad = std::find_if(parts.begin(), parts.end(), [](const auto& part) { return sms::failed(part.state); });
    if (bad != parts.end()) return bad->state;
    if (std::all_of(parts.begin(), parts.end(), is(State::unknown))) return State::unknown;
    const bool whole = parts.size() == parts.front().total;
    return whole && std::all_of(parts.begin(), parts.end(), is(State::delivered)) ? State::delivered : State::enroute;
}

ReplyState settled(ReplyState state, sms::MessageState before, sms::MessageState now) {
    if (now == before) return state;
    if (now == sms::MessageState::delivered) {
        // What we dropped ourselves stays so: only a receipt's word is taken back by another.
        const bool dropped_by_us = state == ReplyState::dropped && !sms::failed(before);
        return dropped_by_us ? state : ReplyState::confirmed;
    }
    return sms::failed(now) && state == ReplyState::sent ? ReplyState::dropped : state;
}

ReceiptMatch find_reply(storage::View& view, const Receipt& receipt, const ReceiptDesk::Pairs& pairs,
                        std::string_view account) {
    ReceiptMatch found;
    for (const auto& id : sms::submitted_ids(receipt.message_id, receipt.ids)) {
        for (auto& reply : replies_with(view, receipt, id, pairs, account)) {
            if (!names(receipt, reply)) continue;
            if (found.reply && found.reply->id != reply.id) return {Match::ambiguous, std::nullopt};
            found.match = Match::matched;
            found.reply = std::move(reply);
        }
    }
    return found;
}

Receipt ReceiptDesk::row_of(const HeardReceipt& heard) const {
    const auto key_of = [this](const sms::Originator& who) {
        const bool number = who.kind == sms::Originator::Kind::msisdn;
        return number ? std::optional(vault_.lookup("msisdn", who.address)) : std::nullopt;
    };
    Receipt row;
    row.channel = heard.channel;
    row.message_id = heard.receipt.message_id;
    row.ids = heard.ids;
    row.source_key = key_of(heard.source);
    row.destination_key = key_of(heard.destination);
    row.state = heard.receipt.state;
    row.error = heard.receipt.error;
    row.received_at = clock_();
    return row;
}

void ReceiptDesk::accept(const HeardReceipt& heard, Done done) {
    if (heard.marked) return take(heard, std::move(done));
    look(heard, unmarked_looks, done);
}

void ReceiptDesk::look(const HeardReceipt& heard, unsigned looks, const Done& done) {
    take(heard, [this, heard, looks, done](Committed how, Match match) {
        if (how != Committed::durable || match != Match::unmatched || looks <= 1) return done(how, match);
        auto timer = std::make_shared<net::asio::steady_timer>(store_.executor(), unmarked_again);
        timer->async_wait(
            [this, heard, looks, done, timer](boost::system::error_code) { look(heard, looks - 1, done); });
    });
}

void ReceiptDesk::take(const HeardReceipt& heard, Done done) {
    auto match = std::make_shared<Match>(Match::waiting);
    const bool tidy = unplaced_ >= unplaced_max;
    if (tidy) unplaced_ = 0;
    auto apply = [row = row_of(heard), account = heard.account, marked = heard.marked, pairs = pairs_, match,
                  tidy](Unit& unit) {
        *match = store_heard(unit, row, *pairs, account, marked);
        if (tidy) unit.keep_unmatched_receipts(unmatched_max);
    };
    const bool marked = heard.marked;
    store_.submit(apply, {}, [this, match, marked, done = std::move(done)](Committed how) {
        if (how == Committed::durable && *match == Match::waiting) may_wait_ = true;
        if ((*match == Match::unmatched && marked) || *match == Match::ambiguous) ++unplaced_;
        done(how, *match);
    });
}

net::awaitable<void> ReceiptDesk::match_waiting() {
    if (!may_wait_) co_return;
    may_wait_ = false;  // accept() may set it again meanwhile
    bool some_wait = true;
    try {
        some_wait = co_await match_pages();
    } catch (...) {
        may_wait_ = true;  // a reader that fails now is asked again
        throw;
    }
    if (some_wait) may_wait_ = true;
}

net::awaitable<void> ReceiptDesk::match_at_end() {
    if (!may_wait_) co_return;
    auto apply = [pairs = pairs_](Unit& unit) {
        for (const auto& row : unit.receipts_waiting_after(0, waiting_page)) store_waited(unit, row, *pairs, false);
    };
    co_await store_.commit(apply);
}

/// True when some still wait.
net::awaitable<bool> ReceiptDesk::match_pages() {
    bool some_wait = false;
    storage::Id after = 0;
    std::size_t seen = 0;
    for (std::size_t read = waiting_page; read == waiting_page && seen <= unmatched_max; seen += read) {
        std::vector<Receipt> ready;
        const auto give_up_before = clock_() - held_for;
        auto ask = [&, first = after](storage::View& view) {
            ready.clear();
            const auto page = view.receipts_waiting_after(first, waiting_page);
            read = page.size();
            after = page.empty() ? first : page.back().id;
            for (const auto& row : page) {
                const bool over = row.received_at <= give_up_before;
                if (over || find_reply(view, row, *pairs_).match != Match::waiting) ready.push_back(row);
            }
        };
        co_await store_.read(ask);
        some_wait = some_wait || read > ready.size();
        if (ready.empty()) continue;
        auto apply = [&ready, give_up_before, pairs = pairs_](Unit& unit) {
            for (const auto& row : ready) store_waited(unit, row, *pairs, row.received_at <= give_up_before);
            unit.keep_unmatched_receipts(unmatched_max);
        };
        if (co_await store_.commit(apply) != Committed::durable) some_wait = true;
    }
    if (seen > unmatched_max) {
        co_await store_.commit([](Unit& unit) { unit.keep_unmatched_receipts(unmatched_max); });
    }
    co_return some_wait;
}

}  // namespace jejak::intake
