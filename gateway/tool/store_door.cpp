#include "gateway/tool/store_door.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <future>

#include "gateway/admin.hpp"
#include "gateway/tool/admin_client.hpp"
#include "gateway/tool/tool.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace jejak::tool {
namespace {

constexpr std::chrono::seconds commit_limit{30};

Config checked(const std::filesystem::path& file) {
    auto loaded = load_config(file);
    if (loaded.config) return std::move(*loaded.config);
    std::string lines;
    for (const auto& fault : loaded.faults) lines += (lines.empty() ? "" : "\n") + to_string(fault);
    throw Failure(exits::configuration, lines);
}

/// What `error` of our replies, or `detail` of a problem, says.
std::string explanation(const boost::json::object& body, unsigned status) {
    for (const auto* key : {"error", "detail", "title"}) {
        const auto* text = body.if_contains(key);
        if (text != nullptr && text->is_string()) return std::string(text->get_string());
    }
    return "the daemon answered " + std::to_string(status);
}

int exit_of(unsigned status) {
    if (status == 400) return exits::usage;
    return status == 404 || status == 409 ? exits::negative : exits::unavailable;
}

boost::json::object body_or_failure(unsigned status, boost::json::object body) {
    if (status / 100 != 2) throw Failure(exit_of(status), explanation(body, status));
    return body;
}

/// The daemon is stopped: takes the store's lock, and does what the daemon would.
AdminReply change_alone(const Config& config, const storage::Vault& vault, const AdminCommand& command) {
    AdminContext context{vault, {}};
    for (const auto& endpoint : config.endpoints) context.endpoints.push_back(endpoint.name);
    AdminReply reply;
    std::promise<storage::Committed> ended;

    storage::SqliteOptions options;
    options.file = config.storage.file;
    options.readers = 1;
    const auto store = storage::open_sqlite(options, vault);
    const bool queued = store->submit({[&](storage::Unit& unit) { reply = run_admin(unit, context, command); },
                                       {},
                                       [&](storage::Committed how) { ended.set_value(how); }});
    auto end = ended.get_future();
    const bool in_time = queued && end.wait_for(commit_limit) == std::future_status::ready;
    const std::string trouble = store->trouble();
    store->close();
    if (!in_time) throw Failure(exits::unavailable, trouble.empty() ? "the store did not commit in time" : trouble);
    const auto how = end.get();
    if (how == storage::Committed::poisoned)
        throw Failure(exits::unavailable, "the command failed; nothing was changed");
    if (how != storage::Committed::durable)
        throw Failure(exits::unavailable, trouble.empty() ? "the store failed; nothing was changed" : trouble);
    return reply;
}

}  // namespace

std::string actor() {
    std::array<char, 4'096> buffer{};
    struct passwd entry {};
    struct passwd* found = nullptr;
    const bool known = ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    std::string name = known ? found->pw_name : std::to_string(::geteuid());
    const char* behind = std::getenv("SUDO_USER");  // NOLINT(concurrency-mt-unsafe): read before any thread is started
    if (behind != nullptr && *behind != '\0' && name != behind) name += '/' + std::string(behind);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c <= 0x20 || c == 0x7F; }, '?');
    return ("cli:" + name).substr(0, 64);
}

StoreDoor::StoreDoor(const std::filesystem::path& config_file) : config_(checked(config_file)) {}

const storage::Vault& StoreDoor::vault() {
    if (!vault_) vault_.emplace(storage::Vault::open(config_.keys));
    return *vault_;
}

std::unique_ptr<storage::View> StoreDoor::view() {
    std::error_code failed;
    if (!std::filesystem::exists(config_.storage.file, failed)) {
        throw Failure(exits::unavailable, "there is no database yet; jejakd makes it when it starts");
    }
    return storage::open_sqlite_view(config_.storage.file, vault());
}

boost::json::object StoreDoor::change(std::string name, boost::json::object arguments) {
    const AdminCommand command{std::move(name), actor(), std::move(arguments)};
    const auto answer = call_daemon(config_.admin.socket, command);
    if (answer.how == AdminAnswer::How::failed) throw Failure(exits::unavailable, answer.why);
    if (answer.how == AdminAnswer::How::not_running) {
        auto reply = change_alone(config_, vault(), command);
        return body_or_failure(reply.status, std::move(reply.body));
    }
    boost::system::error_code failed;
    auto body = boost::json::parse(answer.body, failed);
    if (failed || !body.is_object()) body = boost::json::object();
    return body_or_failure(answer.status, std::move(body.get_object()));
}

}  // namespace jejak::tool
