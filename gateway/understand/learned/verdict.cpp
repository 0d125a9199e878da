#include "gateway/understand/learned/verdict.hpp"

#include <algorithm>
#include <optional>

#include "gateway/understand/intents.hpp"
#include "gateway/understand/learned/features.hpp"
#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/sense/bygone.hpp"
#include "gateway/understand/sense/sufferer.hpp"
#include "gateway/understand/slots/amended.hpp"

namespace jejak::understand {
namespace {

/// A call for help missed costs more than one made up: what the rules found needs little to stand.
constexpr float sos_enough = 0.35F, sos_beside_rules = 0.3F;
/// So it does behind a keyword that says something else.
constexpr float sos_against_report = 0.8F, against_sos = 0.9F;
/// What would harm if it were guessed is guessed only when this sure, and of texts that say something.
constexpr float delicate_enough = 0.7F;
constexpr std::size_t delicate_words_min = 3;
/// A few words give little to learn from: the rules know commands and pleas better.
constexpr std::size_t short_words_max = 4;
constexpr float against_short = 0.85F;
/// A call for help amid small talk stays one when its own part of the text is this likely to be one; amid a report or
/// news of the way, when this likely and outright the sender's own.
constexpr float sos_in_part = 0.6F, own_in_part = 0.8F;
constexpr std::size_t part_words = 12;  // before it and behind it
/// Amid small talk it stands by a few words, so likely; what is outright the sender's own needs little.
constexpr float sos_in_words = 0.85F, own_in_words = 0.2F;
constexpr std::size_t words_before = 2, words_behind = 3;
/// A report is about something only when that category holds this share of all.
constexpr float category_enough = 0.35F;

bool delicate(Intent intent) {
    return intent == Intent::stop || intent == Intent::erase || intent == Intent::start || intent == Intent::safe ||
           intent == Intent::yes || intent == Intent::no;
}

bool typed(const Sense& rules) {
    return rules.basis == Basis::keyword || rules.basis == Basis::alone;
}

bool is_short(const Analysis& text) {
    return text.tokens.list.size() <= short_words_max;
}

/// A command is what it is, and so are a few words that call for help. Only after LAPOR and TOLONG people say what they
/// mean.
bool settled_by_rules(const Analysis& text) {
    if (text.rules.intent == Intent::sos) return is_short(text);
    return typed(text.rules) && text.rules.intent != Intent::report;
}

/// It wants no messages now: others would see them.
bool only_for_now(const Sense& rules) {
    return rules.watched || rules.no_answer || rules.not_now;
}

float sos_needed(const Analysis& text) {
    if (text.rules.intent == Intent::sos) return sos_beside_rules;
    const Sense& rules = text.rules;
    if (rules.denied) return against_sos;
    if (rules.of_others) return is_short(text) ? against_short : sos_against_report;
    if (is_short(text))
        return typed(rules) || rules.favour || rules.basis == Basis::nothing ? against_short : sos_enough;
    return typed(text.rules) ? sos_against_report : sos_enough;
}

/// Whether what was learned may stand against what the rules say.
bool overrules(const Analysis& text, Intent intent, float share) {
    if (intent == Intent::sos) return false;  // it was not sure enough
    if (intent == Intent::stop && only_for_now(text.rules)) return false;
    if (text.rules.correction && amended_count(text.whole)) return false;  // "salah hitung pak, cuma 2"
    if (typed(text.rules)) return false;
    if (is_short(text) && share < against_short) return false;
    return !delicate(intent) || (share >= delicate_enough && text.tokens.list.size() >= delicate_words_min);
}

bool begins_sentence(const Token& token) {
    return separates_fields(token.before) || (token.before == '.' && !token.tight);
}

/// The sentence that holds `call`, no more of it than the words next to that.
Call part_around(const std::vector<Token>& list, const Call& call) {
    Call part = call;
    while (part.first > 0 && call.first - part.first < part_words && !begins_sentence(list[part.first])) --part.first;
    while (part.last + 1 < list.size() && part.last - call.last < part_words && !begins_sentence(list[part.last + 1]))
        ++part.last;
    return part;
}

/// The clause that holds `call`, without the news of the way that stand beside it: "sudah sampai saya dikurung".
Call clause_around(const Analysis& text, const Call& call) {
    const auto& list = text.tokens.list;
    const auto begins = [&](std::size_t at) {
        const bool contrast = text.tokens.is(at, WordClass::contrast) && !text.tokens.is(at, WordClass::adverb);
        return begins_sentence(list[at]) || ends_clause(list[at]) || contrast;
    };
    Call part = call;
    while (part.first > 0 && call.first - part.first < part_words && !begins(part.first)) --part.first;
    while (part.last + 1 < list.size() && part.last - call.last < part_words && !begins(part.last + 1)) ++part.last;
    for (const Hit& hit : text.whole.hits) {
        if (hit.kind != Kind::saying || !of_the_way(static_cast<Intent>(hit.value)) || hit.negated) continue;
        if (hit.last < call.first) part.first = std::max<std::size_t>(part.first, hit.last + 1);
        if (hit.first > call.last) part.last = std::min<std::size_t>(part.last, hit.first - 1);
    }
    return part;
}

/// What a part of the text would be by itself: a call for help by the rules, and how likely one by what was learned.
struct Alone {
    bool by_rules;
    float share;
};

Alone judge_alone(const Pack& pack, const Analysis& text, const Call& part) {
    auto context = text.whole.context;
    context.explain = false;
    const std::string typed = text.whole.typed(part.first, part.last);
    const Analysis alone(pack, typed, context);
    const auto features = features_of(alone.whole, alone.command, alone.rules, false);
    return {alone.rules.intent == Intent::sos, pack.data().classifier.judge(features.keys).of(Intent::sos)};
}

/// How likely the rules' call for help is one by its own part of the text: what is said around it takes nothing from
/// it. By its sentence, where that is less than half of the text; amid small talk also by the few words around it, for
/// people run on without a stop. 0 when it is none, or not likely enough against `intent`.
float share_of_part(const Pack& pack, const Analysis& text, Intent intent) {
    if (text.rules.intent != Intent::sos || intent == Intent::missing) return 0;
    const bool small_talk = intent == Intent::unclear;
    const auto stands = [&](const Call& part, float needed) {
        const auto [by_rules, share] = judge_alone(pack, text, part);
        return by_rules && share >= needed ? share : 0;
    };
    for (const Call& call : text.rules.calls) {
        if (!small_talk && !call.own) continue;
        const Call sentence = part_around(text.tokens.list, call);
        if (2 * (sentence.last - sentence.first + 1) <= text.tokens.list.size()) {
            if (const float share = stands(sentence, small_talk ? sos_in_part : own_in_part); share > 0) return share;
        }
        if (!small_talk) continue;
        Call words = clause_around(text, call);
        words.first = std::max(words.first, call.first - std::min(call.first, words_before));
        words.last = std::min(words.last, call.last + words_behind);
        if (const float share = stands(words, call.own ? own_in_words : sos_in_words); share > 0) return share;
    }
    return 0;
}

/// The call for help that stands beside news of the way and is none of them: in a clause that by itself is a call, and
/// is not over by what comes behind it. What is not told apart from the news is the call that the rules take it for.
std::optional<Sense> call_beside_news(const Pack& pack, const Analysis& text) {
    if (text.rules.intent != Intent::sos) return std::nullopt;
    for (const Call& call : text.rules.calls) {
        if (call.plain || ends_well(text.whole, call.last)) continue;
        const Call part = clause_around(text, call);
        if (part.first == 0 && part.last + 1 == text.tokens.list.size()) return text.rules;
        const auto [by_rules, share] = judge_alone(pack, text, part);
        if (share < (by_rules ? sos_beside_rules : sos_enough)) continue;
        Sense sense = text.rules;
        sense.share = share;
        return sense;
    }
    return std::nullopt;
}

/// The words that spoke loudest for a label.
std::string loudest(const Analysis& text, const Classifier& learned, const Label& label) {
    constexpr std::size_t shown_max = 4;
    const auto features = features_of(text.whole, text.command, text.rules, true);
    std::vector<std::pair<float, std::string_view>> words;
    for (std::size_t i = 0; i < features.keys.size(); ++i) {
        const std::string_view name = features.names[i];
        const float weight = learned.weight(features.keys[i], label);
        if ((name.starts_with("w:") || name.starts_with("p:")) && weight > 0)
            words.emplace_back(weight, name.substr(2));
    }
    const auto shown = std::min(words.size(), shown_max);
    std::partial_sort(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(shown), words.end(), std::greater<>());
    std::string why = "by what was learned";
    for (std::size_t i = 0; i < shown; ++i) why.append(i == 0 ? ": \"" : "\", \"").append(words[i].second);
    return shown > 0 ? why + '"' : why;
}

}  // namespace

Sense decide(const Pack& pack, const Analysis& text) {
    const auto& learned = pack.data().classifier;
    const Sense& rules = text.rules;
    if (learned.empty() || rules.certain || settled_by_rules(text)) return rules;
    const auto shares = learned.judge(features_of(text.whole, text.command, rules, false).keys);
    auto [intent, share] = shares.intent();
    if (intent == Intent::sos && rules.of_others && !is_short(text) && share < sos_against_report)
        intent = Intent::report;
    if (const float sos = shares.of(Intent::sos); sos >= sos_needed(text)) {
        intent = Intent::sos;
        share = sos;
    } else if (intent != rules.intent && !overrules(text, intent, share)) {
        Sense sense = rules;
        sense.no_messages = rules.no_messages || (intent == Intent::stop && only_for_now(rules));
        return sense;
    } else if (auto call = of_the_way(intent) ? call_beside_news(pack, text) : std::nullopt) {
        return *call;
    } else if (const float part = share_of_part(pack, text, intent); part > 0) {
        Sense sense = rules;
        sense.share = part;
        return sense;
    }
    Sense sense = rules;
    sense.share = share;
    if (intent != rules.intent) {
        sense = Sense{};
        sense.intent = intent;
        sense.share = share;
        sense.next = text.command.intent == intent ? text.command.next : 0;
        sense.question = rules.question;
        sense.watched = rules.watched;
        sense.no_answer = rules.no_answer;
        sense.no_messages = rules.no_messages;
        sense.not_now = rules.not_now;
        sense.basis = Basis::learned;
    }
    const bool told = intent == Intent::report || intent == Intent::sos;
    if (told || intent == Intent::unclear) {
        const auto [category, sure] = shares.category(told ? Intent::report : intent);
        const bool silent = intent == Intent::unclear && rules.basis == Basis::nothing;  // no word of it is known
        if (is_short(text) && typed(rules)) return sense;  // what follows the keyword is known, or it is nothing
        if (!told && rules.category == Category::spam) return sense;  // an advertiser's own phrases
        const float needed = is_short(text) ? against_short : category_enough;
        sense.category = sure >= needed && !silent ? category : Category::none;
        if (sense.category != Category::none && intent != Intent::sos) sense.share *= sure;
    }
    if (text.whole.context.explain && sense.why != text.command.why)
        sense.why += (sense.why.empty() ? "" : "; ") + loudest(text, learned, {sense.intent, sense.category});
    return sense;
}

}  // namespace jejak::understand
