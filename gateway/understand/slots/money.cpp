#include <algorithm>

#include "gateway/understand/slots/figures.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint32_t smallest_unit = 1000;  ///< "rb"; smaller multipliers count people
constexpr std::uint64_t value_most = 1'000'000'000'000;
constexpr std::size_t amount_digits_most = 9;

/// Reads one amount.
class MoneyReader {
public:
    explicit MoneyReader(const Subject& subject) : subject_(subject), list_(subject.tokens.list) {}

    std::optional<Money> at(std::size_t at) const {
        Money money;
        money.first = at;
        const std::string* before = currency_at(at);
        const std::string_view sign = before == nullptr ? signed_currency(at) : std::string_view{};
        std::size_t next = before != nullptr ? at + 1 : at;
        const auto number = digits(next);
        if (!number) return std::nullopt;
        money.value = number->value;
        money.last = number->last;
        bool unit = false;
        std::uint64_t fraction = number->fraction, scale = number->scale;
        for (std::size_t i = money.last + 1; i < list_.size() && times_at(i) > 1; ++i) {  // "belas", "ratus", "ribu"
            const std::uint64_t times = times_at(i);
            if (money.value > value_most / times) return std::nullopt;
            money.value = money.value * times + fraction * times / scale;
            fraction = 0;
            unit = unit || times >= smallest_unit;
            money.last = i;
        }
        const std::string* after = currency_at(money.last + 1);
        if (after != nullptr) money.last += 1;
        const std::string* currency = before != nullptr ? before : after;
        money.currency = currency != nullptr ? *currency : sign;
        const bool people = money.currency.empty() && (subject_.is(money.last + 1, WordClass::person) ||
                                                       subject_.is(money.last + 1, WordClass::measure));
        money.certain = !money.currency.empty() || ((unit || grouped(number->last, at)) && !people);
        const bool paid = subject_.preceded_by(at, WordClass::pay, 2) && money.value >= 100 && !people;
        if (!money.certain && !paid && !grouped(number->last, at)) return std::nullopt;
        return money;
    }

private:
    struct Number {
        std::uint64_t value = 0, fraction = 0, scale = 1;
        std::size_t last = 0;
    };

    const std::string* currency_at(std::size_t at) const {
        if (at >= list_.size()) return nullptr;
        const auto index = subject_.data.traits[list_[at].word].currency;
        return index == 0 ? nullptr : &subject_.data.currencies[index - 1];
    }
    /// "$800", "US$ 800", "S$800": what the sign before it stands for.
    std::string_view signed_currency(std::size_t at) const {
        if (at >= list_.size()) return {};
        const std::string_view text = subject_.text.substr(0, list_[at].begin);
        const std::string_view typed = text.substr(0, text.find_last_not_of(' ') + 1);
        if (!typed.ends_with('$')) return {};
        const bool singapore = typed.ends_with("S$") && !typed.ends_with("US$");
        return singapore ? "SGD" : "USD";
    }
    std::uint64_t times_at(std::size_t at) const { return subject_.data.traits[list_[at].meant].times; }
    bool tight(std::size_t at, char with) const {
        return at < list_.size() && list_[at].tight && list_[at].before == with && list_[at].digits > 0;
    }
    /// "1.500.000": groups of three behind points.
    bool grouped(std::size_t last, std::size_t at) const { return last >= at + 2; }

    /// "8", "3,5", "1.500.000", "lima", "lima belas".
    std::optional<Number> digits(std::size_t at) const {
        if (at >= list_.size() || list_[at].number == no_number || list_[at].digits > amount_digits_most)
            return std::nullopt;
        Number number;
        number.value = list_[at].number;
        number.last = at;
        if (list_[at].digits == 0) {
            if (at + 1 < list_.size() && subject_.data.traits[list_[at + 1].meant].plus > 0 && number.value < 10) {
                number.value += subject_.data.traits[list_[at + 1].meant].plus;
                number.last = at + 1;
            }
            return number;
        }
        for (std::size_t i = at + 1; tight(i, '.') && list_[i].digits == 3 && number.value < value_most / 1000; ++i) {
            number.value = number.value * 1000 + list_[i].number;
            number.last = i;
        }
        const bool decimal = number.last == at && (tight(at + 1, ',') || tight(at + 1, '.')) &&
                             list_[at + 1].digits <= 2 && at + 2 < list_.size() && times_at(at + 2) >= smallest_unit;
        if (decimal) {
            number.fraction = list_[at + 1].number;
            number.scale = list_[at + 1].digits == 1 ? 10 : 100;
            number.last = at + 1;
        }
        return number;
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
};

}  // namespace

std::optional<Money> money_at(const Subject& subject, std::size_t at) {
    return MoneyReader(subject).at(at);
}

void find_amount(const Subject& subject, Reading& reading) {
    const Money* largest = nullptr;
    for (const Money& money : figures_of(subject).amounts) {
        if (money.certain && (largest == nullptr || money.value > largest->value)) largest = &money;
    }
    if (largest == nullptr) return;
    reading.amount = Amount{largest->value, largest->currency.empty() ? "IDR" : largest->currency};
    subject.explain(reading, "amount", std::to_string(largest->value) + ' ' + reading.amount->currency, largest->first,
                    largest->last, "a number with a unit of money");
}

}  // namespace jejak::understand
