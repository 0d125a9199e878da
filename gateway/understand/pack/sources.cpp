#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>

#include "gateway/understand/pack/loader.hpp"
#include "gateway/understand/words/tokens.hpp"

/// Where things stand in a pack's files, for faults that have to name more than one place.
namespace jejak::understand {
namespace {

unsigned line_of(const toml::node& node) {
    return static_cast<unsigned>(node.source().begin.line);
}

/// Calls `use` with every text of a list and the line it stands on.
template <class Use>
void each_text(const toml::node* node, Use use) {
    const auto* array = node == nullptr ? nullptr : node->as_array();
    if (array == nullptr) return;
    for (const auto& element : *array) {
        if (const auto* text = element.as_string()) use(text->get(), line_of(element));
    }
}

template <class Use>
void each_table(const toml::node* node, Use use) {
    const auto* array = node == nullptr ? nullptr : node->as_array();
    if (array == nullptr) return;
    for (const auto& element : *array) {
        if (const auto* table = element.as_table()) use(*table);
    }
}

class Notes {
public:
    explicit Notes(Pack::Data& data) : data_(data) {
        for (const auto& place : data_.place_sources) {
            for (const auto& spelling : place.spellings) take_words(spelling);
        }
    }

    void note_aliases(const PackFile& file) {
        each_table(file.root.get("intent"), [&](const toml::table& intent) {
            for (const auto* key : {"aliases", "alone", "with_distress"}) {
                each_text(intent.get(key),
                          [&](const std::string& alias, unsigned line) { note("alias " + fold(alias), file, line); });
            }
        });
    }

    /// Behind note_aliases() of all files.
    void note_everyday(const PackFile& file) {
        const auto* classes = file.root.get_as<toml::table>("class");
        each_text(classes == nullptr ? nullptr : classes->get("everyday"), [&](const std::string& word, unsigned line) {
            const auto folded = fold(word);
            if (data_.sources.contains("alias " + folded)) note("everyday " + folded, file, line);
        });
    }

    void note_same(const PackFile& file) {
        const auto* same = file.root.get_as<toml::table>("same");
        if (same == nullptr) return;
        for (const auto& [word, variants] : *same) {
            const bool names = place_words_.contains(fold(word.str()));
            each_text(&variants, [&](const std::string& variant, unsigned line) {
                const auto folded = fold(variant);
                if (names || place_words_.contains(folded)) note("same " + folded, file, line);
            });
        }
    }

    /// In the order in which places are loaded.
    void note_ambiguous(const PackFile& file) {
        each_table(file.root.get("place"), [&](const toml::table& place) {
            const auto* flag = place.get_as<bool>("ambiguous_name");
            if (flag != nullptr && flag->get())
                note("ambiguous place " + std::to_string(places_), file, line_of(place));
            ++places_;
        });
    }

    void note_doubled(const PackFile& file, const toml::node& node, std::string_view list) {
        if (const auto* table = node.as_table()) {
            for (const auto& [key, inner] : *table) note_doubled(file, inner, key.str());
        }
        const auto* array = node.as_array();
        if (array == nullptr) return;
        boost::unordered_flat_set<std::string_view> words;
        words.reserve(array->size());
        each_text(array, [&](const std::string& word, unsigned line) {
            if (words.insert(word).second) return;
            note("doubled " + std::to_string(++doubled_) + " \"" + word + "\" stands twice in this list of " +
                     std::string(list) + "; keep it once",
                 file, line);
        });
        for (const auto& element : *array) {
            if (!element.is_string()) note_doubled(file, element, list);
        }
    }

private:
    void note(const std::string& what, const PackFile& file, unsigned line) {
        data_.sources.insert_or_assign(what, Source{file.name, line});  // the pack's own files come last
    }

    void take_words(std::string_view phrase) {
        for (auto& word : folded_words(phrase)) place_words_.insert(std::move(word));
    }

    Pack::Data& data_;
    std::set<std::string, std::less<>> place_words_;
    std::size_t places_ = 0, doubled_ = 0;
};

}  // namespace

void note_sources(Pack::Data& data, const std::vector<PackFile>& files) {
    Notes notes(data);
    for (const auto& file : files) notes.note_aliases(file);
    for (const auto& file : files) {
        notes.note_everyday(file);
        notes.note_same(file);
        notes.note_ambiguous(file);
        notes.note_doubled(file, file.root, "");
    }
}

std::string unclosed_quote(std::string_view toml) {
    unsigned line = 1, opened = 0;
    std::string_view mark;  // what closes the text we are in; empty outside
    for (std::size_t at = 0; at < toml.size();) {
        const auto rest = toml.substr(at);
        std::size_t taken = 1;
        if (mark.empty() && rest.front() == '#') {
            taken = std::min(rest.find('\n'), rest.size());
        } else if (mark.empty() && (rest.front() == '"' || rest.front() == '\'')) {
            taken = rest.starts_with("\"\"\"") || rest.starts_with("'''") ? 3 : 1;
            mark = rest.substr(0, taken);
            opened = line;
        } else if (!mark.empty() && mark.front() == '"' && rest.front() == '\\') {
            taken = rest.size() > 1 && rest[1] != '\n' ? 2 : 1;
        } else if (!mark.empty() && rest.starts_with(mark)) {
            taken = mark.size();
            mark = {};
        } else if (rest.front() == '\n') {
            if (mark.size() == 1) break;
            ++line;
        }
        at += taken;
    }
    if (mark.empty()) return {};
    return "; a quote that was opened on line " + std::to_string(opened) +
           " is not closed, or one is missing before it? Every text stands between two";
}

}  // namespace jejak::understand
