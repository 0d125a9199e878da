#include "gateway/understand/sense/sense.hpp"

#include <algorithm>
#include <array>

#include "gateway/understand/intents.hpp"
#include "gateway/understand/sense/bygone.hpp"
#include "gateway/understand/sense/silence.hpp"
#include "gateway/understand/sense/sufferer.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t intents = 32;
constexpr std::size_t calls_max = 8;
constexpr std::size_t sure_words_min = 5;    // fewer say little
constexpr std::size_t denial_words_max = 8;  // more say something else as well

/// Intents that a sentence states, the most telling first.
constexpr auto sentence_order =
    std::to_array<Intent>({Intent::erase, Intent::stop, Intent::start, Intent::register_worker, Intent::status,
                           Intent::check, Intent::help, Intent::recommendation, Intent::missing, Intent::returned,
                           Intent::position, Intent::arrived, Intent::departed, Intent::safe});

/// Whether a text is written with a laugh or a kiss: U+1F602, U+1F923, U+1F606, U+1F61C, U+1F61D, U+1F618, U+1F60D.
bool laughs(std::string_view text) {
    constexpr auto pictures =
        std::to_array<std::string_view>({"\xF0\x9F\x98\x82", "\xF0\x9F\xA4\xA3", "\xF0\x9F\x98\x86", "\xF0\x9F\x98\x9C",
                                         "\xF0\x9F\x98\x9D", "\xF0\x9F\x98\x98", "\xF0\x9F\x98\x8D"});
    if (text.find(pictures[0][0]) == text.npos) return false;
    return std::any_of(pictures.begin(), pictures.end(),
                       [&](std::string_view picture) { return text.find(picture) != text.npos; });
}

/// U+1F198, the sign of distress.
bool signals_distress(std::string_view text) {
    return text.find("\xF0\x9F\x86\x98") != text.npos;
}

class SenseMaker {
public:
    SenseMaker(const Subject& whole, const FoundCommand& command)
        : whole_(whole),
          list_(whole.tokens.list),
          command_(command),
          weighed_(weigh_categories(whole)),
          abroad_(whole.abroad) {}

    Sense run() {
        gather();
        Sense sense = decide();
        sense.watched = silence_.watched != nullptr;
        sense.not_now = silence_.not_now;
        const bool sos = sense.intent == Intent::sos;
        sense.no_answer =
            silence_.no_answer != nullptr || (unwanted_ && sense.watched) || (outright_ && (sense.not_now || sos));
        sense.no_messages = unwanted_ && sense.not_now;
        say_who(sense);
        if (sense.intent == Intent::sos) sense.calls = std::move(calls_);
        sense.weighed = weighed_;
        sense.correction = sense.intent == Intent::report && corrects();
        sense.question = asks();
        if (sense.intent == Intent::unclear && sense.category == Category::none) say_what_it_is(sense);
        return sense;
    }

private:
    struct Said {
        const Hit* hit = nullptr;
        bool denied = false;
    };

    void gather() {
        laughing_ = laughs(whole_.text);
        for (std::size_t i = 0; i < list_.size(); ++i) {
            if (is(i, WordClass::plea) && !asks_favour(i + 1) && !whole_.preceded_by(i, WordClass::negation, 3)) {
                plea_ = true;
                if (calls_.size() < calls_max) calls_.push_back({i, i, false, true});
            }
            favour_ = favour_ || (is(i, WordClass::plea) && asks_favour(i + 1));
            fiction_ = fiction_ || is(i, WordClass::fiction);
            self_ = self_ || is(i, WordClass::first_person);
            witnessed_ = witnessed_ || (is(i, WordClass::first_person) && is(i + 1, WordClass::witnesses));
            somebody_ = somebody_ || (is(i, WordClass::kin) && !whole_.data.is(list_[i].spelled, WordClass::address));
        }
        for (const Hit& hit : whole_.hits) {
            if (hit.kind == Kind::saying) gather_saying(hit);
            if (hit.kind == Kind::distress && !hit.negated) gather_distress(hit);
            denied_ = denied_ || (hit.kind == Kind::distress && hit.negated);
            if (hit.kind == Kind::time) {
                const auto word = static_cast<TimeWord>(hit.value);
                now_ = now_ || word == TimeWord::now;
                future_ = future_ || word == TimeWord::future || word == TimeWord::tomorrow ||
                          word == TimeWord::day_after_tomorrow || word == TimeWord::soon;
            }
        }
        keep_silent();
    }

    void say_who(Sense& sense) const {
        const bool own = grave_ != nullptr || wronged_ != nullptr || plea_;
        const bool few = list_.size() < sure_words_min;
        const bool nobody = kin_ == nullptr && others_ == nullptr;
        sense.of_others =
            !own && ((few ? !nobody : others_ != nullptr && kin_ == nullptr && !self_) || (nobody && kin_wronged_));
        sense.denied = !own && nobody && (over_ || of_things_ || (denied_ && list_.size() <= denial_words_max));
        sense.favour = !own && (favour_ || asks_favour(1));  // "tlg dicek"
    }

    void note_call(std::size_t first, std::size_t last, bool own = false) {
        if (calls_.size() < calls_max) calls_.push_back({first, last, own});
    }

    void keep_silent() {
        const Hit*& stop = said_[static_cast<std::size_t>(Intent::stop)].hit;
        silence_ = silence_of(whole_, stop);
        unwanted_ = stop != nullptr;
        outright_ = unwanted_ && stop->first != stop->last;  // a phrase, and not put together from what it speaks of
        if (unwanted_ && asks_for_silence(silence_, *stop)) stop = nullptr;
    }

    /// Written as the pack has it: what would harm if it were guessed.
    bool spelled_out(const Hit& hit) const {
        return std::all_of(list_.begin() + hit.first, list_.begin() + hit.last + 1, [](const Token& token) {
            return token.meant == token.word && (token.exact || token.word == 0);
        });
    }

    void gather_saying(const Hit& hit) {
        const auto weight = static_cast<Weight>(hit.weight);
        const auto intent = static_cast<Intent>(hit.value);
        const bool delicate = intent == Intent::safe || intent == Intent::stop || intent == Intent::erase;
        if (delicate && !spelled_out(hit)) return;
        if (weight == Weight::correction) {
            corrected_ = corrected_ || !hit.negated;
            return;
        }
        Said& said = said_[hit.value];
        if (intent == Intent::sos && !hit.negated) note_call(hit.first, hit.last);
        if (hit.negated) {
            said.denied = true;
        } else if (said.hit == nullptr || said.hit->weight < hit.weight) {
            said.hit = &hit;
        }
    }

    /// Village life in clear words, which tells no case as clearly: "kambing dikurung", "bahaya banjir".
    bool idle() const { return weighed_.everyday >= Weighed::clear && weighed_.everyday > weighed_.points; }

    /// Nothing else, even behind a keyword: "lapor komandan, kopi habis".
    bool plain_talk() const { return weighed_.everyday > Weighed::clear + Weighed::needed; }

    void gather_distress(const Hit& hit) {
        if (lies_behind(whole_, hit)) {
            over_ = true;
            return;
        }
        const bool over = whole_.preceded_by(hit.first, WordClass::once, 3);
        const bool grave = hit.weight >= static_cast<std::uint8_t>(Distress::grave) && !over;
        const Who who = who_is(hit);
        const bool named = hit.weight == static_cast<std::uint8_t>(Distress::named);
        const bool of_thing = who == Who::unsaid && (grave || over) && of_a_thing(whole_, hit);
        of_things_ = of_things_ || of_thing;
        const bool of_kin = named && of_papers(whole_, hit);
        kin_wronged_ = kin_wronged_ || of_kin;
        if (of_kin || (named && who == Who::unsaid)) return;
        if (who == Who::unsaid && (idle() || of_a_creature(whole_, hit) || of_thing || witnessed_)) return;
        const bool own = who == Who::self || (who == Who::unsaid && command_.intent != Intent::report);
        const Hit*& known = !own ? who == Who::kin ? kin_ : others_ : grave ? grave_ : wronged_;
        if (own || grave) known = known == nullptr ? &hit : known;
        begged_ = begged_ || (who == Who::kin && !idle() && is_begged(whole_, hit));
        if (own && grave) note_call(hit.first, hit.last, who == Who::self);
        if (own && grave && who == Who::self && suffers_ == nullptr) suffers_ = &hit;
    }

    bool is(std::size_t at, WordClass one) const { return whole_.is(at, one); }
    Who who_is(const Hit& hit) const { return who_suffers(whole_, hit, self_); }
    const Hit* said(Intent intent) const { return said_[static_cast<std::size_t>(intent)].hit; }

    bool asks_favour(std::size_t at) const {
        for (std::size_t n = 0; n < 2 && is(at, WordClass::polite); ++n) ++at;
        return is(at, WordClass::please_verb);
    }

    Sense decide() {
        if (weighed_.spam >= Weighed::clear && weighed_.spam > weighed_.points && command_.intent != Intent::report &&
            !names_code())
            return {Intent::unclear, Category::spam, 0, Basis::spam, false, false, false, why("advertising")};
        if (command_.intent == Intent::no && command_.alone && said(Intent::stop) != nullptr)
            return by_saying(Intent::stop);  // "jangan sms saya"
        if (settled(command_.intent)) return with_settled_command();
        if (signals_distress(whole_.text) && !fiction_ && !laughing_ && command_.intent == Intent::unclear)
            return made(Intent::sos, Basis::keyword, why("the sign of distress"), 0, true);
        const bool called = said(Intent::sos) != nullptr && ends_in_plea() && !fiction_ && !laughing_;
        const bool taken_back = said(Intent::unclear) != nullptr && !called;
        if (taken_back && grave_ == nullptr && said(Intent::safe) != nullptr) return by_saying(Intent::safe);
        if (grave_ != nullptr && !fiction_) return by_suffering();
        if (wronged_ != nullptr && alone_abroad()) return by_suffering();
        if (controlled()) return certainly(by_suffering());
        if (taken_back) {
            Sense sense = made(Intent::unclear, Basis::saying, why("taken back", said(Intent::unclear)));
            sense.category = Category::not_a_case;
            return sense;
        }
        for (const Intent intent : sentence_order) {
            const Hit* hit = said(intent);
            if (command_.intent == Intent::sos && hit != nullptr &&
                hit->weight == static_cast<std::uint8_t>(Weight::solid))
                return by_saying(intent);
        }
        const bool harmed = grave_ != nullptr || wronged_ != nullptr || kin_ != nullptr || others_ != nullptr;
        if (command_.intent == Intent::sos && idle() && !self_ && !harmed) return {};  // "darurat! galon habis"
        const bool only_quiet = unwanted_ && said(Intent::stop) == nullptr && !tells_who(whole_);
        if (command_.intent == Intent::sos && only_quiet && !harmed) return {};  // "tolong jangan sms malam2"
        if (command_.intent == Intent::sos) return by_plea(command_.next);
        if (kin_ != nullptr && abroad_ && command_.intent == Intent::unclear) return by_plea(0);
        if (const Hit* plea = said(Intent::sos);
            plea != nullptr && !asks_favour(plea->last + 1) && !all_clear() && !of_another(*plea))
            return by_plea(0);
        if (begged_) return certainly(by_plea(0));
        if (plea_ && kin_ != nullptr) return by_plea(0);
        if (plea_ && now_ && others_ != nullptr && command_.intent == Intent::unclear) return by_plea(0);
        if (command_.intent != Intent::unclear) return with_command();
        return without_command();
    }

    /// "saudara saya disekap" holds "saya disekap", "sawit saya dijual" holds "saya dijual": no call of the sender.
    bool of_another(const Hit& hit) const {
        for (std::size_t i = hit.first; i <= hit.last; ++i) {
            const Hit own{Kind::saying, 0, 0, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i)};
            if (!is(i, WordClass::first_person)) continue;
            return who_is(own) == Who::kin || who_is(own) == Who::other || of_a_thing(whole_, own);
        }
        return false;
    }

    /// A sender abroad who is wronged has nobody else to turn to.
    bool alone_abroad() const {
        if (!abroad_ || command_.intent == Intent::report) return false;
        const bool exploited = weighed_.points >= Weighed::clear &&
                               whole_.data.group_of[static_cast<std::size_t>(weighed_.best)] ==
                                   whole_.data.group_of[static_cast<std::size_t>(Category::labour_exploitation)];
        const bool marked = std::any_of(whole_.hits.begin(), whole_.hits.end(),
                                        [](const Hit& hit) { return hit.kind == Kind::indicator && !hit.negated; });
        return exploited || marked;
    }

    /// Whoever has power over the sender reads the phone, and must not see an answer.
    bool controlled() const {
        const bool silent = unwanted_ || silence_.no_answer != nullptr;
        return silence_.watched != nullptr && silent && !fiction_ && !laughing_ && tells_who(whole_);
    }

    bool names_code() const { return !find_reference(whole_.tokens, 0, false).empty(); }
    bool all_clear() const { return command_.intent == Intent::safe || said(Intent::safe) != nullptr; }

    Sense by_command() const {
        const Basis basis = command_.typo ? Basis::typo : command_.alone ? Basis::alone : Basis::keyword;
        return made(command_.intent, basis, command_.why, command_.next);
    }

    static Sense made(Intent intent, Basis basis, std::string because, std::size_t next = 0, bool self = false) {
        return {intent, Category::none, next, basis, self, false, false, std::move(because)};
    }

    /// "STATUS W4K7MX kami disekap": no command is worth more than what the sender suffers. Consent that somebody is
    /// forced to is none.
    Sense with_settled_command() const {
        const Intent intent = command_.intent;
        if (fiction_ || laughing_ || (of_the_desk(intent) && handles_cases(whole_.context.role) && !plea_))
            return by_command();
        const bool form = intent == Intent::register_worker || of_the_desk(intent);
        const bool consents = intent == Intent::yes || intent == Intent::no;
        const bool suffers = suffers_ != nullptr || (grave_ != nullptr && (plea_ || !form)) ||
                             (consents && wronged_ != nullptr && wronged_->first >= command_.next);
        if (suffers) return certainly(by_suffering());
        if ((said(Intent::sos) != nullptr && ends_in_plea()) || (plea_ && kin_ != nullptr))
            return certainly(by_plea(command_.next));
        if (intent == Intent::status && kin_ != nullptr) return certainly(told());
        return by_command();
    }

    static Sense certainly(Sense sense) {
        sense.certain = true;
        return sense;
    }

    /// "AMAN tolong", "… suruh tulis ini. tolong kami pak": a plea at the end, apart from what stands before it.
    bool ends_in_plea() const {
        std::size_t at = list_.size();
        while (at > 0 && is(at - 1, WordClass::polite)) --at;
        if (at > 0 && is(at - 1, WordClass::first_person)) --at;
        if (at == 0 || at <= command_.next || !is(at - 1, WordClass::plea)) return false;
        --at;
        if (whole_.preceded_by(at, WordClass::negation, 3)) return false;
        for (std::size_t i = command_.next; i < at; ++i) {
            if (is(i, WordClass::please_verb)) return false;  // "kabari mama ya, tolong"
        }
        if (at > command_.next && is(at - 1, WordClass::demand)) --at;  // "minta tolong"
        return at == command_.next || ends_clause(list_[at]) || is(at - 1, WordClass::polite) || behind_code(at);
    }
    bool behind_code(std::size_t at) const {
        return at == command_.next + 1 && !find_reference(whole_.tokens, command_.next, true).empty();
    }

    Sense by_suffering() const {
        const bool called = command_.intent == Intent::sos || command_.intent == Intent::report;
        const Hit* because = grave_ != nullptr ? grave_ : wronged_ != nullptr ? wronged_ : silence_.watched;
        return made(Intent::sos, plea_ || called ? Basis::plea : Basis::suffering,
                    why("the sender is in need", because), called || settled(command_.intent) ? command_.next : 0,
                    true);
    }

    Sense by_plea(std::size_t next) const {
        const bool for_self = self_ && !somebody_ && kin_ == nullptr && others_ == nullptr;
        return made(Intent::sos, Basis::plea, next > 0 ? command_.why : why("a call for help", said(Intent::sos)), next,
                    wronged_ != nullptr || for_self);
    }

    /// A command that tells something: what the sentence says may be more to the point.
    Sense with_command() const {
        if (of_the_way(command_.intent) && ends_in_plea() && !fiction_ && !laughing_)
            return certainly(by_plea(command_.next));
        for (const Intent intent : sentence_order) {  // "laporan saya kemarin gimana", "mau lapor caranya gimana"
            const Hit* hit = said(intent);
            const bool solid = hit != nullptr && hit->weight == static_cast<std::uint8_t>(Weight::solid);
            if (command_.intent == Intent::report && solid && weighed_.points < Weighed::clear)
                return by_saying(intent);
        }
        if (command_.intent == Intent::report && weighed_.best == Category::none && wronged_ == nullptr) {
            for (const Intent intent : {Intent::returned, Intent::arrived, Intent::departed, Intent::safe}) {
                if (const Hit* hit = said(intent);
                    hit != nullptr && hit->first >= command_.next && speaks_for_self(*hit))
                    return by_saying(intent);
            }
        }
        if (of_the_way(command_.intent) && wronged_ != nullptr && weighed_.points >= Weighed::clear) return told();
        const bool joke =
            (fiction_ || laughing_) && (weighed_.best == Category::none || weighed_.points < Weighed::clear);
        if (command_.intent == Intent::report && (joke || (weighed_.best == Category::none && plain_talk()))) return {};
        return by_command();
    }

    Sense without_command() const {
        for (const Intent intent : {Intent::refer, Intent::close, Intent::accept, Intent::verify}) {
            if (said(intent) != nullptr && names_code()) return by_saying(intent);
        }
        for (const Intent intent : sentence_order) {
            if (states(intent)) return by_saying(intent);
        }
        if (names_code() && asks()) return made(Intent::status, Basis::saying, why("asks about a code"));
        if (said_[static_cast<std::size_t>(Intent::arrived)].denied && !whole_.tokens.question)
            return made(Intent::position, Basis::saying, why("not there yet"));
        if (corrects() && !whole_.tokens.question)
            return made(Intent::report, Basis::saying, why("puts a report right"));
        const bool few = list_.size() <= denial_words_max;
        if (of_things_ && few && wronged_ == nullptr && !names_somebody(whole_)) return {};  // "hp saya dikunci pola"
        if (tells_of_a_case() || (kin_ != nullptr && tells_who(whole_))) return told();
        return {};
    }

    /// Whether a sentence that says so means it: what befalls the sender, and what others do, is a case instead.
    bool states(Intent intent) const {
        const Hit* hit = said(intent);
        if (hit == nullptr) return false;
        const auto weight = static_cast<Weight>(hit->weight);
        if (intent == Intent::help && others_ != nullptr) return false;  // "… dipukuli, lapor ke mana"
        if (weight == Weight::solid) return true;
        if (intent == Intent::missing) return weight == Weight::sure && weighed_.best == Category::missing_person;
        if (!of_the_way(intent)) return weight == Weight::sure;
        if (whole_.tokens.question && list_.size() < 6) return false;
        if (wronged_ != nullptr && weighed_.points >= Weighed::clear) return false;
        if (weighed_.best == Category::return_assistance && weighed_.points >= Weighed::clear) return false;
        if (names_code()) return true;
        if (idle()) return false;
        if (weight == Weight::hint && weighed_.points >= Weighed::needed) return false;
        if (intent == Intent::departed && future_) return false;
        if (intent == Intent::safe && weighed_.points < Weighed::needed) return true;  // "dia sudah nelpon, sehat"
        return speaks_for_self(*hit);
    }

    bool speaks_for_self(const Hit& hit) const {
        const Who who = who_is(hit);
        if (who == Who::other) return false;
        return who == Who::self || weighed_.points < Weighed::clear;
    }

    /// Without a keyword a case must be told in clear words, or in words that bear each other out, and not of oneself.
    bool tells_of_a_case() const {
        if ((fiction_ || laughing_) && weighed_.points < 2 * Weighed::clear) return false;
        unsigned evidence = weighed_.points;
        evidence += weighed_.others;
        bool counted = false, seen = false, suspicious = false, official = false;
        for (const Hit& hit : whole_.hits) {
            seen = seen || (hit.kind == Kind::time && hit.value == static_cast<std::uint16_t>(TimeWord::seen));
            official = official || (hit.kind == Kind::flag && !hit.negated &&
                                    1u << (hit.value & 31) == static_cast<Flags>(Flag::official_involved));
            suspicious = suspicious || hit.kind == Kind::sign || (hit.kind == Kind::indicator && !hit.negated);
        }
        for (std::size_t i = 0; i < list_.size(); ++i)
            counted = counted || (list_[i].number != no_number && is(i + 1, WordClass::person));
        evidence += (official ? 4u : 0u) + (counted && !self_ ? 2u : 0u) + (seen ? 2u : 0u) + (suspicious ? 2u : 0u) +
                    (wronged_ || others_ ? 2u : 0u);
        const unsigned everyday = seen ? 0 : weighed_.everyday;  // who tells what he saw may have been fishing
        if (weighed_.points >= Weighed::clear) return 2 * weighed_.points > 3 * everyday;
        const unsigned of_oneself = self_ && wronged_ == nullptr && !seen && !counted ? 2 : 0;
        return evidence > Weighed::needed + 1 + of_oneself + 2 * everyday;
    }

    Sense told() const {
        const bool clear = weighed_.points >= Weighed::clear;
        return made(Intent::report, clear ? Basis::told : Basis::hinted,
                    why("a case without a keyword", weighed_.because), 0, wronged_ != nullptr);
    }

    Sense by_saying(Intent intent) const {
        return made(intent, Basis::saying, why("the sentence says so", said(intent)));
    }

    /// "bukan 5 tapi 3", "maksud sy 3 org bukan 5", "ralat …".
    bool corrects() const {
        if (corrected_) return true;
        bool denied = false, stated = false;
        for (std::size_t i = 0; i < list_.size(); ++i) {
            if (list_[i].number == no_number) continue;
            (whole_.denied(i) ? denied : stated) = true;
        }
        bool place_denied = false, place_stated = false;
        for (const Hit& hit : whole_.hits) {
            if (hit.kind == Kind::place) (whole_.denied(hit.first) ? place_denied : place_stated) = true;
        }
        return (denied && stated) || (place_denied && place_stated);
    }

    bool asks() const {
        if (whole_.tokens.question) return true;
        for (std::size_t i = 0; i < list_.size(); ++i) {
            if (is(i, WordClass::asks)) return true;
        }
        std::size_t end = list_.size();
        while (end > 0 && is(end - 1, WordClass::polite)) --end;
        return end > 2 && is(end - 1, WordClass::negation);
    }

    /// Words enough to see that they tell of nothing.
    void say_what_it_is(Sense& sense) const {
        const bool told =
            command_.intent != Intent::unclear && command_.intent != Intent::report && command_.intent != Intent::sos;
        if (told || list_.empty()) return;
        constexpr std::size_t words_min = 3;
        const auto known =
            std::count_if(list_.begin(), list_.end(), [](const Token& token) { return token.word != 0; });
        const bool talk =
            list_.size() >= words_min && known >= 2 && 2 * static_cast<std::size_t>(known) >= list_.size();
        if (talk || weighed_.everyday >= Weighed::needed) {
            sense.category = Category::not_a_case;
            const bool sure = list_.size() >= sure_words_min || weighed_.everyday >= Weighed::needed;
            sense.basis = sure ? Basis::small_talk : Basis::few_words;
        }
    }

    std::string why(std::string_view because, const Hit* hit = nullptr) const {
        if (!whole_.context.explain) return {};
        return std::string(because) + (hit == nullptr ? "" : ": \"" + whole_.typed(hit->first, hit->last) + "\"");
    }

    const Subject& whole_;
    const std::vector<Token>& list_;
    const FoundCommand& command_;
    Weighed weighed_;
    std::array<Said, intents> said_{};
    const Hit* grave_ = nullptr;    ///< the sender is held, hurt or sold
    const Hit* wronged_ = nullptr;  ///< the sender is unpaid or deceived
    const Hit* kin_ = nullptr;      ///< somebody of the sender's is in need
    const Hit* others_ = nullptr;
    const Hit* suffers_ = nullptr;  ///< as grave_, where the text says that it is the sender
    Silence silence_{};
    std::vector<Call> calls_;
    const bool abroad_;  ///< the sender's number is not of the pack's country
    bool plea_ = false, begged_ = false, future_ = false, now_ = false, witnessed_ = false, fiction_ = false,
         laughing_ = false, self_ = false, somebody_ = false, corrected_ = false, unwanted_ = false, denied_ = false,
         favour_ = false, over_ = false, of_things_ = false, kin_wronged_ = false, outright_ = false;
};

}  // namespace

Sense make_sense(const Subject& whole, const FoundCommand& command) {
    return SenseMaker(whole, command).run();
}

}  // namespace jejak::understand
