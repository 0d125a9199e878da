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

/// Whether it is to be written or to be filled.
template <class Value, class Type>
concept SameAs = std::is_same_v<std::remove_const_t<Value>, Type>;

template <class Form, SameAs<When> Value>
void members(Form& form, Value& when);
template <class Form, SameAs<Reading> Value>
void members(Form& form, Value& reading);

/// Writes members that hold something; what is absent is empty.
class Writer {
public:
    void member(std::string_view key, const std::string& value) {
        if (!value.empty()) object_[key] = value;
    }
    template <class Value>
    void member(std::string_view key, const std::vector<Value>& values) {
        if (!values.empty()) object_[key] = json::array(values.begin(), values.end());
    }
    void member(std::string_view key, const std::optional<std::uint32_t>& value) {
        if (value) object_[key] = static_cast<std::int64_t>(*value);
    }
    void member(std::string_view key, std::uint32_t value) {
        if (value != 0) object_[key] = static_cast<std::int64_t>(value);
    }
    void member(std::string_view key, const std::optional<WallTime>& value) {
        if (value) object_[key] = to_ms(*value);
    }
    void member(std::string_view key, const bool& value) {
        if (value) object_[key] = true;
    }
    template <class Enum>
    std::enable_if_t<std::is_enum_v<Enum>> member(std::string_view key, Enum value) {
        if (value != Enum{}) object_[key] = to_string(value);
    }
    template <class Part>
    void object(std::string_view key, const Part& part) {
        Writer inner;
        members(inner, part);
        if (!inner.object_.empty()) object_[key] = std::move(inner.object_);
    }
    std::string take() const { return json::serialize(object_); }

private:
    json::object object_;
};

/// The counterpart: a member of another type than expected is one that is absent, and leaves the value as it is.
class Reader {
public:
    explicit Reader(const json::object& object) : object_(object) {}

    void member(std::string_view key, std::string& value) const {
        if (const auto* text = string_at(object_, key)) value = std::string(*text);
    }
    void member(std::string_view key, std::vector<std::string>& values) const {
        for (const auto& one : array(key)) {
            if (one.is_string()) values.emplace_back(one.get_string());
        }
    }
    void member(std::string_view key, std::vector<storage::Id>& values) const {
        for (const auto& one : array(key)) {
            if (one.is_int64()) values.push_back(one.get_int64());
        }
    }
    void member(std::string_view key, std::optional<std::uint32_t>& value) const {
        const auto found = number(key);
        if (found && *found >= 0 && *found <= std::numeric_limits<std::uint32_t>::max())
            value = static_cast<std::uint32_t>(*found);
    }
    void member(std::string_view key, std::uint32_t& value) const {
        std::optional<std::uint32_t> found;
        member(key, found);
        value = found.value_or(value);
    }
    void member(std::string_view key, std::optional<WallTime>& value) const {
        if (const auto found = number(key)) value = from_ms(*found);
    }
    void member(std::string_view key, bool& value) const {
        const auto* found = object_.if_contains(key);
        if (found != nullptr && found->is_bool()) value = found->get_bool();
    }
    template <class Enum>
    std::enable_if_t<std::is_enum_v<Enum>> member(std::string_view key, Enum& value) const {
        if (const auto* text = string_at(object_, key)) value = parse<Enum>(*text).value_or(value);
    }
    template <class Part>
    void object(std::string_view key, Part& part) const {
        const auto* found = object_.if_contains(key);
        if (found == nullptr || !found->is_object()) return;
        Reader inner(found->get_object());
        members(inner, part);
    }

private:
    static const json::string* string_at(const json::object& object, std::string_view key) {
        const auto* found = object.if_contains(key);
        return found == nullptr ? nullptr : found->if_string();
    }
    const json::array& array(std::string_view key) const {
        static const json::array none;
        const auto* found = object_.if_contains(key);
        return found != nullptr && found->is_array() ? found->get_array() : none;
    }
    std::optional<std::int64_t> number(std::string_view key) const {
        const auto* found = object_.if_contains(key);
        return found != nullptr && found->is_int64() ? std::optional(found->get_int64()) : std::nullopt;
    }

    const json::object& object_;
};

// ---- What is kept: the same list is written and read

template <class Form, SameAs<When> Value>
void members(Form& form, Value& when) {
    form.member("at", when.at);
    form.member("since", when.since);
    form.member("until", when.until);
    form.member("now", when.now);
    form.member("past", when.past);
}

template <class Form, SameAs<Reading> Value>
void members(Form& form, Value& reading) {
    form.member("intent", reading.intent);
    form.member("category", reading.category);
    form.member("second", reading.second);
    form.member("people", reading.people);
    form.member("people_max", reading.people_max);
    form.member("children", reading.children);
    form.member("place", reading.place);
    form.member("place_name", reading.place_name);
    form.object("when", reading.when);
    form.member("destination", reading.destination);
    form.member("vehicle", reading.vehicle);
    form.member("plate", reading.plate);
    form.member("recruiter", reading.recruiter);
    form.member("recruiter_phone", reading.recruiter_phone);
    form.member("route", reading.route);
    form.member("job", reading.job);
    form.member("visa", reading.visa);
    form.member("subject", reading.subject);
    form.member("reference", reading.reference);
    form.member("language", reading.language);
    form.member("age", reading.age);
    form.member("signs", reading.signs);
    form.member("nationalities", reading.nationalities);
    form.member("indicators", reading.indicators);
    form.member("flags", reading.flags);
    form.member("question", reading.question);
    form.member("guessed", reading.guessed);
}

template <class Form, SameAs<Progress> Value>
void members(Form& form, Value& progress) {
    form.object("reading", progress.reading);
    form.member("done", progress.done);
    form.member("answers", progress.answers);
    form.member("worker", progress.worker);
}

}  // namespace

std::string to_json(const Progress& progress) {
    Writer out;
    members(out, progress);
    return out.take();
}

std::optional<Progress> parse_progress(std::string_view text) {
    boost::system::error_code failed;
    const auto value = json::parse(text, failed);
    if (failed || !value.is_object()) return std::nullopt;
    Reader in(value.get_object());
    Progress progress;
    members(in, progress);
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
