#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/understand/ussd/menu.hpp"
#include "storage/store.hpp"

/// What is kept of a USSD session between two turns: the sealed state of its dialogue row.
namespace jejak::ussd {

struct Record {
    understand::MenuState menu;
    std::string seen;    ///< the request's text as last taken, so that the same one again is no second input
    std::string screen;  ///< what it was answered with
    bool ended = false;
    std::string filed;  ///< filed_as() what the menu itself said when it filed its report last
    bool held = false;  ///< what the report raises or tells waits until it is known when it was
    bool operator==(const Record&) const = default;
};

std::string to_json(const Record& record);
/// Empty when it is none of ours.
std::optional<Record> parse_record(std::string_view json);

storage::Sealed seal(const storage::Vault& vault, storage::Id dialogue, const Record& record);
/// Empty when it is damaged: the session begins anew.
std::optional<Record> open(const storage::Vault& vault, const storage::Dialogue& dialogue);

/// What a menu files in a report's row, of what it says and of the row, to tell whether anything else changed that
/// since. Holds no text.
std::string filed_as(const understand::Reading& reading);
std::string filed_as(const storage::Report& report);

/// The inputs of a request: what stands behind those that were seen. Empty with `repeated` when it is the same again.
struct Inputs {
    std::vector<std::string> list;
    bool repeated = false;
};
/// `text` is all inputs joined by `*`, where a `*` may also have been typed. After `seen` came exactly one input,
/// whatever it holds; while the session has not `begun` every `*` separates: it was dialled behind the service code.
Inputs inputs_of(std::string_view text, std::string_view seen, bool begun);
/// "*384*2#" dialled on service code "*384#" is the input "2". What does not begin with the service code has none:
/// codes may hold a `*` themselves.
Inputs inputs_dialled(std::string_view dialled, std::string_view service_code);

}  // namespace jejak::ussd
