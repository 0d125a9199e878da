#pragma once
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "gateway/net/await.hpp"
#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/frame.hpp"

/// Peers that mean harm, by the hundred, on a thread of their own; and what they cost us.
namespace jejak::test {

using Octets = std::vector<std::byte>;

/// What this process holds in memory, in octets. source: proc(5), /proc/self/statm
inline std::size_t resident() {
    std::size_t all = 0, pages = 0;
    std::ifstream("/proc/self/statm") >> all >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}
/// Sockets that this process has open.
inline std::size_t open_sockets() {
    std::size_t count = 0;
    for (const auto& one : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (std::filesystem::read_symlink(one, gone).string().starts_with("socket:")) ++count;
    }
    return count;
}
/// Sanitizers keep what is freed, and shadows of all of it: under them memory says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_counts = false;
#else
constexpr bool memory_counts = true;
#endif

inline Octets header(std::uint32_t length, std::uint32_t command, std::uint32_t sequence = 7,
                     std::uint32_t status = 0) {
    Octets out;
    for (const auto value : {length, command, status, sequence}) {
        for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(value >> shift & 0xFF));
    }
    return out;
}
inline Octets command(smpp::CommandId id, std::uint32_t sequence = 7) {
    return header(16, static_cast<std::uint32_t>(id), sequence);
}
inline Octets bind_as(std::string_view name, std::string_view password) {
    smpp::Bind pdu;
    pdu.system_id = name;
    pdu.password = password;
    pdu.interface_version = 0x34;
    Octets out;
    smpp::encode_bind(smpp::BindKind::transceiver, pdu, 1, out);
    return out;
}
inline Octets bind_accepted() {
    Octets out;
    smpp::encode_bind_resp(smpp::BindKind::transceiver, smpp::CommandStatus::ok, "smsc", 0x34, 1, out);
    return out;
}
inline Octets text_pdu(smpp::CommandId id, const std::string& from, std::string_view text, std::uint32_t sequence = 7,
                       std::span<const std::byte> tlvs = {}) {
    smpp::ShortMessage message;
    message.source = {1, 1, from};
    message.destination = {0, 1, "9840"};
    message.short_message = std::as_bytes(std::span(text));
    message.tlvs = smpp::Tlvs(tlvs);
    Octets out;
    smpp::encode_short_message(id, message, sequence, out);
    return out;
}
inline Octets operator+(Octets one, const Octets& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}
/// The same PDU with so many more parameters, of no length.
inline Octets with_parameters(Octets pdu, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) pdu = std::move(pdu) + Octets{std::byte{0x14}, {}, {}, {}};
    const auto length = header(static_cast<std::uint32_t>(pdu.size()), 0);
    std::copy_n(length.begin(), 4, pdu.begin());
    return pdu;
}
/// Responses to nothing.
inline Octets unasked() {
    Octets out;
    for (const auto id : {0x80000004u, 0x80000005u, 0x80000009u, 0x80000015u, 0x80000006u, 0x80000103u, 0x80000000u,
                          0x80000003u, 0x80000021u, 0x8000FFFFu}) {
        out = std::move(out) + header(16, id, 0x01020304);
    }
    return out;
}
/// One part of a text of 255.
inline Octets bomb_part(smpp::CommandId id, std::uint64_t sender, char part, std::uint32_t sequence) {
    const auto digits = "62840" + std::to_string(1'000'000 + sender);
    const std::string text = std::string("\x05\x00\x03\x2a\xff", 5) + part + std::string(134, 'x');
    smpp::ShortMessage message;
    message.source = {1, 1, digits};
    message.destination = {0, 1, "9840"};
    message.esm_class = 0x40;
    message.short_message = std::as_bytes(std::span(text));
    Octets out;
    smpp::encode_short_message(id, message, sequence, out);
    return out;
}

/// What each peer of a crowd does.
struct Attack {
    using Again = std::function<Octets(std::uint64_t round)>;
    static constexpr std::uint64_t without_end = std::numeric_limits<std::uint64_t>::max();

    std::string name;
    std::size_t peers = 1;  ///< at once
    Octets first{};         ///< said once, on each connection
    Again again{};          ///< then this, over and over; rounds count over the whole crowd
    std::uint64_t rounds = without_end;
    bool reads = true;
    bool comes_again = false;            ///< connects anew whenever its connection ended
    std::size_t step = 0;                ///< octets a write; 0: as many as there are
    std::chrono::milliseconds pause{0};  ///< between writes
    /// Takes only processor time that nobody else wants: on a machine of its own it would take none of ours. For
    /// measurements; on a busy machine it may take none at all.
    bool elsewhere = false;
};

/// One PDU over and over, some 16 KiB in each write.
inline Attack::Again flood(const Octets& pdu) {
    Octets block;
    while (block.size() < 16'384) block.insert(block.end(), pdu.begin(), pdu.end());
    return [block = std::move(block)](std::uint64_t) { return block; };
}

/// The crowd, from its making until it is dropped. What it counts may be asked from any thread.
class HostilePeers {
public:
    /// They connect to a listener of ours, from an address of their own.
    HostilePeers(Attack attack, std::uint16_t port, const std::string& from = "127.0.0.2")
        : attack_(std::move(attack)), there_(boost::asio::ip::address_v4::loopback(), port) {
        here_.address(boost::asio::ip::make_address(from));
        for (std::size_t i = 0; i < attack_.peers; ++i) spawn(call());
        thread_ = std::thread([this] { run(); });
    }
    /// They are the SMSC to which a client of ours connects.
    explicit HostilePeers(Attack attack)
        : attack_(std::move(attack)), acceptor_(loop_, {boost::asio::ip::address_v4::loopback(), 0}) {
        spawn(serve());
        thread_ = std::thread([this] { run(); });
    }
    ~HostilePeers() {
        loop_.stop();
        thread_.join();
    }
    HostilePeers(const HostilePeers&) = delete;
    HostilePeers& operator=(const HostilePeers&) = delete;

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    struct Counts {
        std::uint64_t connected = 0, ended = 0;
        std::uint64_t octets_out = 0, octets_in = 0;
        std::uint64_t requests = 0;      ///< of ours that they read; whatever is no response
        std::uint64_t acknowledged = 0;  ///< messages of theirs, with ESME_ROK
        std::uint64_t responses = 0;     ///< all of them
        std::uint64_t rounds = 0;
        bool failed = false;  ///< what came was no SMPP, or something threw
        std::uint64_t open() const { return connected - ended; }
    };
    Counts counts() const {
        return {connected_, ended_, octets_out_, octets_in_, requests_, acknowledged_, responses_, rounds_, failed_};
    }

private:
    using Socket = boost::asio::ip::tcp::socket;
    static constexpr std::chrono::milliseconds no_way_in{10};  ///< before the next attempt to connect

    /// Yields to whoever is attacked.
    void run() {
        const sched_param none{};
        if (attack_.elsewhere) ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none);
        if (!attack_.elsewhere) ::setpriority(PRIO_PROCESS, 0, 10);  // of this thread alone
        loop_.run();
    }
    void spawn(net::awaitable<void> task) {
        boost::asio::co_spawn(loop_, std::move(task), [this](std::exception_ptr error) {
            if (error) failed_ = true;
        });
    }
    net::awaitable<void> call() {
        boost::asio::steady_timer timer(loop_);
        do {
            Socket socket(loop_);
            boost::system::error_code error;
            socket.open(boost::asio::ip::tcp::v4(), error);
            if (!error) socket.bind(here_, error);
            if (!error) std::tie(error) = co_await socket.async_connect(there_, net::use_tuple);
            if (!error) {
                co_await live(std::move(socket));
                continue;
            }
            timer.expires_after(no_way_in);  // out of ports, for one
            co_await timer.async_wait(net::use_tuple);
        } while (attack_.comes_again);
    }
    net::awaitable<void> serve() {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(net::use_tuple);
            if (error) co_return;
            spawn(answer(std::move(socket)));
        }
    }
    /// A response that comes before its request answers nothing: an SMSC speaks when the bind is there.
    net::awaitable<void> answer(Socket socket) {
        co_await socket.async_wait(Socket::wait_read, net::use_tuple);
        co_await live(std::move(socket));
    }
    net::awaitable<void> live(Socket socket) {
        using namespace boost::asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
        ++connected_;
        co_await (hear(socket) && speak(socket));
        ++ended_;
    }
    net::awaitable<void> speak(Socket& socket) {
        boost::asio::steady_timer timer(loop_);
        for (auto octets = attack_.first;;) {
            for (std::size_t at = 0; at < octets.size();) {
                const auto size = attack_.step == 0 ? octets.size() : std::min(attack_.step, octets.size() - at);
                const auto [error, written] = co_await boost::asio::async_write(
                    socket, boost::asio::buffer(octets.data() + at, size), net::use_tuple);
                octets_out_ += written;
                at += written;
                if (error) co_return close(socket);
                if (attack_.pause.count() == 0) continue;
                timer.expires_after(attack_.pause);
                co_await timer.async_wait(net::use_tuple);
            }
            if (!attack_.again || rounds_ >= attack_.rounds) break;
            octets = attack_.again(rounds_++);
        }
        if (attack_.reads) co_return;
        co_await socket.async_wait(Socket::wait_error, net::use_tuple);
        close(socket);
    }
    net::awaitable<void> hear(Socket& socket) {
        if (!attack_.reads) co_return;
        smpp::FrameBuffer frames(4'096);
        for (;;) {
            const auto space = frames.writable();
            const auto [error, size] =
                co_await socket.async_read_some(boost::asio::buffer(space.data(), space.size()), net::use_tuple);
            if (error) co_return close(socket);
            octets_in_ += size;
            frames.commit(size);
            for (auto next = frames.next(); !next || *next; next = frames.next()) {
                if (!next) {
                    failed_ = true;
                    co_return close(socket);
                }
                count((*next)->header);
            }
        }
    }
    void count(const smpp::Header& header) {
        using smpp::CommandId;
        ++(smpp::is_response(header.command_id) ? responses_ : requests_);
        for (const auto id : {CommandId::submit_sm, CommandId::deliver_sm, CommandId::data_sm}) {
            if (header.command_id == smpp::response_of(id) && header.command_status == 0) ++acknowledged_;
        }
    }
    static void close(Socket& socket) {
        boost::system::error_code ignored;
        socket.close(ignored);
    }

    Attack attack_;
    boost::asio::io_context loop_{1};
    boost::asio::ip::tcp::endpoint here_, there_;
    boost::asio::ip::tcp::acceptor acceptor_{loop_};
    std::atomic<std::uint64_t> connected_{0}, ended_{0}, octets_out_{0}, octets_in_{0}, requests_{0}, acknowledged_{0},
        responses_{0}, rounds_{0};
    std::atomic<bool> failed_{false};
    std::thread thread_;
};

/// How long each attack goes on, in seconds, when somebody asks for a long one (JEJAK_HOSTILE_SECONDS); else 0.
inline int long_seconds() {
    const char* value = std::getenv("JEJAK_HOSTILE_SECONDS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value == nullptr ? 0 : std::atoi(value);
}
inline std::chrono::milliseconds attack_time() {
    return long_seconds() > 0 ? std::chrono::milliseconds(1'000 * long_seconds()) : std::chrono::milliseconds(100);
}
/// What any one crowd may make us hold, the store's caches and what the crowd itself takes included.
constexpr std::size_t memory_max = 24 * 1024 * 1024;

/// The value below which 99 of 100 lie; 0 of none.
inline double p99(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto at = std::min(values.size() - 1, values.size() * 99 / 100);
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
    return values[at];
}

}  // namespace jejak::test
