#include "gateway/understand/explain/explain_sources.hpp"

#include <algorithm>
#include <initializer_list>

namespace jejak::understand {
namespace {

/// Where a flag comes from that no words of its own tell: the first of these slots that has words, and the rule.
struct Derived {
    Flag flag;
    std::initializer_list<std::string_view> from;
    std::string_view because;
};

const std::initializer_list<Derived> derived_flags = {
    {Flag::minor_involved, {"children", "age", "people"}, "by the children or the age told"},
    {Flag::minor_reporter, {"age"}, "the sender's own age"},
    {Flag::female, {"flag"}, "who is pregnant is"},
    {Flag::imminent, {"time"}, "it is now, or still to come"},
    {Flag::ongoing, {"time"}, "for how long it has lasted"},
    {Flag::self_victim, {"indicator", "intent"}, "the sender tells of themselves, or calls for help"},
    {Flag::phone_monitored, {}, "no answer is wanted, or others read the phone"},
    {Flag::foreign_national, {"nationality", "category"}, "who comes over the border unseen to stay is no national"},
    {Flag::mass, {"people"}, "so many of them"},
    {Flag::from_abroad, {}, "the sender's number is of another country"},
};

class Sources {
public:
    explicit Sources(Reading& reading) : reading_(reading) {}

    void run() {
        category();
        if (reading_.children)
            derive("children", std::to_string(*reading_.children), {"people", "age"}, "among those told of");
        if (!reading_.route.empty()) derive("route", reading_.route, {"category"}, "by what it is about");
        for (const auto& sign : reading_.signs)
            derive("sign", sign, {"amount", "visa"}, "beside what is paid or offered");
        for (const auto& one : reading_.indicators) derive("indicator", one, {"category"}, "by what it is about");
        for (const auto& one : derived_flags) {
            if (has(reading_.flags, one.flag))
                derive("flag", std::string(flag_names(static_cast<Flags>(one.flag)).front()), one.from, one.because);
        }
    }

private:
    const Mark* marked(std::string_view slot) const {
        const auto found = std::find_if(reading_.marks.begin(), reading_.marks.end(),
                                        [&](const Mark& mark) { return mark.slot == slot && mark.begin < mark.end; });
        return found == reading_.marks.end() ? nullptr : &*found;
    }
    bool marked(std::string_view slot, std::string_view value) const {
        return std::any_of(reading_.marks.begin(), reading_.marks.end(),
                           [&](const Mark& mark) { return mark.slot == slot && mark.value == value; });
    }

    /// Unless it has words of its own.
    void derive(std::string_view slot, const std::string& value, std::initializer_list<std::string_view> from,
                std::string_view because) {
        if (marked(slot, value)) return;
        Mark mark{std::string(slot), value, 0, 0, std::string(because)};
        for (const auto one : from) {
            const auto* source = marked(one);
            if (source == nullptr) continue;
            mark.begin = source->begin;
            mark.end = source->end;
            break;
        }
        reading_.why.push_back(mark.slot + ' ' + value + ": " + mark.because);
        const auto later = [](const Mark& one, const Mark& other) { return one.begin < other.begin; };
        reading_.marks.insert(std::upper_bound(reading_.marks.begin(), reading_.marks.end(), mark, later),
                              std::move(mark));
    }

    /// The category that holds may be another than the cues hint at, by what was learned or by the intent.
    void category() {
        const std::string holds(to_string(reading_.category)), second(to_string(reading_.second));
        const auto slot_of = [&](std::string_view value) -> std::string_view {
            if (value == holds) return "category";
            return reading_.second != Category::none && value == second ? "second_category" : "";
        };
        std::erase_if(reading_.marks, [&](Mark& mark) {
            if (mark.slot != "category" && mark.slot != "second_category") return false;
            mark.slot = slot_of(mark.value);
            return mark.slot.empty();
        });
        std::erase_if(reading_.why, [&](std::string& line) {
            const auto slot = line.substr(0, line.find(' '));
            if (slot != "category" && slot != "second_category") return false;
            const auto told = line.substr(slot.size() + 1);
            const auto now = slot_of(std::string_view(told).substr(0, told.find(':')));
            line = std::string(now) + ' ' + told;
            return now.empty();
        });
        if (reading_.category != Category::none) derive("category", holds, {}, learned());
        if (reading_.second != Category::none) derive("second_category", second, {}, "by its cues, less clearly");
    }

    /// What the line of the intent says of what was learned: one judgement gives both.
    std::string learned() const {
        constexpr std::string_view begins = "by what was learned";
        for (const auto& line : reading_.why) {
            const auto at = line.starts_with("intent ") ? line.find(begins) : line.npos;
            if (at != line.npos) return line.substr(at);
        }
        switch (reading_.category) {
            case Category::missing_person:
                return "who is missing is missing, however it came about";
            case Category::not_a_case:
                return "it tells of nothing that is a case";
            default:
                return "by the text as a whole";
        }
    }

    Reading& reading_;
};

}  // namespace

void explain_sources(Reading& reading) {
    Sources(reading).run();
}

}  // namespace jejak::understand
