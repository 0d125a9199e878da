#include "simulators/smsc_scenario.hpp"

#include <charconv>
#include <stdexcept>
#include <utility>

#include "gateway/config/profiles.hpp"
#include "simulators/toml_fault.hpp"

namespace jejak::sim {
namespace {

/// A table whose keys are all asked for: one that nobody asks for is a mistake of the writer.
class Table {
public:
    explicit Table(const toml::table& table) : table_(table) {}

    /// Throws for the first key that was not asked for.
    void finish() const {
        for (const auto& [key, value] : table_) {
            bool asked = false;
            for (const auto& one : asked_) asked = asked || one == key.str();
            if (!asked) fail(value, "unknown key " + std::string(key.str()));
        }
    }

    const toml::node* get(std::string_view key) {
        asked_.emplace_back(key);
        return table_.get(key);
    }
    bool has(std::string_view key) const { return table_.contains(key); }
    const toml::table& toml() const { return table_; }

    std::string text(std::string_view key, std::string fallback = {}) {
        const auto* node = get(key);
        if (node == nullptr) return fallback;
        const auto value = node->value_exact<std::string>();
        if (!value) fail(*node, std::string(key) + " must be a text");
        return *value;
    }
    std::uint64_t number(std::string_view key, std::uint64_t max, std::uint64_t fallback) {
        const auto* node = get(key);
        return node == nullptr ? fallback : number_of(*node, key, max);
    }
    static std::uint64_t number_of(const toml::node& node, std::string_view key, std::uint64_t max) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 0 || static_cast<std::uint64_t>(*value) > max)
            fail(node, std::string(key) + " must be a whole number up to " + std::to_string(max));
        return static_cast<std::uint64_t>(*value);
    }
    std::optional<std::pair<std::uint64_t, std::uint64_t>> pair(std::string_view key, std::uint64_t first_max,
                                                                std::uint64_t second_max) {
        const auto* node = get(key);
        if (node == nullptr) return std::nullopt;
        const auto* list = node->as_array();
        if (list == nullptr || list->size() != 2) fail(*node, std::string(key) + " must be a list of two numbers");
        return std::pair(number_of(*list->get(0), key, first_max), number_of(*list->get(1), key, second_max));
    }
    bool flag(std::string_view key, bool fallback) {
        const auto* node = get(key);
        if (node == nullptr) return fallback;
        const auto value = node->value_exact<bool>();
        if (!value) fail(*node, std::string(key) + " is true or false");
        return *value;
    }
    std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback) {
        const auto* node = get(key);
        if (node == nullptr) return fallback;
        const auto text = node->value_exact<std::string>().value_or("");
        unsigned count = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        const auto unit = std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end));
        if (error == std::errc{} && unit == "ms") return std::chrono::milliseconds(count);
        if (error == std::errc{} && unit == "s") return std::chrono::seconds(count);
        fail(*node, "a duration such as \"500ms\" or \"10s\"");
    }

    template <class Value>
    struct Choice {
        const char* name;
        Value value;
    };
    template <class Value>
    Value choice(std::string_view key, Value fallback, std::initializer_list<Choice<Value>> choices) {
        const auto* node = get(key);
        if (node == nullptr) return fallback;
        const auto text = node->value_exact<std::string>().value_or("");
        std::string names;
        for (const auto& one : choices) {
            if (one.name == text) return one.value;
            names += (names.empty() ? "" : ", ") + std::string(one.name);
        }
        fail(*node, std::string(key) + " is one of " + names);
    }

private:
    const toml::table& table_;
    std::vector<std::string> asked_;
};

constexpr std::uint64_t octet_max = 0xFF, pair_max = 0xFFFF, status_max = 0xFFFFFFFF;
/// Bounds of what a scenario may ask for, so that a slip of the pen does not fill the memory.
constexpr std::uint64_t times_max = 10'000, count_max = 1'000'000;

smpp::CommandStatus status_of(Table& table, std::string_view key) {
    return static_cast<smpp::CommandStatus>(table.number(key, status_max, 0));
}

Cut cut_of(Table& table, std::string_view key, Cut fallback) {
    return table.choice<Cut>(
        key, fallback,
        {{"close", Cut::close}, {"reset", Cut::reset}, {"half_open", Cut::half_open}, {"silence", Cut::silence}});
}

BindManners bind_of(Table table) {
    BindManners bind;
    bind.status = status_of(table, "status");
    bind.refuse_first = static_cast<unsigned>(table.number("refuse_first", count_max, 0));
    if (const auto* versions = table.get("versions")) {
        if (!versions->is_array()) fail(*versions, "versions must be a list");
        for (const auto& one : *versions->as_array())
            bind.versions.push_back(static_cast<std::uint8_t>(Table::number_of(one, "a version", octet_max)));
    }
    bind.other_version_silent = table.choice<bool>("other_version", false, {{"silent", true}, {"refuse", false}});
    using Version = BindManners::Version;
    const auto* says = table.get("says_version");
    if (says != nullptr && says->is_integer()) {
        bind.says = Version::other;
        bind.version = static_cast<std::uint8_t>(Table::number_of(*says, "says_version", octet_max));
    } else {
        bind.says = table.choice<Version>("says_version", Version::own,
                                          {{"nothing", Version::nothing}, {"two octets", Version::two_octets}});
    }
    table.finish();
    return bind;
}

SubmitManners submit_of(Table table) {
    SubmitManners submit;
    using Ids = SubmitManners::Ids;
    using Query = SubmitManners::Query;
    submit.ids = table.choice<Ids>("ids", Ids::unique,
                                   {{"hex", Ids::hex}, {"decimal", Ids::decimal}, {"constant", Ids::constant}});
    if (const auto both = table.pair("ton_npi", octet_max, octet_max))
        submit.ton_npi = {static_cast<std::uint8_t>(both->first), static_cast<std::uint8_t>(both->second)};
    submit.packed = table.flag("packed", false);
    submit.answer_after = table.duration("answer_after", {});
    submit.unanswered_every = static_cast<unsigned>(table.number("unanswered_every", count_max, 0));
    submit.lost_first = table.number("lost_first", count_max, 0);
    submit.query = table.choice<Query>("query", Query::answers,
                                       {{"answers", Query::answers},
                                        {"by_reference", Query::by_reference},
                                        {"fails", Query::fails},
                                        {"unknown", Query::unknown}});
    submit.quiet_refused = table.duration("quiet_refused", {});
    submit.quiet_congested = table.duration("quiet_congested", {});
    table.finish();
    return submit;
}

ReceiptManners receipt_of(Table table) {
    ReceiptManners receipt;
    receipt.form = table.choice<ReceiptManners::Form>("form", ReceiptManners::Form::canonical,
                                                      {{"canonical", ReceiptManners::Form::canonical},
                                                       {"comma", ReceiptManners::Form::comma},
                                                       {"bare", ReceiptManners::Form::bare},
                                                       {"loud", ReceiptManners::Form::loud},
                                                       {"parameters", ReceiptManners::Form::parameters},
                                                       {"payload", ReceiptManners::Form::payload}});
    for (auto [key, id] : {std::pair("id", &receipt.id), std::pair("parameter_id", &receipt.parameter_id)}) {
        *id = table.choice<ReceiptManners::Id>(key, ReceiptManners::Id::same,
                                               {{"same", ReceiptManners::Id::same},
                                                {"decimal", ReceiptManners::Id::decimal},
                                                {"hex", ReceiptManners::Id::hex},
                                                {"upper", ReceiptManners::Id::upper},
                                                {"no_zeros", ReceiptManners::Id::no_zeros},
                                                {"none", ReceiptManners::Id::none}});
    }
    if (receipt.id == ReceiptManners::Id::none)
        fail(*table.get("id"), "a receipt's text has an id; form = \"parameters\" has no text");
    if (const auto* states = table.get("states")) {
        if (!states->is_array() || states->as_array()->empty()) fail(*states, "states must be a list of texts");
        receipt.states.clear();
        for (const auto& one : *states->as_array()) {
            const auto state = one.value_exact<std::string>();
            if (!state || state->empty() || state->size() > 16) fail(one, "a state is a word such as \"DELIVRD\"");
            receipt.states.push_back(*state);
        }
    }
    constexpr std::uint64_t repeats_max = 100;
    receipt.times = static_cast<unsigned>(table.number("times", repeats_max, 1));
    receipt.before_answer = table.flag("before_answer", false);
    receipt.after = table.duration("after", {});
    receipt.esm_class = static_cast<std::uint8_t>(table.number("esm_class", octet_max, receipt.esm_class));
    using Intermediate = ReceiptManners::Intermediate;
    receipt.intermediate = table.choice<Intermediate>(
        "intermediate", Intermediate::no,
        {{"no", Intermediate::no}, {"asked", Intermediate::asked}, {"always", Intermediate::always}});
    if (const auto error = table.pair("network_error", octet_max, pair_max))
        receipt.network_error = {static_cast<std::uint8_t>(error->first), static_cast<std::uint16_t>(error->second)};
    table.finish();
    return receipt;
}

LineFault fault_of(Table table) {
    LineFault fault;
    fault.connection = static_cast<unsigned>(table.number("connection", count_max, 0));
    fault.dribble = table.number("dribble", count_max, 0);
    if (table.has("after")) fault.after = table.number("after", status_max, 0);
    fault.then = cut_of(table, "then", Cut::none);
    fault.lasts = table.duration("lasts", fault.lasts);
    if (fault.after.has_value() != (fault.then != Cut::none)) fail(table.toml(), "after and then go together");
    if (!fault.after && fault.dribble == 0) fail(table.toml(), "a fault has dribble, or after and then");
    table.finish();
    return fault;
}

DeliverStep deliver_step(Table& table) {
    constexpr std::size_t address_max = 20, service_type_max = 5;
    DeliverStep step;
    auto& text = step.text;
    text.from = table.text("from", "+628400000001");
    text.to = table.text("to");
    text.text = table.text("deliver");
    try {
        if (table.has("hex")) text.octets = parse_hex(table.text("hex"));
        text.tlvs = parse_hex(table.text("tlvs"));
    } catch (const std::invalid_argument& wrong) {
        fail(table.toml(), wrong.what());
    }
    text.data_coding = static_cast<std::uint8_t>(table.number("data_coding", octet_max, 0));
    text.esm_class = static_cast<std::uint8_t>(table.number("esm_class", octet_max, 0));
    text.service_type = table.text("service_type");
    step.times = static_cast<unsigned>(table.number("times", times_max, 1));
    step.wait = table.flag("wait", true);
    if (text.from.size() > address_max || text.to.size() > address_max)
        fail(table.toml(), "an address has at most 20 characters");
    if (text.service_type.size() > service_type_max) fail(table.toml(), "service_type has at most 5 characters");
    return step;
}

WaitStep wait_step(Table& table) {
    using What = WaitStep::What;
    WaitStep step;
    step.what = table.choice<What>("wait_for", What::bound,
                                   {{"bound", What::bound},
                                    {"acked", What::acked},
                                    {"submits", What::submits},
                                    {"receipts", What::receipts},
                                    {"throttled", What::throttled},
                                    {"binds", What::binds},
                                    {"queries", What::queries},
                                    {"unanswered", What::unanswered},
                                    {"lost", What::lost},
                                    {"slowed", What::slowed},
                                    {"congested", What::congested}});
    step.count = table.number("count", count_max, 1);
    return step;
}

ThrottleStep throttle_step(Table& table) {
    ThrottleStep step;
    step.status = status_of(table, "throttle");
    if (const auto* share = table.get("share")) {
        step.share = share->value<double>().value_or(-1);
        if (!(step.share >= 0 && step.share <= 1)) fail(*share, "share is a number from 0 to 1");
    }
    step.submits = table.number("submits", count_max, 0);
    return step;
}

ScenarioStep step_of(Table table) {
    ScenarioStep step;
    step.line = table.toml().source().begin.line;
    step.within = table.duration("within", step.within);
    if (table.has("deliver") || table.has("hex")) {
        step.what = deliver_step(table);
    } else if (table.has("throttle")) {
        step.what = throttle_step(table);
    } else if (table.has("congestion")) {
        step.what = CongestionStep{static_cast<std::uint8_t>(table.number("congestion", octet_max, 0))};
    } else if (table.has("alert")) {
        step.what = AlertStep{table.text("alert")};
    } else if (table.has("cut")) {
        CutStep cut{.how = cut_of(table, "cut", Cut::close)};
        cut.lasts = table.duration("lasts", cut.lasts);
        step.what = cut;
    } else if (table.has("wait_for")) {
        step.what = wait_step(table);
    } else if (table.has("pause")) {
        step.within = table.duration("pause", {});
        step.what = RestStep{};
    } else {
        fail(table.toml(), "a step has deliver, hex, throttle, congestion, alert, cut, wait_for or pause");
    }
    table.finish();
    return step;
}

/// Each table of a list.
template <class Take>
void each(Table& file, std::string_view key, Take take) {
    const auto* list = file.get(key);
    if (list == nullptr) return;
    if (!list->is_array()) fail(*list, std::string(key) + " is a list: [[" + std::string(key) + "]]");
    for (const auto& one : *list->as_array()) {
        if (!one.is_table()) fail(one, std::string(key) + " is a list of tables");
        take(Table(*one.as_table()));
    }
}

template <class Into, class Read>
void section(Table& file, std::string_view key, Into& into, Read read) {
    const auto* node = file.get(key);
    if (node == nullptr) return;
    if (!node->is_table()) fail(*node, std::string(key) + " is a table");
    into = read(Table(*node->as_table()));
}

/// Operators' profiles are read as the gateway reads them.
ussd::SmppProfile ussd_of(const toml::table& file, const toml::table& table) {
    Faults faults("scenario");
    Profiles profiles;
    profiles.read(file, {}, faults);
    SmppProfile profile;
    TableReader reader(table, "[ussd]", {}, faults);
    profiles.read_channel(reader, profile);
    reader.finish();
    for (const auto& fault : faults.take())
        throw std::invalid_argument("line " + std::to_string(fault.line) + ": " + fault.message);
    return profile.ussd_profile;
}

}  // namespace

Scenario parse_scenario(std::string_view text) {
    toml::table parsed;
    try {
        parsed = toml::parse(text);
    } catch (const toml::parse_error& error) {
        throw std::invalid_argument("line " + std::to_string(error.source().begin.line) + ": " +
                                    std::string(error.description()));
    }
    Table file(parsed);
    Scenario scenario;
    scenario.title = file.text("title");
    if (scenario.title.empty()) fail(parsed, "needs a title");
    section(file, "bind", scenario.manners.bind, bind_of);
    section(file, "submit", scenario.manners.submit, submit_of);
    section(file, "receipt", scenario.manners.receipt, receipt_of);
    section(file, "deliver", scenario.manners.deliver_twice, [](Table table) {
        const bool twice = table.flag("twice", false);
        table.finish();
        return twice;
    });
    section(file, "ussd", scenario.manners.ussd, [&](const Table& table) { return ussd_of(parsed, table.toml()); });
    if (file.get("profile") != nullptr && !file.has("ussd")) fail(parsed, "[[profile]] is for [ussd] to name");
    each(file, "fault", [&](const Table& table) { scenario.manners.faults.push_back(fault_of(table)); });
    each(file, "step", [&](const Table& table) { scenario.steps.push_back(step_of(table)); });
    file.finish();
    return scenario;
}

}  // namespace jejak::sim
