#include <algorithm>
#include <bit>
#include <utility>

#include "gateway/understand/pack/loader.hpp"
#include "gateway/understand/words/tokens.hpp"

/// The sections that tell what a text as a whole says: [affix], [spoken], [[saying]] and [[distress]].
namespace jejak::understand {
namespace {

/// [spoken]: language = ["word", …]; of a spelling, for a word and its spellings may be of different languages.
void load_spoken(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                 std::vector<PackFault>& faults) {
    const auto* inner = root.table("spoken");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& language : table.keys()) {
        auto known = std::find(data.spoken.begin(), data.spoken.end(), language);
        if (known == data.spoken.end()) known = data.spoken.insert(known, language);
        const auto index = static_cast<std::uint8_t>(known - data.spoken.begin() + 1);
        for (const auto& word : table.texts(language)) data.traits[book.intern(word)].language = index;
    }
}

/// [affix] suffixes: what may follow a word without making another of it; possessives do so in phrases too. The others
/// are those of Affixes.
void load_affixes(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    const auto* inner = root.table("affix");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (auto& suffix : table.texts("suffixes")) data.repair.suffixes.push_back(std::move(suffix));
    Affixes& affixes = data.affixes;
    for (const auto& [name, list] :
         {std::pair{std::string_view("passive"), &affixes.passive},
          std::pair{std::string_view("active"), &affixes.active},
          std::pair{std::string_view("intransitive"), &affixes.intransitive},
          std::pair{std::string_view("spoken"), &affixes.spoken}, std::pair{std::string_view("past"), &affixes.past},
          std::pair{std::string_view("whole"), &affixes.whole}, std::pair{std::string_view("some"), &affixes.some}}) {
        for (const auto& one : table.texts(name)) list->push_back(fold(one));
    }
    for (auto& suffix : table.texts("possessives")) {
        data.repair.possessives.push_back(suffix);
        data.repair.suffixes.push_back(std::move(suffix));
    }
}

/// The number of a notion, new or known; empty when there are too many.
std::optional<std::uint16_t> notion(Pack::Data& data, TomlTable& table, std::string_view key, std::string_view name) {
    const auto known = std::find(data.notions.begin(), data.notions.end(), name);
    const auto index = static_cast<std::size_t>(known - data.notions.begin());
    if (index >= notions_max) {
        table.fault(key, "a pack has at most " + std::to_string(notions_max) + " notions");
        return std::nullopt;
    }
    if (known == data.notions.end()) data.notions.emplace_back(name);
    auto& elsewhere = data.known_notions;
    for (const auto& [fixed, number] :
         {std::pair{std::string_view("abroad"), &elsewhere.abroad},
          std::pair{std::string_view("gate"), &elsewhere.gate},
          std::pair{std::string_view("people"), &elsewhere.people},
          std::pair{std::string_view("self"), &elsewhere.self}, std::pair{std::string_view("kin"), &elsewhere.kin},
          std::pair{std::string_view("watched"), &elsewhere.watched},
          std::pair{std::string_view("no_answer"), &elsewhere.no_answer},
          std::pair{std::string_view("no_calls"), &elsewhere.no_calls},
          std::pair{std::string_view("not_now"), &elsewhere.not_now}}) {
        if (name == fixed) *number = index;
    }
    return static_cast<std::uint16_t>(index);
}

/// The phrases of whoever must not be answered, or not be called, are the flag phone_monitored as well.
bool tells_of_phone(std::string_view notion) {
    return notion == "watched" || notion == "no_answer" || notion == "no_calls";
}

/// [notion]: name = ["phrase", …]
void load_notions(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                  std::vector<PackFault>& faults) {
    const auto* inner = root.table("notion");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& name : table.keys()) {
        if (const auto index = notion(data, table, name, name))
            add_phrases(book, table, name, table.texts(name), {Kind::notion, *index});
        constexpr auto monitored = std::countr_zero(static_cast<Flags>(Flag::phone_monitored));
        if (tells_of_phone(name))
            add_phrases(book, table, name, table.texts(name), {Kind::flag, static_cast<std::uint16_t>(monitored)});
    }
}

NotionSet notion_bits(Pack::Data& data, TomlTable& table, std::string_view key, std::uint16_t* first = nullptr) {
    NotionSet bits;
    for (const auto& name : table.texts(key)) {
        const auto index = notion(data, table, key, name);
        if (index && bits.none() && first != nullptr) *first = *index;
        if (index) bits.set(*index);
    }
    return bits;
}

/// What an inference adds: points for a category, a distress or a saying.
Meaning inferred(TomlTable& table) {
    Meaning meaning;
    if (const auto category = table.optional_text("category")) {
        const auto value = parse<Category>(*category);
        if (!value) table.fault("category", "\"" + *category + "\" is no category");
        meaning = {Kind::category, static_cast<std::uint16_t>(value.value_or(Category::none)),
                   static_cast<std::uint8_t>(table.integer("points", 1, 20))};
    } else if (const auto distress = table.optional_text("distress")) {
        const bool grave = *distress == "grave";
        if (!grave && *distress != "mild" && *distress != "named")
            table.fault("distress", "must be grave, named or mild");
        const auto how = grave ? Distress::grave : *distress == "mild" ? Distress::mild : Distress::named;
        meaning = {Kind::distress, 0, static_cast<std::uint8_t>(how)};
    } else {
        const auto intent = table.name<Intent>("intent");
        const bool solid = table.flag("solid");
        meaning = {Kind::saying, static_cast<std::uint16_t>(intent.value_or(Intent::unclear)),
                   static_cast<std::uint8_t>(solid                ? Weight::solid
                                             : table.flag("hint") ? Weight::hint
                                                                  : Weight::sure)};
    }
    return meaning;
}

/// [[infer]]: has, without, and what it adds
void load_inference(Pack::Data& data, TomlTable table) {
    Inference inference;
    inference.has = notion_bits(data, table, "has", &inference.anchor);
    inference.without = notion_bits(data, table, "without");
    inference.adds = inferred(table);
    if (inference.has.none()) return table.fault("has", "names at least one notion");
    data.inferences.push_back(inference);
}

}  // namespace

void load_sense_words(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                      std::vector<PackFault>& faults) {
    load_affixes(data, root, file, faults);
    load_spoken(data, root, book, file, faults);
}

void load_sense_meanings(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                         std::vector<PackFault>& faults) {
    load_notions(data, root, book, file, faults);
    for (const auto* one : root.tables("infer")) load_inference(data, {*one, file, faults});
    for (const auto* one : root.tables("saying")) {
        TomlTable table(*one, file, faults);
        const auto intent = table.name<Intent>("intent");
        const auto value = static_cast<std::uint16_t>(intent.value_or(Intent::unclear));
        add_phrases(book, table, "phrases", table.texts("phrases"),
                    {Kind::saying, value, static_cast<std::uint8_t>(Weight::sure)});
        add_phrases(book, table, "solid", table.texts("solid"),
                    {Kind::saying, value, static_cast<std::uint8_t>(Weight::solid)});
        add_phrases(book, table, "corrections", table.texts("corrections"),
                    {Kind::saying, value, static_cast<std::uint8_t>(Weight::correction)});
        add_phrases(book, table, "hints", table.texts("hints"),
                    {Kind::saying, value, static_cast<std::uint8_t>(Weight::hint)});
    }
    for (const auto* one : root.tables("distress")) {
        TomlTable table(*one, file, faults);
        add_phrases(book, table, "grave", table.texts("grave"),
                    {Kind::distress, 0, static_cast<std::uint8_t>(Distress::grave)});
        add_phrases(book, table, "inflicted", table.texts("inflicted"),
                    {Kind::distress, 0, static_cast<std::uint8_t>(Distress::inflicted)});
        add_phrases(book, table, "named", table.texts("named"),
                    {Kind::distress, 0, static_cast<std::uint8_t>(Distress::named)});
        add_phrases(book, table, "mild", table.texts("mild"),
                    {Kind::distress, 0, static_cast<std::uint8_t>(Distress::mild)});
    }
}

}  // namespace jejak::understand
