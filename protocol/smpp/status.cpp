#include "protocol/smpp/status.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace jejak::smpp {
namespace {

struct Status {
    std::uint32_t number;
    const char* name;
    ErrorClass error_class;
};

/// Ordered by number. ESME_RINVBNDSTS and ESME_RALYBND are temporary: a new bind cures them. ESME_RSUBMITFAIL and
/// ESME_RDELIVERYFAILURE say no more than that it failed this time.
constexpr std::array statuses{
    Status{0x00, "ESME_ROK", ErrorClass::none},
    Status{0x01, "ESME_RINVMSGLEN", ErrorClass::permanent},
    Status{0x02, "ESME_RINVCMDLEN", ErrorClass::permanent},
    Status{0x03, "ESME_RINVCMDID", ErrorClass::permanent},
    Status{0x04, "ESME_RINVBNDSTS", ErrorClass::temporary},
    Status{0x05, "ESME_RALYBND", ErrorClass::temporary},
    Status{0x06, "ESME_RINVPRTFLG", ErrorClass::permanent},
    Status{0x07, "ESME_RINVREGDLVFLG", ErrorClass::permanent},
    Status{0x08, "ESME_RSYSERR", ErrorClass::temporary},
    Status{0x0A, "ESME_RINVSRCADR", ErrorClass::permanent},
    Status{0x0B, "ESME_RINVDSTADR", ErrorClass::permanent},
    Status{0x0C, "ESME_RINVMSGID", ErrorClass::permanent},
    Status{0x0D, "ESME_RBINDFAIL", ErrorClass::temporary},
    Status{0x0E, "ESME_RINVPASWD", ErrorClass::permanent},
    Status{0x0F, "ESME_RINVSYSID", ErrorClass::permanent},
    Status{0x11, "ESME_RCANCELFAIL", ErrorClass::permanent},
    Status{0x13, "ESME_RREPLACEFAIL", ErrorClass::permanent},
    Status{0x14, "ESME_RMSGQFUL", ErrorClass::throttle},
    Status{0x15, "ESME_RINVSERTYP", ErrorClass::permanent},
    Status{0x33, "ESME_RINVNUMDESTS", ErrorClass::permanent},
    Status{0x34, "ESME_RINVDLNAME", ErrorClass::permanent},
    Status{0x40, "ESME_RINVDESTFLAG", ErrorClass::permanent},
    Status{0x42, "ESME_RINVSUBREP", ErrorClass::permanent},
    Status{0x43, "ESME_RINVESMCLASS", ErrorClass::permanent},
    Status{0x44, "ESME_RCNTSUBDL", ErrorClass::permanent},
    Status{0x45, "ESME_RSUBMITFAIL", ErrorClass::temporary},
    Status{0x48, "ESME_RINVSRCTON", ErrorClass::permanent},
    Status{0x49, "ESME_RINVSRCNPI", ErrorClass::permanent},
    Status{0x50, "ESME_RINVDSTTON", ErrorClass::permanent},
    Status{0x51, "ESME_RINVDSTNPI", ErrorClass::permanent},
    Status{0x53, "ESME_RINVSYSTYP", ErrorClass::permanent},
    Status{0x54, "ESME_RINVREPFLAG", ErrorClass::permanent},
    Status{0x55, "ESME_RINVNUMMSGS", ErrorClass::permanent},
    Status{0x58, "ESME_RTHROTTLED", ErrorClass::throttle},
    Status{0x61, "ESME_RINVSCHED", ErrorClass::permanent},
    Status{0x62, "ESME_RINVEXPIRY", ErrorClass::permanent},
    Status{0x63, "ESME_RINVDFTMSGID", ErrorClass::permanent},
    Status{0x64, "ESME_RX_T_APPN", ErrorClass::temporary},
    Status{0x65, "ESME_RX_P_APPN", ErrorClass::permanent},
    Status{0x66, "ESME_RX_R_APPN", ErrorClass::permanent},
    Status{0x67, "ESME_RQUERYFAIL", ErrorClass::permanent},
    Status{0xC0, "ESME_RINVOPTPARSTREAM", ErrorClass::permanent},
    Status{0xC1, "ESME_ROPTPARNOTALLWD", ErrorClass::permanent},
    Status{0xC2, "ESME_RINVPARLEN", ErrorClass::permanent},
    Status{0xC3, "ESME_RMISSINGOPTPARAM", ErrorClass::permanent},
    Status{0xC4, "ESME_RINVOPTPARAMVAL", ErrorClass::permanent},
    Status{0xFE, "ESME_RDELIVERYFAILURE", ErrorClass::temporary},
    Status{0xFF, "ESME_RUNKNOWNERR", ErrorClass::unknown},
    Status{0x100, "ESME_RSERTYPUNAUTH", ErrorClass::permanent},
    Status{0x101, "ESME_RPROHIBITED", ErrorClass::permanent},
    Status{0x102, "ESME_RSERTYPUNAVAIL", ErrorClass::temporary},
    Status{0x103, "ESME_RSERTYPDENIED", ErrorClass::permanent},
    Status{0x104, "ESME_RINVDCS", ErrorClass::permanent},
    Status{0x105, "ESME_RINVSRCADDRSUBUNIT", ErrorClass::permanent},
    Status{0x106, "ESME_RINVDSTADDRSUBUNIT", ErrorClass::permanent},
    Status{0x107, "ESME_RINVBCASTFREQINT", ErrorClass::permanent},
    Status{0x108, "ESME_RINVBCASTALIAS_NAME", ErrorClass::permanent},
    Status{0x109, "ESME_RINVBCASTAREAFMT", ErrorClass::permanent},
    Status{0x10A, "ESME_RINVNUMBCAST_AREAS", ErrorClass::permanent},
    Status{0x10B, "ESME_RINVBCASTCNTTYPE", ErrorClass::permanent},
    Status{0x10C, "ESME_RINVBCASTMSGCLASS", ErrorClass::permanent},
    Status{0x10D, "ESME_RBCASTFAIL", ErrorClass::temporary},
    Status{0x10E, "ESME_RBCASTQUERYFAIL", ErrorClass::permanent},
    Status{0x10F, "ESME_RBCASTCANCELFAIL", ErrorClass::permanent},
    Status{0x110, "ESME_RINVBCAST_REP", ErrorClass::permanent},
    Status{0x111, "ESME_RINVBCASTSRVGRP", ErrorClass::permanent},
    Status{0x112, "ESME_RINVBCASTCHANIND", ErrorClass::permanent},
};

const Status* find(CommandStatus status) {
    const auto number = static_cast<std::uint32_t>(status);
    const auto* found = std::lower_bound(statuses.begin(), statuses.end(), number,
                                         [](const Status& one, std::uint32_t wanted) { return one.number < wanted; });
    return found != statuses.end() && found->number == number ? found : nullptr;
}

}  // namespace

ErrorClass error_class(CommandStatus status) {
    const auto* found = find(status);
    return found != nullptr ? found->error_class : ErrorClass::unknown;
}

std::string to_string(CommandStatus status) {
    if (const auto* found = find(status)) return found->name;
    char number[sizeof "0x00000000"];
    std::snprintf(number, sizeof number, "0x%08x", static_cast<unsigned>(status));
    return number;
}

}  // namespace jejak::smpp
