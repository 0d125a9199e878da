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
    /// about_one  the whole text is about a recruiter, so that any person with a title is one
    NameFinder(const Subject& subject, bool about_one)
        : subject_(subject),
          list_(subject.tokens.list),
          figures_(figures_of(subject)),
          about_one_(about_one),
          mixed_case_(
              std::any_of(subject.text.begin(), subject.text.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {}

    /// Whoever is named by what they do counts before whoever only has a title.
    bool find(Reading& reading) {
        std::optional<Found> best;
        for (std::size_t at = subject_.from; at < list_.size(); ++at) {
            recruiting_ = recruiting_ || subject_.is(at, WordClass::recruits) || is_role(at);
            const auto found = found_at(at);
            if (found && (!best || found->manner > best->manner)) best = found;
        }
        if (!best) return false;
        reading.recruiter = fold(subject_.typed(best->first, best->last));
        static constexpr std::string_view because[] = {"a name behind a title", "a name beside what recruiters do",
                                                       "a name behind \"agen\" and the like"};
        subject_.explain(reading, "recruiter", "named", best->first, best->last,
                         because[static_cast<std::size_t>(best->manner)]);
        return true;
    }

    /// The text says what recruiters do, or names one by that.
    bool recruiting() const { return recruiting_; }

private:
    enum class Manner : std::uint8_t { titled, does, role };
    struct Found {
        Manner manner = Manner::titled;
        std::size_t first = 0, last = 0;
    };

    std::optional<Found> found_at(std::size_t at) const {
        const bool titled = subject_.is(at, WordClass::title) || boss_named(at);
        const bool company = titled && subject_.is(at, WordClass::names);
        const bool nicknamed = subject_.is(at, WordClass::nickname);
        const bool role = after_role(at) || (nicknamed && role_nearby(at));
        if ((titled || nicknamed) && !may_be_one(at) && !(nicknamed && role_nearby(at))) return std::nullopt;
        const bool asked = asks_for(at) || who_does(at);
        if (!role && !titled && !nicknamed && !asked) return std::nullopt;
        const std::size_t name = titled || nicknamed ? name_behind(at) : at;
        const std::size_t last = last_of_name(name, role || asked);
        if (last < name || (!titled && !nicknamed && !may_stand_bare(at))) return std::nullopt;
        if (role || company) return Found{Manner::role, at, last};
        const bool addressed = called_upon(at, last);
        if (asked || (!addressed && does_behind(at, last))) return Found{Manner::does, nicknamed ? name : at, last};
        if (titled && about_one_ && !addressed) return Found{Manner::titled, at, last};
        return std::nullopt;
    }

    /// "mak long siti": titles may follow each other.
    std::size_t name_behind(std::size_t title) const {
        std::size_t name = title + 1;
        while (name < list_.size() && name <= title + 2 && subject_.is(name, WordClass::title) &&
               list_[name].before == ' ')
            ++name;
        return name;
    }

    bool is_role(std::size_t at) const {
        return subject_.is(at, WordClass::names) && subject_.is(at, WordClass::perpetrator);
    }

    /// Behind "agen", "calo", "sponsor" or "namanya", perhaps with a word of naming between.
    bool after_role(std::size_t at) const {
        if (at <= subject_.from || separates_fields(list_[at].before)) return false;
        if (subject_.is(at - 1, WordClass::names)) return list_[at].before != ',' || plainly_capital(at);
        if (on_behalf(at)) return about_one_ || recruiting_ || !figures_.phones.empty();
        const bool called = subject_.is(at - 1, WordClass::name);
        if (!called || at < subject_.from + 2) return false;
        if ((about_one_ || recruiting_) && !subject_.is(at - 2, WordClass::kin)) return true;
        for (std::size_t n = 2; n <= 4 && at >= subject_.from + n; ++n) {
            if (subject_.is(at - n, WordClass::names) || subject_.is(at - n, WordClass::person)) return true;
        }
        return subject_.is(at - 2, WordClass::part) && does_behind(at, at);
    }

    /// "Bos Jefri", "toke Ahin": a word for who employs is a title before a name with a capital.
    bool boss_named(std::size_t at) const {
        return subject_.is(at, WordClass::boss) && at + 1 < list_.size() && list_[at + 1].before == ' ' &&
               list_[at + 1].word == 0 && plainly_capital(at + 1);
    }

    /// "agen lama saya si Herman"; in "calo mau bawa si Dewi" it is somebody else.
    bool role_nearby(std::size_t at) const {
        constexpr std::size_t window = 3;
        for (std::size_t n = 1; n <= window && at >= subject_.from + n; ++n) {
            if (list_[at - n + 1].before != ' ') return false;
            if (subject_.is(at - n, WordClass::names)) return true;
            const bool describes = subject_.is(at - n, WordClass::first_person) ||
                                   subject_.is(at - n, WordClass::pronoun) || subject_.is(at - n, WordClass::sort) ||
                                   subject_.is(at - n, WordClass::former);
            if (!describes) return false;
        }
        return false;
    }

    /// "yang mengajak si Hendra", "yg ngajak: Anton"
    bool who_does(std::size_t at) const {
        if (at < subject_.from + 2 || (list_[at].before != ' ' && list_[at].before != ':')) return false;
        return subject_.is(at - 1, WordClass::recruits) && !follows_one(at - 1) && !passive(at - 1) &&
               subject_.is(at - 2, WordClass::relative);
    }

    /// "hub 0840… a.n. Joko"
    bool on_behalf(std::size_t at) const {
        constexpr std::string_view a = "a", n = "n";
        return at >= subject_.from + 2 && list_[at - 1].text == n && list_[at - 1].tight && list_[at - 2].text == a;
    }

    /// "bapak saya", "ibu dan adik", "anak pak contoh", "saya bu misal": no recruiter.
    bool may_be_one(std::size_t title) const {
        if (subject_.is(title + 1, WordClass::first_person) || subject_.is(title + 1, WordClass::with)) return false;
        if (title == subject_.from || list_[title].before != ' ') return true;
        const std::size_t before = title - 1;
        const bool family = subject_.is(before, WordClass::kin) || subject_.is(before, WordClass::child);
        return !subject_.is(before, WordClass::first_person) && (!family || subject_.is(before, WordClass::title));
    }

    /// "Cik Gu, …": whom the text is written to.
    bool called_upon(std::size_t at, std::size_t last) const {
        for (std::size_t i = subject_.from; i < at; ++i) {
            if (!subject_.is(i, WordClass::polite)) return false;
        }
        return last + 1 < list_.size() && list_[last + 1].before == ',';
    }

    /// What stands before a name says what its bearer does: "diajak bang X", "ikut X", "setor ke X".
    bool asks_for(std::size_t at) const {
        if (at <= subject_.from || list_[at].before != ' ') return false;
        std::size_t before = at - 1;
        if (does_to(before) || follows_one(before)) return true;
        const bool by =
            subject_.is(before, WordClass::with) || subject_.is(before, WordClass::towards) || is_by(before);
        if (!by || before == subject_.from || !(subject_.is(at, WordClass::title) || !is_towards(before))) return false;
        if (is_by(before)) return true;
        --before;
        return does_to(before) || (subject_.is(at, WordClass::title) && paid_before(before));
    }

    bool is_towards(std::size_t at) const { return subject_.is(at, WordClass::towards); }
    bool is_by(std::size_t at) const { return subject_.is(at, WordClass::by); }
    bool passive(std::size_t at) const { return begins_with(list_[at].text, subject_.data.affixes.passive); }
    /// "diajak", "ditawari", "dikumpul": what is done to somebody.
    bool does_to(std::size_t at) const { return subject_.is(at, WordClass::recruits) && passive(at); }
    bool follows_one(std::size_t at) const { return subject_.is(at, WordClass::joins); }
    /// "bayar 6,5 jt ke": money went there.
    bool paid_before(std::size_t at) const {
        constexpr std::size_t window = 6;
        for (std::size_t n = 0; n < window && at >= subject_.from + n; ++n) {
            if (subject_.is(at - n, WordClass::demand)) return true;
            if (list_[at - n].before == '.' && !list_[at - n].tight) return false;
        }
        return false;
    }

    /// "Pak Contoh janji", "Mat Deli tu tiap malam duduk di kedai mengajak": what stands behind the name, in the same
    /// sentence.
    bool does_behind(std::size_t at, std::size_t last) const {
        constexpr std::size_t near = 4, far = 10;
        const bool opens = at == subject_.from || list_[at].before == '.' || list_[at].before == ',';
        const std::size_t end = std::min(list_.size(), last + 1 + (opens ? far : near));
        for (std::size_t i = last + 1; i < end; ++i) {
            if (separates_fields(list_[i].before) || (list_[i].before == '.' && !list_[i].tight)) return false;
            if (subject_.is(i, WordClass::negation) || subject_.is(i, WordClass::first_person)) return false;
            if (subject_.is(i, WordClass::recruits) && !passive(i) && !follows_one(i)) return true;
        }
        return false;
    }

    bool capital(std::size_t at) const {
        const char c = subject_.text[list_[at].begin];
        return c >= 'A' && c <= 'Z';
    }
    bool plainly_capital(std::size_t at) const { return mixed_case_ && capital(at); }

    /// A word that can be a part of a name: the pack does not know it, or as a name.
    /// sure  a name has to come, so that what looks like a misspelt word is one
    bool is_name(std::size_t at, bool sure) const {
        if (at >= list_.size() || !list_[at].letters || list_[at].text.size() < 2) return false;
        if (list_[at].word != 0) return subject_.data.is(list_[at].word, WordClass::given);
        return sure || list_[at].meant == 0 || plainly_capital(at);
    }

    /// Without a title a name needs a capital or a word of naming: "agen Yanto", "tekong bernama fulan".
    bool may_stand_bare(std::size_t at) const {
        constexpr std::size_t letters_least = 3;
        if (list_[at].text.size() < letters_least) return false;
        return subject_.is(at - 1, WordClass::name) || plainly_capital(at);
    }

    /// "H. Syahrul", "Sdr. Joni": a short title with a point.
    bool abbreviated(std::size_t at) const {
        constexpr std::size_t letters_most = 3;
        return at > subject_.from && list_[at].before == '.' && subject_.is(at - 1, WordClass::title) &&
               list_[at - 1].text.size() <= letters_most && plainly_capital(at);
    }

    /// The last token of the name that begins at `at`; at - 1 when none does.
    std::size_t last_of_name(std::size_t at, bool sure) const {
        std::size_t next = at;
        const bool capitals = is_name(at, sure) && plainly_capital(at);
        const auto begins = [&](std::size_t i) {
            if (i != at) return false;
            const bool told = list_[i].before == ',' || (list_[i].before == ':' && who_does(i));
            return (told && plainly_capital(i)) || on_behalf(i) || abbreviated(i);
        };
        while (next < at + name_words_max && is_name(next, sure && next == at) &&
               (list_[next].before == ' ' || begins(next)) && (next == at || !capitals || capital(next)))
            ++next;
        return next - 1;
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    const Figures& figures_;
    bool about_one_;
    bool mixed_case_;  ///< not all in capitals, so that one means something
    bool recruiting_ = false;
};

/// "hub saya 0840…": the sender's own.
bool is_own(const Subject& subject, const FoundPhone& phone) {
    const auto& list = subject.tokens.list;
    std::size_t first = phone.next - 1;
    while (first > subject.from && list[first - 1].digits > 0 && !separates_fields(list[first].before)) --first;
    return subject.preceded_by(first, WordClass::first_person, 2);
}

}  // namespace

void find_recruiter(const Subject& subject, Reading& reading) {
    const auto about = [](Category category) {
        return category == Category::recruitment || category == Category::broker_fraud;
    };
    const bool about_one = about(reading.category) || about(reading.second);
    NameFinder finder(subject, about_one);
    const bool named = finder.find(reading);
    const bool told = reading.intent == Intent::report && finder.recruiting();
    for (const FoundPhone& phone : figures_of(subject).phones) {
        if ((!about_one && !named && !told) || is_own(subject, phone)) continue;
        reading.recruiter_phone = phone.number;
        const auto& uses = figures_of(subject).uses;
        std::size_t first = phone.next - 1;
        while (first > subject.from && uses[first - 1] == Use::phone) --first;
        subject.explain(reading, "recruiter_phone", "given", first, phone.next - 1);
        return;
    }
}

}  // namespace jejak::understand
