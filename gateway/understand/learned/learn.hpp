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
    unsigned rounds = 60;
    float rate = 0.15F;
    float decay = 2e-4F;     ///< pulls weights towards zero
    float left_out = 0.1F;   ///< of a lesson's features, each time it is shown: the others learn to do without them
    unsigned times = 4;      ///< it is learned so often, in another order each time; the weights are the mean
    unsigned seen_min = 3;   ///< features of fewer lessons are left out
    std::uint64_t seed = 1;  ///< of the order of lessons and of what is left out: the same lessons give the same file
};

/// Learns a classifier and returns its file. Multinomial logistic regression by stochastic gradient descent with a rate
/// of its own for each weight (AdaGrad). One-against-the-rest models by liblinear were 1.5 points worse in intent and 3
/// in category on messages of authors they had not seen, and their shares have to be calibrated afterwards. Leaving
/// features out (dropout) gains half a point of both there, and a fifth of the calls for help that were missed; the
/// mean of several is steadier. Takes about twenty seconds for seven thousand messages. `learned` is a remark for the
/// file's head.
std::string learn(const std::vector<Lesson>& lessons, std::string_view learned, const LearnOptions& options = {});

}  // namespace jejak::understand
