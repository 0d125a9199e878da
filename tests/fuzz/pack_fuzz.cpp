#include <cstdint>

#include "gateway/understand/explain/explain.hpp"
#include "gateway/understand/pack/loader.hpp"
#include "protocol/ensure.hpp"
#include "protocol/sms/utf8.hpp"
#include "protocol/time.hpp"

using jejak::ensure;
using namespace jejak::understand;

namespace {

/// A pack that holds together reads and is linted like any other, whatever it says.
void use(const Pack& pack) {
    for (const auto& fault : pack.lint()) ensure(!fault.message.empty());
    ReadingContext context;
    context.received_at = *jejak::from_rfc3339("2025-09-12T21:10:00+07:00");
    context.sender = "+628400000001";
    for (const auto* text : {"lapor 5 org lewat jalan tikus dkt aruk jam 2 mlm", "tolong", "daftar#a#b#c", "1", ""}) {
        ensure(jejak::sms::utf8::valid(explain_json(pack, text, context)));
    }
}

}  // namespace

/// Input: one file of a pack. It is refused with faults that say why, or it is a pack.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<PackFile> files;
    try {
        files.push_back({"fuzz.toml", toml::parse(text)});
    } catch (const toml::parse_error&) {
        return 0;
    }
    std::vector<PackFault> faults;
    const auto pack = build_pack(files, faults);
    ensure((pack == nullptr) == !faults.empty());
    for (const auto& fault : faults) ensure(!fault.message.empty());
    if (pack) use(*pack);
    return 0;
}
