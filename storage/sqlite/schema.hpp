#pragma once
#include "storage/sqlite/database.hpp"

namespace jejak::storage::sqlite {

/// Brings the database to the schema of this program, one numbered migration after the other, each in a transaction
/// of its own: a migration that is interrupted starts over. errors: std::runtime_error when the schema is from a
/// newer program or the file belongs to another one.
void migrate(Database& database);

/// The schema it has, 0 when there is none at all: a file that was made and not filled before its program ended. For
/// who only asks whether migrate() would do. errors: as migrate().
int require_known(Database& database);

/// For who may not migrate. errors: std::runtime_error, which says what to do, when the database is not of this
/// program's schema.
void require_current(Database& database);

/// errors: std::runtime_error when the store was made with other keys.
void compare_keys(Database& database, const Vault& vault);

}  // namespace jejak::storage::sqlite
