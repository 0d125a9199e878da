#pragma once
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/intake/intake.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "tests/support/packs.hpp"

namespace jejak::tests {

/// A wall clock that stands still until a test moves it; the writer thread reads it too.
class StillClock {
public:
    explicit StillClock(WallTime start) : ms_(to_ms(start)) {}
    WallTime read() const { return from_ms(ms_.load()); }
    StillClock& operator+=(std::chrono::milliseconds step) {
        ms_ += step.count();
        return *this;
    }
    StillClock& operator=(WallTime time) {
        ms_ = to_ms(time);
        return *this;
    }

private:
    std::atomic<std::int64_t> ms_;
};

/// A gateway's inside without sockets: a store on disk, intake and casework, a clock that stands still until it is
/// moved, and one task force that every event goes to.
class Village {
public:
    Village()
        : folder_(std::filesystem::temp_directory_path() /
                  ("jejak-village-" + std::to_string(getpid()) + "-" + std::to_string(++count()))) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        open();
    }
    ~Village() {
        close();
        std::filesystem::remove_all(folder_);
    }
    Village(const Village&) = delete;
    Village& operator=(const Village&) = delete;

    void open() {
        storage::SqliteOptions store_options;
        store_options.file = store_file();
        store_options.clock = [this] { return now.read(); };
        store = storage::open_sqlite(store_options, vault);
        access = std::make_unique<StoreAccess>(loop.get_executor(), *store);
        intake = std::make_unique<intake::Intake>(
            *access, vault, publisher, [] { return sambas(); }, options, [this] { return now.read(); });
    }
    std::filesystem::path store_file() const { return folder_ / "jejak.db"; }
    void close() {
        if (!store) return;
        intake.reset();
        access.reset();
        store->close();
        store.reset();
    }
    /// The process ends and begins again, with what was committed.
    void restart() {
        close();
        open();
        run(intake->recover());
    }

    /// Hands one text over and waits until it is durable.
    intake::Accepted say(const std::string& from, const std::string& text) { return hand_over(message(from, text)); }
    intake::Accepted hand_over(sms::InboundText text, const std::string& channel = "operator") {
        intake::Accepted result;
        bool done = false;
        auto way = wording;
        way.how = casework::ReplyRoute::How::channel;
        way.channel = channel;
        way.ready = true;
        intake->accept(channel, std::move(text), way, [&](intake::Accepted accepted) {
            result = std::move(accepted);
            done = true;
        });
        while (!done) step();
        return result;
    }
    static sms::InboundText message(const std::string& from, const std::string& text) {
        sms::InboundText out;
        out.sender = sms::normalise(from);
        out.destination = SensitiveText("9840");
        out.text = SensitiveText(text);
        for (const char c : text) out.raw.push_back(static_cast<std::byte>(c));
        for (const char c : from + "|" + text) out.fingerprint_input.push_back(static_cast<std::byte>(c));
        return out;
    }
    static sms::InboundText part(const std::string& from, const std::string& text, std::uint16_t reference,
                                 std::uint8_t total, std::uint8_t number) {
        auto out = message(from, text);
        out.segment = sms::SegmentHeader{sms::Concatenation::udh8, reference, total, number};
        out.fingerprint_input.push_back(static_cast<std::byte>(number));
        return out;
    }

    void register_official(const std::string& number, Role role = Role::village_official) {
        auto apply = [&](storage::Unit& unit) {
            storage::Person person;
            person.id = unit.next_id(storage::Table::person);
            person.number_key = vault.lookup("msisdn", number);
            person.number = vault.seal(storage::Table::person, storage::Column::number, person.id, number);
            person.role = role;
            person.place = "61.01.09.2002";
            person.added_at = unit.now();
            unit.add(person);
        };
        run(ignore(access->commit(apply)));
    }

    template <class Ask>
    auto ask(Ask question) {
        decltype(question(std::declval<storage::View&>())) answer;
        auto read = [&](storage::View& view) { answer = question(view); };
        run(access->read(read));
        return answer;
    }
    storage::Ledger ledger() {
        return ask([](storage::View& view) { return view.ledger(); });
    }
    /// What is counted as messages come is what the rows say, of one moment: others may be at work.
    bool ledger_is_true() {
        return ask([](storage::View& view) { return view.ledger() == view.recount(); });
    }
    std::vector<storage::Alert> alerts(Audience audience = Audience::general) {
        return ask([&](storage::View& view) { return view.alerts({{audience}, {}}, 0, 100); });
    }

    void run(net::awaitable<void> task) {
        bool done = false;
        std::exception_ptr failure;
        auto finished = [&](std::exception_ptr error) {
            failure = error;
            done = true;
        };
        boost::asio::co_spawn(loop, std::move(task), finished);
        while (!done) step();
        if (failure) std::rethrow_exception(failure);
    }
    template <class T>
    static net::awaitable<void> ignore(net::awaitable<T> task) {
        co_await std::move(task);
    }

    casework::ReplyRoute wording;  ///< how replies are worded; they leave by the message's channel
    /// Set before open() or restart() to have it count.
    intake::IntakeOptions options;
    StillClock now{*from_rfc3339("2025-09-12T21:10:00+07:00")};
    boost::asio::io_context loop;
    storage::Vault vault = storage::Vault::for_tests();
    casework::Publisher publisher{
        vault, [](std::string_view, Audience, std::string_view) { return std::vector<std::string>{"satgas"}; }};
    std::unique_ptr<storage::Store> store;
    std::unique_ptr<StoreAccess> access;
    std::unique_ptr<intake::Intake> intake;

private:
    void step() {
        loop.restart();
        loop.run_one_for(std::chrono::seconds(10));
    }
    static int& count() {
        static int number = 0;
        return number;
    }
    std::filesystem::path folder_;
};

}  // namespace jejak::tests
