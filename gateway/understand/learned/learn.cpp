#include "gateway/understand/learned/learn.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "gateway/understand/learned/analysis.hpp"
#include "gateway/understand/learned/features.hpp"

namespace jejak::understand {
namespace {

constexpr float steps = 16;  // of a weight of 1, in the file

struct Shown {
    std::vector<std::uint32_t> rows;  ///< row 0 is every text's
    std::size_t label = 0;
};

class Learner {
public:
    Learner(const std::vector<Lesson>& lessons, const LearnOptions& options) : options_(options) {
        std::map<std::string, unsigned> seen;
        std::map<std::string, Label> labels;
        for (const auto& lesson : lessons) {
            for (const auto& feature : lesson.features) ++seen[feature];
            labels.emplace(to_string(lesson.label), lesson.label);
        }
        std::map<std::string, std::uint32_t> row_of;
        features_.emplace_back();
        for (const auto& [feature, count] : seen) {
            if (count < options.seen_min) continue;
            row_of.emplace(feature, static_cast<std::uint32_t>(features_.size()));
            features_.push_back(feature);
        }
        for (const auto& [name, label] : labels) labels_.push_back(label);
        for (const auto& lesson : lessons) show(lesson, row_of);
        shares_.resize(labels_.size());
    }

    /// Learns once more, from the beginning: the weights are the mean of all that was learned.
    void learn(std::uint64_t seed) {
        std::mt19937_64 random(seed);
        weights_.assign(features_.size() * labels_.size(), 0.0F);
        slopes_.assign(weights_.size(), 1e-6F);
        std::vector<std::size_t> order(shown_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (unsigned round = 0; round < options_.rounds; ++round) {
            for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
            for (const auto at : order) correct(some_of(shown_[at], random));
        }
        ++times_;
        whole_.resize(weights_.size());
        for (std::size_t i = 0; i < weights_.size(); ++i) whole_[i] += weights_[i];
    }

    std::string write(std::string_view learned) const { return Classifier::write(labels_, rows(), learned); }

private:
    void show(const Lesson& lesson, const std::map<std::string, std::uint32_t>& row_of) {
        Shown shown;
        shown.rows.push_back(0);
        for (const auto& feature : lesson.features) {
            if (const auto found = row_of.find(feature); found != row_of.end()) shown.rows.push_back(found->second);
        }
        shown.label =
            static_cast<std::size_t>(std::find(labels_.begin(), labels_.end(), lesson.label) - labels_.begin());
        for (unsigned i = 0; i < lesson.repeat; ++i) shown_.push_back(shown);
    }

    /// The lesson without some of its features. Valid until the next.
    const Shown& some_of(const Shown& lesson, std::mt19937_64& random) {
        constexpr std::uint64_t parts = 1'000;
        const auto left_out = static_cast<std::uint64_t>(options_.left_out * parts);
        some_.label = lesson.label;
        some_.rows.clear();
        for (const auto row : lesson.rows) {
            if (row == 0 || random() % parts >= left_out) some_.rows.push_back(row);
        }
        return some_;
    }

    /// One step down the slope of one lesson's error.
    void correct(const Shown& lesson) {
        const float scale = 1 / std::sqrt(static_cast<float>(lesson.rows.size()));
        std::fill(shares_.begin(), shares_.end(), 0.0F);
        for (const auto row : lesson.rows) {
            for (std::size_t i = 0; i < shares_.size(); ++i) shares_[i] += weights_[row * shares_.size() + i];
        }
        const float most = *std::max_element(shares_.begin(), shares_.end());
        float whole = 0;
        for (auto& share : shares_) whole += share = std::exp((share - most) * scale);
        for (auto& share : shares_) share /= whole;
        shares_[lesson.label] -= 1;
        for (const auto row : lesson.rows) {
            for (std::size_t i = 0; i < shares_.size(); ++i) {
                const std::size_t at = row * shares_.size() + i;
                const float slope = shares_[i] * scale + options_.decay * weights_[at];
                slopes_[at] += slope * slope;
                weights_[at] -= options_.rate * slope / std::sqrt(slopes_[at]);
            }
        }
    }

    /// Weights in steps; what is the same for all labels tells nothing and is taken off.
    std::vector<Classifier::Row> rows() const {
        std::vector<Classifier::Row> rows;
        for (std::size_t row = 0; row < features_.size(); ++row) {
            const auto* const first = whole_.data() + row * labels_.size();
            const float mean =
                std::accumulate(first, first + labels_.size(), 0.0F) / static_cast<float>(labels_.size());
            Classifier::Row written{features_[row], {}};
            for (std::size_t i = 0; i < labels_.size(); ++i) {
                const float weight = std::clamp(std::round((first[i] - mean) / times_ * steps), -127.0F, 127.0F);
                written.weights.push_back(static_cast<std::int8_t>(weight));
            }
            rows.push_back(std::move(written));
        }
        return rows;
    }

    const LearnOptions& options_;
    std::vector<std::string> features_;  ///< of each row
    std::vector<Label> labels_;
    std::vector<Shown> shown_;
    Shown some_;
    std::vector<float> weights_, slopes_;
    std::vector<float> whole_;  ///< the weights of all times together
    float times_ = 0;
    std::vector<float> shares_;
};

}  // namespace

Lesson lesson_of(const Pack& pack, std::string_view text, const ReadingContext& context, const Label& label,
                 bool rules_known) {
    const Analysis analysis(pack, text, context);
    Lesson lesson;
    lesson.features = features_of(analysis.whole, analysis.command, analysis.rules, true).names;
    lesson.label = label;
    if (!rules_known) std::erase_if(lesson.features, [](const std::string& name) { return name.starts_with("r:"); });
    return lesson;
}

std::string learn(const std::vector<Lesson>& lessons, std::string_view learned, const LearnOptions& options) {
    Learner learner(lessons, options);
    for (unsigned time = 0; time < options.times; ++time) learner.learn(options.seed + time);
    return learner.write(learned);
}

}  // namespace jejak::understand
