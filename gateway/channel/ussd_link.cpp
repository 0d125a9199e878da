#include "gateway/channel/ussd_link.hpp"

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"

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

}  // namespace

void UssdLink::take(const ShortMessage& message, const Signal& signal, const sms::InboundText& text, Done done) {
    Turn turn;
    turn.what = what_of(signal);
    turn.channel = options_.name;
    turn.session = ussd::session_of(text.sender.address, signal, profile);
    turn.sender = text.sender;
    turn.service_code = text.destination.reveal();
    turn.text = text.text.reveal();
    turn.timeout = options_.ussd.timeout;
    turn.wire_since = wire_since_;
    Screen screen;
    screen.from = {message.destination.ton, message.destination.npi, std::string(message.destination.digits)};
    screen.to = {message.source.ton, message.source.npi, std::string(message.source.digits)};
    const bool answerable = signal.what != Signal::What::end;
    auto shown = [this, answerable, generation = generation_, info = signal.info, screen = std::move(screen),
                  done = std::move(done)](const Shown& result) mutable {
        if (answerable && generation == generation_ && result.how == Shown::How::shown) {
            if (screens_.size() == screens_max) screens_.pop_front();
            screen.text = result.screen;
            screen.parameters = ussd::screen_parameters(info, result.end, profile);
            screen.dropped_at = std::chrono::steady_clock::now() + options_.ussd.timeout;
            screens_.push_back(std::move(screen));
        }
        done(result);
    };
    desk_.take(std::move(turn), std::move(shown));
}

void UssdLink::fill(smpp::Session& session, SteadyTime now) {
    while (!screens_.empty() && session.may_send()) {
        if (screens_.front().dropped_at > now) send(session, screens_.front(), now);
        screens_.pop_front();
    }
}

void UssdLink::send(smpp::Session& session, const Screen& screen, SteadyTime now) {
    constexpr std::uint8_t ucs2 = 8;
    const auto septets = sms::gsm7::encode(screen.text);
    const auto octets = septets ? *septets : sms::encode_ucs2(screen.text);
    ShortMessage message;
    message.service_type = "USSD";
    message.source = {screen.from.ton, screen.from.npi, screen.from.digits};
    message.destination = {screen.to.ton, screen.to.npi, screen.to.digits};
    message.data_coding = septets ? 0 : ucs2;
    message.short_message = octets;
    message.tlvs = smpp::Tlvs(screen.parameters);
    session.send(smpp::CommandId::submit_sm, message, token_bit | ++sent_, now);
}

}  // namespace jejak::channel
