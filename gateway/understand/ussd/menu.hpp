#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

/// A USSD session as a value: the pack's menu, what was pressed so far, one input more, and the next screen. Pure: no
/// socket, clock, store or log; the screens are generated from the pack's forms.
namespace jejak::understand {

/// A session ends after so many inputs, whoever is at the other end.
constexpr std::size_t menu_turns_max = 60;
/// Octets of one input that are looked at.
constexpr std::size_t menu_input_max = 320;
/// Octets of the transcript: a session ends once it is `full`, so that there is always room for one input more.
constexpr std::size_t menu_transcript_full = 4'000;
constexpr std::size_t menu_transcript_max = 6'000;
/// Octets of words that answer nothing, read together.
constexpr std::size_t menu_words_max = 1'000;

/// What was said to one field of the form. Skipped: both empty.
struct MenuAnswer {
    std::string field;
    std::string value;  ///< of the choice; empty when it was typed
    std::string text;   ///< as typed, or the choice's label
    bool operator==(const MenuAnswer&) const = default;
};

/// Where a session is. Small; lives sealed between two inputs.
struct MenuState {
    std::vector<std::size_t> path;  ///< items chosen from the root on, each by its place
    std::string field;              ///< the form's field whose screen is shown; empty: a menu is
    std::size_t page = 0;           ///< of a screen that has several
    std::vector<MenuAnswer> answers;
    std::string language;    ///< chosen in the menu; empty: the pack's own
    std::string transcript;  ///< all that was said, readable, also what was taken back
    std::string words;       ///< typed where they answer nothing ("lapor 5 org" at a menu), a call for help first; read
                             ///< like a text
    std::size_t turns = 0;
    bool distress = false;  ///< a typed answer called for help
    bool resuming = false;  ///< asked whether to go on with what broke off
    bool operator==(const MenuState&) const = default;
};

/// The state as JSON, and back; empty when it is none of ours.
std::string to_json(const MenuState& state);
std::optional<MenuState> parse_menu_state(std::string_view json);

/// What a session's last screen tells.
enum class Closing : std::uint8_t {
    none,    ///< the session goes on
    bye,     ///< nothing was said
    thanks,  ///< something was: `screen` may hold {ref}, for a ticket; never to whoever called for help
    status   ///< the stage of the ticket that was asked for: `screen` is empty
};

struct MenuStep {
    MenuState state;
    std::string screen;  ///< fits one USSD string
    Closing closing = Closing::none;
    bool said = false;    ///< this input says something that must be kept
    bool afresh = false;  ///< what broke off is left as it is: `state` begins a new session
};

/// Who is at the handset. `context.place` is the sender's registered village, if any.
/// The pack has a menu (Pack::Data::ussd is not empty) wherever these are called.
MenuStep open_menu(const Pack& pack, const ReadingContext& context);
/// Asks whether to go on with `broken`, a session that ended before its end.
MenuStep resume_menu(const Pack& pack, MenuState broken);
/// One input: a key, or what was typed. Anything is taken; what fits nothing shows the same screen again.
MenuStep press(const Pack& pack, MenuState state, std::string_view input, const ReadingContext& context);
/// The session ends where it stands, with nothing more asked; what `step` said stays said.
MenuStep end_menu(const Pack& pack, MenuStep step);
/// Words rather than a key or a number: what was typed says something, wherever it was typed.
bool is_words(std::string_view input);
/// The screen a state stands at, once more.
std::string screen_of(const Pack& pack, const MenuState& state, const ReadingContext& context);

/// Something was said: from here on there is a message to keep.
bool says_something(const Pack& pack, const MenuState& state);
/// All that was typed rather than pressed, one a line: words that answer nothing, and answers that are no choice.
std::string typed_text(const MenuState& state);
/// The form under way; null while a menu is open.
const Form* form_of(const Pack& pack, const MenuState& state);
/// What the answers mean, as if read from a text. `intent` is the form's.
Reading reading_of(const Pack& pack, const MenuState& state, const ReadingContext& context);
/// The form will still ask when it was: the answer may make another thing of what was said so far.
bool asks_when(const Pack& pack, const MenuState& state);
/// Whether they may be called, when that was asked and answered.
std::optional<bool> may_call(const Pack& pack, const MenuState& state);

/// Villages to choose from: the nearest to `village` first, else as the pack orders them. Districts when the pack has
/// no villages.
std::vector<const Place*> villages_near(const Pack& pack, std::string_view village);

}  // namespace jejak::understand
