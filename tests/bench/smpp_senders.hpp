#pragma once
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/wire.hpp"

/// Peers that cost as little as they can, plain sockets and prepared octets: what is measured is the other side.
namespace jejak::bench {

using Clock = std::chrono::steady_clock;
using Octets = std::vector<std::byte>;

inline double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

/// A connection to `port` of this machine, closed with this.
class Connection {
public:
    explicit Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in there{};
        there.sin_family = AF_INET;
        there.sin_port = htons(port);
        there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0) fail("connect");
    }
    ~Connection() { ::close(fd_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int fd() const { return fd_; }
    void write(std::span<const std::byte> octets) const {
        while (!octets.empty()) {
            const auto size = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
            if (size <= 0) fail("send");
            octets = octets.subspan(static_cast<std::size_t>(size));
        }
    }
    std::size_t read(std::span<std::byte> into) const {
        const auto size = ::recv(fd_, into.data(), into.size(), 0);
        if (size <= 0) fail("recv");
        return static_cast<std::size_t>(size);
    }
    /// Binds as a transmitter. errors: throws when it is refused.
    void bind(std::string_view name, std::string_view password) const {
        smpp::Bind pdu;
        pdu.system_id = name;
        pdu.password = password;
        pdu.interface_version = 0x34;
        Octets out;
        smpp::encode_bind(smpp::BindKind::transmitter, pdu, 1, out);
        write(out);
        Octets answer(256);
        if (read(answer) < smpp::header_size || smpp::load_u32(answer.data() + 8) != 0) fail("bind");
    }

private:
    [[noreturn]] static void fail(const char* what) {
        throw std::runtime_error(std::string(what) + " failed: " + std::strerror(errno));
    }
    int fd_;
};

/// Keeps `window` submit_sm unanswered. Each text has a number of its own, and so have the senders' numbers.
class Sender {
public:
    Sender(std::uint16_t port, std::size_t window, std::uint32_t first = 0)
        : connection_(port), window_(window), number_(first), answers_(64 * 1024) {
        const std::string from = "628400000000", text = "LAPOR calo nomor 00000000 di Sebunga dekat jalan tikus Aruk";
        smpp::ShortMessage message;
        message.source = {1, 1, from};
        message.destination = {0, 1, "9840"};
        message.short_message = std::as_bytes(std::span(text));
        smpp::encode_short_message(smpp::CommandId::submit_sm, message, 1, pdu_);
        from_at_ = find(from) + from.size() - 8;
        text_at_ = find("00000000 di");
    }
    void bind(std::string_view name, std::string_view password) { connection_.bind(name, password); }
    /// In order, with nothing unanswered: else all that it was told lately is in doubt, and the store is busy writing
    /// that down while the next run begins.
    void unbind() {
        say(static_cast<std::uint32_t>(smpp::CommandId::unbind), ++sequence_ & 0x7FFFFFFF);
        for (++outstanding_; outstanding_ > 0;) hear();
        --acknowledged_;  // it was no message
    }

    int fd() const { return connection_.fd(); }
    std::uint64_t acknowledged() const { return acknowledged_; }
    std::uint64_t refused() const { return refused_; }
    std::size_t outstanding() const { return outstanding_; }

    /// Writes until the window is full.
    void fill() {
        out_.clear();
        for (; outstanding_ < window_; ++outstanding_) append();
        if (!out_.empty()) connection_.write(out_);
    }
    /// Reads what there is, or waits for it, and counts.
    void hear() {
        held_ += connection_.read(std::span(answers_).subspan(held_));
        std::size_t at = 0;
        while (held_ - at >= smpp::header_size) {
            const auto length = smpp::load_u32(answers_.data() + at);
            if (length < smpp::header_size || length > 1'000) throw std::runtime_error("an answer that is none");
            if (held_ - at < length) break;
            const auto command = smpp::load_u32(answers_.data() + at + 4);
            if (smpp::is_response(command)) {
                ++(smpp::load_u32(answers_.data() + at + 8) == 0 ? acknowledged_ : refused_);
                --outstanding_;
            } else if (command == static_cast<std::uint32_t>(smpp::CommandId::enquire_link)) {
                say(smpp::response_of(smpp::CommandId::enquire_link), smpp::load_u32(answers_.data() + at + 12));
            }
            at += length;
        }
        std::memmove(answers_.data(), answers_.data() + at, held_ - at);
        held_ -= at;
    }

private:
    void say(std::uint32_t command, std::uint32_t sequence) const {
        Octets out;
        smpp::encode_header_only(command, smpp::CommandStatus::ok, sequence, out);
        connection_.write(out);
    }
    std::size_t find(std::string_view text) const {
        const auto all = as_text(pdu_);
        return all.find(text);
    }
    void append() {
        const auto begin = out_.size();
        out_.insert(out_.end(), pdu_.begin(), pdu_.end());
        smpp::store_u32(out_.data() + begin + 12, ++sequence_ & 0x7FFFFFFF);
        auto rest = number_++;
        for (std::size_t digit = 8; digit-- > 0; rest /= 10) {
            out_[begin + text_at_ + digit] = out_[begin + from_at_ + digit] = static_cast<std::byte>('0' + rest % 10);
        }
    }

    Connection connection_;
    std::size_t window_, outstanding_ = 0, held_ = 0, from_at_ = 0, text_at_ = 0;
    std::uint32_t sequence_ = 1, number_;
    std::uint64_t acknowledged_ = 0, refused_ = 0;
    Octets pdu_, out_, answers_;
};

using Senders = std::vector<std::unique_ptr<Sender>>;

/// Messages a second that were acknowledged to all of them together. errors: throws when any was refused.
inline double rate_of(const Senders& senders, double seconds) {
    std::vector<pollfd> ready;
    for (const auto& one : senders) ready.push_back({one->fd(), POLLIN, 0});
    const auto count = [&] {
        std::uint64_t all = 0;
        for (const auto& one : senders) {
            all += one->acknowledged();
            if (one->refused() > 0) throw std::runtime_error("messages were refused");
        }
        return all;
    };
    const auto before = count();
    const auto began = Clock::now();
    for (const auto& one : senders) one->fill();
    while (seconds_since(began) < seconds) {
        if (senders.size() > 1) ::poll(ready.data(), ready.size(), 1'000);
        for (std::size_t i = 0; i < senders.size(); ++i) {
            if (senders.size() > 1 && (ready[i].revents & POLLIN) == 0) continue;
            senders[i]->hear();
            senders[i]->fill();
        }
    }
    const auto rate = static_cast<double>(count() - before) / seconds_since(began);
    for (const auto& one : senders) {
        while (one->outstanding() > 0) one->hear();
        one->unbind();
    }
    return rate;
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

}  // namespace jejak::bench
