#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <span>

#include "gateway/casework/decide.hpp"
#include "gateway/tool/smpp_words.hpp"
#include "gateway/tool/store_door.hpp"
#include "gateway/tool/tool.hpp"
#include "gateway/understand/reading.hpp"
#include "protocol/time.hpp"
#include "storage/ids.hpp"
#include "storage/reference.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;
using storage::Column;
using storage::Id;
using storage::Table;

struct ExportOptions {
    std::filesystem::path config;
    std::string what, reason;
    bool reveal = false;
};

json::value time_or_null(const std::optional<WallTime>& time) {
    return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}
template <class T>
json::value or_null(const std::optional<T>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}
json::value or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string_view to_string(storage::ReplyState state) {
    constexpr auto names = std::to_array<std::string_view>({"pending", "sent", "confirmed", "dropped"});
    return names[static_cast<std::size_t>(state)];
}

/// One export under way: rows to JSON lines. What is sealed stays null unless it may be revealed.
class Exporter {
public:
    Exporter(Console& console, StoreDoor& door, bool reveal)
        : console_(console),
          door_(door),
          vault_(door.vault()),
          reveal_(reveal),
          incident_key_(vault_.reference_key("incident")),
          worker_key_(vault_.reference_key("worker")) {}

    void messages() {
        pages([](storage::View& view, Id after) { return view.messages_after(after, page_rows); },
              [this](storage::View& view, const storage::Message& message) { add(view, message); });
    }
    void reports() {
        pages([](storage::View& view, Id after) { return view.reports_after(after, page_rows); },
              [this](storage::View& view, const storage::Report& report) { add(view, report); });
    }
    void workers() {
        pages([](storage::View& view, Id after) { return view.workers_after(after, page_rows); },
              [this](storage::View&, const storage::Worker& worker) { add(worker); });
    }
    void alerts() {
        const storage::AlertFilter all{{Audience::general, Audience::child_protection, Audience::oversight}, {}};
        pages([&all](storage::View& view, Id after) { return view.alerts(all, after, page_rows); },
              [this](storage::View& view, const storage::Alert& alert) { add(view, alert); });
    }
    /// Sealed values that did not open.
    std::size_t damaged() const { return damaged_; }

private:
    /// Every page has a snapshot of its own, given back before its lines are printed: a reader of ours may be slow.
    template <class Read, class Add>
    void pages(Read read, Add add_row) {
        Id after = 0;
        for (;;) {
            const auto view = door_.view();
            const auto rows = read(*view, after);
            for (const auto& row : rows) add_row(*view, row);
            const bool last = rows.size() < page_rows;
            if (!rows.empty()) after = rows.back().id;
            print();
            if (last || !console_.out) return;
        }
    }

    void line(const json::object& object) {
        page_ += json::serialize(object);
        page_ += '\n';
    }
    void print() {
        console_.out << page_;
        page_.clear();
    }

    json::value open(Table table, Column column, Id row, const storage::Sealed& sealed) {
        if (!reveal_ || sealed.empty()) return nullptr;
        const auto plain = vault_.open(table, column, row, sealed);
        if (!plain) {
            ++damaged_;
            return nullptr;
        }
        return json::value(plain->reveal());
    }
    json::value open_octets(Table table, Id row, const storage::Sealed& sealed) {
        const auto octets = open(table, Column::raw, row, sealed);
        if (octets.is_null()) return nullptr;
        return json::value(hex_text(std::as_bytes(std::span<const char>(octets.get_string()))));
    }

    void add(storage::View& view, const storage::Message& message) {
        const std::string id = vault_.public_id(Table::message, message.id);
        const auto destination = open(Table::message, Column::destination, message.id, message.destination);
        const auto part = part_of(view, message);
        json::object object{{"message", id},
                            {"channel", message.channel},
                            {"direction", "in"},
                            {"from", open(Table::message, Column::sender, message.id, message.sender)},
                            {"to", destination},
                            {"text", open(Table::message, Column::text, message.id, message.text)},
                            {"received_at", to_rfc3339(message.received_at)},
                            {"fate", jejak::to_string(message.fate)},
                            {"remarks", remarks_of(message)},
                            {"raw", raw_of(message, part)},
                            {"calls", calls_of(view, message.sender_key)}};
        if (message.assembly) object["segment"] = segment(view, *message.assembly, part);
        if (message.duplicate_of) object["duplicate_of"] = vault_.public_id(Table::message, *message.duplicate_of);
        line(object);
        for (const auto& reply : view.replies_to(message.id)) add(reply, message, id, destination);
    }

    /// A reply has the `message` it answers and an id of its own.
    void add(const storage::Reply& reply, const storage::Message& message, const std::string& answered,
             const json::value& service_number) {
        line({{"message", answered},
              {"reply", vault_.public_id(Table::reply, reply.id)},
              {"channel", reply.channel.empty() ? message.channel : reply.channel},
              {"direction", "out"},
              {"from", sender_of(reply.channel, service_number)},
              {"to", open(Table::reply, Column::number, reply.id, reply.to)},
              {"text", open(Table::reply, Column::text, reply.id, reply.text)},
              {"received_at", to_rfc3339(storage::IdSource::time_of(reply.id))},
              {"fate", to_string(reply.state)},
              {"remarks", json::array()},
              {"raw", nullptr}});
    }

    json::value sender_of(const std::string& channel, const json::value& service_number) const {
        if (!reveal_) return nullptr;
        for (const auto& one : door_.config().smpp_channels) {
            if (one.name == channel && !one.service_number.empty()) return json::value(one.service_number);
        }
        for (const auto& server : door_.config().smpp_servers) {
            const auto& one = server.channel;
            if (one.name == channel && !one.service_number.empty()) return json::value(one.service_number);
        }
        return service_number;
    }

    static json::array remarks_of(const storage::Message& message) {
        json::array names;
        for (const auto name : remark_names(message.remarks)) names.emplace_back(name);
        return names;
    }

    /// The octets behind a text that could not be read, or not surely, and those of every part of a long text.
    json::value raw_of(const storage::Message& message, const std::optional<storage::Part>& part) {
        if (!message.raw.empty() || !part) return open_octets(Table::message, message.id, message.raw);
        return open_octets(Table::segment, part->message, part->octets);
    }

    static std::optional<storage::Part> part_of(storage::View& view, const storage::Message& message) {
        if (!message.assembly) return std::nullopt;
        auto parts = view.parts(*message.assembly);
        const auto own = std::find_if(parts.begin(), parts.end(),
                                      [&](const storage::Part& part) { return part.message == message.id; });
        return own == parts.end() ? std::nullopt : std::optional(std::move(*own));
    }

    /// A part that came twice is linked to the first and is not part of the whole a second time.
    json::value segment(storage::View& view, Id assembly, const std::optional<storage::Part>& part) {
        const auto whole = view.assembly_by_id(assembly);
        if (!whole) return nullptr;
        return json::object{{"part", part ? json::value(part->part) : json::value(nullptr)},
                            {"total", whole->total},
                            {"came", whole->parts},
                            {"whole", vault_.public_id(Table::message, whole->lead)}};
    }

    void add(storage::View& view, const storage::Report& report) {
        json::array flags;
        for (const auto name : understand::flag_names(report.flags)) flags.emplace_back(name);
        line({{"report", vault_.public_id(Table::report, report.id)},
              {"message", vault_.public_id(Table::message, report.message)},
              {"intent", jejak::to_string(report.intent)},
              {"category", jejak::to_string(report.category)},
              {"place", or_null(report.place)},
              {"people", or_null(report.people)},
              {"people_max", or_null(report.people_max)},
              {"onset", time_or_null(report.onset)},
              {"flags", std::move(flags)},
              {"incident", report.incident ? incident_reference(view, *report.incident) : json::value(nullptr)},
              {"calls", calls_of(view, report.sender_key)},
              {"received_at", to_rfc3339(report.received_at)}});
    }

    /// Whether the sender may be called, as of now: whoever reads a number here may be about to.
    static std::string_view calls_of(storage::View& view, const storage::LookupKey& sender_key) {
        const auto policy = view.reply_policy(sender_key);
        return storage::to_string(policy ? casework::calls_of(*policy, wall_now()) : storage::Calls::unknown);
    }

    json::value incident_reference(storage::View& view, Id id) const {
        const auto incident = view.incident(id);
        return incident ? json::value(storage::encode_reference(incident->number, incident_key_))
                        : json::value(nullptr);
    }

    void add(const storage::Worker& worker) {
        const auto sealed = [&](Column column, const storage::Sealed& value) {
            return open(Table::worker, column, worker.id, value);
        };
        line({{"worker", storage::encode_reference(worker.number, worker_key_)},
              {"state", jejak::to_string(worker.state)},
              {"sex", or_null(worker.sex)},
              {"village", or_null(worker.village)},
              {"destination", or_null(worker.destination)},
              {"exit_point", or_null(worker.exit_point)},
              {"planned_at", time_or_null(worker.planned_at)},
              {"registered_by", worker.registered_by == 0
                                    ? json::value(nullptr)
                                    : json::value(vault_.public_id(Table::person, worker.registered_by))},
              {"registered_at", to_rfc3339(worker.registered_at)},
              {"consent_at", time_or_null(worker.consent_at)},
              {"name", sealed(Column::name, worker.name)},
              {"nik", sealed(Column::nik, worker.nik)},
              {"phone", sealed(Column::phone, worker.phone)},
              {"job", sealed(Column::job, worker.job)},
              {"own_number", sealed(Column::number, worker.owner)}});
    }

    void add(storage::View& view, const storage::Alert& alert) {
        json::value acknowledged = nullptr;
        if (alert.acknowledged_at) {
            // The note is free text of a person at a desk: it may name somebody.
            acknowledged = json::object{{"by", alert.acknowledged_by},
                                        {"at", to_rfc3339(*alert.acknowledged_at)},
                                        {"note", reveal_ ? or_null(alert.acknowledged_note) : json::value(nullptr)}};
        }
        line({{"alert", vault_.public_id(Table::alert, alert.id)},
              {"audience", jejak::to_string(alert.audience)},
              {"sequence", alert.sequence},
              {"kind", jejak::to_string(alert.kind)},
              {"status", jejak::to_string(alert.status)},
              {"urgency", alert.urgency},
              {"severity", alert.severity},
              {"certainty", alert.certainty},
              {"category", jejak::to_string(alert.category)},
              {"place", or_null(alert.place)},
              {"people", or_null(alert.people)},
              {"people_max", or_null(alert.people_max)},
              {"reporters", alert.reporters},
              {"incident", incident_reference(view, alert.incident)},
              {"calls", alert.calls ? json::value(storage::to_string(*alert.calls)) : json::value(nullptr)},
              {"worker", alert.worker ? json::value(storage::encode_reference(*alert.worker, worker_key_))
                                      : json::value(nullptr)},
              {"onset", to_rfc3339(alert.onset)},
              {"raised_at", to_rfc3339(alert.raised_at)},
              {"updated_at", to_rfc3339(alert.updated_at)},
              {"acknowledged", std::move(acknowledged)}});
    }

    Console& console_;
    StoreDoor& door_;
    const storage::Vault& vault_;
    const bool reveal_;
    const std::uint64_t incident_key_;
    const std::uint64_t worker_key_;
    std::string page_;
    std::size_t damaged_ = 0;
};

struct Subject {
    std::string_view name;
    const char* meaning;
    void (Exporter::*write)();
};
constexpr auto subjects = std::to_array<Subject>({
    {"messages", "every SMS received and every reply", &Exporter::messages},
    {"reports", "what was reported, without who", &Exporter::reports},
    {"workers", "the registry", &Exporter::workers},
    {"alerts", "what was raised, for every audience", &Exporter::alerts},
});

int export_one(Console& console, const ExportOptions& options, const Subject& subject) {
    check_reason(options.reveal, options.reason);
    StoreDoor door(options.config);
    door.view();  // nothing is recorded of an export that cannot begin
    if (options.reveal) {
        door.change("audit.append", {{"action", "export"}, {"object", subject.name}, {"reason", options.reason}});
    }
    Exporter exporter(console, door, options.reveal);
    (exporter.*subject.write)();
    if (exporter.damaged() == 0) return exits::ok;
    console.err << "jejak: " << exporter.damaged() << " sealed values did not open with these keys; they are null\n";
    return exits::negative;
}

}  // namespace

void add_export(Family family) {
    const auto options = std::make_shared<ExportOptions>();
    auto* command = family.app.add_subcommand("export", "everything of one kind as JSON lines, oldest first");
    command->require_subcommand(1);
    for (const auto& subject : subjects) {
        auto* one = command->add_subcommand(std::string(subject.name), subject.meaning);
        add_config(*one, options->config);
        one->add_flag("--reveal", options->reveal, "with numbers, names and texts; kept in the audit trail");
        one->add_option("--reason", options->reason, "why, at least 8 characters");
        one->callback([family, options, &subject] {
            family.chosen = [family, options, &subject] { return export_one(family.console, *options, subject); };
        });
    }
}

}  // namespace jejak::tool
