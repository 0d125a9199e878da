#include "protocol/smpp/types.hpp"

#include <cstdio>

namespace jejak::smpp {

std::string to_string(CommandStatus status) {
    switch (status) {
        case CommandStatus::ok:
            return "ESME_ROK";
        case CommandStatus::invalid_message_length:
            return "ESME_RINVMSGLEN";
        case CommandStatus::invalid_command_length:
            return "ESME_RINVCMDLEN";
        case CommandStatus::invalid_command_id:
            return "ESME_RINVCMDID";
        case CommandStatus::invalid_bind_status:
            return "ESME_RINVBNDSTS";
        case CommandStatus::already_bound:
            return "ESME_RALYBND";
        case CommandStatus::system_error:
            return "ESME_RSYSERR";
        case CommandStatus::invalid_source:
            return "ESME_RINVSRCADR";
        case CommandStatus::invalid_destination:
            return "ESME_RINVDSTADR";
        case CommandStatus::bind_failed:
            return "ESME_RBINDFAIL";
        case CommandStatus::invalid_password:
            return "ESME_RINVPASWD";
        case CommandStatus::invalid_system_id:
            return "ESME_RINVSYSID";
        case CommandStatus::message_queue_full:
            return "ESME_RMSGQFUL";
        case CommandStatus::invalid_service_type:
            return "ESME_RINVSERTYP";
        case CommandStatus::submit_failed:
            return "ESME_RSUBMITFAIL";
        case CommandStatus::invalid_system_type:
            return "ESME_RINVSYSTYP";
        case CommandStatus::throttled:
            return "ESME_RTHROTTLED";
        case CommandStatus::invalid_schedule:
            return "ESME_RINVSCHED";
        case CommandStatus::invalid_expiry:
            return "ESME_RINVEXPIRY";
        case CommandStatus::temporary_app_error:
            return "ESME_RX_T_APPN";
        case CommandStatus::permanent_app_error:
            return "ESME_RX_P_APPN";
        case CommandStatus::rejected_app_error:
            return "ESME_RX_R_APPN";
        case CommandStatus::invalid_tlv_length:
            return "ESME_RINVPARLEN";
    }
    char number[sizeof "0x00000000"];
    std::snprintf(number, sizeof number, "0x%08x", static_cast<unsigned>(status));
    return number;
}

}  // namespace jejak::smpp
