#pragma once
#include <cstdint>

namespace jejak::channel {

/// What tells the parts of one long text from those of another: one for all that leaves by a channel, whoever carries
/// it, for a phone sees no more than the number it comes from. Begins at random: a process that begins again does not
/// go on with the references of a minute ago, whose parts a phone may still be waiting with. A header has eight bits of
/// it, so only long texts use them up. Lives on the loop's thread.
class TextReferences {
public:
    TextReferences();

    /// Of the next long text.
    std::uint16_t next() const { return next_; }
    /// It has left with that.
    void taken() { ++next_; }

private:
    std::uint16_t next_;
};

}  // namespace jejak::channel
