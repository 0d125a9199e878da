#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "gateway/config/profiles.hpp"
#include "gateway/config/reader.hpp"
#include "protocol/smpp/field_sizes.hpp"
#include "protocol/sms/gsm7.hpp"

namespace jejak {
namespace {

/// source: SMPP 3.4 §5.2.8
constexpr std::size_t address_max = 20;
/// Later than this a reply may reach the wrong hands.
constexpr std::chrono::minutes reply_validity_max{10};
constexpr std::size_t cover_septets_max = 160;

bool is_address(std::string_view text) {
    if (text.size() > address_max) return false;
    const std::string_view rest = text.starts_with('+') ? text.substr(1) : text;
    return !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
}

bool is_digits(std::string_view text, std::size_t min, std::size_t max) {
    return text.size() >= min && text.size() <= max &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Channels {
public:
    Channels(std::filesystem::path folder, const Profiles& profiles, Config& config, Faults& faults)
        : folder_(std::move(folder)), profiles_(profiles), config_(config), faults_(faults) {}

    void read(const toml::table& one) {
        TableReader table(one, "channel", folder_, faults_);
        const std::string name = names_.read(table);
        const auto type = table.required_text("type", "smpp-client");
        if (type == "smpp-client") {
            config_.smpp_channels.push_back(smpp_client(table, name));
            reply_style(table, config_.smpp_channels.back().replies);
        } else if (type == "smpp-server") {
            config_.smpp_servers.push_back(smpp_server(table, name));
            reply_style(table, config_.smpp_servers.back().channel.replies);
        } else if (type == "http") {
            config_.http_channels.push_back(http(table, name));
            reply_style(table, config_.http_channels.back().replies);
        } else {
            if (type) {
                table.fault("type",
                            "type \"" + *type + "\" is unknown; use \"smpp-client\", \"smpp-server\" or \"http\"");
            }
            table.ignore_rest();  // which keys belong here depends on the type
        }
        table.finish();
    }

    /// Whether every `reply_via` names a channel that can send: asked when all are known.
    void check_routes() {
        for (const auto& route : routes_) {
            const auto& channels = config_.smpp_channels;
            const auto named = [&](const auto& c) { return c.name == route.via; };
            const auto target = std::find_if(channels.begin(), channels.end(), named);
            const bool sends =
                std::any_of(config_.http_channels.begin(), config_.http_channels.end(),
                            [&](const auto& c) { return named(c) && c.reply == HttpChannelOptions::Reply::send; });
            const auto& servers = config_.smpp_servers;
            const auto server = std::find_if(servers.begin(), servers.end(),
                                             [&](const auto& c) { return c.channel.name == route.via; });
            const std::string where = "channel \"" + route.from + "\": reply_via = \"" + route.via + '"';
            if (route.via == route.from) {
                faults_.add(route.line, where + " is the channel itself; name another one, or leave it out");
            } else if (sends || (server != servers.end() && takes_replies(*server))) {
                continue;
            } else if (server != servers.end()) {
                faults_.add(route.line, where +
                                            " has no account that takes replies; let one bind as receiver or "
                                            "transceiver, or name another channel");
            } else if (target == channels.end()) {
                faults_.add(route.line, where +
                                            " names no channel of this file that sends: an smpp-client, an "
                                            "smpp-server, or one with reply = \"send\"");
            } else if (target->bind == smpp::BindKind::receiver) {
                faults_.add(route.line,
                            where + " is bound as receiver and cannot send; name a transceiver or transmitter");
            }
        }
    }

private:
    struct RouteCheck {
        std::string from, via;
        unsigned line;
    };

    SmppChannelOptions smpp_client(TableReader& table, const std::string& name) {
        SmppChannelOptions channel;
        channel.name = name;
        read_smpp_links(table, channel);
        if (table.required_text("system_id", "jejak")) table.text("system_id", channel.system_id, smpp::system_id_max);
        password(table, channel);
        table.text("system_type", channel.system_type, smpp::system_type_max);
        table.integer("window", channel.window, 1, 1'000);
        table.duration("enquire_link", channel.enquire_link, Milliseconds(1'000), std::chrono::hours(1));
        table.duration("response_limit", channel.response_limit, Milliseconds(1'000), std::chrono::minutes(10));
        table.duration("reply_validity", channel.reply_validity, std::chrono::minutes(1), reply_validity_max);
        table.boolean("receipts", channel.receipts);
        if (auto group = table.text("group")) {
            if (is_name(*group)) {
                channel.group = std::move(*group);
            } else {
                table.fault("group", "group is 1 to 32 of a-z, 0-9 and -, the same in every channel to one SMSC");
            }
        }
        addresses(table, channel.service_number, channel.country_code);
        profiles_.read_channel(table, channel);

        channel.tls = read_tls_client(table);
        ussd(table, channel.ussd);
        reply_via(table, name, channel.reply_via);
        if (channel.bind == smpp::BindKind::receiver && !table.has("reply_via")) {
            table.fault("bind",
                        "a receiver cannot send; add reply_via = \"CHANNEL\" with the channel its replies leave by");
        }
        return channel;
    }

    SmppServerOptions smpp_server(TableReader& table, const std::string& name) {
        auto server = read_smpp_server(table, name);
        auto& channel = server.channel;
        addresses(table, channel.service_number, channel.country_code);
        profiles_.read_channel(table, channel);
        channel.query = SmppProfile::Query::none;  // an ESME is not asked about what it was handed
        ussd(table, channel.ussd);
        reply_via(table, name, channel.reply_via);
        return server;
    }

    static void quiet_hours(TableReader& table, ReplyStyle& style) {
        const auto written = table.text("quiet_hours");
        if (!written) return;
        if (const auto hours = casework::parse_quiet_hours(*written)) {
            style.quiet_hours = *hours;
        } else {
            table.fault("quiet_hours", "quiet_hours must be two different times of the day, such as \"21:00-05:00\"");
        }
    }

    /// Whether the cover text endangers its readers is asked once the pack is loaded.
    static void reply_style(TableReader& table, ReplyStyle& style) {
        using storage::ReplyMode;
        table.choice<ReplyMode>("reply_mode", style.mode,
                                {{"silent", ReplyMode::silent},
                                 {"neutral", ReplyMode::neutral},
                                 {"cover", ReplyMode::cover},
                                 {"coded", ReplyMode::coded},
                                 {"full", ReplyMode::full}});
        if (auto written = table.text("cover_text")) {
            const auto septets = sms::gsm7::septets(*written);
            if (written->empty() || !septets || *septets > cover_septets_max) {
                table.fault("cover_text", "cover_text must be 1 to 160 characters of the GSM alphabet: one SMS");
            }
            style.cover_text = std::move(*written);
        }
        if (style.mode == ReplyMode::cover && !table.has("cover_text")) {
            table.fault("reply_mode", "reply_mode \"cover\" needs cover_text = \"…\", the one line that is sent");
        }
        quiet_hours(table, style);
    }

    void password(TableReader& table, SmppChannelOptions& channel) {
        channel.password = table.secret("password");
        if (channel.password.reveal().size() > smpp::long_password_max) {
            table.fault("password", "the password is longer than the " + std::to_string(smpp::long_password_max) +
                                        " octets that a bind carries");
        }
    }

    static void addresses(TableReader& table, std::string& service_number, std::string& country_code) {
        if (auto number = table.text("service_number")) {
            if (is_address(*number)) {
                service_number = std::move(*number);
            } else {
                table.fault("service_number", "service_number must be 1 to 20 digits or letters, such as \"9840\"");
            }
        }
        if (auto code = table.text("country_code")) {
            if (is_digits(*code, 1, 3) && code->front() != '0') {
                country_code = std::move(*code);
            } else {
                table.fault("country_code", "country_code must be 1 to 3 digits without +, such as \"62\"");
            }
        }
    }

    static void ussd(TableReader& table, UssdOptions& ussd) {
        table.boolean("ussd", ussd.on);
        table.duration("ussd_timeout", ussd.timeout, std::chrono::seconds(10), std::chrono::minutes(30));
    }

    void reply_via(TableReader& table, const std::string& name, std::string& via) {
        auto written = table.text("reply_via");
        if (!written) return;
        if (!is_name(*written)) {
            table.fault("reply_via", "reply_via must be the name of a channel");
            return;
        }
        via = std::move(*written);
        routes_.push_back({name, via, table.line("reply_via")});
    }

    HttpChannelOptions http(TableReader& table, const std::string& name) {
        HttpChannelOptions channel;
        channel.name = name;
        dialect(table, channel);
        channel.key = table.secret("key");
        public_url(table, channel);
        addresses(table, channel.service_number, channel.country_code);
        ussd(table, channel.ussd);
        reply_via(table, name, channel.reply_via);
        reply(table, channel);
        return channel;
    }

    /// How replies leave; unless it is said, with the answer if the dialect can carry one.
    static void reply(TableReader& table, HttpChannelOptions& channel) {
        using Reply = HttpChannelOptions::Reply;
        const bool can_inline = channel.dialect == nullptr || channel.dialect->replies_inline;
        if (!can_inline) channel.reply = Reply::none;
        table.choice<Reply>("reply", channel.reply,
                            {{"inline", Reply::inline_}, {"none", Reply::none}, {"send", Reply::send}});
        if (channel.reply == Reply::inline_ && !can_inline) {
            table.fault("reply", "the answer to " + std::string(channel.dialect->name) +
                                     " carries no reply; use \"send\" with [channel.send], \"none\", or reply_via");
        }
        if (!channel.reply_via.empty()) {
            if (table.has("reply")) table.fault("reply", "reply and reply_via exclude each other; keep one");
            channel.reply = Reply::via;
        }
        const auto* const send = table.table("send");
        if (channel.reply == Reply::send && send == nullptr) {
            table.fault("reply", "reply = \"send\" needs [channel.send], with a preset or the provider's url");
        }
        if (send != nullptr && channel.reply != Reply::send) {
            table.fault("send", "[channel.send] is used only with reply = \"send\"; add that, or leave it out");
        }
        if (send == nullptr) return;
        auto inner = table.inside(*send, "send");
        channel.send = read_send(inner, channel.service_number,
                                 [&](std::string_view wrong) { table.fault("service_number", std::string(wrong)); });
    }

    static void public_url(TableReader& table, HttpChannelOptions& channel) {
        const auto written = table.text("public_url");
        if (!written) return;
        const auto url = boost::urls::parse_uri(*written);
        const bool web = url && (url->scheme() == "https" || url->scheme() == "http") && !url->encoded_host().empty();
        if (!web || url->has_query() || url->has_fragment() || url->has_userinfo()) {
            table.fault("public_url",
                        "public_url must be the URL that the provider was given, without ? and #, such as "
                        "\"https://jejak.example.org/v1/in/" +
                            channel.name + '"');
        }
        channel.public_url = *written;
    }

    static void dialect(TableReader& table, HttpChannelOptions& channel) {
        const auto word = table.required_text("dialect", "json");
        if (!word) return;
        channel.dialect = dialect::find(*word);
        if (channel.dialect != nullptr) return;
        std::string built;
        for (const auto& one : dialect::all()) built += (built.empty() ? "\"" : ", \"") + std::string(one.name) + '"';
        table.fault("dialect", "dialect \"" + *word + "\" is unknown; there are " + built);
    }

    std::filesystem::path folder_;
    const Profiles& profiles_;
    Config& config_;
    Faults& faults_;
    Names names_{"channel"};
    std::vector<RouteCheck> routes_;
};

}  // namespace

void read_channels(const toml::table& root, const std::filesystem::path& folder, Config& config, Faults& faults) {
    Profiles profiles;
    profiles.read(root, folder, faults);
    Channels channels(folder, profiles, config, faults);
    each_table(root, "channel", faults, [&](const toml::table& one) { channels.read(one); });
    channels.check_routes();
}

}  // namespace jejak
