#include <cstdint>

#include "protocol/ensure.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/user_data.hpp"
#include "protocol/sms/utf8.hpp"

using jejak::ensure;
using namespace jejak::sms;

namespace {

constexpr DefaultAlphabet alphabets[] = {DefaultAlphabet::gsm7, DefaultAlphabet::ascii, DefaultAlphabet::latin1,
                                         DefaultAlphabet::utf8, DefaultAlphabet::gsm7_packed};

/// Cuts a text that was read into parts and joins them: nothing may be lost on the way out.
void check_outbound(const std::string& text, std::uint8_t choices) {
    LongTexts how;
    how.form = static_cast<LongTexts::Form>(choices & 3);
    how.zero_means = alphabets[(choices >> 2) % 5];
    if ((choices & 0x80) != 0) how.languages = {gsm7::Language::turkish, gsm7::Language::hindi, gsm7::Language::urdu};
    const auto segments = segment_text(text, choices, how);
    TextJoiner joiner;
    for (const auto& segment : segments) {
        ensure(segment.payload || segment.octets.size() <= 160);
        const auto read = read_user_data(segment.octets, segment.udhi, segment.data_coding, {how.zero_means, false},
                                         SegmentHeader{Concatenation::sar, 1, 255, 1});
        joiner.add(read.octets, read.coding);
    }
    const auto joined = joiner.finish();
    if (segments.empty() || has(joined.remarks, Remark::guessed)) return;
    // Nobody counts packed septets, so that an @ or a carriage return at a part's end may be taken for filling.
    ensure(how.zero_means == DefaultAlphabet::gsm7_packed || joined.utf8 == text);
}

}  // namespace

/// Input: flags (header indicator, one assumed, default alphabet), data_coding, how to send, then user data.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const bool udhi = (data[0] & 1) != 0;
    const TextRules rules{alphabets[(data[0] >> 2) % 5], (data[0] & 2) != 0};
    const std::span octets(reinterpret_cast<const std::byte*>(data) + 3, size - 3);

    const auto user_data = split_user_data(octets, udhi);
    ensure(user_data.body.size() <= octets.size());
    ensure(user_data.body.data() + user_data.body.size() == octets.data() + octets.size());
    ensure(udhi || user_data.body.size() == octets.size());

    const auto read = read_user_data(octets, udhi, data[1], rules);
    ensure(utf8::valid(read.text));
    ensure(!has(read.remarks, Remark::binary) || read.text.empty());
    ensure(read.segment || std::equal(read.octets.begin(), read.octets.end(), octets.begin(), octets.end()));
    TextJoiner joiner;
    for (const auto& half : {octets.first(octets.size() / 2), octets.subspan(octets.size() / 2)})
        joiner.add(half, data[1]);
    ensure(utf8::valid(joiner.finish().utf8));

    // At the front of a part either mark would say which end comes first.
    const bool marked = read.text.find("\uFEFF") != std::string::npos || read.text.find("\uFFFE") != std::string::npos;
    if (!marked) check_outbound(read.text, data[2]);
    const auto receipt = parse_receipt(read.text);
    ensure(!receipt || !receipt->message_id.empty());
    return 0;
}
