#include "protocol/smpp/types.hpp"

#include <array>
#include <cstdio>

namespace jejak::smpp {
namespace {

struct NamedCommand {
    CommandId id;
    const char* name;
};

constexpr std::array commands{
    NamedCommand{CommandId::bind_receiver, "bind_receiver"},
    NamedCommand{CommandId::bind_transmitter, "bind_transmitter"},
    NamedCommand{CommandId::query_sm, "query_sm"},
    NamedCommand{CommandId::submit_sm, "submit_sm"},
    NamedCommand{CommandId::deliver_sm, "deliver_sm"},
    NamedCommand{CommandId::unbind, "unbind"},
    NamedCommand{CommandId::replace_sm, "replace_sm"},
    NamedCommand{CommandId::cancel_sm, "cancel_sm"},
    NamedCommand{CommandId::bind_transceiver, "bind_transceiver"},
    NamedCommand{CommandId::outbind, "outbind"},
    NamedCommand{CommandId::enquire_link, "enquire_link"},
    NamedCommand{CommandId::submit_multi, "submit_multi"},
    NamedCommand{CommandId::alert_notification, "alert_notification"},
    NamedCommand{CommandId::data_sm, "data_sm"},
};

}  // namespace

std::string command_name(std::uint32_t command_id) {
    if (command_id == static_cast<std::uint32_t>(CommandId::generic_nack)) return "generic_nack";
    const auto request = static_cast<CommandId>(command_id & ~response_bit);
    for (const auto& command : commands) {
        if (command.id == request) return is_response(command_id) ? std::string(command.name) + "_resp" : command.name;
    }
    char number[sizeof "0x00000000"];
    std::snprintf(number, sizeof number, "0x%08x", static_cast<unsigned>(command_id));
    return number;
}

}  // namespace jejak::smpp
