#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "protocol/smpp/status.hpp"

using namespace jejak::smpp;

TEST_CASE("B18, B19, M27: a status says whether the same message may be sent again, and how", "[B18][B19][M27]") {
    struct Row {
        std::uint32_t status;
        ErrorClass error_class;
    };
    const auto row =
        GENERATE(values<Row>({{0x00, ErrorClass::none},         {0x01, ErrorClass::permanent},  // message length
                              {0x04, ErrorClass::temporary},   // bind status: another bind cures it
                              {0x08, ErrorClass::temporary},   // system error
                              {0x0A, ErrorClass::permanent},   // source address
                              {0x0B, ErrorClass::permanent},   // destination address
                              {0x0D, ErrorClass::temporary},   // bind failed
                              {0x0E, ErrorClass::permanent},   // password
                              {0x11, ErrorClass::permanent},   // cancel_sm failed
                              {0x13, ErrorClass::permanent},   // replace_sm failed
                              {0x14, ErrorClass::throttle},    // queue full
                              {0x33, ErrorClass::permanent},   // number of destinations
                              {0x45, ErrorClass::temporary},   // submit_sm failed
                              {0x58, ErrorClass::throttle},    // throttled
                              {0x61, ErrorClass::permanent},   // schedule
                              {0x62, ErrorClass::permanent},   // expiry
                              {0x64, ErrorClass::temporary},   // receiver's temporary error
                              {0x65, ErrorClass::permanent},   // receiver's permanent error
                              {0x66, ErrorClass::permanent},   // receiver rejects
                              {0x67, ErrorClass::permanent},   // query_sm failed
                              {0xC0, ErrorClass::permanent},   // parameter stream
                              {0xC1, ErrorClass::permanent},   // parameter not allowed
                              {0xC4, ErrorClass::permanent},   // parameter value
                              {0xFE, ErrorClass::temporary},   // delivery failure
                              {0xFF, ErrorClass::unknown},     // "unknown error"
                              {0x100, ErrorClass::permanent},  // 5.0: service_type not authorised
                              {0x101, ErrorClass::permanent},  // 5.0: prohibited
                              {0x102, ErrorClass::temporary},  // 5.0: service_type unavailable
                              {0x103, ErrorClass::permanent},  // 5.0: service_type denied
                              {0x104, ErrorClass::permanent},  // 5.0: data coding
                              {0x10C, ErrorClass::permanent},  // 5.0: broadcast message class
                              {0x10D, ErrorClass::temporary},  // 5.0: broadcast failed
                              {0x112, ErrorClass::permanent},  // 5.0: the last one
                              {0x113, ErrorClass::unknown},    // reserved
                              {0x09, ErrorClass::unknown},     // reserved
                              {0xAB, ErrorClass::unknown},     // reserved
                              {0x400, ErrorClass::unknown},    // a vendor's
                              {0x4FF, ErrorClass::unknown},    // a vendor's
                              {0xFFFFFFFF, ErrorClass::unknown}}));
    CAPTURE(row.status);
    CHECK(error_class(static_cast<CommandStatus>(row.status)) == row.error_class);
}

TEST_CASE("M27: every status with a name has a class, and no two share a name", "[M27]") {
    std::set<std::string> names;
    int named = 0;
    for (std::uint32_t number = 0; number < 0x500; ++number) {
        const auto status = static_cast<CommandStatus>(number);
        const auto name = to_string(status);
        if (name.rfind("ESME_R", 0) != 0) {
            CHECK(error_class(status) == ErrorClass::unknown);
            continue;
        }
        ++named;
        CHECK(names.insert(name).second);
    }
    CHECK(named == 67);
    CHECK(to_string(CommandStatus::query_failed) == "ESME_RQUERYFAIL");
    CHECK(to_string(CommandStatus::invalid_number_of_destinations) == "ESME_RINVNUMDESTS");
    CHECK(to_string(CommandStatus::invalid_tlv_stream) == "ESME_RINVOPTPARSTREAM");
}
