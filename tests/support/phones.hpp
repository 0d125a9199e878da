#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/ussd/desk.hpp"
#include "tests/support/village.hpp"

namespace jejak::tests {

/// A village where people dial: sessions go to the desk, as both wires hand them over.
class Phones : public Village {
public:
    Phones() { begin_desk(); }
    ~Phones() { desk.reset(); }

    void restart() {
        desk.reset();
        now += std::chrono::milliseconds(1);
        Village::restart();
        begin_desk();
    }

    /// One request of an HTTP aggregator: `text` is all inputs so far.
    ussd::Shown ask_whole(const std::string& number, const std::string& session, const std::string& text) {
        return turn(ussd::Turn::What::whole, number, session, text);
    }
    ussd::Shown dial(const std::string& number, const std::string& session, const std::string& text = "*384#") {
        return turn(ussd::Turn::What::dialled, number, session, text);
    }
    ussd::Shown press(const std::string& number, const std::string& session, const std::string& text) {
        return turn(ussd::Turn::What::input, number, session, text);
    }
    ussd::Shown hang_up(const std::string& number, const std::string& session) {
        return turn(ussd::Turn::What::ended, number, session, "");
    }
    /// Dials, presses everything, and says what the last screen was.
    ussd::Shown walk(const std::string& number, const std::string& session, std::initializer_list<std::string> keys) {
        auto shown = dial(number, session);
        for (const auto& key : keys) shown = press(number, session, key);
        return shown;
    }
    ussd::Shown turn(ussd::Turn::What what, const std::string& number, const std::string& session,
                     const std::string& text) {
        ussd::Turn one;
        one.what = what;
        one.channel = "menu";
        one.session = session;
        one.sender = sms::normalise(number);
        one.service_code = "*384#";
        one.text = text;
        ussd::Shown result;
        auto task = [&]() -> net::awaitable<void> { result = co_await desk->take(std::move(one)); };
        run(task());
        return result;
    }

    /// The sweep, with SMS leaving by channel "operator" when `by_sms`.
    void sweep(bool by_sms = false) {
        auto leaving_by = [by_sms](const std::string&) -> std::optional<casework::ReplyRoute> {
            if (!by_sms) return std::nullopt;
            casework::ReplyRoute leaving;
            leaving.how = casework::ReplyRoute::How::channel;
            leaving.channel = "operator";
            return leaving;
        };
        run(ignore(desk->close_expired(leaving_by)));
    }

    std::vector<storage::Message> messages() {
        return ask([](storage::View& view) { return view.messages_after(0, 100); });
    }
    std::vector<storage::Report> reports() {
        return ask([](storage::View& view) { return view.reports_after(0, 100); });
    }
    std::string text_of(const storage::Message& message) {
        const auto text = vault.open(storage::Table::message, storage::Column::text, message.id, message.text);
        return text ? text->reveal() : "(damaged)";
    }
    std::vector<std::string> replies_to(storage::Id message) {
        const auto rows = ask([&](storage::View& view) { return view.replies_to(message); });
        std::vector<std::string> texts;
        for (const auto& row : rows) {
            texts.push_back(vault.open(storage::Table::reply, storage::Column::text, row.id, row.text)->reveal());
        }
        return texts;
    }

    std::unique_ptr<ussd::Desk> desk;

private:
    void begin_desk() {
        desk = std::make_unique<ussd::Desk>(
            *access, vault, publisher, *intake, [] { return sambas(); },
            ussd::DeskOptions{std::chrono::hours(2), [this] { return now.read(); },
                              [this](const std::string&) { return wording; }});
    }
};

inline bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// The reference a closing screen gives; empty when it gives none.
inline std::string ticket_in(const std::string& screen) {
    const auto at = screen.find("Ref ");
    return at == std::string::npos ? "" : screen.substr(at + 4, 6);
}

inline std::vector<AlertKind> kinds(const std::vector<storage::Alert>& alerts) {
    std::vector<AlertKind> all;
    for (const auto& alert : alerts) all.push_back(alert.kind);
    return all;
}

}  // namespace jejak::tests
