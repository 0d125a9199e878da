#include "storage/sqlite/schema.hpp"

#include <array>
#include <stdexcept>

namespace jejak::storage::sqlite {

namespace {

constexpr int application_id = 0x4a656a6b;  // "Jejk"

/// The first schema. The order of columns is the order of rows.hpp. Sealed values and lookup keys are BLOBs; times
/// are milliseconds of Unix time; enumerations are their numbers. The tables every message touches (message, report,
/// ticket, reply) have ascending keys and few indexes: a random key would cost a page per row.
constexpr const char* schema_1 = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;
CREATE TABLE counter (kind TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tally (kind INTEGER NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, name))
    STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, sender_key BLOB NOT NULL, sender_kind INTEGER NOT NULL,
    sender BLOB NOT NULL, destination BLOB NOT NULL, text BLOB NOT NULL, raw BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    fate INTEGER NOT NULL, remarks INTEGER NOT NULL, fingerprint BLOB, provider_key BLOB, duplicate_of INTEGER,
    assembly INTEGER
) STRICT;
CREATE UNIQUE INDEX message_provider ON message (channel, provider_key) WHERE provider_key IS NOT NULL;

CREATE TABLE uncertain (
    message INTEGER PRIMARY KEY, channel TEXT NOT NULL, fingerprint BLOB NOT NULL, until INTEGER NOT NULL
) STRICT;
CREATE INDEX uncertain_fingerprint ON uncertain (fingerprint, channel);
CREATE INDEX uncertain_until ON uncertain (until);

CREATE TABLE assembly (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL, lead INTEGER NOT NULL, total INTEGER NOT NULL, first_at INTEGER NOT NULL,
    state INTEGER NOT NULL
) STRICT;
CREATE INDEX assembly_key ON assembly (key);
CREATE INDEX assembly_lead ON assembly (lead);
CREATE INDEX assembly_waiting ON assembly (first_at) WHERE state = 0;
CREATE TABLE part (
    message INTEGER PRIMARY KEY, assembly INTEGER NOT NULL REFERENCES assembly (id), part INTEGER NOT NULL,
    data_coding INTEGER NOT NULL, content BLOB NOT NULL, octets BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX part_place ON part (assembly, part);

CREATE TABLE report (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL, sender_key BLOB NOT NULL, intent INTEGER NOT NULL,
    category INTEGER NOT NULL, place TEXT NOT NULL, people INTEGER, people_max INTEGER, onset INTEGER,
    flags INTEGER NOT NULL, incident INTEGER, received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX report_message ON report (message);
CREATE TABLE ticket (number INTEGER PRIMARY KEY, message INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX ticket_message ON ticket (message);

CREATE TABLE person (
    id INTEGER PRIMARY KEY, number_key BLOB NOT NULL UNIQUE, number BLOB NOT NULL, role INTEGER NOT NULL,
    place TEXT NOT NULL, added_at INTEGER NOT NULL
) STRICT;
-- Who asked for no replies (BERHENTI).
CREATE TABLE opted_out (number_key BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE worker (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, state INTEGER NOT NULL, name BLOB NOT NULL,
    nik BLOB NOT NULL,
    phone BLOB NOT NULL, job BLOB NOT NULL, nik_key BLOB, owner_key BLOB, owner BLOB NOT NULL, sex TEXT NOT NULL,
    village TEXT NOT NULL, exit_point TEXT NOT NULL, planned_at INTEGER, registered_by INTEGER NOT NULL,
    registered_at INTEGER NOT NULL, consent_at INTEGER, destination BLOB NOT NULL
) STRICT;
CREATE INDEX worker_owner ON worker (owner_key, consent_at) WHERE owner_key IS NOT NULL;
CREATE INDEX worker_nik ON worker (nik_key) WHERE nik_key IS NOT NULL;
CREATE TABLE trail_event (
    id INTEGER PRIMARY KEY, worker INTEGER NOT NULL REFERENCES worker (id), message INTEGER NOT NULL,
    kind INTEGER NOT NULL, claimed INTEGER NOT NULL, at INTEGER NOT NULL, place BLOB NOT NULL
) STRICT;
CREATE INDEX trail_event_worker ON trail_event (worker);
-- A conversation that waits for an answer. Nothing is written here yet.
CREATE TABLE dialogue (
    id INTEGER PRIMARY KEY, person_key BLOB NOT NULL, form TEXT NOT NULL, slot TEXT NOT NULL, state BLOB NOT NULL,
    opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dialogue_person ON dialogue (person_key);
CREATE INDEX dialogue_expires ON dialogue (expires_at);

CREATE TABLE incident (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, category_group TEXT NOT NULL, village TEXT NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, reports INTEGER NOT NULL, reporters INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_near ON incident (category_group, village, last_at);
CREATE TABLE incident_reporter (
    incident INTEGER NOT NULL REFERENCES incident (id), sender_key BLOB NOT NULL, PRIMARY KEY (incident, sender_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert (
    id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, audience INTEGER NOT NULL, sequence INTEGER NOT NULL,
    kind INTEGER NOT NULL, status INTEGER NOT NULL, urgency TEXT NOT NULL, severity TEXT NOT NULL,
    certainty TEXT NOT NULL, category INTEGER NOT NULL, place TEXT NOT NULL, people INTEGER, people_max INTEGER,
    reporters INTEGER NOT NULL, worker INTEGER, onset INTEGER NOT NULL, raised_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, published_at INTEGER NOT NULL, unpublished INTEGER NOT NULL,
    acknowledged_by TEXT NOT NULL, acknowledged_at INTEGER, acknowledged_note BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX alert_sequence ON alert (audience, sequence);
CREATE INDEX alert_incident ON alert (incident);
CREATE INDEX alert_unpublished ON alert (published_at) WHERE unpublished = 1;

CREATE TABLE event (id INTEGER PRIMARY KEY, type TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES event (id), endpoint TEXT NOT NULL,
    state INTEGER NOT NULL, attempts INTEGER NOT NULL, not_before INTEGER, replayed INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_pending ON delivery (endpoint, id) WHERE state = 0;
CREATE INDEX delivery_dead ON delivery (endpoint) WHERE state = 2;
CREATE TABLE endpoint (
    name TEXT PRIMARY KEY, suspended INTEGER NOT NULL, reason TEXT NOT NULL, failing_since INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE reply (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL, channel TEXT NOT NULL, to_key BLOB NOT NULL,
    state INTEGER NOT NULL, text BLOB NOT NULL, number BLOB NOT NULL, valid_until INTEGER NOT NULL, not_before INTEGER,
    provider_id TEXT NOT NULL
) STRICT;
CREATE INDEX reply_message ON reply (message);
CREATE INDEX reply_pending ON reply (channel, id) WHERE state = 0;
CREATE INDEX reply_expiring ON reply (valid_until) WHERE state = 0;
CREATE INDEX reply_provider ON reply (channel, provider_id) WHERE provider_id <> '';

CREATE TABLE token (
    name TEXT PRIMARY KEY, role INTEGER NOT NULL, hash TEXT NOT NULL, areas TEXT NOT NULL, added_at INTEGER NOT NULL,
    revoked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL,
    details BLOB NOT NULL, salt BLOB NOT NULL, commitment BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
)sql";

/// Conversations. The table of schema 1 was never written to.
constexpr const char* schema_2 = R"sql(
DROP TABLE dialogue;
CREATE TABLE dialogue (
    id INTEGER PRIMARY KEY, person_key BLOB NOT NULL, way INTEGER NOT NULL, session_key BLOB, channel TEXT NOT NULL,
    form TEXT NOT NULL, slot TEXT NOT NULL, asked INTEGER NOT NULL, message INTEGER NOT NULL, state BLOB NOT NULL,
    opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dialogue_person ON dialogue (person_key);
CREATE INDEX dialogue_session ON dialogue (session_key) WHERE session_key IS NOT NULL;
CREATE INDEX dialogue_expires ON dialogue (expires_at);
CREATE TABLE reply_policy (
    number_key BLOB PRIMARY KEY, mode INTEGER, safe_word BLOB, duress_word BLOB, no_calls INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

/// Long texts: the key leaves the total out, so that two totals of one reference are seen together; what is open is
/// counted in rows; when to look again is a column. A text under way at this migration is released as far as it came.
/// Replies: the account they leave by, submits whose answer never came, ids as receipts spell them. Receipts: their
/// history.
constexpr const char* schema_3 = R"sql(
ALTER TABLE assembly ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE assembly ADD COLUMN sender_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE assembly ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assembly ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assembly ADD COLUMN due_at INTEGER;
UPDATE assembly SET due_at = first_at + 90000 WHERE state = 0;
UPDATE assembly SET state = 3 WHERE state = 1;
UPDATE assembly SET parts = (SELECT count(*) FROM part WHERE part.assembly = assembly.id) WHERE state = 0;
DROP INDEX assembly_waiting;
CREATE INDEX assembly_due ON assembly (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE open_text (
    scope TEXT NOT NULL, sender_key BLOB NOT NULL, texts INTEGER NOT NULL, parts INTEGER NOT NULL,
    PRIMARY KEY (scope, sender_key)
) STRICT, WITHOUT ROWID;
INSERT INTO open_text
    SELECT '', x'', n, came FROM (SELECT count(*) AS n, sum(parts) AS came FROM assembly WHERE state = 0) WHERE n > 0;

ALTER TABLE message ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE reply ADD COLUMN uncertain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reply ADD COLUMN account TEXT NOT NULL DEFAULT '';
DROP INDEX reply_pending;
CREATE INDEX reply_pending ON reply (channel, account, id) WHERE state = 0;
CREATE INDEX reply_uncertain ON reply (channel, id) WHERE uncertain = 1;
DROP INDEX reply_provider;
CREATE INDEX reply_provider ON reply (channel, lower(ltrim(provider_id, '0'))) WHERE provider_id <> '';
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, message_id TEXT NOT NULL, ids INTEGER NOT NULL,
    source_key BLOB, destination_key BLOB, state INTEGER NOT NULL, error TEXT NOT NULL, received_at INTEGER NOT NULL,
    match INTEGER NOT NULL, reply INTEGER
) STRICT;
CREATE INDEX receipt_reply ON receipt (reply) WHERE reply IS NOT NULL;
CREATE INDEX receipt_waiting ON receipt (id) WHERE match = 0;
CREATE INDEX receipt_unmatched ON receipt (id) WHERE reply IS NULL;
)sql";

/// Replies in several parts: the id of each, and what its receipts said.
constexpr const char* schema_4 = R"sql(
CREATE TABLE reply_part (
    reply INTEGER NOT NULL, part INTEGER NOT NULL, total INTEGER NOT NULL, channel TEXT NOT NULL,
    provider_id TEXT NOT NULL, state INTEGER NOT NULL, PRIMARY KEY (reply, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX reply_part_provider ON reply_part (channel, lower(ltrim(provider_id, '0')), reply);
)sql";

/// What was said of calls is kept in three values, and told with an alert; calls for help, phones that others read and
/// wishes for no answer hold until a time.
constexpr const char* schema_5 = R"sql(
ALTER TABLE reply_policy RENAME COLUMN no_calls TO calls;
ALTER TABLE reply_policy ADD COLUMN help_until INTEGER;
ALTER TABLE reply_policy ADD COLUMN watched_until INTEGER;
ALTER TABLE reply_policy ADD COLUMN quiet_until INTEGER;
ALTER TABLE alert ADD COLUMN calls INTEGER;
)sql";

/// In order; what was released is never changed.
constexpr std::array migrations{schema_1, schema_2, schema_3, schema_4, schema_5};

std::string schemas_differ(int version) {
    return "the store has schema " + std::to_string(version) + ", this program knows " +
           std::to_string(migrations.size());
}

}  // namespace

int require_known(Database& database) {
    const auto version = database.value<int>("PRAGMA user_version").value_or(0);
    const auto owner = database.value<int>("PRAGMA application_id").value_or(0);
    const bool empty = database.value<int>("SELECT count(*) FROM sqlite_schema").value_or(0) == 0;
    if (owner != application_id && !empty) {
        throw std::runtime_error("the database file belongs to another program; give the store a file of its own");
    }
    if (version > static_cast<int>(migrations.size())) {
        throw std::runtime_error(schemas_differ(version) +
                                 ": it was last used by a newer program; install that again, or put a copy from before "
                                 "in its place");
    }
    return empty ? 0 : version;
}

void require_current(Database& database) {
    const auto version = require_known(database);
    if (version != static_cast<int>(migrations.size())) {
        throw std::runtime_error(schemas_differ(version) +
                                 "; start this version's jejakd once; it brings the file up to date");
    }
}

void migrate(Database& database) {
    const auto version = require_known(database);
    for (int next = version; next < static_cast<int>(migrations.size()); ++next) {
        database.script("BEGIN IMMEDIATE");
        try {
            database.script(migrations.at(static_cast<std::size_t>(next)));
            database.script(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
            database.script(("PRAGMA user_version = " + std::to_string(next + 1)).c_str());
            database.script("COMMIT");
        } catch (...) {
            database.rollback();
            throw;
        }
    }
}

void compare_keys(Database& database, const Vault& vault) {
    const auto stored = database.value<LookupKey>("SELECT value FROM meta WHERE name = 'keys'");
    if (stored != vault.store_mark()) {
        throw std::runtime_error("the keys are not those of this store: look for the key file it was made with");
    }
}

}  // namespace jejak::storage::sqlite
