#pragma once
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// Reads the DAFTAR form behind the command: fields in the pack's order between separators, or as good as it goes words
/// with labels ("nama … umur … dr … mau krj … tgl …").
Registration read_registration(const Subject& subject);

}  // namespace jejak::understand
