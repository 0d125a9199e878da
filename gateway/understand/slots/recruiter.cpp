#include <algorithm>

#include "gateway/understand/slots/figures.hpp"
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

namespace {

constexpr std::size_t name_words_max = 3;

/// Finds who recruits, as far as a text names them.
class NameFinder {
public:
    explicit NameFinder(const Subject& subject)
        : subject_(subject),
          list_(subject.tokens.list),
          mixed_case_(
              std::any_of(subject.text.begin(), subject.text.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {}

    /// about_one  the whole text is about a recruiter, so that any person with a title is one
    bool find(bool about_one, Reading& reading) const {
        for (std::size_t at = subject_.from; at < list_.size(); ++at) {
            const bool named = after_role(at);
            const bool titled = subject_.is(at, WordClass::title);
            const bool company = titled && subject_.is(at, WordClass::names);
            if (!named && !company && !(titled && about_one)) continue;
            if (titled && belongs_to_sender(at)) continue;
            const std::size_t name = titled ? at + 1 : at;
            const std::size_t last = last_of_name(name, named);
            if (last < name || (!titled && !may_stand_bare(at))) continue;
            reading.recruiter = fold(subject_.typed(at, last));
            subject_.explain(reading, "recruiter", "named", at, last,
                             titled ? "a name behind a title" : "a name behind \"agen\" and the like");
            return true;
        }
        return false;
    }

private:
    /// Behind "agen", "calo", "sponsor" or "namanya", perhaps with a word of naming between.
    bool after_role(std::size_t at) const {
        if (at <= subject_.from || separates_fields(list_[at].before)) return false;
        if (subject_.is(at - 1, WordClass::names)) return true;
        const bool called = subject_.is(at - 1, WordClass::name);
        if (!called || at < subject_.from + 2) return false;
        for (std::size_t n = 2; n <= 4 && at >= subject_.from + n; ++n) {
            if (subject_.is(at - n, WordClass::names) || subject_.is(at - n, WordClass::person)) return true;
        }
        return false;
    }

    /// "bapak saya", "ibu dan adik": kin, no recruiter.
    bool belongs_to_sender(std::size_t title) const {
        return subject_.is(title + 1, WordClass::first_person) || subject_.is(title + 1, WordClass::with);
    }

    bool capital(std::size_t at) const {
        const char c = subject_.text[list_[at].begin];
        return c >= 'A' && c <= 'Z';
    }

    /// A word that can be a part of a name: the pack does not know it, or as a name.
    /// sure  a name has to come, so that what looks like a misspelt word is one
    bool is_name(std::size_t at, bool sure) const {
        if (at >= list_.size() || !list_[at].letters || list_[at].text.size() < 2) return false;
        if (list_[at].word != 0) return subject_.data.is(list_[at].word, WordClass::given);
        return sure || list_[at].meant == 0 || (capital(at) && mixed_case_);
    }

    /// Without a title a name needs a capital or a word of naming: "agen Yanto", "tekong bernama fulan".
    bool may_stand_bare(std::size_t at) const {
        constexpr std::size_t letters_least = 3;
        if (list_[at].text.size() < letters_least) return false;
        return subject_.is(at - 1, WordClass::name) || (capital(at) && mixed_case_);
    }

    /// The last token of the name that begins at `at`; at - 1 when none does.
    std::size_t last_of_name(std::size_t at, bool sure) const {
        std::size_t next = at;
        const bool capitals = mixed_case_ && is_name(at, sure) && capital(at);
        while (next < at + name_words_max && is_name(next, sure && next == at) && list_[next].before == ' ' &&
               (next == at || !capitals || capital(next)))
            ++next;
        return next - 1;
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    bool mixed_case_;  ///< not all in capitals, so that one means something
};

}  // namespace

void find_recruiter(const Subject& subject, Reading& reading) {
    const auto about = [](Category category) {
        return category == Category::recruitment || category == Category::broker_fraud;
    };
    const bool about_one = about(reading.category) || about(reading.second);
    const bool named = NameFinder(subject).find(about_one, reading);
    const auto& phones = figures_of(subject).phones;
    if (!phones.empty() && (about_one || named)) {
        reading.recruiter_phone = phones.front().number;
        const std::size_t last = phones.front().next - 1;
        subject.explain(reading, "recruiter_phone", "given", last, last);
    }
}

}  // namespace jejak::understand
