#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "gateway/tool/store_door.hpp"
#include "gateway/tool/tool.hpp"
#include "protocol/time.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;

struct EndpointOptions {
    std::filesystem::path config;
    std::string name;
};

/// Configured endpoints in the file's order, then those that are only in the store: they still owe.
int list(Console& console, const EndpointOptions& options) {
    StoreDoor door(options.config);
    const auto view = door.view();
    const auto states = view->endpoint_states();
    const auto counts = view->endpoint_counts();

    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const auto& endpoint : door.config().endpoints) add(endpoint.name);
    const auto configured = names.size();
    for (const auto& count : counts) add(count.endpoint);

    for (std::size_t i = 0; i < names.size(); ++i) {
        json::object line{{"endpoint", names[i]},     {"configured", i < configured},
                          {"state", "active"},        {"reason", nullptr},
                          {"failing_since", nullptr}, {"pending", 0},
                          {"delivered", 0},           {"dead", 0}};
        for (const auto& state : states) {
            if (state.name != names[i]) continue;
            if (state.failing_since) {
                line["state"] = "failing";
                line["failing_since"] = to_rfc3339(*state.failing_since);
            }
            if (state.suspended) line["state"] = "suspended";
            if (!state.reason.empty()) line["reason"] = state.reason;
        }
        for (const auto& count : counts) {
            if (count.endpoint != names[i]) continue;
            line["pending"] = count.pending;
            line["delivered"] = count.delivered;
            line["dead"] = count.dead;
        }
        console.out << json::serialize(line) << '\n';
    }
    return exits::ok;
}

void add_change(CLI::App& parent, Family family, const std::shared_ptr<EndpointOptions>& options,
                const std::string& name, const char* meaning) {
    auto* command = parent.add_subcommand(name, meaning);
    add_config(*command, options->config);
    command->add_option("name,--name", options->name, "the endpoint's name")->required();
    command->callback([family, options, name] {
        family.chosen = [family, options, name] {
            StoreDoor door(options->config);
            family.console.out << json::serialize(door.change("endpoint." + name, {{"name", options->name}})) << '\n';
            return exits::ok;
        };
    });
}

}  // namespace

void add_endpoint(Family family) {
    const auto options = std::make_shared<EndpointOptions>();
    auto* endpoint = family.app.add_subcommand("endpoint", "who is told of alerts");
    endpoint->require_subcommand(1);

    auto* list_all = endpoint->add_subcommand("list", "one line for each: its state and what it is owed");
    add_config(*list_all, options->config);
    list_all->callback(
        [family, options] { family.chosen = [family, options] { return list(family.console, *options); }; });
    add_change(*endpoint, family, options, "resume", "ends a suspension: what waited is delivered");
    add_change(*endpoint, family, options, "replay", "delivers again what was given up");
    add_change(*endpoint, family, options, "test", "sends a system.test event");
}

}  // namespace jejak::tool
