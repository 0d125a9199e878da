#include <algorithm>
#include <cstdint>

#include "protocol/ensure.hpp"
#include "protocol/sms/receipt.hpp"

using jejak::ensure;
using namespace jejak::sms;

namespace {

std::string_view name_of(MessageState state) {
    switch (state) {
        case MessageState::enroute:
            return "ENROUTE";
        case MessageState::delivered:
            return "DELIVRD";
        case MessageState::expired:
            return "EXPIRED";
        case MessageState::deleted:
            return "DELETED";
        case MessageState::undeliverable:
            return "UNDELIV";
        case MessageState::accepted:
            return "ACCEPTD";
        case MessageState::rejected:
            return "REJECTD";
        case MessageState::unknown:
            break;
    }
    return "UNKNOWN";
}

/// What was read, written as the appendix has it, reads the same.
void check_written_again(const Receipt& receipt) {
    std::string text = "id:" + receipt.message_id;
    text.append(" stat:").append(name_of(receipt.state)).append(" err:").append(receipt.error);
    const auto again = parse_receipt(text);
    ensure(again && again->message_id == receipt.message_id && again->state == receipt.state);
    ensure(again->error == receipt.error);
}

void check_ids(const std::string& id, IdForm form) {
    const auto ids = submitted_ids(id, form);
    ensure(ids.size() <= 3);
    for (const auto& one : ids) {
        ensure(canonical_id(one) == one);
        ensure(std::count(ids.begin(), ids.end(), one) == 1);
    }
    const auto same = submitted_ids(id, IdForm::same);
    ensure(same.size() == 1 && same.front() == canonical_id(id));
    const auto decimal = submitted_ids(id, IdForm::hexadecimal);
    if (!decimal.empty() && decimal.front().size() <= convertible_id_max)
        ensure(submitted_ids(decimal.front(), IdForm::decimal) == same);
}

/// Takes `size` octets off the front, or what is left.
std::string_view take(std::string_view& input, std::size_t size) {
    const auto taken = input.substr(0, std::min(size, input.size()));
    input.remove_prefix(taken.size());
    return taken;
}

}  // namespace

/// Input: flags (which parameters there are, the form of ids, whether a pattern follows), the lengths of id and
/// pattern, the state, then id, three octets of network error, pattern, text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    std::string_view input(reinterpret_cast<const char*>(data) + 4, size - 4);
    const unsigned flags = data[0];
    ReceiptParameters parameters;
    if ((flags & 1) != 0) parameters.message_id = take(input, data[1] % 70);
    if ((flags & 2) != 0) parameters.state = data[3];
    if ((flags & 4) != 0) parameters.net_error = std::as_bytes(std::span(take(input, 3)));
    ReceiptDialect dialect;
    dialect.ids = static_cast<IdForm>((flags >> 4) & 3);
    std::string fault;
    if ((flags & 8) != 0) {
        dialect.pattern = ReceiptPattern::compile(take(input, data[2]), fault);
        ensure(dialect.pattern.has_value() == fault.empty());
    }

    if (const auto common = parse_receipt(input)) {
        ensure(!common->message_id.empty());
        check_written_again(*common);
    }
    const auto parsed = parse_receipt(input, dialect);
    ensure(!parsed || !parsed->message_id.empty());
    const auto read = read_receipt(input, parameters, dialect);
    ensure(!parsed || read);
    if (!read) return 0;
    ensure(!read->message_id.empty());
    ensure(parsed || parameters.message_id);  // nothing else names a message
    check_ids(read->message_id, dialect.ids);
    ensure(later_state(read->state, read->state) == read->state);
    return 0;
}
