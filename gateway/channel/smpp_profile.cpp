#include "gateway/channel/smpp_profile.hpp"

namespace jejak {

smpp::ErrorClass SmppProfile::error_class(smpp::CommandStatus status) const {
    const auto own = error_classes.find(static_cast<std::uint32_t>(status));
    return own != error_classes.end() ? own->second : smpp::error_class(status);
}

}  // namespace jejak
