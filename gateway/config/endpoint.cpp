#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "gateway/config/reader.hpp"
#include "protocol/feed/webhook.hpp"

namespace jejak {
namespace {

/// Everything an endpoint can be told.
constexpr auto event_types = std::to_array<std::string_view>(
    {"report.received", "alert.raised", "alert.updated", "alert.acknowledged", "alert.cancelled", "worker.registered",
     "worker.departed", "worker.arrived", "worker.checked_in", "worker.overdue", "worker.lost_contact",
     "worker.returned", "system.test"});

/// An event type, all of a family ("alert.*"), or "*".
bool is_event_pattern(std::string_view pattern) {
    if (pattern == "*") return true;
    const bool family = pattern.ends_with(".*");
    const std::string_view stem = family ? pattern.substr(0, pattern.size() - 1) : pattern;
    return std::any_of(event_types.begin(), event_types.end(),
                       [&](std::string_view type) { return family ? type.starts_with(stem) : type == stem; });
}

void read_role(TableReader& table, Role& role) {
    const auto word = table.text("role");
    if (!word) return;
    if (const auto known = parse<Role>(*word)) {
        role = *known;
        return;
    }
    std::string all;
    for (auto i = 0; i <= static_cast<int>(Role::admin); ++i) {
        all += (i == 0 ? "" : ", ") + std::string(to_string(static_cast<Role>(i)));
    }
    table.fault("role", "role \"" + *word + "\" is unknown; roles are " + all);
}

std::vector<std::string> read_areas(TableReader& table) {
    std::vector<std::string> areas;
    table.texts("areas", areas);
    for (const auto& area : areas) {
        if (is_area(area)) continue;
        table.fault("areas",
                    "\"" + area + "\" is no Kemendagri code or prefix, such as \"61.01\" or \"61.01.09.2002\"");
    }
    return areas;
}

void read_url(TableReader& table, EndpointOptions& endpoint) {
    const auto written = table.required_text("url", "https://example.org/alerts");
    if (!written) return;
    const auto url = boost::urls::parse_uri(*written);
    const bool http = url && url->scheme() == "http";
    if (!url || !(http || url->scheme() == "https") || url->encoded_host().empty()) {
        table.fault("url", "url must be absolute, such as \"https://example.org/alerts\"");
    } else if (url->has_userinfo() || url->has_fragment()) {
        table.fault("url", "url must have neither user information nor a fragment; the signature proves who sends");
    } else if (http && !endpoint.allow_private_address) {
        table.fault(
            "url",
            "plain http is refused: use https, or allow_private_address = true for a receiver on your own network");
    }
    endpoint.url = *written;
}

EndpointOptions read_endpoint(TableReader& table, std::string name) {
    EndpointOptions endpoint;
    endpoint.name = std::move(name);
    if (const auto type = table.required_text("type", "webhook"); type && *type != "webhook") {
        table.fault("type", "type \"" + *type + "\" is not built in this version; use \"webhook\"");
    }
    table.boolean("allow_private_address", endpoint.allow_private_address);
    read_url(table, endpoint);

    endpoint.secret = table.secret("secret");
    const std::string& secret = endpoint.secret.reveal();
    const bool can_sign = !secret.starts_with("whpk_") && feed::WebhookKey::parse(secret).has_value();
    if (!secret.empty() && !can_sign) {
        table.fault("secret",
                    "the secret must be whsec_ and base64 of 24 to 64 octets, or whsk_ and an ed25519 key; "
                    "`echo whsec_$(head -c 32 /dev/urandom | base64)` makes one");
    }

    table.texts("events", endpoint.events);
    if (endpoint.events.empty())
        table.fault("events", "events is empty: this endpoint would never be told anything; for example [\"alert.*\"]");
    for (const auto& pattern : endpoint.events) {
        if (!is_event_pattern(pattern)) {
            table.fault(
                "events",
                "event \"" + pattern +
                    "\" is unknown; for example \"alert.raised\", \"alert.*\", \"report.received\", \"worker.*\"");
        }
    }

    read_role(table, endpoint.role);
    endpoint.areas = read_areas(table);
    using Detail = EndpointOptions::Detail;
    table.choice<Detail>("detail", endpoint.detail, {{"thin", Detail::thin}, {"case", Detail::case_}});
    table.integer("concurrency", endpoint.concurrency, 1, 8);
    table.duration("timeout", endpoint.timeout, Milliseconds(1'000), Milliseconds(30'000));
    return endpoint;
}

TokenOptions read_token(TableReader& table, std::string name) {
    TokenOptions token;
    token.name = std::move(name);
    if (table.required_text("role", "task_force")) read_role(table, token.role);
    if (const auto hash = table.required_text("hash", "…")) {
        token.hash = *hash;
        const bool hex = hash->size() == 64 && hash->find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!hex)
            table.fault("hash", "hash must be 64 lower-case hexadecimal digits, as `jejak token hash` prints them");
    }
    token.areas = read_areas(table);
    return token;
}

}  // namespace

void read_endpoints(const toml::table& root, const std::filesystem::path& folder, Config& config, Faults& faults) {
    Names names("endpoint");
    each_table(root, "endpoint", faults, [&](const toml::table& one) {
        TableReader table(one, "endpoint", folder, faults);
        config.endpoints.push_back(read_endpoint(table, names.read(table)));
        table.finish();
    });
}

void read_tokens(const toml::table& root, const std::filesystem::path& folder, Config& config, Faults& faults) {
    Names names("token");
    each_table(root, "token", faults, [&](const toml::table& one) {
        TableReader table(one, "token", folder, faults);
        config.tokens.push_back(read_token(table, names.read(table)));
        table.finish();
    });
}

}  // namespace jejak
