#include "gateway/casework/conversation.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <type_traits>

namespace jejak::casework {
namespace {

namespace json = boost::json;
using storage::Column;
using storage::Table;
using understand::Reading;
using understand::When;

/// Writes members that hold something; what is absent is empty.
class Writer {
public:
    void text(std::string_view key, const std::string& value) {
        if (!value.empty()) object_[key] = value;
    }
    void texts(std::string_view key, const std::vector<std::string>& values) {
        if (!values.empty()) object_[key] = json::array(values.begin(), values.end());
    }
    template <class Number>
    void number(std::string_view key, const std::optional<Number>& value) {
        if (value) object_[key] = static_cast<std::int64_t>(*value);
    }
    void number(std::string_view key, std::uint32_t value) {
        if (value != 0) object_[key] = static_cast<std::int64_t>(value);
    }
    void time(std::string_view key, const std::optional<WallTime>& value) {
        if (value) object_[key] = to_ms(*value);
    }
    void flag(std::string_view key, bool value) {
        if (value) object_[key] = true;
    }
    template <class Enum>
    void name(std::string_view key, Enum value) {
        if (value != Enum{}) object_[key] = to_string(value);
    }
    void ids(std::string_view key, const std::vector<storage::Id>& values) {
        if (!values.empty()) object_[key] = json::array(values.begin(), values.end());
    }
    void object(std::string_view key, json::object value) {
        if (!value.empty()) object_[key] = std::move(value);
    }
    json::object take() { return std::move(object_); }

private:
    json::object object_;
};

/// The counterpart: a member of another type than expected is one that is absent.
class Reader {
public:
    explicit Reader(const json::object& object) : object_(object) {}

    void text(std::string_view key, std::string& value) const {
        if (const auto* found = object_.if_contains(key); found != nullptr && found->is_string())
            value = std::string(found->get_string());
    }
    void texts(std::string_view key, std::vector<std::string>& values) const {
        const auto* found = object_.if_contains(key);
        if (found == nullptr || !found->is_array()) return;
        for (const auto& one : found->get_array()) {
            if (one.is_string()) values.emplace_back(one.get_string());
        }
    }
    std::optional<std::int64_t> number(std::string_view key) const {
        const auto* found = object_.if_contains(key);
        return found != nullptr && found->is_int64() ? std::optional(found->get_int64()) : std::nullopt;
    }
    std::optional<std::uint32_t> count(std::string_view key) const {
        const auto found = number(key);
        const bool fits = found && *found >= 0 && *found <= std::numeric_limits<std::uint32_t>::max();
        return fits ? std::optional(static_cast<std::uint32_t>(*found)) : std::nullopt;
    }
    std::optional<WallTime> time(std::string_view key) const {
        const auto found = number(key);
        return found ? std::optional(from_ms(*found)) : std::nullopt;
    }
    bool flag(std::string_view key) const {
        const auto* found = object_.if_contains(key);
        return found != nullptr && found->is_bool() && found->get_bool();
    }
    template <class Enum>
    Enum name(std::string_view key) const {
        std::string text;
        this->text(key, text);
        return parse<Enum>(text).value_or(Enum{});
    }
    void ids(std::string_view key, std::vector<storage::Id>& values) const {
        const auto* found = object_.if_contains(key);
        if (found == nullptr || !found->is_array()) return;
        for (const auto& one : found->get_array()) {
            if (one.is_int64()) values.push_back(one.get_int64());
        }
    }
    const json::object& object(std::string_view key) const {
        static const json::object none;
        const auto* found = object_.if_contains(key);
        return found != nullptr && found->is_object() ? found->get_object() : none;
    }

private:
    const json::object& object_;
};

json::object write(const When& when) {
    Writer out;
    out.time("at", when.at);
    out.time("since", when.since);
    out.time("until", when.until);
    out.flag("now", when.now);
    out.flag("past", when.past);
    return out.take();
}

When read_when(const Reader& in) {
    return {in.time("at"), in.time("since"), in.time("until"), in.flag("now"), in.flag("past")};
}

json::object write(const Reading& reading) {
    Writer out;
    out.name("intent", reading.intent);
    out.name("category", reading.category);
    out.name("second", reading.second);
    out.number("people", reading.people);
    out.number("people_max", reading.people_max);
    out.number("children", reading.children);
    out.text("place", reading.place);
    out.text("place_name", reading.place_name);
    out.object("when", write(reading.when));
    for (const auto& [key, value] :
         {std::pair{"destination", &reading.destination}, std::pair{"vehicle", &reading.vehicle},
          std::pair{"plate", &reading.plate}, std::pair{"recruiter", &reading.recruiter},
          std::pair{"recruiter_phone", &reading.recruiter_phone}, std::pair{"route", &reading.route},
          std::pair{"job", &reading.job}, std::pair{"visa", &reading.visa}, std::pair{"subject", &reading.subject},
          std::pair{"reference", &reading.reference}, std::pair{"language", &reading.language}}) {
        out.text(key, *value);
    }
    out.number("age", reading.age);
    out.texts("signs", reading.signs);
    out.texts("nationalities", reading.nationalities);
    out.texts("indicators", reading.indicators);
    out.number("flags", reading.flags);
    out.flag("question", reading.question);
    out.flag("guessed", reading.guessed);
    return out.take();
}

Reading read_reading(const Reader& in) {
    Reading reading;
    reading.intent = in.name<Intent>("intent");
    reading.category = in.name<Category>("category");
    reading.second = in.name<Category>("second");
    reading.people = in.count("people");
    reading.people_max = in.count("people_max");
    reading.children = in.count("children");
    in.text("place", reading.place);
    in.text("place_name", reading.place_name);
    reading.when = read_when(Reader(in.object("when")));
    for (const auto& [key, value] :
         {std::pair{"destination", &reading.destination}, std::pair{"vehicle", &reading.vehicle},
          std::pair{"plate", &reading.plate}, std::pair{"recruiter", &reading.recruiter},
          std::pair{"recruiter_phone", &reading.recruiter_phone}, std::pair{"route", &reading.route},
          std::pair{"job", &reading.job}, std::pair{"visa", &reading.visa}, std::pair{"subject", &reading.subject},
          std::pair{"reference", &reading.reference}, std::pair{"language", &reading.language}}) {
        in.text(key, *value);
    }
    reading.age = in.count("age");
    in.texts("signs", reading.signs);
    in.texts("nationalities", reading.nationalities);
    in.texts("indicators", reading.indicators);
    reading.flags = in.count("flags").value_or(0);
    reading.question = in.flag("question");
    reading.guessed = in.flag("guessed");
    return reading;
}

}  // namespace

std::string to_json(const Progress& progress) {
    Writer out;
    out.object("reading", write(progress.reading));
    out.texts("done", progress.done);
    out.ids("answers", progress.answers);
    out.number("worker", progress.worker);
    return json::serialize(out.take());
}

std::optional<Progress> parse_progress(std::string_view text) {
    boost::system::error_code failed;
    const auto value = json::parse(text, failed);
    if (failed || !value.is_object()) return std::nullopt;
    const Reader in(value.get_object());
    Progress progress;
    progress.reading = read_reading(Reader(in.object("reading")));
    in.texts("done", progress.done);
    in.ids("answers", progress.answers);
    progress.worker = in.count("worker");
    return progress;
}

storage::Sealed seal(const storage::Vault& vault, storage::Id dialogue, const Progress& progress) {
    return vault.seal(Table::dialogue, Column::state, dialogue, to_json(progress));
}

std::optional<Progress> open_progress(const storage::Vault& vault, const storage::Dialogue& dialogue) {
    const auto state = vault.open(Table::dialogue, Column::state, dialogue.id, dialogue.state);
    return state ? parse_progress(state->reveal()) : std::nullopt;
}

void end_conversation(storage::Unit& unit, const storage::Vault& vault, const storage::Dialogue& row) {
    const auto settle = [&](storage::Id id) {
        const auto message = unit.message(id);
        if (message && message->fate == Fate::clarifying) unit.set_fate(id, Fate::understood);
    };
    if (row.message != 0 && row.form != consent_form) settle(row.message);
    if (const auto progress = open_progress(vault, row)) {
        for (const auto answer : progress->answers) settle(answer);
    }
    unit.end_dialogue(row.id);
}

std::size_t end_expired_conversations(storage::Unit& unit, const storage::Vault& vault) {
    const auto expired = unit.dialogues_expired(unit.now(), conversations_per_unit, storage::Dialogue::Way::sms);
    for (const auto& row : expired) end_conversation(unit, vault, row);
    return expired.size();
}

}  // namespace jejak::casework
