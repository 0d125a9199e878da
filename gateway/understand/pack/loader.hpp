#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/pack/toml_table.hpp"

namespace jejak::understand {

/// The replies the gateway sends by name; a pack must have them all.
constexpr std::array<std::string_view, 17> required_replies = {"received",
                                                               "received_plain",
                                                               "help",
                                                               "stop",
                                                               "start",
                                                               "register_ok",
                                                               "register_known",
                                                               "register_missing",
                                                               "register_minor",
                                                               "register_bad_nik",
                                                               "status_received",
                                                               "status_forwarded",
                                                               "status_handled",
                                                               "status_unknown",
                                                               "consent_ask",
                                                               "consent_yes",
                                                               "consent_no"};

/// Interns words and phrases into a pack under construction.
class WordBook {
public:
    explicit WordBook(Pack::Data& data);

    /// The folded word's id, new or known.
    WordId intern(std::string_view word);
    WordId canonical(std::string_view word) { return data_.traits[intern(word)].canonical; }
    /// Makes `variant` another spelling of `word`; false when it already is one of something else.
    bool same(std::string_view variant, std::string_view word);
    void mark(std::string_view word, WordClass one);
    /// Gives a phrase a meaning. Empty, or what is wrong with it.
    std::string mean(std::string_view phrase, Meaning meaning);
    /// Indexes a word for one-typo lookups.
    void index_near(boost::unordered_flat_map<std::string, std::vector<WordId>>& near, std::string_view word);

private:
    Pack::Data& data_;
};

/// One file of a pack under way.
struct PackFile {
    std::string name;
    toml::table root;
};

/// The two halves of loading: the words a village uses, and what follows from them.
void load_words(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                std::vector<PackFault>& faults);
void load_meanings(Pack::Data& data, TomlTable& root, WordBook& book, std::string_view file,
                   std::vector<PackFault>& faults);
void load_rules(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults);
void load_examples(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults);

}  // namespace jejak::understand
