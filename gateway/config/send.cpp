#include "gateway/channel/send_call.hpp"
#include "gateway/config/reader.hpp"
#include "protocol/ascii.hpp"
#include "protocol/dialect/signature.hpp"

namespace jejak {
namespace {

using channel::SendOptions;

/// `success = 201`, `"2xx"`, or a list of these.
void read_statuses(TableReader& table, std::string_view key, std::vector<std::string>& statuses) {
    const auto* const node = table.any(key);
    if (node == nullptr) return;
    std::vector<std::string> read;
    bool good = true;
    const auto add = [&](const toml::node& one) {
        const auto number = one.value_exact<std::int64_t>();
        const auto text = number ? std::to_string(*number) : one.value_exact<std::string>();
        if (text) read.push_back(*text);
        good = good && text;
    };
    if (const auto* const list = node->as_array()) {
        for (const auto& one : *list) add(one);
    } else {
        add(*node);
    }
    if (good) {
        statuses = std::move(read);
    } else {
        table.fault(key, std::string(key) + " holds statuses, such as \"2xx\" or 201");
    }
}

/// `success = "2xx"`, or `{ status = "2xx", pointer = "/status", equals = ["0"], later = ["1"] }`.
void read_success(TableReader& table, SendOptions& send) {
    const auto* const inner = table.table("success");
    if (inner == nullptr) return read_statuses(table, "success", send.statuses);
    auto success = table.inside(*inner, "success");
    read_statuses(success, "status", send.statuses);
    if (success.has("pointer")) {
        send.equals.clear();
        send.later.clear();
    }
    success.text("pointer", send.pointer, 200);
    success.texts("equals", send.equals);
    success.texts("later", send.later);
    success.finish();
}

/// `id = "/messages/0/id"`, or `{ regex = "ID: (\\w+)" }`.
void read_id(TableReader& table, SendOptions& send) {
    const auto* const inner = table.table("id");
    if (inner == nullptr) {
        table.text("id", send.id_pointer, 200);
        return;
    }
    send.id_pointer.clear();
    auto id = table.inside(*inner, "id");
    if (id.required_text("regex", "ID: ([0-9a-f]+)")) id.text("regex", send.id_pattern, 200);
    id.finish();
}

/// A preset's headers stay, unless one of the same name is given, in whatever case.
void read_headers(TableReader& table, SendOptions& send) {
    const auto* const given = table.table("headers");
    if (given == nullptr) {
        if (table.has("headers")) table.fault("headers", "headers must be a table: { \"Content-Type\" = \"…\" }");
        return;
    }
    for (const auto& [key, node] : *given) {
        const std::string name(key.str());
        const auto value = node.value_exact<std::string>();
        if (!value) {
            table.fault("headers", "the header " + name + " must be a text in quotes");
            continue;
        }
        const auto lower = lower_case(name);
        std::erase_if(send.headers, [&](const auto& header) { return lower_case(header.first) == lower; });
        send.headers.emplace_back(name, *value);
    }
}

void read_auth(TableReader& table, SendOptions& send) {
    const auto* const inner = table.table("auth");
    if (inner == nullptr) {
        if (table.has("auth")) table.fault("auth", "auth must be a table: { basic = \"{account}:{secret}\" }");
        return;
    }
    auto auth = table.inside(*inner, "auth");
    if (auth.required_text("basic", "{account}:{secret}")) auth.text("basic", send.basic, 1'000);
    auth.finish();
}

}  // namespace

SendOptions read_send(TableReader& table, std::string_view service_number,
                      const std::function<void(std::string_view)>& fault_of_channel) {
    SendOptions send;
    bool known = true;
    if (const auto name = table.text("preset")) {
        auto preset = channel::send_preset(*name);
        known = preset.has_value();
        if (preset) send = std::move(*preset);
        if (!known) {
            table.fault("preset", "preset \"" + *name + "\" is unknown; there are " + channel::send_preset_names() +
                                      "; any other provider is declared with url, headers and body");
        }
    }
    table.text("method", send.method, 8);
    table.text("url", send.url, 2'000);
    read_headers(table, send);
    table.text("body", send.body, 8'000);
    read_auth(table, send);
    table.text("account", send.account, 200);
    if (table.has("secret") || table.has("secret_file")) send.secret = table.secret("secret");
    read_success(table, send);
    read_id(table, send);
    table.boolean("allow_private_address", send.allow_private_address);
    table.integer("concurrency", send.concurrency, 1, 16);
    table.duration("timeout", send.timeout, Milliseconds(1'000), Milliseconds(15'000));
    if (!known) {  // whatever else is missing follows from that
        table.finish();
        return send;
    }
    for (const auto& problem : channel::problems(send, service_number)) {
        if (problem.key.empty()) {
            fault_of_channel(problem.message);
        } else {
            table.fault(problem.key, problem.message);
        }
    }
    table.finish();
    return send;
}

}  // namespace jejak
