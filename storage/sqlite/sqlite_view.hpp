#pragma once
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/store.hpp"
#include "storage/tally.hpp"

namespace jejak::storage::sqlite {

/// Questions over one connection.
class SqliteView : public virtual View {
public:
    SqliteView(Database& database, const Vault& vault) : database_(database), vault_(vault) {}

    std::optional<Person> person(const LookupKey& number_key) override;
    std::vector<Person> people() override;
    std::optional<Worker> worker(std::uint32_t number) override;
    std::optional<Worker> worker_of(const LookupKey& owner_key) override;
    std::optional<Worker> worker_with_nik(const LookupKey& nik_key) override;
    std::vector<TrailEvent> trail(Id worker) override;
    bool opted_out(const LookupKey& number_key) override;
    std::optional<WallTime> opted_out_since(const LookupKey& number_key) override;
    std::optional<ReplyPolicy> reply_policy(const LookupKey& number_key) override;
    Acquaintance acquaintance(const LookupKey& number_key, WallTime now) override;

    std::optional<Dialogue> dialogue_of(const LookupKey& person_key, WallTime now,
                                        std::optional<Dialogue::Way> way) override;
    std::optional<Dialogue> dialogue_of_session(const LookupKey& session_key) override;
    std::vector<Dialogue> dialogues_expired(WallTime now, std::size_t limit, std::optional<Dialogue::Way> way) override;

    std::optional<Message> message(Id id) override;
    std::optional<Report> report_of(Id message) override;
    std::optional<Id> ticket(std::uint32_t number) override;
    std::optional<std::uint32_t> ticket_of(Id message) override;
    std::optional<Id> message_of_provider(std::string_view channel, const LookupKey& provider_key) override;
    std::optional<Id> uncertain(const LookupKey& fingerprint, WallTime now) override;
    std::vector<Repeat> repeats_after(Id after, std::size_t limit) override;
    std::vector<Assembly> assemblies(const LookupKey& key, WallTime since, std::size_t limit) override;
    std::optional<Assembly> assembly_by_id(Id id) override;
    std::optional<Part> part(Id assembly, std::uint8_t number) override;
    std::vector<Part> parts(Id assembly) override;
    std::vector<Assembly> assemblies_due(WallTime now, std::size_t limit) override;
    Open open_texts(std::string_view scope, const LookupKey& sender_key) override;

    std::optional<Incident> incident(Id id) override;
    std::optional<Incident> incident_numbered(std::uint32_t number) override;
    std::optional<Incident> incident_near(std::string_view group, std::string_view village, WallTime since) override;
    std::optional<Alert> alert(Id id) override;
    std::vector<Alert> alerts_of(Id incident) override;
    std::vector<Alert> alerts(const AlertFilter& filter, Id after, std::size_t limit) override;
    std::vector<Alert> alerts_unpublished(WallTime published_before, std::size_t limit) override;

    std::optional<Event> event(Id id) override;
    std::vector<Delivery> deliveries_pending(std::string_view endpoint, Id after, WallTime now,
                                             std::size_t limit) override;
    std::vector<Reply> replies_pending(std::string_view channel, std::string_view account, WallTime now,
                                       std::size_t limit) override;
    bool replies_expired(WallTime now) override;
    std::vector<Reply> replies_with_id(std::string_view channel, std::string_view canonical_id, WallTime since,
                                       std::size_t limit) override;
    std::vector<Reply> replies_uncertain(std::string_view channel, WallTime now, std::size_t limit) override;
    std::optional<Reply> reply(Id id) override;
    std::vector<ReplyPart> parts_of_reply(Id reply) override;
    std::vector<Receipt> receipts_of(Id reply, std::size_t limit) override;
    std::size_t count_receipts_of(Id reply, std::size_t limit) override;
    std::vector<Receipt> receipts_waiting_after(Id after, std::size_t limit) override;
    std::vector<EndpointState> endpoint_states() override;
    std::vector<EndpointCounts> endpoint_counts() override;

    std::vector<Token> tokens() override;
    Ledger ledger() override;
    Ledger recount() override;
    std::optional<Id> audit_broken_at() override;

    std::vector<Message> messages_after(Id after, std::size_t limit) override;
    std::vector<Reply> replies_to(Id message) override;
    std::vector<Report> reports_after(Id after, std::size_t limit) override;
    std::vector<Report> reports_before(Id before, std::size_t limit) override;
    std::vector<Id> reply_ids_after(Id after, std::size_t limit) override;
    std::vector<Worker> workers_after(Id after, std::size_t limit) override;

protected:
    /// The account as this connection sees it; a unit adds what its batch has not written yet.
    virtual Tally account();

    template <class Model>
    void load(const Row& row, Model& value) {
        row.into(columns(value));
    }
    void load(const Row& row, Worker& worker);
    void load(const Row& row, TrailEvent& event);
    void load(const Row& row, Alert& alert);

    template <class Model, class... Values>
    std::vector<Model> all(const char* sql, const Values&... values) {
        std::vector<Model> found;
        const auto keep = [&](const Row& row) {
            load(row, found.emplace_back());
            return true;
        };
        database_.each(sql, keep, values...);
        return found;
    }
    template <class Model, class... Values>
    std::optional<Model> first(const char* sql, const Values&... values) {
        std::optional<Model> found;
        const auto keep = [&](const Row& row) {
            load(row, found.emplace());
            return false;
        };
        database_.each(sql, keep, values...);
        return found;
    }
    /// What the store sealed by itself; empty when it is damaged.
    std::string opened(Table table, Column column, Id row, const Sealed& sealed) const;
    /// Empty stays empty.
    Sealed sealed(Table table, Column column, Id row, std::string_view plain) const;

    Database& database_;
    const Vault& vault_;
};

/// A limit as SQL takes it.
inline std::int64_t rows_limit(std::size_t limit) {
    constexpr std::size_t most = 1'000'000;
    return static_cast<std::int64_t>(limit < most ? limit : most);
}

}  // namespace jejak::storage::sqlite
