#include "gateway/understand/pack/loader.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <fstream>
#include <iterator>

#include "gateway/understand/learned/features.hpp"
#include "gateway/understand/words/spelling.hpp"
#include "gateway/understand/words/tokens.hpp"

namespace jejak::understand {

namespace fs = std::filesystem;

WordBook::WordBook(Pack::Data& data) : data_(data) {
    data_.spelling.emplace_back();
    data_.traits.emplace_back();
    data_.nodes.emplace_back();
    data_.gaps.push_back(0);
    data_.onward.push_back(0);
}

WordId WordBook::intern(std::string_view word) {
    std::string folded = fold(word);
    std::erase(folded, ' ');
    if (const auto known = data_.find(folded); known != 0 || folded.empty()) return known;
    const auto id = static_cast<WordId>(data_.spelling.size());
    data_.spelling.push_back(std::move(folded));
    data_.word_ids.emplace(data_.spelling.back(), id);
    data_.traits.emplace_back().canonical = id;
    return id;
}

bool WordBook::same(std::string_view variant, std::string_view word) {
    const WordId to = intern(word);
    const WordId from = intern(variant);
    auto& canonical = data_.traits[from].canonical;
    if (from == 0 || to == 0 || data_.traits[to].canonical != to || (canonical != from && canonical != to))
        return false;
    canonical = to;
    return true;
}

void WordBook::settle() {
    for (auto& traits : data_.traits) {
        // same() lets no word become a spelling of its own spelling, so that this ends.
        while (data_.traits[traits.canonical].canonical != traits.canonical)
            traits.canonical = data_.traits[traits.canonical].canonical;
    }
}

void WordBook::mark(std::string_view word, WordClass one) {
    data_.traits[canonical(word)].classes.set(static_cast<std::size_t>(one));
}

void WordBook::mark_spelling(std::string_view word, WordClass one) {
    data_.traits[intern(word)].classes.set(static_cast<std::size_t>(one));
}

std::string WordBook::mean(std::string_view phrase, Meaning meaning) {
    constexpr std::string_view gap = "*";
    std::uint32_t node = 0;
    std::size_t words = 0, gaps = 0;
    bool open = false;  // a gap waits for its second side
    std::string folded;
    for (std::size_t at = 0; at <= phrase.size();) {
        const auto star = std::min(phrase.find('*', at), phrase.size());
        folded += fold(phrase.substr(at, star - at));
        if (star < phrase.size()) folded += " * ";
        at = star + 1;
    }
    for (std::size_t at = 0; at < folded.size();) {
        const auto end = std::min(folded.find(' ', at), folded.size());
        const auto word = std::string_view(folded).substr(at, end - at);
        at = end + 1;
        if (word.empty()) continue;
        if (word == gap) {
            if (node == 0 || ++gaps > 1) return "has a gap that is not between two words, or more than one";
            node = behind_gap(node);
            open = true;
            continue;
        }
        if (++words > phrase_words_max)
            return "is longer than " + std::to_string(phrase_words_max) + " words; shorten it";
        node = behind(node, phrase_word(word));
        open = false;
    }
    if (node == 0) return "is empty; a phrase needs letters or digits";
    if (open) return "ends with a gap; say what follows it, or leave it out";
    // A plea ("help") may be a command of its own when it stands alone and a cry for help beside distress.
    const auto pleads = [](const Meaning& one) {
        return one.kind == Kind::command && one.weight == static_cast<std::uint8_t>(Counts::distress);
    };
    for (const Meaning& other : data_.nodes[node]) {
        if (other.kind != meaning.kind || pleads(other) != pleads(meaning)) continue;
        if (other.value == meaning.value) {
            return meaning.kind == Kind::command && other.weight != meaning.weight
                       ? "is listed twice in different ways; keep one"
                       : "";
        }
        const bool evidence = meaning.kind == Kind::flag || meaning.kind == Kind::indicator ||
                              meaning.kind == Kind::category || meaning.kind == Kind::notion ||
                              meaning.kind == Kind::place ||
                              meaning.kind == Kind::sign;  // villages share names; the sender's decides
        if (!evidence) return "already means something else of this kind; keep it in one place";
    }
    data_.nodes[node].push_back(meaning);
    return {};
}

WordId WordBook::phrase_word(std::string_view word) {
    constexpr std::size_t stem_min = 3;
    if (data_.find(word) == 0) {
        for (const auto& suffix : data_.repair.possessives) {
            if (!word.ends_with(suffix) || word.size() < suffix.size() + stem_min) continue;
            const WordId stem = data_.find(word.substr(0, word.size() - suffix.size()));
            if (stem != 0) return data_.traits[stem].canonical;
        }
    }
    return canonical(word);
}

std::uint32_t WordBook::behind(std::uint32_t node, WordId word) {
    const auto key = (std::uint64_t{node} << 32) | word;
    const auto [edge, fresh] = data_.edges.emplace(key, static_cast<std::uint32_t>(data_.nodes.size()));
    if (fresh) {
        data_.nodes.emplace_back();
        data_.gaps.push_back(0);
        data_.onward.push_back(0);
        data_.onward[node] |= std::uint64_t{1} << (word & 63);
    }
    return edge->second;
}

std::uint32_t WordBook::behind_gap(std::uint32_t node) {
    if (data_.gaps[node] == 0) {
        data_.gaps[node] = static_cast<std::uint32_t>(data_.nodes.size());
        data_.nodes.emplace_back();
        data_.gaps.push_back(0);
        data_.onward.push_back(0);
    }
    return data_.gaps[node];
}

void WordBook::index_near(boost::unordered_flat_map<std::string, std::vector<WordId>>& near, std::string_view word) {
    const WordId id = intern(word);
    const std::string& spelling = data_.spelling[id];
    const auto add = [&](std::string key) {
        auto& ids = near[std::move(key)];
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    };
    add(spelling);
    for (std::size_t i = 0; i < spelling.size(); ++i) add(spelling.substr(0, i) + spelling.substr(i + 1));
}

namespace {

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Every TOML file of one folder, in order of name; none when it is no folder with such files. `shown` begins each
/// file's name in faults.
std::vector<PackFile> parse_folder(const fs::path& folder, const std::string& shown, std::vector<PackFault>& faults) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (entry->path().extension() == ".toml") paths.push_back(entry->path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<PackFile> files;
    for (const auto& path : paths) {
        files.push_back({shown + path.filename().string(), {}});
        try {
            files.back().root = toml::parse_file(path.string());
        } catch (const toml::parse_error& wrong) {
            faults.push_back({files.back().name, static_cast<unsigned>(wrong.source().begin.line),
                              std::string(wrong.description()) + unclosed_quote(content_of(path))});
        }
    }
    return files;
}

/// A village's own model stands before one it shares.
void read_model(const fs::path& folder, const std::string& shown, PackModel& model) {
    std::ifstream file(folder / Classifier::file_name, std::ios::binary);
    if (!file) return;
    model.text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    model.name = shown + std::string(Classifier::file_name);
}

/// The fault of a model, at the line it names: "line 5: …".
PackFault fault_of_model(const std::string& name, std::string_view fault) {
    constexpr std::string_view named = "line ";
    unsigned line = 0;
    if (fault.starts_with(named)) {
        const auto* digits = fault.data() + named.size();
        const auto [end, error] = std::from_chars(digits, fault.data() + fault.size(), line);
        const auto rest = fault.substr(static_cast<std::size_t>(end - fault.data()));
        if (error == std::errc{} && rest.starts_with(": ")) fault = rest.substr(2);
    }
    return {name, line, std::string(fault) + "; make it anew with: jejak pack learn"};
}

/// `[pack] includes`: folders of words and rules that several villages share, read before the pack's own files. They
/// include nothing themselves, so a pack is at most one level deep.
std::vector<PackFile> parse_pack(const fs::path& folder, PackModel& model, std::vector<PackFault>& faults) {
    read_model(folder, "", model);
    auto own = parse_folder(folder, "", faults);
    if (own.empty())
        faults.push_back({folder.string(), 0, "is no folder with .toml files; name a village pack's folder"});
    std::vector<PackFile> files;
    for (const auto& file : own) {
        const auto* includes = file.root["pack"]["includes"].as_array();
        if (includes == nullptr) continue;
        for (const auto& include : *includes) {
            const auto name = include.value<std::string>();
            if (!name) continue;  // a fault of load_pack()
            if (model.name.empty()) read_model(folder / *name, *name + '/', model);
            auto shared_files = parse_folder(folder / *name, *name + '/', faults);
            if (shared_files.empty())
                faults.push_back({file.name, static_cast<unsigned>(include.source().begin.line),
                                  "includes \"" + *name +
                                      "\", which is no folder with .toml files; name one as seen from this pack's "
                                      "folder, as ../indonesian"});
            for (auto& shared : shared_files) {
                if (shared.root.contains("pack"))
                    faults.push_back({shared.name, 0,
                                      "an included folder holds no [pack]: it is part of the packs that "
                                      "include it"});
                files.push_back(std::move(shared));
            }
        }
    }
    std::move(own.begin(), own.end(), std::back_inserter(files));
    return files;
}

/// What must be there whatever file it stands in.
void check_whole(const Pack::Data& data, std::vector<PackFault>& faults) {
    if (data.name.empty())
        faults.push_back({"pack.toml", 0, "the pack has no [pack] table with name, version and language"});
    const auto file = data.replies.empty() ? std::string("replies.toml") : data.replies.begin()->second.file;
    for (const auto& known : known_replies) {
        if (!data.replies.contains(known.name))
            faults.push_back({file, 0, "reply \"" + std::string(known.name) + "\" is missing from [reply]"});
    }
    for (std::size_t i = 0; i <= static_cast<std::size_t>(AlertKind::all_clear); ++i) {
        const auto kind = static_cast<AlertKind>(i);
        if (data.alert_rules[i].urgency.empty()) {
            faults.push_back({"rules.toml", 0, "no [[alert]] of kind \"" + std::string(to_string(kind)) + "\""});
        }
    }
    if (data.incident_window.count() == 0) faults.push_back({"rules.toml", 0, "the pack has no [incident] table"});
    if (!data.forms.contains("register"))
        faults.push_back({"forms.toml", 0, "the pack has no [[form]] named \"register\""});
}

}  // namespace

std::shared_ptr<const Pack> Pack::load(const fs::path& folder, std::vector<PackFault>& faults) {
    const auto before = faults.size();
    PackModel model;
    const auto files = parse_pack(folder, model, faults);
    const auto says_who = [](const PackFile& file) { return file.root.contains("pack"); };
    if (faults.size() == before && std::none_of(files.begin(), files.end(), says_who))
        faults.push_back(
            {folder.string(), 0,
             "has no [pack] with name, version and languages, so it is no village's pack; if packs include "
             "it, name one of them"});
    return faults.size() == before ? build_pack(files, faults, model) : nullptr;
}

std::shared_ptr<const Pack> build_pack(const std::vector<PackFile>& files, std::vector<PackFault>& faults,
                                       const PackModel& model) {
    const auto before = faults.size();
    auto data = std::make_unique<Pack::Data>();
    {
        WordBook book(*data);
        std::deque<TomlTable> roots;  // each tells of unknown keys when it goes
        for (const auto& file : files) roots.emplace_back(file.root, file.name, faults);
        for (std::size_t i = 0; i < files.size(); ++i) load_spellings(roots[i], book, files[i].name, faults);
        book.settle();
        for (std::size_t i = 0; i < files.size(); ++i) load_words(*data, roots[i], book, files[i].name, faults);
        for (std::size_t i = 0; i < files.size(); ++i) load_meanings(*data, roots[i], book, files[i].name, faults);
        for (std::size_t i = 0; i < files.size(); ++i) load_rules(*data, roots[i], files[i].name, faults);
        for (std::size_t i = 0; i < files.size(); ++i) load_ussd(*data, roots[i], files[i].name, faults);
        index_repairs(*data);
        for (std::size_t i = 0; i < files.size(); ++i) load_examples(*data, roots[i], files[i].name, faults);
    }
    data->feature_keys = feature_keys_of(*data);
    if (!model.name.empty()) {
        std::string fault;
        data->classifier = Classifier::parse(model.text, fault);
        if (!fault.empty()) faults.push_back(fault_of_model(model.name, fault));
    }
    check_whole(*data, faults);
    note_sources(*data, files);
    if (faults.size() != before) return nullptr;
    return std::make_shared<const Pack>(std::unique_ptr<const Pack::Data>(std::move(data)));
}

}  // namespace jejak::understand
