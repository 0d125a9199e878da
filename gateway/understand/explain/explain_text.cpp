#include <algorithm>

#include "gateway/understand/explain/explain.hpp"
#include "gateway/understand/explain/explain_sources.hpp"
#include "gateway/understand/pack/data.hpp"
#include "protocol/sms/msisdn.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t slot_width = 16;
constexpr std::size_t value_width = 26;
constexpr std::size_t words_width = 24;

/// As it may be shown in a terminal: no octet that is no UTF-8, no control character that could move the cursor.
std::string shown(std::string_view text) {
    std::string clean = sms::utf8::repaired(text);
    for (char& c : clean) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    return clean;
}

/// Columns that a text takes up, counting characters.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// At most `width` columns, with an ellipsis for what is left out.
std::string shortened(std::string text, std::size_t width) {
    if (width_of(text) <= width) return text;
    while (width_of(text) >= width) {
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
        if (!text.empty()) text.pop_back();
    }
    return text + "…";
}

std::string padded(std::string text, std::size_t width) {
    const auto taken = width_of(text);
    text.append(taken < width ? width - taken : 1, ' ');
    return text;
}

/// Words of the text that say something: where they stand, and the numbers of the lines that tell of it.
struct Span {
    std::size_t begin = 0, end = 0;
    std::string numbers;
};

std::vector<Span> spans_of(const std::vector<Mark>& marks) {
    std::vector<Span> spans;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const auto same = std::find_if(spans.begin(), spans.end(), [&](const Span& span) {
            return span.begin == marks[i].begin && span.end == marks[i].end;
        });
        const auto number = std::to_string(i + 1);
        if (same == spans.end()) {
            spans.push_back({marks[i].begin, marks[i].end, number});
        } else {
            same->numbers += ',' + number;
        }
    }
    return spans;
}

/// "LAPOR [5 org]1 naik [mobil]2": each span in brackets with its numbers behind.
std::string bracketed(std::string_view text, const std::vector<Mark>& marks) {
    struct Edge {
        std::size_t at = 0;
        bool opens = false;
        std::size_t length = 0;  ///< the longer of two spans opens first and closes last
        std::string sign;
    };
    std::vector<Edge> edges;
    for (const auto& span : spans_of(marks)) {
        if (span.begin >= span.end || span.end > text.size()) continue;
        edges.push_back({span.begin, true, span.end - span.begin, "["});
        edges.push_back({span.end, false, span.end - span.begin, ']' + span.numbers});
    }
    std::stable_sort(edges.begin(), edges.end(), [](const Edge& left, const Edge& right) {
        if (left.at != right.at) return left.at < right.at;
        if (left.opens != right.opens) return right.opens;
        return left.opens ? left.length > right.length : left.length < right.length;
    });
    std::string out;
    std::size_t done = 0;
    for (const auto& edge : edges) {
        out += shown(text.substr(done, edge.at - done)) + edge.sign;
        done = edge.at;
    }
    return out + shown(text.substr(done));
}

/// The lines of one explanation as they grow.
class Lines {
public:
    void add(const std::string& number, std::string_view slot, std::string_view value, const std::string& words,
             std::string_view because) {
        std::string line = padded(number, 4) + padded(std::string(slot), slot_width);
        line += padded(shown(value), value_width);
        if (!words.empty() || !because.empty()) line += padded(shortened(words, words_width - 1), words_width);
        line += shown(because);
        line.erase(line.find_last_not_of(' ') + 1);
        text_ += line + '\n';
    }
    void add(std::string_view slot, std::string_view value, std::string_view because) {
        if (!value.empty()) add("-", slot, value, "", because);
    }
    void say(const std::string& line) { text_ += line + '\n'; }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

/// Without the marks that lie inside another of the same slot and value: "anak" in "anak kecil".
std::vector<Mark> outermost(const std::vector<Mark>& marks) {
    std::vector<Mark> kept;
    for (const auto& mark : marks) {
        const auto covers = [&](const Mark& other) {
            return &other != &mark && other.slot == mark.slot && other.value == mark.value &&
                   other.begin <= mark.begin && mark.end <= other.end &&
                   other.end - other.begin > mark.end - mark.begin;
        };
        if (std::none_of(marks.begin(), marks.end(), covers)) kept.push_back(mark);
    }
    return kept;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// What `reading.why` says of a slot of the whole text: "intent report: by …".
std::string_view reason_for(const Reading& reading, std::string_view slot) {
    for (const std::string_view line : reading.why) {
        const auto colon = line.find(": ");
        if (line.starts_with(slot) && colon != line.npos) return line.substr(colon + 2);
    }
    return {};
}

/// What the whole text says rather than some of its words.
void add_whole(Lines& lines, const Reading& reading, const Outcome& outcome) {
    const auto marked = [&](std::string_view slot) {
        return std::any_of(reading.marks.begin(), reading.marks.end(),
                           [&](const Mark& mark) { return mark.slot == slot; });
    };
    if (!marked("intent")) lines.add("intent", to_string(reading.intent), reason_for(reading, "intent"));
    for (const auto& mark : reading.marks) {
        if (mark.begin == mark.end) lines.add(mark.slot, mark.value, mark.because);
    }
    lines.add("confidence", std::to_string(reading.confidence).substr(0, 4), "how often a reading like this is right");
    for (const auto flag : flag_names(reading.flags)) {
        if (std::none_of(reading.marks.begin(), reading.marks.end(),
                         [&](const Mark& mark) { return mark.value == flag; }))
            lines.add("flag", flag, "");
    }
    for (const auto alert : outcome.alerts) {
        const bool told = std::find(reading.alerts.begin(), reading.alerts.end(), alert) != reading.alerts.end();
        lines.add("alert", to_string(alert), told ? "by the rules of the pack" : "by what is known of the sender");
    }
    lines.add("missing", joined(reading.registration.missing), "of the form");
    lines.add("asks", outcome.ask, "the one next question");
    lines.add("language", reading.language, "");
}

}  // namespace

std::string explain_text(const Pack& pack, std::string_view text, ReadingContext context, const Foretell& foretell) {
    const auto sender = sms::normalise(context.sender, sms::Ton::unknown, pack.data().country_code);
    if (sender.kind == sms::Originator::Kind::msisdn) context.sender = sender.address;
    context.explain = true;
    Reading reading = read(pack, text, context);
    explain_sources(reading);
    const auto outcome = foretell ? foretell(pack, reading, context) : Outcome{reading.alerts, reading.ask, {}, {}, {}};
    auto marks = outermost(reading.marks);
    std::erase_if(marks, [](const Mark& mark) { return mark.begin == mark.end; });  // of no words: told of the whole
    Lines lines;
    lines.say(bracketed(text, marks));
    lines.say("");
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const auto& mark = marks[i];
        const auto words = text.substr(std::min(mark.begin, text.size()), mark.end - mark.begin);
        // Some reasons begin with what stands in the first columns already.
        std::string_view because = mark.because;
        const auto told = mark.slot + ' ' + mark.value + ": ";
        if (because.starts_with(told)) because.remove_prefix(told.size());
        lines.add(std::to_string(i + 1), mark.slot, mark.value, '"' + shown(words) + '"', because);
    }
    add_whole(lines, reading, outcome);
    // A decision without words of its own: a text too short to be a report, a word that was passed over.
    if (reading.marks.empty()) {
        for (const auto& why : reading.why) lines.say("    " + shown(why));
    }
    if (!foretell) return lines.take();
    lines.say("");
    if (!outcome.reply) {
        lines.say("answer: none; " + outcome.note);
    } else {
        lines.say("answer: " + outcome.sample + (outcome.note.empty() ? "" : "   (" + outcome.note + ')'));
    }
    return lines.take();
}

}  // namespace jejak::understand
