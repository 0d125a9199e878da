#include "gateway/gateway.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <utility>

#include "gateway/admin.hpp"
#include "gateway/casework/publish.hpp"
#include "gateway/casework/words.hpp"
#include "gateway/channel/http_sender.hpp"
#include "gateway/channel/smpp_client.hpp"
#include "gateway/channel/smpp_server.hpp"
#include "gateway/dispatch/dispatcher.hpp"
#include "gateway/dispatch/reply_dispatcher.hpp"
#include "gateway/dispatch/routing.hpp"
#include "gateway/http/api.hpp"
#include "gateway/http/request.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/net/task_group.hpp"
#include "gateway/reply_routes.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace jejak {
namespace {

using casework::ReplyRoute;
using net::awaitable;
using understand::Pack;

constexpr int exit_software = 70;
constexpr unsigned stop_limit_seconds = 15;  ///< the kernel ends us if an orderly stop hangs
constexpr std::chrono::seconds dispatch_stop_limit{5};
constexpr std::chrono::seconds channel_stop_limit{6};
constexpr std::chrono::seconds http_stop_limit{2};
constexpr std::chrono::seconds failure_looked_for_every{1};
constexpr std::chrono::seconds overdue_every{1};
constexpr std::chrono::seconds updates_every{2};

/// Empty, with `faults`, when it does not hold together or says what nobody may be told.
std::shared_ptr<const Pack> usable_pack(const std::filesystem::path& folder,
                                        std::vector<understand::PackFault>& faults) {
    auto pack = Pack::load(folder, faults);
    if (pack) faults = pack->lint_sayings();
    return faults.empty() ? pack : nullptr;
}

std::shared_ptr<const Pack> load_pack(const std::filesystem::path& folder) {
    std::vector<understand::PackFault> faults;
    auto pack = usable_pack(folder, faults);
    if (!pack) {
        const auto& first = faults.front();
        throw std::runtime_error("pack: " + first.file + ":" + std::to_string(first.line) + ": " + first.message);
    }
    return pack;
}

storage::SqliteOptions store_options(const Config& config) {
    storage::SqliteOptions options;
    options.file = config.storage.file;
    options.queue_max = config.limits.queue;
    return options;
}

intake::IntakeOptions intake_options(const Config& config) {
    const auto& limits = config.limits;
    const auto bounded = [](std::uint32_t value) {
        return static_cast<std::uint16_t>(std::min<std::uint32_t>(value, UINT16_MAX));
    };
    intake::IntakeOptions options;
    options.lanes = {bounded(limits.messages_per_minute), bounded(limits.messages_per_day)};
    options.replies = {limits.replies_per_prefix_minute, limits.replies_per_day, limits.served_countries,
                       limits.flood_per_minute};
    options.answers_within = limits.answers_within;
    for (const auto& channel : config.smpp_channels) {
        if (!channel.group.empty()) options.groups.emplace(channel.name, "group/" + channel.group);
    }
    options.receipt_pairs = receipt_pairs(config);
    return options;
}

/// The channels whose cover text says a word that the pack forbids, one line each.
std::vector<std::string> cover_faults(const Config& config, const Pack& pack) {
    std::vector<std::string> faults;
    const auto check = [&](const std::string& channel, const ReplyStyle& style) {
        const auto word = casework::forbidden_word(pack, style.cover_text);
        if (!word.empty()) {
            faults.push_back("channel \"" + channel + "\": cover_text says \"" + word +
                             "\", which endangers whoever receives it");
        }
    };
    for (const auto& channel : config.smpp_channels) check(channel.name, channel.replies);
    for (const auto& server : config.smpp_servers) check(server.channel.name, server.channel.replies);
    for (const auto& channel : config.http_channels) check(channel.name, channel.replies);
    return faults;
}

/// Signals as they come. The wait is never cancelled: a signal that arrives together with a timer is not lost.
struct Signals {
    explicit Signals(const net::asio::any_io_executor& executor)
        : set(executor, SIGTERM, SIGINT, SIGHUP), changed(executor) {
        wait();
    }
    void wait() {
        set.async_wait([this](const boost::system::error_code& error, int signal) {
            if (error) return;  // we are being destroyed
            (signal == SIGHUP ? reload : stop) = true;
            changed.cancel();
            wait();
        });
    }
    net::asio::signal_set set;
    net::asio::steady_timer changed;
    bool stop = false;
    bool reload = false;
};

void set_log_level(LogOptions::Level level) {
    constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                                    spdlog::level::err};
    spdlog::set_level(levels[static_cast<std::size_t>(level)]);
}

}  // namespace

/// All parts, in the order they are built; destruction is the reverse.
struct Gateway::Parts {
    Parts(net::asio::any_io_executor loop, Config settings, std::filesystem::path file)
        : executor(std::move(loop)),
          config(std::move(settings)),
          config_file(std::move(file)),
          vault(storage::Vault::open(config.keys)),
          pack(load_pack(config.pack)),
          store(storage::open_sqlite(store_options(config), vault)),
          access(executor, *store),
          publisher(vault, dispatch::route_to(config.endpoints)),
          intake(
              access, vault, publisher, [this] { return pack; }, intake_options(config)),
          desk(access, vault, publisher, intake, [this] { return pack; },
               {config.limits.answers_within, wall_now,
                [this](const std::string& channel) { return routes.of(channel); }}),
          dispatcher(
              executor, access, vault, config.endpoints, [this](std::string_view code) { return place_name(code); },
              telemetry),
          services{config,
                   access,
                   intake,
                   publisher,
                   telemetry,
                   [this] { return pack; },
                   [this](const std::string& channel) { return routes.of(channel); },
                   [this](const intake::Accepted& accepted) { stored(accepted); },
                   [this](const std::vector<std::string>& endpoints) { wake(endpoints); },
                   [this] { return not_ready(); },
                   desk},
          dispatch_tasks(executor),
          channel_tasks(executor),
          http_tasks(executor),
          http(executor, http_options(),
               [this](net::Incoming incoming) { return http::serve(services, std::move(incoming)); }),
          admin(executor, admin_options(), [this](net::Incoming incoming) { return administer(std::move(incoming)); }) {
        if (const auto faults = cover_faults(config, *pack); !faults.empty()) throw std::runtime_error(faults.front());
        for (const auto& options : config.smpp_channels) {
            const auto route = [this, name = options.name] { return routes.of(name); };
            const auto after = [this](const intake::Accepted& accepted) { stored(accepted); };
            clients.push_back(
                std::make_unique<channel::SmppClient>(options, vault, intake, access, telemetry, route, after));
            clients.back()->serve_ussd(desk);
            routes.add(*clients.back());
        }
        for (const auto& options : config.smpp_servers) {
            const auto route = [this, name = options.channel.name] { return routes.of(name); };
            const auto after = [this](const intake::Accepted& accepted) { stored(accepted); };
            servers.push_back(
                std::make_unique<channel::SmppServer>(options, vault, intake, access, telemetry, route, after));
            servers.back()->serve_ussd(desk);
            servers.back()->pace_by(config.limits.queue);
            routes.add(*servers.back());
        }
        for (const auto& options : config.http_channels) {
            if (options.reply != HttpChannelOptions::Reply::send) continue;
            const auto public_id = [this](storage::Id id) { return vault.public_id(storage::Table::reply, id); };
            senders.push_back(std::make_unique<channel::HttpSender>(options, access, telemetry, public_id));
            routes.add(*senders.back());
        }
    }

    net::HttpServerOptions http_options() const {
        net::HttpServerOptions options;
        options.listen = config.http.listen;
        options.tls = config.http.tls;
        return options;
    }

    net::HttpServerOptions admin_options() const {
        net::HttpServerOptions options;
        options.listen = "unix:" + config.admin.socket.string();
        return options;
    }

    std::string place_name(std::string_view code) const {
        const auto* place = pack->place(code);
        return place == nullptr ? std::string{} : place->name;
    }

    /// A unit is durable: what it decided may leave now.
    void stored(const intake::Accepted& accepted) {
        const auto& reply = accepted.handled.reply;
        if (reply && reply->state == storage::ReplyState::sent) {
            if (auto* leaving = routes.exit(reply->channel)) {
                leaving->submit({reply->id, accepted.handled.reply_to, accepted.handled.reply_text, reply->valid_until,
                                 reply->account});
            }
        }
        if (accepted.handled.withheld != casework::Withheld::no) {
            telemetry.reply_withheld(to_string(accepted.handled.withheld));
        }
        wake(accepted.handled.endpoints);
    }

    void wake(const std::vector<std::string>& endpoints) {
        for (const auto& endpoint : endpoints) dispatcher.wake(endpoint);
    }

    std::vector<std::pair<std::string, std::string>> not_ready() const {
        std::vector<std::pair<std::string, std::string>> reasons;
        if (stopping) reasons.emplace_back("gateway", "stopping");
        if (!store->healthy()) reasons.emplace_back("store", store->trouble());
        for (const auto& each : clients) {
            if (!each->bound()) reasons.emplace_back("channel:" + each->name(), std::string(each->status()));
        }
        for (const auto& each : servers) {
            if (const auto why = each->trouble(); !why.empty()) reasons.emplace_back("channel:" + each->name(), why);
        }
        for (const auto& each : senders) {
            if (!each->trouble().empty()) reasons.emplace_back("channel:" + each->name(), each->trouble());
        }
        for (const auto& [endpoint, reason] : dispatcher.troubles())
            reasons.emplace_back("endpoint:" + endpoint, reason);
        return reasons;
    }

    /// POST /admin/NAME on the operator's socket: one unit, then whoever has something to deliver is woken.
    awaitable<net::Answer> administer(net::Incoming incoming) {
        constexpr std::string_view prefix = "/admin/";
        const std::string_view target = incoming.http.target;
        if (incoming.http.method != "POST" || !target.starts_with(prefix)) {
            co_return net::problem(404, "Not Found", "POST /admin/COMMAND");
        }
        AdminReply reply;
        auto parsed = parse_admin(target.substr(prefix.size()), incoming.http.body);
        if (parsed.has_error()) {
            reply = parsed.error();
        } else {
            const auto command = *parsed;
            const auto context = admin_context();
            auto apply = [&](storage::Unit& unit) { reply = run_admin(unit, context, command); };
            const auto how = co_await access.commit(apply);
            if (how != storage::Committed::durable) co_return http::unavailable("the store cannot take it just now");
            if (!reply.endpoint.empty() && reply.status == 200) {
                if (command.name == "endpoint.resume") dispatcher.resume(reply.endpoint);
                dispatcher.wake(reply.endpoint);
            }
            spdlog::info("event=admin command={} status={}", command.name, reply.status);
        }
        co_return http::json_answer(boost::json::serialize(reply.body), reply.status);
    }

    AdminContext admin_context() const {
        AdminContext context{vault, {}, "62"};
        for (const auto& endpoint : config.endpoints) context.endpoints.push_back(endpoint.name);
        return context;
    }

    /// Releases long texts that wait in vain, and tells of alerts whose minute is over.
    awaitable<void> keep_house() {
        co_await net::asio::this_coro::throw_if_cancelled(false);
        net::asio::steady_timer timer(executor);
        auto updates_due = std::chrono::steady_clock::now();
        while (!co_await net::stop_requested()) {
            try {
                if (store->healthy()) co_await tidy_up(updates_due);
            } catch (const std::exception&) {  // a reader that fails now is asked again in a second
                spdlog::warn("event=housekeeping_failed");
            }
            timer.expires_after(overdue_every);
            co_await timer.async_wait(net::use_tuple);
        }
    }

    awaitable<void> tidy_up(SteadyTime& updates_due) {
        const auto route_of = [this](const std::string& channel) {
            auto route = routes.of(channel);
            route.ready = false;  // it leaves by the dispatcher: nobody waits for it here
            if (route.how == ReplyRoute::How::inline_) route.how = ReplyRoute::How::silent;
            return route;
        };
        wake(co_await intake.release_overdue(route_of));
        co_await intake.receipts().match_waiting();
        wake(co_await desk.close_expired([this](const std::string& channel) { return routes.after_ussd(channel); }));
        if (std::chrono::steady_clock::now() < updates_due) co_return;
        co_await publish_updates();
        co_await end_conversations();
        updates_due = std::chrono::steady_clock::now() + updates_every;
    }

    /// A question that was not answered in time is left open; its report stands as it is.
    awaitable<void> end_conversations() {
        bool any = false;
        auto ask = [&any](storage::View& view) {
            any = !view.dialogues_expired(wall_now(), 1, storage::Dialogue::Way::sms).empty();
        };
        co_await access.read(ask);
        if (!any) co_return;
        co_await access.commit([this](storage::Unit& unit) { casework::end_expired_conversations(unit, vault); });
    }

    awaitable<void> publish_updates() {
        bool any = false;
        const auto current = pack;
        auto ask = [&any, &current](storage::View& view) {
            any = !view.alerts_unpublished(wall_now() - current->update_interval(), 1).empty();
        };
        co_await access.read(ask);
        if (!any) co_return;
        std::vector<std::string> touched;
        auto apply = [&](storage::Unit& unit) {
            touched.clear();
            casework::publish_waiting_updates(unit, publisher, *current, touched);
        };
        if (co_await access.commit(apply) == storage::Committed::durable) wake(touched);
    }

    /// Who may bind to our listeners. Channels that come or go wait for a restart.
    void reload_accounts(const Config& fresh) {
        for (const auto& server : servers) {
            const auto& all = fresh.smpp_servers;
            const auto found = std::find_if(
                all.begin(), all.end(), [&](const auto& options) { return options.channel.name == server->name(); });
            if (found == all.end()) {
                spdlog::warn("event=accounts_kept channel={} reason=\"not in the file: restart to end it\"",
                             server->name());
            } else {
                server->reload_accounts(*found);
            }
        }
    }

    /// Certificates and keys of `fresh`, none of them in use yet. errors: throws TlsFileError.
    std::vector<net::TlsRenewal> read_certificates(const Config& fresh) {
        std::vector<net::TlsRenewal> renewals;
        for (const auto& options : fresh.smpp_channels) {
            for (const auto& each : clients) {
                if (each->name() == options.name) renewals.push_back(each->renew_tls(options.tls));
            }
        }
        for (const auto& options : fresh.smpp_servers) {
            for (const auto& each : servers) {
                if (each->name() == options.channel.name) renewals.push_back(each->renew_tls(options.tls));
            }
        }
        renewals.push_back(http.renew_tls(fresh.http.tls));
        return renewals;
    }

    /// SIGHUP: everything is judged before anything is taken over; a faulty pack, configuration or certificate leaves
    /// all as it was.
    void reload() {
        try {
            const auto loaded = load_config(config_file);
            if (!loaded.config) throw std::runtime_error(to_string(loaded.faults.front()));
            auto fresh = load_pack(loaded.config->pack);
            if (const auto faults = cover_faults(config, *fresh); !faults.empty()) {
                throw std::runtime_error(faults.front());
            }
            for (const auto& renew : read_certificates(*loaded.config)) renew();
            set_log_level(loaded.config->log.level);
            pack = std::move(fresh);
            reload_accounts(*loaded.config);
            spdlog::info("event=pack_reloaded version={}", pack->version());
            // It holds together and is in use; what only lint asks of it may still be wrong. Faults quote examples, so
            // they are only counted.
            if (const auto faults = pack->lint().size(); faults != 0)
                spdlog::warn("event=pack_not_proven faults={} hint=\"jejak pack lint tells them\"", faults);
        } catch (const std::exception& error) {
            spdlog::error("event=reload_refused reason=\"{}\"", error.what());
        }
    }

    void start() {
        replies = std::make_unique<dispatch::ReplyDispatcher>(access, vault, routes.exits());
        http_tasks.spawn("http", http.run());
        http_tasks.spawn("admin", admin.run());
        for (const auto& each : clients) channel_tasks.spawn("channel:" + each->name(), each->run());
        for (const auto& each : servers) channel_tasks.spawn("channel:" + each->name(), each->run());
        for (const auto& each : senders) channel_tasks.spawn("channel:" + each->name(), each->run());
        dispatch_tasks.spawn("dispatcher", dispatcher.run());
        dispatch_tasks.spawn("replies", replies->run());
        dispatch_tasks.spawn("house", keep_house());
    }

    awaitable<void> stop() {
        alarm(stop_limit_seconds);
        stopping = true;
        dispatch_tasks.stop();
        co_await dispatch_tasks.join(dispatch_stop_limit);
        channel_tasks.stop();
        co_await channel_tasks.join(channel_stop_limit);
        http_tasks.stop();
        co_await http_tasks.join(http_stop_limit);
        co_await intake.receipts().match_at_end();
        store->close();
    }

    bool failed() const { return dispatch_tasks.failed() || channel_tasks.failed() || http_tasks.failed(); }

    net::asio::any_io_executor executor;
    Config config;
    std::filesystem::path config_file;
    storage::Vault vault;
    std::shared_ptr<const Pack> pack;
    std::unique_ptr<storage::Store> store;
    Telemetry telemetry;
    StoreAccess access;
    casework::Publisher publisher;
    intake::Intake intake;
    ussd::Desk desk;
    dispatch::Dispatcher dispatcher;
    http::Services services;
    ReplyRoutes routes{config};
    std::vector<std::unique_ptr<channel::SmppClient>> clients;
    std::vector<std::unique_ptr<channel::SmppServer>> servers;
    std::vector<std::unique_ptr<channel::HttpSender>> senders;
    std::unique_ptr<dispatch::ReplyDispatcher> replies;
    net::TaskGroup dispatch_tasks, channel_tasks, http_tasks;
    net::HttpServer http;
    net::HttpServer admin;
    bool stopping = false;
};

Gateway::Gateway(net::asio::any_io_executor executor, Config config, std::filesystem::path config_file) {
    set_log_level(config.log.level);
    parts_ = std::make_unique<Parts>(std::move(executor), std::move(config), std::move(config_file));
}

Gateway::~Gateway() = default;

awaitable<int> Gateway::run(std::function<void(const std::string&)> ready) {
    auto& parts = *parts_;
    Signals signals(parts.executor);
    co_await parts.intake.recover();
    parts.start();
    ready(parts.http.address());
    while (!parts.failed() && !signals.stop) {  // a task that ended by a mistake of ours ends the process, in order
        if (std::exchange(signals.reload, false)) parts.reload();
        signals.changed.expires_after(failure_looked_for_every);
        co_await signals.changed.async_wait(net::use_tuple);
    }
    spdlog::info("event=stopping");
    const bool failed = parts.failed();
    co_await parts.stop();
    spdlog::info("event=stopped");
    co_return failed ? exit_software : 0;
}

std::vector<std::string> Gateway::check(const Config& config) {
    std::vector<std::string> faults;
    std::vector<understand::PackFault> found;
    if (const auto pack = usable_pack(config.pack, found)) {
        for (auto& fault : cover_faults(config, *pack)) faults.push_back(std::move(fault));
    } else {
        for (const auto& fault : found) {
            faults.push_back((config.pack / fault.file).string() + ":" + std::to_string(fault.line) + ": " +
                             fault.message);
        }
    }
    try {
        const auto vault = storage::Vault::open(config.keys);
        if (std::filesystem::exists(config.storage.file)) storage::check_sqlite(config.storage.file, vault);
    } catch (const std::exception& error) {
        faults.emplace_back(error.what());
    }
    return faults;
}

}  // namespace jejak
