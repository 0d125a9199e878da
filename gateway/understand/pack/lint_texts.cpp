#include <algorithm>
#include <charconv>
#include <set>

#include "gateway/understand/pack/discreet.hpp"
#include "gateway/understand/pack/lint.hpp"
#include "gateway/understand/pack/loader.hpp"
#include "gateway/understand/words/tokens.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/ussd/paging.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t reply_septets_max = 160;

/// Words with one blank around each, for whole-word search.
std::string spaced(std::string_view text) {
    std::string words = " ";
    for (const char c : fold(text)) {
        if (c != ' ' || words.back() != ' ') words += c;
    }
    if (words.back() != ' ') words += ' ';
    return words;
}

/// Whether a text is the same in every language: an abbreviation such as NIK or L/P, or no word at all.
bool needs_no_translation(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The names that stand in braces.
std::set<std::string> fields_of(std::string_view text) {
    std::set<std::string> fields;
    for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
        const auto close = text.find('}', open);
        if (close != text.npos) fields.emplace(text.substr(open + 1, close - open - 1));
    }
    return fields;
}

/// How a line is looked at.
struct Surface {
    std::size_t septets_max = reply_septets_max;
    bool discreet = true;         ///< a stranger may read it: no forbidden word
    bool ticket = false;          ///< {ref} may stand in it
    std::string_view needs = {};  ///< the {field} that has to
};
constexpr Surface question_surface{};
constexpr Surface screen_surface{ussd::septets_max};
constexpr Surface closing_surface{ussd::septets_max, true, true};
constexpr Surface label_surface{ussd::septets_max, false};  // of a menu: it has to say what is meant

class TextLint {
public:
    TextLint(const Pack& pack, std::vector<PackFault>& faults) : pack_(pack), data_(pack.data()), faults_(faults) {}

    void run() {
        for (const auto& known : known_replies) {
            const auto reply = data_.replies.find(known.name);
            if (reply == data_.replies.end()) continue;  // a fault of loading
            const auto& [text, line, file] = reply->second;
            check("reply " + reply->first, text, {file, line}, {reply_septets_max, true, known.ticket, known.needs});
        }
        for (const auto& [name, form] : data_.forms) check(form);
        if (!data_.ussd.empty()) check_menu();
        check_longest();
    }

private:
    void fault(const Source& where, std::string message) {
        faults_.push_back({where.file, where.line, std::move(message)});
    }

    /// One line that people read, in every language of the pack.
    void check(const std::string& name, const Localised& text, const Source& where, const Surface& surface) {
        if (text.empty()) return;
        std::string missing, form;
        for (const auto& language : data_.languages) {
            form += (form.empty() ? "" : ", ") + language + " = \"…\"";
            if (!said_in(text, language)) {
                missing += (missing.empty() ? "" : ", ") + language;
                continue;
            }
            const auto said = filled(name, std::string(data_.say(text, language)), language, where, surface);
            check(name + (data_.languages.size() == 1 ? "" : " in " + language), said, where, surface);
        }
        if (!missing.empty()) fault(where, name + " is not there in " + missing + "; write it as { " + form + " }");
        check_fields(name, text, where);
    }

    /// What is filled in in one language is filled in in every other that has a text of its own.
    void check_fields(const std::string& name, const Localised& text, const Source& where) {
        std::map<std::string, std::string> first_with;  // of each field: a language that has it
        std::map<std::string, std::set<std::string>> fields;
        for (const auto& language : data_.languages) {
            if (!text.has(language)) continue;
            for (const auto& field : fields[language] = fields_of(text.in(language, language)))
                first_with.emplace(field, language);
        }
        for (const auto& [language, here] : fields) {
            for (const auto& [field, other] : first_with) {
                if (!here.contains(field))
                    fault(where, name + " in " + language + " has no {" + field + "}, which it has in " + other +
                                     "; put it into both, or take it out of both");
            }
        }
    }

    /// A plain text is in the pack's own language, and in every other when it holds no word to translate.
    bool said_in(const Localised& text, const std::string& language) const {
        if (text.has(language)) return true;
        return text.has("") && (language == data_.languages.front() || needs_no_translation(text.in("", "")));
    }

    void check(const std::string& name, const std::string& text, const Source& where, const Surface& surface) {
        const auto septets = sms::gsm7::septets(text);
        if (!septets) {
            fault(where, name + " has a character outside the GSM alphabet; it would more than double its length");
        } else if (*septets > surface.septets_max) {
            fault(where, name + " needs " + std::to_string(*septets) + " septets; at most " +
                             std::to_string(surface.septets_max) + ": shorten it by " +
                             std::to_string(*septets - surface.septets_max));
        }
        const std::string words = spaced(text);
        for (const auto& word : surface.discreet ? forbidden_in(text, data_.forbidden) : std::vector<std::string>{}) {
            fault(where, name + " says \"" + word + "\", which endangers whoever receives it; say it blandly");
        }
        for (std::size_t i = 1; i <= static_cast<std::size_t>(Category::not_a_case); ++i) {
            const auto category = to_string(static_cast<Category>(i));
            const bool ordinary = category.find('_') == category.npos;  // "other", "spam", "transport"
            if (ordinary && (!surface.discreet || category == "other" || category == "documents")) continue;
            if (words.find(spaced(category)) != words.npos)
                fault(where, name + " names the category " + std::string(category) + "; say it blandly");
        }
    }

    /// With the longest value in each field; a fault for a field that is never filled in, and for one without which
    /// the line says nothing.
    std::string filled(const std::string& name, const std::string& text, const std::string& language,
                       const Source& where, const Surface& surface) {
        if (!surface.needs.empty() && !fields_of(text).contains(std::string(surface.needs)))
            fault(where, name + " in " + language + " has no {" + std::string(surface.needs) + "}; put it in");
        std::string out;
        std::size_t done = 0;
        for (std::size_t open = text.find('{'); open != text.npos; open = text.find('{', done)) {
            const auto close = text.find('}', open);
            if (close == text.npos) break;
            const auto field = text.substr(open + 1, close - open - 1);
            out += text.substr(done, open - done);
            if (field != surface.needs && !(surface.ticket && field == "ref")) {
                fault(where, name + " has {" + field + "}, which is never filled in there; take it out");
            } else if (field == "question") {
                out += longest_question(language);
            } else if (const auto longest = data_.longest_fields.find(field); longest != data_.longest_fields.end()) {
                out += longest->second;
            } else {
                fault(where, name + " has {" + field + "}, which [longest] does not know; add its longest value there");
            }
            done = close + 1;
        }
        return out + text.substr(done);
    }

    std::string longest_question(const std::string& language) const {
        std::string longest;
        for (const auto& [name, form] : data_.forms) {
            for (const auto& field : form.fields) {
                const auto question = data_.say(field.question, language);
                if (field.asked && question.size() > longest.size()) longest = question;
            }
        }
        return longest;
    }

    void check(const Form& form) {
        check("the label of form " + form.name, form.label, source_of(pack_, "form " + form.name, "forms.toml"),
              label_surface);
        for (const auto& field : form.fields) {
            const auto name = form.name + '.' + field.name;
            const auto where = source_of(pack_, "form " + name, "forms.toml");
            check("the label of " + name, field.label, where, label_surface);
            check("the question of " + name, field.question, where, question_surface);
            check("the screen of " + name, field.screen, where, screen_surface);
            check_skip(field, name, where);
            if (field.asked && field.question.empty())
                fault(where,
                      "field " + name + " is asked and has no question; add question = { … }, or take asked out");
            for (const auto& choice : field.choices) {
                check("a choice of " + name, choice.label, where, label_surface);
                if (const auto right = what_would_fit(field, choice.value); !right.empty())
                    fault(where, "choice \"" + choice.value + "\" of " + name + " cannot be filled in; " + right);
            }
        }
    }

    /// Whatever is asked by SMS says how it is left out; whether they may be called is a yes, a no, or no answer.
    void check_skip(const FormField& field, const std::string& name, const Source& where) {
        if (!field.asked || field.type == "yes_no") return;
        const auto skips = [this](const std::string& word) { return read(pack_, word, {}).intent == Intent::skip; };
        for (const auto& language : data_.languages) {
            const auto words = folded_words(data_.say(field.question, language));
            if (words.empty() || std::any_of(words.begin(), words.end(), skips)) continue;
            fault(where, "the question of " + name + " in " + language + " does not say how to skip it; add " +
                             skip_word() + " or another word of it");
        }
    }

    std::string skip_word() const {
        const auto skips = [](const Command& one) { return one.intent == Intent::skip; };
        const auto found = std::find_if(data_.commands.begin(), data_.commands.end(), skips);
        return found == data_.commands.end() ? "a word for it" : found->keyword;
    }

    /// Empty when `value` can be filled into `field`, else what could.
    std::string what_would_fit(const FormField& field, const std::string& value) const {
        if (field.type == "category") {
            const auto category = parse<Category>(value);
            return category && *category != Category::none ? "" : "it is no category, as recruitment or other";
        }
        if (field.type == "number") {
            unsigned number = 0;
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
            return error == std::errc{} && end == value.data() + value.size() && number > 0 ? "" : "it is no number";
        }
        if (field.type == "time") {
            constexpr std::string_view known[] = {"now", "today", "last_night", "yesterday", "past"};
            return std::find(std::begin(known), std::end(known), value) != std::end(known)
                       ? ""
                       : "a time is one of now, today, last_night, yesterday, past";
        }
        if (field.type == "place")
            return data_.place_by_code.contains(value) ? "" : "it is no code of a [[place]] of the pack";
        if (field.type == "yes_no")
            return value == "yes" || value == "no" || value == "1" || value == "2" ? "" : "it is yes or no";
        if (field.type == "sex") return value == "f" || value == "m" ? "" : "it is f or m";
        return "";
    }

    void check_menu() {
        const auto& ussd = data_.ussd;
        const Source where = source_of(pack_, "ussd", "ussd.toml");
        check("[ussd] thanks", ussd.thanks, where, closing_surface);
        for (const auto& [name, text] :
             {std::pair{"back", &ussd.back}, std::pair{"exit", &ussd.exit}, std::pair{"more", &ussd.more},
              std::pair{"skip", &ussd.skip}, std::pair{"again", &ussd.again}, std::pair{"resume", &ussd.resume},
              std::pair{"thanks_plain", &ussd.thanks_plain}, std::pair{"bye", &ussd.bye},
              std::pair{"closed", &ussd.closed}}) {
            check("[ussd] " + std::string(name), *text, where, screen_surface);
        }
        check_item(ussd.root, "the menu", where);
    }

    void check_item(const MenuItem& item, const std::string& name, const Source& where) {
        // A language is offered in its own words, whatever the menu's.
        if (item.language.empty()) check("the label of " + name, item.label, where, label_surface);
        // The heading of a menu is one screen with what stands below it; an information may have several.
        check("the screen of " + name, item.screen, where,
              item.items.empty() ? Surface{std::string::npos} : screen_surface);
        check("the closing of " + name, item.closing, where, closing_surface);
        for (std::size_t i = 0; i < item.items.size(); ++i)
            check_item(item.items[i], name + (name == "the menu" ? " item " : ".") + std::to_string(i + 1), where);
    }

    /// The budgets are only as true as the longest values they are reckoned with.
    void check_longest() {
        const auto at_least = [&](const std::string& field, const std::string& value, const std::string& what) {
            const auto known = data_.longest_fields.find(field);
            if (known == data_.longest_fields.end() || known->second.size() >= value.size()) return;
            fault({"replies.toml", 0},
                  "[longest] " + field + " is shorter than " + what + " \"" + value + "\"; put that");
        };
        const auto* form = pack_.form("register");
        for (const auto& language : data_.languages) {
            std::string missing;
            for (const auto& field : form == nullptr ? std::vector<FormField>{} : form->fields) {
                if (!field.required) continue;
                missing += (missing.empty() ? "" : ", ") + std::string(data_.say(field.label, language));
            }
            at_least("missing", missing, "all that a registration may miss,");
        }
    }

    const Pack& pack_;
    const Pack::Data& data_;
    std::vector<PackFault>& faults_;
};

}  // namespace

void lint_texts(const Pack& pack, std::vector<PackFault>& faults) {
    TextLint(pack, faults).run();
}

}  // namespace jejak::understand
