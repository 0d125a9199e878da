#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/vocabulary.hpp"

namespace jejak::understand {

/// A line people read, by language ("id", "en"). In a pack it is one text, in the pack's own language, or a table of
/// them. Pack::say() picks.
class Localised {
public:
    Localised() = default;
    explicit Localised(std::map<std::string, std::string, std::less<>> texts) : texts_(std::move(texts)) {}

    /// In that language, else in `own`, else as it stands without a language.
    std::string_view in(std::string_view language, std::string_view own) const {
        for (const auto wanted : {language, own, std::string_view{}}) {
            if (const auto found = texts_.find(wanted); found != texts_.end()) return found->second;
        }
        return {};
    }
    bool empty() const { return texts_.empty(); }
    bool has(std::string_view language) const { return texts_.contains(language); }
    const std::map<std::string, std::string, std::less<>>& texts() const { return texts_; }

private:
    std::map<std::string, std::string, std::less<>> texts_;
};

/// One of the answers a field offers: a line of a USSD menu, a digit in an SMS.
struct Choice {
    std::string value;  ///< what is filled in: a category's or a time word's code name, a place's code, a number
    Localised label;    ///< "Lewat jalan tikus"
};

/// One thing a form asks for. The same field is a position of the # grammar, a slot of the free-text reader, a
/// question by SMS and a screen by USSD.
struct FormField {
    std::string name;  ///< a slot of Reading: place, people, time, what, call, subject, …; or a register field
    std::string type;  ///< text, number, place, destination, time, date, category, yes_no, nik, sex, phone
    Localised label;
    Localised question;  ///< by SMS: tells a stranger nothing, can be skipped
    Localised screen;    ///< by USSD, above the choices
    std::vector<Choice> choices;
    std::vector<Category> categories;  ///< asked only of reports about these; empty: of all
    bool required = false;
    bool asked = false;  ///< worth a question when a free text leaves it open
};

struct Form {
    std::string name;
    Intent intent = Intent::report;
    Localised label;
    std::vector<FormField> fields;

    const FormField* field(std::string_view wanted) const {
        for (const auto& one : fields) {
            if (one.name == wanted) return &one;
        }
        return nullptr;
    }
};

}  // namespace jejak::understand
