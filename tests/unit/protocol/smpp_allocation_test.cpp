#include <catch2/catch.hpp>

#include "protocol/sms/user_data.hpp"
#include "tests/support/count_allocations.hpp"
#include "tests/unit/protocol/smpp_talk.hpp"

using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::vector;

TEST_CASE("F5: a length of 4 GiB claimed allocates no more than a header does", "[F5]") {
    FrameBuffer frames;
    const auto space = frames.writable();
    const auto header = from_hex("ffffffff00000005000000000000002a");
    std::copy(header.begin(), header.end(), space.begin());
    const auto before = allocations;
    frames.commit(header.size());
    CHECK_FALSE(frames.next().has_value());
    CHECK_FALSE(frames.writable().empty());
    CHECK(allocations == before);
}

TEST_CASE("a session in steady state allocates nothing per PDU, whichever way it goes") {
    auto talk = bound_esme();
    const auto deliver = vector("V10");
    const auto answer = Talk::pdu(response_of(CommandId::submit_sm), 0, 0, "6d2d3100");
    ShortMessage reply;
    reply.destination.digits = "628400000001";
    reply.short_message = std::span(deliver).first(20);

    const auto exchange = [&] {
        for (std::uint64_t i = 0; i < 100; ++i) {
            auto space = talk.session.writable();
            std::copy(deliver.begin(), deliver.end(), space.begin());
            talk.session.received(deliver.size(), talk.now);
            const auto event = talk.session.poll(talk.now);
            const auto& arrived = std::get<MessageArrived>(*event);
            talk.session.respond(arrived.command, arrived.sequence, CommandStatus::ok);

            talk.session.send(CommandId::submit_sm, reply, i, talk.now);
            const auto output = talk.session.output();
            // deliver_sm_resp comes first (17 octets), then the submit_sm with its number.
            space = talk.session.writable();
            std::copy(answer.begin(), answer.end(), space.begin());
            std::copy_n(output.begin() + 17 + 12, 4, space.begin() + 12);
            talk.session.consumed(output.size());
            talk.session.received(answer.size(), talk.now);
            if (!std::holds_alternative<RequestEnded>(*talk.session.poll(talk.now))) return false;
        }
        return true;
    };
    CHECK(exchange());
    const auto before = allocations;
    const bool went_well = exchange();
    const auto used = allocations - before;
    CHECK(went_well);
    CHECK(used == 0);
}

TEST_CASE("decoding any PDU allocates nothing, and neither does encoding it where there is room") {
    std::vector<Octets> bodies;
    for (const auto* name : {"V29", "V30", "V15", "V16", "V10", "V12"}) {
        bodies.push_back(smpp_vectors::body_of(vector(name)));
    }
    const auto operation = from_hex("00 6d2d3100 0001 3433323100 0101 36323834303030303030303030303100");
    Octets out;
    out.reserve(10'000);
    std::size_t items = 0;
    const auto before = allocations;
    const auto multi = decode_submit_multi(bodies[0]);
    for (const auto& one : multi->destinations) items += one.is_list() ? 1 : 10;
    encode_submit_multi(*multi, 1, out);
    encode_query_sm_resp(*decode_query_sm_resp(bodies[1]), 2, out);
    encode_alert_notification(*decode_alert_notification(bodies[2]), 3, out);
    encode_outbind(*decode_outbind(bodies[3]), 4, out);
    encode_short_message(CommandId::deliver_sm, *decode_short_message(CommandId::deliver_sm, bodies[4]), 5, out);
    encode_cancel_sm(*decode_cancel_sm(operation), 6, out);
    const auto complaint = complaint_about(*decode_short_message(CommandId::deliver_sm, bodies[5]));
    const auto used = allocations - before;
    CHECK(items == 11);
    CHECK(complaint == CommandStatus::ok);
    CHECK(used == 0);
}

TEST_CASE("a plain text allocates its characters and its octets, and nothing else", "[C1]") {
    const auto septets = octets_of("LAPOR 5 orang naik mobil lewat jalan tikus dekat Aruk jam 2 malam");
    const auto before = allocations;
    const auto text = jejak::sms::decode_text(septets, 0);
    const auto for_text = allocations - before;
    const auto read = jejak::sms::read_user_data(septets, false, 0);
    const auto for_both = allocations - before - for_text;
    CHECK(for_text <= 1);
    CHECK(for_both <= 2);
    CHECK(text.utf8 == read.text);
}
