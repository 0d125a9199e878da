#include "gateway/understand/slots/figures.hpp"

#include <algorithm>

namespace jejak::understand {
namespace {

/// Takes the numbers of one text, each for the first use that fits.
class FigureFinder {
public:
    explicit FigureFinder(const Subject& subject) : subject_(subject), list_(subject.tokens.list) {
        out_.uses.resize(list_.size());
    }

    Figures run() {
        for (std::size_t at = subject_.from; at < list_.size();) at = take(at);
        return std::move(out_);
    }

private:
    std::size_t claim(Use use, std::size_t first, std::size_t last) {
        std::fill(out_.uses.begin() + static_cast<std::ptrdiff_t>(first),
                  out_.uses.begin() + static_cast<std::ptrdiff_t>(last) + 1, use);
        return last + 1;
    }

    /// The first token after whatever begins at `at`.
    std::size_t take(std::size_t at) {
        if (list_[at].digits > 0) {
            if (const auto end = identity(at); end > at) return claim(Use::identity, at, end - 1);
            if (auto phone = phone_at(subject_.data, subject_.tokens, at); !phone.number.empty()) {
                const auto last = phone.next - 1;
                out_.phones.push_back(std::move(phone));
                return claim(Use::phone, at, last);
            }
        } else if (auto plate = plate_at(subject_, at)) {
            const auto last = plate->last;
            if (!out_.plate) out_.plate = std::move(plate);
            return claim(Use::plate, at, last);
        }
        if (!may_begin(at)) return at + 1;
        if (const auto last = labelled(at)) return claim(Use::label, at, *last);
        if (const auto date = calendar_at(subject_, at)) {
            out_.dates.push_back(*date);
            return claim(Use::date, date->first, date->last);
        }
        if (auto money = money_at(subject_, at)) {
            const auto last = money->last;
            out_.amounts.push_back(std::move(*money));
            return claim(Use::money, at, last);
        }
        if (const auto clock = clock_at(subject_, at)) {
            out_.clocks.push_back(*clock);
            return claim(Use::clock, at, clock->last);
        }
        if (const auto age = age_at(subject_, at)) {
            out_.ages.push_back(*age);
            return claim(Use::age, at, age->last);
        }
        if (const auto length = length_at(subject_, at)) {
            out_.lengths.push_back(*length);
            return claim(Use::length, at, length->last);
        }
        return at + 1;
    }

    /// Whether one of what take() looks for, beside a plate, can begin with this word. With most none can.
    bool may_begin(std::size_t at) const {
        const Token& token = list_[at];
        const auto& traits = subject_.data.traits;
        return !token.letters || token.number != no_number || traits[token.meant].number >= 0 ||
               traits[token.word].month != 0 || traits[token.word].currency > 0 ||
               subject_.is(at, WordClass::numbering) || subject_.is(at, WordClass::date) ||
               subject_.is(at, WordClass::age) || time_word_at(subject_, at) != nullptr;
    }

    /// Sixteen digits, written together or in groups: the token after them, or `at`.
    std::size_t identity(std::size_t at) const {
        constexpr std::size_t digits_of_nik = 16;
        std::size_t digits = 0, next = at;
        while (next < list_.size() && list_[next].digits > 0 && digits < digits_of_nik) digits += list_[next++].digits;
        const bool alone = list_[at].digits == digits_of_nik || list_[at].digits >= 4;
        return digits == digits_of_nik && alone ? next : at;
    }

    /// "rt 3", "rumah no 12", "kelas 2", and "3 kali", "12 km", "umur kapal 12 tahun": the last token.
    std::optional<std::size_t> labelled(std::size_t at) const {
        // "jam 2 smp 3": until
        const bool range = subject_.is(at, WordClass::range) && at > subject_.from && list_[at - 1].number != no_number;
        if (subject_.is(at, WordClass::numbering) && !range) {
            std::size_t last = at;
            while (last + 1 < list_.size() && last < at + 2 && list_[last + 1].number != no_number &&
                   list_[last + 1].digits <= 4 && (last == at || list_[last + 1].before == '/'))
                ++last;
            const bool lasts = is_time(subject_, last + 1, TimeWord::year);  // "anak sma 16 thn"
            const bool phone = last > at && !phone_at(subject_.data, subject_.tokens, at + 1).number.empty();
            // "ijazah smp tujuh murid"
            const bool pupils = subject_.is(at, WordClass::school) && subject_.is(last + 1, WordClass::child) &&
                                list_[last].digits == 0 && list_[last].number != no_number;
            if (last > at && !lasts && !phone && !pupils && !subject_.is(last + 1, WordClass::person)) return last;
        }
        if (list_[at].number == no_number || at + 1 >= list_.size() || separates_fields(list_[at + 1].before) ||
            list_[at + 1].before == ',' || time_word_at(subject_, at) != nullptr)  // "seminggu, hp diambil"
            return std::nullopt;
        // "umur kapal 12 tahun", "hamil umur 5 bulan": neither an age nor since when
        if (is_unit_of_age(at + 1) && behind_age_of_a_thing(subject_, at)) return at + 1;
        constexpr std::string_view times = "x";  // "3x"; apart from its number it is "tidak"
        if (subject_.is(at + 1, WordClass::counter) && people_before(at)) return std::nullopt;
        const bool measured =
            subject_.is(at + 1, WordClass::measure) || (list_[at + 1].text == times && list_[at + 1].tight);
        return measured ? std::optional(at + 1) : std::nullopt;
    }

    bool is_unit_of_age(std::size_t at) const {
        const Hit* hit = time_word_at(subject_, at);
        if (hit == nullptr) return false;
        const auto word = static_cast<TimeWord>(hit->value);
        return word == TimeWord::year || word == TimeWord::month || word == TimeWord::week || word == TimeWord::day;
    }

    /// "orang sehat 8 biji"
    bool people_before(std::size_t at) const {
        constexpr std::size_t window = 2;
        return subject_.preceded_by(at, WordClass::person, window) || subject_.preceded_by(at, WordClass::part, window);
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    Figures out_;
};

}  // namespace

Figures find_figures(const Subject& subject) {
    return FigureFinder(subject).run();
}

const Figures& figures_of(const Subject& subject) {
    if (!subject.figures) subject.figures = std::make_shared<const Figures>(find_figures(subject));
    return *subject.figures;
}

}  // namespace jejak::understand
