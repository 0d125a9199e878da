#include "gateway/channel/odd_pdus.hpp"

#include <array>

namespace jejak::channel {
namespace {

struct Kind {
    const char* word;
    std::uint64_t smpp::Session::Counts::*count;
};
using Counts = smpp::Session::Counts;
constexpr std::array<Kind, 6> kinds{{{"nacks", &Counts::nacks_in},
                                     {"unsolicited", &Counts::unsolicited_responses},
                                     {"unknown", &Counts::unknown_commands},
                                     {"ignored", &Counts::ignored_requests},
                                     {"refused", &Counts::refused},
                                     {"trailing", &Counts::trailing}}};

}  // namespace

void OddPdus::tell(const Counts& counts, std::string_view channel, Telemetry& telemetry) {
    for (const auto& kind : kinds) {
        const auto more = counts.*kind.count - told_.*kind.count;
        if (more > 0) telemetry.odd_pdus(channel, kind.word, more);
    }
    told_ = counts;
}

std::string OddPdus::words(const Counts& counts) {
    std::string all;
    for (const auto& kind : kinds) {
        if (!all.empty()) all += ' ';
        all += kind.word;
        all += '=';
        all += std::to_string(counts.*kind.count);
    }
    return all;
}

}  // namespace jejak::channel
