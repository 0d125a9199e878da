#include "protocol/sms/receipt.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"

namespace jejak::sms {
namespace {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}
constexpr bool ends_word(char c) {
    return is_blank(c) || c == ',' || c == ';';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

enum Key : std::size_t { id, sub, dlvrd, submit_date, done_date, stat, err, text, key_count };
constexpr std::array<std::string_view, key_count> key_names = {"id",        "sub",  "dlvrd", "submit date",
                                                               "done date", "stat", "err",   "text"};

/// More blanks than these around a key's colon are no key's.
constexpr std::size_t blanks_in_key_max = 4;

std::size_t skip_blanks(std::string_view rest, std::size_t at) {
    const auto most = std::min(rest.size(), at + blanks_in_key_max);
    while (at < most && (is_blank(rest[at]) || rest[at] == '_')) ++at;
    return at;
}

/// The octets of `rest` that are the key `name` and its colon; 0 when it begins with something else. A blank of the
/// name may be missing, more than one, or an underscore.
std::size_t key_length(std::string_view rest, std::string_view name) {
    std::size_t at = 0;
    for (const char c : name) {
        if (c == ' ') {
            at = skip_blanks(rest, at);
            continue;
        }
        if (at == rest.size() || to_lower(rest[at]) != c) return 0;
        ++at;
    }
    at = skip_blanks(rest, at);
    return at < rest.size() && rest[at] == ':' ? at + 1 : 0;
}

struct FoundKey {
    std::size_t key = key_count;
    std::size_t length = 0;
    explicit operator bool() const { return key != key_count; }
};

/// The key `rest` begins with.
FoundKey key_at(std::string_view rest) {
    if (rest.empty()) return {};
    for (std::size_t key = 0; key < key_count; ++key) {
        if (to_lower(rest.front()) != key_names[key].front()) continue;
        if (const auto length = key_length(rest, key_names[key]); length > 0) return {key, length};
    }
    return {};
}

std::string_view without_leading_blanks(std::string_view rest) {
    while (!rest.empty() && ends_word(rest.front())) rest.remove_prefix(1);
    return rest;
}

std::string_view first_word(std::string_view rest) {
    return rest.substr(0, static_cast<std::size_t>(std::find_if(rest.begin(), rest.end(), ends_word) - rest.begin()));
}

using Values = std::array<std::string_view, key_count>;

/// Values by key; the first of equal keys wins. `text` is not kept: it repeats what we sent.
struct Fields {
    Values value;
    std::array<bool, key_count> seen{};
    bool complete() const { return seen[id] && seen[stat]; }
};

Fields read_fields(std::string_view rest) {
    Fields fields;
    while (!rest.empty()) {
        const auto [key, length] = key_at(rest);
        if (key == key_count) {  // a stray word: part of a text that came before other keys, or a carrier's own field
            rest = without_leading_blanks(rest.substr(first_word(rest).size()));
            continue;
        }
        // What follows text: is somebody's words, and may look like keys; read on only for what is still missing.
        if (key == text && fields.complete()) break;
        rest = without_leading_blanks(rest.substr(length));
        if (key == text) continue;
        // "err: text:foo" has an empty err.
        const auto value = key_at(rest) ? std::string_view() : first_word(rest);
        if (!fields.seen[key]) fields.value[key] = value;
        fields.seen[key] = true;
        rest = without_leading_blanks(rest.substr(value.size()));
    }
    return fields;
}

struct StateName {
    std::string_view name;
    MessageState state;
};
// The seven letters of the appendix, and what peers write in full.
constexpr std::array<StateName, 13> state_names = {{{"delivrd", MessageState::delivered},
                                                    {"delivered", MessageState::delivered},
                                                    {"expired", MessageState::expired},
                                                    {"deleted", MessageState::deleted},
                                                    {"undeliv", MessageState::undeliverable},
                                                    {"undeliverable", MessageState::undeliverable},
                                                    {"undelivered", MessageState::undeliverable},
                                                    {"acceptd", MessageState::accepted},
                                                    {"accepted", MessageState::accepted},
                                                    {"rejectd", MessageState::rejected},
                                                    {"rejected", MessageState::rejected},
                                                    {"enroute", MessageState::enroute},
                                                    {"unknown", MessageState::unknown}}};

/// Empty: a word nobody knows.
std::optional<MessageState> state_named(std::string_view word, const StateWords& words) {
    const auto is = [word](std::string_view name) { return equal_ignoring_case(word, name); };
    if (std::any_of(words.delivered.begin(), words.delivered.end(), is)) return MessageState::delivered;
    if (std::any_of(words.failed.begin(), words.failed.end(), is)) return MessageState::undeliverable;
    for (const auto& [name, state] : state_names) {
        if (is(name)) return state;
    }
    return std::nullopt;
}

MessageState state_of(std::uint8_t on_the_wire) {
    constexpr std::uint8_t unknown_on_the_wire = 7, rejected_last = 8;
    const bool known = on_the_wire != unknown_on_the_wire && on_the_wire <= rejected_last;
    return known ? static_cast<MessageState>(on_the_wire) : MessageState::unknown;
}

std::optional<std::uint32_t> count_of(std::string_view digits) {
    constexpr std::size_t most = 9;
    if (digits.empty() || digits.size() > most || !std::all_of(digits.begin(), digits.end(), is_digit)) return {};
    std::uint32_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return value;
}

/// Year, month, day, hour, minute and, if there are two digits more, second; the year with `year_digits`.
std::optional<std::chrono::local_seconds> date_of(std::string_view digits, std::size_t year_digits) {
    const auto number = [&](std::size_t at, std::size_t size) {
        return static_cast<int>(count_of(digits.substr(at, size)).value_or(0));
    };
    const auto part = [&](std::size_t index) { return number(year_digits + 2 * index, 2); };
    const int year = number(0, year_digits) + (year_digits == 2 ? 2000 : 0);
    const bool seconds = digits.size() >= year_digits + 10;
    const auto day = std::chrono::year(year) / part(0) / part(1);
    const int hour = part(2), minute = part(3), second = seconds ? part(4) : 0;
    if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return std::chrono::local_days(day) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

/// YYMMDDhhmm, or with seconds, or with the whole year.
std::optional<std::chrono::local_seconds> date_of(std::string_view digits) {
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
    if (digits.size() == 14) return date_of(digits, 4);
    if (digits.size() != 10 && digits.size() != 12) return std::nullopt;
    const auto date = date_of(digits, 2);
    return !date && digits.size() == 12 ? date_of(digits, 4) : date;
}

Receipt receipt_of(const Values& value, const StateWords& words) {
    Receipt receipt;
    receipt.message_id = value[id];
    receipt.state = state_named(value[stat], words).value_or(MessageState::unknown);
    receipt.error = value[err];
    receipt.submitted = count_of(value[sub]);
    receipt.delivered = count_of(value[dlvrd]);
    receipt.submit_date = date_of(value[submit_date]);
    receipt.done_date = date_of(value[done_date]);
    return receipt;
}

/// What the common form says, as far as it goes: id or stat may be missing.
std::optional<Values> common_values(std::string_view receipt_text) {
    const auto rest = without_leading_blanks(receipt_text);
    if (!key_at(rest)) return std::nullopt;
    return read_fields(rest).value;
}

int rank(MessageState state) {
    switch (state) {
        case MessageState::unknown:
            return 0;
        case MessageState::enroute:
            return 1;
        case MessageState::accepted:
            return 2;
        case MessageState::expired:
        case MessageState::deleted:
        case MessageState::undeliverable:
        case MessageState::rejected:
            return 3;
        case MessageState::delivered:
            return 4;
    }
    return 0;
}

std::string_view without_nul(std::string_view c_octets) {
    return c_octets.substr(0, std::min(c_octets.find('\0'), c_octets.size()));
}

std::string network_error(std::span<const std::byte> value) {
    constexpr std::size_t size = 3;
    if (value.size() != size) return {};
    const auto octet = [&](std::size_t at) { return std::to_integer<unsigned>(value[at]); };
    return std::to_string(octet(0)) + ":" + std::to_string(octet(1) << 8 | octet(2));
}

/// The value of a digit, 0 to 15, or more when it is none.
unsigned digit_value(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    return c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10 : 16;
}

/// A canonical number of one base in another; empty when it is no number of the first.
std::string converted(std::string_view digits, unsigned from, unsigned to) {
    if (digits.empty() || digits.size() > convertible_id_max) return {};
    std::vector<unsigned> out;  // least digit first
    for (const char c : digits) {
        unsigned carry = digit_value(c);
        if (carry >= from) return {};
        for (auto& digit : out) {
            carry += digit * from;
            digit = carry % to;
            carry /= to;
        }
        for (; carry > 0; carry /= to) out.push_back(carry % to);
    }
    std::string text;
    for (auto digit = out.rbegin(); digit != out.rend(); ++digit) text += "0123456789abcdef"[*digit];
    return text;
}

}  // namespace

MessageState later_state(MessageState known, MessageState heard) {
    return rank(heard) > rank(known) ? heard : known;
}

bool failed(MessageState state) {
    return rank(state) == rank(MessageState::expired);
}

bool is_state_word(std::string_view word) {
    return !word.empty() && word.size() <= StateWords::octets_max && std::none_of(word.begin(), word.end(), ends_word);
}

std::optional<Receipt> parse_receipt(std::string_view receipt_text, const ReceiptDialect& dialect) {
    if (dialect.pattern) {
        if (auto receipt = dialect.pattern->read(receipt_text, dialect.words)) return receipt;
    }
    const auto values = common_values(receipt_text);
    if (!values || (*values)[id].empty() || (*values)[stat].empty()) return std::nullopt;
    return receipt_of(*values, dialect.words);
}

std::optional<Receipt> read_receipt(std::string_view receipt_text, const ReceiptParameters& parameters,
                                    const ReceiptDialect& dialect) {
    auto receipt = parse_receipt(receipt_text, dialect);
    const auto named = without_nul(parameters.message_id.value_or(std::string_view()));
    bool has_state = parameters.state.has_value();
    if (!receipt) {
        if (named.empty()) return std::nullopt;
        const auto values = common_values(receipt_text);
        const bool silent = without_leading_blanks(receipt_text).empty();
        has_state = has_state || (values && !(*values)[stat].empty());
        if (!has_state && !silent) return std::nullopt;
        receipt = values ? receipt_of(*values, dialect.words) : Receipt{};
    }
    if (!named.empty()) receipt->message_id = named;
    if (parameters.state) receipt->state = state_of(*parameters.state);
    if (parameters.net_error && receipt->error.empty()) receipt->error = network_error(*parameters.net_error);
    return receipt;
}

std::string canonical_id(std::string_view spelt) {
    std::string out(spelt.substr(std::min(spelt.find_first_not_of('0'), spelt.size())));
    std::transform(out.begin(), out.end(), out.begin(), to_lower);
    return out;
}

std::vector<std::string> submitted_ids(std::string_view receipt_id, IdForm form) {
    const auto spelt = canonical_id(receipt_id);
    const auto as_hex = converted(spelt, 10, 16), as_decimal = converted(spelt, 16, 10);
    std::vector<std::string> ids;
    const auto add = [&ids](const std::string& one) {
        if (std::find(ids.begin(), ids.end(), one) == ids.end()) ids.push_back(one);
    };
    if (form == IdForm::any || form == IdForm::same) add(spelt);
    if ((form == IdForm::any || form == IdForm::decimal) && !as_hex.empty()) add(as_hex);
    if ((form == IdForm::any || form == IdForm::hexadecimal) && !as_decimal.empty()) add(as_decimal);
    return ids;
}

ReceiptPattern::Field ReceiptPattern::field_named(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Field>, 9> spellings = {{{"id", Field::id},
                                                                              {"sub", Field::sub},
                                                                              {"dlvrd", Field::dlvrd},
                                                                              {"submit_date", Field::submit_date},
                                                                              {"done_date", Field::done_date},
                                                                              {"stat", Field::stat},
                                                                              {"err", Field::err},
                                                                              {"text", Field::text},
                                                                              {"*", Field::anything}}};
    for (const auto& [spelt, field] : spellings) {
        if (spelt == name) return field;
    }
    return Field::none;
}

namespace {

/// Runs of blanks as one, none at the front.
std::string with_single_blanks(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (!is_blank(c)) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    return out;
}

std::string_view trimmed(std::string_view value) {
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    return value;
}

}  // namespace

std::optional<ReceiptPattern> ReceiptPattern::compile(std::string_view spelling, std::string& fault) {
    if (spelling.size() > spelling_max) {
        fault = "is longer than " + std::to_string(spelling_max) + " characters";
        return std::nullopt;
    }
    ReceiptPattern pattern;
    const auto has = [&pattern](Field field) {
        const auto& tokens = pattern.tokens_;
        return std::any_of(tokens.begin(), tokens.end(), [field](const Token& token) { return token.field == field; });
    };
    // A field before {*} is one word; what any other two share is anybody's guess.
    const auto adjacent = [&pattern](Field field) {
        const auto before = pattern.tokens_.empty() ? Field::none : pattern.tokens_.back().field;
        return before != Field::none && (before == Field::anything || field != Field::anything);
    };
    const auto spelt = with_single_blanks(spelling);
    for (std::size_t at = 0; at < spelt.size();) {
        if (spelt[at] != '{') {
            const auto end = std::min(spelt.find('{', at), spelt.size());
            pattern.tokens_.push_back({Field::none, lower_case(spelt.substr(at, end - at))});
            at = end;
            continue;
        }
        const auto end = spelt.find('}', at);
        const auto name = end == std::string::npos ? std::string() : spelt.substr(at + 1, end - at - 1);
        const auto field = field_named(name);
        if (field == Field::none) {
            fault = "has an unknown field \"{" + name + "}\"";
        } else if (adjacent(field)) {
            fault = "has two fields with nothing between them";
        } else if (field != Field::anything && has(field)) {
            fault = "has the field {" + name + "} twice";
        } else {
            pattern.tokens_.push_back({field, {}});
            at = end + 1;
            continue;
        }
        return std::nullopt;
    }
    if (!has(Field::id) || !has(Field::stat)) {
        fault = "needs {id} and {stat}";
        return std::nullopt;
    }
    return pattern;
}

bool ReceiptPattern::has_no_words() const {
    const auto mark = [](char c) {
        return static_cast<unsigned char>(c) < 0x80 && !is_digit(c) && (c < 'a' || c > 'z');
    };
    return std::all_of(tokens_.begin(), tokens_.end(), [mark](const Token& token) {
        return std::all_of(token.literal.begin(), token.literal.end(), mark);
    });
}

std::optional<Receipt> ReceiptPattern::read(std::string_view receipt_text, const StateWords& words) const {
    const auto text = with_single_blanks(receipt_text);
    const auto folded = lower_case(text);
    const std::string_view spelt = text;
    constexpr std::array<std::size_t, 10> key_of = {key_count,      Key::id,   Key::sub, Key::dlvrd, Key::submit_date,
                                                    Key::done_date, Key::stat, Key::err, Key::text,  key_count};
    Values values;
    std::size_t at = 0;           // how far the text is read
    bool waits = false;           // a field's value began there
    std::size_t key = key_count;  // that field's; key_count: of none
    const auto take = [&](std::size_t end) {
        if (waits && key < key_count) values[key] = trimmed(spelt.substr(at, end - at));
        waits = false;
    };
    for (const auto& [field, literal] : tokens_) {
        if (field != Field::none) {
            if (waits) {  // {*} behind a field
                const auto end = std::min(spelt.find(' ', at), spelt.size());
                take(end);
                at = end;
            }
            key = key_of[static_cast<std::size_t>(field)];
            waits = true;
            continue;
        }
        const auto found = folded.find(literal, at);
        if (found == std::string::npos || (!waits && found != at)) return std::nullopt;
        take(found);
        at = found + literal.size();
    }
    take(spelt.size());
    const auto one_word = [](std::string_view value) {
        return !value.empty() && value.size() <= convertible_id_max && value.find(' ') == std::string_view::npos;
    };
    if (!one_word(values[Key::id]) || !one_word(values[Key::stat])) return std::nullopt;
    const auto stat = values[Key::stat];
    if (!state_named(stat, words) && !std::all_of(stat.begin(), stat.end(), is_digit)) return std::nullopt;
    if (!one_word(values[Key::err])) values[Key::err] = {};
    return receipt_of(values, words);
}

}  // namespace jejak::sms
