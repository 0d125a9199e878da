// [ussd] of a pack: the menu that people walk by USSD.
#include <algorithm>

#include "gateway/understand/pack/loader.hpp"
#include "protocol/ussd/paging.hpp"

namespace jejak::understand {
namespace {

Localised required(TomlTable& table, std::string_view key) {
    auto text = table.localised(key);
    if (text.empty()) table.fault("needs " + std::string(key) + " = { id = \"…\", en = \"…\" }");
    return text;
}

/// Every line of a menu, and of the menus inside it.
class MenuLoader {
public:
    MenuLoader(const Pack::Data& data, std::string_view file, std::vector<PackFault>& faults)
        : data_(data), file_(file), faults_(faults) {}

    std::vector<MenuItem> items(TomlTable& table, std::size_t depth) {
        std::vector<MenuItem> all;
        for (const auto* one : table.tables("item")) {
            TomlTable inner(*one, file_, faults_);
            all.push_back(item(inner, depth));
        }
        if (all.size() > menu_items_max)
            table.fault("item", "a menu has at most " + std::to_string(menu_items_max) +
                                    " items: their keys are one digit; put some into a menu of their own");
        return all;
    }

private:
    MenuItem item(TomlTable& table, std::size_t depth) {
        MenuItem one;
        one.label = required(table, "label");
        one.screen = table.localised("screen");
        one.form = table.optional_text("form").value_or("");
        one.fields = table.texts("fields");
        one.closing = table.localised("closing");
        one.language = table.optional_text("language").value_or("");
        if (depth < menu_depth_max) one.items = items(table, depth + 1);
        check(table, one);
        return one;
    }

    void check(TomlTable& table, const MenuItem& one) {
        const int kinds = (one.form.empty() ? 0 : 1) + (one.items.empty() ? 0 : 1) + (one.language.empty() ? 0 : 1);
        if (kinds > 1 || (kinds == 0 && one.screen.empty())) {
            table.fault("an item has one of form = \"…\", item = [ … ], language = \"…\", or a screen to show");
        }
        const auto& known = data_.languages;
        if (!one.language.empty() && std::find(known.begin(), known.end(), one.language) == known.end())
            table.fault("language", "\"" + one.language + "\" is not among the pack's languages");
        if (one.form.empty()) return;
        const auto form = data_.forms.find(one.form);
        if (form == data_.forms.end()) {
            table.fault("form", "there is no form \"" + one.form + "\"; see forms.toml");
            return;
        }
        for (const auto& name : one.fields) {
            if (form->second.field(name) == nullptr)
                table.fault("fields", "form \"" + one.form + "\" has no field \"" + name + "\"");
        }
    }

    const Pack::Data& data_;
    std::string_view file_;
    std::vector<PackFault>& faults_;
};

}  // namespace

void load_ussd(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    const auto* inner = root.table("ussd");
    if (inner == nullptr) return;
    TomlTable table(*inner, file, faults);
    data.sources.insert_or_assign("ussd", Source{std::string(file), table.line()});
    UssdTexts ussd;
    ussd.root.screen = required(table, "screen");
    ussd.root.items = MenuLoader(data, file, faults).items(table, 1);
    ussd.back = required(table, "back");
    ussd.exit = required(table, "exit");
    ussd.more = required(table, "more");
    ussd.skip = required(table, "skip");
    ussd.again = required(table, "again");
    ussd.resume = required(table, "resume");
    ussd.thanks = required(table, "thanks");
    ussd.thanks_plain = required(table, "thanks_plain");
    ussd.bye = required(table, "bye");
    ussd.closed = required(table, "closed");
    if (ussd.empty()) table.fault("a menu needs at least one [[ussd.item]]");
    data.ussd = std::move(ussd);  // a pack's own menu takes the place of an included one
}

}  // namespace jejak::understand
