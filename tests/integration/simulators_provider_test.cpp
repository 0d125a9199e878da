// Both halves of an aggregator: what it posts, and the send calls it takes.
#include <catch2/catch.hpp>

#include "gateway/channel/send_call.hpp"
#include "gateway/net/target.hpp"
#include "protocol/dialect/dialect.hpp"
#include "simulators/http_dialect.hpp"
#include "simulators/provider.hpp"
#include "tests/support/on_loop.hpp"

namespace jejak::sim {
namespace {

using test::Running;

}  // namespace

TEST_CASE("what an aggregator signs is authentic, and is read as it was meant") {
    const auto name = GENERATE(as<std::string>(), "json", "kannel", "twilio", "vonage", "infobip", "africastalking",
                               "android", "httpsms");
    const auto id = GENERATE(as<std::string>(), "m-1", "");
    CAPTURE(name, id);
    const std::string url = "http://127.0.0.1:8080/v1/in/app?a=b";
    const AggregatorText text{.from = "+628400000001", .to = "+628400009840", .text = "LAPOR a+b & c% é=1", .id = id};
    const auto call = call_of({*parse_dialect(name), url, "kunci-uji"}, text, "2025-09-12T14:10:00Z");
    net::HttpRequest request;
    request.method = call.method;
    request.target = call.target;
    request.query = net::split_query(call.target).value();
    for (auto [header, value] : call.headers) {
        for (auto& c : header) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        request.headers.emplace_back(header, value);
    }
    request.body = call.body;
    const auto& dialect = *dialect::find(name);
    const auto now = from_rfc3339("2025-09-12T14:10:01Z").value();
    CHECK(dialect.methods.find(call.method) != std::string_view::npos);
    CHECK(dialect.authentic(request, {"kunci-uji", url, now}));
    CHECK_FALSE(dialect.authentic(request, {"kunci-ujj", url, now}));
    const auto messages = dialect.read(request, "62");
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    CHECK(messages->front().sender.address == "+628400000001");
    CHECK(messages->front().text.reveal() == text.text);
    CHECK(messages->front().remarks == 0);
    const auto& provider_id = messages->front().provider_id;
    if (name == "twilio") {
        CHECK(provider_id.size() == 34);
    } else if (!id.empty()) {
        CHECK(provider_id.starts_with(id));
    }
}

TEST_CASE("a provider takes the send calls of each preset, and can be told to refuse them") {
    test::on_loop([](net::asio::io_context& loop) -> net::awaitable<void> {
        Running<Provider> provider(loop, ProviderOptions{.listen = "127.0.0.1:0", .keep = 10, .print = {}});
        const auto url = "http://" + provider.simulator.address();
        auto client = test::client_to(loop, provider.simulator.address());
        std::size_t taken = 0;
        for (const std::string name : {"twilio", "vonage", "infobip", "africastalking", "android", "httpsms"}) {
            CAPTURE(name);
            auto send = *channel::send_preset(name);
            send.account = "akun";
            send.secret = SensitiveText("rahasia");
            const auto make = [&] {
                return channel::render(send, {"+628400000001", "9840", "Terima \"kasih\" & é", "r-1"});
            };
            auto call = make();
            auto sent = co_await client.request(call.method, call.target, call.headers, call.body);
            ++taken;
            auto judged = channel::judge(send, sent);
            CHECK(judged.how == channel::Judged::How::taken);
            CHECK(judged.provider_id == "sim-" + std::to_string(taken));
            co_await test::ask(client, "POST", "/mode", R"({"fail_first":1,"status":429,"retry_after":2})");
            call = make();
            sent = co_await client.request(call.method, call.target, call.headers, call.body);
            judged = channel::judge(send, sent);
            CHECK(judged.how == channel::Judged::How::later);
            CHECK(judged.wait == std::chrono::seconds(2));
        }
        const auto [status, all] = co_await test::ask(client, "GET", "/sent");
        CHECK(status == 200);
        const auto& texts = all.at("texts").as_array();
        CHECK(texts.size() == taken);
        for (const auto& text : texts) {
            CHECK(text.at("text") == "Terima \"kasih\" & é");
            const std::string to(text.at("to").as_string());
            CHECK(to.ends_with("628400000001"));
        }
        co_await provider.stop();
    });
}

}  // namespace jejak::sim
