#include <time.h>

#include <boost/json/parse.hpp>
#include <cstdint>

#include "gateway/understand/dialogue/answer.hpp"
#include "gateway/understand/explain/explain.hpp"
#include "protocol/ensure.hpp"
#include "protocol/sms/utf8.hpp"
#include "protocol/time.hpp"
#include "tests/support/packs.hpp"

using jejak::ensure;
using namespace jejak::understand;
namespace utf8 = jejak::sms::utf8;

namespace {

constexpr std::size_t text_size_max = 32 * 1024;
/// Far above what a text takes, even with sanitizers and coverage: it finds the text whose cost grows out of hand.
constexpr double milliseconds_max = 1'000;

double milliseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

ReadingContext context_of(std::uint8_t choice) {
    constexpr const char* senders[] = {"+628400000001", "+601000000001", "BANK", ""};
    constexpr jejak::Role roles[] = {jejak::Role::villager, jejak::Role::village_official, jejak::Role::agent,
                                     jejak::Role::task_force};
    constexpr const char* moments[] = {"2025-09-12T21:10:00+07:00", "2024-02-29T23:59:59+07:00", "1970-01-01T00:00:00Z",
                                       "9999-12-31T23:59:59Z"};
    ReadingContext context;
    context.received_at = *jejak::from_rfc3339(moments[choice >> 6 & 3]);
    context.sender = senders[choice & 3];
    context.role = roles[choice >> 2 & 3];
    context.place = (choice & 16) != 0 ? "61.01.09.2001" : "";
    context.explain = (choice & 32) != 0;
    return context;
}

}  // namespace

/// Input: who sends it and when, then the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto pack = jejak::tests::sambas();
    if (size == 0 || size > text_size_max) return 0;
    const auto context = context_of(data[0]);
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

    const double began = milliseconds();
    const auto reading = read(*pack, text, context);
    ensure(milliseconds() - began < milliseconds_max);
    ensure(reading.confidence >= 0 && reading.confidence <= 1);
    std::size_t before = 0;
    for (const auto& mark : reading.marks) {
        ensure(mark.begin <= mark.end && mark.end <= text.size());
        ensure(mark.begin >= before);
        before = mark.begin;
    }

    const auto json = explain_json(*pack, text, context);
    ensure(utf8::valid(json) && json.find('\n') == json.npos);
    ensure(boost::json::parse(json).is_object());
    ensure(utf8::valid(explain_text(*pack, text, context)));

    for (const auto intent : {jejak::Intent::report, jejak::Intent::sos, jejak::Intent::missing}) {
        const auto* form = pack->form_for(intent);
        if (form == nullptr) continue;
        for (const auto& field : form->fields) {
            Reading answered = reading;
            const auto fit = read_answer(*pack, field, text, context, answered);
            ensure(fit == Fit::none || fit == Fit::skip || fit == Fit::answer);
        }
    }
    return 0;
}
