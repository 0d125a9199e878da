#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/smpp/pdu.hpp"
#include "simulators/delivery_queue.hpp"

namespace jejak::sim {

/// What POST /ussd asks of a phone.
struct HandsetAct {
    enum class What : std::uint8_t { dial, input, hang_up } what = What::dial;
    std::string from;
    std::string text;  ///< what is dialled, or pressed
};

/// What the phone shows.
struct HandsetScreen {
    std::string text;
    bool end = false;
    std::uint8_t operation = 0;  ///< ussd_service_op as it came
    std::uint8_t data_coding = 0;
};

/// The phones of an SMSC while they walk USSD menus: makes the deliver_sm of each key, and takes the screens that come
/// back. Knows no socket.
class Handsets {
public:
    static constexpr std::size_t phones_max = 10'000;
    using Shown = std::function<void(const HandsetScreen&)>;

    /// The deliver_sm for one act; empty when the phone has no session to press or hang up in, or there are too many
    /// phones. `shown` is called with the next screen, unless another act comes first.
    std::optional<Parcel> act(const HandsetAct& act, Shown shown);
    /// A submit_sm that is a screen; false when it is none, or nobody waits for it.
    bool take(const smpp::ShortMessage& message);

private:
    struct Phone {
        std::uint16_t info = 0;
        std::string service_code;
        bool open = false;
        Shown shown;
    };
    std::map<std::string, Phone> phones_;
    std::uint8_t sessions_ = 0;
};

/// Reads `{"from","dial"}`, `{"from","input"}` or `{"from","hang_up":true}`.
/// errors: throws std::invalid_argument naming the field.
HandsetAct parse_act(std::string_view json);

}  // namespace jejak::sim
