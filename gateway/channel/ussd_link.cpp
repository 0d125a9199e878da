#include "gateway/channel/ussd_link.hpp"

#include <algorithm>

#include "gateway/channel/wire_form.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/utf8.hpp"
#include "protocol/ussd/paging.hpp"

namespace jejak::channel {

using smpp::ShortMessage;
using ussd::Shown;
using ussd::Signal;
using ussd::Turn;

namespace {

Turn::What what_of(const Signal& signal) {
    switch (signal.what) {
        case Signal::What::begin:
            return Turn::What::dialled;
        case Signal::What::input:
            return Turn::What::input;
        case Signal::What::end:
            break;
    }
    return Turn::What::ended;
}

/// The text in one piece, under data_coding 0 if that alphabet has all of it.
sms::OutboundSegment coded(std::string_view utf8, sms::DefaultAlphabet zero_means) {
    auto segments = sms::segment_text(utf8, 0, {sms::LongTexts::Form::payload, zero_means, {}});
    return segments.empty() ? sms::OutboundSegment() : std::move(segments.front());
}

/// With a question mark for each character that data_coding 0 lacks.
std::string plain(std::string_view utf8, sms::DefaultAlphabet zero_means) {
    std::string text;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto begin = at;
        sms::utf8::next(utf8, at);
        const auto character = utf8.substr(begin, at - begin);
        text += coded(character, zero_means).data_coding == 0 ? character : std::string_view("?");
    }
    return text;
}

}  // namespace

sms::OutboundSegment coded_screen(const std::string& screen, sms::DefaultAlphabet zero_means) {
    auto whole = coded(screen, zero_means);
    const bool wide = whole.data_coding != 0;
    return wide && whole.octets.size() > 2 * ussd::ucs2_units_max ? coded(plain(screen, zero_means), zero_means)
                                                                  : whole;
}

void UssdLink::take(const ShortMessage& message, const Signal& signal, const sms::InboundText& text, Done done) {
    Turn turn;
    turn.what = what_of(signal);
    turn.channel = options_.name;
    turn.account = account_;
    // Two peers number their sessions alike: what one of them says is never an input to another's.
    turn.session = account_.empty() ? std::string() : account_ + '\n';
    turn.session += ussd::session_of(text.sender.address, signal, profile());
    turn.sender = text.sender;
    turn.service_code = text.destination.reveal();
    turn.text = text.text.reveal();
    turn.timeout = options_.ussd.timeout;
    turn.wire_since = wire_since_;
    Screen screen;
    screen.over = turn;
    screen.over.what = Turn::What::ended;
    screen.over.text.clear();
    screen.from = {message.destination.ton, message.destination.npi, std::string(message.destination.digits)};
    screen.to = {message.source.ton, message.source.npi, std::string(message.source.digits)};
    const bool answerable = signal.what != Signal::What::end;
    auto shown = [this, answerable, generation = generation_, session = signal.session, screen = std::move(screen),
                  done = std::move(done)](const Shown& result) mutable {
        if (answerable && generation == generation_ && result.how == Shown::How::shown) {
            if (screens_.size() == screens_max) screens_.pop_front();
            screen.text = result.screen;
            screen.last = result.end;
            screen.parameters = ussd::screen_parameters(session, result.end, profile());
            screen.dropped_at = std::chrono::steady_clock::now() + options_.ussd.timeout;
            screens_.push_back(std::move(screen));
        }
        done(result);
    };
    desk_.take(std::move(turn), std::move(shown));
}

std::size_t UssdLink::fill(smpp::Session& session, SteadyTime now, std::size_t most) {
    std::size_t sent = 0;
    for (auto left = screens_.size(); left > 0 && sent < most && session.may_send(); --left) {
        auto screen = std::move(screens_.front());
        screens_.pop_front();
        if (screen.dropped_at <= now) continue;
        if (screen.not_before > now) {
            screens_.push_back(std::move(screen));
            continue;
        }
        send(session, std::move(screen), now);
        ++sent;
    }
    return sent;
}

SteadyTime UssdLink::wake_at(SteadyTime now) const {
    auto first = SteadyTime::max();
    for (const auto& screen : screens_) {
        if (screen.not_before > now) first = std::min(first, screen.not_before);
    }
    return first;
}

void UssdLink::ended(const smpp::RequestEnded& answered, SteadyTime now) {
    const auto found = under_way_.find(answered.token);
    if (found == under_way_.end()) return;
    auto screen = std::move(found->second);
    under_way_.erase(found);
    if (answered.how == smpp::RequestEnded::How::unanswered) return;
    switch (options_.error_class(answered.status)) {
        case smpp::ErrorClass::none:
            return;
        case smpp::ErrorClass::throttle:
        case smpp::ErrorClass::temporary:
        case smpp::ErrorClass::unknown:
            if (++screen.tries < tries_max) return put_off(std::move(screen), now);
            break;
        case smpp::ErrorClass::permanent:
            break;
    }
    give_up(std::move(screen));
}

void UssdLink::put_off(Screen screen, SteadyTime now) {
    if (screens_.size() == screens_max) return;  // those who wait came first
    screen.not_before = now + try_again_after;
    screens_.push_back(std::move(screen));
}

/// What was said so far is filed already: that it is over adds nothing that anybody waits for.
void UssdLink::give_up(Screen screen) {
    if (!screen.last) desk_.take(std::move(screen.over), [](const Shown&) {});
}

void UssdLink::send(smpp::Session& session, Screen screen, SteadyTime now) {
    const auto text = coded_screen(screen.text, options_.default_alphabet);
    ShortMessage message;
    message.service_type = options_.ussd_service_type;
    message.source = {screen.from.ton, screen.from.npi, screen.from.digits};
    message.destination = {screen.to.ton, screen.to.npi, screen.to.digits};
    message.data_coding = text.data_coding;
    message.short_message = text.octets;
    auto parameters = screen.parameters;
    const auto command = wire_form(session.message_command(), message, parameters);
    const auto token = token_bit | (++sent_ & token_mask);
    if (!session.send(command, message, token, now)) {
        return give_up(std::move(screen));
    }
    under_way_.insert_or_assign(token, std::move(screen));
}

}  // namespace jejak::channel
