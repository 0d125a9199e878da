#include "gateway/understand/learned/classifier.hpp"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <cmath>

#include "gateway/understand/learned/features.hpp"

namespace jejak::understand {
namespace {

constexpr float step = 1.0F / 16;
constexpr std::string_view every_text = "*";
constexpr std::string_view digits = "0123456789abcdef";

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
}

std::optional<std::int8_t> weight_in(std::string_view two) {
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(two.data(), two.data() + two.size(), value, 16);
    if (error != std::errc{} || stop != two.data() + two.size()) return std::nullopt;
    return static_cast<std::int8_t>(static_cast<std::uint8_t>(value));
}

}  // namespace

std::string to_string(const Label& label) {
    std::string text(jejak::to_string(label.intent));
    if (label.category != Category::none) text.append("/").append(jejak::to_string(label.category));
    return text;
}

std::optional<Label> parse_label(std::string_view text) {
    const auto slash = text.find('/');
    const auto intent = parse<Intent>(text.substr(0, slash));
    if (!intent) return std::nullopt;
    if (slash == text.npos) return Label{*intent, Category::none};
    const auto category = parse<Category>(text.substr(slash + 1));
    if (!category) return std::nullopt;
    return Label{*intent, *category};
}

std::pair<Intent, float> Classifier::Shares::intent() const {
    const auto best = std::max_element(intents_.begin(), intents_.end());
    return {static_cast<Intent>(best - intents_.begin()), *best};
}

std::pair<Category, float> Classifier::Shares::category(Intent intent) const {
    std::pair<Category, float> best{Category::none, 0.0F};
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        if (labels_[i].intent == intent && shares_[i] > best.second) best = {labels_[i].category, shares_[i]};
    }
    if (of(intent) > 0) best.second /= of(intent);
    return best;
}

Classifier Classifier::parse(std::string_view text, std::string& fault) {
    Classifier model;
    std::size_t number = 0;
    const auto wrong = [&](std::string_view what) {
        fault = "line " + std::to_string(number) + ": " + std::string(what);
        return Classifier{};
    };
    while (!text.empty()) {
        auto line = take_line(text);
        ++number;
        if (line.empty() || line.front() == '#') continue;
        const auto tab = line.find('\t');
        if (tab == line.npos) return wrong("no tab between a feature and its weights");
        const auto name = line.substr(0, tab);
        auto values = line.substr(tab + 1);
        if (model.labels_.empty()) {
            while (!values.empty()) {
                const auto gap = values.find(' ');
                const auto label = parse_label(values.substr(0, gap));
                if (name != "labels" || !label) return wrong("labels, a tab and the labels' names come first");
                model.labels_.push_back(*label);
                values.remove_prefix(gap == values.npos ? values.size() : gap + 1);
            }
            if (model.labels_.empty() || model.labels_.size() > labels_max) return wrong("1 to 64 labels make a model");
            model.weights_.emplace_back();
            continue;
        }
        if (values.size() != 2 * model.labels_.size()) return wrong("there are not two digits for each label");
        if (model.weights_.size() == rows_max) return wrong("a model has at most 32768 features");
        Weights weights{};
        for (std::size_t i = 0; i < model.labels_.size(); ++i) {
            const auto weight = weight_in(values.substr(2 * i, 2));
            if (!weight) return wrong("a weight is two hexadecimal digits");
            weights[i] = *weight;
        }
        if (name == every_text) {
            model.weights_[0] = weights;
        } else if (model.rows_.emplace(feature_key(name), static_cast<std::uint32_t>(model.weights_.size())).second) {
            model.weights_.push_back(weights);
        }
    }
    if (model.labels_.empty()) return wrong("the file holds no labels");
    return model;
}

std::array<std::int32_t, Classifier::labels_max> Classifier::sum_of(const std::vector<std::uint32_t>& rows) const {
    constexpr std::size_t rows_in_16_bits = 256;  // whose weights add up there, twice as many at once as in 32
    std::array<std::int32_t, labels_max> sums{};
    for (std::size_t begin = 0; begin < rows.size(); begin += rows_in_16_bits) {
        std::array<std::int16_t, labels_max> part{};
        for (std::size_t row = begin; row < std::min(rows.size(), begin + rows_in_16_bits); ++row) {
            const Weights& weights = weights_[rows[row]];
            for (std::size_t i = 0; i < labels_max; ++i) part[i] = static_cast<std::int16_t>(part[i] + weights[i]);
        }
        for (std::size_t i = 0; i < labels_max; ++i) sums[i] += part[i];
    }
    return sums;
}

Classifier::Shares Classifier::judge(const std::vector<std::uint64_t>& features) const {
    std::bitset<rows_max> seen;  // a word said twice counts once
    std::vector<std::uint32_t> known;
    known.reserve(features.size() + 1);
    known.push_back(0);
    for (const auto key : features) {
        const auto found = rows_.find(key);
        if (found == rows_.end() || seen[found->second]) continue;
        seen[found->second] = true;
        known.push_back(found->second);
    }
    const auto sums = sum_of(known);
    // Long texts speak no louder than short ones.
    const float scale = step / std::sqrt(static_cast<float>(known.size()));
    const auto most = *std::max_element(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(labels_.size()));
    Shares shares(labels_);
    float whole = 0;
    for (std::size_t i = 0; i < labels_.size(); ++i)
        whole += shares.shares_[i] = std::exp(static_cast<float>(sums[i] - most) * scale);
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        shares.shares_[i] /= whole;
        shares.intents_[static_cast<std::size_t>(labels_[i].intent)] += shares.shares_[i];
    }
    return shares;
}

float Classifier::weight(std::uint64_t feature, const Label& label) const {
    const auto found = rows_.find(feature);
    const auto at = std::find(labels_.begin(), labels_.end(), label);
    if (found == rows_.end() || at == labels_.end()) return 0;
    const auto& weights = weights_[found->second];
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < labels_.size(); ++i) sum += weights[i];
    const float mean = static_cast<float>(sum) / static_cast<float>(labels_.size());
    return step * (static_cast<float>(weights[static_cast<std::size_t>(at - labels_.begin())]) - mean);
}

std::string Classifier::write(const std::vector<Label>& labels, const std::vector<Row>& rows,
                              std::string_view learned) {
    std::string text = "# " + std::string(learned) + "\nlabels\t";
    for (const auto& label : labels) text.append(&label == labels.data() ? "" : " ").append(to_string(label));
    text += '\n';
    for (const auto& row : rows) {
        text.append(row.feature.empty() ? every_text : std::string_view(row.feature)).append("\t");
        for (const auto weight : row.weights) {
            const auto octet = static_cast<std::uint8_t>(weight);
            text += {digits[octet >> 4], digits[octet & 15]};
        }
        text += '\n';
    }
    return text;
}

}  // namespace jejak::understand
