// The simulators against our own SMPP session and HTTP client, on loopback.
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "protocol/sms/receipt.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/text.hpp"
#include "simulators/smsc.hpp"
#include "tests/support/on_loop.hpp"

namespace jejak::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using net::awaitable;
using smpp::CommandStatus;
using test::ask;
using test::client_to;
using test::limit;
using test::on_loop;
using test::Running;

std::string text_of(std::span<const std::byte> octets) {
    return sms::decode_text(octets, 0).utf8;
}

SmscOptions smsc_options() {
    SmscOptions options;
    options.listen = "127.0.0.1:0";
    options.system_id = "jejak";
    options.password = "secret";
    options.retry_delay = 10ms;
    return options;
}

/// An ESME made of our own session: keeps what it heard, answers as told.
class Esme {
public:
    struct Heard {
        std::string from, to, octets;
        std::uint8_t esm_class = 0, data_coding = 0;
        std::string receipted_id;
    };
    struct Answered {
        std::uint64_t token;
        CommandStatus status;
        std::string id;
    };

    Esme(net::asio::io_context& loop, const std::string& address, const std::string& password = "secret")
        : socket_(loop), session_(options(password), std::chrono::steady_clock::now()) {
        const auto colon = address.rfind(':');
        socket_.connect({net::asio::ip::make_address(address.substr(0, colon)),
                         static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))});
    }

    /// Reads and answers until `happened`; throws when it does not in time.
    awaitable<void> until(std::function<bool()> happened) {
        while (!happened()) {
            co_await write();
            const auto space = session_.writable();
            auto read = co_await net::within(
                std::chrono::milliseconds(limit),
                socket_.async_read_some(net::asio::buffer(space.data(), space.size()), net::use_tuple));
            if (!read) throw std::runtime_error("what was expected did not happen");
            const auto [error, size] = *read;
            if (error) {
                session_.disconnected();
            } else {
                session_.received(size, std::chrono::steady_clock::now());
            }
            take_events();
        }
        co_await write();
    }
    awaitable<void> until_bound() {
        return until([this] { return bound; });
    }
    awaitable<void> until_heard(std::size_t count) {
        return until([this, count] { return heard.size() >= count; });
    }

    /// Submits a text, in parts if it is long; tokens count up from 1.
    void submit(const std::string& text, std::uint8_t registered_delivery = 0) {
        for (const auto& part : sms::segment_text(text, 7)) {
            smpp::ShortMessage message;
            message.source = {.ton = 0, .npi = 1, .digits = "9840"};
            message.destination = {.ton = 1, .npi = 1, .digits = "628400000001"};
            message.short_message = part.octets;
            message.esm_class = part.udhi ? 0x40 : 0;
            message.data_coding = part.data_coding;
            message.validity_period = "000000020000000R";
            message.registered_delivery = registered_delivery;
            session_.send(smpp::CommandId::submit_sm, message, ++tokens_, std::chrono::steady_clock::now());
        }
    }

    bool bound = false;
    bool refused = false;
    bool closed = false;
    std::vector<Heard> heard;
    std::vector<Answered> answers;
    std::vector<std::string> order;  ///< "resp" and "message" as they came
    /// The answer to the message heard as number n, counted from 0; empty: none is given.
    std::function<std::optional<CommandStatus>(std::size_t)> answer = [](std::size_t) { return CommandStatus::ok; };

private:
    static smpp::SessionOptions options(const std::string& password) {
        smpp::SessionOptions options;
        options.system_id = "jejak";
        options.password = password;
        return options;
    }

    awaitable<void> write() {
        while (!session_.output().empty()) {
            const auto output = session_.output();
            const auto [error, size] =
                co_await socket_.async_write_some(net::asio::buffer(output.data(), output.size()), net::use_tuple);
            if (error) break;
            session_.consumed(size);
        }
    }

    void take_events() {
        while (const auto event = session_.poll(std::chrono::steady_clock::now())) {
            if (std::holds_alternative<smpp::Bound>(*event)) bound = true;
            if (std::holds_alternative<smpp::BindRefused>(*event)) refused = true;
            if (std::holds_alternative<smpp::Closed>(*event)) closed = true;
            if (const auto* ended = std::get_if<smpp::RequestEnded>(&*event)) {
                answers.push_back({ended->token, ended->status, std::string(ended->message_id)});
                order.push_back("resp");
            }
            if (const auto* arrived = std::get_if<smpp::MessageArrived>(&*event)) take_message(*arrived);
        }
    }

    void take_message(const smpp::MessageArrived& arrived) {
        const auto& message = arrived.message.value();
        const auto octets = message.user_data();
        Heard one{.from = std::string(message.source.digits),
                  .to = std::string(message.destination.digits),
                  .octets = std::string(reinterpret_cast<const char*>(octets.data()), octets.size()),
                  .esm_class = message.esm_class,
                  .data_coding = message.data_coding,
                  .receipted_id = {}};
        if (const auto id = message.tlvs.find(smpp::Tag::receipted_message_id)) {
            one.receipted_id = std::string(reinterpret_cast<const char*>(id->data()));
        }
        order.push_back("message");
        const auto status = answer(heard.size());
        heard.push_back(std::move(one));
        if (status) session_.respond(arrived.command, arrived.sequence, *status);
    }

    net::asio::ip::tcp::socket socket_;
    smpp::Session session_;
    std::uint64_t tokens_ = 0;
};

TEST_CASE("the SMSC simulator takes a bind with its password and refuses another") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, smsc_options());
        Esme right(loop, smsc.simulator.smpp_address());
        co_await right.until_bound();
        Esme wrong(loop, smsc.simulator.smpp_address(), "guess");
        co_await wrong.until([&] { return wrong.closed; });
        CHECK(wrong.refused);
        CHECK(smsc.simulator.counts().binds == 1);
        CHECK(smsc.simulator.counts().binds_refused == 1);
        net::TaskGroup answering(loop.get_executor());
        answering.spawn("esme", right.until([&] { return right.closed; }));
        co_await smsc.stop();  // unbinds in good order
        co_await answering.join(limit);
        CHECK(right.closed);
    });
}

TEST_CASE("POST /mo is answered once the ESME acknowledged, and a long text goes as segments") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, smsc_options());
        Esme esme(loop, smsc.simulator.smpp_address());
        co_await esme.until_bound();
        const std::string text = "LAPOR " + std::string(200, 'a') + " sebunga";
        net::TaskGroup answering(loop.get_executor());
        answering.spawn("esme", esme.until_heard(2));

        auto control = client_to(loop, smsc.simulator.control_address());
        const auto body = json::serialize(json::object{{"from", "+628400000001"}, {"to", "9840"}, {"text", text}});
        const auto [status, answer] = co_await ask(control, "POST", "/mo", body);
        CHECK(status == 200);
        CHECK(json::serialize(answer) == R"({"status":0})");
        co_await answering.join(limit);

        std::string joined;
        for (const auto& part : esme.heard) {
            CHECK(part.from == "628400000001");
            CHECK(part.to == "9840");
            CHECK(part.esm_class == 0x40);
            const auto user_data = sms::split_user_data(std::as_bytes(std::span(part.octets)), true);
            CHECK(user_data.segment.has_value());
            joined += text_of(user_data.body);
        }
        CHECK(joined == text);
        const auto [wrong, problem] = co_await ask(control, "POST", "/mo", R"({"from":"+628400000001"})");
        CHECK(wrong == 400);
        CHECK(json::serialize(problem.at("detail")) == R"("text: missing")");
        smsc.simulator.drop();  // no ESME is there to answer an unbind
        co_await smsc.stop();
    });
}

TEST_CASE("what was not acknowledged is sent again first, the same octets in the same order, in the next session") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, smsc_options());
        Esme silent(loop, smsc.simulator.smpp_address());
        silent.answer = [](std::size_t) { return std::nullopt; };
        co_await silent.until_bound();
        for (const auto* text : {"satu", "dua", "tiga"})
            smsc.simulator.deliver({.from = "+628400000001", .to = {}, .text = text, .token = {}, .octets = {}});
        co_await silent.until_heard(3);
        smsc.simulator.drop();
        co_await silent.until([&] { return silent.closed; });
        smsc.simulator.deliver({.from = "+628400000001", .to = {}, .text = "empat", .token = {}, .octets = {}});

        Esme next(loop, smsc.simulator.smpp_address());
        co_await next.until_heard(4);
        for (std::size_t i = 0; i < 3; ++i) CHECK(next.heard[i].octets == silent.heard[i].octets);
        CHECK(next.heard[3].octets == "empat");
        CHECK(smsc.simulator.counts().sent == 4);
        CHECK(smsc.simulator.counts().redelivered == 3);
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

TEST_CASE("some refusals mean later, others end a message") {
    struct Row {
        CommandStatus status;
        bool again;
    };
    const auto row =
        GENERATE(Row{CommandStatus::temporary_app_error, true}, Row{CommandStatus::message_queue_full, true},
                 Row{CommandStatus::throttled, true}, Row{CommandStatus::system_error, true},
                 Row{CommandStatus::permanent_app_error, false}, Row{CommandStatus::rejected_app_error, false});
    on_loop([row](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, smsc_options());
        Esme esme(loop, smsc.simulator.smpp_address());
        esme.answer = [row](std::size_t n) { return n == 0 ? row.status : CommandStatus::ok; };
        co_await esme.until_bound();
        std::optional<CommandStatus> settled;
        smsc.simulator.deliver({.from = "+628400000001", .to = {}, .text = "satu", .token = {}, .octets = {}},
                               [&](CommandStatus status) { settled = status; });
        co_await esme.until_heard(row.again ? 2 : 1);
        smsc.simulator.deliver({.from = "+628400000001", .to = {}, .text = "dua", .token = {}, .octets = {}});
        co_await esme.until([&] { return esme.heard.back().octets == "dua"; });
        CHECK(esme.heard.size() == (row.again ? 3 : 2));
        CHECK(settled == (row.again ? CommandStatus::ok : row.status));
        CHECK(smsc.simulator.counts().refused.at(static_cast<std::uint32_t>(row.status)) == 1);
        CHECK(smsc.simulator.counts().given_up == (row.again ? 0 : 1));
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

TEST_CASE("a submit_sm is answered with an id, and its receipt comes after the answer and names it") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, smsc_options());
        Esme esme(loop, smsc.simulator.smpp_address());
        co_await esme.until_bound();
        esme.submit("Pesan diterima.", 1);
        co_await esme.until_heard(1);
        CHECK(esme.order == std::vector<std::string>{"resp", "message"});
        CHECK(esme.answers.at(0).status == CommandStatus::ok);
        CHECK(esme.heard[0].esm_class == 0x04);
        CHECK(esme.heard[0].from == "628400000001");
        CHECK(esme.heard[0].receipted_id == esme.answers[0].id);
        const auto receipt = sms::parse_receipt(esme.heard[0].octets);
        CHECK(receipt.has_value());
        CHECK(receipt.value_or(sms::Receipt{}).message_id == esme.answers[0].id);
        CHECK(receipt.value_or(sms::Receipt{}).state == sms::MessageState::delivered);

        esme.submit(std::string(170, 'b') + " akhir");
        co_await esme.until([&] { return esme.answers.size() == 3; });
        auto control = client_to(loop, smsc.simulator.control_address());
        const auto [status, mt] = co_await ask(control, "GET", "/mt?to=%2B628400000001");
        CHECK(status == 200);
        const auto& messages = mt.at("messages").as_array();
        CHECK(messages.size() == 2);
        CHECK(messages.at(0).at("text").as_string() == "Pesan diterima.");
        CHECK(messages.at(0).at("validity").as_string() == "000000020000000R");
        CHECK(messages.at(1).at("text").as_string() == std::string(170, 'b') + " akhir");
        CHECK(messages.at(1).at("parts").as_int64() == 2);
        const auto after = json::serialize(messages.at(1).at("number"));
        const auto [again, none] = co_await ask(control, "GET", "/mt?after=" + after);
        CHECK(none.at("messages").as_array().empty());
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

TEST_CASE("a throttled share of submit_sm gets the status asked for") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, smsc_options());
        Esme esme(loop, smsc.simulator.smpp_address());
        co_await esme.until_bound();
        auto control = client_to(loop, smsc.simulator.control_address());
        co_await ask(control, "POST", "/throttle", R"({"share":0.5,"status":88})");
        for (int i = 0; i < 6; ++i) esme.submit("Pesan diterima.");
        co_await esme.until([&] { return esme.answers.size() == 6; });
        const auto throttled = std::count_if(esme.answers.begin(), esme.answers.end(),
                                             [](const auto& one) { return one.status == CommandStatus::throttled; });
        CHECK(throttled == 3);
        CHECK(smsc.simulator.counts().submits == 3);
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

TEST_CASE("a paused SMSC delivers nothing until it is resumed") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, smsc_options());
        Esme esme(loop, smsc.simulator.smpp_address());
        co_await esme.until_bound();
        smsc.simulator.pause();
        smsc.simulator.deliver({.from = "+628400000001", .to = {}, .text = "satu", .token = {}, .octets = {}});
        esme.submit("apa saja");  // its answer proves that the line works
        co_await esme.until([&] { return esme.answers.size() == 1; });
        CHECK(esme.heard.empty());
        smsc.simulator.resume();
        co_await esme.until_heard(1);
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

TEST_CASE("a load is delivered whole, and the ledger names every message sent and acknowledged") {
    const auto path = std::filesystem::temp_directory_path() / ("jejak-ledger-" + std::to_string(::getpid()));
    std::filesystem::remove(path);
    on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        auto options = smsc_options();
        options.load = {.count = 500, .numbers = 500, .tokens = true};
        options.ledger = path;
        options.exit_when_done = true;
        Running<Smsc> smsc(loop, options);
        Esme first(loop, smsc.simulator.smpp_address());
        first.answer = [](std::size_t n) -> std::optional<CommandStatus> {
            if (n >= 100) return std::nullopt;
            return CommandStatus::ok;
        };
        co_await first.until_heard(101);
        smsc.simulator.drop();
        Esme second(loop, smsc.simulator.smpp_address());
        co_await second.until([&] { return second.closed; });
        std::set<std::string> senders, texts;
        for (const auto* esme : {&first, &second}) {
            for (const auto& message : esme->heard) {
                senders.insert(message.from);
                texts.insert(message.octets);
                CHECK(message.octets.size() <= 160);
            }
        }
        CHECK(senders.size() == 500);
        CHECK(texts.size() == 500);
        CHECK(smsc.simulator.counts().acked == 500);
        CHECK(smsc.simulator.report().at("latency_ms").at("max").as_double() > 0);
        co_await smsc.stop();
    });
    std::ifstream file(path);
    std::map<std::string, std::string> seen;
    for (std::string kind, token; file >> kind >> token;) seen[token] += kind;
    CHECK(seen.size() == 500);
    CHECK(std::all_of(seen.begin(), seen.end(), [](const auto& one) { return one.second == "SA"; }));
    std::filesystem::remove(path);
}

TEST_CASE("a mix of texts keeps its shares, and a sender repeats only after all others") {
    Load load({.count = 1'000, .numbers = 1'000});
    Load::Scratch scratch;
    std::map<std::string, int> kinds;
    std::set<std::string> senders;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        const auto text = load.render(i, scratch);
        std::string word(text.utf8.substr(0, text.utf8.find(' ')));
        std::transform(word.begin(), word.end(), word.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
        ++kinds[word];
        senders.emplace(text.from);
    }
    CHECK(kinds == std::map<std::string, int>{{"LAPOR", 900}, {"AMAN", 90}, {"TOLONG", 10}});
    CHECK(senders.size() == 1'000);

    // One in ten messages is the first part of a long text: all its parts come from one sender, in their order.
    Load longer({.count = 1'000, .numbers = 1'000, .long_every = 9});
    std::map<sms::Concatenation, std::vector<unsigned>> lengths;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        const auto part = longer.part_of(i);
        const auto text = longer.render(i, scratch);
        CHECK((text.esm_class != 0 || !text.tlvs.empty()) == part.has_value());
        if (!part) continue;
        const auto read = sms::split_user_data(text.octets, text.esm_class != 0);
        CHECK(text_of(read.body) == text.utf8);
        if (part->place.mechanism != sms::Concatenation::sar) CHECK(read.segment == part->place);
        if (part->place.part == part->place.total) lengths[part->place.mechanism].push_back(part->place.total);
        const std::string from(text.from);
        CHECK(longer.render(part->first, scratch).from == from);
        CHECK(i == part->first + (part->place.part - 1) * 3u);
    }
    CHECK(lengths.size() == 3);
    for (const auto& [mechanism, totals] : lengths) CHECK(totals.size() >= 36);
    CHECK_FALSE(parse_mix("lapor=x"));
    CHECK_FALSE(parse_mix("lapor=0"));
    CHECK_FALSE(parse_mix("other=1"));
}

}  // namespace
}  // namespace jejak::sim
