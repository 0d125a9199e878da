#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/understand/learned/classifier.hpp"
#include "gateway/understand/pack/pack.hpp"

namespace jejak::understand {

/// A message somebody labelled.
struct Lesson {
    std::vector<std::string> features;  ///< names, each once
    Label label;
    unsigned repeat = 1;  ///< how often it is shown in each round
};

/// A message as the reader would see it. `rules_known`: the rules were not made for it, so what they say of it shows
/// how far they are to be believed; of messages they were made for that would be too far.
Lesson lesson_of(const Pack& pack, std::string_view text, const ReadingContext& context, const Label& label,
                 bool rules_known);

struct LearnOptions {
    unsigned rounds = 30;
    float rate = 0.15F;
    float decay = 2e-4F;     ///< pulls weights towards zero
    unsigned seen_min = 3;   ///< features of fewer lessons are left out
    std::uint64_t seed = 1;  ///< of the order of lessons: the same lessons give the same file
};

/// Learns a classifier and returns its file. Multinomial logistic regression by stochastic gradient descent with a rate
/// of its own for each weight (AdaGrad). One-against-the-rest models by liblinear were 1.5 points worse in intent and 3
/// in category on messages of authors they had not seen, and their shares have to be calibrated afterwards.
/// Takes about a second for three thousand messages. `learned` is a remark for the file's head.
std::string learn(const std::vector<Lesson>& lessons, std::string_view learned, const LearnOptions& options = {});

}  // namespace jejak::understand
