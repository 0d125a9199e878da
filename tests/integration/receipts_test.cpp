#include <catch2/catch.hpp>

#include "gateway/channel/smpp_inbound.hpp"
#include "storage/ids.hpp"
#include "tests/support/receipt_rows.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using intake::ReceiptDesk;
using sms::MessageState;
using storage::ReplyState;
using tests::Village;
using Match = storage::Receipt::Match;

namespace {

const std::string ani = "+628400000001";
const std::string budi = "+628400000002";

/// Replies that were handed to an SMSC, and its receipts.
struct Desk : Village {
    /// A reply on its way, with the id its submit_sm_resp brought; empty: not yet.
    storage::Id sent(const std::string& to, const std::string& provider_id, const std::string& channel = "operator",
                     const std::string& account = "") {
        storage::Id id = 0;
        change([&](storage::Unit& unit) {
            storage::Reply reply;
            reply.id = id = unit.next_id(storage::Table::reply);
            reply.channel = channel;
            reply.account = account;
            reply.to_key = vault.lookup("msisdn", to);
            reply.state = ReplyState::sent;
            reply.valid_until = unit.now() + 10min;
            reply.provider_id = provider_id;
            unit.add(reply);
        });
        return id;
    }
    void answered(storage::Id reply, const std::string& provider_id) {
        change([&](storage::Unit& unit) {
            auto row = find(unit, reply);
            row.provider_id = provider_id;
            unit.update(row);
        });
    }
    /// A receipt about a message to `to`, and what it was found to be of.
    Match hear(const std::string& id, MessageState state, const std::string& to = ani,
               sms::IdForm ids = sms::IdForm::any, const std::string& channel = "operator") {
        intake::HeardReceipt heard;
        heard.channel = channel;
        heard.receipt.message_id = id;
        heard.receipt.state = state;
        heard.ids = ids;
        heard.source = sms::normalise(to);
        heard.destination = sms::normalise("9840");
        return hear(heard);
    }
    Match hear(const intake::HeardReceipt& heard) {
        std::optional<Match> match;
        intake->receipts().accept(heard, [&](storage::Committed how, Match found) {
            CHECK(how == storage::Committed::durable);
            match = found;
        });
        while (!match) {
            loop.restart();
            loop.run_one_for(10s);
        }
        return *match;
    }
    void look() { run(intake->receipts().match_waiting()); }
    storage::Reply reply(storage::Id id) {
        return ask([&](storage::View& view) { return find(view, id); });
    }
    ReplyState state(storage::Id id) { return reply(id).state; }
    std::vector<storage::Receipt> history(storage::Id id) {
        return ask([&](storage::View& view) { return view.receipts_of(id, 100); });
    }
    std::vector<storage::Receipt> all() { return tests::receipt_rows(store_file()); }
    bool balanced() {
        return ledger() == ask([](storage::View& view) { return view.recount(); });
    }
    template <class Change>
    void change(Change apply) {
        run(ignore(access->commit([apply](storage::Unit& unit) { apply(unit); })));
    }

private:
    static storage::Reply find(storage::View& view, storage::Id id) {
        for (auto& row : view.replies_to(0)) {
            if (row.id == id) return row;
        }
        throw std::runtime_error("no such reply");
    }
};

}  // namespace

TEST_CASE("D3: an id in another base, case or width is found among our own", "[receipts][D3]") {
    struct Row {
        const char* submitted;
        const char* receipt;
        sms::IdForm ids;
        bool found;
    };
    const auto row = GENERATE(values<Row>({
        {"0000436949", "0000436949", sms::IdForm::any, true},
        {"06aad5", "0000436949", sms::IdForm::any, true},
        {"0000436949", "06AAD5", sms::IdForm::any, true},
        {"436949", "0000436949", sms::IdForm::same, true},
        {"6AAD5", "0006aad5", sms::IdForm::same, true},
        {"6aad5", "436949", sms::IdForm::same, false},
        {"6aad5", "436949", sms::IdForm::decimal, true},
        {"436949", "6aad5", sms::IdForm::decimal, false},
        {"436949", "6aad5", sms::IdForm::hexadecimal, true},
        {"436949", "436949", sms::IdForm::hexadecimal, false},
        {"ABC-1", "abc-1", sms::IdForm::any, true},
        {"7", "8", sms::IdForm::any, false},
    }));
    CAPTURE(row.submitted, row.receipt);
    Desk desk;
    const auto reply = desk.sent(ani, row.submitted);
    const auto match = desk.hear(row.receipt, MessageState::delivered, ani, row.ids);
    CHECK(match == (row.found ? Match::matched : Match::waiting));
    CHECK(desk.state(reply) == (row.found ? ReplyState::confirmed : ReplyState::sent));
    CHECK(desk.balanced());
}

TEST_CASE("D3: ids count on this channel, lately, and to the number the receipt names", "[receipts][D3]") {
    Desk desk;
    const auto reply = desk.sent(ani, "7");
    CHECK(desk.hear("7", MessageState::delivered, ani, sms::IdForm::any, "elsewhere") == Match::waiting);
    CHECK(desk.hear("7", MessageState::delivered, budi) == Match::waiting);
    CHECK(desk.state(reply) == ReplyState::sent);
    SECTION("addresses that were not swapped") {
        intake::HeardReceipt heard{"operator", {}, sms::IdForm::any, sms::normalise("9840"), sms::normalise(ani)};
        heard.receipt.message_id = "7";
        heard.receipt.state = MessageState::delivered;
        CHECK(desk.hear(heard) == Match::matched);
    }
    SECTION("no number at all") {
        CHECK(desk.hear("7", MessageState::delivered, "") == Match::matched);
    }
    SECTION("an id from last week is somebody else's") {
        desk.now += ReceiptDesk::ids_kept_for + 1s;
        CHECK(desk.hear("7", MessageState::delivered) == Match::waiting);
    }
}

TEST_CASE("D3: a receipt by an account settles what left by it, and waits for nothing", "[receipts][D3]") {
    Desk desk;
    const auto reply = desk.sent(ani, "7", "operator", "box1"), nobodys = desk.sent(ani, "8");
    const auto hear = [&](const std::string& id, const std::string& account) {
        intake::HeardReceipt heard{"operator", {}, sms::IdForm::any, sms::normalise(ani), {}, account};
        heard.receipt.message_id = id;
        heard.receipt.state = MessageState::delivered;
        return desk.hear(heard);
    };
    CHECK(hear("7", "box2") == Match::unmatched);
    CHECK(hear("8", "box2") == Match::unmatched);
    desk.now += 2s;
    desk.look();
    CHECK(desk.state(reply) == ReplyState::sent);
    CHECK(desk.state(nobodys) == ReplyState::sent);
    CHECK(hear("7", "box1") == Match::matched);
    CHECK(desk.state(reply) == ReplyState::confirmed);
    CHECK(desk.balanced());
}

TEST_CASE("D3: a receiver's receipts are of what left by its transmitter, and of nothing else", "[receipts][D3]") {
    Desk desk;
    desk.options.receipt_pairs = {{"ears", "operator"}};
    desk.restart();
    const auto reply = desk.sent(ani, "7"), other = desk.sent(ani, "8", "elsewhere");
    const auto of_account = desk.sent(ani, "9", "operator", "box1");
    const auto hear = [&](const std::string& id) {
        return desk.hear(id, MessageState::delivered, ani, sms::IdForm::any, "ears");
    };
    SECTION("of its pair's recent ids, to the number that it names") {
        CHECK(desk.hear("7", MessageState::delivered, budi, sms::IdForm::any, "ears") == Match::waiting);
        CHECK(hear("8") == Match::waiting);
        CHECK(hear("7") == Match::matched);
        CHECK(desk.state(reply) == ReplyState::confirmed);
        CHECK(desk.history(reply).at(0).channel == "ears");
    }
    SECTION("what an account of the pair carried is settled by that account") {
        CHECK(hear("9") == Match::waiting);
    }
    SECTION("one that has come by the transmitter is not the receiver's") {
        const auto own = desk.sent(ani, "10", "ears");
        CHECK(desk.hear("10", MessageState::delivered) == Match::waiting);
        CHECK(desk.state(own) == ReplyState::sent);
    }
    SECTION("one id in both settles neither") {
        desk.sent(ani, "7", "ears");
        CHECK(hear("7") == Match::ambiguous);
        CHECK(desk.state(reply) == ReplyState::sent);
    }
    SECTION("D6: before its submit_sm_resp, and over a restart") {
        const auto later = desk.sent(ani, "");
        CHECK(hear("11") == Match::waiting);
        desk.restart();
        desk.answered(later, "11");
        if (GENERATE(false, true)) {
            desk.look();
        } else {
            desk.run(desk.intake->receipts().match_at_end());
        }
        CHECK(desk.state(later) == ReplyState::confirmed);
    }
    CHECK(desk.state(other) == ReplyState::sent);
    CHECK(desk.state(of_account) == ReplyState::sent);
    CHECK(desk.balanced());
}

TEST_CASE("D3: a receipt by an account is of nothing that left by another channel", "[receipts][D3]") {
    Desk desk;
    desk.options.receipt_pairs = {{"boxes", "operator"}};
    desk.restart();
    const auto reply = desk.sent(ani, "7", "operator", "box1");
    intake::HeardReceipt heard{"boxes", {}, sms::IdForm::any, sms::normalise(ani), {}, "box1"};
    heard.receipt.message_id = "7";
    heard.receipt.state = MessageState::delivered;
    CHECK(desk.hear(heard) == Match::unmatched);
    CHECK(desk.state(reply) == ReplyState::sent);
}

TEST_CASE("D3: a receipt that fits more than one reply settles none", "[receipts][D3]") {
    Desk desk;
    const auto one = desk.sent(ani, "436949"), two = desk.sent(ani, "6aad5"), three = desk.sent(budi, "6aad5");
    CHECK(desk.hear("436949", MessageState::delivered) == Match::ambiguous);
    CHECK(desk.state(one) == ReplyState::sent);
    CHECK(desk.state(two) == ReplyState::sent);
    CHECK(desk.all().at(0).match == Match::ambiguous);
    CHECK(desk.hear("436949", MessageState::delivered, budi) == Match::matched);  // to her there is but one
    CHECK(desk.state(three) == ReplyState::confirmed);
    CHECK(desk.hear("436949", MessageState::delivered, ani, sms::IdForm::same) == Match::matched);
    CHECK(desk.state(one) == ReplyState::confirmed);
    CHECK(desk.hear("436949", MessageState::delivered, "") == Match::ambiguous);
}

TEST_CASE("D3: an SMSC that gives every message the same id confirms none but the only one", "[receipts][D3]") {
    Desk desk;
    for (int i = 0; i < 100; ++i) desk.sent(i % 2 == 0 ? ani : budi, "msg_id_not_implemented");
    CHECK(desk.hear("msg_id_not_implemented", MessageState::delivered) == Match::ambiguous);
    desk.now += 73h;
    const auto only = desk.sent(ani, "msg_id_not_implemented");
    CHECK(desk.hear("msg_id_not_implemented", MessageState::delivered) == Match::matched);
    CHECK(desk.state(only) == ReplyState::confirmed);
}

TEST_CASE("D6: a receipt before its submit_sm_resp is held, and matched when that comes", "[receipts][D6]") {
    Desk desk;
    const auto reply = desk.sent(ani, "");
    CHECK(desk.hear("7", MessageState::delivered) == Match::waiting);
    desk.look();
    CHECK(desk.state(reply) == ReplyState::sent);
    const bool restarted = GENERATE(false, true);
    if (restarted) desk.restart();
    SECTION("within a minute") {
        desk.now += 59s;
        desk.answered(reply, "7");
        desk.look();
        CHECK(desk.state(reply) == ReplyState::confirmed);
        CHECK(desk.history(reply).size() == 1);
    }
    SECTION("two of them, in their order") {
        CHECK(desk.hear("7", MessageState::expired) == Match::waiting);
        desk.answered(reply, "7");
        desk.look();
        CHECK(desk.state(reply) == ReplyState::confirmed);
        CHECK(desk.history(reply).size() == 2);
    }
    SECTION("as the process ends") {
        desk.answered(reply, "7");
        desk.run(desk.intake->receipts().match_at_end());
        CHECK(desk.state(reply) == ReplyState::confirmed);
    }
    SECTION("not after it") {
        desk.now += 61s;
        desk.look();
        desk.answered(reply, "7");
        desk.look();
        CHECK(desk.state(reply) == ReplyState::sent);
        CHECK(desk.all().at(0).match == Match::unmatched);
    }
    CHECK(desk.balanced());
}

TEST_CASE("D6: receipts that wait, or belong to nobody, are bounded", "[receipts][D6]") {
    Desk desk;
    const auto reply = desk.sent(ani, "mine");
    CHECK(desk.hear("mine", MessageState::enroute) == Match::matched);
    desk.change([&](storage::Unit& unit) {
        for (std::size_t i = 0; i < ReceiptDesk::unmatched_max + 500; ++i) {
            storage::Receipt receipt;
            receipt.channel = "operator";
            receipt.message_id = "x" + std::to_string(i);
            receipt.received_at = unit.now();
            unit.add(receipt);
        }
    });
    CHECK(desk.hear("last", MessageState::delivered) == Match::waiting);
    desk.look();
    CHECK(desk.all().size() == ReceiptDesk::unmatched_max + 1);
    CHECK(desk.all().back().message_id == "last");  // the oldest gave way
    desk.now += 61s;
    desk.look();
    CHECK(desk.all().size() == ReceiptDesk::unmatched_max + 1);
    CHECK(desk.ask([](storage::View& view) { return view.receipts_waiting_after(0, 10).empty(); }));
    CHECK(desk.history(reply).size() == 1);
}

TEST_CASE("D7: receipts repeated, late and reversed leave what is known, and are all kept", "[receipts][D7]") {
    using S = MessageState;
    struct Row {
        std::vector<S> heard;
        ReplyState expected;
    };
    const auto row = GENERATE(values<Row>({
        {{S::delivered}, ReplyState::confirmed},
        {{S::delivered, S::delivered}, ReplyState::confirmed},
        {{S::expired}, ReplyState::dropped},
        {{S::expired, S::delivered}, ReplyState::confirmed},
        {{S::delivered, S::expired}, ReplyState::confirmed},
        {{S::undeliverable, S::rejected, S::delivered, S::deleted}, ReplyState::confirmed},
        {{S::enroute}, ReplyState::sent},
        {{S::delivered, S::enroute}, ReplyState::confirmed},
        {{S::expired, S::enroute, S::unknown}, ReplyState::dropped},
        {{S::accepted, S::unknown}, ReplyState::sent},
    }));
    Desk desk;
    const auto reply = desk.sent(ani, "7");
    for (const auto state : row.heard) CHECK(desk.hear("7", state) == Match::matched);
    CHECK(desk.state(reply) == row.expected);
    const auto history = desk.history(reply);
    REQUIRE(history.size() == row.heard.size());
    for (std::size_t i = 0; i < history.size(); ++i) CHECK(history[i].state == row.heard[i]);
    CHECK(desk.balanced());
}

TEST_CASE("D7: more receipts of one reply than make sense are acknowledged and not kept", "[receipts][D7]") {
    Desk desk;
    const auto reply = desk.sent(ani, "7");
    for (std::size_t i = 0; i < ReceiptDesk::history_max + 10; ++i) desk.hear("7", MessageState::enroute);
    desk.hear("7", MessageState::delivered);
    CHECK(desk.history(reply).size() == ReceiptDesk::history_max);
    CHECK(desk.state(reply) == ReplyState::confirmed);
}

TEST_CASE("D7: what we dropped ourselves is not called delivered for one of its parts", "[receipts][D7]") {
    Desk desk;
    const auto reply = desk.sent(ani, "7");
    desk.change([&](storage::Unit& unit) {
        auto row = unit.replies_to(0).at(0);
        row.state = ReplyState::dropped;
        unit.update(row);
    });
    CHECK(desk.hear("7", MessageState::delivered) == Match::matched);
    CHECK(desk.state(reply) == ReplyState::dropped);
}

TEST_CASE("B15: a receipt ends the doubt about a submit that was not answered", "[receipts][B15]") {
    Desk desk;
    const auto reply = desk.sent(ani, "7");
    desk.change([&](storage::Unit& unit) {
        auto row = unit.replies_to(0).at(0);
        row.uncertain = true;
        unit.update(row);
    });
    const auto uncertain = [&] {
        return desk.ask([&](storage::View& view) { return view.replies_uncertain("operator", desk.now.read(), 10); })
            .size();
    };
    CHECK(uncertain() == 1);
    desk.hear("7", MessageState::enroute);
    CHECK(uncertain() == 0);
    CHECK(desk.state(reply) == ReplyState::sent);
}

TEST_CASE("B15: what was on its way when the process ended is in doubt", "[receipts][B15]") {
    Desk desk;
    desk.say(ani, "LAPOR calo di Sebunga");  // its reply is written as sent, and nobody knows more
    desk.restart();
    CHECK(
        desk.ask([&](storage::View& view) { return view.replies_uncertain("operator", desk.now.read(), 10); }).size() ==
        1);
}

namespace {

/// A deliver_sm as the SMSC sends it.
std::optional<sms::Receipt> read(std::uint8_t esm_class, const std::string& text, bool in_payload = false,
                                 const sms::ReceiptDialect& dialect = {}) {
    smpp::ShortMessage message;
    message.esm_class = esm_class;
    const auto octets = std::as_bytes(std::span<const char>(text));
    std::vector<std::byte> tlvs;
    if (in_payload) {
        tlvs = {std::byte{0x04}, std::byte{0x24}, static_cast<std::byte>(octets.size() >> 8),
                static_cast<std::byte>(octets.size() & 0xFF)};
        tlvs.insert(tlvs.end(), octets.begin(), octets.end());
        message.tlvs = smpp::Tlvs(tlvs);
    } else {
        message.short_message = octets;
    }
    return channel::receipt_in(message, dialect);
}

}  // namespace

TEST_CASE("D5, D9, D10: what is a receipt, and what is a person's words", "[receipts][D5][D9][D10]") {
    const std::string receipt = "id:7 sub:001 dlvrd:001 stat:DELIVRD err:000 text:x";
    CHECK(read(0x04, receipt));
    CHECK(read(0x20, receipt));
    CHECK(read(0x04, receipt, true));
    CHECK_FALSE(read(0x04, "TOLONG saya dikurung"));
    CHECK_FALSE(read(0x00, receipt));
    sms::ReceiptDialect dialect;
    dialect.unmarked = true;
    CHECK(read(0x00, receipt, false, dialect));
    CHECK_FALSE(read(0x00, "TOLONG saya dikurung", false, dialect));
}
