#pragma once
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/vocabulary.hpp"

namespace jejak::understand {

/// What a text can be, as one choice: an intent, and for a report or a text without a case its category.
struct Label {
    Intent intent = Intent::unclear;
    Category category = Category::none;
    bool operator==(const Label&) const = default;
};
std::string to_string(const Label& label);  ///< "report/recruitment", "safe"
std::optional<Label> parse_label(std::string_view text);

/// A linear model learned from messages: every feature of a text adds its weight to each label, and the shares of the
/// labels follow (multinomial logistic regression). An immutable value; what it costs follows the number of features.
class Classifier {
public:
    static constexpr std::size_t labels_max = 64, rows_max = 32768;
    static constexpr std::string_view file_name = "classifier.tsv";

    /// How likely each label is, by the messages it learned from. Valid as long as the classifier.
    class Shares {
    public:
        explicit Shares(const std::vector<Label>& labels) : labels_(labels) {}
        /// Of an intent, whatever the category.
        float of(Intent intent) const { return intents_[static_cast<std::size_t>(intent)]; }
        /// The likeliest intent, and its share.
        std::pair<Intent, float> intent() const;
        /// The likeliest category of a report, or of a text without a case, and its share among those of that intent.
        std::pair<Category, float> category(Intent intent) const;

    private:
        friend class Classifier;
        const std::vector<Label>& labels_;
        std::array<float, labels_max> shares_{};
        std::array<float, 32> intents_{};
    };

    /// Reads what write() wrote. Empty and `fault` set when it is none.
    static Classifier parse(std::string_view text, std::string& fault);

    bool empty() const { return labels_.empty(); }
    Shares judge(const std::vector<std::uint64_t>& features) const;
    /// What a feature adds for one label, against the labels' mean: to tell people why.
    float weight(std::uint64_t feature, const Label& label) const;

    /// A feature and its weights, in the order of the labels; in steps of 1/16.
    struct Row {
        std::string feature;
        std::vector<std::int8_t> weights;
    };
    static std::string write(const std::vector<Label>& labels, const std::vector<Row>& rows, std::string_view learned);

private:
    using Weights = std::array<std::int8_t, labels_max>;
    /// Of each label, the weights of all those rows together.
    std::array<std::int32_t, labels_max> sum_of(const std::vector<std::uint32_t>& rows) const;

    std::vector<Label> labels_;
    std::vector<Weights> weights_;  ///< [0] is every text's
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> rows_;
};

}  // namespace jejak::understand
