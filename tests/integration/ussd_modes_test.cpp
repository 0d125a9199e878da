#include <catch2/catch.hpp>

#include "gateway/casework/words.hpp"
#include "gateway/understand/pack/data.hpp"
#include "tests/support/http_front.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using storage::ReplyMode;
using tests::kinds;
using tests::mentions;
using tests::Phones;
using tests::ticket_in;

namespace {

const std::string ani = "+628400000001";
const std::string cover = "Harga cabai hari ini: tanya pasar.";

/// A phone in its language, whose owner has what `set` says.
class Owner {
public:
    explicit Owner(std::string language) : language_(std::move(language)) {}

    void set(std::function<void(storage::ReplyPolicy&)> change) {
        auto apply = [&](storage::Unit& unit) {
            const auto key = village.vault.lookup("msisdn", ani);
            auto policy = unit.reply_policy(key).value_or(storage::ReplyPolicy{});
            policy.number_key = key;
            policy.changed_at = unit.now();
            change(policy);
            unit.set(policy);
        };
        village.run(Phones::ignore(village.access->commit(apply)));
    }
    void set(ReplyMode mode) {
        set([mode](storage::ReplyPolicy& policy) { policy.mode = mode; });
    }
    void agree_on(const std::string& word) {
        set([&](storage::ReplyPolicy& policy) { policy.safe_word = casework::word_key(village.vault, ani, word); });
    }

    ussd::Shown walk(const std::string& session, const std::vector<std::string>& keys) {
        auto shown = village.dial(ani, session);
        if (language_ == "en") {
            for (const auto* key : {"6", "2"}) shown = village.press(ani, session, key);
        }
        for (const auto& key : keys) shown = village.press(ani, session, key);
        return shown;
    }
    std::string say(const understand::Localised& text) const {
        return std::string(tests::sambas()->say(text, language_));
    }
    const std::string& language() const { return language_; }
    std::string bye() const { return say(tests::sambas()->data().ussd.bye); }

    Phones village;

private:
    std::string language_;
};

const std::vector<std::string> report{"1", "1", "5", "sebunga", "1"}, nothing_said{"0"}, help{"2"};

}  // namespace

TEST_CASE("silent: every session ends as one in which nothing was said, and all is kept and acted on", "[ussd]") {
    Owner owner(GENERATE("id", "en"));
    SECTION("a person's own mode") {
        owner.set(ReplyMode::silent);
    }
    SECTION("the channel's") {
        owner.village.wording.mode = ReplyMode::silent;
    }
    SECTION("a phone that others read") {
        owner.set([&](storage::ReplyPolicy& policy) { policy.watched_until = owner.village.now.read() + 24h; });
    }
    SECTION("an owner who wants no answer now, whatever the channel's mode") {
        owner.village.wording.mode = ReplyMode::full;
        owner.set([&](storage::ReplyPolicy& policy) { policy.quiet_until = owner.village.now.read() + 24h; });
    }
    const auto nothing = owner.walk("s0", nothing_said);
    CHECK(nothing.end);
    CHECK(nothing.screen == owner.bye());
    CHECK(owner.village.messages().empty());
    const auto told = owner.walk("s1", report);
    CHECK(told.end);
    CHECK(told.screen == owner.bye());
    const auto called = owner.walk("s2", help);
    CHECK(called.end);
    CHECK(called.screen == owner.bye());
    CHECK(owner.walk("s3", {"3", "1"}).screen == owner.bye());
    CHECK(owner.walk("s4", {"5", "SB7K2Q"}).screen == owner.bye());
    REQUIRE(owner.village.reports().size() == 2);
    CHECK(owner.village.reports()[0].people == 5u);
    CHECK(kinds(owner.village.alerts()) == std::vector{AlertKind::departure_now, AlertKind::sos});
    for (const auto& message : owner.village.messages()) CHECK(owner.village.replies_to(message.id).empty());
    CHECK(owner.village.ledger().balances());
}

TEST_CASE("cover: the channel's cover text ends every session, or the silent end where it has none", "[ussd]") {
    Owner owner(GENERATE("id", "en"));
    std::string line = cover;
    SECTION("of the channel") {
        owner.village.wording.mode = ReplyMode::cover;
        owner.village.wording.cover_text = cover;
    }
    SECTION("of a person, who is believed to be read by others too") {
        owner.village.wording.cover_text = cover;
        owner.set([&](storage::ReplyPolicy& policy) {
            policy.mode = ReplyMode::cover;
            policy.watched_until = owner.village.now.read() + 24h;
        });
    }
    SECTION("of a person, by a channel without a cover text") {
        owner.set(ReplyMode::cover);
        line = owner.bye();
    }
    for (const auto& keys : {nothing_said, report, help}) {
        const auto shown = owner.walk("s" + std::to_string(keys.size()) + keys[0], keys);
        CHECK(shown.end);
        CHECK(shown.screen == line);
    }
    CHECK(kinds(owner.village.alerts()) == std::vector{AlertKind::departure_now, AlertKind::sos});
}

TEST_CASE("coded: silent, until the agreed word is typed in the session; then what happens next", "[ussd]") {
    Owner owner(GENERATE("id", "en"));
    owner.set(ReplyMode::coded);
    owner.agree_on("hujan");
    CHECK(owner.walk("s1", report).screen == owner.bye());
    CHECK(owner.walk("s2", help).screen == owner.bye());
    const auto shown = owner.walk("s3", {"tolong saya dikurung hujan"});
    CHECK(shown.end);
    CHECK(shown.screen == tests::sambas()->reply("full_sos", {}, owner.language()));
    CHECK(owner.walk("s4", {"tolong saya dikurung"}).screen == owner.bye());
}

TEST_CASE("coded: the word may be an answer, and no choice of the menu is taken for it", "[ussd]") {
    Owner owner("id");
    owner.set(ReplyMode::coded);
    owner.agree_on("tikus");
    CHECK(owner.walk("s1", report).screen == owner.bye());  // "Lewat jalan tikus" was pressed, not typed
    owner.agree_on("gudang");
    const auto shown = owner.walk("s2", {"1", "3", "5", "gudang", "4"});
    CHECK(shown.screen.starts_with("Diterima, kode "));
}

TEST_CASE("full: the last screen says what happens next, a call for help's without a code", "[ussd]") {
    Owner owner(GENERATE("id", "en"));
    SECTION("of a person") {
        owner.set(ReplyMode::full);
    }
    SECTION("of the channel") {
        owner.village.wording.mode = ReplyMode::full;
    }
    const auto& pack = *tests::sambas();
    const auto& language = owner.language();
    const auto told = owner.walk("s1", report).screen;
    const auto guided = pack.reply("full_report", {{"ref", "SB7K2Q"}}, language);
    CHECK(told.size() == guided.size());
    CHECK(told.substr(0, 15) == guided.substr(0, 15));
    CHECK(told.substr(30) == guided.substr(30));
    CHECK(owner.walk("s2", {"3", "1"}).screen == pack.reply("full_safe", {}, language));
    CHECK_FALSE(owner.walk("s3", help).end);
    CHECK(owner.village.press(ani, "s3", "1").screen == pack.reply("full_sos", {}, language));
    CHECK(owner.walk("s4", nothing_said).screen == owner.bye());
}

TEST_CASE("who called for help, or wants no calls, gets no code for what they report later", "[ussd]") {
    Owner owner("id");
    SECTION("by SMS") {
        owner.village.say(ani, "tolong saya dikurung majikan");
    }
    SECTION("by the menu, an hour ago") {
        owner.walk("s1", help);
    }
    SECTION("and no calls") {
        owner.set([](storage::ReplyPolicy& policy) { policy.calls = storage::Calls::no; });
    }
    CHECK(owner.walk("s2", report).screen == "Pesan diterima. Terima kasih.");
}

TEST_CASE("what broke off is not offered again where nothing may be shown of it", "[ussd]") {
    Owner owner("id");
    owner.walk("s1", {"1", "1", "5"});
    owner.village.now += std::chrono::seconds(20);
    SECTION("neutral: it is") {
        CHECK(owner.village.dial(ani, "s2").screen.starts_with("Lanjutkan yang tadi?"));
    }
    SECTION("silent, cover and coded: it is not, and its report stands") {
        owner.set(GENERATE(ReplyMode::silent, ReplyMode::cover, ReplyMode::coded));
        CHECK(owner.village.dial(ani, "s2").screen.starts_with("Layanan Desa"));
        CHECK(owner.village.messages()[0].fate == Fate::understood);
    }
}

TEST_CASE("words in the menu that ask for silence are heeded by its last screen", "[ussd]") {
    Owner owner("id");
    const auto shown = owner.walk("s1", {"majikan saya baca hp ini, tolong saya"});
    CHECK(shown.end);
    CHECK(shown.screen == owner.bye());
    CHECK(kinds(owner.village.alerts()) == std::vector{AlertKind::sos});
}

TEST_CASE("over HTTP a channel's mode words the last screen", "[ussd][http]") {
    tests::HttpFront network;
    network.add_channel("menu", "json");
    network.village.wording.mode = ReplyMode::cover;
    network.village.wording.cover_text = cover;
    const auto turn = [&](const std::string& text) {
        return network
            .request("POST", "/v1/ussd/menu?key=k", {{"Content-Type", "application/x-www-form-urlencoded"}},
                     "sessionId=s1&serviceCode=*384%23&phoneNumber=%2B628400000001&text=" + text)
            .body;
    };
    CHECK(turn("").starts_with("CON Layanan Desa\n"));
    CHECK(turn("2") == "END " + cover);
    CHECK(turn("2") == "END " + cover);
    CHECK(kinds(network.village.alerts()) == std::vector{AlertKind::sos});
}
