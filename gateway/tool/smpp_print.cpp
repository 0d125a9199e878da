#include "gateway/tool/smpp_print.hpp"

#include <array>
#include <cstdio>
#include <ostream>

#include "gateway/tool/smpp_layout.hpp"
#include "gateway/tool/smpp_words.hpp"
#include "protocol/ascii.hpp"
#include "protocol/smpp/tlv.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/sms/user_data.hpp"

namespace jejak::tool {
namespace {

std::string hex_number(std::uint32_t value, int digits) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%0*x", digits, static_cast<unsigned>(value));
    return text.data();
}

constexpr std::size_t error_code_max = 5;

/// On the wire 0 is SCHEDULED; of a receipt it means that nobody knows.
std::string receipt_state_words(sms::MessageState state) {
    return state == sms::MessageState::unknown ? "UNKNOWN" : message_state_words(static_cast<std::uint8_t>(state));
}

class Printer {
public:
    Printer(std::ostream& out, const Dissected& pdu, const PrintRules& rules) : out_(out), pdu_(pdu), rules_(rules) {}

    void header(std::size_t size) {
        const auto& header = pdu_.header;
        const auto name = smpp::command_name(header.command_id);
        const bool response = smpp::is_response(header.command_id);
        out_ << (name.starts_with("0x") ? "unknown command" : name) << ", " << size << " octets\n";
        line(0, "command_length", std::to_string(header.command_length));
        line(4, "command_id", hex_number(header.command_id, 8) + (name.starts_with("0x") ? "" : " " + name));
        const auto status = smpp::to_string(static_cast<smpp::CommandStatus>(header.command_status));
        const bool meaningless = !response && header.command_status != 0;
        line(8, "command_status",
             hex_number(header.command_status, 8) + (status.starts_with("0x") ? "" : " " + status) +
                 (meaningless ? " (means nothing in a request)" : ""));
        line(12, "sequence_number", std::to_string(header.sequence_number));
    }

    void field(const WireField& field) {
        if (field.kind == FieldKind::tlv) return parameter(field);
        if (field.kind == FieldKind::short_message) return user_data(field.at, "short_message", field.octets);
        line(field.at, field.name, value_of(field));
    }

    void fault(const WireFault& fault) { line(fault.at, "!", fault.what); }

private:
    void line(std::size_t at, std::string_view name, std::string_view value) {
        std::array<char, 16> place{};
        std::snprintf(place.data(), place.size(), "%6zu  ", at);
        constexpr std::size_t name_width = 25;
        out_ << place.data() << name << std::string(name.size() < name_width ? name_width - name.size() : 1, ' ')
             << value << '\n';
    }
    /// More about the line above.
    void note(std::string_view value) { out_ << std::string(8, ' ') << std::string(25, ' ') << value << '\n'; }

    std::string value_of(const WireField& field) const {
        const auto octet = static_cast<std::uint8_t>(field.number & 0xFF);
        const auto worded = [&](const std::string& words) { return hex_number(field.number, 2) + " " + words; };
        const auto text = as_text(field.octets);
        switch (field.kind) {
            case FieldKind::ton:
                return std::to_string(field.number) + " " + ton_words(octet);
            case FieldKind::npi:
                return std::to_string(field.number) + " " + npi_words(octet);
            case FieldKind::esm_class:
                return worded(esm_class_words(octet));
            case FieldKind::registered_delivery:
                return worded(registered_delivery_words(octet));
            case FieldKind::data_coding:
                return worded(data_coding_words(octet));
            case FieldKind::message_state:
                return std::to_string(field.number) + " " + message_state_words(octet);
            case FieldKind::interface_version:
                return worded(interface_version_words(octet));
            case FieldKind::destination_flag:
                return std::to_string(field.number) + (field.number == 1   ? " address"
                                                       : field.number == 2 ? " list"
                                                                           : "");
            case FieldKind::status:
                return hex_number(field.number, 8) + " " +
                       smpp::to_string(static_cast<smpp::CommandStatus>(field.number));
            case FieldKind::address:
                return rules_.reveal ? shown(text) : masked_address(text, field.ton);
            case FieldKind::range:
                return rules_.reveal ? shown(text) : shown(masked_digits(text));
            case FieldKind::secret:
                return text.empty() ? "(empty)" : masked_text(text) + " never shown";
            case FieldKind::time:
                return text.empty() ? "(empty)" : shown(text) + "  " + time_words(text);
            case FieldKind::id:
            case FieldKind::name:
                return shown(text);
            default:
                return std::to_string(field.number);
        }
    }

    void parameter(const WireField& field) {
        const auto tag = static_cast<std::uint16_t>(field.number);
        const auto* words = find_tag(tag);
        const auto name = hex_number(tag, 4) + " " +
                          (words != nullptr                ? words->name
                           : tag >= 0x1400 && tag < 0x4000 ? "(vendor's own)"
                                                           : "(unknown)");
        if (tag == static_cast<std::uint16_t>(smpp::Tag::message_payload))
            return user_data(field.at, name, field.octets);
        line(field.at, name, parameter_value(words, tag, field.octets));
    }

    std::string parameter_value(const TagWords* words, std::uint16_t tag, std::span<const std::byte> octets) const {
        const auto kind = words != nullptr ? words->kind : ValueKind::octets;
        if (octets.empty()) return "(empty)";
        if (kind == ValueKind::number && octets.size() <= 4) {
            std::uint32_t number = 0;
            for (const auto octet : octets) number = number << 8 | std::to_integer<std::uint32_t>(octet);
            if (tag == static_cast<std::uint16_t>(smpp::Tag::network_error_code) && octets.size() == 3)
                return "network " + std::to_string(number >> 16) + ", error " + std::to_string(number & 0xFFFF);
            const auto meaning = tag_value_words(tag, number);
            return std::to_string(number) + (meaning.empty() ? "" : " " + meaning);
        }
        auto text = as_text(octets);
        text = text.substr(0, text.find('\0'));
        if (kind == ValueKind::id) return shown(text);
        if (kind == ValueKind::text) return rules_.reveal ? quoted_text(text) : masked_text(text);
        return rules_.reveal ? hex_text(octets) : masked_octets(octets.size());
    }

    void user_data(std::size_t at, std::string_view name, std::span<const std::byte> octets) {
        const bool udhi = (pdu_.esm_class & 0x40) != 0;
        const auto read = sms::read_user_data(octets, udhi, pdu_.data_coding, {.zero_means = rules_.zero_means});
        const bool binary = sms::has(read.remarks, sms::Remark::binary);
        std::string value = std::to_string(octets.size()) + (octets.size() == 1 ? " octet " : " octets ");
        if (!rules_.reveal) {
            value += binary ? masked_octets(octets.size()) : masked_text(read.text);
        } else {
            value += binary ? hex_text(octets) : quoted_text(read.text);
        }
        const auto remarks = remark_words(read.remarks);
        line(at, name, remarks.empty() ? value : value + " (" + remarks + ")");
        if (udhi) elements(octets);
        if (const auto receipt = sms::parse_receipt(read.text)) this->receipt(*receipt);
    }

    /// What esm_class does not call a receipt may be anybody's words; what does may be, too, unless its state is one.
    void receipt(const sms::Receipt& receipt) {
        constexpr std::uint8_t message_type = 0x3C;
        const bool marked = (pdu_.esm_class & message_type) != 0;
        if (!marked && !rules_.reveal) return note("reads as a receipt, but esm_class does not say so");
        const bool known = receipt.state != sms::MessageState::unknown;
        const bool coded = !receipt.error.empty() && receipt.error.size() <= error_code_max &&
                           receipt.error.front() >= '0' && receipt.error.front() <= '9';
        const auto id = rules_.reveal || known ? shown(receipt.message_id) : masked_address(receipt.message_id, 0);
        const auto error =
            rules_.reveal || coded || receipt.error.empty() ? shown(receipt.error) : masked_text(receipt.error);
        note("receipt: id " + id + ", " + receipt_state_words(receipt.state) + ", err " + error +
             (marked ? "" : " (but esm_class does not say so)"));
    }

    /// The user data header, element by element.
    void elements(std::span<const std::byte> octets) {
        if (octets.empty()) return note("UDH: announced, and there is no octet");
        const auto size = std::to_integer<std::size_t>(octets[0]);
        if (size > octets.size() - 1)
            return note("UDH of " + std::to_string(size) + " octets: only " + std::to_string(octets.size() - 1) +
                        " are there");
        note("UDH of " + std::to_string(size) + " octets:");
        auto rest = octets.subspan(1, size);
        while (rest.size() >= 2) {
            const auto identifier = std::to_integer<std::uint8_t>(rest[0]);
            const auto length = std::to_integer<std::size_t>(rest[1]);
            if (length > rest.size() - 2) break;
            const auto value = rest.subspan(2, length);
            note("  " + hex_number(identifier, 2) + " " + element_words(identifier, value));
            rest = rest.subspan(2 + length);
        }
        if (!rest.empty()) note("  an element goes past the header's end");
    }

    std::ostream& out_;
    const Dissected& pdu_;
    const PrintRules& rules_;
};

}  // namespace

std::size_t print_pdu(std::ostream& out, std::span<const std::byte> octets, const PrintRules& rules) {
    const auto pdu = dissect(octets);
    Printer printer(out, pdu, rules);
    printer.header(octets.size());
    for (const auto& field : pdu.fields) printer.field(field);
    for (const auto& fault : pdu.faults) printer.fault(fault);
    return pdu.faults.size();
}

}  // namespace jejak::tool
