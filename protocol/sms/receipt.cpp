#include "protocol/sms/receipt.hpp"

#include <algorithm>
#include <array>

namespace jejak::sms {
namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

enum Key : std::size_t { id, sub, dlvrd, submit_date, done_date, stat, err, text, key_count };
constexpr std::array<std::string_view, key_count> key_names = {
    "id:", "sub:", "dlvrd:", "submit date:", "done date:", "stat:", "err:", "text:"};

/// The key `rest` begins with, or key_count.
std::size_t key_at(std::string_view rest) {
    for (std::size_t key = 0; key < key_count; ++key) {
        const auto name = key_names[key];
        if (rest.size() >= name.size() && equal_ignoring_case(rest.substr(0, name.size()), name)) return key;
    }
    return key_count;
}

std::string_view without_leading_blanks(std::string_view rest) {
    while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
    return rest;
}

std::string_view first_word(std::string_view rest) {
    return rest.substr(0, static_cast<std::size_t>(std::find_if(rest.begin(), rest.end(), is_blank) - rest.begin()));
}

/// Values by key; the first of equal keys wins. `text` is not kept: it repeats what we sent.
struct Fields {
    std::array<std::string_view, key_count> value;
    std::array<bool, key_count> seen{};
    bool complete() const { return seen[id] && seen[stat]; }
};

Fields read_fields(std::string_view rest) {
    Fields fields;
    while (!rest.empty()) {
        const auto key = key_at(rest);
        if (key == key_count) {  // a stray word: part of a text that came before other keys, or a carrier's own field
            rest = without_leading_blanks(rest.substr(first_word(rest).size()));
            continue;
        }
        // What follows text: is somebody's words, and may look like keys; read on only for what is still missing.
        if (key == text && fields.complete()) break;
        rest = without_leading_blanks(rest.substr(key_names[key].size()));
        if (key == text) continue;
        // "err: text:foo" has an empty err.
        const auto value = key_at(rest) == key_count ? first_word(rest) : std::string_view();
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

MessageState state_of(std::string_view word) {
    for (const auto& [name, state] : state_names) {
        if (equal_ignoring_case(word, name)) return state;
    }
    return MessageState::unknown;
}

}  // namespace

std::optional<Receipt> parse_receipt(std::string_view receipt_text) {
    const auto rest = without_leading_blanks(receipt_text);
    if (key_at(rest) == key_count) return std::nullopt;
    const Fields fields = read_fields(rest);
    if (fields.value[id].empty() || fields.value[stat].empty()) return std::nullopt;
    return Receipt{std::string(fields.value[id]), state_of(fields.value[stat]), std::string(fields.value[err])};
}

}  // namespace jejak::sms
