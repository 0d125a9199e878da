#include "protocol/sms/user_data.hpp"

#include <utility>

#include "protocol/sms/data_coding.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::sms {
namespace {

using Alphabet = DataCoding::Alphabet;

void add(Remarks& remarks, Remark remark) {
    remarks = remarks | remark;
}

constexpr std::uint8_t septets_coding = 0x00;
constexpr std::uint8_t ascii_coding = 0x01;
constexpr std::uint8_t latin1_coding = 0x03;

bool holds_septets(DefaultAlphabet alphabet) {
    return alphabet == DefaultAlphabet::gsm7 || alphabet == DefaultAlphabet::gsm7_packed;
}

/// The coding a part is stored under: what "7-bit" means differs between connections, so it is settled here.
std::uint8_t settled(std::uint8_t data_coding, DefaultAlphabet zero_means) {
    constexpr std::uint8_t reserved_bit = 0x08;  // of the group 0xF_, where it says nothing
    if (data_coding == utf8_coding || data_coding == national_coding) return data_coding & ~reserved_bit & 0xFF;
    if (read_data_coding(data_coding).alphabet != Alphabet::seven_bit) return data_coding;
    switch (zero_means) {
        case DefaultAlphabet::ascii:
            return ascii_coding;
        case DefaultAlphabet::latin1:
            return latin1_coding;
        case DefaultAlphabet::utf8:
            return utf8_coding;
        case DefaultAlphabet::gsm7:
        case DefaultAlphabet::gsm7_packed:
            break;
    }
    return septets_coding;
}

/// Parts whose codings give the same here are one run: UCS-2 is UCS-2, whatever the message class.
std::uint8_t run_coding(std::uint8_t coding) {
    if (coding == utf8_coding || coding == national_coding) return coding;
    switch (read_data_coding(coding).alphabet) {
        case Alphabet::seven_bit:
            return septets_coding;
        case Alphabet::ucs2:
            return 0x08;
        default:
            return coding;
    }
}

/// The body as octets to join later: septets unpacked, with the tables they need before them.
void keep_part(ReadUserData& read, std::span<const std::byte> body, gsm7::Shift shift) {
    const bool national = read.coding == septets_coding && shift != gsm7::Shift{};
    if (national) {
        read.coding = national_coding;
        read.octets = {std::byte{shift.locking}, std::byte{shift.single}};
    }
    read.octets.insert(read.octets.end(), body.begin(), body.end());
}

}  // namespace

ReadUserData read_user_data(std::span<const std::byte> octets, bool udhi, std::uint8_t data_coding,
                            const TextRules& rules, const std::optional<SegmentHeader>& elsewhere) {
    ReadUserData read;
    if (!udhi && begins_like_header(octets)) {
        add(read.remarks, Remark::unannounced_udh);
        udhi = rules.assume_udh;
    }
    const auto data = split_user_data(octets, udhi);
    if (!data.valid) add(read.remarks, Remark::bad_udh);
    if (data.port_addressed) {
        add(read.remarks, Remark::binary);
        read.coding = settled(data_coding, rules.zero_means);
        read.octets.assign(octets.begin(), octets.end());
        return read;
    }
    read.segment = data.segment ? data.segment : elsewhere;
    read.coding = settled(data_coding, rules.zero_means);

    const bool seven_bit = read_data_coding(data_coding).alphabet == Alphabet::seven_bit;
    auto body = data.body;
    Bytes unpacked;
    if (seven_bit && rules.zero_means == DefaultAlphabet::gsm7_packed) {
        unpacked = gsm7::unpack_uncounted(body, gsm7::fill_bits(octets.size() - body.size()));
        body = unpacked;
    }
    const auto reads_as = holds_septets(rules.zero_means) ? DefaultAlphabet::gsm7 : rules.zero_means;
    const auto shift = seven_bit && holds_septets(rules.zero_means) ? data.shift : gsm7::Shift{};
    auto decoded = decode_text(body, data_coding, reads_as, shift);
    read.text = std::move(decoded.utf8);
    read.remarks |= decoded.remarks;
    if (read.segment) {
        keep_part(read, body, shift);
    } else {
        read.octets.assign(octets.begin(), octets.end());
    }
    return read;
}

void TextJoiner::add(std::span<const std::byte> octets, std::uint8_t coding) {
    constexpr std::size_t identifiers = 2;
    Run run{run_coding(coding), {}};
    if (coding == national_coding && octets.size() >= identifiers) {
        run.shift = {std::to_integer<std::uint8_t>(octets[0]), std::to_integer<std::uint8_t>(octets[1])};
        octets = octets.subspan(identifiers);
    }
    if (run != run_) flush();
    run_ = run;
    octets_.insert(octets_.end(), octets.begin(), octets.end());
}

void TextJoiner::gap() {
    flush();
    joined_.utf8 += " … ";
}

void TextJoiner::flush() {
    if (octets_.empty()) return;
    const bool utf8 = run_.coding == utf8_coding;
    const auto coding = utf8 || run_.coding == national_coding ? septets_coding : run_.coding;
    const auto read = decode_text(octets_, coding, utf8 ? DefaultAlphabet::utf8 : DefaultAlphabet::gsm7, run_.shift);
    joined_.utf8 += read.utf8;
    joined_.remarks |= read.remarks;
    octets_.clear();
}

DecodedText TextJoiner::finish() {
    flush();
    run_ = {};
    return std::exchange(joined_, {});
}

}  // namespace jejak::sms
