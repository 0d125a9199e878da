#include <algorithm>
#include <array>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint8_t category_points_min = 2;

}  // namespace

void find_category(const Subject& subject, Reading& reading) {
    std::array<unsigned, 64> points{};
    std::array<const Hit*, 64> because{};
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::category || subject.preceded_by(hit.first, WordClass::negation, 2)) continue;
        points[hit.value] += hit.weight;
        if (because[hit.value] == nullptr || because[hit.value]->weight < hit.weight) because[hit.value] = &hit;
    }
    const auto best = std::max_element(points.begin(), points.end());
    if (*best < category_points_min) return;
    const auto index = static_cast<std::size_t>(best - points.begin());
    reading.category = static_cast<Category>(index);
    subject.explain(reading, "category", to_string(reading.category), because[index]->first, because[index]->last);
}

}  // namespace jejak::understand
