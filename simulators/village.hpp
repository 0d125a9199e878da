#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/net/http_client.hpp"
#include "simulators/story.hpp"
#include "simulators/ussd_phone.hpp"

namespace jejak::sim {

struct VillageOptions {
    std::string smsc;       ///< `http://…` of the SMSC simulator's control port
    std::string gateway;    ///< `http://…` of the gateway
    std::string taskforce;  ///< `http://…` of the task force simulator
    std::string provider;   ///< `http://…` of the send API simulator: replies that come by no answer
    std::string token;      ///< API token for get and post steps
    std::map<std::string, std::string> keys;  ///< HTTP channel's name → key
    bool colours = false;
    std::function<void(const std::string&)> print;  ///< one line each
};

/// A village that lives through a story, and tells what happened. Stops at the first step that does not come true.
class Village {
public:
    /// errors: throws std::invalid_argument when an address the story needs is missing or is none.
    Village(const net::asio::any_io_executor& executor, Story story, VillageOptions options);

    /// Plays every step. `ended_well()` then says whether all came true.
    net::awaitable<void> run();
    bool ended_well() const { return ended_well_; }

private:
    /// Empty when the step came true, else why not.
    using Fault = std::optional<std::string>;

    net::awaitable<void> mark_beginning();
    net::awaitable<Fault> play(const Step& step);
    net::awaitable<Fault> play_text(const Step& step, const TextStep& text);
    net::awaitable<Fault> play_smpp(const Step& step, const TextStep& text, const Person& person,
                                    const std::string& says);
    net::awaitable<Fault> play_http(const Step& step, const TextStep& text, const Person& person,
                                    const std::string& says);
    net::awaitable<Fault> hear_provider(const Step& step, const TextStep& text, const Person& person);
    net::awaitable<Fault> play_ussd(const UssdStep& act);
    net::awaitable<Fault> play_event(const Step& step, const EventStep& event);
    net::awaitable<Fault> play_request(const Step& step, const RequestStep& request);
    HttpCall http_call(const Person& person, const std::string& says) const;
    Fault judge_reply(const TextStep& text, const Person& person, const std::string& reply);
    void tell(std::string_view colour, std::string_view who, std::string_view what) const;

    net::asio::any_io_executor executor_;
    Story story_;
    VillageOptions options_;
    std::unique_ptr<net::HttpClient> smsc_, gateway_, taskforce_, provider_;
    std::map<std::string, UssdPhone> phones_;  ///< of the persons who dialled
    Kept kept_;
    std::uint64_t replies_seen_ = 0;       ///< number of the last SMS reply there was when a step began
    std::uint64_t calls_seen_ = 0;         ///< number of the last text the provider had been given
    std::uint64_t events_before_ = 0;      ///< number of the last event there was before the story
    std::set<std::uint64_t> events_used_;  ///< an event fulfils one step
    bool ended_well_ = false;
};

}  // namespace jejak::sim
