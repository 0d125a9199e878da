#include "gateway/channel/http_sender.hpp"

#include <catch2/catch.hpp>
#include <mutex>

#include "gateway/dispatch/reply_dispatcher.hpp"
#include "protocol/sms/receipt.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/store_fixture.hpp"

using namespace jejak;
using channel::HttpSender;
using net::Answer;
using net::Incoming;
using storage::Reply;
using storage::ReplyState;
using storage::Table;
using storage::testing::eventually;
using storage::testing::test_vault;
using test::Loop;
using test::RunningServer;
using namespace std::chrono_literals;

namespace {

const std::string number = "+628400000001";
const std::string text = "Pesan diterima. Ref 7K2MPQ.";

/// A provider's send API: answers as told, and remembers what it was asked.
class Provider {
public:
    struct Asked {
        std::string method, target, body, authorization;
    };

    explicit Provider(Loop& loop) : loop_(loop) { open("127.0.0.1:0"); }

    void answer_with(unsigned status, std::string body = R"({"sid":"SM0001"})", std::string retry_after = {}) {
        const std::lock_guard lock(mutex_);
        answer_.status = status;
        answer_.body = std::move(body);
        answer_.headers.clear();
        if (!retry_after.empty()) answer_.headers.emplace_back("Retry-After", retry_after);
    }
    /// Takes requests and says nothing, until the test is over.
    void hang() {
        loop_.call([this] { held_ = std::make_shared<net::asio::steady_timer>(loop_.executor(), SteadyTime::max()); });
    }
    void release() {
        loop_.call([this] { std::exchange(held_, nullptr)->cancel(); });
    }
    void close() { server_.reset(); }
    void open_again() { open(address_); }

    std::vector<Asked> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    bool wait_for(std::size_t count) {
        return eventually([&] { return asked().size() >= count; });
    }
    std::string url() const { return "http://" + address_; }

private:
    void open(const std::string& listen) {
        net::HttpServerOptions options;
        options.listen = listen;
        server_ = std::make_unique<RunningServer>(loop_, options, [this](Incoming in) { return take(std::move(in)); });
        address_ = server_->address();
    }
    net::awaitable<Answer> take(Incoming incoming) {
        const auto& http = incoming.http;
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(
                {http.method, http.target, http.body, std::string(http.header("authorization").value_or(""))});
        }
        if (const auto held = held_) co_await held->async_wait(net::use_tuple);
        const std::lock_guard lock(mutex_);
        co_return answer_;
    }

    Loop& loop_;
    std::unique_ptr<RunningServer> server_;
    std::string address_;
    std::shared_ptr<net::asio::steady_timer> held_;
    std::mutex mutex_;
    std::vector<Asked> asked_;
    Answer answer_;
};

/// One channel's sender on a store of its own, with the dispatcher that gives it what waits.
class Desk {
public:
    Desk(Loop& loop, const std::string& url, std::chrono::milliseconds timeout = 15s,
         const std::string& preset = "twilio")
        : loop_(loop), store_(open_store()), access_(loop.executor(), *store_) {
        HttpChannelOptions options;
        options.name = "twilio";
        options.service_number = "9840";
        options.send = *channel::send_preset(preset);
        options.send.url = url + "/Accounts/{account}/Messages.json";
        options.send.account = "AC1";
        options.send.secret = SensitiveText("rahasia");
        options.send.allow_private_address = true;
        options.send.timeout = timeout;
        const auto public_id = [](storage::Id id) { return test_vault().public_id(Table::reply, id); };
        loop_.call([&] {
            sender_ = std::make_unique<HttpSender>(options, access_, telemetry_, public_id);
            replies_ = std::make_unique<dispatch::ReplyDispatcher>(access_, test_vault(),
                                                                   std::vector<channel::ReplyExit*>{sender_.get()});
        });
        start();
    }
    ~Desk() {
        try {
            stop();
            loop_.call([this] {
                replies_.reset();
                sender_.reset();
            });
            store_->close();
        } catch (const std::exception&) {
            std::terminate();
        }
    }

    void start() {
        group_ = std::make_unique<net::TaskGroup>(loop_.executor());
        loop_.call([this] {
            group_->spawn("sender", sender_->run());
            group_->spawn("replies", replies_->run());
        });
        REQUIRE(eventually([&] { return loop_.call([this] { return sender_->ready(); }); }));
    }
    /// Ends the sender; what it decided is durable then.
    void stop() {
        if (!group_) return;
        loop_.call([this] { group_->stop(); });
        if (!loop_.run(group_->join(10s))) throw std::runtime_error("the sender does not end");
        group_.reset();
        // The writer takes units in order: once this one is durable, what the sender gave back is too.
        REQUIRE(storage::testing::commit(*store_, [](storage::Unit&) {}) == storage::Committed::durable);
    }

    /// Writes a reply as sent and hands it over, as the gateway does.
    storage::Id reply(std::chrono::milliseconds validity = 10min, const std::string& words = text) {
        const auto id = store(ReplyState::sent, validity);
        const auto until = wall_now() + validity;
        loop_.call([&] { sender_->submit({id, number, words, until}); });
        return id;
    }
    /// `opens` false: its text was sealed for another place.
    storage::Id store(ReplyState state, std::chrono::milliseconds validity = 10min, bool opens = true) {
        storage::Id id = 0;
        const auto& vault = test_vault();
        const auto add = [&](storage::Unit& unit) {
            Reply reply;
            reply.id = id = unit.next_id(Table::reply);
            reply.message = unit.next_id(Table::message);
            auto message = storage::testing::message_of(reply.message);
            unit.add(message);
            reply.channel = "twilio";
            reply.state = state;
            reply.to_key = vault.lookup("msisdn", number);
            reply.to = vault.seal(Table::reply, storage::Column::number, id, number);
            reply.text = vault.seal(Table::reply, opens ? storage::Column::text : storage::Column::number, id, text);
            reply.valid_until = wall_now() + validity;
            unit.add(reply);
        };
        REQUIRE(storage::testing::commit(*store_, add) == storage::Committed::durable);
        return id;
    }

    std::size_t count(ReplyState state) {
        const auto all = storage::testing::ask(*store_, [](storage::View& view) { return view.ledger().replies; });
        return static_cast<std::size_t>(all[static_cast<std::size_t>(state)]);
    }
    bool known(const std::string& provider_id) {
        return storage::testing::ask(*store_, [id = sms::canonical_id(provider_id)](storage::View& view) {
            return !view.replies_with_id("twilio", id, WallTime{}, 1).empty();
        });
    }
    std::string trouble() {
        return loop_.call([this] { return sender_->trouble(); });
    }
    bool ready() {
        return loop_.call([this] { return sender_->ready(); });
    }

private:
    std::unique_ptr<storage::Store> open_store() {
        storage::SqliteOptions options;
        options.file = folder_ / "jejak.db";
        return storage::open_sqlite(options, test_vault());
    }

    Loop& loop_;
    storage::testing::TempFolder folder_;
    std::unique_ptr<storage::Store> store_;
    StoreAccess access_;
    Telemetry telemetry_;
    std::unique_ptr<HttpSender> sender_;
    std::unique_ptr<dispatch::ReplyDispatcher> replies_;
    std::unique_ptr<net::TaskGroup> group_;
};

}  // namespace

TEST_CASE("a reply leaves through the provider's call, and its id is kept", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201);
    Desk desk(loop, provider.url());
    desk.reply();
    REQUIRE(eventually([&] { return desk.known("SM0001"); }));
    const auto asked = provider.asked();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].method == "POST");
    CHECK(asked[0].target == "/Accounts/AC1/Messages.json");
    CHECK(asked[0].authorization == "Basic QUMxOnJhaGFzaWE=");
    CHECK(asked[0].body.starts_with("To=%2B628400000001&From=9840&Body=Pesan%20diterima.%20Ref%207K2MPQ."));
    CHECK(asked[0].body.find("&ValidityPeriod=600") != std::string::npos);
    CHECK(desk.count(ReplyState::sent) == 1);
    CHECK(desk.trouble().empty());
}

TEST_CASE("many replies leave, each once", "[http_sender]") {
    constexpr std::size_t count = 3 * dispatch::ReplyDispatcher::page + 8;
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201, "{}");
    Desk desk(loop, provider.url());
    for (std::size_t i = 0; i < count; ++i) desk.reply();
    REQUIRE(provider.wait_for(count));
    desk.stop();
    CHECK(provider.asked().size() == count);
    CHECK(desk.count(ReplyState::sent) == count);
}

TEST_CASE("a provider that asks for patience gets the reply again when it said", "[http_sender]") {
    struct Row {
        unsigned status;
        std::string retry_after;
    };
    const auto row = GENERATE(values<Row>({{429, ""}, {429, "1"}, {503, "1"}}));
    CAPTURE(row.status, row.retry_after);
    Loop loop;
    Provider provider(loop);
    provider.answer_with(row.status, "", row.retry_after);
    Desk desk(loop, provider.url());
    desk.reply();
    REQUIRE(eventually([&] { return desk.count(ReplyState::pending) == 1; }));
    CHECK_FALSE(desk.ready());
    CHECK(desk.trouble() == "http_" + std::to_string(row.status));
    provider.answer_with(201);
    REQUIRE(eventually([&] { return desk.known("SM0001"); }));
    CHECK(provider.asked().size() == 2);
    CHECK(desk.count(ReplyState::sent) == 1);
    CHECK(desk.trouble().empty());
}

TEST_CASE("a provider that is not there gets the reply once it is", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201);
    provider.close();
    Desk desk(loop, provider.url());
    desk.reply();
    REQUIRE(eventually([&] { return desk.count(ReplyState::pending) == 1; }));
    CHECK(desk.trouble() == "refused");
    provider.open_again();
    REQUIRE(eventually([&] { return desk.known("SM0001"); }));
    CHECK(provider.asked().size() == 1);
}

TEST_CASE("a reply that may have been taken is never sent again", "[http_sender]") {
    const auto status = GENERATE(500u, 502u, 503u, 504u, 408u);
    CAPTURE(status);
    Loop loop;
    Provider provider(loop);
    provider.answer_with(status, "");
    Desk desk(loop, provider.url());
    desk.reply();
    REQUIRE(provider.wait_for(1));
    provider.answer_with(201);
    desk.reply();  // a later one goes its way
    REQUIRE(eventually([&] { return desk.known("SM0001"); }));
    CHECK(provider.asked().size() == 2);
    CHECK(desk.count(ReplyState::sent) == 2);
    CHECK(desk.count(ReplyState::pending) == 0);
}

TEST_CASE("a reply whose answer never comes stays sent", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201);
    provider.hang();
    Desk desk(loop, provider.url(), 1s);
    desk.reply();
    REQUIRE(provider.wait_for(1));
    desk.stop();  // waits for the call under way
    provider.release();
    CHECK(desk.count(ReplyState::sent) == 1);
    CHECK(provider.asked().size() == 1);
}

TEST_CASE("what a provider refuses is dropped", "[http_sender]") {
    const auto status = GENERATE(400u, 401u, 404u, 422u, 302u);
    CAPTURE(status);
    Loop loop;
    Provider provider(loop);
    provider.answer_with(status, R"({"code":21211})");
    Desk desk(loop, provider.url());
    desk.reply();
    REQUIRE(eventually([&] { return desk.count(ReplyState::dropped) == 1; }));
    CHECK(provider.asked().size() == 1);
    CHECK(desk.ready());
    CHECK(desk.trouble() == (status == 401 || status == 404 ? "http_" + std::to_string(status) : ""));
}

TEST_CASE("an answer that names nothing taken is a refusal, and the owner hears of it", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201, R"({"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}})");
    Desk desk(loop, provider.url(), 15s, "africastalking");
    desk.reply();
    REQUIRE(eventually([&] { return desk.count(ReplyState::dropped) == 1; }));
    CHECK(provider.asked().size() == 1);
    CHECK(desk.trouble() == "nothing_taken");
}

TEST_CASE("a text of several SMS that a busy provider may have begun is not sent again", "[http_sender]") {
    struct Row {
        std::string words;
        ReplyState state;
    };
    const auto row = GENERATE(
        values<Row>({{std::string(160, 'a'), ReplyState::pending}, {std::string(161, 'a'), ReplyState::sent}}));
    CAPTURE(row.words.size());
    Loop loop;
    Provider provider(loop);
    provider.answer_with(200, R"({"messages":[{"status":"1"}]})");
    Desk desk(loop, provider.url(), 15s, "vonage");
    desk.reply(10min, row.words);
    REQUIRE(eventually([&] { return !desk.trouble().empty() && desk.count(row.state) == 1; }));
    CHECK_FALSE(desk.ready());
    desk.stop();
    CHECK(provider.asked().size() == 1);
    CHECK(desk.count(row.state) == 1);
}

TEST_CASE("a reply that does not open is dropped, and holds up no other", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201);
    Desk desk(loop, provider.url());
    desk.store(ReplyState::pending, 10min, false);
    desk.store(ReplyState::pending);
    REQUIRE(eventually([&] { return desk.known("SM0001"); }));
    REQUIRE(eventually([&] { return desk.count(ReplyState::dropped) == 1; }));
    CHECK(desk.count(ReplyState::sent) == 1);
    CHECK(provider.asked().size() == 1);
}

TEST_CASE("what waits when the gateway stops is pending, and leaves when it starts again", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201, "{}");
    provider.hang();
    Desk desk(loop, provider.url(), 1s);
    for (int i = 0; i < 10; ++i) desk.reply();
    REQUIRE(provider.wait_for(4));  // so many are under way at once
    desk.stop();
    provider.release();
    CHECK(desk.count(ReplyState::sent) == 4);
    CHECK(desk.count(ReplyState::pending) == 6);
    CHECK(provider.asked().size() == 4);
    desk.start();
    REQUIRE(eventually([&] { return desk.count(ReplyState::sent) == 10; }));
    REQUIRE(provider.wait_for(10));
    desk.stop();
    CHECK(provider.asked().size() == 10);
}

TEST_CASE("a reply whose time is over does not leave", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    provider.answer_with(201);
    Desk desk(loop, provider.url());
    desk.reply(-1s);
    REQUIRE(eventually([&] { return desk.count(ReplyState::dropped) == 1; }));
    CHECK(provider.asked().empty());
}

TEST_CASE("a private address is not called without permission: nothing leaves, nothing is lost", "[http_sender]") {
    Loop loop;
    Provider provider(loop);
    channel::SendOptions send = *channel::send_preset("httpsms");
    send.url = provider.url() + "/send";
    net::HttpClientOptions options;
    net::HttpClient client(loop.executor(), channel::origin_of(send), options);
    const auto sent = loop.run(client.request("POST", "/send", {}, "{}"));
    CHECK(channel::judge(send, sent).how == channel::Judged::How::later);
    CHECK(provider.asked().empty());
}
