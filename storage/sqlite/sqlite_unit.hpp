#pragma once
#include <array>

#include "storage/ids.hpp"
#include "storage/sqlite/sqlite_view.hpp"

namespace jejak::storage::sqlite {

/// What the writer keeps in memory between units: it is all derived from the rows when the database is opened.
struct WriterState {
    static constexpr std::size_t tables = static_cast<std::size_t>(Table::receipt) + 1;

    std::array<IdSource, tables> ids{};  ///< by Table
    std::uint32_t next_ticket = 0;       ///< written once per batch; what is rolled back leaves a gap
    Tally batch;                         ///< units of this batch that were kept
    Tally unit;                          ///< the unit under way

    IdSource& ids_of(Table table) { return ids.at(static_cast<std::size_t>(table)); }
};

/// One unit of work after the other, on the writer's connection.
class SqliteUnit final : public SqliteView, public Unit {
public:
    SqliteUnit(Database& database, const Vault& vault, WriterState& state)
        : SqliteView(database, vault), state_(state) {}

    /// Another unit begins, at this time.
    void start(WallTime now) { now_ = now; }

    Id next_id(Table table) override { return state_.ids_of(table).next(now_); }
    WallTime now() const override { return now_; }

    void add(const Message& message) override;
    void set_fate(Id message, Fate fate) override;
    void set_text(Id message, const Sealed& text) override;
    void set_remarks(Id message, sms::Remarks remarks) override;
    std::uint32_t issue_ticket(Id message) override;
    void mark_uncertain(WallTime since) override;
    void mark_uncertain(std::span<const Id> messages) override;
    void forget_uncertain(Id message) override;

    void add(const Assembly& assembly) override;
    void set_state(Id assembly, Assembly::State state, std::optional<WallTime> due_at = std::nullopt) override;
    void add(Id assembly, const Part& part) override;

    void add(const Person& person) override;
    bool remove_person(const LookupKey& number_key) override;
    void set_opted_out(const LookupKey& number_key, bool out) override;
    void set(const ReplyPolicy& policy) override;
    void add(const Dialogue& dialogue) override;
    void update(const Dialogue& dialogue) override;
    void end_dialogue(Id dialogue) override;
    std::uint32_t next_number(std::string_view kind) override;
    void add(const Worker& worker) override;
    void update(const Worker& worker) override;
    void add(const TrailEvent& event) override;

    void add(const Report& report) override;
    void update(const Report& report) override;
    void add(const Incident& incident) override;
    void update(const Incident& incident) override;
    bool add_reporter(Id incident, const LookupKey& sender_key) override;
    std::uint32_t add(Alert& alert) override;
    void update(const Alert& alert) override;

    void add(const Event& event) override;
    void add(const Delivery& delivery) override;
    void update(const Delivery& delivery) override;
    std::uint64_t replay_dead(std::string_view endpoint) override;
    void set(const EndpointState& state) override;

    void add(const Reply& reply) override;
    void update(const Reply& reply) override;
    void set(const ReplyPart& part) override;
    std::uint64_t drop_expired_replies(std::size_t limit) override;
    void mark_replies_uncertain(WallTime since) override;
    void add(const Receipt& receipt) override;
    void set_match(Id receipt, Receipt::Match match, std::optional<Id> reply) override;
    void keep_unmatched_receipts(std::size_t newest) override;

    void add(const Token& token) override;
    bool revoke_token(std::string_view name) override;
    void audit(AuditEntry entry) override;

protected:
    Tally account() override;

private:
    /// The row with an id of its own: given here if the caller gave none.
    template <class Model>
    Model numbered(const Model& row, Table table) {
        Model copy = row;
        if (copy.id == 0) copy.id = next_id(table);
        return copy;
    }
    /// False: there is no such message.
    bool move_fate(Id message, Fate fate);
    void forget_old_doubts(std::int64_t limit);
    void count_open(const Assembly& assembly, std::int64_t texts, std::int64_t parts);
    std::uint32_t count_up(std::string_view kind, std::uint32_t first);

    WriterState& state_;
    WallTime now_{};
};

}  // namespace jejak::storage::sqlite
