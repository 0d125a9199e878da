// Replies in several parts, and answers that come late: from their submits to their receipts, without a socket.
#include "tests/support/reply_channel.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using intake::ReceiptDesk;
using smpp::CommandStatus;
using sms::MessageState;
using storage::ReplyState;
using tests::three_parts;
using tests::Village;
using Match = storage::Receipt::Match;
using Request = tests::ReplyChannel::Request;

namespace {

const std::string ani = "+628400000001";

/// A channel with one reply at a time, and the receipts that the SMSC sends.
struct Operator : tests::ReplyChannel {
    using ReplyChannel::ReplyChannel;

    /// Its parts as they left.
    std::vector<Request> send(const std::string& text) {
        id = reply_to(ani, text);
        return leave();
    }
    Match receipt(const std::string& message_id, MessageState state, sms::IdForm ids = sms::IdForm::any) {
        intake::HeardReceipt heard;
        heard.channel = "operator";
        heard.receipt.message_id = message_id;
        heard.receipt.state = state;
        heard.ids = ids;
        heard.source = sms::normalise(ani);
        std::optional<Match> match;
        village.intake->receipts().accept(heard, [&](storage::Committed, Match found) { match = found; });
        while (!match) {
            village.loop.restart();
            village.loop.run_one_for(10s);
        }
        return *match;
    }
    void look() { village.run(village.intake->receipts().match_waiting()); }
    storage::Reply row() { return ReplyChannel::row(id); }
    ReplyState state() { return row().state; }
    std::vector<storage::ReplyPart> parts() {
        return village.ask([&](storage::View& view) { return view.parts_of_reply(id); });
    }
    std::vector<storage::Receipt> history() {
        return village.ask([&](storage::View& view) { return view.receipts_of(id, 10'000); });
    }
    bool balanced() {
        return village.ledger() == village.ask([](storage::View& view) { return view.recount(); });
    }
    /// What a process that begins finds in doubt; `text` is that of its replies.
    std::vector<channel::ReplySender::Doubtful> doubtful(const std::string& text) {
        return village.ask([&](storage::View& view) {
            std::vector<channel::ReplySender::Doubtful> all;
            for (const auto& reply : view.replies_uncertain("operator", wall_now(), 10))
                all.push_back({reply, view.parts_of_reply(reply.id), text});
            return all;
        });
    }

    storage::Id id = 0;
};

std::string reference_of(const Request& request) {
    return std::to_string(*request.message().tlvs.u16(smpp::Tag::user_message_reference));
}

/// An SMSC that knows messages by their reference.
SmppChannelOptions with_queries() {
    SmppChannelOptions options;
    options.query = SmppProfile::Query::reference;
    return options;
}

}  // namespace

TEST_CASE("D3, D7: a reply in three parts is delivered when all of them are, and failed when one is",
          "[receipts][D3][D7]") {
    using S = MessageState;
    struct Heard {
        const char* id;
        S state;
        ReplyState then;
    };
    const auto heard = GENERATE(values<std::vector<Heard>>({
        {{"a1", S::delivered, ReplyState::sent},
         {"a3", S::delivered, ReplyState::sent},
         {"a2", S::delivered, ReplyState::confirmed}},
        {{"a1", S::delivered, ReplyState::sent},
         {"a1", S::delivered, ReplyState::sent},
         {"a1", S::delivered, ReplyState::sent}},
        {{"a2", S::undeliverable, ReplyState::dropped},
         {"a1", S::delivered, ReplyState::dropped},
         {"a3", S::delivered, ReplyState::dropped}},
        // A failure is taken back, by the part's own delivery and by nothing else.
        {{"a2", S::expired, ReplyState::dropped},
         {"a1", S::delivered, ReplyState::dropped},
         {"a2", S::delivered, ReplyState::sent},
         {"a3", S::enroute, ReplyState::sent},
         {"a3", S::delivered, ReplyState::confirmed},
         {"a3", S::expired, ReplyState::confirmed}},
        {{"a1", S::expired, ReplyState::dropped},
         {"a2", S::rejected, ReplyState::dropped},
         {"a1", S::delivered, ReplyState::dropped},
         {"a3", S::delivered, ReplyState::dropped},
         {"a2", S::delivered, ReplyState::confirmed}},
        {{"0A1", S::accepted, ReplyState::sent}, {"162", S::enroute, ReplyState::sent}},  // a2, in decimal
    }));
    Operator smsc;
    const auto sent = smsc.send(three_parts());
    REQUIRE(sent.size() == 3);
    for (const auto* const id : {"a1", "a2", "a3"}) smsc.answer(sent[static_cast<std::size_t>(id[1] - '1')], id);
    CHECK(smsc.row().provider_id == "a3");
    for (const auto& one : heard) {
        CHECK(smsc.receipt(one.id, one.state) == Match::matched);
        CHECK(smsc.state() == one.then);
    }
    CHECK(smsc.history().size() == heard.size());
    CHECK(smsc.balanced());
}

TEST_CASE("D6: receipts of the first parts come before the last part has left", "[receipts][D6]") {
    struct Row {
        std::array<MessageState, 3> heard;
        ReplyState then;
    };
    using S = MessageState;
    const auto row = GENERATE(Row{{S::delivered, S::delivered, S::delivered}, ReplyState::confirmed},
                              Row{{S::delivered, S::delivered, S::enroute}, ReplyState::sent},
                              Row{{S::undeliverable, S::delivered, S::delivered}, ReplyState::dropped});
    Operator smsc;
    const auto sent = smsc.send(three_parts());
    REQUIRE(sent.size() == 3);
    smsc.answer(sent[0], "a1");
    smsc.answer(sent[1], "a2");
    smsc.answer(sent[2], CommandStatus::throttled);
    CHECK(smsc.receipt("a1", row.heard[0]) == Match::matched);
    CHECK(smsc.receipt("a2", row.heard[1]) == Match::matched);
    CHECK(smsc.receipt("a3", row.heard[2]) == Match::waiting);
    CHECK(smsc.state() == (row.then == ReplyState::dropped ? ReplyState::dropped : ReplyState::sent));
    smsc.now += 2s;
    const auto again = smsc.leave();
    REQUIRE(again.size() == 1);
    smsc.answer(again[0], "a3");
    smsc.look();
    CHECK(smsc.state() == row.then);
    CHECK(smsc.history().size() == 3);
    CHECK(smsc.balanced());
}

TEST_CASE("D3: an SMSC that gives all parts of a text the same id tells of all of them at once", "[receipts][D3]") {
    Operator smsc;
    for (const auto& part : smsc.send(three_parts())) smsc.answer(part, "7");
    CHECK(smsc.receipt("7", MessageState::delivered) == Match::matched);
    CHECK(smsc.state() == ReplyState::confirmed);
}

TEST_CASE("D3: of two parts whose ids may both be meant, the one spelt as the receipt is counts", "[receipts][D3]") {
    Operator smsc;
    const auto sent = smsc.send(three_parts());
    const std::array<const char*, 3> ids{"16", "10", "17"};  // 16 is 10 in the other base
    for (std::size_t i = 0; i < ids.size(); ++i) smsc.answer(sent[i], ids[i]);
    CHECK(smsc.receipt("10", MessageState::delivered) == Match::matched);
    const auto parts = smsc.parts();
    CHECK(parts.at(0).state == MessageState::unknown);
    CHECK(parts.at(1).state == MessageState::delivered);
}

TEST_CASE("D7: a text of which we dropped a part stays dropped, whatever became of the others", "[receipts][D7]") {
    Operator smsc;
    const auto sent = smsc.send(three_parts());
    smsc.answer(sent[0], "a1");
    smsc.answer(sent[1], CommandStatus::invalid_destination);
    smsc.answer(sent[2], "a3");
    CHECK(smsc.state() == ReplyState::dropped);
    for (const auto state : {MessageState::expired, MessageState::delivered}) {
        CHECK(smsc.receipt("a1", state) == Match::matched);
        CHECK(smsc.receipt("a3", state) == Match::matched);
        CHECK(smsc.state() == ReplyState::dropped);
    }
    CHECK(smsc.balanced());
}

TEST_CASE("D7: of each part as many receipts are kept as of a reply in one message", "[receipts][D7]") {
    Operator smsc;
    const auto sent = smsc.send(three_parts());
    const std::array<const char*, 3> ids{"a1", "a2", "a3"};
    for (std::size_t i = 0; i < ids.size(); ++i) smsc.answer(sent[i], ids[i]);
    for (std::size_t i = 0; i < 3 * ReceiptDesk::history_max + 5; ++i) smsc.receipt("a1", MessageState::enroute);
    for (const auto* const id : ids) smsc.receipt(id, MessageState::delivered);
    CHECK(smsc.history().size() == 3 * ReceiptDesk::history_max);
    CHECK(smsc.state() == ReplyState::confirmed);
}

TEST_CASE("a reply in one message keeps its id in its row alone", "[receipts]") {
    Operator smsc;
    smsc.answer(smsc.send("Pesan diterima.").at(0), "a1");
    CHECK(smsc.row().provider_id == "a1");
    CHECK(smsc.parts().empty());
}

TEST_CASE("B15: an answer after the response timer ends the doubt, and its receipt is known", "[B15][smpp]") {
    Operator smsc;
    const auto sent = smsc.send("Pesan diterima.");
    smsc.now += 31s;
    smsc.hear();
    REQUIRE(smsc.row().uncertain);
    SECTION("taken") {
        CHECK(smsc.receipt("a1", MessageState::delivered) == Match::waiting);
        smsc.answer(sent.at(0), "a1");
        CHECK_FALSE(smsc.row().uncertain);
        CHECK(smsc.row().provider_id == "a1");
        CHECK(smsc.state() == ReplyState::sent);
        smsc.look();
        CHECK(smsc.state() == ReplyState::confirmed);
        smsc.answer(sent.at(0), "a2");  // whatever else comes for it is of no use
        CHECK(smsc.row().provider_id == "a1");
    }
    SECTION("taken, without an id") {
        smsc.answer(sent.at(0), "");
        CHECK_FALSE(smsc.row().uncertain);
        CHECK(smsc.state() == ReplyState::sent);
    }
    SECTION("refused for good") {
        smsc.answer(sent.at(0), CommandStatus::invalid_destination);
        CHECK_FALSE(smsc.row().uncertain);
        CHECK(smsc.state() == ReplyState::dropped);
    }
    SECTION("refused for now: nobody waits for it any more") {
        smsc.answer(sent.at(0), CommandStatus::throttled);
        CHECK(smsc.row().uncertain);
        CHECK(smsc.state() == ReplyState::sent);
    }
    SECTION("of another session") {
        smsc.rebind();
        smsc.answer(sent.at(0), "a1");
        CHECK(smsc.row().uncertain);
    }
    smsc.now += 1h;
    CHECK(smsc.leave().empty());  // it never leaves again
    CHECK(smsc.balanced());
}

TEST_CASE("B15: a late answer to one part of a text is that part's", "[B15][smpp]") {
    Operator smsc;
    const auto sent = smsc.send(three_parts());
    REQUIRE(sent.size() == 3);
    smsc.answer(sent[0], "a1");
    smsc.answer(sent[2], CommandStatus::throttled);
    smsc.now += 31s;
    smsc.hear();
    SECTION("while another part waits to leave again") {
        smsc.answer(sent[1], "a2");
        const auto again = smsc.leave();
        REQUIRE(again.size() == 1);
        smsc.answer(again[0], "a3");
    }
    SECTION("when all is said, and two were in doubt") {
        const auto again = smsc.leave();
        REQUIRE(again.size() == 1);
        smsc.now += 31s;
        smsc.hear();
        REQUIRE(smsc.row().uncertain);
        smsc.answer(sent[1], "a2");
        CHECK(smsc.row().uncertain);
        smsc.answer(again[0], "a3");
    }
    CHECK_FALSE(smsc.row().uncertain);
    for (const auto* const id : {"a1", "a2", "a3"}) CHECK(smsc.receipt(id, MessageState::delivered) == Match::matched);
    CHECK(smsc.state() == ReplyState::confirmed);
    CHECK(smsc.balanced());
}

TEST_CASE("B15: an answer that comes while the SMSC is being asked goes before what it says to that", "[B15][smpp]") {
    auto options = with_queries();
    options.resend_unknown = true;
    Operator smsc(options);
    const auto sent = smsc.send("Pesan diterima.");
    smsc.now += 31s;
    smsc.hear();
    const auto asked = smsc.leave();
    REQUIRE(asked.size() == 1);
    smsc.answer(sent.at(0), "a1");
    smsc.answer(asked[0], CommandStatus::query_failed);
    CHECK(smsc.row().provider_id == "a1");
    CHECK_FALSE(smsc.row().uncertain);
    smsc.now += 1h;
    CHECK(smsc.leave().empty());
}

TEST_CASE("B15: a text that a process which ended had begun is asked about part by part", "[B15][smpp]") {
    Operator smsc(with_queries());
    const auto sent = smsc.send(three_parts());
    smsc.answer(sent[1], "a2");
    smsc.restart();
    const auto doubtful = smsc.doubtful(three_parts());
    REQUIRE(doubtful.size() == 1);
    smsc.sender->recall(doubtful);
    const auto asked = smsc.leave();
    REQUIRE(asked.size() == 2);
    CHECK(asked[0].query().message_id == reference_of(sent[0]));
    CHECK(asked[1].query().message_id == reference_of(sent[2]));
    smsc.answer_query(asked[0], MessageState::delivered);
    CHECK(smsc.state() == ReplyState::sent);
    CHECK(smsc.row().uncertain);
    SECTION("and ends when one part will not arrive") {
        smsc.answer_query(asked[1], MessageState::rejected);
        CHECK(smsc.state() == ReplyState::dropped);
    }
    SECTION("and is certain when the SMSC has all of them") {
        smsc.answer_query(asked[1], MessageState::delivered);
        CHECK(smsc.state() == ReplyState::sent);
    }
    CHECK_FALSE(smsc.row().uncertain);
    CHECK(smsc.balanced());
}

TEST_CASE("B15: a text of which no part was answered when the process ended is asked about whole", "[B15][smpp]") {
    Operator smsc(with_queries());
    const auto sent = smsc.send(three_parts());
    REQUIRE(sent.size() == 3);
    smsc.restart();
    const auto doubtful = smsc.doubtful(three_parts());
    REQUIRE(doubtful.size() == 1);
    REQUIRE(doubtful[0].known.empty());
    smsc.sender->recall(doubtful);
    const auto asked = smsc.leave();
    REQUIRE(asked.size() == 3);
    for (std::size_t i = 0; i < asked.size(); ++i) CHECK(asked[i].query().message_id == reference_of(sent[i]));
    smsc.answer_query(asked[0], MessageState::delivered);
    CHECK(smsc.row().uncertain);
    SECTION("the SMSC has the others") {
        smsc.answer_query(asked[2], MessageState::enroute);
        CHECK(smsc.row().uncertain);
        smsc.answer_query(asked[1], MessageState::delivered);
        CHECK_FALSE(smsc.row().uncertain);
        CHECK(smsc.state() == ReplyState::sent);
    }
    SECTION("the SMSC does not know the others: they may never have left") {
        smsc.answer(asked[1], CommandStatus::query_failed);
        smsc.answer(asked[2], CommandStatus::query_failed);
        CHECK(smsc.row().uncertain);
        CHECK(smsc.state() == ReplyState::sent);
    }
    SECTION("the process ends again meanwhile: what is known is not asked about twice") {
        smsc.restart();
        smsc.sender->recall(smsc.doubtful(three_parts()));
        const auto again = smsc.leave();
        REQUIRE(again.size() == 2);
        CHECK(again[0].query().message_id == reference_of(sent[1]));
        CHECK(again[1].query().message_id == reference_of(sent[2]));
    }
    CHECK(smsc.receipt("0", MessageState::delivered) == Match::waiting);  // of none: no part was given an id
    CHECK(smsc.balanced());
}

TEST_CASE("B15: late answers without an id end the doubt when the last part has one", "[B15][smpp]") {
    Operator smsc;
    const auto sent = smsc.send(three_parts());
    REQUIRE(sent.size() == 3);
    smsc.answer(sent[0], "");
    smsc.now += 31s;
    smsc.hear();
    REQUIRE(smsc.row().uncertain);
    smsc.answer(sent[1], "");
    CHECK(smsc.row().uncertain);
    smsc.answer(sent[2], "");
    CHECK_FALSE(smsc.row().uncertain);
    CHECK(smsc.state() == ReplyState::sent);
    CHECK(smsc.balanced());
}

TEST_CASE("a text whose exit went for good ends: what did not begin goes back, what is broken is dropped",
          "[B21][smpp]") {
    Operator smsc;
    SECTION("nothing of it left") {
        smsc.id = smsc.reply_to(ani, three_parts());
        smsc.sender->give_up();
        CHECK(smsc.state() == ReplyState::pending);
    }
    SECTION("one part was taken, one waits") {
        const auto sent = smsc.send(three_parts());
        smsc.answer(sent[0], "a1");
        smsc.answer(sent[1], CommandStatus::throttled);
        smsc.answer(sent[2], "a3");
        REQUIRE(smsc.state() == ReplyState::sent);
        smsc.sender->give_up();
        CHECK(smsc.state() == ReplyState::dropped);
        CHECK_FALSE(smsc.row().uncertain);
    }
    SECTION("all of it left, and the SMSC is being asked about one part") {
        smsc.options.query = SmppProfile::Query::reference;
        const auto sent = smsc.send(three_parts());
        smsc.answer(sent[0], "a1");
        smsc.answer(sent[1], "a2");
        smsc.rebind();
        CHECK_FALSE(smsc.row().uncertain);
        smsc.sender->give_up();
        CHECK(smsc.state() == ReplyState::sent);
        CHECK(smsc.row().uncertain);
    }
    smsc.now += 1h;
    for (const auto& one : smsc.leave()) CHECK(one.command == smpp::CommandId::query_sm);  // it never leaves again
    CHECK(smsc.balanced());
}
