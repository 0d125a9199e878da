#include <algorithm>

#include "gateway/understand/pack/lint.hpp"
#include "gateway/understand/ussd/screen.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/ussd/paging.hpp"

namespace jejak::understand {
namespace {

/// Screens from the first choice to the end of a report.
constexpr std::size_t report_screens_max = 4;

/// Walks every screen that can be reached, in every language.
class MenuLint {
public:
    MenuLint(const Pack& pack, std::vector<PackFault>& faults)
        : pack_(pack), faults_(faults), where_(source_of(pack, "ussd", "ussd.toml")) {}

    void run() {
        for (const auto& language : pack_.languages()) {
            MenuState state;
            state.language = language;
            walk(pack_.data().ussd.root, state);
        }
    }

private:
    void fault(const Source& where, std::string message) {
        faults_.push_back({where.file, where.line, std::move(message)});
    }

    void walk(const MenuItem& item, MenuState& state) {
        if (!item.language.empty()) return;  // goes on at the root, in another language
        if (item.form.empty()) {
            std::vector<std::string> labels;
            for (const auto& one : item.items) labels.emplace_back(pack_.say(one.label, state.language));
            look("the menu" + path_of(state), state, pack_.say(item.screen, state.language), labels, where_);
        } else {
            walk_form(item, state);
        }
        for (std::size_t i = 0; i < item.items.size(); ++i) {
            state.path.push_back(i);
            walk(item.items[i], state);
            state.path.pop_back();
        }
    }

    void walk_form(const MenuItem& item, MenuState& state) {
        const auto* form = pack_.form(item.form);
        if (form == nullptr) return;
        const auto screens = item.fields.size() + state.path.size() - 1;
        const bool first = state.language == pack_.languages().front();  // once is enough
        if (first && form->intent == Intent::report && screens > report_screens_max)
            fault(where_, "a report by" + path_of(state) + " takes " + std::to_string(screens) + " screens; at most " +
                              std::to_string(report_screens_max) + ", or the session runs out: leave out a field");
        for (const auto& name : item.fields) {
            const auto* field = form->field(name);
            if (field == nullptr) continue;
            state.field = name;
            std::vector<std::string> labels;
            for (const auto& choice : choices_of(pack_, *field, {}))
                labels.emplace_back(pack_.say(choice.label, state.language));
            const auto shown = pack_.say(field->screen.empty() ? field->question : field->screen, state.language);
            const auto what = form->name + '.' + name;
            if (first && field->screen.empty())
                fault(source_of(pack_, "form " + what, "forms.toml"),
                      what + " is on a screen of the menu and has no screen = { … } of its own");
            look("the screen of " + what, state, shown, labels, source_of(pack_, "form " + what, "forms.toml"));
            state.field.clear();
        }
    }

    /// Nothing was cut, and every page is one USSD string.
    void look(const std::string& what, MenuState& state, std::string_view head, const std::vector<std::string>& labels,
              const Source& where) {
        const auto pages = pages_of(pack_, state, {});
        const auto in = " (" + state.language + ")";
        for (const auto& page : pages) {
            const auto septets = sms::gsm7::septets(page);
            if (!septets || *septets > ussd::septets_max)
                fault(where, what + in + " does not fit " + std::to_string(ussd::septets_max) +
                                 " septets of the GSM alphabet: \"" + page.substr(0, page.find('\n')) + "…\"");
        }
        const auto somewhere = [&](std::string_view text) {
            return std::any_of(pages.begin(), pages.end(),
                               [&](const std::string& page) { return page.find(text) != page.npos; });
        };
        if (!labels.empty() && !somewhere(head))
            fault(where, what + in + " is cut: shorten \"" + std::string(head) + '"');
        for (const auto& label : labels) {
            if (!somewhere(label)) fault(where, what + in + " is cut: shorten \"" + label + '"');
        }
    }

    static std::string path_of(const MenuState& state) {
        std::string path;
        for (const auto place : state.path) path += ' ' + std::to_string(place + 1);
        return path;
    }

    const Pack& pack_;
    std::vector<PackFault>& faults_;
    const Source where_;
};

}  // namespace

void lint_menu(const Pack& pack, std::vector<PackFault>& faults) {
    if (!pack.data().ussd.empty()) MenuLint(pack, faults).run();
}

}  // namespace jejak::understand
