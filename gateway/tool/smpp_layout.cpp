#include "gateway/tool/smpp_layout.hpp"

#include <algorithm>
#include <array>

#include "gateway/tool/smpp_words.hpp"
#include "protocol/smpp/codec.hpp"

namespace jejak::tool {
namespace {

using Kind = FieldKind;
using smpp::CommandId;

/// One mandatory field of a table in the specification. `size_max` of a C-octet string counts its NUL.
struct LayoutColumn {
    const char* name;
    Kind kind;
    std::size_t size_max = 0;
};
using Columns = std::span<const LayoutColumn>;

constexpr std::array bind_columns{
    LayoutColumn{"system_id", Kind::name, 16},
    LayoutColumn{"password", Kind::secret, 65},  // 9 by the specification; peers take more
    LayoutColumn{"system_type", Kind::name, 13},
    LayoutColumn{"interface_version", Kind::interface_version},
    LayoutColumn{"addr_ton", Kind::ton},
    LayoutColumn{"addr_npi", Kind::npi},
    LayoutColumn{"address_range", Kind::range, 41}};
constexpr std::array bind_resp_columns{LayoutColumn{"system_id", Kind::name, 16}};
constexpr std::array outbind_columns{LayoutColumn{"system_id", Kind::name, 16},
                                     LayoutColumn{"password", Kind::secret, 65}};
constexpr std::array source_columns{LayoutColumn{"source_addr_ton", Kind::ton},
                                    LayoutColumn{"source_addr_npi", Kind::npi},
                                    LayoutColumn{"source_addr", Kind::address, 21}};
constexpr std::array destination_columns{LayoutColumn{"dest_addr_ton", Kind::ton},
                                         LayoutColumn{"dest_addr_npi", Kind::npi},
                                         LayoutColumn{"destination_addr", Kind::address, 21}};
constexpr std::array wide_source_columns{LayoutColumn{"source_addr_ton", Kind::ton},
                                         LayoutColumn{"source_addr_npi", Kind::npi},
                                         LayoutColumn{"source_addr", Kind::address, 65}};
constexpr std::array wide_destination_columns{LayoutColumn{"dest_addr_ton", Kind::ton},
                                              LayoutColumn{"dest_addr_npi", Kind::npi},
                                              LayoutColumn{"destination_addr", Kind::address, 65}};
constexpr std::array esme_columns{LayoutColumn{"esme_addr_ton", Kind::ton}, LayoutColumn{"esme_addr_npi", Kind::npi},
                                  LayoutColumn{"esme_addr", Kind::address, 65}};
constexpr std::array service_columns{LayoutColumn{"service_type", Kind::id, 6}};
constexpr std::array submission_columns{LayoutColumn{"esm_class", Kind::esm_class},
                                        LayoutColumn{"protocol_id", Kind::number},
                                        LayoutColumn{"priority_flag", Kind::number},
                                        LayoutColumn{"schedule_delivery_time", Kind::time, 17},
                                        LayoutColumn{"validity_period", Kind::time, 17},
                                        LayoutColumn{"registered_delivery", Kind::registered_delivery},
                                        LayoutColumn{"replace_if_present_flag", Kind::number},
                                        LayoutColumn{"data_coding", Kind::data_coding},
                                        LayoutColumn{"sm_default_msg_id", Kind::number},
                                        LayoutColumn{"sm_length", Kind::sm_length}};
constexpr std::array data_columns{LayoutColumn{"esm_class", Kind::esm_class},
                                  LayoutColumn{"registered_delivery", Kind::registered_delivery},
                                  LayoutColumn{"data_coding", Kind::data_coding}};
constexpr std::array message_id_columns{LayoutColumn{"message_id", Kind::id, 65}};
constexpr std::array query_resp_columns{
    LayoutColumn{"message_id", Kind::id, 65}, LayoutColumn{"final_date", Kind::time, 33},
    LayoutColumn{"message_state", Kind::message_state}, LayoutColumn{"error_code", Kind::number}};
constexpr std::array replacement_columns{
    LayoutColumn{"schedule_delivery_time", Kind::time, 17}, LayoutColumn{"validity_period", Kind::time, 17},
    LayoutColumn{"registered_delivery", Kind::registered_delivery}, LayoutColumn{"sm_default_msg_id", Kind::number},
    LayoutColumn{"sm_length", Kind::sm_length}};
constexpr std::array list_columns{LayoutColumn{"dl_name", Kind::name, 21}};
constexpr std::array status_columns{LayoutColumn{"error_status_code", Kind::status}};

/// Walks one PDU; stops at the first mandatory field that cannot be delimited.
class Walk {
public:
    explicit Walk(std::span<const std::byte> pdu) : pdu_(pdu), at_(smpp::header_size) {
        out_.header = smpp::decode_header(pdu.first<smpp::header_size>());
        if (out_.header.command_length > pdu.size())
            fault(pdu.size(),
                  "the octets end here, and command_length says " + std::to_string(out_.header.command_length));
    }

    Walk& take(Columns columns) {
        for (const auto& column : columns)
            if (!lost_) take(column);
        return *this;
    }

    /// A C-octet string that peers leave out of responses, or do not terminate.
    Walk& take_loose(const LayoutColumn& column) {
        if (lost_ || at_ == pdu_.size()) return *this;
        const auto rest = pdu_.subspan(at_);
        const auto nul = std::find(rest.begin(), rest.end(), std::byte{0});
        const auto size = static_cast<std::size_t>(nul - rest.begin());
        add({at_, column.name, column.kind, 0, rest.first(size), 0});
        if (nul == rest.end()) fault(pdu_.size(), std::string(column.name) + " has no NUL");
        at_ += std::min(size + 1, rest.size());
        return *this;
    }

    /// A count and as many items. `optional`: peers leave the whole of it out.
    template <class Item>
    Walk& take_list(const char* name, bool optional, Item item) {
        if (optional && at_ == pdu_.size()) return *this;
        const LayoutColumn count{name, Kind::count};
        take(Columns(&count, 1));
        const auto items = lost_ ? 0 : last_number_;
        if (items == 0 && !optional && !lost_) fault(at_ - 1, std::string(name) + " is 0");
        for (std::uint32_t i = 0; i < items && !lost_; ++i) item(*this);
        return *this;
    }

    void take_destination() {
        constexpr std::uint32_t address = 1, list = 2;
        constexpr LayoutColumn flag{"dest_flag", Kind::destination_flag};
        take(Columns(&flag, 1));
        if (lost_) return;
        if (last_number_ == address) {
            take(destination_columns);
        } else if (last_number_ == list) {
            take(list_columns);
        } else {
            lose(at_ - 1, "dest_flag is neither 1 (address) nor 2 (list)");
        }
    }

    /// Everything that is left.
    Walk& take_tlvs() {
        constexpr std::size_t tlv_header = 4;
        while (!lost_ && at_ < pdu_.size()) {
            const auto left = pdu_.size() - at_;
            if (left < tlv_header) {
                fault(at_, std::to_string(left) + " octets after the last field, too few for a parameter");
                at_ = pdu_.size();
                return *this;
            }
            const auto tag = number(at_, 2);
            const std::size_t length = number(at_ + 2, 2);
            const auto* words = find_tag(static_cast<std::uint16_t>(tag));
            const auto value = pdu_.subspan(at_ + tlv_header, std::min(length, left - tlv_header));
            add({at_, words == nullptr ? "" : words->name, Kind::tlv, tag, value, 0});
            if (value.size() < length)
                fault(at_ + 2, "the parameter's length is " + std::to_string(length) + ", and only " +
                                   std::to_string(value.size()) + " octets are left");
            else if (words != nullptr && words->size != 0 && length != words->size)
                fault(at_ + 2, std::string(words->name) + " has " + std::to_string(length) + " octets in place of " +
                                   std::to_string(words->size));
            at_ += tlv_header + value.size();
        }
        return *this;
    }

    Walk& expect_end() {
        if (!lost_ && at_ < pdu_.size()) fault(at_, std::to_string(pdu_.size() - at_) + " octets after the last field");
        return *this;
    }

    Dissected finish() { return std::move(out_); }

private:
    std::uint32_t number(std::size_t at, std::size_t octets) const {
        std::uint32_t value = 0;
        for (const auto octet : pdu_.subspan(at, octets)) value = value << 8 | std::to_integer<std::uint32_t>(octet);
        return value;
    }

    void take(const LayoutColumn& column) {
        if (column.size_max > 0) return take_string(column);
        const std::size_t octets = column.kind == Kind::status ? 4 : 1;
        if (pdu_.size() - at_ < octets) return lose(pdu_.size(), std::string("the PDU ends before ") + column.name);
        last_number_ = number(at_, octets);
        add({at_, column.name, column.kind, last_number_, {}, 0});
        at_ += octets;
        const auto octet = static_cast<std::uint8_t>(last_number_ & 0xFF);
        if (column.kind == Kind::ton) ton_ = octet;
        if (column.kind == Kind::esm_class) out_.esm_class = octet;
        if (column.kind == Kind::data_coding) out_.data_coding = octet;
        if (column.kind == Kind::sm_length) take_message(octet);
    }

    void take_string(const LayoutColumn& column) {
        const auto reach = pdu_.subspan(at_, std::min(column.size_max, pdu_.size() - at_));
        const auto nul = std::find(reach.begin(), reach.end(), std::byte{0});
        if (nul == reach.end()) {
            const bool ended = reach.size() < column.size_max;
            return lose(at_ + reach.size(), ended ? std::string("the PDU ends before the NUL of ") + column.name
                                                  : column.name + std::string(" has no NUL within its ") +
                                                        std::to_string(column.size_max) + " octets");
        }
        const auto size = static_cast<std::size_t>(nul - reach.begin());
        add({at_, column.name, column.kind, 0, reach.first(size), ton_});
        at_ += size + 1;
    }

    void take_message(std::size_t sm_length) {
        const auto left = pdu_.size() - at_;
        if (sm_length > left)
            fault(at_ - 1, "sm_length is " + std::to_string(sm_length) + ", and only " + std::to_string(left) +
                               " octets are left");
        const auto text = pdu_.subspan(at_, std::min(sm_length, left));
        if (sm_length > 0) add({at_, "short_message", Kind::short_message, 0, text, 0});
        at_ += text.size();
    }

    void add(WireField field) { out_.fields.push_back(field); }
    void fault(std::size_t at, std::string what) { out_.faults.push_back({at, std::move(what)}); }
    void lose(std::size_t at, std::string what) {
        fault(at, std::move(what));
        lost_ = true;
    }

    std::span<const std::byte> pdu_;
    std::size_t at_;
    Dissected out_;
    bool lost_ = false;
    std::uint32_t last_number_ = 0;
    std::uint8_t ton_ = 0;
};

void walk_request(Walk& walk, CommandId command) {
    switch (command) {
        case CommandId::bind_receiver:
        case CommandId::bind_transmitter:
        case CommandId::bind_transceiver:
            walk.take(bind_columns).expect_end();
            return;
        case CommandId::outbind:
            walk.take(outbind_columns).expect_end();
            return;
        case CommandId::submit_sm:
        case CommandId::deliver_sm:
            walk.take(service_columns).take(source_columns).take(destination_columns).take(submission_columns);
            walk.take_tlvs();
            return;
        case CommandId::data_sm:
            walk.take(service_columns).take(wide_source_columns).take(wide_destination_columns).take(data_columns);
            walk.take_tlvs();
            return;
        case CommandId::submit_multi:
            walk.take(service_columns).take(source_columns);
            walk.take_list("number_of_dests", false, [](Walk& one) { one.take_destination(); });
            walk.take(submission_columns).take_tlvs();
            return;
        case CommandId::query_sm:
            walk.take(message_id_columns).take(source_columns).take_tlvs();
            return;
        case CommandId::cancel_sm:
            walk.take(service_columns).take(message_id_columns).take(source_columns).take(destination_columns);
            walk.take_tlvs();
            return;
        case CommandId::replace_sm:
            walk.take(message_id_columns).take(source_columns).take(replacement_columns).take_tlvs();
            return;
        case CommandId::alert_notification:
            walk.take(wide_source_columns).take(esme_columns).take_tlvs();
            return;
        default:
            walk.take_tlvs();
    }
}

void walk_response(Walk& walk, CommandId command) {
    switch (command) {
        case CommandId::bind_receiver:
        case CommandId::bind_transmitter:
        case CommandId::bind_transceiver:
            walk.take_loose(bind_resp_columns[0]).take_tlvs();
            return;
        case CommandId::submit_sm:
        case CommandId::deliver_sm:
        case CommandId::data_sm:
            walk.take_loose(message_id_columns[0]).take_tlvs();
            return;
        case CommandId::submit_multi:
            walk.take_loose(message_id_columns[0]);
            walk.take_list("no_unsuccess", true, [](Walk& one) { one.take(destination_columns).take(status_columns); });
            walk.take_tlvs();
            return;
        case CommandId::query_sm:
            walk.take(query_resp_columns).take_tlvs();
            return;
        default:
            walk.take_tlvs();
    }
}

}  // namespace

Dissected dissect(std::span<const std::byte> pdu) {
    Walk walk(pdu);
    const auto header = smpp::decode_header(pdu.first<smpp::header_size>());
    const bool named = !smpp::command_name(header.command_id).starts_with("0x");
    const bool error_alone = smpp::is_response(header.command_id) && pdu.size() == smpp::header_size;
    if (!named || error_alone) return walk.finish();
    const auto command = static_cast<CommandId>(header.command_id & ~smpp::response_bit);
    smpp::is_response(header.command_id) ? walk_response(walk, command) : walk_request(walk, command);
    return walk.finish();
}

}  // namespace jejak::tool
