#include "gateway/understand/dialogue/values.hpp"

#include <algorithm>
#include <array>

#include "gateway/understand/sense/command.hpp"
#include "gateway/understand/slots/amended.hpp"
#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/when.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t values_words_max = 16;  ///< more say something else as well

/// The words that may stand around a value and add nothing to it.
constexpr auto around = std::to_array<WordClass>(
    {WordClass::polite,  WordClass::adverb,  WordClass::contrast,   WordClass::person, WordClass::child,
     WordClass::counter, WordClass::many,    WordClass::roughly,    WordClass::sort,   WordClass::holds,
     WordClass::with,    WordClass::since,   WordClass::at,         WordClass::from,   WordClass::via,
     WordClass::towards, WordClass::village, WordClass::plate_word, WordClass::date,   WordClass::slot_word});

/// Reads one text.
class ValueReader {
public:
    ValueReader(const Pack& pack, std::string_view text, const ReadingContext& context)
        : data_(pack.data()),
          tokens_(data_, text),
          list_(tokens_.list),
          phrases_(find_phrases(data_, tokens_, 0), list_.size()),
          subject_{data_, text, tokens_, taken_back(), phrases_, context, pack.utc_offset_of(context.sender)} {}

    std::optional<Values> run() {
        if (list_.empty() || list_.size() > values_words_max || tokens_.question) return std::nullopt;
        if (find_command(data_, tokens_, false).intent != Intent::unclear) return std::nullopt;
        Values values;
        values.adds = says(Remark::adds);
        values.corrects = !values.adds && (subject_.from > 0 || says(Remark::amends));
        bool any = false;
        for (std::size_t at = subject_.from; at < list_.size(); ++at) {
            const bool value = is_value(at);
            if (!value && !stands_around(at)) return std::nullopt;
            const bool greets = subject_.is(at, WordClass::polite);  // "malam pak", "terima kasih banyak"
            any = any || (value && !greets) || ((values.corrects || values.adds) && subject_.is(at, WordClass::child));
        }
        if (!any) return std::nullopt;
        read_slots(values);
        return values;
    }

private:
    /// "not 5 but 3", "tidak di sebunga tapi di kaliau": the first token behind what is taken back, 0 when nothing is.
    std::size_t taken_back() const {
        constexpr std::size_t words_max = 5;
        std::size_t at = 0;
        while (tokens_.is(at, WordClass::polite)) ++at;
        if (!tokens_.is(at, WordClass::negation)) return 0;
        const std::size_t last = std::min(list_.size(), at + 1 + words_max);
        bool value = false;
        for (std::size_t i = at + 1; i < last; ++i) {
            if (value && tokens_.is(i, WordClass::contrast)) return i + 1;
            const auto begun = phrases_.beginning(i, i + 1);
            value = value || list_[i].number != no_number ||
                    std::any_of(begun.begin(), begun.end(), [](const Hit& hit) { return hit.kind == Kind::place; });
        }
        return 0;
    }

    bool says(Remark remark) const {
        return std::any_of(subject_.hits.begin(), subject_.hits.end(), [&](const Hit& hit) { return is(hit, remark); });
    }

    static bool is(const Hit& hit, Remark remark) {
        return hit.kind == Kind::remark && hit.value == static_cast<std::uint16_t>(remark);
    }

    /// A number that is of nothing but people and time, a plate, or a name of a place or a vehicle.
    bool is_value(std::size_t at) const {
        switch (figures_of(subject_).uses[at]) {
            case Use::plate:
            case Use::date:
            case Use::clock:
            case Use::length:
                return true;
            case Use::none:
                break;
            default:
                return false;
        }
        if (list_[at].number != no_number || data_.traits[list_[at].meant].weekday >= 0) return true;
        return covered_by(subject_, at, [](const Hit& hit) {
            return hit.kind == Kind::place || hit.kind == Kind::destination || hit.kind == Kind::vehicle ||
                   hit.kind == Kind::time;
        });
    }

    bool stands_around(std::size_t at) const {
        return std::any_of(around.begin(), around.end(), [&](WordClass one) { return subject_.is(at, one); }) ||
               covered_by(subject_, at,
                          [](const Hit& hit) { return is(hit, Remark::amends) || is(hit, Remark::adds); });
    }

    void read_slots(Values& values) const {
        auto& said = values.said;
        find_people(subject_, said);
        find_place(subject_, said);
        find_when(subject_, said);
        find_destination(subject_, said);
        find_vehicle(subject_, said);
        find_flags(subject_, said);
        if ((values.corrects || values.adds) && !said.people && !said.when.at) {
            if (const auto count = amended_count(subject_)) take_count(*count, said);
        }
        // "lupa bilang ada 2 anak": of those told of before, unless their number is what was wrong
        values.of_them = said.children && said.children == said.people && subject_.from == 0;
    }

    const Pack::Data& data_;
    const Tokens tokens_;
    const std::vector<Token>& list_;
    const Phrases phrases_;
    const Subject subject_;
};

}  // namespace

std::optional<Values> read_values(const Pack& pack, std::string_view text, const ReadingContext& context) {
    return ValueReader(pack, text, context).run();
}

}  // namespace jejak::understand
