#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace jejak::test {

/// Names that only a test knows: what the system's lookup says of them while this lives, one at a time. The lookup
/// itself is replaced in tests/integration/net_names.cpp. Any thread.
class Names {
public:
    Names() {
        const std::lock_guard lock(mutex());
        current() = this;
    }
    /// Lets go of whoever still hangs.
    ~Names() {
        let_go();
        std::unique_lock lock(mutex());
        changed().wait(lock, [this] { return hanging_ == 0; });
        current() = nullptr;
    }
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;

    /// In this order; none: the name is not known.
    void set(const std::string& name, std::vector<std::string> addresses) {
        const std::lock_guard lock(mutex());
        known_[name] = std::move(addresses);
    }
    /// No name server answers to this, until let_go().
    void hang(const std::string& name) {
        const std::lock_guard lock(mutex());
        silent_.insert(name);
        known_.try_emplace(name);
    }
    void let_go() {
        const std::lock_guard lock(mutex());
        silent_.clear();
        changed().notify_all();
    }
    /// How often the system was asked for it.
    std::size_t asked(const std::string& name) const {
        const std::lock_guard lock(mutex());
        const auto found = asked_.find(name);
        return found == asked_.end() ? 0 : found->second;
    }

    /// What getaddrinfo shall say; empty: it is no name of a test.
    static std::optional<std::vector<std::string>> answer(const std::string& name) {
        std::unique_lock lock(mutex());
        auto* const names = current();
        if (names == nullptr || !names->known_.contains(name)) return std::nullopt;
        ++names->asked_[name];
        ++names->hanging_;
        changed().wait(lock, [&] { return !names->silent_.contains(name); });
        auto addresses = names->known_[name];
        --names->hanging_;
        changed().notify_all();
        return addresses;
    }

private:
    // A thread may still ask when the process ends: these are never destroyed.
    static std::mutex& mutex() {
        static auto* const one = new std::mutex;
        return *one;
    }
    static std::condition_variable& changed() {
        static auto* const one = new std::condition_variable;
        return *one;
    }
    static Names*& current() {
        static Names* one = nullptr;
        return one;
    }

    std::map<std::string, std::vector<std::string>> known_;
    std::set<std::string> silent_;
    std::map<std::string, std::size_t> asked_;
    std::size_t hanging_ = 0;
};

/// A host that is there and never answers: its queue of connections is full, so the kernel drops what knocks.
class DeadHost {
public:
    explicit DeadHost(const std::string& address, std::uint16_t port = 0) : acceptor_(loop_), first_(loop_) {
        const boost::asio::ip::tcp::endpoint wanted(boost::asio::ip::make_address(address), port);
        acceptor_.open(wanted.protocol());
        acceptor_.bind(wanted);
        acceptor_.listen(0);
        first_.connect(acceptor_.local_endpoint());
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::ip::tcp::socket first_;
};

}  // namespace jejak::test
