#include "gateway/admin.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "gateway/casework/correction.hpp"
#include "gateway/casework/decide.hpp"
#include "gateway/casework/words.hpp"
#include "gateway/config/config.hpp"
#include "jejak/v1/event.pb.h"
#include "protocol/sms/msisdn.hpp"
#include "protocol/time.hpp"

namespace jejak {
namespace {

namespace json = boost::json;
using storage::Column;
using storage::Table;

constexpr std::size_t actor_max = 64;
constexpr std::size_t reason_max = 500;
constexpr std::uint32_t people_most = 9'999;

/// Leaves a command: what the operator reads, and no row.
struct Refused {
    unsigned status;
    std::string error;
};

AdminReply to_reply(const Refused& refused) {
    AdminReply reply;
    reply.status = refused.status;
    reply.body["error"] = refused.error;
    return reply;
}

class Runner {
public:
    Runner(storage::Unit& unit, const AdminContext& context, const AdminCommand& command)
        : unit_(unit), context_(context), command_(command) {}

    AdminReply add_person() {
        const std::string number = this->number();
        const Role role = this->role();
        const std::string place = text("place");
        if (!place.empty() && !is_area(place))
            throw Refused{400, "place must be a Kemendagri code, such as 61.01.09.2002"};
        const bool of_village = role == Role::village_official || role == Role::village_head;
        if (of_village && place.empty())
            throw Refused{400, "a " + std::string(to_string(role)) + " belongs to a village: give --place"};

        storage::Person person;
        person.number_key = context_.vault.lookup("msisdn", number);
        const auto known = unit_.person(person.number_key);
        person.id = known ? known->id : unit_.next_id(Table::person);  // workers keep who registered them
        person.number = context_.vault.seal(Table::person, Column::number, person.id, number);
        person.role = role;
        person.place = place;
        person.added_at = unit_.now();
        unit_.add(person);
        const std::string id = context_.vault.public_id(Table::person, person.id);
        audit(id, "role=" + std::string(to_string(role)) + " place=" + place);
        return done({{"person", id}, {"role", to_string(role)}, {"place", place}, {"replaced", known.has_value()}});
    }

    AdminReply remove_person() {
        const auto person = named_person();
        if (!person) throw Refused{404, "there is no such person"};
        const bool other_role = !text("role").empty() && text("role") != to_string(person->role);
        const bool other_place = !text("place").empty() && text("place") != person->place;
        if (other_role || other_place) throw Refused{409, "the person has another role or place; nothing was removed"};
        if (!unit_.remove_person(person->number_key)) throw Refused{404, "there is no such person"};
        const std::string id = context_.vault.public_id(Table::person, person->id);
        audit(id, "role=" + std::string(to_string(person->role)) + " place=" + person->place);
        return done({{"person", id}, {"removed", true}});
    }

    /// How one number is answered. The words agreed with its owner are kept as keyed hashes and shown nowhere.
    AdminReply set_reply_policy() {
        const std::string number = this->number();
        const auto key = context_.vault.lookup("msisdn", number);
        const auto known = unit_.reply_policy(key);
        const auto mode = text("mode").empty() ? std::nullopt : storage::parse_reply_mode(text("mode"));
        if (!mode && !text("mode").empty()) throw Refused{400, "mode must be silent, neutral, cover, coded or full"};
        auto policy = known.value_or(storage::ReplyPolicy{});
        policy.number_key = key;
        if (truth("show")) {
            audit(who_is(key), "show");
            return done(shown(policy));
        }
        if (truth("phone_safe")) {  // who lifts it has made sure; what they said of calls stays
            policy.watched_until.reset();
            policy.quiet_until.reset();
        }
        if (truth("clear")) {  // what they said themselves, "do not call me", stays
            policy.mode.reset();
            policy.safe_word.reset();
            policy.duress_word.reset();
        }
        if (mode) policy.mode = mode;
        if (const auto word = agreed_word("safe_word", number)) policy.safe_word = word;
        if (const auto word = agreed_word("duress_word", number)) policy.duress_word = word;
        if (policy.safe_word && policy.safe_word == policy.duress_word)
            throw Refused{400, "the safe word and the duress word must differ"};
        if (policy.mode == storage::ReplyMode::coded && !policy.safe_word)
            throw Refused{400, "mode coded needs a safe word: give --safe-word"};
        policy.changed_at = unit_.now();
        unit_.set(policy);
        const std::string mode_name = policy.mode ? std::string(to_string(*policy.mode)) : "channel";
        const std::string words =
            std::string(policy.safe_word ? " safe_word" : "") + (policy.duress_word ? " duress_word" : "");
        audit(who_is(key), "mode=" + mode_name + words + (truth("phone_safe") ? " phone_safe" : ""));
        return done(shown(policy));
    }

    AdminReply add_token() {
        storage::Token token;
        token.name = name();
        token.role = role();
        token.hash = text("hash");
        if (token.hash.size() != 64 || token.hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
            throw Refused{400, "hash must be a SHA-256 in lower-case hex"};
        }
        token.areas = areas();
        token.added_at = unit_.now();
        for (const auto& other : unit_.tokens()) {
            if (other.name == token.name)
                throw Refused{409, "the name is taken, by a token in use or a revoked one; choose another"};
        }
        unit_.add(token);
        audit(token.name, "role=" + std::string(to_string(token.role)));
        return done({{"token", token.name}, {"role", to_string(token.role)}});
    }

    AdminReply revoke_token() {
        const std::string token = name();
        if (!unit_.revoke_token(token))
            throw Refused{404, "there is no token of that name in the store that is still in use"};
        audit(token, "");
        return done({{"token", token}, {"revoked", true}});
    }

    AdminReply resume_endpoint() {
        const std::string endpoint = this->endpoint();
        storage::EndpointState state;
        state.name = endpoint;
        unit_.set(state);
        audit(endpoint, "");
        return touched(endpoint, {{"endpoint", endpoint}, {"resumed", true}});
    }

    AdminReply replay_endpoint() {
        const std::string endpoint = this->endpoint();
        const auto count = unit_.replay_dead(endpoint);
        audit(endpoint, "deliveries=" + std::to_string(count));
        return touched(endpoint, {{"endpoint", endpoint}, {"replayed", count}});
    }

    AdminReply test_endpoint() {
        const std::string endpoint = this->endpoint();
        storage::Event event;
        event.id = unit_.next_id(Table::event);
        event.type = "system.test";
        event.at = unit_.now();
        v1::Test body;
        body.set_endpoint(endpoint);
        const auto milliseconds = to_ms(event.at);
        body.mutable_at()->set_seconds(milliseconds / 1'000);
        body.mutable_at()->set_nanos(static_cast<std::int32_t>(milliseconds % 1'000) * 1'000'000);
        event.body = body.SerializeAsString();
        unit_.add(event);

        storage::Delivery delivery;
        delivery.id = unit_.next_id(Table::delivery);
        delivery.event = event.id;
        delivery.endpoint = endpoint;
        unit_.add(delivery);
        const std::string id = context_.vault.public_id(Table::event, event.id);
        audit(endpoint, "event=" + id);
        return touched(endpoint, {{"endpoint", endpoint}, {"event", id}});
    }

    AdminReply correct_report() {
        const std::string id = text("report");
        const auto row = context_.vault.row_id(Table::report, id);
        const auto found = row ? unit_.reports_after(*row - 1, 1) : std::vector<storage::Report>{};
        if (found.empty() || found.front().id != *row) throw Refused{404, "there is no such report"};
        const auto why = reason();
        const auto wanted = correction();
        if (wanted.place && casework::moves_an_alert(unit_, found.front(), *wanted.place))
            throw Refused{409, "its event has an alert for another place: tell whoever it went to; the place stays"};
        const auto now = casework::correct(unit_, found.front(), wanted);
        if (!now) throw Refused{409, "the report says that already; nothing was changed"};
        const auto people = now->people ? json::value(*now->people) : json::value(nullptr);
        audit(id, "category=" + std::string(to_string(now->category)) + " place=" + now->place +
                      " people=" + json::serialize(people) + " reason=" + why);
        return done(
            {{"report", id}, {"category", to_string(now->category)}, {"place", now->place}, {"people", people}});
    }

    /// What the tool did by itself and must be known: an export with --reveal.
    AdminReply append_audit() {
        const std::string action = text("action");
        constexpr auto known = std::to_array<std::string_view>({"export", "person.list", "pack.diff"});
        if (std::find(known.begin(), known.end(), action) == known.end())
            throw Refused{400, "no such action to record"};
        audit(text("object"), "reason=" + reason(), action);
        return done({{"recorded", true}});
    }

private:
    static constexpr std::size_t reason_min = 8;

    static AdminReply done(json::object body) {
        AdminReply reply;
        reply.body = std::move(body);
        return reply;
    }

    static AdminReply touched(std::string endpoint, json::object body) {
        auto reply = done(std::move(body));
        reply.endpoint = std::move(endpoint);
        return reply;
    }

    void audit(std::string object, std::string details, const std::string& action = {}) {
        storage::AuditEntry entry;
        entry.at = unit_.now();
        entry.actor = command_.actor;
        entry.action = action.empty() ? command_.name : action;
        entry.object = std::move(object);
        entry.details = std::move(details);
        unit_.audit(std::move(entry));
    }

    /// Empty when absent.
    std::string text(std::string_view key) const {
        const auto* value = command_.arguments.if_contains(key);
        if (value == nullptr || value->is_null()) return {};
        if (!value->is_string()) throw Refused{400, std::string(key) + " must be a text"};
        return std::string(value->get_string());
    }

    bool truth(std::string_view key) const {
        const auto* value = command_.arguments.if_contains(key);
        if (value == nullptr || value->is_null()) return false;
        if (!value->is_bool()) throw Refused{400, std::string(key) + " must be true or false"};
        return value->get_bool();
    }

    std::string who_is(const storage::LookupKey& key) {
        const auto person = unit_.person(key);
        return person ? context_.vault.public_id(Table::person, person->id) : "number";
    }

    /// How a number is answered, and what its owner said of the phone: see casework::Spared.
    json::object shown(const storage::ReplyPolicy& policy) const {
        const auto until = [&](const std::optional<WallTime>& time) {
            return time > unit_.now() ? json::value(to_rfc3339(*time)) : json::value(nullptr);
        };
        return {{"mode", policy.mode ? json::value(to_string(*policy.mode)) : json::value(nullptr)},
                {"safe_word", policy.safe_word.has_value()},
                {"duress_word", policy.duress_word.has_value()},
                {"calls", to_string(casework::calls_of(policy, unit_.now()))},
                {"read_by_others_until", until(policy.watched_until)},
                {"no_answer_until", until(policy.quiet_until)}};
    }

    /// The keyed hash of the word given; empty when none is. The word is not repeated in what is refused.
    std::optional<storage::LookupKey> agreed_word(std::string_view key, const std::string& number) const {
        const auto typed = text(key);
        if (typed.empty()) return std::nullopt;
        const auto word = casework::agreed_word(typed);
        if (!word) throw Refused{400, "an agreed word is one word of 3 to 24 letters and digits"};
        return casework::word_key(context_.vault, number, *word);
    }

    std::string reason() const {
        auto reason = text("reason");
        if (reason.size() < reason_min) throw Refused{400, "a reason of at least 8 characters is needed"};
        if (reason.size() > reason_max) throw Refused{400, "the reason is too long"};
        return reason;
    }

    casework::Correction correction() const {
        casework::Correction correction;
        if (command_.arguments.contains("category")) {
            correction.category = parse<Category>(text("category"));
            if (!correction.category)
                throw Refused{400, "category must be one of those that `jejak explain` names, such as recruitment"};
        }
        if (command_.arguments.contains("place")) {
            correction.place = text("place");
            if (!correction.place->empty() && !is_area(*correction.place))
                throw Refused{400, "place must be a Kemendagri code, such as 61.01.09.2002, or empty"};
        }
        if (const auto* people = command_.arguments.if_contains("people")) {
            boost::system::error_code none;
            const auto count = people->to_number<std::uint32_t>(none);
            if (none || count > people_most) throw Refused{400, "people must be a number from 0 (untold) to 9999"};
            correction.people = count;
        }
        if (!correction.category && !correction.place && !correction.people)
            throw Refused{400, "say what is to be put right: category, place or people"};
        return correction;
    }

    std::string number() const {
        const auto sender = sms::normalise(text("number"), sms::Ton::unknown, context_.country_code);
        if (sender.kind != sms::Originator::Kind::msisdn) {
            throw Refused{400, "what came from standard input is no phone number such as +628400000001"};
        }
        return sender.address;
    }

    Role role() const {
        const auto role = parse<Role>(text("role"));
        if (!role)
            throw Refused{400,
                          "role must be one of villager, family, worker, agent, village_official, village_head, "
                          "task_force, immigration, bp3mi, child_protection, ngo, admin"};
        return *role;
    }

    std::string name() const {
        auto name = text("name");
        if (!is_name(name)) throw Refused{400, "name must be 1 to 32 of a-z, 0-9 and -"};
        return name;
    }

    std::string endpoint() const {
        auto name = this->name();
        const auto& known = context_.endpoints;
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw Refused{404, "the configuration has no endpoint of that name"};
        return name;
    }

    std::vector<std::string> areas() const {
        std::vector<std::string> areas;
        const auto* value = command_.arguments.if_contains("areas");
        if (value == nullptr) return areas;
        if (!value->is_array()) throw Refused{400, "areas must be a list"};
        for (const auto& area : value->get_array()) {
            if (!area.is_string() || !is_area(std::string_view(area.get_string()))) {
                throw Refused{400, "an area must be a Kemendagri code or prefix, such as 61.01"};
            }
            areas.emplace_back(area.get_string());
        }
        return areas;
    }

    /// By the id that `person list` shows, or by number.
    std::optional<storage::Person> named_person() const {
        const std::string id = text("person");
        if (id.empty()) return unit_.person(context_.vault.lookup("msisdn", number()));
        const auto row = context_.vault.row_id(Table::person, id);
        for (auto& person : unit_.people()) {
            if (row && person.id == *row) return std::move(person);
        }
        return std::nullopt;
    }

    storage::Unit& unit_;
    const AdminContext& context_;
    const AdminCommand& command_;
};

struct Entry {
    std::string_view name;
    AdminReply (Runner::*run)();
};
constexpr auto entries = std::to_array<Entry>({
    {"person.add", &Runner::add_person},
    {"person.remove", &Runner::remove_person},
    {"person.reply", &Runner::set_reply_policy},
    {"token.add", &Runner::add_token},
    {"token.revoke", &Runner::revoke_token},
    {"endpoint.resume", &Runner::resume_endpoint},
    {"endpoint.replay", &Runner::replay_endpoint},
    {"endpoint.test", &Runner::test_endpoint},
    {"report.correct", &Runner::correct_report},
    {"audit.append", &Runner::append_audit},
});

const Entry* find_entry(std::string_view name) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
    return found == entries.end() ? nullptr : &*found;
}

bool is_actor(std::string_view text) {
    return !text.empty() && text.size() <= actor_max &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

std::span<const std::string_view> admin_commands() {
    static constexpr auto names = [] {
        std::array<std::string_view, entries.size()> all{};
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = entries[i].name;
        return all;
    }();
    return names;
}

boost::system::result<AdminCommand, AdminReply> parse_admin(std::string_view name, std::string_view body) {
    if (find_entry(name) == nullptr) return to_reply({404, "there is no such command"});
    boost::system::error_code failed;
    const json::value parsed = json::parse(body, failed);
    const json::object* object = failed ? nullptr : parsed.if_object();
    const json::value* actor = object != nullptr ? object->if_contains("actor") : nullptr;
    const json::value* arguments = object != nullptr ? object->if_contains("arguments") : nullptr;
    if (actor == nullptr || !actor->is_string() || arguments == nullptr || !arguments->is_object()) {
        return to_reply({400, "the body must be {\"actor\": \"…\", \"arguments\": {…}}"});
    }
    if (!is_actor(actor->get_string())) return to_reply({400, "actor must be 1 to 64 visible characters"});
    return AdminCommand{std::string(name), std::string(actor->get_string()), arguments->get_object()};
}

std::string serialize_admin(const AdminCommand& command) {
    return json::serialize(json::object{{"actor", command.actor}, {"arguments", command.arguments}});
}

AdminReply run_admin(storage::Unit& unit, const AdminContext& context, const AdminCommand& command) {
    const Entry* entry = find_entry(command.name);
    if (entry == nullptr) return to_reply({404, "there is no such command"});
    try {
        Runner runner(unit, context, command);
        return (runner.*(entry->run))();
    } catch (const Refused& refused) {
        return to_reply(refused);  // thrown before the first change
    }
}

}  // namespace jejak
