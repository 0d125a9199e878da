// How replies leave over an SMPP session, and what is stored of it: without a socket, with a clock of the test's own.
#include <set>

#include "protocol/smpp/time_format.hpp"
#include "tests/support/reply_channel.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::CommandId;
using smpp::CommandStatus;
using smpp::Tag;
using storage::ReplyState;
using tests::three_parts;
using Channel = tests::ReplyChannel;

namespace {

constexpr auto throttled = CommandStatus::throttled;
constexpr auto queue_full = CommandStatus::message_queue_full;
const std::string ani = "+628400000001", budi = "+628400000002";

unsigned part_number(const smpp::ShortMessage& message) {
    return std::to_integer<unsigned>(message.short_message[5]);
}

std::vector<std::byte> congestion(std::uint8_t percent) {
    std::vector<std::byte> tlvs;
    smpp::append_tlv(Tag::congestion_state, percent, tlvs);
    return tlvs;
}

}  // namespace

TEST_CASE("B18: a throttled reply is kept, nothing leaves for a while, and then it leaves again", "[B18][smpp]") {
    Channel channel;
    const auto id = channel.reply_to(ani);
    const auto sent = channel.leave();
    REQUIRE(sent.size() == 1);
    channel.answer(sent[0], throttled);
    auto row = channel.row(id);
    CHECK(row.state == ReplyState::pending);
    REQUIRE(row.not_before);
    CHECK(*row.not_before > wall_now() + 500ms);
    CHECK(*row.not_before < wall_now() + 2s);
    CHECK_FALSE(channel.sender->has_room(channel.now));
    channel.submit(id, ani);
    CHECK(channel.leave().empty());
    CHECK(channel.sender->wake_at(channel.now) > channel.now);
    channel.now += 1'500ms;
    CHECK(channel.sender->has_room(channel.now));
    const auto again = channel.leave();
    REQUIRE(again.size() == 1);
    channel.answer(again[0], CommandStatus::ok, "17");
    row = channel.row(id);
    CHECK(row.state == ReplyState::sent);
    CHECK(row.provider_id == "17");
    CHECK_FALSE(row.uncertain);
}

TEST_CASE("B18: a throttled middle part goes again alone, never the whole text", "[B18][smpp]") {
    Channel channel;
    const auto id = channel.reply_to(ani, three_parts());
    const auto parts = channel.leave();
    REQUIRE(parts.size() == 3);
    channel.answer(parts[0], CommandStatus::ok, "1");
    channel.answer(parts[1], throttled);
    channel.answer(parts[2], CommandStatus::ok, "3");
    CHECK(channel.leave().empty());
    SECTION("after the pause") {
        channel.now = channel.sender->wake_at(channel.now);
    }
    SECTION("over the next bind") {
        channel.rebind();
        channel.now += 2s;
    }
    const auto again = channel.leave();
    REQUIRE(again.size() == 1);
    CHECK(part_number(again[0].message()) == 2);
    CHECK(channel.row(id).state == ReplyState::sent);
    channel.answer(again[0], CommandStatus::ok, "2");
    CHECK(channel.row(id).provider_id == "2");
    channel.now += 1h;
    CHECK(channel.leave().empty());
}

TEST_CASE("B18: a text that was refused whole goes back whole", "[B18][smpp]") {
    Channel channel;
    const auto id = channel.reply_to(ani, three_parts());
    for (const auto& part : channel.leave()) channel.answer(part, throttled);
    CHECK(channel.row(id).state == ReplyState::pending);
    channel.now += 1min;
    CHECK(channel.leave().empty());
}

TEST_CASE("B18: parts of a text count one by one, and a text begins only when its parts may leave", "[B18][smpp]") {
    SmppChannelOptions options;
    options.rate = 4;
    Channel channel(options);
    channel.reply_to(ani, three_parts());
    channel.reply_to(budi, three_parts());
    CHECK(channel.leave().size() == 3);
    channel.now = channel.sender->wake_at(channel.now);
    CHECK(channel.leave().size() == 3);
}

TEST_CASE("B19: a full queue is its destination's, and the others go on", "[B19][M25][smpp]") {
    Channel channel;
    const auto first = channel.reply_to(ani);
    auto sent = channel.leave();
    REQUIRE(sent.size() == 1);
    channel.answer(sent[0], queue_full);
    const auto row = channel.row(first);
    CHECK(row.state == ReplyState::pending);
    CHECK(*row.not_before > wall_now() + 3s);  // longer than for a throttle
    CHECK(channel.sender->has_room(channel.now));
    const auto second = channel.reply_to(budi);
    sent = channel.leave();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].message().destination.digits == "628400000002");
    channel.answer(sent[0], CommandStatus::ok, "5");
    CHECK(channel.row(second).state == ReplyState::sent);
    SECTION("what comes for it meanwhile waits, too") {
        const auto third = channel.reply_to(ani);
        CHECK(channel.leave().empty());
        CHECK(channel.row(third).state == ReplyState::pending);
    }
    SECTION("M25: unless the SMSC says that it is there again") {
        channel.sender->reachable(ani);
        CHECK_FALSE(channel.row(first).not_before);
        REQUIRE(channel.take_pending() == std::vector{first});
        const auto again = channel.leave();
        REQUIRE(again.size() == 1);
        CHECK(again[0].message().destination.digits == "628400000001");
        channel.answer(again[0], CommandStatus::ok, "6");
        CHECK(channel.row(first).state == ReplyState::sent);
    }
}

TEST_CASE("M25: what waits for a destination leaves when it is there again, be it in the store or begun",
          "[B19][M25][smpp]") {
    Channel channel;
    const auto begun = channel.reply_to(ani, three_parts());
    const auto parts = channel.leave();
    REQUIRE(parts.size() == 3);
    channel.answer(parts[0], CommandStatus::ok, "1");
    channel.answer(parts[2], CommandStatus::ok, "3");
    channel.answer(parts[1], queue_full);
    const auto whole = channel.reply_to(ani);
    const auto elsewhere = channel.reply_to(budi);
    auto sent = channel.leave();
    REQUIRE(sent.size() == 1);
    channel.answer(sent[0], queue_full);
    CHECK(channel.row(whole).not_before);
    channel.sender->reachable(ani);
    sent = channel.leave();
    REQUIRE(sent.size() == 1);
    CHECK(part_number(sent[0].message()) == 2);
    channel.answer(sent[0], CommandStatus::ok, "2");
    CHECK(channel.row(begun).provider_id == "2");
    CHECK(channel.row(elsewhere).not_before);  // of another destination nobody said anything
    CHECK(channel.take_pending() == std::vector{whole});
    channel.sender->reachable(ani);  // it is on its way: once more changes nothing
    CHECK(channel.row(whole).state == ReplyState::sent);
    CHECK(channel.leave().size() == 1);
}

TEST_CASE("B19: many full queues in a row are the SMSC's own", "[B19][smpp]") {
    Channel channel;
    for (int i = 0; i < 3; ++i) channel.reply_to("+62840000001" + std::to_string(i));
    for (const auto& sent : channel.leave()) channel.answer(sent, queue_full);
    CHECK_FALSE(channel.sender->has_room(channel.now));
}

TEST_CASE("B20: an SMSC that is 90 per cent full is left alone for a while", "[B20][smpp]") {
    struct Case {
        std::uint8_t percent;
        bool pauses;
    };
    const auto one = GENERATE(Case{89, false}, Case{90, true}, Case{100, true}, Case{101, false});
    Channel channel;
    const auto id = channel.reply_to(ani);
    channel.answer(channel.leave().at(0), CommandStatus::ok, "1", congestion(one.percent));
    CHECK(channel.row(id).provider_id == "1");
    channel.reply_to(budi);
    CHECK(channel.leave().size() == (one.pauses ? 0 : 1));
    CHECK(channel.sender->has_room(channel.now) != one.pauses);
    channel.now += channel::SendRate::congested_for;
    CHECK(channel.leave().size() == (one.pauses ? 1 : 0));
}

TEST_CASE("M27: what is refused for now is tried three times, what nobody knows as well, the rest not at all",
          "[M27][smpp]") {
    struct Case {
        std::uint32_t status;
        int tries;
    };
    SmppChannelOptions options;
    options.error_classes[0x451] = smpp::ErrorClass::permanent;
    options.error_classes[0x0B] = smpp::ErrorClass::temporary;
    const auto one = GENERATE(Case{0x08, 3}, Case{0x64, 3}, Case{0x450, 3}, Case{0xFF, 3}, Case{0x010C, 1},
                              Case{0x0A, 1}, Case{0x451, 1}, Case{0x0B, 3});
    INFO(one.status);
    Channel channel(options);
    const auto id = channel.reply_to(ani);
    for (int tries = 1; tries <= one.tries; ++tries) {
        const auto sent = channel.leave();
        REQUIRE(sent.size() == 1);
        channel.answer(sent[0], static_cast<CommandStatus>(one.status));
        const auto state = channel.row(id).state;
        CHECK(state == (tries == one.tries ? ReplyState::dropped : ReplyState::pending));
        if (state != ReplyState::pending) break;
        CHECK(channel.sender->has_room(channel.now));
        channel.now += 1min;
        channel.submit(id, ani);  // as the dispatcher does
    }
    channel.now += 1h;
    CHECK(channel.leave().empty());
}

TEST_CASE("M27: each part is tried three times, and a hiccup that refuses all of them at once is one try of each",
          "[M27][smpp]") {
    Channel channel;
    const auto id = channel.reply_to(ani, three_parts());
    SECTION("of the whole text") {
        for (int tries = 1; tries <= 3; ++tries) {
            const auto parts = channel.leave();
            REQUIRE(parts.size() == 3);
            for (const auto& part : parts)
                channel.answer(part, tries < 3 ? CommandStatus::system_error : CommandStatus::ok, "1");
            const auto row = channel.row(id);
            if (tries == 3) break;
            REQUIRE(row.state == ReplyState::pending);
            REQUIRE(row.not_before);
            CHECK(*row.not_before > wall_now() + (tries == 1 ? 4s : 9s));
            channel.now += 1min;
            channel.submit(id, ani, three_parts());  // as the dispatcher does
        }
        CHECK(channel.row(id).state == ReplyState::sent);
    }
    SECTION("of those that are left") {
        auto parts = channel.leave();
        REQUIRE(parts.size() == 3);
        channel.answer(parts[0], CommandStatus::ok, "1");
        for (int tries = 1; tries <= 3; ++tries) {
            channel.answer(parts.at(parts.size() - 2), CommandStatus::system_error);
            channel.answer(parts.at(parts.size() - 1), CommandStatus::system_error);
            if (tries == 3) break;
            CHECK(channel.row(id).state == ReplyState::sent);
            channel.now += 1min;
            parts = channel.leave();
            REQUIRE(parts.size() == 2);
        }
        CHECK(channel.row(id).state == ReplyState::dropped);
    }
}

TEST_CASE("M27: a text of which one part is refused for good ends there", "[M27][smpp]") {
    Channel channel;
    const auto id = channel.reply_to(ani, three_parts());
    const auto parts = channel.leave();
    channel.answer(parts.at(0), CommandStatus::ok, "1");
    channel.answer(parts.at(1), CommandStatus::invalid_destination);
    CHECK(channel.row(id).state == ReplyState::sent);  // the last part is not answered yet
    channel.answer(parts.at(2), CommandStatus::ok, "3");
    CHECK(channel.row(id).state == ReplyState::dropped);
}

TEST_CASE("B15: a submit that is never answered stays sent, and never leaves again", "[B15][smpp]") {
    Channel channel;
    const auto id = channel.reply_to(ani);
    REQUIRE(channel.leave().size() == 1);
    SECTION("its response did not come in time") {
        channel.now += 31s;
        channel.hear();
    }
    SECTION("B21: the session ended meanwhile") {
        channel.rebind();
    }
    const auto row = channel.row(id);
    CHECK(row.state == ReplyState::sent);
    CHECK(row.uncertain);
    CHECK(row.provider_id.empty());
    channel.now += 1h;
    CHECK(channel.leave().empty());
}

TEST_CASE("B15: an SMSC that knows the message by its reference is asked", "[B15][smpp]") {
    using State = sms::MessageState;
    struct Case {
        CommandStatus status;
        State state;  ///< with ESME_ROK
        ReplyState then;
        bool uncertain;
    };
    const auto one = GENERATE(Case{CommandStatus::ok, State::delivered, ReplyState::sent, false},
                              Case{CommandStatus::ok, State::enroute, ReplyState::sent, false},
                              Case{CommandStatus::ok, State::rejected, ReplyState::dropped, false},
                              Case{CommandStatus::ok, State::unknown, ReplyState::sent, true},
                              Case{CommandStatus::query_failed, State::unknown, ReplyState::sent, true},
                              Case{CommandStatus::invalid_command_id, State::unknown, ReplyState::sent, true});
    SmppChannelOptions options;
    options.query = SmppProfile::Query::reference;
    Channel channel(options);
    const auto id = channel.reply_to(ani);
    const auto sent = channel.leave();
    REQUIRE(sent.size() == 1);
    const auto reference = sent[0].message().tlvs.u16(Tag::user_message_reference);
    REQUIRE(reference);
    const bool rebinds = GENERATE(false, true);
    if (rebinds) {
        channel.rebind();
    } else {
        channel.now += 31s;
        channel.hear();
    }
    const auto asked = channel.leave();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].command == CommandId::query_sm);
    CHECK(asked[0].query().message_id == std::to_string(*reference));
    CHECK(asked[0].query().source.digits == "9840");
    if (one.status == CommandStatus::ok) {
        channel.answer_query(asked[0], one.state);
    } else {
        channel.answer(asked[0], one.status);
    }
    const auto row = channel.row(id);
    CHECK(row.state == one.then);
    CHECK(row.uncertain == one.uncertain);
    channel.now += 1h;
    CHECK(channel.leave().empty());  // whatever came of it, it never leaves again
}

TEST_CASE("B15: where the SMSC is trusted to know, what it does not know leaves again, as that part", "[B15][smpp]") {
    SmppChannelOptions options;
    options.query = SmppProfile::Query::reference;
    options.resend_unknown = true;
    Channel channel(options);
    const auto id = channel.reply_to(ani, three_parts());
    const auto parts = channel.leave();
    REQUIRE(parts.size() == 3);
    channel.answer(parts[0], CommandStatus::ok, "1");
    channel.answer(parts[2], CommandStatus::ok, "3");
    channel.now += 31s;
    channel.hear();
    const auto asked = channel.leave();
    REQUIRE(asked.size() == 1);
    REQUIRE(asked[0].command == CommandId::query_sm);
    channel.answer(asked[0], CommandStatus::query_failed);
    const auto again = channel.leave();
    REQUIRE(again.size() == 1);
    REQUIRE(again[0].command == CommandId::submit_sm);
    CHECK(part_number(again[0].message()) == 2);
    channel.answer(again[0], CommandStatus::ok, "2");
    const auto row = channel.row(id);
    CHECK(row.state == ReplyState::sent);
    CHECK_FALSE(row.uncertain);
}

TEST_CASE("B15: a question that is not answered is asked three times", "[B15][smpp]") {
    SmppChannelOptions options;
    options.query = SmppProfile::Query::reference;
    Channel channel(options);
    const auto id = channel.reply_to(ani);
    channel.leave();
    for (int tries = 0; tries < 3; ++tries) {
        channel.now += 41s;
        channel.hear();
        CHECK(channel.leave().size() == (tries == 0 ? 1 : 0));
        channel.now += 10s;
        CHECK(channel.leave().size() == (tries == 0 ? 0 : 1));
    }
    channel.now += 41s;
    channel.hear();
    channel.now += 1h;
    CHECK(channel.leave().empty());
    CHECK(channel.row(id).uncertain);
}

TEST_CASE("B15: what a process that ended left in doubt is asked about by the next one", "[B15][smpp]") {
    SmppChannelOptions options;
    options.query = SmppProfile::Query::reference;
    Channel channel(options);
    const auto id = channel.reply_to(ani);
    const auto reference = channel.leave().at(0).message().tlvs.u16(Tag::user_message_reference);
    channel.restart();
    const auto row = channel.row(id);
    REQUIRE(row.uncertain);
    channel.sender->recall({{row, {}, "Pesan diterima."}});
    const auto asked = channel.leave();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].query().message_id == std::to_string(*reference));
    channel.answer_query(asked[0], sms::MessageState::delivered);
    CHECK(channel.row(id).state == ReplyState::sent);
    CHECK_FALSE(channel.row(id).uncertain);
}

TEST_CASE("what has not begun goes back when the bind is gone", "[B21][smpp]") {
    Channel channel;
    const auto id = channel.reply_to(ani);
    channel.rebind();
    CHECK(channel.row(id).state == ReplyState::pending);
    CHECK(channel.leave().empty());
}

TEST_CASE("M22: until when a reply is of use is said as the operator takes it", "[M22][smpp]") {
    using Validity = SmppProfile::Validity;
    SmppChannelOptions options;
    options.validity = GENERATE(Validity::relative, Validity::absolute, Validity::none);
    Channel channel(options);
    channel.reply_to(ani);
    const auto sent = channel.leave();
    const auto field = smpp::parse_time(sent.at(0).message().validity_period, wall_now());
    REQUIRE(field);
    if (options.validity == Validity::none) {
        CHECK(field->kind == smpp::TimeField::Kind::none);
        return;
    }
    CHECK((field->kind == smpp::TimeField::Kind::absolute) == (options.validity == Validity::absolute));
    CHECK(field->moment > wall_now() + 9min);
    CHECK(field->moment <= wall_now() + 10min + 1s);
}

TEST_CASE("C24: the parts of a long text have a reference of their own, also in a process that begins again",
          "[C24][smpp]") {
    SmppChannelOptions options;
    options.long_texts = sms::LongTexts::Form::udh16;
    Channel channel(options);
    int people = 10;
    const auto reference_of_next = [&](const std::string& text) {
        channel.reply_to("+6284000003" + std::to_string(people++), text);
        const auto sent = channel.leave();
        for (const auto& one : sent) channel.answer(one, "1");
        const auto octets = sent.at(0).message().short_message;
        return sent.size() == 1 ? 0 : std::to_integer<int>(octets[3]) * 256 + std::to_integer<int>(octets[4]);
    };
    const auto after = [](int reference) { return (reference + 1) % 65'536; };
    std::set<int> first;
    for (int starts = 0; starts < 4; ++starts) {
        const auto one = reference_of_next(three_parts());
        first.insert(one);
        CHECK(reference_of_next("Pesan diterima.") == 0);  // needs none, and uses none up
        CHECK(reference_of_next(three_parts()) == after(one));
        channel.restart();
    }
    CHECK(first.size() > 1);  // all alike by chance: once in 2^48
}

TEST_CASE("C24: whoever carries the replies of a channel, its long texts are told apart", "[C24][smpp]") {
    Channel channel;
    const auto references = std::make_shared<channel::TextReferences>();
    std::vector<std::unique_ptr<channel::ReplySender>> accounts;
    std::set<int> seen;
    for (int i = 0; i < 3; ++i) {
        auto& sender = *accounts.emplace_back(std::make_unique<channel::ReplySender>(
            channel.options, *channel.village.access, channel.telemetry, references));
        sender.add({static_cast<storage::Id>(i + 1), ani, three_parts(), wall_now() + 10min});
        sender.fill(channel.wire->session, channel.now);
        const auto sent = channel.wire->requests();
        REQUIRE(sent.size() == 3);
        seen.insert(std::to_integer<int>(sent[0].message().short_message[3]));
    }
    CHECK(seen.size() == 3);
}

TEST_CASE("long texts leave as the operator takes them", "[C24][smpp]") {
    using Form = sms::LongTexts::Form;
    SmppChannelOptions options;
    options.long_texts = GENERATE(Form::udh8, Form::udh16, Form::sar, Form::payload);
    Channel channel(options);
    channel.reply_to(ani, three_parts());
    const auto sent = channel.leave();
    REQUIRE(sent.size() == (options.long_texts == Form::payload ? 1 : 3));
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const auto message = sent[i].message();
        const bool headed = options.long_texts == Form::udh8 || options.long_texts == Form::udh16;
        CHECK(message.udhi() == headed);
        CHECK(message.tlvs.u8(Tag::sar_segment_seqnum).has_value() == (options.long_texts == Form::sar));
        if (options.long_texts == Form::sar) {
            CHECK(message.tlvs.u8(Tag::sar_segment_seqnum) == i + 1);
            CHECK(message.tlvs.u8(Tag::sar_total_segments) == 3);
            CHECK(message.tlvs.u16(Tag::sar_msg_ref_num) == sent[0].message().tlvs.u16(Tag::sar_msg_ref_num));
        }
        CHECK(message.tlvs.find(Tag::message_payload).has_value() == (options.long_texts == Form::payload));
        if (options.long_texts == Form::udh16) CHECK(std::to_integer<int>(message.short_message[1]) == 8);
        if (options.long_texts == Form::payload) CHECK(message.short_message.empty());
    }
}
