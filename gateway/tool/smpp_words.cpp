#include "gateway/tool/smpp_words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

#include "protocol/smpp/tlv.hpp"
#include "protocol/sms/data_coding.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::tool {
namespace {

template <class... Values>
std::string format(const char* pattern, Values... values) {
    std::array<char, 128> text{};
    std::snprintf(text.data(), text.size(), pattern, values...);
    return text.data();
}

struct Word {
    std::uint32_t number;
    const char* word;
};
template <std::size_t size>
std::string word_of(const std::array<Word, size>& words, std::uint32_t number, const char* otherwise) {
    for (const auto& one : words)
        if (one.number == number) return one.word;
    return otherwise;
}

/// source: section 5.2.5
constexpr std::array tons{Word{0, "unknown"},          Word{1, "international"}, Word{2, "national"},
                          Word{3, "network specific"}, Word{4, "subscriber"},    Word{5, "alphanumeric"},
                          Word{6, "abbreviated"}};
/// source: section 5.2.6
constexpr std::array npis{Word{0, "unknown"},
                          Word{1, "ISDN, telephone (E.164)"},
                          Word{3, "data (X.121)"},
                          Word{4, "telex"},
                          Word{6, "land mobile (E.212)"},
                          Word{8, "national"},
                          Word{9, "private"},
                          Word{10, "ERMES"},
                          Word{14, "Internet (IP)"},
                          Word{18, "WAP client"}};
/// source: section 5.2.28, SMPP 5.0 section 4.7.15
constexpr std::array message_states{
    Word{0, "SCHEDULED"},     Word{1, "ENROUTE"},  Word{2, "DELIVERED"}, Word{3, "EXPIRED"},  Word{4, "DELETED"},
    Word{5, "UNDELIVERABLE"}, Word{6, "ACCEPTED"}, Word{7, "UNKNOWN"},   Word{8, "REJECTED"}, Word{9, "SKIPPED"}};
/// source: section 5.3.2.44
constexpr std::array ussd_operations{Word{0, "PSSD indication"},
                                     Word{1, "PSSR indication: a phone dialled"},
                                     Word{2, "USSR request: a screen that asks"},
                                     Word{3, "USSN request: a screen that tells"},
                                     Word{16, "PSSD response"},
                                     Word{17, "PSSR response: the last screen"},
                                     Word{18, "USSR confirm: an answer to a screen"},
                                     Word{19, "USSN confirm"}};
constexpr std::array availability{Word{0, "available"}, Word{1, "denied"}, Word{2, "unavailable"}};
constexpr std::array failure_reasons{Word{0, "destination unavailable"}, Word{1, "destination address invalid"},
                                     Word{2, "permanent network error"}, Word{3, "temporary network error"}};
constexpr std::array payload_types{Word{0, "default: WDP, or as it is"}, Word{1, "WCMP"}};

/// source: SMPP 5.0 section 4.8.4.18
std::string congestion_words(std::uint32_t percent) {
    struct Level {
        std::uint32_t from;
        const char* word;
    };
    constexpr std::array levels{Level{101, "above 100: means nothing"},  Level{100, "per cent: congested"},
                                Level{90, "per cent: nearly congested"}, Level{80, "per cent: optimum load"},
                                Level{50, "per cent: high load"},        Level{30, "per cent: medium load"},
                                Level{1, "per cent: low load"},          Level{0, "per cent: idle"}};
    return std::find_if(levels.begin(), levels.end(), [&](const Level& one) { return percent >= one.from; })->word;
}

std::string session_words(std::uint32_t info) {
    return "session " + std::to_string(info >> 8) + ", dialogue " + std::to_string((info & 0xFF) >> 1) +
           ((info & 1) != 0 ? ", ends" : ", goes on");
}

const char* alphabet_words(sms::DataCoding::Alphabet alphabet) {
    using Alphabet = sms::DataCoding::Alphabet;
    switch (alphabet) {
        case Alphabet::seven_bit:
            return "the SMSC's default alphabet, mostly GSM 7-bit";
        case Alphabet::ascii:
            return "IA5 (ASCII)";
        case Alphabet::latin1:
            return "ISO-8859-1 (Latin)";
        case Alphabet::cyrillic:
            return "ISO-8859-5 (Cyrillic)";
        case Alphabet::hebrew:
            return "ISO-8859-8 (Hebrew)";
        case Alphabet::ucs2:
            return "UCS-2, big endian";
        case Alphabet::jis:
            return "JIS X 0208";
        case Alphabet::iso2022_jp:
            return "ISO-2022-JP, or music codes";
        case Alphabet::jis_x0212:
            return "JIS X 0212";
        case Alphabet::korean:
            return "KS C 5601";
        case Alphabet::binary:
            return "8-bit data";
        case Alphabet::reserved:
            break;
    }
    return "reserved: read as the default alphabet";
}

/// Bits of a message waiting indication. source: 3GPP TS 23.038 section 4
std::string waiting_words(std::uint8_t data_coding) {
    constexpr std::array kinds{"voicemail", "fax", "e-mail", "other message"};
    return std::string("; ") + kinds[data_coding & 3] + " waiting: " + ((data_coding & 8) != 0 ? "yes" : "no");
}

std::string language_words(std::span<const std::byte> value) {
    constexpr std::array names{"none",    "Turkish",   "Spanish", "Portuguese", "Bengali", "Gujarati", "Hindi",
                               "Kannada", "Malayalam", "Oriya",   "Punjabi",    "Tamil",   "Telugu",   "Urdu"};
    if (value.size() != 1) return "";
    const auto number = std::to_integer<std::size_t>(value[0]);
    return ": " + (number < names.size() ? std::string(names[number]) : "unknown table " + std::to_string(number));
}

std::string numbers_words(std::span<const std::byte> value, const char* pattern, std::size_t reference_octets) {
    if (value.size() != reference_octets + 2) return ": has a wrong length";
    unsigned reference = 0;
    for (const auto octet : value.first(reference_octets))
        reference = reference << 8 | std::to_integer<unsigned>(octet);
    return format(pattern, reference, std::to_integer<unsigned>(value[reference_octets + 1]),
                  std::to_integer<unsigned>(value[reference_octets]));
}

std::string ports_words(std::span<const std::byte> value, std::size_t octets) {
    if (value.size() != octets * 2) return ": has a wrong length";
    const auto port = [&](std::size_t at) {
        unsigned number = 0;
        for (const auto octet : value.subspan(at, octets)) number = number << 8 | std::to_integer<unsigned>(octet);
        return number;
    };
    return format(": to %u, from %u", port(0), port(octets));
}

struct RemarkWord {
    sms::Remark remark;
    const char *name, *words;
};
constexpr std::array all_remarks{
    RemarkWord{sms::Remark::truncated, "truncated", "shorter than it says"},
    RemarkWord{sms::Remark::trailing, "trailing", "octets behind the last field"},
    RemarkWord{sms::Remark::flash, "flash", "flash"},
    RemarkWord{sms::Remark::binary, "binary", "binary"},
    RemarkWord{sms::Remark::both_texts, "both_texts", "short_message and message_payload"},
    RemarkWord{sms::Remark::bad_tlv, "bad_tlv", "optional parameters that do not parse, or too many"},
    RemarkWord{sms::Remark::stray_segment, "stray_segment", "part out of range"},
    RemarkWord{sms::Remark::bad_udh, "bad_udh", "UDH does not parse"},
    RemarkWord{sms::Remark::partial, "partial", "a part is missing"},
    RemarkWord{sms::Remark::undecodable, "undecodable", "the PDU does not decode"},
    RemarkWord{sms::Remark::replaced, "replaced", "some characters could not be read"},
    RemarkWord{sms::Remark::stray_ussd, "stray_ussd", "USSD that is no turn of a session"},
    RemarkWord{sms::Remark::unknown_table, "unknown_table", "unknown national table"},
    RemarkWord{sms::Remark::guessed, "guessed", "the octets do not fit their data_coding"},
    RemarkWord{sms::Remark::unannounced_udh, "unannounced_udh", "begins like a UDH that nothing announces"},
    RemarkWord{sms::Remark::total_differs, "total_differs", "another total than an open text of its reference"},
    RemarkWord{sms::Remark::throttled, "throttled", "its number sends more than is answered"},
    RemarkWord{sms::Remark::flood, "flood", "its source brought far more than usual"},
    RemarkWord{sms::Remark::stray_receipt, "stray_receipt", "a receipt that reads as none"},
    RemarkWord{sms::Remark::menu, "menu", "the transcript of a USSD session"},
    RemarkWord{sms::Remark::answer, "answer", "answers or corrects what was said before"}};

/// Invisible, or turns what follows around: bidirectional controls and characters without width.
bool deceives(char32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
           (code_point >= 0x200B && code_point <= 0x200F) || (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2060 && code_point <= 0x2069) || code_point == 0xFEFF || code_point == 0x061C;
}

}  // namespace

std::string tag_value_words(std::uint16_t tag, std::uint32_t value) {
    using smpp::Tag;
    switch (static_cast<Tag>(tag)) {
        case Tag::sc_interface_version:
            return interface_version_words(static_cast<std::uint8_t>(value));
        case Tag::message_state:
            return message_state_words(static_cast<std::uint8_t>(value));
        case Tag::congestion_state:
            return congestion_words(value);
        case Tag::ussd_service_op:
            return word_of(ussd_operations, value, "no operation of the specification");
        case Tag::its_session_info:
            return session_words(value);
        case Tag::ms_availability_status:
            return word_of(availability, value, "");
        case Tag::delivery_failure_reason:
            return word_of(failure_reasons, value, "");
        case Tag::payload_type:
            return word_of(payload_types, value, "");
        default:
            return "";
    }
}

std::string ton_words(std::uint8_t ton) {
    return word_of(tons, ton, "reserved");
}

std::string npi_words(std::uint8_t npi) {
    return word_of(npis, npi, "reserved");
}

std::string esm_class_words(std::uint8_t esm_class) {
    constexpr std::array modes{"default mode", "datagram", "forward (transaction)", "store and forward"};
    std::string words = modes[esm_class & 3];
    switch (esm_class >> 2 & 0x0F) {
        case 0:
            break;
        case 1:
            words += ", delivery receipt";
            break;
        case 2:
            words += ", delivery acknowledgement";
            break;
        case 4:
            words += ", manual acknowledgement";
            break;
        case 6:
            words += ", conversation abort";
            break;
        case 8:
            words += ", intermediate notification";
            break;
        default:
            words += ", reserved message type";
    }
    if ((esm_class & 0x40) != 0) words += ", UDHI";
    if ((esm_class & 0x80) != 0) words += ", reply path";
    return words;
}

std::string registered_delivery_words(std::uint8_t registered_delivery) {
    constexpr std::array receipts{"no receipt", "receipt of success or failure", "receipt of failure",
                                  "receipt of success"};
    constexpr std::array acknowledgements{"", ", delivery acknowledgement", ", manual acknowledgement",
                                          ", both acknowledgements"};
    std::string words = receipts[registered_delivery & 3];
    words += acknowledgements[registered_delivery >> 2 & 3];
    if ((registered_delivery & 0x10) != 0) words += ", intermediate notifications";
    if ((registered_delivery & 0xE0) != 0) words += ", reserved bits";
    return words;
}

std::string data_coding_words(std::uint8_t data_coding) {
    const auto coding = sms::read_data_coding(data_coding);
    std::string words = alphabet_words(coding.alphabet);
    const unsigned group = data_coding >> 4;
    if (group >= 0xC && group <= 0xE) return words + waiting_words(data_coding);
    const bool has_class = group == 0xF || (group >= 1 && group <= 7 && (group & 1) != 0);
    if (has_class) words += format("; class %u", static_cast<unsigned>(data_coding & 3));
    if (coding.flash) words += " (flash)";
    return words;
}

std::string message_state_words(std::uint8_t state) {
    return word_of(message_states, state, "no state of the specification");
}

std::string interface_version_words(std::uint8_t version) {
    if (version < 0x33) return "before 3.3";
    return format("SMPP %u.%u", static_cast<unsigned>(version >> 4), static_cast<unsigned>(version & 0x0F));
}

std::string time_words(std::string_view field) {
    const bool digits =
        field.size() == 16 && std::all_of(field.begin(), field.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return "no time: YYMMDDhhmmsstnnp is";
    const auto two = [&](std::size_t at) { return (field[at] - '0') * 10 + (field[at + 1] - '0'); };
    if (field[15] == 'R') {
        std::string words = "in";
        constexpr std::array units{" years", " months", " days", " h", " min", " s"};
        for (std::size_t i = 0; i < units.size(); ++i)
            if (two(2 * i) != 0) words += ' ' + std::to_string(two(2 * i)) + units[i];
        return words == "in" ? "in no time" : words;
    }
    if (field[15] != '+' && field[15] != '-') return "no time: it ends in +, - or R";
    const int quarters = two(13);
    const bool valid = two(2) >= 1 && two(2) <= 12 && two(4) >= 1 && two(4) <= 31 && two(6) < 24 && two(8) < 60 &&
                       two(10) < 60 && quarters <= 48;
    if (!valid) return "no time: a number is out of its range";
    return format("20%02d-%02d-%02d %02d:%02d:%02d.%c %c%02d:%02d", two(0), two(2), two(4), two(6), two(8), two(10),
                  field[12], field[15], quarters / 4, quarters % 4 * 15);
}

std::string element_words(std::uint8_t identifier, std::span<const std::byte> value) {
    switch (identifier) {
        case 0x00:
            return "concatenation, 8-bit reference" + numbers_words(value, ": reference %u, part %u of %u", 1);
        case 0x01:
            return "special message indication";
        case 0x04:
            return "application port, 8-bit" + ports_words(value, 1);
        case 0x05:
            return "application port, 16-bit" + ports_words(value, 2);
        case 0x06:
            return "SMSC control";
        case 0x08:
            return "concatenation, 16-bit reference" + numbers_words(value, ": reference %u, part %u of %u", 2);
        case 0x24:
            return "national language single shift" + language_words(value);
        case 0x25:
            return "national language locking shift" + language_words(value);
        default:
            break;
    }
    if (identifier >= 0x0A && identifier <= 0x1F) return "text formatting, picture or sound";
    if (identifier >= 0x70 && identifier <= 0x7F) return "for the SIM";
    if (identifier >= 0x80 && identifier <= 0x9F) return "between SMS centres";
    return "element without a name here";
}

std::string remark_words(sms::Remarks remarks) {
    std::string words;
    for (const auto& one : all_remarks)
        if (sms::has(remarks, one.remark)) words += (words.empty() ? "" : ", ") + std::string(one.words);
    return words;
}

std::vector<std::string_view> remark_names(sms::Remarks remarks) {
    std::vector<std::string_view> names;
    for (const auto& one : all_remarks)
        if (sms::has(remarks, one.remark)) names.emplace_back(one.name);
    return names;
}

std::string masked_address(std::string_view digits, std::uint8_t ton) {
    constexpr std::uint8_t international = 1;
    constexpr std::size_t short_code_max = 6, shown_first = 5, shown_last = 2, hidden_min = 5;
    const bool plus = digits.starts_with('+');
    if (plus) digits.remove_prefix(1);
    const bool number = digits.find_first_not_of("0123456789*#") == std::string_view::npos;
    if (!number) return masked_text(digits);
    if (digits.size() <= short_code_max) return digits.empty() ? "(empty)" : std::string(digits);
    const auto first = std::min(shown_first, digits.size() - shown_last - hidden_min);
    std::string masked = plus || ton == international ? "+" : "";
    masked += digits.substr(0, first);
    masked.append(digits.size() - first - shown_last, '*');
    return masked += digits.substr(digits.size() - shown_last);
}

std::string masked_digits(std::string_view text) {
    std::string digits, masked(text);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
    if (digits.empty()) return masked;
    const auto hidden = masked_address(digits, 0);
    auto next = hidden.begin();
    for (auto& c : masked)
        if (is_digit(c)) c = *next++;
    return masked;
}

std::string masked_text(std::string_view utf8) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < utf8.size(); ++count) sms::utf8::next(utf8, at);
    return "«" + std::to_string(count) + (count == 1 ? " character»" : " characters»");
}

std::string masked_octets(std::size_t count) {
    return "«" + std::to_string(count) + (count == 1 ? " octet»" : " octets»");
}

std::string quoted_text(std::string_view utf8) {
    std::string quoted = "«";
    for (std::size_t at = 0; at < utf8.size();) {
        const auto code_point = sms::utf8::next(utf8, at);
        if (code_point == U'\n') {
            quoted += "\\n";
        } else if (code_point == sms::utf8::malformed) {
            sms::utf8::append(quoted, sms::utf8::replacement);
        } else if (deceives(code_point)) {
            quoted += format("\\u{%x}", static_cast<unsigned>(code_point));
        } else {
            sms::utf8::append(quoted, code_point);
        }
    }
    return quoted += "»";
}

std::string shown(std::string_view text) {
    constexpr std::size_t quote = std::string_view("«").size();
    if (text.empty()) return "(empty)";
    const auto quoted = quoted_text(text);
    return quoted.substr(quote, quoted.size() - 2 * quote);
}

std::string hex_text(std::span<const std::byte> octets) {
    constexpr auto digits = "0123456789abcdef";
    std::string text;
    for (const auto octet : octets) {
        text += digits[std::to_integer<unsigned>(octet) >> 4];
        text += digits[std::to_integer<unsigned>(octet) & 0x0F];
    }
    return text;
}

}  // namespace jejak::tool
