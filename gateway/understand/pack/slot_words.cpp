#include <algorithm>

#include "gateway/understand/pack/loader.hpp"

/// The sections of slots.toml: how people count, pay and date, and the names that fill a slot.
namespace jejak::understand {
namespace {

constexpr std::pair<std::string_view, Remark> remark_names[] = {
    {"here", Remark::here}, {"dont_know", Remark::dont_know}, {"each", Remark::each}, {"couple", Remark::couple},
    {"gate", Remark::gate}, {"amends", Remark::amends},       {"adds", Remark::adds}};

constexpr std::size_t currencies_max = 255;  // WordTraits::currency

/// One table of words and whole numbers; `store` puts each where it belongs.
template <class Store>
void load_numbers(TomlTable& root, std::string_view section, std::int64_t least, std::int64_t most,
                  std::string_view file, std::vector<PackFault>& faults, Store store) {
    const auto* inner = root.table(section);
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& word : table.keys()) store(word, table.integer(word, least, most));
}

/// [currency]: code = ["word", …]
void load_currencies(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                     std::vector<PackFault>& faults) {
    const auto* inner = root.table("currency");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& code : table.keys()) {
        const bool iso =
            code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
        if (!iso) table.fault(code, "a currency has the three capital letters of ISO 4217, as MYR");
        if (data.currencies.size() == currencies_max) {
            table.fault(code, "one currency too many; keep those that people are paid in here");
            return;
        }
        data.currencies.push_back(code);
        for (const auto& word : table.texts(code))
            data.traits[book.canonical(word)].currency = static_cast<std::uint8_t>(data.currencies.size());
    }
}

/// [remark]: name = ["phrase", …]
void load_remarks(TomlTable& root, WordBook& book, std::string_view file, std::vector<PackFault>& faults) {
    const auto* inner = root.table("remark");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& [name, one] : remark_names)
        add_phrases(book, table, name, table.texts(name), {Kind::remark, static_cast<std::uint16_t>(one)});
}

/// Tables with a name and its words; a name may stand in several files.
void load_slot_name(std::vector<std::string>& names, TomlTable table, WordBook& book, Kind kind) {
    const auto name = table.text("name");
    const auto known = std::find(names.begin(), names.end(), name);
    const auto index = static_cast<std::uint16_t>(known - names.begin());
    if (known == names.end()) names.push_back(name);
    add_phrases(book, table, "words", table.texts("words"), {kind, index});
}

}  // namespace

void load_slot_words(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                     std::vector<PackFault>& faults) {
    constexpr std::int64_t times_most = 1'000'000'000;
    const auto traits = [&](std::string_view word) -> WordTraits& { return data.traits[book.canonical(word)]; };
    load_numbers(root, "weekday", 0, 6, file, faults, [&](std::string_view word, std::int64_t value) {
        traits(word).weekday = static_cast<std::int8_t>(value);
    });
    load_numbers(root, "all_of", 2, 9, file, faults, [&](std::string_view word, std::int64_t value) {
        traits(word).all_of = static_cast<std::uint8_t>(value);
    });
    load_numbers(root, "plus", 1, 100, file, faults, [&](std::string_view word, std::int64_t value) {
        traits(word).plus = static_cast<std::uint8_t>(value);
    });
    load_numbers(root, "times", 2, times_most, file, faults, [&](std::string_view word, std::int64_t value) {
        traits(word).times = static_cast<std::uint32_t>(value);
    });
    load_currencies(data, root, book, file, faults);
}

void load_slot_meanings(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                        std::vector<PackFault>& faults) {
    load_remarks(root, book, file, faults);
    struct Section {
        std::string_view name;
        std::vector<std::string>& names;
        Kind kind;
    };
    for (const auto& [name, names, kind] :
         {Section{"sign", data.signs, Kind::sign}, Section{"nationality", data.nationalities, Kind::nationality},
          Section{"job", data.jobs, Kind::job}, Section{"visa", data.visas, Kind::visa},
          Section{"route", data.routes, Kind::route}}) {
        for (const auto* one : root.tables(name)) load_slot_name(names, {*one, file, faults}, book, kind);
    }
}

}  // namespace jejak::understand
