#include <cstdint>

#include "protocol/ensure.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/sms/utf8.hpp"

using jejak::ensure;
using namespace jejak::sms;

namespace {

/// Cuts a text that was read into parts and joins them: nothing may be lost on the way out.
void check_outbound(const std::string& text, std::uint8_t reference) {
    const auto segments = segment_text(text, reference);
    std::string rejoined;
    for (const auto& segment : segments) {
        const auto data = split_user_data(segment.octets, segment.udhi);
        ensure(data.valid && segment.octets.size() <= 160);
        rejoined += decode_text(data.body, segment.data_coding).utf8;
    }
    ensure(segments.empty() || rejoined == text);
}

}  // namespace

/// Input: flags (header indicator, default alphabet), data_coding, then user data.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const bool udhi = (data[0] & 1) != 0;
    const auto alphabet = static_cast<DefaultAlphabet>((data[0] >> 1) & 3);
    const std::span octets(reinterpret_cast<const std::byte*>(data) + 2, size - 2);

    const auto user_data = split_user_data(octets, udhi);
    ensure(user_data.body.size() <= octets.size());
    ensure(user_data.body.data() + user_data.body.size() == octets.data() + octets.size());
    ensure(udhi || user_data.body.size() == octets.size());

    const auto text = decode_text(user_data.body, data[1], alphabet);
    ensure(utf8::valid(text.utf8));
    ensure(!has(text.remarks, Remark::binary) || text.utf8.empty());
    // At the front of a part either mark would say which end comes first.
    const bool marked = text.utf8.find("\uFEFF") != std::string::npos || text.utf8.find("\uFFFE") != std::string::npos;
    if (!marked) check_outbound(text.utf8, data[0]);
    const auto receipt = parse_receipt(text.utf8);
    ensure(!receipt || !receipt->message_id.empty());
    return 0;
}
