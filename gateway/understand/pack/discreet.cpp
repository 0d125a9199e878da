#include "gateway/understand/pack/discreet.hpp"

#include <algorithm>

#include "gateway/understand/words/tokens.hpp"
#include "protocol/ascii.hpp"

namespace jejak::understand {
namespace {

/// The floor under every pack: who is after whom, and what for, in Indonesian, Malay and English. What is common to
/// several forms of a word stands here. Words of villages belong into `forbidden` of a pack.
constexpr std::string_view always_forbidden[] = {
    "tppo",
    "korban",
    "mangsa",
    "perdagangan orang",
    "perdagangan manusia",
    "perdagangan anak",
    "perdagangan perempuan",
    "perdagangan wanita",
    "dagang orang",
    "dagang manusia",
    "jual orang",
    "jual beli orang",
    "jual beli manusia",
    "penjualan orang",
    "penjualan manusia",
    "pemerdagangan",
    "trafiking",
    "traffick",
    "smuggl",
    "selundup",
    "jalan tikus",
    "jalur tikus",
    "pelabuhan tikus",
    "tikus",
    "calo",
    "percaloan",
    "tekong",
    "ilegal",
    "illegal",
    "sindikat",
    "syndicate",
    "mafia",
    "polisi",
    "polis",
    "police",
    "polres",
    "polsek",
    "polda",
    "polri",
    "bareskrim",
    "interpol",
    "tentara",
    "militer",
    "soldier",
    "military",
    "satgas",
    "gugus tugas",
    "task force",
    "imigrasi",
    "imigresen",
    "immigration",
    "kejahatan",
    "penjahat",
    "kriminal",
    "crime",
    "criminal",
    "rescue",
    "selamatkan",
    "penyelamat",
    "eksploit",
    "exploit",
    "penampungan",
    "rekrut",
    "recruit",
    "pengaduan",
    "pelapor",
    "pelaku",
    "tersangka",
    "suspect",
    "perpetrator",
    "trafiker",
    "saksi",
    "witness",
    "informan",
    "informer",
    "whistleblow",
    "penculik",
    "culik",
    "kidnap",
    "abduct",
    "sandera",
    "hostage",
    "disekap",
    "penyekapan",
    "kerja paksa",
    "forced labour",
    "forced labor",
    "perbudak",
    "slave",
    "perkosa",
    "rape",
    "raped",
    "rapist",
    "pelacur",
    "prostitu",
    "victim",
    "human traffic",
    "undercover",
    "penyelidik",
    "penyidik",
    "investigat",
    "detektif",
    "detective",
};

constexpr std::string_view prefixes[] = {"di", "ke",  "se",  "ter",  "ber", "per",   "pe",     "pem",  "pen", "peng",
                                         "me", "mem", "men", "meng", "ku",  "diper", "memper", "anti", "non"};
constexpr std::string_view suffixes[] = {"", "nya", "ku", "mu", "lah", "kah", "pun", "an", "kan", "i", "s", "ed", "2"};
constexpr std::size_t inside_letters_min = 6, stem_letters_min = 5;

/// What is written with a digit that looks like a letter.
char letter_of(char c) {
    constexpr std::string_view digits = "013457", letters = "oieast";
    const auto at = digits.find(c);
    return at == digits.npos ? c : letters[at];
}

/// A word as it is compared.
struct Letters {
    std::string each;  ///< digits beside letters as the letters they look like
    std::string once;  ///< doubled letters once, too
};

Letters letters_of(std::string_view word) {
    const bool any = std::any_of(word.begin(), word.end(), [](char c) { return c < '0' || c > '9'; });
    Letters letters;
    for (std::size_t i = 0; i < word.size(); ++i) {
        // A digit at the end doubles a word ("orang2").
        letters.each += any && i + 1 < word.size() ? letter_of(word[i]) : word[i];
        if (letters.once.empty() || letters.once.back() != letters.each.back()) letters.once += letters.each.back();
    }
    return letters;
}

/// One word of a text: as it stands there, and as it is compared.
struct Word {
    std::string shown;
    Letters letters;
};

/// Signs that stand for the letters they look like, in a word or before it: "pol!si", "$atgas".
std::string with_letters(std::string_view text) {
    constexpr std::string_view signs = "!|@$", letters = "iias";
    const auto in_word = [](char c) {
        const char lower = to_lower(c);
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    };
    std::string plain(text);
    for (std::size_t i = 0; i + 1 < plain.size(); ++i) {
        const auto at = signs.find(plain[i]);
        const bool begins = i == 0 || plain[i - 1] == ' ' || in_word(plain[i - 1]);
        if (at != signs.npos && begins && in_word(plain[i + 1])) plain[i] = letters[at];
    }
    return plain;
}

/// The words of a text; letters that stand alone one after the other are one word.
std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    std::string spelt;
    for (const auto& word : folded_words(with_letters(text))) {
        if (word.size() == 1 && !spelt.empty()) {
            spelt += word;
            words.back() = {words.back().shown + ' ' + word, letters_of(spelt)};
            continue;
        }
        spelt = word.size() == 1 ? word : "";
        words.push_back({word, letters_of(word)});
    }
    return words;
}

/// The beginning of `word` that a prefix leaves changed: "mengorbankan" of "korban", "menyelundupkan" of "selundup".
bool behind_nasal(std::string_view word, std::string_view stem) {
    struct Change {
        char first;
        std::string_view becomes;
    };
    for (const auto& [first, becomes] : {Change{'k', "ng"}, Change{'p', "m"}, Change{'t', "n"}, Change{'s', "ny"}}) {
        if (stem.front() != first) continue;
        const auto changed = std::string(becomes) + std::string(stem.substr(1));
        if (word.starts_with("me" + changed) || word.starts_with("pe" + changed)) return true;
    }
    return false;
}

bool says(const Letters& said, const Letters& forbidden) {
    const std::string_view each = said.each, word = said.once, stem = forbidden.once;
    if (forbidden.each.size() < stem_letters_min) {
        return each.starts_with(forbidden.each) && std::find(std::begin(suffixes), std::end(suffixes),
                                                             each.substr(forbidden.each.size())) != std::end(suffixes);
    }
    if (word.starts_with(stem) || behind_nasal(word, stem)) return true;
    if (forbidden.each.size() >= inside_letters_min) return word.find(stem) != word.npos;
    return std::any_of(std::begin(prefixes), std::end(prefixes), [&](auto prefix) {
        return word.starts_with(prefix) && word.substr(prefix.size()).starts_with(stem);
    });
}

/// A forbidden word, or the words of a phrase; `joined` is the phrase written as one word.
struct Phrase {
    std::vector<Letters> words;
    std::string joined;
};

Phrase phrase_of(std::string_view text) {
    Phrase phrase;
    std::string joined;
    for (const auto& word : folded_words(text)) {
        phrase.words.push_back(letters_of(word));
        joined += word;
    }
    if (phrase.words.size() > 1 && joined.size() >= inside_letters_min) phrase.joined = letters_of(joined).once;
    return phrase;
}

/// How many words of the text from `at` on are that phrase; 0 when they are not.
std::size_t length_said(const std::vector<Word>& words, std::size_t at, const Phrase& phrase) {
    if (!phrase.joined.empty() && words[at].letters.once.find(phrase.joined) != std::string::npos) return 1;
    if (phrase.words.empty() || phrase.words.size() > words.size() - at) return 0;
    for (std::size_t i = 0; i < phrase.words.size(); ++i) {
        if (!says(words[at + i].letters, phrase.words[i])) return 0;
    }
    return phrase.words.size();
}

}  // namespace

std::vector<std::string> forbidden_in(std::string_view text, const std::vector<std::string>& more) {
    std::vector<Phrase> phrases;
    for (const auto phrase : always_forbidden) phrases.push_back(phrase_of(phrase));
    for (const auto& phrase : more) phrases.push_back(phrase_of(phrase));
    const auto words = words_of(text);
    std::vector<std::string> found;
    for (std::size_t at = 0; at < words.size();) {
        std::size_t length = 0;
        for (const auto& phrase : phrases) length = std::max(length, length_said(words, at, phrase));
        if (length > 0) {
            std::string said = words[at].shown;
            for (std::size_t i = 1; i < length; ++i) said += ' ' + words[at + i].shown;
            if (std::find(found.begin(), found.end(), said) == found.end()) found.push_back(std::move(said));
        }
        at += std::max<std::size_t>(length, 1);
    }
    return found;
}

}  // namespace jejak::understand
