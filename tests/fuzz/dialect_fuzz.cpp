#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/dialect/dialect.hpp"
#include "protocol/dialect/form.hpp"
#include "protocol/ensure.hpp"
#include "protocol/sms/utf8.hpp"

using jejak::ensure;
using namespace jejak::dialect;

namespace {

constexpr std::string_view key = "kunci-uji";
constexpr std::array<std::string_view, 4> types{"application/json", "application/x-www-form-urlencoded",
                                                "text/plain; charset=utf-16be", ""};

/// Up to the next line break, which is taken away.
std::string_view line_of(std::string_view& rest) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    return line;
}

/// Second octet: method and content type. Then the query on a line of its own, three headers (the second is taken by
/// all the names a signature has), and the body.
HttpRequest request_of(std::uint8_t shape, std::string_view rest) {
    HttpRequest request;
    request.method = (shape & 1) != 0 ? "GET" : "POST";
    const auto query = line_of(rest);
    request.target = "/v1/in/x?" + std::string(query);
    request.query = parse_form(query);
    request.headers.emplace_back("content-type", types[(shape >> 1) & 3]);
    request.headers.emplace_back("authorization", line_of(rest));
    const auto signature = line_of(rest);
    for (const auto* const name : {"x-twilio-signature", "x-signature"}) request.headers.emplace_back(name, signature);
    request.headers.emplace_back("x-timestamp", line_of(rest));
    request.body = rest;
    return request;
}

void check(const Dialect& dialect, const jejak::sms::InboundText& message) {
    ensure(jejak::sms::utf8::valid(message.text.reveal()));
    if (message.segment) ensure(!message.raw.empty() || message.text.reveal().empty());
    // A dialect without a text of its own for everything keeps what it could not read.
    const bool unread = jejak::sms::has(message.remarks, jejak::sms::Remark::undecodable);
    ensure(!unread || message.text.reveal().empty());
    const Outcome outcome{"m", message.text.reveal(), false};
    const auto reply = dialect.answer({&outcome, 1});
    ensure(reply.status == 200);
    ensure(dialect.replies_inline || reply.body.empty());
    if (dialect.name != "twilio") return;
    const auto ascii = [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t'; };
    ensure(std::all_of(reply.body.begin(), reply.body.end(), ascii));
    ensure(std::count(reply.body.begin(), reply.body.end(), '<') == 4);
    ensure(std::count(reply.body.begin(), reply.body.end(), '>') == 4);
}

}  // namespace

/// First octet: which dialect.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto& dialect = all()[data[0] % all().size()];
    const auto request = request_of(data[1], {reinterpret_cast<const char*>(data) + 2, size - 2});
    const Peer peer{key, "https://jejak.example.org/v1/in/x", jejak::from_ms(1'757'686'200'000)};
    (void)dialect.authentic(request, peer);
    ensure(!dialect.authentic(request, {"", peer.url, peer.now}));  // a channel without a key lets nobody in

    const auto messages = dialect.read(request, "62");
    if (messages.has_error()) {
        ensure(messages.error().status == 400);
        ensure(!messages.error().title.empty() && !messages.error().detail.empty());
        return 0;
    }
    ensure(messages->size() <= request.body.size() + 1);
    for (const auto& message : *messages) check(dialect, message);
    return 0;
}
