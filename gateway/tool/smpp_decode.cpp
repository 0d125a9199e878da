#include <CLI/CLI.hpp>
#include <cctype>
#include <memory>

#include "gateway/tool/smpp_command.hpp"
#include "gateway/tool/smpp_print.hpp"
#include "protocol/smpp/codec.hpp"

namespace jejak::tool {
namespace {

/// Digits of one line: a PDU of 4 MiB, more than any peer sends.
constexpr std::size_t digits_max = std::size_t{8} << 20;

struct DecodeOptions {
    std::vector<std::string> hex;
    std::string alphabet = "gsm7";
    bool reveal = false;
};

/// Octets of hexadecimal text; blanks, `:` and a leading 0x do not matter.
/// errors: Failure naming the place, counted from 1
std::vector<std::byte> octets_of(std::string_view text) {
    std::vector<std::byte> octets;
    int high = -1;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == ':') continue;
        if (c == '0' && high < 0 && at + 1 < text.size() && (text[at + 1] == 'x' || text[at + 1] == 'X')) {
            ++at;
            continue;
        }
        if (std::isxdigit(static_cast<unsigned char>(c)) == 0)
            throw Failure(exits::usage, "character " + std::to_string(at + 1) + " is no hexadecimal digit");
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        if (high >= 0) octets.push_back(static_cast<std::byte>(high << 4 | digit));
        high = high < 0 ? digit : -1;
    }
    if (high >= 0) throw Failure(exits::usage, "the last octet has one digit");
    return octets;
}

/// Numbers PDUs over all streams.
class Decoder {
public:
    Decoder(Console& console, PrintRules rules) : console_(console), rules_(rules) {}

    /// One stream: any number of PDUs, back to back.
    void decode(std::span<const std::byte> stream) {
        std::size_t at = 0;
        while (at < stream.size()) {
            const auto rest = stream.subspan(at);
            ++pdus_;
            console_.out << (pdus_ == 1 ? "" : "\n") << "PDU " << pdus_ << (at == 0 ? "" : " at octet ")
                         << (at == 0 ? "" : std::to_string(at)) << ": ";
            if (rest.size() < smpp::header_size)
                return refuse(std::to_string(rest.size()) + " octets are no PDU: its header has 16");
            const auto length = smpp::decode_header(rest.first<smpp::header_size>()).command_length;
            if (length < smpp::header_size)
                return refuse("octet " + std::to_string(at) + ": command_length is " + std::to_string(length) +
                              ", less than its header: what follows has no beginning");
            const auto size = std::min<std::size_t>(length, rest.size());
            if (print_pdu(console_.out, rest.first(size), rules_) > 0) ++malformed_;
            at += size;
        }
    }

    std::size_t pdus() const { return pdus_; }
    std::size_t malformed() const { return malformed_; }

private:
    void refuse(const std::string& why) {
        console_.out << "malformed\n" << why << '\n';
        ++malformed_;
    }

    Console& console_;
    PrintRules rules_;
    std::size_t pdus_ = 0, malformed_ = 0;
};

/// A stream on each line of standard input; `#` begins a remark. Returns how many lines are no hexadecimal.
std::size_t decode_lines(Console& console, Decoder& decoder) {
    std::size_t wrong = 0, number = 0;
    for (std::string line; std::getline(console.in, line);) {
        ++number;
        line = line.substr(0, line.find('#'));
        try {
            if (line.size() > digits_max) throw Failure(exits::usage, "longer than 8 MiB");
            decoder.decode(octets_of(line));
        } catch (const Failure& failure) {
            console.err << "jejak: line " << number << ": " << failure.what() << '\n';
            ++wrong;
        }
    }
    return wrong;
}

sms::DefaultAlphabet alphabet_of(const std::string& name) {
    using sms::DefaultAlphabet;
    if (name == "ascii") return DefaultAlphabet::ascii;
    if (name == "latin1") return DefaultAlphabet::latin1;
    if (name == "utf8") return DefaultAlphabet::utf8;
    return name == "packed" ? DefaultAlphabet::gsm7_packed : DefaultAlphabet::gsm7;
}

int decode(Console& console, const DecodeOptions& options) {
    if (options.reveal)
        console.err
            << "jejak: --reveal: what follows shows people's numbers and texts; keep it from logs and screens\n";
    Decoder decoder(console, {.reveal = options.reveal, .zero_means = alphabet_of(options.alphabet)});
    std::size_t wrong = 0;
    if (options.hex.empty()) {
        wrong = decode_lines(console, decoder);
    } else {
        std::string all;
        for (const auto& one : options.hex) all += one + ' ';
        decoder.decode(octets_of(all));
    }
    if (wrong > 0) return exits::usage;
    if (decoder.pdus() == 0) throw Failure(exits::usage, "no PDU: give hexadecimal octets, or lines of them");
    return decoder.malformed() == 0 ? exits::ok : exits::negative;
}

}  // namespace

CLI::App& smpp_command(Family family) {
    const auto made = family.app.get_subcommands([](CLI::App* one) { return one->get_name() == "smpp"; });
    if (!made.empty()) return *made.front();
    auto* smpp = family.app.add_subcommand("smpp", "what an engineer does with SMPP peers");
    smpp->require_subcommand(1);
    return *smpp;
}

void add_smpp_decode(Family family) {
    const auto options = std::make_shared<DecodeOptions>();
    auto* command = smpp_command(family).add_subcommand(
        "decode", "prints PDUs readably; numbers and texts masked. Ends with 1 when one is malformed");
    command->add_option("hex", options->hex,
                        "hexadecimal octets, blanks and : between as you like; none: lines of "
                        "standard input");
    command->add_option("--alphabet", options->alphabet, "what data_coding 0 means: gsm7, packed, ascii, latin1, utf8")
        ->check(CLI::IsMember({"gsm7", "packed", "ascii", "latin1", "utf8"}));
    command->add_flag("--reveal", options->reveal, "with the numbers and texts");
    command->callback(
        [family, options] { family.chosen = [family, options] { return decode(family.console, *options); }; });
}

}  // namespace jejak::tool
