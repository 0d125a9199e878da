#pragma once
#include <string>
#include <string_view>

#include "gateway/telemetry.hpp"
#include "protocol/smpp/session.hpp"

namespace jejak::channel {

/// What one session's peer should not have said, counted for the graphs while the session lasts. Lives on the loop's
/// thread.
class OddPdus {
public:
    /// What came since the last time.
    void tell(const smpp::Session::Counts& counts, std::string_view channel, Telemetry& telemetry);
    /// `nacks=0 unsolicited=2 unknown=0 ignored=0 refused=0 trailing=1`, for the line that ends a session.
    static std::string words(const smpp::Session::Counts& counts);

private:
    smpp::Session::Counts told_;
};

}  // namespace jejak::channel
