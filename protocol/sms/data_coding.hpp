#pragma once
#include <array>
#include <cstdint>

namespace jejak::sms {

/// What a data_coding value says of the octets beside it, before any of them is looked at.
struct DataCoding {
    enum class Alphabet : std::uint8_t {
        seven_bit,   ///< the connection's default alphabet
        ascii,       ///< IA5
        latin1,      ///< ISO-8859-1
        cyrillic,    ///< ISO-8859-5
        hebrew,      ///< ISO-8859-8
        ucs2,        ///< UCS-2, big endian
        jis,         ///< JIS X 0208
        iso2022_jp,  ///< ISO-2022-JP; the same value stands for music codes
        jis_x0212,   ///< JIS X 0212, the extended kanji
        korean,      ///< KS C 5601
        binary,      ///< 8-bit data, compressed text, pictograms: no characters to read
        reserved     ///< to be taken for the default alphabet, says 23.038
    };
    Alphabet alphabet = Alphabet::binary;
    bool flash = false;  ///< message class 0: shown at once and not kept
};

/// Every value's meaning. source: SMPP 3.4 section 5.2.19 for 0x00 to 0x0F, 3GPP TS 23.038 section 4 for the rest
inline constexpr auto data_codings = [] {
    using Alphabet = DataCoding::Alphabet;
    // SMPP's own list, which takes the place of the group 23.038 has there; 0x09 are pictograms.
    constexpr Alphabet smpp_list[16] = {
        Alphabet::seven_bit, Alphabet::ascii,     Alphabet::binary,     Alphabet::latin1,
        Alphabet::binary,    Alphabet::jis,       Alphabet::cyrillic,   Alphabet::hebrew,
        Alphabet::ucs2,      Alphabet::binary,    Alphabet::iso2022_jp, Alphabet::reserved,
        Alphabet::reserved,  Alphabet::jis_x0212, Alphabet::korean,     Alphabet::reserved};
    // Bits 3 and 2 of a general data coding group.
    constexpr Alphabet general_list[4] = {Alphabet::seven_bit, Alphabet::binary, Alphabet::ucs2, Alphabet::reserved};

    std::array<DataCoding, 256> table{};
    for (unsigned value = 0; value < table.size(); ++value) {
        const unsigned group = value >> 4;
        const bool class_zero = (value & 3) == 0;
        auto& coding = table[value];
        if (group == 0) {
            coding.alphabet = smpp_list[value];
        } else if (group <= 0x7) {  // general; 0x4_ to 0x7_ are to be deleted after reading
            const bool has_class = (group & 1) != 0;
            const bool compressed = (group & 2) != 0;
            coding.alphabet = compressed ? Alphabet::binary : general_list[value >> 2 & 3];
            coding.flash = has_class && class_zero;
        } else if (group <= 0xB) {
            coding.alphabet = Alphabet::reserved;
        } else if (group <= 0xE) {  // waiting indications, with a text in the default alphabet or, 0xE_, in UCS-2
            coding.alphabet = group == 0xE ? Alphabet::ucs2 : Alphabet::seven_bit;
        } else {
            coding.alphabet = (value & 4) != 0 ? Alphabet::binary : Alphabet::seven_bit;
            coding.flash = class_zero;
        }
    }
    return table;
}();

constexpr DataCoding read_data_coding(std::uint8_t data_coding) {
    return data_codings[data_coding];
}

}  // namespace jejak::sms
