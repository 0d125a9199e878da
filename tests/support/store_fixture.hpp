#pragma once
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>

#include "storage/sqlite/sqlite_store.hpp"
#include "storage/store.hpp"

/// What every test of a store needs: a folder, a store in it, units that are waited for, and rows to put in.
namespace jejak::storage::testing {

using namespace std::chrono_literals;

constexpr auto deadline = 20s;

/// A folder of its own under the system's temporary one; removed at the end.
class TempFolder {
public:
    TempFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "jejak-store-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline const Vault& test_vault() {
    static const Vault vault = Vault::for_tests();
    return vault;
}

/// A moment tests count from.
inline WallTime t0() {
    return from_ms(1'760'000'000'000);
}

/// Submits and waits for the end.
inline Committed commit(Store& store, std::function<void(Unit&)> apply, std::function<void(Unit&)> instead = {}) {
    auto ended = std::make_shared<std::promise<Committed>>();
    auto result = ended->get_future();
    if (!store.submit({std::move(apply), std::move(instead), [ended](Committed how) { ended->set_value(how); }})) {
        return store.healthy() ? Committed::queue_full : Committed::storage_failed;
    }
    REQUIRE(result.wait_for(deadline) == std::future_status::ready);
    return result.get();
}

/// Asks on a reader, waits, and rethrows.
template <class Ask>
auto ask(Store& store, Ask question) {
    using Answer = std::invoke_result_t<Ask, View&>;
    auto ended = std::make_shared<std::promise<Answer>>();
    auto result = ended->get_future();
    auto answer = std::make_shared<std::optional<Answer>>();
    store.read([answer, question](View& view) { answer->emplace(question(view)); },
               [ended, answer](std::exception_ptr failure) {
                   if (failure) {
                       ended->set_exception(failure);
                   } else {
                       ended->set_value(std::move(**answer));
                   }
               });
    REQUIRE(result.wait_for(deadline) == std::future_status::ready);
    return result.get();
}

/// True when `holds` became true before the deadline.
template <class Condition>
bool eventually(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

inline LookupKey key_of(std::string_view value) {
    return test_vault().lookup("test", value);
}

inline Message message_of(Id id, Fate fate = Fate::understood) {
    const Vault& vault = test_vault();
    Message message;
    message.id = id;
    message.channel = "smpp-a";
    message.sender_key = vault.lookup("msisdn", "+628400000001");
    message.sender = vault.seal(Table::message, Column::sender, id, "+628400000001");
    message.destination = vault.seal(Table::message, Column::destination, id, "9123");
    message.text = vault.seal(Table::message, Column::text, id, "LAPOR 3 orang dibawa ke pelabuhan tikus malam ini");
    message.received_at = t0();
    message.fate = fate;
    return message;
}

inline Report report_of(Id message) {
    Report report;
    report.id = message;
    report.message = message;
    report.sender_key = test_vault().lookup("msisdn", "+628400000001");
    report.category = Category::unofficial_port;
    report.place = "53.21.06.2001";
    report.people = 3;
    report.received_at = t0();
    return report;
}

inline Reply reply_to(Id message, Id id, ReplyState state = ReplyState::sent) {
    const Vault& vault = test_vault();
    Reply reply;
    reply.id = id;
    reply.message = message;
    reply.channel = "smpp-a";
    reply.to_key = vault.lookup("msisdn", "+628400000001");
    reply.state = state;
    reply.text = vault.seal(Table::reply, Column::text, id, "Terima kasih. Kode: A2B3C4");
    reply.to = vault.seal(Table::reply, Column::number, id, "+628400000001");
    reply.valid_until = t0() + 1h;
    return reply;
}

inline Alert alert_of(Id incident, Audience audience = Audience::general, std::string place = "53.21.06.2001") {
    Alert alert;
    alert.incident = incident;
    alert.audience = audience;
    alert.kind = AlertKind::departure_now;
    alert.urgency = "Immediate";
    alert.severity = "Severe";
    alert.certainty = "Likely";
    alert.category = Category::unofficial_port;
    alert.place = std::move(place);
    alert.people = 3;
    alert.onset = alert.raised_at = alert.updated_at = alert.published_at = t0();
    return alert;
}

}  // namespace jejak::storage::testing
