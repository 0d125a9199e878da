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

/// Reads `text` as the answer to `field`: "Sebunga", "3", "td mlm", "di rumah kosong dkt sekolah". What it says is put
/// into `into`'s slot, with whatever else it says on the way ("3 org, di sebunga"). A text that is a command or a report
/// of its own is no answer, whatever was asked. Pure; never throws for anything a person can type.
Fit read_answer(const Pack& pack, const FormField& field, std::string_view text, const ReadingContext& context,
                Reading& into);

}  // namespace jejak::understand
