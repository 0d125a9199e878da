#pragma once
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// Reads the DAFTAR form behind the command: fields in the pack's order between separators, or as good as it goes words
/// with labels ("nama … umur … dr … mau krj … tgl …").
Registration read_registration(const Subject& subject);

/// Reads `value` as the form's field of that name into `into`; false when it is no such thing.
bool set_registration_field(const Pack::Data& data, std::string_view field, const std::string& value,
                            const ReadingContext& context, std::chrono::minutes offset, Registration& into);

}  // namespace jejak::understand
