#include "gateway/understand/slots/slots.hpp"
#include "protocol/sms/msisdn.hpp"

namespace jejak::understand {
FoundPhone phone_at(const Pack::Data& data, const Tokens& tokens, std::size_t at) {
    constexpr std::size_t digits_least = 9, digits_most = 15;
    const auto& list = tokens.list;
    if (at >= list.size() || list[at].digits == 0) return {};
    std::string raw = list[at].before == '+' ? "+" : "";
    std::size_t digits = 0, next = at;
    while (next < list.size() && list[next].digits > 0 && digits + list[next].digits <= digits_most &&
           (next == at || list[next].before == '-' || list[next].before == ' ' || list[next].before == '.')) {
        raw += list[next].text;
        digits += list[next].digits;
        ++next;
    }
    if (digits < digits_least || (raw[0] != '0' && raw[0] != '6' && raw[0] != '+')) return {};
    const auto number = sms::normalise(raw, sms::Ton::unknown, data.country_code);
    if (number.kind != sms::Originator::Kind::msisdn) return {};
    return {number.address, next};
}

void find_recruiter(const Subject& subject, Reading& reading) {
    constexpr std::size_t name_words_max = 3;
    const bool about_one = reading.category == Category::recruitment || reading.category == Category::broker_fraud;
    if (!about_one) return;
    const auto& list = subject.tokens.list;
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        if (reading.recruiter_phone.empty()) {
            reading.recruiter_phone = phone_at(subject.data, subject.tokens, i).number;
        }
        if (!reading.recruiter.empty() || !subject.is(i, WordClass::title)) continue;
        std::size_t last = i;
        while (last + 1 < list.size() && last < i + name_words_max && list[last + 1].letters &&
               list[last + 1].word == 0 && list[last + 1].before == ' ')
            ++last;
        if (last == i) continue;
        reading.recruiter = fold(subject.typed(i, last));
        subject.explain(reading, "recruiter", "named", i, last);
    }
}

}  // namespace jejak::understand
