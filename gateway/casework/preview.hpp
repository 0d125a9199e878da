#pragma once
#include <string_view>

#include "gateway/understand/explain/explain.hpp"

namespace jejak::casework {

/// What is open with a sender when a text comes, as far as a file of texts may say it.
enum class Open : std::uint8_t { nothing, consent };

/// "consent pending" is Open::consent; every other setting a file of texts may describe changes nothing.
Open open_of(std::string_view description);

/// What a gateway would do about a text, by the rules that decide in earnest, of a sender it knows nothing of but the
/// role: who is no villager is registered, a worker agreed to be, and a code in the text is that of a worker who
/// agreed. Pure.
understand::Outcome preview(const understand::Pack& pack, const understand::Reading& reading,
                            const understand::ReadingContext& context, Open open = Open::nothing);

}  // namespace jejak::casework
