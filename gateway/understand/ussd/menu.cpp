#include "gateway/understand/ussd/menu.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/understand/ussd/screen.hpp"
#include "protocol/sms/utf8.hpp"
#include "protocol/ussd/paging.hpp"

namespace jejak::understand {
namespace {

/// What was pressed, without blanks around it and the # that ends a dialled string.
std::string trimmed(std::string_view input) {
    input = input.substr(0, menu_input_max);
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '#'; };
    while (!input.empty() && blank(input.front())) input.remove_prefix(1);
    while (!input.empty() && blank(input.back())) input.remove_suffix(1);
    std::string text = sms::utf8::repaired(input);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return text;
}

/// "3" is the third; empty when it is no key.
std::optional<std::size_t> place_of(std::string_view key, std::size_t count) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (error != std::errc{} || end != key.data() + key.size() || number == 0 || number > count) return std::nullopt;
    return number - 1;
}

void note(MenuState& state, std::string_view line) {
    if (line.empty() || state.transcript.size() + line.size() + 1 > menu_transcript_max) return;
    if (!state.transcript.empty()) state.transcript += '\n';
    state.transcript += line;
}

/// One input at a time, on a copy of the state.
class Walk {
public:
    Walk(const Pack& pack, MenuState state, const ReadingContext& context)
        : pack_(pack), texts_(pack.data().ussd), state_(std::move(state)), context_(context) {}

    MenuStep show() {
        MenuStep step;
        step.screen = screen_of(pack_, state_, context_);
        step.said = said_;
        step.state = std::move(state_);
        return step;
    }

    MenuStep leave(bool said) {
        state_.field.clear();
        said_ = said;
        return end();
    }

    MenuStep take(const std::string& input) {
        if (is_words(input) && read(pack_, input, context_).intent == Intent::sos) return hear_distress(input);
        if (++state_.turns > menu_turns_max) {
            keep_words(input);
            return end();
        }
        auto step = take_key(input);
        if (step.closing != Closing::none || step.state.transcript.size() <= menu_transcript_full) return step;
        state_ = std::move(step.state);
        return end();
    }

private:
    MenuStep take_key(const std::string& input) {
        if (state_.resuming) return resume(input);
        const auto pages = pages_of(pack_, state_, context_).size();
        if (input == texts_.more_key && state_.page + 1 < pages) {
            ++state_.page;
            return show();
        }
        if (input == texts_.back_key) return back();
        return field_of(pack_, state_) != nullptr ? answer(input) : choose(input);
    }

    std::string_view say(const Localised& text) const { return pack_.say(text, state_.language); }

    /// Words that answer nothing are kept all the same: they are on disk before anything is shown.
    void keep_words(const std::string& input) {
        if (!is_words(input)) return;
        said_ = true;
        note(state_, input);
        if (state_.words.size() + input.size() + 1 > menu_words_max) return;
        if (!state_.words.empty()) state_.words += '\n';
        state_.words += input;
    }

    /// What fits nothing. A report typed at a menu says it all; else the same screen, below a line that says why, which
    /// gives way when there is no room for both.
    MenuStep again(const std::string& input) {
        keep_words(input);
        const bool told = is_words(input) && form_of(pack_, state_) == nullptr &&
                          reading_of(pack_, state_, context_).intent != Intent::unclear;
        if (told) return end();
        auto step = show();
        auto with_reason = std::string(pack_.say(texts_.again, step.state.language)) + '\n' + step.screen;
        if (ussd::fits(with_reason)) step.screen = std::move(with_reason);
        return step;
    }

    /// Whatever was asked: a call for help is heard, and nothing more is asked. It goes before all other words, so that
    /// there is always room for it and its own meaning is what is read.
    MenuStep hear_distress(const std::string& input) {
        state_.distress = said_ = true;
        state_.resuming = false;
        note(state_, input);
        const bool fits = input.size() + 1 + state_.words.size() <= menu_words_max;
        state_.words = state_.words.empty() || !fits ? input : input + '\n' + state_.words;
        return end();
    }

    MenuStep resume(const std::string& input) {
        if (input != "1" && input != "2") return again(input);
        state_.resuming = false;
        if (input == "1") return show();
        state_ = {};
        auto step = show();
        step.afresh = true;
        return step;
    }

    /// A key of a menu.
    MenuStep choose(const std::string& input) {
        const auto& items = item_of(pack_, state_).items;
        const auto place = place_of(input, items.size());
        if (!place) return again(input);
        const auto& chosen = items[*place];
        state_.path.push_back(*place);
        state_.page = 0;
        if (!chosen.language.empty()) {
            state_.language = chosen.language;
            state_.path.clear();
        }
        if (const auto* form = form_of(pack_, state_)) {
            note(state_, pack_.say(chosen.label));
            said_ = tells_by_itself(*form);
            return next_field();
        }
        return show();
    }

    /// The first field without an answer, or the end of the form.
    MenuStep next_field() {
        const auto& item = item_of(pack_, state_);
        const auto* form = pack_.form(item.form);
        for (const auto& name : item.fields) {
            const auto same = [&](const MenuAnswer& one) { return one.field == name; };
            if (std::any_of(state_.answers.begin(), state_.answers.end(), same)) continue;
            if (form->field(name) == nullptr) continue;
            state_.field = name;
            state_.page = 0;
            return show();
        }
        state_.field.clear();
        return end();
    }

    MenuStep answer(const std::string& input) {
        const auto& field = *field_of(pack_, state_);
        MenuAnswer answer{field.name, {}, {}};
        if (input == texts_.skip_key && !field.required) return keep(std::move(answer), field);
        const auto choices = choices_of(pack_, field, context_);
        if (const auto place = place_of(input, choices.size()); place && was_shown(input)) {
            answer.value = choices[*place].value;
            answer.text = pack_.say(choices[*place].label);
            return keep(std::move(answer), field);
        }
        const bool digits = input.find_first_not_of("0123456789") == std::string::npos;
        if (input.empty() || (digits && !choices.empty())) return again(input);
        answer.text = input;
        Reading probe;
        if (field.type == "yes_no" && read_answer(pack_, field, input, context_, probe) == Fit::answer)
            answer.value = probe.intent == Intent::yes ? "yes" : "no";
        const auto fit = fill_in(pack_, field, answer, context_, probe);
        return fit == Fit::none && wants_value(field) ? again(input) : keep(std::move(answer), field);
    }

    /// A key of this page or one before: nobody means what they have not seen.
    bool was_shown(const std::string& key) const {
        const auto pages = pages_of(pack_, state_, context_);
        const auto end = pages.begin() + static_cast<std::ptrdiff_t>(std::min(state_.page + 1, pages.size()));
        return std::any_of(pages.begin(), end, [line = '\n' + key + ' '](const std::string& page) {
            return ('\n' + page).find(line) != std::string::npos;
        });
    }

    MenuStep keep(MenuAnswer answer, const FormField& field) {
        const auto label = std::string(pack_.say(field.label));
        note(state_, (label.empty() ? field.name : label) + ": " + (answer.text.empty() ? "-" : answer.text));
        said_ = said_ || !answer.text.empty();
        state_.answers.push_back(std::move(answer));
        return next_field();
    }

    /// One page, one question or one menu back; from the first screen, out.
    MenuStep back() {
        if (state_.page > 0) {
            --state_.page;
            return show();
        }
        const auto* form = form_of(pack_, state_);
        if (state_.path.empty() || (form != nullptr && tells_by_itself(*form) && state_.answers.empty())) return end();
        if (form != nullptr && !state_.answers.empty()) {
            state_.field = state_.answers.back().field;
            state_.answers.pop_back();
            note(state_, "<");
            return show();
        }
        if (form != nullptr) note(state_, "<");
        state_.path.pop_back();
        state_.field.clear();
        return show();
    }

    MenuStep end() {
        MenuStep step;
        const auto* form = form_of(pack_, state_);
        const auto& item = item_of(pack_, state_);
        if (form != nullptr && form->intent == Intent::status && !state_.answers.empty() && !state_.distress) {
            step.closing = Closing::status;
        } else if (says_something(pack_, state_)) {
            step.closing = Closing::thanks;
            const bool in_need = state_.distress || (form != nullptr && form->intent == Intent::sos);
            step.screen = ussd::cut(say(in_need                ? texts_.thanks_plain
                                        : item.closing.empty() ? texts_.thanks
                                                               : item.closing));
        } else {
            step.closing = Closing::bye;
            step.screen = ussd::cut(say(texts_.bye));
        }
        step.said = said_;
        step.state = std::move(state_);
        return step;
    }

    const Pack& pack_;
    const UssdTexts& texts_;
    MenuState state_;
    const ReadingContext& context_;
    bool said_ = false;
};

}  // namespace

bool is_words(std::string_view input) {
    return std::any_of(input.begin(), input.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    });
}

MenuStep open_menu(const Pack& pack, const ReadingContext& context) {
    return Walk(pack, {}, context).show();
}

MenuStep resume_menu(const Pack& pack, MenuState broken) {
    broken.resuming = true;
    return Walk(pack, std::move(broken), {}).show();
}

MenuStep end_menu(const Pack& pack, MenuStep step) {
    return Walk(pack, std::move(step.state), {}).leave(step.said);
}

std::string typed_text(const MenuState& state) {
    std::string typed = state.words;
    for (const auto& answer : state.answers) {
        if (!answer.value.empty() || answer.text.empty()) continue;
        if (!typed.empty()) typed += '\n';
        typed += answer.text;
    }
    return typed;
}

MenuStep press(const Pack& pack, MenuState state, std::string_view input, const ReadingContext& context) {
    return Walk(pack, std::move(state), context).take(trimmed(input));
}

}  // namespace jejak::understand
