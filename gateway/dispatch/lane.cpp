#include "gateway/dispatch/lane.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace jejak::dispatch {

using net::awaitable;
using storage::Delivery;
using storage::DeliveryState;
using storage::Unit;
using storage::View;
using How = sink::SendOutcome::How;
using Change = Breaker::Change;

Lane::Lane(StoreAccess& store, const storage::Vault& vault, Telemetry& telemetry, std::unique_ptr<sink::Sink> sink,
           LaneOptions options)
    : store_(store),
      vault_(vault),
      telemetry_(telemetry),
      sink_(std::move(sink)),
      options_(std::move(options)),
      breaker_(options_.schedule, options_.limits),
      sends_(store.executor()),
      changed_(store.executor()),
      pausing_(store.executor()),
      look_(options_.look_min) {
    sends_.on_failure([this] { changed_.cancel(); });
}

awaitable<void> Lane::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    co_await restore();
    while (!co_await net::stop_requested()) {
        note(breaker_.look(wall_now()));
        if (unsaved_state_ && !saving_) co_await save();
        if (co_await net::stop_requested()) break;
        if (!may_send()) {
            co_await pause(breaker_.next_look());
            continue;
        }
        woken_ = false;
        auto page = co_await read_page();
        if (co_await net::stop_requested()) break;
        if (!page.empty()) {
            look_ = options_.look_min;
            if (retry_at_ && *retry_at_ <= wall_now())
                retry_at_.reset();  // it is on this page, and says so if it fails
            co_await send_page(std::move(page));
            continue;
        }
        const auto fallback = wall_now() + (read_failed_ ? options_.storage_pause : look_);
        look_ = std::min(look_ * 2, options_.look_max);
        co_await pause(retry_at_ ? std::min(*retry_at_, fallback) : fallback);
    }
    if (unsaved_state_ && !saving_) co_await save();
}

void Lane::wake() {
    woken_ = true;
    breaker_.hurry(wall_now());
    look_ = options_.look_min;
    pausing_.cancel();
}

void Lane::resume() {
    breaker_.resume();
    unsaved_state_.reset();
    state_kept_ = false;
    probed_ = opened_by_ = 0;
    spdlog::info("event=endpoint_resumed endpoint={}", options_.name);
    wake();
}

std::optional<std::string> Lane::trouble() const {
    switch (breaker_.state()) {
        case Breaker::State::closed:
            return std::nullopt;
        case Breaker::State::open:
            return "failing since " + to_rfc3339(*breaker_.failing_since()) + ": " + breaker_.reason();
        case Breaker::State::suspended:
            return "suspended: " + breaker_.reason();
    }
    return std::nullopt;
}

/// Ends at `until`, when woken, or after look_max at the latest, should the wall clock have been set.
awaitable<void> Lane::pause(WallTime until) {
    const auto now = wall_now();
    const auto left =
        until > now ? std::min(until - now, WallTime::duration(options_.look_max)) : WallTime::duration(0);
    if (!woken_ && !co_await net::stop_requested()) {
        pausing_.expires_after(left);
        co_await pausing_.async_wait(net::use_tuple);
    }
    woken_ = false;
}

awaitable<void> Lane::pause_for(std::chrono::milliseconds time) {
    net::asio::steady_timer timer(store_.executor(), time);
    co_await timer.async_wait(net::use_tuple);
}

/// What an earlier run of the process knew of the endpoint.
awaitable<void> Lane::restore() {
    std::vector<storage::EndpointState> states;
    auto ask = [&states](View& view) { states = view.endpoint_states(); };
    for (bool known = false; !known && !co_await net::stop_requested();) {
        try {
            co_await store_.read(ask);
            known = true;
        } catch (const std::exception&) {
            spdlog::warn("event=endpoint_state_unreadable endpoint={}", options_.name);
        }
        if (!known) co_await pause_for(options_.storage_pause);
    }
    for (const auto& state : states) {
        if (state.name != options_.name) continue;
        breaker_.restore(state.suspended, state.reason, state.failing_since, wall_now());
        state_kept_ = breaker_.state() != Breaker::State::closed;
    }
}

bool Lane::may_send() const {
    return breaker_.state() == Breaker::State::closed || breaker_.may_probe(wall_now());
}

std::string Lane::event_id(const Delivery& delivery) const {
    return vault_.public_id(storage::Table::event, delivery.event);
}

/// What is owed and due, oldest first: a page, or the one delivery that probes. Empty when there is nothing, and when
/// the store could not be asked.
awaitable<std::vector<Lane::Owed>> Lane::read_page() {
    std::vector<Owed> page;
    const bool probing = breaker_.state() == Breaker::State::open;
    auto ask = [&, now = wall_now()](View& view) {
        page.clear();
        auto due = view.deliveries_pending(options_.name, probing ? probed_ : 0, now, probing ? 1 : page_max);
        if (due.empty() && probing && probed_ != 0) due = view.deliveries_pending(options_.name, 0, now, 1);
        for (auto& delivery : due) {
            Owed owed;
            owed.event.id = event_id(delivery);
            owed.event.replayed = delivery.replayed;
            if (auto event = view.event(delivery.event)) {
                owed.event.type = std::move(event->type);
                owed.event.at = event->at;
                owed.event.body = std::move(event->body);
                owed.known = true;
            }
            owed.delivery = std::move(delivery);
            page.push_back(std::move(owed));
        }
    };
    bool failed = false;
    try {
        co_await store_.read(ask);
    } catch (const std::exception&) {
        failed = true;
        page.clear();
    }
    if (failed && !read_failed_) spdlog::warn("event=outbox_unreadable endpoint={}", options_.name);
    read_failed_ = failed;
    co_return page;
}

/// Sends a page with the endpoint's concurrency, saving results as they come; ends when all of it is settled and saved.
/// What was not begun when the breaker opened, or the stop came, stays owed.
awaitable<void> Lane::send_page(std::vector<Owed> page) {
    const bool probe = breaker_.state() == Breaker::State::open;
    std::size_t begun = 0;
    for (;;) {
        if (co_await net::stop_requested()) stopping_ = true;
        const auto may_begin = [&] {
            if (stopping_ || begun == page.size()) return false;
            return probe ? begun == 0 : breaker_.state() == Breaker::State::closed;
        };
        while (may_begin() && in_flight_ < options_.concurrency) {
            ++in_flight_;
            sends_.spawn("send", send_one(std::move(page[begun]), probe));
            ++begun;
        }
        if (!saving_ && (!unsaved_.empty() || unsaved_state_)) {
            saving_ = true;
            sends_.spawn("save", save());
        }
        if (in_flight_ == 0 && !saving_ && !may_begin()) break;
        changed_.expires_at(SteadyTime::max());
        co_await changed_.async_wait(net::use_tuple);
        sends_.throw_if_failed();
    }
}

awaitable<void> Lane::send_one(Owed owed, bool probe) {
    sink::SendOutcome outcome{How::unsendable, std::nullopt, "event_missing"};
    if (owed.known) {
        try {
            outcome = co_await sink_->send(std::move(owed.event));
        } catch (const std::exception&) {
            outcome = {How::endpoint_down, std::nullopt, "exception"};
        }
    }
    --in_flight_;
    settle(std::move(owed.delivery), outcome, probe);
    changed_.cancel();
}

/// Turns an attempt's outcome into what is to be stored, and tells the breaker.
void Lane::settle(Delivery delivery, const sink::SendOutcome& outcome, bool probe) {
    switch (outcome.how) {
        case How::delivered:
            telemetry_.delivery(options_.name, "delivered");
            endpoint_answered(delivery, probe);
            delivery.state = DeliveryState::delivered;
            unsaved_.push_back(std::move(delivery));
            break;
        case How::refused:
            telemetry_.delivery(options_.name, "refused");
            endpoint_answered(delivery, probe);
            retry_alone(std::move(delivery), outcome);
            break;
        case How::endpoint_down:
            telemetry_.delivery(options_.name, "endpoint_down");
            endpoint_failed(delivery, outcome, probe);
            break;
        case How::gone:
            telemetry_.delivery(options_.name, "gone");
            note(breaker_.gone(wall_now()));
            break;
        case How::unsendable:
            telemetry_.delivery(options_.name, "dead");
            spdlog::error("event=dead_letter endpoint={} event_id={} reason={}", options_.name, event_id(delivery),
                          outcome.reason);
            delivery.state = DeliveryState::dead;
            unsaved_.push_back(std::move(delivery));
            break;
    }
}

/// One delivery's own schedule: its neighbours go on.
void Lane::retry_alone(Delivery delivery, const sink::SendOutcome& outcome) {
    const auto delay = retry_delay(++delivery.attempts, options_.random(), options_.schedule);
    if (delay) {
        const auto asked = std::min<std::chrono::milliseconds>(outcome.retry_after.value_or(std::chrono::seconds(0)),
                                                               options_.limits.retry_after_max);
        delivery.not_before = wall_now() + std::max(*delay, asked);
        retry_at_ = retry_at_ ? std::min(*retry_at_, *delivery.not_before) : *delivery.not_before;
        spdlog::debug("event=delivery_refused endpoint={} event_id={} reason={} attempts={}", options_.name,
                      event_id(delivery), outcome.reason, delivery.attempts);
    } else {
        telemetry_.delivery(options_.name, "dead");
        spdlog::error("event=dead_letter endpoint={} event_id={} reason={} attempts={}", options_.name,
                      event_id(delivery), outcome.reason, delivery.attempts);
        delivery.state = DeliveryState::dead;
    }
    unsaved_.push_back(std::move(delivery));
}

void Lane::endpoint_answered(const Delivery& delivery, bool probe) {
    if (delivery.id != opened_by_) {
        answered_since_ = true;
        if (probed_ == 0) probed_ = opened_by_;  // the next probe had better be another one
    }
    note(breaker_.succeeded(probe));
}

void Lane::endpoint_failed(const Delivery& delivery, const sink::SendOutcome& outcome, bool probe) {
    const bool closed = breaker_.state() == Breaker::State::closed;
    if (closed && answered_since_ && (delivery.id == opened_by_ || delivery.attempts > 0)) {
        retry_alone(delivery, outcome);  // others get through: it is this one
        return;
    }
    if (closed) {
        opened_by_ = delivery.id;
        answered_since_ = false;
        probed_ = 0;
    }
    if (probe) probed_ = delivery.id;
    note(breaker_.failed({outcome.reason, outcome.retry_after, probe}, wall_now(), options_.random()));
}

/// Logs what changed for an operator, and keeps it over a restart once it has lasted.
void Lane::note(Change change) {
    const auto& name = options_.name;
    switch (change) {
        case Change::none:
            return;
        case Change::opened:
            spdlog::warn("event=endpoint_failing endpoint={} reason={}", name, breaker_.reason());
            return;
        case Change::alarmed:
            spdlog::error("event=endpoint_down endpoint={} reason={}", name, breaker_.reason());
            break;
        case Change::suspended:
            spdlog::error("event=endpoint_suspended endpoint={} reason=\"{}\"", name, breaker_.reason());
            break;
        case Change::recovered:
            spdlog::info("event=endpoint_recovered endpoint={}", name);
            if (!state_kept_) return;
            break;
    }
    keep_state();
}

void Lane::keep_state() {
    storage::EndpointState state;
    state.name = options_.name;
    state.suspended = breaker_.state() == Breaker::State::suspended;
    state.reason = breaker_.reason();
    state.failing_since = breaker_.failing_since();
    state_kept_ = breaker_.state() != Breaker::State::closed;
    unsaved_state_ = std::move(state);
}

/// Everything settled so far, in one unit. While the store fails it is tried again: nothing more is sent meanwhile. A
/// stop leaves it: what is not marked is sent again under the same id.
awaitable<void> Lane::save() {
    saving_ = true;
    const auto batch = std::exchange(unsaved_, {});
    const auto state = std::exchange(unsaved_state_, std::nullopt);
    auto apply = [batch, state](Unit& unit) {
        for (const auto& delivery : batch) unit.update(delivery);
        if (state) unit.set(*state);
    };
    for (bool warned = false;;) {
        const auto how = co_await store_.commit(apply);
        if (how == storage::Committed::durable) break;
        if (!warned) spdlog::warn("event=deliveries_unsaved endpoint={} count={}", options_.name, batch.size());
        warned = true;
        if (stopping_ || co_await net::stop_requested()) break;
        co_await pause_for(options_.storage_pause);
    }
    saving_ = false;
    changed_.cancel();
}

}  // namespace jejak::dispatch
