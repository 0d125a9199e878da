#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/smpp/pdu.hpp"
#include "protocol/ussd/signal.hpp"
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

/// The phones of an SMSC while they walk USSD menus: makes the deliver_sm of each key as its vendor has it, and takes
/// the screens that come back. Knows no socket.
class Handsets {
public:
    static constexpr std::size_t phones_max = 10'000;
    using Shown = std::function<void(const HandsetScreen&)>;

    explicit Handsets(ussd::SmppProfile profile = {}) : profile_(profile) {}

    /// The deliver_sm for one act; empty when the phone has no session to press or hang up in, or there are too many
    /// phones. `shown` is called with the next screen, unless another act comes first.
    std::optional<Parcel> act(const HandsetAct& act, Shown shown);
    /// A submit_sm that is a screen; false when it is none by this vendor's rules, or nobody waits for it: it names the
    /// session as the turn did that it answers.
    bool take(const smpp::ShortMessage& message);

    /// This vendor's gateway tells of phones that give up: hang_up has a deliver_sm.
    bool tells_of_ends() const { return !profile_.end.empty() || has_end_bit(); }
    /// A phone gives up, and nobody is told. False when it has no session.
    bool leave(const std::string& from);

private:
    struct Phone {
        std::uint32_t session = 0, turns = 0;
        std::vector<std::byte> named;  ///< the session's parameter in the last turn; empty: there is none
        std::string service_code;
        bool open = false;
        Shown shown;
    };
    bool has_end_bit() const { return profile_.session && profile_.end_bit != 0; }
    std::vector<std::byte> name_of(const Phone& phone) const;
    sms::Bytes parameters_of(HandsetAct::What what, const Phone& phone) const;

    ussd::SmppProfile profile_;
    std::map<std::string, Phone> phones_;
    std::uint32_t sessions_ = 0;
};

/// Reads `{"from","dial"}`, `{"from","input"}` or `{"from","hang_up":true}`.
/// errors: throws std::invalid_argument naming the field.
HandsetAct parse_act(std::string_view json);

}  // namespace jejak::sim
