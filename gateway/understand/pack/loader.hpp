#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/pack/toml_table.hpp"

namespace jejak::understand {

/// A reply the gateway sends by name, and what it fills in.
struct KnownReply {
    std::string_view name;
    std::string_view needs = {};  ///< the {field} it says nothing without: "question"; empty: none
    bool ticket = false;          ///< {ref} may stand in it
};

/// All of them; a pack must have every one, and no other.
constexpr KnownReply known_replies[] = {
    {"received", "", true},
    {"received_plain"},
    {"help"},
    {"stop"},
    {"start"},
    {"ask", "question", true},
    {"ask_next", "question"},
    {"ask_gently", "question"},
    {"keep_away", "", true},
    {"ask_keep_away", "question", true},
    {"info_free", "", true},
    {"check_unknown"},
    {"status_received", "", true},
    {"status_forwarded", "", true},
    {"status_handled", "", true},
    {"status_unknown"},
    {"register_ok", "code"},
    {"register_known"},
    {"register_missing", "missing"},
    {"register_minor"},
    {"register_bad_nik"},
    {"full_report", "", true},
    {"full_sos"},
    {"full_sos_ask", "question"},
    {"full_missing", "", true},
    {"full_departed"},
    {"full_safe"},
    {"full_letter"},
};

/// Interns words and phrases into a pack under construction.
class WordBook {
public:
    explicit WordBook(Pack::Data& data);

    /// The folded word's id, new or known.
    WordId intern(std::string_view word);
    WordId canonical(std::string_view word) { return data_.traits[intern(word)].canonical; }
    /// Makes `variant` another spelling of `word`; false when it already is one of something else.
    bool same(std::string_view variant, std::string_view word);
    /// Once all spellings are there: a spelling of a spelling is one of its word.
    void settle();
    void mark(std::string_view word, WordClass one);
    /// Of that spelling alone, not of the word it is one of.
    void mark_spelling(std::string_view word, WordClass one);
    /// Gives a phrase a meaning. Empty, or what is wrong with it.
    std::string mean(std::string_view phrase, Meaning meaning);
    /// Indexes a word for one-typo lookups.
    void index_near(boost::unordered_flat_map<std::string, std::vector<WordId>>& near, std::string_view word);

private:
    /// The word of a phrase: without a possessive, when that leaves a word the pack knows.
    WordId phrase_word(std::string_view word);
    std::uint32_t behind(std::uint32_t node, WordId word);
    std::uint32_t behind_gap(std::uint32_t node);

    Pack::Data& data_;
};

/// One file of a pack under way.
struct PackFile {
    std::string name;
    toml::table root;
};

/// What was learned from messages, as its file has it; nothing when a pack has none.
struct PackModel {
    std::string name, text;
};

/// A pack from parsed files, those of included folders first. Empty when `faults` gets any.
std::shared_ptr<const Pack> build_pack(const std::vector<PackFile>& files, std::vector<PackFault>& faults,
                                       const PackModel& model = {});

/// Notes in Data::sources where words stand that lint may find at odds with each other, once all else is loaded:
/// "alias WORD", "everyday WORD" of such an alias, "same WORD" of a place's word, "ambiguous place INDEX", and
/// "doubled NUMBER MESSAGE" for a word that one list has twice.
void note_sources(Pack::Data& data, const std::vector<PackFile>& files);

/// What an unreadable file most likely needs: the line where a quote opens that nothing closes; empty when all close.
std::string unclosed_quote(std::string_view toml);

/// The bit of the flag called `name`; empty when there is none.
std::optional<std::uint16_t> flag_bit(std::string_view name);

/// Adds every phrase of `key`, with a fault at the key's line for each that cannot be.
void add_phrases(WordBook& book, TomlTable& table, std::string_view key, const std::vector<std::string>& phrases,
                 Meaning meaning);

/// The two halves of loading: the words a village uses, and what follows from them. The spellings of all files come
/// first, so that it does not matter in which file a word stands.
void load_spellings(TomlTable& root, WordBook& book, std::string_view file, std::vector<PackFault>& faults);
/// The words of the slots' sections ([weekday], [[sign]], …), called by the two that follow.
void load_slot_words(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                     std::vector<PackFault>& faults);
void load_slot_meanings(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                        std::vector<PackFault>& faults);
/// What a text as a whole says, called by the two that follow.
void load_sense_words(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                      std::vector<PackFault>& faults);
void load_sense_meanings(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                         std::vector<PackFault>& faults);
void load_words(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                std::vector<PackFault>& faults);
void load_meanings(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                   std::vector<PackFault>& faults);
void load_rules(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults);
void load_ussd(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults);
void load_examples(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults);

}  // namespace jejak::understand
