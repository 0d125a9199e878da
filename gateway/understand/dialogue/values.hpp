#pragma once
#include <optional>
#include <string_view>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// What a text says that tells of nothing by itself, for a report that was told before.
struct Values {
    Reading said;           ///< its slots, and the flags that follow from them
    bool corrects = false;  ///< it says that something was wrong: "salah, 3 orang"
    bool adds = false;      ///< it says that something was left out: "lupa bilang ada 2 anak"
    bool of_them = false;   ///< it counts nobody but children, who may be among those told of before
};

/// Reads a text that holds nothing but values of slots and the words around them: "5 orang jam 2 mlm", "td mlm",
/// "salah tempat, di santaban", "not 5 but 3", "tambahan: plat KB 1234 XY". Empty for every other: a command, a
/// question, one with a word that says anything else. Pure; never throws for anything a person can type.
std::optional<Values> read_values(const Pack& pack, std::string_view text, const ReadingContext& context);

}  // namespace jejak::understand
