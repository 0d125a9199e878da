// What comes as a receipt, or reads as one, from its PDU to the store: what is ours settles a reply, and what a person
// may have written is kept as a text.
#include <catch2/catch.hpp>
#include <functional>

#include "gateway/channel/smpp_inbox.hpp"
#include "tests/support/receipt_rows.hpp"
#include "tests/support/reply_channel.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using sms::Remark;
using storage::ReplyState;

namespace {

const std::string ani = "628400000001";
constexpr std::uint8_t marked = 0x04, unmarked = 0x00;
constexpr const char* nonsense = "Message 4711 delivered";

/// A channel's inbox: PDUs in, rows out.
struct Inbox : tests::ReplyChannel {
    explicit Inbox(SmppChannelOptions settings = {}) : ReplyChannel(std::move(settings)) { open(); }

    void open() {
        auto route = [] {
            casework::ReplyRoute back;
            back.how = casework::ReplyRoute::How::channel;
            back.channel = "operator";
            back.ready = true;
            return back;
        };
        inbox.emplace(options, *village.intake, telemetry, route,
                      [this](const intake::Accepted& accepted) { last = accepted; });
    }
    /// The process ends and begins again.
    void restart() {
        inbox.reset();
        ReplyChannel::restart();
        open();
    }
    /// What the text came to; `message` is 0 when it was taken for a receipt. `meanwhile`: before it is settled.
    intake::Accepted hear(
        std::uint8_t esm_class, const std::string& text, const std::vector<std::byte>& tlvs = {},
        const std::function<void()>& meanwhile = [] {}) {
        smpp::ShortMessage message;
        message.source = {1, 1, ani};
        message.destination = {0, 1, "9840"};
        message.esm_class = esm_class;
        message.short_message = std::as_bytes(std::span(text));
        message.tlvs = smpp::Tlvs(tlvs);
        std::optional<channel::SmppInbox::Taken> taken;
        last = {};
        inbox->take(message, {"", 0, *sender}, [&](const channel::SmppInbox::Taken& how) { taken = how; });
        meanwhile();
        while (!taken) {
            village.loop.restart();
            village.loop.run_one_for(10s);
        }
        CHECK(taken->how == intake::Accepted::How::stored);
        CHECK(taken->message == last.message);
        return last;
    }
    storage::Message row_of(const intake::Accepted& accepted) {
        return village.ask([&](storage::View& view) { return view.message(accepted.message).value(); });
    }
    std::string text_of(const intake::Accepted& accepted) {
        const auto row = row_of(accepted);
        return village.vault.open(storage::Table::message, storage::Column::text, row.id, row.text)->reveal();
    }
    std::vector<storage::Receipt> receipts() { return tests::receipt_rows(village.store_file()); }
    bool asked() {
        const auto key = village.vault.lookup("msisdn", "+" + ani);
        return village.ask([&](storage::View& view) { return view.dialogue_of(key, village.now.read()); }).has_value();
    }

    std::optional<channel::SmppInbox> inbox;
    intake::Accepted last;
};

SmppChannelOptions with(const sms::ReceiptDialect& dialect) {
    SmppChannelOptions options;
    options.receipt_dialect = dialect;
    return options;
}

sms::ReceiptDialect unmarked_ones(const char* pattern = nullptr) {
    sms::ReceiptDialect dialect;
    dialect.unmarked = true;
    std::string fault;
    if (pattern != nullptr) dialect.pattern = sms::ReceiptPattern::compile(pattern, fault);
    return dialect;
}

}  // namespace

TEST_CASE("D9: a notice of the SMSC, or one that quotes us, changes nothing of the number and raises nothing",
          "[receipts][D9]") {
    Inbox inbox;
    const auto key = inbox.village.vault.lookup("msisdn", "+" + ani);
    const auto opted_out = [&] { return inbox.village.ask([&](storage::View& view) { return view.opted_out(key); }); };
    const auto policy = [&] {
        return inbox.village.ask([&](storage::View& view) { return view.reply_policy(key).has_value(); });
    };
    inbox.hear(unmarked, "BERHENTI");
    REQUIRE(opted_out());
    for (const auto* text : {"Message 4711 delivered: Anda tidak akan menerima SMS lagi. Untuk aktif lagi balas MULAI.",
                             "Message 4711 delivered: Thank you, noted. Send SAFE any time, SOS in danger.",
                             "Pesan gagal terkirim, nomor tidak aktif", "SMS ke 0840000001 gagal: HP mati", "MULAI",
                             "AMAN", "TIBA kuching", "BERHENTI"}) {
        CAPTURE(text);
        const auto heard = inbox.hear(marked, text);
        CHECK(inbox.text_of(heard) == text);
        CHECK_FALSE(heard.handled.reply);
        CHECK(heard.handled.report == 0);
    }
    CHECK(opted_out());
    CHECK(inbox.village.alerts().empty());
    CHECK_FALSE(inbox.hear(marked, "jangan balas, hp dipegang bos, jangan telpon").handled.reply);
    CHECK_FALSE(policy());
}

TEST_CASE("D9: a marked text that only a pattern without words fits is a person's, unless it names a reply of ours",
          "[receipts][D9]") {
    sms::ReceiptDialect dialect;
    std::string fault;
    dialect.pattern = sms::ReceiptPattern::compile("{id},{stat},{err}", fault);
    REQUIRE(dialect.pattern);
    Inbox inbox(with(dialect));
    const std::string call = "TOLONG,5,orang dikurung di sebunga";
    const auto heard = inbox.hear(marked, call);
    REQUIRE(heard.message != 0);
    CHECK(inbox.text_of(heard) == call);
    CHECK(inbox.receipts().empty());
}

TEST_CASE("D9: what says it is a receipt and reads as none is kept and read, and nobody is answered",
          "[receipts][D9]") {
    Inbox inbox;
    const auto strange = inbox.hear(marked, nonsense);
    CHECK(inbox.text_of(strange) == nonsense);
    CHECK(has(inbox.row_of(strange).remarks, Remark::stray_receipt));
    CHECK_FALSE(inbox.row_of(strange).raw.empty());  // its alphabet may be another
    CHECK_FALSE(strange.handled.reply);
    CHECK(strange.handled.fate == Fate::unclear);

    const auto call = inbox.hear(marked, "TOLONG saya dikurung di Sebunga");
    CHECK(call.handled.fate == Fate::understood);
    CHECK(inbox.village.alerts().size() == 1);
    CHECK_FALSE(call.handled.reply);
    CHECK_FALSE(inbox.asked());
    CHECK(inbox.hear(unmarked, "TOLONG saya dikurung di Sebunga").handled.reply);
    CHECK(inbox.receipts().empty());
    CHECK(inbox.village.ledger().received == 3);
    CHECK(inbox.village.ledger_is_true());
}

TEST_CASE("D9: a receipt that reads as none answers no question and corrects no report", "[receipts][D9]") {
    Inbox inbox;
    const auto report = inbox.hear(unmarked, "lapor ada org naik mobil lewat jln tikus skrg");
    REQUIRE(report.handled.fate == Fate::clarifying);
    const bool restarted = GENERATE(false, true);
    if (restarted) inbox.restart();
    for (const char* text : {"Sebunga", "LEWAT", "bukan 5 tapi 3", nonsense}) {
        const auto stray = inbox.hear(marked, text);
        CHECK_FALSE(stray.handled.reply);
        CHECK(inbox.asked());
    }
    const auto row = inbox.village.ask([&](storage::View& view) { return view.report_of(report.message); });
    REQUIRE(row);
    CHECK(row->place.empty());
    CHECK_FALSE(row->people);
    CHECK_THAT(inbox.hear(unmarked, "Sebunga").handled.reply_text, Catch::Contains("Berapa orang?"));
}

TEST_CASE("D9: receipts that read as none count as nothing their number sent", "[receipts][D9]") {
    Inbox inbox;
    for (int i = 0; i < 40; ++i) inbox.hear(marked, nonsense);  // above the limits of a minute and of a day
    const bool restarted = GENERATE(false, true);
    if (restarted) inbox.restart();
    CHECK(inbox.hear(unmarked, "LAPOR calo di Sebunga").handled.reply);
}

TEST_CASE("D9: a part that says it is a receipt ends in nobody's text", "[receipts][D9]") {
    std::vector<std::byte> first, second;
    for (auto* tlvs : {&first, &second}) {
        smpp::append_tlv(smpp::Tag::sar_msg_ref_num, std::array{std::byte{0}, std::byte{7}}, *tlvs);
        smpp::append_tlv(smpp::Tag::sar_total_segments, std::uint8_t{2}, *tlvs);
        smpp::append_tlv(smpp::Tag::sar_segment_seqnum, static_cast<std::uint8_t>(tlvs == &first ? 1 : 2), *tlvs);
    }
    Inbox inbox;
    CHECK(inbox.hear(unmarked, "LAPOR 5 orang naik mobil ", first).handled.fate == Fate::waiting_segments);
    const auto stray = inbox.hear(marked, nonsense, second);
    CHECK(has(inbox.row_of(stray).remarks, Remark::stray_segment));
    CHECK(inbox.hear(unmarked, "lewat jalan tikus dekat sebunga skrg", second).handled.fate == Fate::understood);
}

TEST_CASE("D10: an unmarked receipt is one only where it names a reply of ours", "[receipts][D10]") {
    Inbox inbox(with(unmarked_ones()));
    const auto reply = inbox.reply_to("+" + ani);
    const auto left = inbox.leave();
    REQUIRE(left.size() == 1);
    const std::string receipt = "id:ab-12 sub:001 dlvrd:001 stat:DELIVRD err:000 text:";
    SECTION("of ours: it settles the reply, though its answer came in the same read") {
        inbox.wire->answer(left.at(0), smpp::CommandStatus::ok, "ab-12", inbox.now);
        while (const auto event = inbox.wire->session.poll(inbox.now)) {
            if (const auto* ended = std::get_if<smpp::RequestEnded>(&*event)) inbox.sender->ended(*ended, inbox.now);
        }
        CHECK(inbox.hear(unmarked, receipt).message == 0);
        CHECK(inbox.row(reply).state == ReplyState::confirmed);
        CHECK(inbox.receipts().size() == 1);
    }
    SECTION("of ours: its answer came after it") {
        CHECK(inbox.hear(unmarked, receipt, {}, [&] { inbox.answer(left.at(0), "ab-12"); }).message == 0);
        CHECK(inbox.row(reply).state == ReplyState::confirmed);
    }
    SECTION("of nobody's: it is kept as a text, and nothing of it stands where a receipt would") {
        inbox.answer(left.at(0), "7");
        const auto text = inbox.hear(unmarked, receipt);
        CHECK(inbox.text_of(text) == receipt);
        CHECK(has(inbox.row_of(text).remarks, Remark::stray_receipt));
        CHECK_FALSE(text.handled.reply);
        CHECK(inbox.receipts().empty());
        CHECK(inbox.row(reply).state == ReplyState::sent);
    }
    SECTION("marked and of nobody's: a receipt all the same, which may still be waited for") {
        inbox.answer(left.at(0), "7");
        CHECK(inbox.hear(marked, receipt).message == 0);
        CHECK(inbox.receipts().size() == 1);
    }
}

TEST_CASE("D10: unmarked words that read as a receipt under a pattern are a call for help all the same",
          "[receipts][D10]") {
    Inbox inbox(with(unmarked_ones("tolong {id} {stat}")));
    const auto call = inbox.hear(unmarked, "TOLONG dikurung 5 orang di Sebunga");  // no state: a text
    CHECK(call.handled.reply);
    const auto odd = inbox.hear(unmarked, "TOLONG sebunga 5");
    CHECK(inbox.text_of(odd) == "TOLONG sebunga 5");
    CHECK_FALSE(inbox.village.alerts().empty());
    CHECK(inbox.receipts().empty());
}

TEST_CASE("D10: where nothing is said of unmarked ones, a receipt that nothing marks is a text", "[receipts][D10]") {
    Inbox inbox;
    const auto text = inbox.hear(unmarked, "id:7 sub:001 dlvrd:001 stat:DELIVRD err:000 text:x");
    CHECK(inbox.text_of(text) == "id:7 sub:001 dlvrd:001 stat:DELIVRD err:000 text:x");
    CHECK_FALSE(has(inbox.row_of(text).remarks, Remark::stray_receipt));
    CHECK(inbox.receipts().empty());
}

TEST_CASE("D8: an operator's own words for a state settle replies", "[receipts][D8]") {
    sms::ReceiptDialect dialect;
    dialect.words = {{"ok"}, {"fail"}};
    const bool arrived = GENERATE(true, false);
    Inbox inbox(with(dialect));
    const auto reply = inbox.reply_to("+" + ani);
    inbox.answer(inbox.leave().at(0), "7");
    CHECK(inbox.hear(marked, arrived ? "id:7 stat:OK" : "id:7 stat:FAIL").message == 0);
    CHECK(inbox.row(reply).state == (arrived ? ReplyState::confirmed : ReplyState::dropped));
}
