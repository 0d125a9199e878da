// Replies that wait for their channel, and what is asked for meanwhile; hours in which none leaves.
#include <catch2/catch.hpp>

#include "gateway/admin.hpp"
#include "gateway/dispatch/reply_dispatcher.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using storage::ReplyState;
using tests::Village;

namespace {

const std::string villager = "+628400000001";
const std::string report = "lapor 5 org lewat jln tikus dkt aruk skrg";

const std::string other = "+628400000002", maid = "+601000000009";

/// What goes back; empty when nothing does.
std::string said(Village& village, const std::string& from, const std::string& text) {
    const auto accepted = village.say(from, text);
    return accepted.handled.reply ? accepted.handled.reply_text : "";
}

/// A channel that is there again, and what leaves by it.
struct Exit : channel::ReplyExit {
    const std::string& name() const override { return channel; }
    bool ready() const override { return true; }
    void submit(channel::OutgoingReply reply) override { left.push_back(std::move(reply)); }
    std::string channel = "operator";
    std::vector<channel::OutgoingReply> left;
};

/// A village whose channel is away, so that its replies wait.
struct Waiting {
    Waiting() { village.now = wall_now(); }

    storage::Id say(const std::string& text) {
        const auto handled = village.say(villager, text).handled;
        if (!handled.reply) return 0;
        auto reply = *handled.reply;
        reply.state = ReplyState::pending;
        commit([reply](storage::Unit& unit) { unit.update(reply); });
        return reply.id;
    }
    void commit(std::function<void(storage::Unit&)> apply) {
        village.run(Village::ignore(village.access->commit(std::move(apply))));
    }
    void set_reply(boost::json::object arguments) {
        const AdminContext context{village.vault, {}, "62"};
        arguments["number"] = villager;
        commit([&](storage::Unit& unit) {
            CHECK(run_admin(unit, context, {"person.reply", "cli:test", arguments}).status == 200);
        });
    }
    void dispatch() {
        dispatch::ReplyDispatcher dispatcher(*village.access, village.vault, {&exit});
        village.run(dispatcher.look());
    }
    ReplyState state(storage::Id reply) {
        return village.ask([&](storage::View& view) { return view.reply(reply).value(); }).state;
    }

    Village village;
    Exit exit;
};

}  // namespace

TEST_CASE("a reply that waits for its channel leaves when nothing was asked for meanwhile", "[reply][silence]") {
    Waiting waiting;
    const auto reply = waiting.say(report);
    waiting.village.now += 1s;
    waiting.village.say(villager, "jangan telpon");  // how they may be called is another matter
    waiting.dispatch();
    REQUIRE(waiting.exit.left.size() == 1);
    CHECK(waiting.exit.left[0].id == reply);
    CHECK(waiting.state(reply) == ReplyState::sent);
}

TEST_CASE("a reply that waits is dropped when its reader asks for silence before it left", "[reply][silence]") {
    Waiting waiting;
    auto& village = waiting.village;
    const auto reply = waiting.say(report);
    REQUIRE(reply != 0);
    village.now += 1s;
    SECTION("others hold the phone") {
        village.say(villager, "jangan balas, hp dipegang bos");
    }
    SECTION("others read it") {
        village.say(villager, "majikan saya baca hp ini");
    }
    SECTION("no answer now") {
        village.say(villager, "jangan balas sms ini");
    }
    SECTION("BERHENTI") {
        village.say(villager, "BERHENTI");
    }
    SECTION("a person makes it silent") {
        waiting.set_reply({{"mode", "silent"}});
    }
    SECTION("a person agrees on a word") {
        waiting.set_reply({{"mode", "coded"}, {"safe_word", "melati"}});
    }
    waiting.dispatch();
    for (const auto& left : waiting.exit.left) CHECK(left.id != reply);
    CHECK(waiting.state(reply) == ReplyState::dropped);
    CHECK(village.ledger().balances());
    CHECK(village.ledger_is_true());
}

TEST_CASE("what was decided with the wish for silence in mind leaves", "[reply][silence]") {
    Waiting waiting;
    auto& village = waiting.village;
    SECTION("the answer to BERHENTI") {
        const auto reply = waiting.say("BERHENTI");
        waiting.dispatch();
        CHECK(waiting.state(reply) == ReplyState::sent);
    }
    SECTION("to MULAI, which ends it") {
        waiting.say("BERHENTI");
        village.now += 1s;
        const auto reply = waiting.say("MULAI");
        waiting.dispatch();
        CHECK(waiting.state(reply) == ReplyState::sent);
    }
    SECTION("to the agreed word") {
        waiting.set_reply({{"mode", "coded"}, {"safe_word", "melati"}});
        village.now += 1s;
        const auto reply = waiting.say(report + " melati");
        REQUIRE(reply != 0);
        waiting.dispatch();
        CHECK(waiting.state(reply) == ReplyState::sent);
    }
}

TEST_CASE("in a channel's quiet hours nothing is answered by itself, and everything is taken", "[reply][night]") {
    Village village;  // ten past nine in the evening
    village.wording.quiet_hours = *casework::parse_quiet_hours("21:00-05:00");
    const auto withheld = [&](const std::string& from, const std::string& text) {
        return village.say(from, text).handled.withheld;
    };
    using casework::Withheld;
    CHECK(withheld(villager, report) == Withheld::night);
    CHECK(withheld(villager, "TOLONG saya dikurung") == Withheld::night);
    CHECK(withheld(villager, "STATUS") == Withheld::night);
    CHECK(village.alerts().size() == 2);
    CHECK(withheld("+601000000009", "apa kabar") == Withheld::night);  // an hour ahead
    village.register_official("+628400000010");
    CHECK(withheld("+628400000010", "apa kabar") == Withheld::no);
    village.now = *from_rfc3339("2025-09-13T04:30:00+07:00");
    CHECK(withheld("+628400000003", "apa kabar") == Withheld::night);
    CHECK(withheld("+601000000008", "apa kabar") == Withheld::no);  // half past five there
    village.now += 30min;
    CHECK(withheld("+628400000003", "apa kabar") == Withheld::no);
    CHECK(village.ledger().balances());
}

TEST_CASE("a number's own mode goes before the quiet hours of its channel", "[reply][night]") {
    Waiting waiting;
    auto& village = waiting.village;
    village.now = *from_rfc3339("2025-09-12T23:00:00+07:00");
    village.wording.quiet_hours = *casework::parse_quiet_hours("21:00-05:00");
    village.wording.mode = casework::ReplyMode::full;
    CHECK_FALSE(village.say(villager, report).handled.reply);
    waiting.set_reply({{"mode", "full"}});
    CHECK(village.say(villager, "lapor 6 org lewat jln tikus dkt aruk skrg").handled.reply);
    waiting.set_reply({{"mode", "coded"}, {"safe_word", "melati"}});
    CHECK_FALSE(village.say(villager, "lapor 7 org lewat jln tikus dkt aruk skrg").handled.reply);
    CHECK(village.say(villager, "lapor 8 org lewat jln tikus dkt aruk skrg melati").handled.reply);
}

TEST_CASE("STATUS without a code tells whoever holds the phone nothing of a call for help", "[casework][status][sos]") {
    Village village;
    const auto* text = GENERATE("tlg sy dikurung majikan di kuching paspor diambil ga digaji 4 bln",
                                "saya dipukul majikan di kuching, gaji tidak dibayar");
    CAPTURE(text);
    const auto innocent = said(village, other, "STATUS");
    village.say(maid, text);
    village.now += 1h;
    CHECK(said(village, maid, "STATUS") == innocent);
    village.restart();
    village.now += casework::Spared::help;
    CHECK(said(village, maid, "STATUS") == innocent);
    SECTION("what she tells later has its code, and its stage") {
        village.say(maid, "lapor 5 org lewat jln tikus dkt aruk skrg");
        CHECK(said(village, maid, "sts").find("sudah diteruskan") != std::string::npos);
    }
    SECTION("not even that while a call for help is near") {
        village.say(maid, "TOLONG");
        village.say(maid, "lapor 5 org lewat jln tikus dkt aruk skrg");
        CHECK(said(village, maid, "sts") == innocent);
    }
}
