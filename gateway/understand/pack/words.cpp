#include <algorithm>
#include <utility>

#include "gateway/understand/pack/loader.hpp"
#include "gateway/understand/words/tokens.hpp"

/// The half of loading that turns words and phrases into numbers: words.toml and places.toml.
namespace jejak::understand {
namespace {

constexpr std::pair<std::string_view, WordClass> class_names[] = {{"everyday", WordClass::everyday},
                                                                  {"negation", WordClass::negation},
                                                                  {"polite", WordClass::polite},
                                                                  {"please_verb", WordClass::please_verb},
                                                                  {"distress", WordClass::distress},
                                                                  {"person", WordClass::person},
                                                                  {"child", WordClass::child},
                                                                  {"other_person", WordClass::other_person},
                                                                  {"first_person", WordClass::first_person},
                                                                  {"range", WordClass::range},
                                                                  {"money", WordClass::money},
                                                                  {"title", WordClass::title},
                                                                  {"from", WordClass::from},
                                                                  {"via", WordClass::via},
                                                                  {"towards", WordClass::towards},
                                                                  {"age", WordClass::age},
                                                                  {"many", WordClass::many},
                                                                  {"plate", WordClass::plate},
                                                                  {"phone", WordClass::phone},
                                                                  {"date", WordClass::date},
                                                                  {"name", WordClass::name},
                                                                  {"village", WordClass::village},
                                                                  {"job", WordClass::job},
                                                                  {"female", WordClass::female},
                                                                  {"male", WordClass::male},
                                                                  {"reassuring", WordClass::reassuring},
                                                                  {"prefix", WordClass::prefix},
                                                                  {"glue", WordClass::glue},
                                                                  {"kin", WordClass::kin},
                                                                  {"perpetrator", WordClass::perpetrator},
                                                                  {"denial", WordClass::denial},
                                                                  {"contrast", WordClass::contrast},
                                                                  {"since", WordClass::since},
                                                                  {"once", WordClass::once},
                                                                  {"fiction", WordClass::fiction},
                                                                  {"surroundings", WordClass::surroundings},
                                                                  {"address", WordClass::address},
                                                                  {"asks", WordClass::asks},
                                                                  {"pronoun", WordClass::pronoun},
                                                                  {"adverb", WordClass::adverb},
                                                                  {"moves", WordClass::moves},
                                                                  {"plea", WordClass::plea},
                                                                  {"witnesses", WordClass::witnesses},
                                                                  {"creature", WordClass::creature},
                                                                  {"part", WordClass::part},
                                                                  {"companion", WordClass::companion},
                                                                  {"holds", WordClass::holds},
                                                                  {"with", WordClass::with},
                                                                  {"numbering", WordClass::numbering},
                                                                  {"at", WordClass::at},
                                                                  {"start", WordClass::start},
                                                                  {"every", WordClass::every},
                                                                  {"among", WordClass::among},
                                                                  {"pay", WordClass::pay},
                                                                  {"no_place", WordClass::no_place},
                                                                  {"agrees", WordClass::agrees},
                                                                  {"between", WordClass::between},
                                                                  {"sort", WordClass::sort},
                                                                  {"work", WordClass::work},
                                                                  {"demand", WordClass::demand},
                                                                  {"measure", WordClass::measure},
                                                                  {"names", WordClass::names},
                                                                  {"plate_word", WordClass::plate_word},
                                                                  {"greeting", WordClass::greeting},
                                                                  {"clause", WordClass::clause},
                                                                  {"given", WordClass::given},
                                                                  {"school", WordClass::school},
                                                                  {"several", WordClass::several},
                                                                  {"counter", WordClass::counter},
                                                                  {"reckons", WordClass::reckons},
                                                                  {"roughly", WordClass::roughly},
                                                                  {"recruits", WordClass::recruits},
                                                                  {"by", WordClass::by},
                                                                  {"by_or_with", WordClass::by_or_with},
                                                                  {"guarded", WordClass::guarded},
                                                                  {"forced", WordClass::forced},
                                                                  {"threatens", WordClass::threatens},
                                                                  {"women", WordClass::women},
                                                                  {"possessive", WordClass::possessive},
                                                                  {"infant", WordClass::infant},
                                                                  {"arrives", WordClass::arrives},
                                                                  {"sets_out", WordClass::sets_out},
                                                                  {"up_to", WordClass::up_to},
                                                                  {"building", WordClass::building},
                                                                  {"boss", WordClass::boss},
                                                                  {"still", WordClass::still},
                                                                  {"twins", WordClass::twins},
                                                                  {"twinned", WordClass::twinned},
                                                                  {"her_name", WordClass::her_name},
                                                                  {"belonging", WordClass::belonging},
                                                                  {"copula", WordClass::copula},
                                                                  {"besides", WordClass::besides},
                                                                  {"relative", WordClass::relative},
                                                                  {"of", WordClass::of},
                                                                  {"for_whom", WordClass::for_whom},
                                                                  {"household", WordClass::household},
                                                                  {"elders", WordClass::elders},
                                                                  {"nickname", WordClass::nickname},
                                                                  {"former", WordClass::former},
                                                                  {"joins", WordClass::joins},
                                                                  {"gets_off", WordClass::gets_off},
                                                                  {"by_phone", WordClass::by_phone},
                                                                  {"only_just", WordClass::only_just},
                                                                  {"term", WordClass::term},
                                                                  {"in_writing", WordClass::in_writing},
                                                                  {"slot_word", WordClass::slot_word}};
static_assert(std::size(class_names) <= word_classes_max);

constexpr std::pair<std::string_view, TimeWord> time_names[] = {
    {"now", TimeWord::now},
    {"today", TimeWord::today},
    {"tonight", TimeWord::tonight},
    {"last_night", TimeWord::last_night},
    {"yesterday", TimeWord::yesterday},
    {"yesterday_night", TimeWord::yesterday_night},
    {"day_before_yesterday", TimeWord::day_before_yesterday},
    {"tomorrow", TimeWord::tomorrow},
    {"day_after_tomorrow", TimeWord::day_after_tomorrow},
    {"dawn", TimeWord::dawn},
    {"morning", TimeWord::morning},
    {"noon", TimeWord::noon},
    {"afternoon", TimeWord::afternoon},
    {"night", TimeWord::night},
    {"past", TimeWord::past},
    {"future", TimeWord::future},
    {"seen", TimeWord::seen},
    {"clock", TimeWord::clock},
    {"half", TimeWord::half},
    {"ago", TimeWord::ago},
    {"minute", TimeWord::minute},
    {"day", TimeWord::day},
    {"week", TimeWord::week},
    {"month", TimeWord::month},
    {"year", TimeWord::year},
    {"noon_prayer", TimeWord::noon_prayer},
    {"afternoon_prayer", TimeWord::afternoon_prayer},
    {"sunset_prayer", TimeWord::sunset_prayer},
    {"evening_prayer", TimeWord::evening_prayer},
    {"midnight", TimeWord::midnight},
    {"soon", TimeWord::soon},
    {"next", TimeWord::next},
    {"to_come", TimeWord::to_come},
    {"this_one", TimeWord::this_one},
    {"past_noon", TimeWord::past_noon},
    {"before_noon", TimeWord::before_noon},
    {"earlier_of", TimeWord::earlier_of},
    {"later_of", TimeWord::later_of},
    {"half_past", TimeWord::half_past},
    {"planned", TimeWord::planned},
    {"last_one", TimeWord::last_one},
    {"quarter", TimeWord::quarter},
    {"home_time", TimeWord::home_time},
    {"abroad_time", TimeWord::abroad_time}};

template <class Value, std::size_t size>
std::string names_of(const std::pair<std::string_view, Value> (&table)[size]) {
    std::string names;
    for (const auto& [name, value] : table) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

/// [same]: word = ["variant", …]
void load_same(TomlTable& root, WordBook& book, std::string_view file, std::vector<PackFault>& faults) {
    const auto* inner = root.table("same");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& word : table.keys()) {
        for (const auto& variant : table.texts(word)) {
            if (!book.same(variant, word)) {
                table.fault(word,
                            "\"" + variant + "\" is already another word, or a spelling of one; keep it in one place");
            }
        }
    }
}

/// Of one spelling and no other of its word.
bool of_a_spelling(WordClass one) {
    return one == WordClass::address || one == WordClass::by_or_with || one == WordClass::possessive;
}

/// [class]: name = ["word", …]
void load_classes(TomlTable& root, WordBook& book, std::string_view file, std::vector<PackFault>& faults) {
    const auto* inner = root.table("class");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& [name, one] : class_names) {
        for (const auto& word : table.texts(name)) {
            if (fold(word).find(' ') != std::string::npos)
                table.fault(name, "\"" + word + "\" is more than one word; list single words here");
            if (of_a_spelling(one)) {
                book.mark_spelling(word, one);  // "bu" addresses the reader, "ibu" may be the sender's mother
            } else {
                book.mark(word, one);
            }
        }
    }
}

/// [number] and [month]: word = value
void load_values(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                 std::vector<PackFault>& faults) {
    if (const auto* inner = root.table("number")) {
        TomlTable table(*inner, file, faults);
        for (const auto& word : table.keys()) {
            const auto value = table.integer(word, 0, 1000);
            data.traits[book.canonical(word)].number = static_cast<std::int16_t>(value);
        }
    }
    if (const auto* inner = root.table("month")) {
        TomlTable table(*inner, file, faults);
        for (const auto& word : table.keys()) {
            const auto value = table.integer(word, 1, 12);
            data.traits[book.canonical(word)].month = static_cast<std::int8_t>(value);
        }
    }
}

/// [time]: name = ["phrase", …]
void load_times(TomlTable& root, WordBook& book, std::string_view file, std::vector<PackFault>& faults) {
    const auto* inner = root.table("time");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    for (const auto& [name, word] : time_names) {
        add_phrases(book, table, name, table.texts(name), {Kind::time, static_cast<std::uint16_t>(word)});
    }
}

Meaning command_meaning(std::size_t index, Counts counts) {
    return {Kind::command, static_cast<std::uint16_t>(index), static_cast<std::uint8_t>(counts)};
}

/// [[intent]] without a keyword: more words for one that an included folder has, or another file.
void extend_intent(Pack::Data& data, TomlTable& table, Intent intent, WordBook& book) {
    const auto aliases = table.texts("aliases");
    const auto alone = table.texts("alone");
    const auto with_distress = table.texts("with_distress");
    const auto known = std::find_if(data.commands.begin(), data.commands.end(),
                                    [&](const Command& command) { return command.intent == intent; });
    if (known == data.commands.end()) {
        table.fault("needs keyword = \"…\": no file read before this one has an [[intent]] of this name to extend");
        return;
    }
    const auto index = static_cast<std::size_t>(known - data.commands.begin());
    add_phrases(book, table, "aliases", aliases, command_meaning(index, known->usual));
    add_phrases(book, table, "alone", alone, command_meaning(index, Counts::alone));
    add_phrases(book, table, "with_distress", with_distress, command_meaning(index, Counts::distress));
}

/// [[intent]]
void load_intent(Pack::Data& data, TomlTable table, WordBook& book) {
    Command command;
    command.line = table.line();
    command.file = table.file();
    const auto intent = table.name<Intent>("name");
    if (intent && !table.has("keyword")) {
        extend_intent(data, table, *intent, book);
        return;
    }
    command.keyword = table.text("keyword");
    command.typos = table.flag("typos");
    if (const auto inverted = table.optional_text("inverted")) {
        command.inverted = parse<Intent>(*inverted);
        if (!command.inverted) table.fault("inverted", "\"" + *inverted + "\" is no intent");
    }
    const bool alone_only = table.flag("alone_only");
    const bool coded = table.flag("coded");
    const auto aliases = table.texts("aliases");
    const auto alone = table.texts("alone");
    const auto with_distress = table.texts("with_distress");
    if (!intent || command.keyword.empty()) return;
    command.intent = *intent;
    command.usual = coded ? Counts::coded : alone_only ? Counts::alone : Counts::first;
    const auto index = data.commands.size();
    data.commands.push_back(command);
    const auto usual = command.usual;
    add_phrases(book, table, "keyword", {command.keyword}, command_meaning(index, usual));
    for (const auto& alias : aliases) {
        if (alias == "?") {
            data.question_mark = static_cast<std::uint16_t>(index);
        } else {
            add_phrases(book, table, "aliases", {alias}, command_meaning(index, usual));
        }
    }
    add_phrases(book, table, "alone", alone, command_meaning(index, Counts::alone));
    add_phrases(book, table, "with_distress", with_distress, command_meaning(index, Counts::distress));
    if (!command.typos) return;
    if (fold(command.keyword).size() < 4)
        table.fault("typos", "a keyword of fewer than 4 letters cannot tolerate typos");
    book.index_near(data.near_keywords, command.keyword);
}

/// [[category]]: strong, cues, hints
void load_category(TomlTable table, WordBook& book) {
    const auto category = table.name<Category>("name");
    for (const auto& [key, points] :
         {std::pair{"decisive", 9}, std::pair{"strong", 6}, std::pair{"cues", 2}, std::pair{"hints", 1}}) {
        const auto phrases = table.texts(key);
        if (!category) continue;
        add_phrases(book, table, key, phrases,
                    {Kind::category, static_cast<std::uint16_t>(*category), static_cast<std::uint8_t>(points)});
    }
}

bool well_formed(std::string_view code) {
    static constexpr std::string_view shape = "00.00.00.0000";
    if (code.size() != 2 && code.size() != 5 && code.size() != 8 && code.size() != 13) return false;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const bool digit = code[i] >= '0' && code[i] <= '9';
        if (shape[i] == '.' ? code[i] != '.' : !digit) return false;
    }
    return true;
}

/// Words of five letters or more may be mistyped once.
void index_places(Pack::Data& data, WordBook& book, const std::vector<std::string>& spellings) {
    for (const auto& spelling : spellings) {
        for (const auto& word : folded_words(spelling)) {
            if (word.size() >= 5) book.index_near(data.near_places, data.spelling[book.canonical(word)]);
        }
    }
}

/// "galing" is no way to spell "Sijang" but another name for it, which may be a part of yet another place's.
bool other_name(std::string_view one, std::string_view other) {
    return one[0] != other[0] && edits_between(one, other) > 2;
}

/// The spellings of one word are that word, so that a typo between two of them is a typo of the place.
void one_word(const Pack::Data& data, WordBook& book, const std::vector<std::string>& spellings) {
    constexpr std::size_t letters_min = 4;
    std::string first;
    for (const auto& spelling : spellings) {
        const auto folded = fold(spelling);
        if (folded.size() < letters_min || folded.find(' ') != folded.npos) continue;
        if (first.empty()) {
            first = folded;
            book.intern(first);
            continue;
        }
        // a word that means something else already stays itself
        if (data.find(folded) == 0 && !other_name(folded, first)) book.same(folded, first);
    }
}

/// [[place]]
void load_place(Pack::Data& data, TomlTable table, WordBook& book) {
    Place place;
    place.code = table.text("code");
    place.name = table.text("name");
    place.latitude = table.number("latitude", -90, 90);
    place.longitude = table.number("longitude", -180, 180);
    place.gate = table.flag("gate");
    auto spellings = table.texts("spellings");
    if (!table.flag("ambiguous_name")) spellings.push_back(place.name);
    one_word(data, book, spellings);
    const auto index = data.places.size();
    if (!well_formed(place.code))
        table.fault("code", "\"" + place.code + "\" is no Kemendagri code; it looks like 61.01.09.2002");
    if (place.gate && place.code.size() != 13)
        table.fault("code", "a gate has the code of its village, as 61.01.09.2002");
    if (!place.gate && !data.place_by_code.emplace(place.code, index).second) {
        table.fault("code", "code " + place.code + " stands twice; keep one [[place]] and list its spellings there");
    }
    data.places.push_back(place);
    data.place_sources.push_back({{std::string(table.file()), table.line()}, spellings});
    add_phrases(book, table, "spellings", spellings, {Kind::place, static_cast<std::uint16_t>(index)});
    index_places(data, book, spellings);
}

/// [[destination]] and [[country]]
void load_destination(Pack::Data& data, TomlTable table, WordBook& book, bool country) {
    Destination destination;
    destination.country = table.text(country ? "code" : "country");
    destination.name = country ? destination.country : table.text("name");
    auto spellings = table.texts("spellings");
    if (!country && !table.flag("ambiguous_name")) spellings.push_back(destination.name);
    const bool iso =
        destination.country.size() == 2 && std::all_of(destination.country.begin(), destination.country.end(),
                                                       [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!iso) table.fault(country ? "code" : "country", "needs the two capital letters of ISO 3166, as MY");
    // One that stands in an included folder too is the same one, with more spellings.
    const auto known = std::find_if(data.destinations.begin(), data.destinations.end(), [&](const Destination& one) {
        return one.name == destination.name && one.country == destination.country;
    });
    const auto index = static_cast<std::size_t>(known - data.destinations.begin());
    if (known == data.destinations.end()) data.destinations.push_back(destination);
    add_phrases(book, table, "spellings", spellings, {Kind::destination, static_cast<std::uint16_t>(index)});
    index_places(data, book, spellings);
}

/// [[vehicle]] and [[indicator]]: a name and its phrases
void load_named(std::vector<std::string>& names, TomlTable table, WordBook& book, Kind kind) {
    const auto name = table.text("name");
    auto phrases = table.texts("words");
    if (kind == Kind::vehicle) phrases.push_back(name);
    const auto known = std::find(names.begin(), names.end(), name);  // more words for one of an included folder
    const auto index = static_cast<std::uint16_t>(known - names.begin());
    if (known == names.end()) names.push_back(name);
    add_phrases(book, table, "words", phrases, {kind, index});
}

/// [[flag]]; the name "none" takes a phrase out of the reach of shorter cues ("anak buah" is no child).
void load_flag(TomlTable table, WordBook& book) {
    const auto name = table.text("name");
    const auto words = table.texts("words");
    const auto bit = name == "none" ? std::optional<std::uint16_t>(flag_none) : flag_bit(name);
    if (!bit && !name.empty()) table.fault("name", "\"" + name + "\" is no flag");
    if (bit) add_phrases(book, table, "words", words, {Kind::flag, *bit});
}

}  // namespace

std::optional<std::uint16_t> flag_bit(std::string_view name) {
    for (std::uint16_t bit = 0; bit < 32; ++bit) {
        const auto names = flag_names(1u << bit);
        if (!names.empty() && names[0] == name) return bit;
    }
    return std::nullopt;
}

void add_phrases(WordBook& book, TomlTable& table, std::string_view key, const std::vector<std::string>& phrases,
                 Meaning meaning) {
    for (const auto& phrase : phrases) {
        if (const auto wrong = book.mean(phrase, meaning); !wrong.empty())
            table.fault(key, "\"" + phrase + "\" " + wrong);
    }
}

void load_spellings(TomlTable& root, WordBook& book, std::string_view file, std::vector<PackFault>& faults) {
    load_same(root, book, file, faults);
}

void load_words(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                std::vector<PackFault>& faults) {
    load_values(data, root, book, file, faults);
    load_classes(root, book, file, faults);
    load_sense_words(data, root, book, file, faults);
    load_slot_words(data, root, book, file, faults);
}

void load_meanings(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                   std::vector<PackFault>& faults) {
    load_times(root, book, file, faults);
    for (const auto* one : root.tables("intent")) load_intent(data, {*one, file, faults}, book);
    add_phrases(book, root, "ordinary", root.texts("ordinary"), {Kind::ordinary});
    for (const auto* one : root.tables("category")) load_category({*one, file, faults}, book);
    for (const auto* one : root.tables("flag")) load_flag({*one, file, faults}, book);
    for (const auto* one : root.tables("indicator"))
        load_named(data.indicators, {*one, file, faults}, book, Kind::indicator);
    for (const auto* one : root.tables("vehicle")) load_named(data.vehicles, {*one, file, faults}, book, Kind::vehicle);
    for (const auto* one : root.tables("place")) load_place(data, {*one, file, faults}, book);
    for (const auto* one : root.tables("destination")) load_destination(data, {*one, file, faults}, book, false);
    for (const auto* one : root.tables("country")) load_destination(data, {*one, file, faults}, book, true);
    load_sense_meanings(data, root, book, file, faults);
    load_slot_meanings(data, root, book, file, faults);
}

}  // namespace jejak::understand
