#pragma once
#include <string_view>

#include "gateway/understand/pack/form.hpp"
#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// How a text meets a question that is open.
enum class Fit : std::uint8_t {
    none,    ///< it is no answer to it: a message of its own
    skip,    ///< LEWAT, "ga tau", "0"
    answer,  ///< it says what was asked
};

/// Reads `text` as the answer to `field`: "Sebunga", "3", "td mlm", "di rumah kosong dkt sekolah". What it says is
/// put into `into`'s slot, with whatever else it says on the way ("3 org, di sebunga"). A text that is a command or a
/// report of its own is no answer, whatever was asked. A yes_no field's answer is `into.intent`: yes or no. A place the
/// pack has no name for is an answer that fills nothing: it stays in the text, for people to read. Pure; never throws
/// for anything a person can type.
Fit read_answer(const Pack& pack, const FormField& field, std::string_view text, const ReadingContext& context,
                Reading& into);

/// A call for help, or a report, that came in place of an answer to a yes_no question and begins with the answer "no":
/// "jangan telpon, kami disekap". Pure; never throws for anything a person can type.
bool begins_with_refusal(const Pack& pack, const FormField& field, std::string_view text,
                         const ReadingContext& context);

}  // namespace jejak::understand
