#pragma once
#include <boost/json/object.hpp>

#include "storage/model.hpp"

namespace jejak {

/// The accounting as `jejak ledger` and `GET /v1/ledger` print it.
boost::json::object ledger_json(const storage::Ledger& ledger);

}  // namespace jejak
