#include "gateway/understand/dialogue/answer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/understand/dialogue/merge.hpp"
#include "gateway/understand/raise.hpp"
#include "gateway/understand/sense/command.hpp"
#include "gateway/understand/sense/registration.hpp"
#include "gateway/understand/slots/amended.hpp"
#include "gateway/understand/slots/category.hpp"
#include "gateway/understand/slots/when.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t answer_words_max = 5;  ///< a place nobody knows is named in few words
constexpr std::size_t bare_words_max = 2;    ///< "ya boleh", "ga tau": says nothing but that
constexpr std::size_t report_words_min = 6;  ///< from here on a text that names a case and more is one of its own

/// Reads one text against one open question.
class AnswerReader {
public:
    AnswerReader(const Pack& pack, const FormField& field, std::string_view text, const ReadingContext& context,
                 Reading& into)
        : pack_(pack),
          data_(pack.data()),
          field_(field),
          tokens_(data_, text),
          list_(tokens_.list),
          phrases_(find_phrases(data_, tokens_, 0), list_.size()),
          subject_{data_, text, tokens_, 0, phrases_, context, pack.utc_offset_of(context.sender)},
          into_(into) {}

    Fit run() {
        if (list_.empty()) return Fit::none;
        const auto command = find_command(data_, tokens_, false);
        if (chosen()) return Fit::answer;
        const bool nothing = command.intent == Intent::skip || says_nothing();
        if (nothing || field_.type == "yes_no" || command.intent == Intent::no) {
            if (tells_of_a_case()) return Fit::none;
            // "tidak": nothing to say to this
            return !nothing && field_.type == "yes_no" ? yes_or_no(command.intent) : Fit::skip;
        }
        read_pieces();
        if (is_another_matter(command.intent)) return Fit::none;
        if (tells_elsewhere(into_, said_)) {
            if (!is_origin(subject_, said_)) return Fit::none;
            said_.place.clear();  // "td mlm dari kaliau": not where it happened
            said_.place_name.clear();
        }
        if (!answers()) return Fit::none;
        take_later(into_, said_, About::first);
        return Fit::answer;
    }

    /// "jangan telpon, kami disekap", "2 tolong kami"; not "2 orang disekap".
    bool refuses() {
        if (list_.empty() || (list_.size() > bare_words_max && !tells_of_a_case())) return false;
        if (subject_.is(0, WordClass::negation)) return true;
        return list_[0].digits > 0 && list_[0].number == 2 && whole().people != 2U;
    }

private:
    /// The text as one of its own.
    const Reading& whole() {
        if (!whole_) whole_ = read(pack_, subject_.text, subject_.context);
        return *whole_;
    }

    /// "ya tolong cepat kami disiksa", "ga tau, kami dikurung": it begins or ends like an answer, and is more than one.
    bool tells_of_a_case() {
        if (list_.size() <= bare_words_max) return false;
        const auto intent = whole().intent;
        return intent == Intent::sos || intent == Intent::report ||
               (intent == Intent::missing && into_.intent != Intent::missing);
    }

    /// "0", "-", "ga tau pak": no answer, and none to come.
    bool says_nothing() const {
        if (list_.size() == 1 && list_[0].digits > 0 && list_[0].number == 0) return true;
        const bool unknowing = std::any_of(subject_.hits.begin(), subject_.hits.end(), [](const Hit& hit) {
            return hit.kind == Kind::remark && hit.value == static_cast<std::uint16_t>(Remark::dont_know);
        });
        return unknowing && list_.size() <= report_words_min;
    }

    /// One of the offered answers, by its number or its words.
    bool chosen() {
        if (field_.choices.empty() || field_.type == "number") return false;
        if (list_.size() == 1 && list_[0].digits > 0) {
            const std::size_t number = list_[0].number;
            return number >= 1 && number <= field_.choices.size() && fill(field_.choices[number - 1].value);
        }
        for (const Choice& choice : field_.choices) {
            const auto& texts = choice.label.texts();
            const bool same = std::any_of(texts.begin(), texts.end(), [&](const auto& one) {
                const Tokens label(data_, one.second);
                return label.list.size() == list_.size() &&
                       std::equal(label.list.begin(), label.list.end(), list_.begin(),
                                  [](const Token& left, const Token& right) {
                                      return left.word == right.word && (left.word != 0 || left.text == right.text);
                                  });
            });
            if (same && fill(choice.value)) return true;
        }
        return false;
    }

    /// Puts a choice's value into the field's slot; false when it is none for it.
    bool fill(const std::string& value) {
        if (field_.type == "category") {
            const auto category = parse<Category>(value);
            if (category) into_.category = *category;
            into_.guessed = into_.guessed && !category;
            return category.has_value();
        }
        if (field_.type == "yes_no") {
            if (value != "yes" && value != "no") return false;
            into_.intent = value == "yes" ? Intent::yes : Intent::no;
            return true;
        }
        if (field_.type == "place") {
            const Place* place = pack_.place(value);
            if (place == nullptr) return false;
            into_.place = value;
            into_.place_name = place->name;
            return true;
        }
        if (field_.type == "time") return choose_when(value, subject_, into_.when);
        if (field_.type == "destination") {
            into_.destination = value;
            return true;
        }
        return set_registration_field(data_, field_.name, value, subject_.context, subject_.offset, into_.registration);
    }

    /// Only what agrees to all of it is a yes: "ya jangan telpon", "boleh tapi jangan sekarang", "ya nanti", "bisa sms
    /// saja" are the safer no.
    Fit yes_or_no(Intent said) {
        const bool one = list_.size() == 1 && list_[0].number == 1;
        const bool two = list_.size() == 1 && list_[0].number == 2;
        const bool agrees = subject_.is(0, WordClass::agrees) || said == Intent::yes;
        const bool refuses = said == Intent::no || subject_.is(0, WordClass::negation) || begins_with_doubt();
        if (!one && !two && !agrees && !refuses) return Fit::none;
        into_.intent = two || refuses || doubts() ? Intent::no : Intent::yes;
        return Fit::answer;
    }

    /// "nanti saja pak", "sms aja": few words, and the first is one that keeps a yes from being one.
    bool begins_with_doubt() const {
        return list_.size() <= answer_words_max &&
               (doubts_at(0) || std::any_of(subject_.hits.begin(), subject_.hits.end(),
                                            [&](const Hit& hit) { return hit.first == 0 && is_another_time(hit); }));
    }

    bool doubts() const {
        for (std::size_t i = 0; i < list_.size(); ++i) {
            if (doubts_at(i)) return true;
        }
        return std::any_of(subject_.hits.begin(), subject_.hits.end(),
                           [&](const Hit& hit) { return is_another_time(hit); });
    }

    bool doubts_at(std::size_t at) const {
        return subject_.is(at, WordClass::negation) || subject_.is(at, WordClass::contrast) ||
               subject_.is(at, WordClass::in_writing);
    }

    /// "nanti", "besok", "jam 8", "malam"; no "selamat malam".
    bool is_another_time(const Hit& hit) const {
        if (hit.kind != Kind::time || (hit.first > 0 && subject_.is(hit.first - 1, WordClass::greeting))) return false;
        switch (static_cast<TimeWord>(hit.value)) {
            case TimeWord::future:
            case TimeWord::to_come:
            case TimeWord::next:
            case TimeWord::tonight:
            case TimeWord::tomorrow:
            case TimeWord::day_after_tomorrow:
            case TimeWord::dawn:
            case TimeWord::morning:
            case TimeWord::noon:
            case TimeWord::afternoon:
            case TimeWord::night:
            case TimeWord::midnight:
            case TimeWord::clock:
                return true;
            default:
                return false;
        }
    }

    /// A command, or a text that tells of a case by itself.
    bool is_another_matter(Intent command) {
        const bool open_text = field_.type == "text" || field_.type == "category";
        if (command != Intent::unclear && command != Intent::position && command != Intent::arrived) return true;
        const Reading& own = whole();
        if (own.intent == Intent::sos) return true;
        if (own.intent == Intent::missing) return into_.intent != Intent::missing;
        if (own.intent != Intent::report || open_text) return false;
        if (!only_says_where() && (is_another_event() || raises_more())) return true;
        const bool tells_more = own.people || own.when.at || own.when.since || !own.vehicle.empty();
        return own.category != Category::none && tells_more && list_.size() >= report_words_min;
    }

    /// "di rumah kosong dkt sekolah", asked where: the house is the place, and tells of nobody in it.
    bool only_says_where() const {
        if (field_.type != "place" || tokens_.question || list_.size() > answer_words_max) return false;
        if (said_.people || said_.children || said_.flags != 0) return false;
        return std::all_of(subject_.hits.begin(), subject_.hits.end(), [&](const Hit& hit) {
            if (hit.kind != Kind::category && hit.kind != Kind::distress) return true;
            return subject_.is(hit.first, WordClass::at) ||
                   (hit.first > 0 && subject_.is(hit.first - 1, WordClass::at));
        });
    }

    /// Of a kind that the report asked about is not: somebody kept in a house is no crossing. A boat and a path to it
    /// may be one departure.
    bool is_another_event() {
        const auto said = whole().category, before = into_.category;
        if (said == Category::none || before == Category::none || said == before) return false;
        const auto group = pack_.group_of(said);
        return group.empty() || group != pack_.group_of(before);
    }

    /// It calls for an alert that the report would not raise with this answer in it.
    bool raises_more() {
        auto then = into_;
        take_later(then, said_, About::first);
        auto kinds = alerts_raised(pack_, then, subject_.context.received_at);
        kinds.insert(kinds.end(), into_.alerts.begin(), into_.alerts.end());
        const auto departs = [](AlertKind kind) {
            return kind == AlertKind::departure_now || kind == AlertKind::departure_past;
        };
        const auto& wanted = whole().alerts;
        return std::any_of(wanted.begin(), wanted.end(), [&](AlertKind kind) {
            return std::none_of(kinds.begin(), kinds.end(), [&](AlertKind one) {
                return one == kind || (departs(one) && departs(kind));  // when it was may be the very answer
            });
        });
    }

    void read_pieces() {
        const auto weighed = weigh_categories(subject_);
        if (weighed.points >= Weighed::needed) said_.category = weighed.best;
        find_people(subject_, said_);
        find_place(subject_, said_);
        find_when(subject_, said_);
        find_destination(subject_, said_);
        find_vehicle(subject_, said_);
        find_flags(subject_, said_);
    }

    bool answers() {
        if (field_.type == "place") return !said_.place.empty() || lies_abroad() || names_a_place();
        if (field_.type == "destination") return !said_.destination.empty() || !said_.place.empty() || names_a_place();
        if (field_.type == "number") return counts();
        if (field_.type == "time" || field_.type == "date") return tells_time();
        if (field_.type == "category") return true;
        if (field_.type == "text") return !tokens_.question;
        return set_registration_field(data_, field_.name, std::string(subject_.text), subject_.context, subject_.offset,
                                      into_.registration);
    }

    /// "serian": asked where, a place abroad is where it happened, not where it goes.
    bool lies_abroad() {
        if (said_.place_name.empty()) said_.place_name = std::exchange(said_.destination, {});
        return !said_.place_name.empty();
    }

    /// "kampung entah", "dekat sekolah": a place the pack has no name for. It stays in the text, for people to read: it
    /// may be more telling than a feed may carry.
    bool names_a_place() const {
        if (tokens_.question || list_.size() > answer_words_max) return false;
        const bool names = std::any_of(list_.begin(), list_.end(), [&](const Token& token) {
            return token.letters &&
                   (token.word == 0 || data_.is(token.word, WordClass::village) || data_.is(token.word, WordClass::at));
        });
        const bool only_words =
            std::none_of(list_.begin(), list_.end(), [](const Token& token) { return token.digits > 4; });
        return names && only_words;
    }

    /// "3", "5-6", "sekitar 10", "tiga org", "rombongan", "bukan 7 tapi 5".
    bool counts() {
        if (said_.people || has(said_.flags, Flag::mass)) return true;
        if (said_.when.at || list_.size() > answer_words_max) return false;
        const auto count = first_count_that_stands(subject_);
        if (count) take_count(*count, said_);
        return count.has_value();
    }

    /// "jam 8", "td mlm", "kemarin", and a bare "8".
    bool tells_time() {
        const auto& when = said_.when;
        if (when.at || when.since || when.now) return true;
        return list_.size() <= 2 && list_[0].digits > 0 && hour_said(list_[0].number, subject_, said_.when);
    }

    const Pack& pack_;
    const Pack::Data& data_;
    const FormField& field_;
    const Tokens tokens_;
    const std::vector<Token>& list_;
    const Phrases phrases_;
    const Subject subject_;
    Reading& into_;
    Reading said_;
    std::optional<Reading> whole_;
};

}  // namespace

Fit read_answer(const Pack& pack, const FormField& field, std::string_view text, const ReadingContext& context,
                Reading& into) {
    return AnswerReader(pack, field, text, context, into).run();
}

bool begins_with_refusal(const Pack& pack, const FormField& field, std::string_view text,
                         const ReadingContext& context) {
    Reading none;
    return field.type == "yes_no" && AnswerReader(pack, field, text, context, none).refuses();
}

}  // namespace jejak::understand
