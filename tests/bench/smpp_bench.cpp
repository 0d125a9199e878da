// What SMPP costs: one session against an acker that does nothing, our listener with many binds, the memory of a bind
// that says nothing, and what a neighbour feels of peers that mean harm. Prints one JSON object. Figures for people.
#include <malloc.h>
#include <spdlog/spdlog.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <future>
#include <iostream>
#include <optional>
#include <thread>

#include "gateway/channel/smpp_server.hpp"
#include "tests/bench/smpp_senders.hpp"
#include "tests/support/smpp_hostile.hpp"
#include "tests/support/village.hpp"

namespace {

using namespace jejak;
using namespace std::chrono_literals;
using bench::Clock;
using bench::Sender;
using bench::Senders;
namespace asio = net::asio;
using tcp = asio::ip::tcp;

constexpr std::size_t window = 100, window_of_many = 10, turns = 3, idle_binds = 500, busy_binds = 50;

// ---- One session

/// Takes everything and keeps nothing.
class NullStore : public storage::Store {
public:
    bool submit(storage::Work work) override {
        ++units_;
        work.done(storage::Committed::durable);
        return true;
    }
    void read(std::function<void(storage::View&)>, std::function<void(std::exception_ptr)> done) override {
        done(std::make_exception_ptr(std::runtime_error("nothing was kept")));
    }
    bool healthy() const override { return true; }
    std::string trouble() const override { return {}; }
    Counts counts() const override { return {units_, units_, 0, 0, 0, 0}; }
    storage::Id last_message() const override { return 0; }
    void close() override {}

private:
    std::uint64_t units_ = 0;
};

/// One SMSC-side session of ours: every message is decoded, handed to the store, and answered when the store has it.
class Answering : public channel::SmppLinkOwner {
public:
    explicit Answering(StoreAccess& store) : store_(store) {}

    net::awaitable<void> run(tcp::socket socket) {
        socket.set_option(tcp::no_delay(true));
        smpp::SessionOptions options;
        options.side = smpp::Side::smsc;
        options.system_id = "jejak";
        options.window_max = window;
        options.strict = true;
        channel::SmppLinkOwner& owner = *this;
        link_ = std::make_shared<channel::SmppLink>(net::Stream(std::move(socket)), std::move(options), owner);
        co_await link_->run();
    }
    void on_event(channel::SmppLink& link, smpp::Event& event) override {
        if (std::holds_alternative<smpp::BindRequested>(event)) return link.session().accept_bind("jejak");
        const auto* message = std::get_if<smpp::MessageArrived>(&event);
        if (message == nullptr) return;
        auto answer = [this, command = message->command, sequence = message->sequence](storage::Committed) {
            link_->session().respond(command, sequence, smpp::CommandStatus::ok, "0123456789abcdef");
            link_->answered();
        };
        store_.submit([](storage::Unit&) {}, {}, std::move(answer));
    }
    void fill(channel::SmppLink&, SteadyTime) override {}
    SteadyTime wake_at(SteadyTime) const override { return SteadyTime::max(); }

private:
    StoreAccess& store_;
    std::shared_ptr<channel::SmppLink> link_;
};

double rate_of_session(double seconds) {
    asio::io_context loop(1);
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
    NullStore store;
    StoreAccess access(loop.get_executor(), store);
    Answering answering(access);
    const auto serve = [&]() -> net::awaitable<void> {
        auto [error, socket] = co_await acceptor.async_accept(net::use_tuple);
        if (!error) co_await answering.run(std::move(socket));
    };
    std::exception_ptr failure;
    asio::co_spawn(loop, serve(), [&](std::exception_ptr error) { failure = error; });
    std::thread thread([&] { loop.run(); });
    double rate = 0;
    try {
        Senders senders;
        senders.push_back(std::make_unique<Sender>(acceptor.local_endpoint().port(), window));
        senders[0]->bind("bench", "secret");
        rate = bench::rate_of(senders, seconds);
    } catch (...) {
        failure = std::current_exception();
        loop.stop();
    }
    thread.join();
    if (failure) std::rethrow_exception(failure);
    return rate;
}

/// Reads, and writes each header back as a response; knows nothing else of SMPP.
void echo_headers(tcp::acceptor& acceptor) {
    auto socket = acceptor.accept();
    socket.set_option(tcp::no_delay(true));
    std::vector<std::byte> in(16'384), out;
    std::size_t held = 0;
    for (boost::system::error_code gone;;) {
        held += socket.read_some(asio::buffer(in.data() + held, in.size() - held), gone);
        if (gone) return;
        std::size_t at = 0;
        out.clear();
        while (held - at >= smpp::header_size) {
            const auto length = smpp::load_u32(in.data() + at);
            if (held - at < length) break;
            const auto begin = out.size();
            out.insert(out.end(), in.data() + at, in.data() + at + smpp::header_size);
            smpp::store_u32(out.data() + begin, smpp::header_size);
            out[begin + 4] |= std::byte{0x80};
            at += length;
        }
        std::memmove(in.data(), in.data() + at, held - at);
        held -= at;
        asio::write(socket, asio::buffer(out), gone);
        if (gone) return;
    }
}

double rate_of_acker(double seconds) {
    asio::io_context loop(1);
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
    std::thread thread([&] { echo_headers(acceptor); });
    double rate = 0;
    {
        Senders senders;
        senders.push_back(std::make_unique<Sender>(acceptor.local_endpoint().port(), window));
        rate = bench::rate_of(senders, seconds);
    }
    thread.join();
    return rate;
}

boost::json::object measure_session(double seconds) {
    std::vector<double> ours, bare, ratios;
    for (std::size_t turn = 0; turn < turns; ++turn) {
        ours.push_back(rate_of_session(seconds));
        bare.push_back(rate_of_acker(seconds));
        ratios.push_back(ours.back() / bare.back());
    }
    return {{"rate", bench::median(ours)}, {"bare_rate", bench::median(bare)}, {"ratio", bench::median(ratios)}};
}

// ---- The listener, with all that is behind it

SmppServerOptions listener(std::uint32_t connect_rate) {
    SmppServerOptions options;
    options.connect_rate = connect_rate;
    options.channel.name = "modems";
    options.channel.system_id = "jejak";
    options.channel.service_number = "9840";
    options.listen = "127.0.0.1:0";
    options.sessions_max = 1'000;
    for (const auto* name : {"busy", "idle", "good", "bad"}) {
        SmppAccountOptions account;
        account.system_id = name;
        account.password = SensitiveText("secret1");
        account.sessions_max = name == std::string_view("bad") ? 4 : 600;
        account.window = name == std::string_view("busy") ? window : 10;
        options.accounts.push_back(account);
    }
    return options;
}

/// A gateway's inside with one listener, on a thread of its own.
class Gateway {
public:
    /// Connections a second of one address.
    explicit Gateway(std::uint32_t connect_rate = SmppServerOptions().connect_rate)
        : work_(asio::make_work_guard(village_.loop)), group_(village_.loop.get_executor()) {
        village_.now = wall_now();
        server_ = std::make_unique<channel::SmppServer>(
            listener(connect_rate), village_.vault, *village_.intake, *village_.access, telemetry_,
            [] { return casework::ReplyRoute(); }, [](const intake::Accepted&) {});
        group_.spawn("channel", server_->run());
        thread_ = std::thread([this] { village_.loop.run(); });
    }
    ~Gateway() {
        ask([this] { group_.stop(); });
        std::promise<void> ended;
        asio::co_spawn(village_.loop, group_.join(20s), [&](std::exception_ptr, bool) { ended.set_value(); });
        ended.get_future().wait();
        work_.reset();
        thread_.join();
        server_.reset();
        village_.loop.restart();
    }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    std::uint16_t port() {
        const auto address = ask([this] { return server_->address(); });
        return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    }
    std::size_t bound() {
        return ask([this] { return server_->bound(); });
    }

private:
    /// On the loop's thread.
    template <class Question>
    std::invoke_result_t<Question> ask(Question question) {
        std::packaged_task<std::invoke_result_t<Question>()> task(std::move(question));
        auto answer = task.get_future();
        asio::post(village_.loop, std::ref(task));
        return answer.get();
    }

    tests::Village village_;
    Telemetry telemetry_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::unique_ptr<channel::SmppServer> server_;
    net::TaskGroup group_;
    std::thread thread_;
};

Senders busy(std::uint16_t port, std::size_t count, std::size_t each) {
    static std::uint32_t numbers = 0;
    Senders senders;
    for (std::size_t i = 0; i < count; ++i) {
        senders.push_back(std::make_unique<Sender>(port, each, numbers += 1'000'000));
        senders.back()->bind("busy", "secret1");
    }
    return senders;
}

boost::json::object measure_binds(double seconds) {
    Gateway gateway(100'000);  // all of them come from this machine
    const auto port = gateway.port();
    {
        const auto warm_up = busy(port, 1, window);
        bench::rate_of(warm_up, seconds);
    }
    std::vector<std::unique_ptr<bench::Connection>> idle;
    idle.reserve(idle_binds);
    const auto one_more = [&] {
        idle.push_back(std::make_unique<bench::Connection>(port));
        idle.back()->bind("idle", "secret1");
    };
    one_more();
    ::malloc_trim(0);
    const auto before = test::resident();
    while (idle.size() < idle_binds) one_more();
    const auto grown = static_cast<double>(test::resident() - before) / static_cast<double>(idle_binds - 1);
    std::vector<double> one, many, shared, crowd, ratios, crowd_ratios;
    for (std::size_t turn = 0; turn < turns; ++turn) {
        idle.clear();
        while (gateway.bound() > 0) std::this_thread::yield();
        one.push_back(bench::rate_of(busy(port, 1, window), seconds));
        while (idle.size() < idle_binds) one_more();
        many.push_back(bench::rate_of(busy(port, busy_binds, window_of_many), seconds));
        shared.push_back(bench::rate_of(busy(port, busy_binds, window / busy_binds), seconds));
        crowd.push_back(bench::rate_of(busy(port, busy_binds, window), seconds));
        ratios.push_back(many.back() / one.back());
        crowd_ratios.push_back(crowd.back() / one.back());
    }
    return {{"one_rate", bench::median(one)},       {"many_rate", bench::median(many)},
            {"shared_rate", bench::median(shared)}, {"crowd_rate", bench::median(crowd)},
            {"ratio", bench::median(ratios)},       {"crowd_ratio", bench::median(crowd_ratios)},
            {"octets_an_idle_bind", grown}};
}

// ---- Neighbours

test::Attack attack(const char* name, std::size_t peers, test::Octets first, test::Attack::Again again = {}) {
    test::Attack one;
    one.name = name;
    one.peers = peers;
    one.first = std::move(first);
    one.again = std::move(again);
    one.elsewhere = true;
    return one;
}
/// Whoever is thrown out comes again at once.
test::Attack stubborn(test::Attack one) {
    one.comes_again = true;
    return one;
}

std::vector<test::Attack> attacks() {
    using test::operator+;
    const auto known = test::bind_as("bad", "secret1");
    const auto report = test::text_pdu(smpp::CommandId::submit_sm, "628400000009", "LAPOR");
    auto loris = known;
    loris.pop_back();
    auto slow = attack("slow binds", 200, loris);
    slow.step = 1;
    slow.pause = 20ms;
    const auto lengths = test::header(0xFFFFFFFF, 4) + test::Octets(1'000);
    const auto enquire = test::flood(test::command(smpp::CommandId::enquire_link));
    const auto numbered = [](std::uint64_t round) {
        const auto text = "LAPOR calo nomor " + std::to_string(round) + " di Sebunga";
        return test::text_pdu(smpp::CommandId::submit_sm, "62840" + std::to_string(1'000'000 + round % 100'000), text,
                              static_cast<std::uint32_t>(round + 2));
    };
    const auto bomb = [](std::uint64_t round) {
        const auto part = static_cast<char>(1 + round / 1'000 % 254);
        return test::bomb_part(smpp::CommandId::submit_sm, round % 1'000, part, static_cast<std::uint32_t>(round + 2));
    };
    return {stubborn(slow),
            stubborn(attack("connections that say nothing", 300, {})),
            stubborn(attack("lengths of 4 GiB", 20, lengths)),
            stubborn(attack("submits before the bind", 20, {}, test::flood(report))),
            stubborn(attack("enquire_link before the bind", 20, {}, enquire)),
            attack("10,000 parameters of no length", 4, known, test::flood(test::with_parameters(report, 10'000))),
            attack("texts of 255 parts", 4, known, bomb),
            attack("reports, by which no harm is meant", 4, known, numbered)};
}

/// How long one report after the other took, in milliseconds.
void talk(Sender& neighbour, double seconds, std::vector<double>& took) {
    boost::asio::io_context context;
    boost::asio::steady_timer pace(context);
    for (const auto began = Clock::now(); bench::seconds_since(began) < seconds;) {
        const auto asked = Clock::now();
        neighbour.fill();
        while (neighbour.outstanding() > 0) neighbour.hear();
        took.push_back(bench::seconds_since(asked) * 1'000);
        pace.expires_at(asked + 5ms);
        pace.wait();
    }
}

/// In turns alone and while the crowd is there. A crowd on machines of its own would take no processor time of ours:
/// this one's thread takes what is left (SCHED_IDLE). What the kernel does for its connections is in the figures.
boost::json::object measure_attack(const test::Attack& attack, Gateway& gateway, Sender& neighbour, double seconds) {
    static int address = 10;
    std::vector<double> quiet, meanwhile, after;
    std::uint64_t octets = 0, connections = 0;
    for (std::size_t turn = 0; turn < turns; ++turn) {
        talk(neighbour, seconds, quiet);
        const auto began = Clock::now();
        std::optional<test::HostilePeers> crowd(std::in_place, attack, gateway.port(),
                                                "127.0.0." + std::to_string(address++));
        while (crowd->counts().connected < std::min<std::size_t>(attack.peers, 200) && bench::seconds_since(began) < 10)
            std::this_thread::yield();
        talk(neighbour, seconds, meanwhile);
        octets += crowd->counts().octets_out;
        connections += crowd->counts().connected;
        crowd.reset();
        talk(neighbour, seconds, after);  // what bound peers were told lately is written down as in doubt
    }
    const auto alone = test::p99(quiet), beside = test::p99(meanwhile);
    return {{"quiet_ms", alone},          {"meanwhile_ms", beside},
            {"ratio", beside / alone},    {"quiet_p50_ms", bench::median(quiet)},
            {"octets", octets},           {"meanwhile_p50_ms", bench::median(meanwhile)},
            {"connections", connections}, {"after_ms", test::p99(after)}};
}

boost::json::object measure_neighbour(double seconds) {
    Gateway gateway;
    Sender neighbour(gateway.port(), 1, 900'000'000);
    neighbour.bind("good", "secret1");
    std::vector<double> warm_up;
    talk(neighbour, seconds, warm_up);
    boost::json::object all;
    for (const auto& one : attacks()) all[one.name] = measure_attack(one, gateway, neighbour, seconds);
    if (neighbour.refused() > 0) throw std::runtime_error("the neighbour was refused");
    return all;
}

}  // namespace

/// usage: smpp_bench [SECONDS [PART]]: of each run (2); session, binds, neighbour or all of them.
int main(int count, char** arguments) {
    spdlog::set_level(spdlog::level::off);
    const double seconds = count > 1 ? std::atof(arguments[1]) : 2;
    const std::string only = count > 2 ? arguments[2] : "";
    try {
        boost::json::object all;
        if (only.empty() || only == "session") all["session"] = measure_session(seconds);
        if (only.empty() || only == "binds") all["binds"] = measure_binds(seconds);
        if (only.empty() || only == "neighbour") all["neighbour"] = measure_neighbour(seconds);
        std::cout << boost::json::serialize(all) << "\n";
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "smpp_bench: %s\n", error.what());
        return 1;
    }
}
