#pragma once
#include <array>
#include <chrono>
#include <deque>
#include <random>
#include <string>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/time_format.hpp"

namespace jejak::smpp {

/// PDUs with every field drawn by lot, within the sizes of the specification.
class PduMaker {
public:
    explicit PduMaker(std::uint32_t seed) : lot_(seed) {}

    /// The header of the next one; what was filled before is forgotten.
    Header header() {
        constexpr std::array<std::uint32_t, 14> requests{0x01, 0x02, 0x03, 0x04, 0x05, 0x06,  0x07,
                                                         0x08, 0x09, 0x0B, 0x15, 0x21, 0x102, 0x103};
        Header header;
        header.command_id = requests[below(requests.size())];
        const bool answered = header.command_id != 0x0B && header.command_id != 0x102;
        if (answered && below(3) == 0) header.command_id |= response_bit;
        if (below(50) == 0) header.command_id = response_bit;  // generic_nack
        if (is_response(header.command_id) && below(6) == 0) header.command_status = 1 + below(0x112);
        header.sequence_number = 1 + below(0x7FFFFFFF);
        words_.clear();
        blobs_.clear();
        return header;
    }

    void fill(const Header&, Bind& pdu) { pdu = {word(15), word(8), word(12), octet(), octet(), octet(), word(40)}; }
    void fill(const Header&, Outbind& pdu) { pdu = {word(15), word(8)}; }
    void fill(const Header&, BindResp& pdu) {
        pdu.system_id = word(15);
        if (below(3) == 0) return;
        auto& out = buffer();
        append_tlv(Tag::sc_interface_version, octet(), out);
        pdu.tlvs = Tlvs(out);
    }
    void fill(const Header& header, ShortMessage& pdu) {
        pdu.service_type = word(5);
        pdu.source = address();
        pdu.destination = address();
        pdu.esm_class = octet();
        pdu.registered_delivery = octet();
        pdu.data_coding = octet();
        pdu.tlvs = parameters();
        const bool data = command(header) == CommandId::data_sm;
        if (data || below(6) == 0) pdu.tlvs = with_payload(pdu.tlvs, 2'000);
        if (data) return;
        pdu.protocol_id = octet();
        pdu.priority_flag = octet();
        pdu.schedule_delivery_time = time();
        pdu.validity_period = time();
        pdu.replace_if_present_flag = octet();
        pdu.sm_default_msg_id = octet();
        pdu.short_message = octets(254);
    }
    void fill(const Header& header, MessageResp& pdu) {
        if (command(header) != CommandId::deliver_sm) pdu.message_id = word(64);
    }
    void fill(const Header& header, SubmitMulti& pdu) {
        fill(header, pdu.message);
        pdu.message.destination = {};
        auto& out = buffer();
        const auto count = 1 + below(below(10) == 0 ? 254 : 8);
        for (std::uint32_t i = 0; i < count; ++i) {
            const bool list = below(4) == 0;
            append_item(list ? MultiDestination{2, {}, word(20)} : MultiDestination{1, address(), {}}, out);
        }
        pdu.destinations = {out, count};
    }
    void fill(const Header&, SubmitMultiResp& pdu) {
        pdu.message_id = word(64);
        auto& out = buffer();
        const auto count = below(8);
        for (std::uint32_t i = 0; i < count; ++i)
            append_item(FailedDestination{address(), static_cast<CommandStatus>(lot_())}, out);
        pdu.failed = {out, count};
    }
    void fill(const Header&, QuerySm& pdu) { pdu = {word(64), address()}; }
    void fill(const Header&, QuerySmResp& pdu) { pdu = {word(64), time(), octet(), octet(), {}}; }
    void fill(const Header&, CancelSm& pdu) { pdu = {word(5), word(64), address(), address()}; }
    void fill(const Header&, ReplaceSm& pdu) {
        pdu.message_id = word(64);
        pdu.source = address();
        pdu.schedule_delivery_time = time();
        pdu.validity_period = time();
        pdu.registered_delivery = octet();
        pdu.sm_default_msg_id = octet();
        pdu.short_message = octets(254);
        if (below(6) == 0) pdu.tlvs = with_payload({}, 2'000);
    }
    void fill(const Header&, AlertNotification& pdu) {
        pdu.source = address();
        pdu.esme = address();
        if (below(2) == 0) return;
        auto& out = buffer();
        append_tlv(Tag::ms_availability_status, octet(), out);
        pdu.tlvs = Tlvs(out);
    }

private:
    static CommandId command(const Header& header) { return static_cast<CommandId>(header.command_id & ~response_bit); }
    std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(lot_() % limit); }
    std::uint8_t octet() { return static_cast<std::uint8_t>(below(256)); }

    std::string_view word(std::size_t longest, std::string_view letters = {}) {
        constexpr std::string_view printable = "abcXYZ0189 .-+_#*@:/";
        const auto from = letters.empty() ? printable : letters;
        std::string text(below(longest + 1), ' ');
        for (auto& letter : text) letter = from[below(from.size())];
        return words_.emplace_back(std::move(text));
    }
    std::span<const std::byte> octets(std::size_t longest) {
        std::vector<std::byte> some(below(longest + 1));
        for (auto& one : some) one = static_cast<std::byte>(octet());
        return blobs_.emplace_back(std::move(some));
    }
    std::vector<std::byte>& buffer() { return blobs_.emplace_back(); }

    std::string_view time() {
        if (below(3) == 0) return {};
        const auto moment = WallTime(std::chrono::seconds(1'700'000'000 + below(300'000'000)));
        const std::chrono::minutes offset(15 * (static_cast<int>(below(97)) - 48));
        const bool relative = below(2) == 0;
        return words_.emplace_back(relative ? format_relative_time(std::chrono::seconds(1 + below(2'000'000)))
                                            : format_absolute_time(moment, offset));
    }
    AddressView address() {
        const auto ton = static_cast<std::uint8_t>(below(7));
        return {ton, static_cast<std::uint8_t>(below(19)), word(20, "0123456789+")};
    }

    /// Distinct parameters with values of the sizes that section 5.3.2 gives; "0": a C-octet string.
    Tlvs parameters() {
        struct Known {
            std::uint16_t tag;
            std::uint8_t least, most;
        };
        constexpr std::array<Known, 40> known{
            {{0x0005, 1, 1},  {0x0006, 1, 1},  {0x0007, 1, 1}, {0x0008, 2, 2}, {0x000D, 1, 1}, {0x000E, 1, 1},
             {0x000F, 1, 1},  {0x0010, 1, 1},  {0x0017, 4, 4}, {0x0019, 1, 1}, {0x0030, 1, 1}, {0x0201, 1, 1},
             {0x0202, 2, 23}, {0x0203, 2, 23}, {0x0204, 2, 2}, {0x0205, 1, 1}, {0x020A, 2, 2}, {0x020B, 2, 2},
             {0x020C, 2, 2},  {0x020D, 1, 1},  {0x020E, 1, 1}, {0x020F, 1, 1}, {0x0302, 1, 1}, {0x0303, 1, 65},
             {0x0304, 1, 1},  {0x0381, 4, 19}, {0x0420, 1, 1}, {0x0421, 1, 1}, {0x0422, 1, 1}, {0x0423, 3, 3},
             {0x0425, 1, 1},  {0x0426, 1, 1},  {0x0427, 1, 1}, {0x0428, 1, 1}, {0x0501, 1, 1}, {0x1201, 1, 1},
             {0x1203, 2, 2},  {0x1204, 1, 4},  {0x1380, 1, 1}, {0x1383, 2, 2}}};
        auto& out = buffer();
        auto at = below(known.size());
        for (auto left = below(6); left > 0; --left, at = (at + 1 + below(6)) % known.size()) {
            const auto& one = known[at];
            std::vector<std::byte> value(one.least + below(std::size_t{1} + one.most - one.least));
            for (auto& each : value) each = static_cast<std::byte>(octet());
            append_tlv(static_cast<Tag>(one.tag), value, out);
            if (at + 7 >= known.size()) break;  // no tag twice
        }
        if (below(6) == 0) {
            const std::string id(word(64));
            append_tlv(Tag::receipted_message_id, std::as_bytes(std::span(id.c_str(), id.size() + 1)), out);
        }
        if (below(40) == 0)
            append_tlv(static_cast<Tag>(0x130C), std::span<const std::byte>{}, out);  // alert_on_message_delivery
        if (below(8) == 0) append_tlv(static_cast<Tag>(0x1400 + below(0x2C00)), octets(40), out);
        return Tlvs(out);
    }
    Tlvs with_payload(Tlvs tlvs, std::size_t longest) {
        auto& out = buffer();
        out.assign(tlvs.raw().begin(), tlvs.raw().end());
        append_tlv(Tag::message_payload, octets(longest), out);
        return Tlvs(out);
    }

    std::mt19937 lot_;
    std::deque<std::string> words_;
    std::deque<std::vector<std::byte>> blobs_;
};

}  // namespace jejak::smpp
