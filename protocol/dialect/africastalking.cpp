#include "protocol/dialect/record.hpp"

/// Africa's Talking: an incoming message as a form by POST. There is no signature: the callback's URL holds the key.
/// The date is the provider's; one without an offset is read as UTC. A delivery report to the same URL is answered and
/// not stored.
namespace jejak::dialect {

extern const Dialect africastalking;

namespace {

boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    Record record(parse_form(request.body));
    if (record.has("status") && !record.has("text")) return Messages{};  // of a message we sent
    Heard heard;
    heard.from = record.required("from", "the sender's number");
    heard.to = record.optional("to");
    heard.text = record.text("text");
    heard.id = record.optional("id");
    const auto date = record.optional("date");
    const auto link = record.optional("linkId");
    heard.sent_at = read_time(date);
    if (record.refusal()) return *record.refusal();
    std::string made;
    // Without either, nothing tells a repeat from the same words said again.
    const bool told_apart = !date.empty() || !link.empty();
    if (heard.id.empty() && told_apart) heard.id = made = content_id({heard.from, heard.to, heard.text, date, link});
    return Messages{inbound_text(heard, country_code)};
}

}  // namespace

const Dialect africastalking{"africastalking", "POST", false, &key_presented, &read, &plain_ok};

}  // namespace jejak::dialect
