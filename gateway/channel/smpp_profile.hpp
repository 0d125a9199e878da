#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/smpp/status.hpp"
#include "protocol/smpp/types.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/sms/user_data.hpp"
#include "protocol/ussd/signal.hpp"

namespace jejak {

/// How one operator's SMPP differs from the specification, or decides what it leaves open: data, never code. Every
/// channel has one; as it stands here it is the specification's own.
struct SmppProfile {
    static constexpr std::size_t statuses_max = 256;  ///< in `error_classes`

    // Addresses. source: SMPP 3.4 sections 5.2.5, 5.2.6
    std::uint8_t source_ton = 0, source_npi = 1;
    std::uint8_t destination_ton = 1, destination_npi = 1;

    // Texts
    sms::DefaultAlphabet default_alphabet = sms::DefaultAlphabet::gsm7;  ///< what data_coding 0 means here
    bool assume_udh = false;  ///< what comes and begins like a concatenation header is one, though nothing says so
    sms::LongTexts::Form long_texts = sms::LongTexts::Form::udh8;  ///< how a text of several parts leaves
    std::vector<sms::gsm7::Language> languages;                    ///< national tables the subscribers' phones know

    /// How validity_period of a submit_sm is written; none: it stays empty, and the SMSC's own limit holds.
    enum class Validity : std::uint8_t { relative, absolute, none } validity = Validity::relative;

    // Receipts and refusals
    sms::ReceiptDialect receipt_dialect;
    /// Statuses that mean something else here than in the specification.
    std::map<std::uint32_t, smpp::ErrorClass> error_classes;
    /// What a message is answered with that could not be taken; empty: no answer, the connection is closed.
    std::optional<smpp::CommandStatus> on_queue_full = smpp::CommandStatus::message_queue_full;
    std::optional<smpp::CommandStatus> on_storage_failure = smpp::CommandStatus::temporary_app_error;

    // The bind
    std::uint8_t interface_version = 0x34;
    bool tlvs_always = false;   ///< parameters also to a peer that did not say it knows them
    std::string address_range;  ///< at most 40 octets
    std::uint8_t address_range_ton = 0, address_range_npi = 0;

    // Submits that were never answered
    enum class Query : std::uint8_t {
        none,
        reference  ///< query_sm with the user_message_reference that the message carried, in decimal
    } query = Query::none;
    /// What the SMSC says it does not know was never taken, and is sent again. False: it may have been.
    bool resend_unknown = false;

    ussd::SmppProfile ussd_profile;
    std::string ussd_service_type = "USSD";  ///< of screens, at most 5 octets

    /// What a refusal means for the message it refuses.
    smpp::ErrorClass error_class(smpp::CommandStatus status) const;
    sms::TextRules text_rules() const { return {default_alphabet, assume_udh}; }
    sms::LongTexts long_text_rules() const { return {long_texts, default_alphabet, languages}; }
};

}  // namespace jejak
