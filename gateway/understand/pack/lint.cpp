#include <algorithm>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/tokens.hpp"
#include "protocol/sms/gsm7.hpp"

/// What only `jejak pack lint` asks of a pack.
namespace jejak::understand {
namespace {

constexpr std::size_t reply_septets_max = 160;
constexpr std::size_t examples_least = 40;

class Linter {
public:
    explicit Linter(const Pack& pack) : pack_(pack), data_(pack.data()) {}

    std::vector<PackFault> run() {
        check_keywords();
        for (const auto& [name, reply] : data_.replies) check_reply(name, reply);
        for (const Example& example : data_.examples) check_example(example);
        if (data_.examples.size() < examples_least) {
            fault("examples.toml", 0,
                  "has " + std::to_string(data_.examples.size()) + " examples; a pack needs at least " +
                      std::to_string(examples_least));
        }
        return std::move(faults_);
    }

private:
    void fault(const std::string& file, unsigned line, std::string message) {
        faults_.push_back({file, line, std::move(message)});
    }

    /// Two keywords one typo from each other would be guessed between, and a guess may harm.
    void check_keywords() {
        for (std::size_t i = 0; i < data_.commands.size(); ++i) {
            const Command& one = data_.commands[i];
            const auto keyword = fold(one.keyword);
            if (data_.is(data_.traits[data_.find(keyword)].canonical, WordClass::everyday)) {
                fault("words.toml", one.line,
                      "keyword " + one.keyword + " is also an everyday word; take it out of [class] everyday");
            }
            for (std::size_t j = 0; j < i; ++j) {
                const Command& other = data_.commands[j];
                if (!one.typos || !other.typos || edits_between(keyword, fold(other.keyword)) > 2) continue;
                fault("words.toml", one.line,
                      "keywords " + one.keyword + " and " + other.keyword +
                          " are a typo apart; rename one, or set typos = false");
            }
        }
    }

    /// The reply with the longest value in each field; a fault for a field nobody declared.
    std::string longest(const std::string& name, const Reply& reply, const std::string& language) {
        const auto text = data_.say(reply.text, language);
        std::vector<std::pair<std::string_view, std::string>> fields;
        for (const auto& [field, value] : data_.longest_fields) fields.emplace_back(field, value);
        for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
            const auto field = std::string(text.substr(open + 1, text.find('}', open) - open - 1));
            if (!data_.longest_fields.contains(field))
                fault(reply.file, reply.line, "reply " + name + " has {" + field + "}, which [longest] does not know");
        }
        return pack_.reply(name, fields, language);
    }

    void check_reply(const std::string& name, const Reply& reply) {
        for (const auto& language : data_.languages) check_reply(name, reply, language);
    }

    void check_reply(const std::string& name, const Reply& reply, const std::string& language) {
        const std::string text = longest(name, reply, language);
        const auto septets = sms::gsm7::septets(text);
        if (!septets) {
            fault(reply.file, reply.line,
                  "reply " + name + " has a character outside the GSM alphabet; it would cost more than one SMS");
        } else if (*septets > reply_septets_max) {
            fault(reply.file, reply.line,
                  "reply " + name + " needs " + std::to_string(*septets) + " septets; at most " +
                      std::to_string(reply_septets_max));
        }
        const std::string words = spaced(text);
        for (const auto& word : data_.forbidden) {
            if (words.find(spaced(word)) != std::string::npos)
                fault(reply.file, reply.line,
                      "reply " + name + " says \"" + word + "\", which endangers whoever receives it");
        }
        for (std::size_t i = 1; i <= static_cast<std::size_t>(Category::not_a_case); ++i) {
            const auto category = to_string(static_cast<Category>(i));
            if (category == "other" || words.find(spaced(category)) == std::string::npos) continue;
            fault(reply.file, reply.line, "reply " + name + " names the category " + std::string(category));
        }
    }

    /// Words with one blank around each, for whole-word search.
    static std::string spaced(std::string_view text) {
        std::string words = " ";
        for (const char c : fold(text)) {
            if (c != ' ' || words.back() != ' ') words += c;
        }
        if (words.back() != ' ') words += ' ';
        return words;
    }

    void compare(const Example& example, std::string_view what, const std::optional<std::string>& wanted,
                 std::string_view got) {
        if (wanted && *wanted != got) {
            fault(example.file, example.line,
                  std::string(what) + " of \"" + example.text + "\" is understood as \"" + std::string(got) +
                      "\", stated is \"" + *wanted + "\"");
        }
    }

    void compare(const Example& example, std::string_view what, const std::optional<std::vector<std::string>>& wanted,
                 std::vector<std::string> got) {
        if (!wanted) return;
        auto sorted = *wanted;
        std::sort(sorted.begin(), sorted.end());
        std::sort(got.begin(), got.end());
        if (sorted == got) return;
        const auto joined = [](const std::vector<std::string>& words) {
            std::string text;
            for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
            return text;
        };
        fault(example.file, example.line,
              std::string(what) + " of \"" + example.text + "\" are understood as [" + joined(got) + "], stated are [" +
                  joined(sorted) + "]");
    }

    void check_example(const Example& example) {
        const Reading got = read(pack_, example.text, example.context);
        const auto offset = pack_.utc_offset_of(example.context.sender);
        const auto moment = [&](const std::optional<WallTime>& at) {
            return at ? to_rfc3339(*at, offset) : std::string();
        };
        const auto count = [](std::optional<std::int64_t> number) {
            return number ? std::optional(std::to_string(*number)) : std::nullopt;
        };
        const auto counted = [](std::optional<std::uint32_t> number) { return std::to_string(number.value_or(0)); };
        const auto truth = [](bool value) { return std::string(value ? "true" : "false"); };
        const auto stated = [&](std::optional<bool> value) {
            return value ? std::optional(truth(*value)) : std::nullopt;
        };
        compare(example, "intent", std::string(to_string(example.intent)), to_string(got.intent));
        compare(example, "category", example.category, to_string(got.category));
        compare(example, "people", count(example.people), counted(got.people));
        compare(example, "people_max", count(example.people_max), counted(got.people_max));
        compare(example, "place", example.place, got.place);
        compare(example, "place_name", example.place_name, got.place_name);
        compare(example, "time", example.time, moment(got.when.at));
        compare(example, "since", example.since, moment(got.when.since));
        compare(example, "until", example.until, moment(got.when.until));
        compare(example, "now", stated(example.now), truth(got.when.now));
        compare(example, "past", stated(example.past), truth(got.when.past));
        compare(example, "destination", example.destination,
                got.intent == Intent::register_worker ? got.registration.destination : got.destination);
        compare(example, "vehicle", example.vehicle, got.vehicle);
        compare(example, "plate", example.plate, got.plate);
        compare(example, "recruiter", example.recruiter, got.recruiter);
        compare(example, "recruiter_phone", example.recruiter_phone, got.recruiter_phone);
        compare(example, "reference", example.reference, got.reference);
        compare(example, "name", example.name, got.registration.name);
        compare(example, "nik", example.nik, got.registration.nik);
        compare(example, "sex", example.sex, got.registration.sex);
        compare(example, "village", example.village, got.registration.village);
        compare(example, "exit_point", example.exit_point, got.registration.exit_point);
        compare(example, "minor", stated(example.minor), truth(got.registration.minor));
        compare(example, "missing", example.missing, got.registration.missing);
        compare(example, "indicators", example.indicators, got.indicators);
        std::vector<std::string> flags, alerts;
        for (const auto name : flag_names(got.flags)) flags.emplace_back(name);
        for (const AlertKind kind : got.alerts) alerts.emplace_back(to_string(kind));
        compare(example, "flags", example.flags, std::move(flags));
        compare(example, "alerts", example.alerts, std::move(alerts));
    }

    const Pack& pack_;
    const Pack::Data& data_;
    std::vector<PackFault> faults_;
};

}  // namespace

std::vector<PackFault> Pack::lint() const {
    return Linter(*this).run();
}

}  // namespace jejak::understand
