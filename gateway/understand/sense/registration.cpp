#include "gateway/understand/sense/registration.hpp"

#include <algorithm>
#include <optional>

#include "gateway/understand/sense/nik.hpp"
#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/when.hpp"

namespace jejak::understand {
namespace {

constexpr std::chrono::days days_back{31};        ///< a form may be sent after the fact
constexpr std::chrono::days days_ahead{2 * 366};  ///< nobody registers a departure further ahead
constexpr std::size_t field_bytes_max = 80;
constexpr std::size_t full_name_words_max = 6;
constexpr std::size_t nik_digits = 16;
constexpr std::string_view form_name = "register";

/// Without blanks around it, at most field_bytes_max long and never cut inside a character.
std::string clean(std::string_view typed) {
    constexpr std::string_view blanks = " \t\r\n\v\f.:";
    const auto first = typed.find_first_not_of(blanks);
    if (first == typed.npos) return {};
    typed = typed.substr(first, typed.find_last_not_of(blanks) - first + 1);
    if (typed.size() > field_bytes_max) {
        std::size_t end = field_bytes_max;
        while (end > 0 && (static_cast<unsigned char>(typed[end]) & 0xC0) == 0x80) --end;
        typed = typed.substr(0, end);
    }
    return std::string(typed);
}

/// The separator of a form: the first of these that stands often enough not to be part of a date or a sentence.
std::optional<char> form_separator(std::string_view form) {
    struct Rule {
        char separator;
        std::ptrdiff_t least;
    };
    for (const auto [separator, least] : {Rule{'#', 1}, {'*', 2}, {'|', 2}, {';', 2}, {'\n', 3}, {',', 3}, {'/', 5}}) {
        if (std::count(form.begin(), form.end(), separator) >= least) return separator;
    }
    return std::nullopt;
}

/// What a text says of whether somebody has come of age.
enum class Grown : std::uint8_t { unsaid, no, yes };

/// A phrase that says so of somebody under age: not "anak perempuan", whose child says no age, not "Dede Contoh", a
/// name, and not "jaga anak kecil", work.
bool says_minor(const Subject& subject, const Hit& hit) {
    if (hit.kind != Kind::flag || hit.negated || hit.value == flag_none ||
        1u << hit.value != static_cast<Flags>(Flag::minor_involved))
        return false;
    if (hit.first == hit.last && subject.is(hit.first, WordClass::given)) return false;
    if (hit.last == hit.first + 1 && subject.is(hit.first, WordClass::kin) && subject.is(hit.last, WordClass::part))
        return false;
    const auto of_work = [](const Hit& other) { return other.kind == Kind::job; };
    return !covered_by(subject, hit.first, of_work) && !subject.preceded_by(hit.first, WordClass::work, 2) &&
           !subject.preceded_by(hit.first, WordClass::job, 2);
}

/// An age that is told counts before "masih SMP"; of several the youngest.
Grown grown_in(const Subject& subject) {
    const auto& ages = figures_of(subject).ages;
    if (!ages.empty()) {
        const bool minor = std::any_of(ages.begin(), ages.end(), [](const Age& age) { return age.years < adult_age; });
        return minor ? Grown::no : Grown::yes;
    }
    const bool minor =
        std::any_of(subject.hits.begin(), subject.hits.end(), [&](const Hit& hit) { return says_minor(subject, hit); });
    return minor ? Grown::no : Grown::unsaid;
}

/// A place as the form names it: the pack's, or what was typed.
struct NamedPlace {
    std::string code, name;
};

class FormReader {
public:
    explicit FormReader(const Subject& subject)
        : subject_(subject),
          data_(subject.data),
          list_(subject.tokens.list),
          today_(local_day(subject.context.received_at, subject.offset)) {}

    Registration run() {
        const std::size_t begin = subject_.from == 0 ? 0 : list_[subject_.from - 1].end;
        const auto form = subject_.text.substr(begin);
        if (const auto separator = form_separator(form)) {
            read_fields(form, *separator);
        } else {
            read_words();
        }
        conclude();
        return std::move(out_);
    }

    /// One field by itself; false when `value` is none for it.
    bool read_field(std::string_view field, const std::string& value, Registration& into) {
        out_ = std::move(into);
        set(field, clean(value));
        const bool filled = !empty(field) && !(field == "nik" && !out_.nik_problem.empty());
        into = std::move(out_);
        return filled;
    }

private:
    void read_fields(std::string_view form, char separator) {
        const auto first = form.find_first_not_of(" \t\r");
        if (first != form.npos && form[first] == separator) form.remove_prefix(first + 1);
        const auto& fields = data_.forms.find(form_name)->second.fields;
        for (const auto& field : fields) {
            if (form.empty()) return;
            const auto end = std::min(form.find(separator), form.size());
            if (auto value = clean(form.substr(0, end)); !value.empty()) set(field.name, value);
            form.remove_prefix(std::min(end + 1, form.size()));
        }
        set("", std::string(form));  // what stands behind the last field
    }

    void set(std::string_view field, const std::string& value) {
        const Tokens tokens(data_, value);
        const Phrases phrases(find_phrases(data_, tokens, 0), tokens.list.size());
        const Subject typed{data_, value, tokens, 0, phrases, subject_.context, subject_.offset};
        // "SITI MISAL (17 thn)", whatever field it stands in; "jaga bayi" is work
        if (field != "job" && grown_in(typed) == Grown::no) out_.minor = true;
        if (field == "name") {
            out_.name = value;
        } else if (field == "nik") {
            std::copy_if(value.begin(), value.end(), std::back_inserter(out_.nik),
                         [](char c) { return c >= '0' && c <= '9'; });
            if (out_.nik.empty()) out_.nik_problem = "a NIK has 16 digits";
        } else if (field == "sex") {
            if (!tokens.list.empty()) set_sex(tokens.list.front().word);
        } else if (field == "village") {
            set_village(place_in(typed));
        } else if (field == "destination") {
            out_.destination = destination_in(typed);
        } else if (field == "job") {
            out_.job = value;
        } else if (field == "exit") {
            out_.exit_point = place_in(typed).name;
        } else if (field == "date") {
            if (const auto day = find_date(typed, today_)) out_.date = start_of(*day, subject_.offset);
        } else if (field == "phone") {
            out_.phone = phone_at(data_, tokens, 0).number;
        }
    }

    void set_sex(WordId word) {
        if (data_.is(word, WordClass::female)) out_.sex = "f";
        if (data_.is(word, WordClass::male)) out_.sex = "m";
    }

    /// A gate stands for its village.
    void set_village(const NamedPlace& place) {
        out_.village = place.code;
        const auto found = data_.place_by_code.find(place.code);
        out_.village_name = found == data_.place_by_code.end() ? place.name : data_.places[found->second].name;
    }

    NamedPlace place_in(const Subject& typed) const {
        const Place* best = nullptr;
        for (const Hit& hit : typed.hits) {
            if (hit.kind != Kind::place) continue;
            const Place& place = data_.places[hit.value];
            if (best == nullptr || place.code.size() > best->code.size()) best = &place;
        }
        return best == nullptr ? NamedPlace{{}, std::string(typed.text)} : NamedPlace{best->code, best->name};
    }

    std::string destination_in(const Subject& typed) const {
        Reading found;
        find_destination(typed, found);
        return found.destination.empty() ? place_in(typed).name : found.destination;
    }

    // The spaced form, as good as it goes.

    bool is(std::size_t at, WordClass one) const { return subject_.is(at, one); }
    bool is_label(std::size_t at) const {
        static constexpr WordClass labels[] = {WordClass::name, WordClass::age,   WordClass::village,
                                               WordClass::from, WordClass::via,   WordClass::towards,
                                               WordClass::date, WordClass::phone, WordClass::job};
        return std::any_of(std::begin(labels), std::end(labels), [&](WordClass label) { return is(at, label); });
    }
    bool covered(std::size_t at, Kind kind) const { return (covered_[at] >> static_cast<unsigned>(kind) & 1) != 0; }

    void cover() {
        covered_.resize(list_.size());
        for (const Hit& hit : subject_.hits) {
            for (std::size_t at = hit.first; at <= hit.last; ++at)
                covered_[at] |= 1u << static_cast<unsigned>(hit.kind);
        }
    }

    /// Words from `at` up to the next label, number, place or time.
    std::string words_from(std::size_t at) const {
        std::size_t end = at;
        while (end < list_.size() && end < at + full_name_words_max && !is_label(end) && list_[end].digits == 0 &&
               !covered(end, Kind::place) && !covered(end, Kind::destination) && !covered(end, Kind::time)) {
            ++end;
        }
        return end == at ? std::string() : clean(subject_.typed(at, end - 1));
    }

    void read_words() {
        cover();
        out_.minor = grown_in(subject_) == Grown::no;
        for (std::size_t i = subject_.from; i < list_.size(); ++i) {
            if (is(i, WordClass::name) && out_.name.empty()) out_.name = words_from(i + 1);
            if (is(i, WordClass::job) && out_.job.empty()) out_.job = words_from(i + 1);
            if (is(i, WordClass::village) && out_.village_name.empty()) out_.village_name = words_from(i + 1);
            if (list_[i].text.size() <= 2 && list_[i].letters && out_.sex.empty()) set_sex(list_[i].word);
        }
        if (out_.name.empty()) out_.name = words_from(subject_.from);
        read_places();
        read_numbers();
        Reading details;
        find_recruiter(subject_, details);
        find_details(subject_, details);
        out_.recruiter = details.recruiter;
        if (out_.job.empty()) out_.job = details.job;
        if (const auto day = find_date(subject_, today_)) out_.date = start_of(*day, subject_.offset);
    }

    /// The place after "dari" or "desa" is home, the one after "lewat" the way out; without such words the first is
    /// home and a gate the way out.
    void read_places() {
        for (const Hit& hit : subject_.hits) {
            if (hit.kind != Kind::place) continue;
            const Place& place = data_.places[hit.value];
            const bool via = hit.first > subject_.from && is(hit.first - 1, WordClass::via);
            if ((via || !out_.village.empty()) && out_.exit_point.empty()) {
                out_.exit_point = place.name;
            } else if (out_.village.empty() && !via) {
                set_village({place.code, place.name});
            }
        }
        Reading found;
        find_destination(subject_, found);
        out_.destination = found.destination;
        for (std::size_t i = subject_.from; i < list_.size() && out_.destination.empty(); ++i) {
            if (is(i, WordClass::towards)) out_.destination = words_from(i + 1);
        }
    }

    void read_numbers() {
        for (std::size_t i = subject_.from; i < list_.size(); ++i) {
            std::string digits;
            for (std::size_t j = i; j < list_.size() && list_[j].digits > 0 && digits.size() < nik_digits; ++j)
                digits += list_[j].text;
            if (digits.size() == nik_digits && out_.nik.empty()) {
                out_.nik = digits;
                while (i + 1 < list_.size() && list_[i + 1].digits > 0 && list_[i].digits < nik_digits) ++i;
                continue;
            }
            if (out_.phone.empty()) out_.phone = phone_at(data_, subject_.tokens, i).number;
        }
    }

    void conclude() {
        // A date nobody plans for is none: it would make a child of today an adult of some day.
        if (out_.date) {
            const auto ahead =
                std::chrono::sys_days(local_day(*out_.date, subject_.offset)) - std::chrono::sys_days(today_);
            if (ahead < -days_back || ahead > days_ahead) out_.date.reset();
        }
        const auto leaves = out_.date ? local_day(*out_.date, subject_.offset) : today_;
        if (!out_.nik.empty()) {
            const auto facts = read_nik(out_.nik, today_);
            out_.nik_problem = facts.problem;
            if (facts.birth) {
                out_.minor = out_.minor || under_age(*facts.birth, leaves);
                if (out_.sex.empty()) out_.sex = facts.female ? "f" : "m";
            }
        }
        for (const auto& field : data_.forms.find(form_name)->second.fields) {
            if (field.required && empty(field.name)) out_.missing.emplace_back(data_.say(field.label));
        }
    }

    bool empty(std::string_view field) const {
        if (field == "name") return out_.name.empty();
        if (field == "nik") return out_.nik.empty();
        if (field == "sex") return out_.sex.empty();
        if (field == "village") return out_.village_name.empty();
        if (field == "destination") return out_.destination.empty();
        if (field == "job") return out_.job.empty();
        if (field == "exit") return out_.exit_point.empty();
        if (field == "date") return !out_.date;
        if (field == "phone") return out_.phone.empty();
        return false;
    }

    const Subject& subject_;
    const Pack::Data& data_;
    const std::vector<Token>& list_;
    std::chrono::year_month_day today_;
    std::vector<std::uint32_t> covered_;  ///< by token: a bit for each kind of phrase it is in
    Registration out_;
};

}  // namespace

bool set_registration_field(const Pack::Data& data, std::string_view field, const std::string& value,
                            const ReadingContext& context, std::chrono::minutes offset, Registration& into) {
    const Tokens tokens(data, value);
    const Phrases none({}, tokens.list.size());
    return FormReader({data, value, tokens, 0, none, context, offset}).read_field(field, value, into);
}

Registration read_registration(const Subject& subject) {
    return FormReader(subject).run();
}

}  // namespace jejak::understand
