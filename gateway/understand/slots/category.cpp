#include "gateway/understand/slots/category.hpp"

#include <algorithm>

namespace jejak::understand {
namespace {

constexpr std::size_t categories = static_cast<std::size_t>(Category::not_a_case) + 1;

/// Points of each category. A phrase inside or across one that counted already adds only what it weighs more.
struct Scores {
    std::array<unsigned, categories> points{}, loudest{};
    std::array<const Hit*, categories> because{};
    std::array<std::uint32_t, categories> until{};

    void add(const Hit& hit) {
        const std::size_t value = hit.value;
        const bool overlaps = until[value] > hit.first;
        const unsigned counted = overlaps ? loudest[value] : 0;
        if (hit.weight > counted) points[value] += hit.weight - counted;
        if (because[value] == nullptr || because[value]->weight < hit.weight) because[value] = &hit;
        loudest[value] = overlaps ? std::max<unsigned>(loudest[value], hit.weight) : hit.weight;
        until[value] = std::max(until[value], hit.last + 1);
    }
};

bool is_case(std::size_t category) {
    return category != static_cast<std::size_t>(Category::none) &&
           category != static_cast<std::size_t>(Category::spam) &&
           category != static_cast<std::size_t>(Category::not_a_case);
}

}  // namespace

Weighed weigh_categories(const Subject& subject) {
    Scores scores;
    for (const Hit& hit : subject.hits) {
        if (hit.kind == Kind::category && !hit.negated) scores.add(hit);
    }
    Weighed weighed;
    weighed.spam = scores.points[static_cast<std::size_t>(Category::spam)];
    weighed.everyday = scores.points[static_cast<std::size_t>(Category::not_a_case)];
    std::size_t best = 0;
    for (std::size_t i = 0; i < categories; ++i) {
        if (is_case(i) && scores.points[i] > scores.points[best]) best = i;
    }
    for (std::size_t i = 0; i < categories; ++i) weighed.others += is_case(i) && i != best ? scores.points[i] : 0;
    if (scores.points[best] < Weighed::needed) return weighed;
    weighed.best = static_cast<Category>(best);
    weighed.points = scores.points[best];
    weighed.because = scores.because[best];
    unsigned most = Weighed::clear - 1;
    for (std::size_t i = 0; i < categories; ++i) {
        if (scores.points[i] <= most || !is_case(i)) continue;
        if (subject.data.group_of[i] == subject.data.group_of[best]) continue;
        most = scores.points[i];
        weighed.second = static_cast<Category>(i);
        weighed.second_because = scores.because[i];
    }
    return weighed;
}

void find_category(const Subject& subject, Reading& reading) {
    const Weighed weighed = weigh_categories(subject);
    if (weighed.best == Category::none) return;
    reading.category = weighed.best;
    reading.second = weighed.second;
    const auto explain = [&](std::string_view slot, Category category, const Hit& hit) {
        subject.explain(reading, slot, to_string(category), hit.first, hit.last,
                        hit.weight >= Weighed::clear ? "which says it outright" : "among what hints at it");
    };
    explain("category", reading.category, *weighed.because);
    if (weighed.second != Category::none) explain("second_category", reading.second, *weighed.second_because);
}

}  // namespace jejak::understand
