#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "simulators/aggregator.hpp"

/// A story is a TOML file: who is there, and what happens, step by step. Every step must come true.
///
///     title = "Border night"
///     service = "9840"                      # where texts go
///
///     [persons.ani]
///     name = "Bu Ani"                       # for the reader
///     number = "+628400000001"
///     channel = "smpp"                      # through the SMSC; or "json", "kannel": through the HTTP channel `via`
///     via = "app"                           # name in /v1/in/NAME; its key comes with --key app=…
///
///     [[step]]                              # a person texts
///     from = "ani"
///     text = "LAPOR 5 orang lewat jalan tikus dekat sebunga skrg"
///     reply = "Pesan diterima. Ref {ticket}. Terima kasih."   # the whole reply; or reply_contains = "…",
///                                           # or reply = false: none may come within `within`
///     [[step]]                              # a person walks a USSD menu, over the wire of their channel
///     from = "ani"
///     dial = "*384#"                        # a session begins; then ussd = "1" presses, hang_up = true breaks it off
///     screen = "Terima kasih."              # the whole screen; or screen_contains = "…"
///     ends = true                           # whether the session is over with it; not said: either
///
///     [[step]]                              # an event reaches the task force, signed
///     event = "alert.raised"
///     with = { kind = "departure_now", reporters = 1, "place.code" = "61.01.09" }   # fields of its data
///     keep = { alert = "id" }               # remembers data.id as {alert}
///     within = "10s"                        # default 10s; numbers with ms, s or m
///
///     [[step]]                              # the gateway answers a request
///     get = "/v1/alerts/{alert}"            # or post = "…" with body = '{"by":"satgas"}'
///     status = 200                          # the default
///     with = { status = "raised" }          # fields of the JSON answer; asked again until they hold or `within` ends
///
///     [[step]]
///     pause = "500ms"
///
/// Every step may have a `note`: one line printed before it. In patterns `{name}` stands for letters and digits; the
/// first time it keeps what it stood for, later (in texts, targets and patterns) it is that value. `{_}` keeps nothing;
/// `{next_week}` is the date in seven days as 20-09-2025.
namespace jejak::sim {

/// What patterns kept so far.
using Kept = std::map<std::string, std::string>;

/// `{name}`s replaced by what they stand for; empty when one stands for nothing yet.
std::optional<std::string> fill_in(std::string_view pattern, const Kept& kept);

/// Compares a text with a pattern, the whole or a part of it. What new `{name}`s stand for goes to `kept` when it fits.
bool matches(std::string_view pattern, std::string_view text, bool whole, Kept& kept);

struct Person {
    std::string name, number;
    std::optional<HttpDialect> http;  ///< empty: SMPP
    std::string via;                  ///< HTTP channel's name
};

/// What a field must be: numbers and truth values exactly, texts by pattern.
using Wanted = std::variant<std::string, std::int64_t, bool>;
using Fields = std::vector<std::pair<std::string, Wanted>>;
using Keeps = std::vector<std::pair<std::string, std::string>>;  ///< name, dotted field

struct TextStep {
    std::string from, text;
    enum class Reply { whatever, none, whole, part } reply = Reply::whatever;
    std::string pattern;
};
struct UssdStep {
    std::string from;
    enum class What { dial, press, hang_up } what = What::dial;
    std::string text;
    std::string pattern;  ///< of the screen
    bool whole = false;
    std::optional<bool> ends;
};
struct EventStep {
    std::string type;
    Fields with;
    Keeps keep;
};
struct RequestStep {
    std::string method, target, body;
    unsigned status = 200;
    Fields with;
    Keeps keep;
};
struct PauseStep {};

struct Step {
    unsigned line = 0;  ///< in the file
    std::string note;
    std::chrono::milliseconds within{10'000};  ///< or how long a pause lasts
    std::variant<TextStep, UssdStep, EventStep, RequestStep, PauseStep> what;
};

struct Story {
    std::string title, service = "9840";
    std::map<std::string, Person> persons;
    std::vector<Step> steps;
};

/// errors: throws std::invalid_argument with `line N: what is wrong`.
Story parse_story(std::string_view toml);

}  // namespace jejak::sim
