// How a peer's session ends, and what is in doubt then: its own messages' answers, and what we handed it.
#include "tests/support/log.hpp"
#include "tests/support/smpp_hostile.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::BindKind;
using storage::ReplyState;
using tests::CommandId;
using tests::CommandStatus;
using tests::Esme;
using tests::Listening;
using test::operator+;

namespace {

const std::string ani = "628400000001", budi = "628400000002";
const std::string report = "LAPOR 5 org lewat jalan tikus sebunga skrg";

/// A peer that speaks and never reads.
class Deaf {
public:
    explicit Deaf(Listening& listening) : listening_(listening), socket_(listening.village.loop) {
        const boost::asio::ip::tcp::endpoint there(boost::asio::ip::address_v4::loopback(), listening.port());
        socket_.open(there.protocol());
        socket_.set_option(boost::asio::socket_base::receive_buffer_size(4'096));
        socket_.connect(there);
    }
    void say(const test::Octets& octets) {
        bool said = false;
        boost::asio::async_write(socket_, boost::asio::buffer(octets),
                                 [&](const boost::system::error_code& error, std::size_t) { said = !error; });
        REQUIRE(listening_.wait_for([&] { return said; }));
    }
    /// What it did not read is refused.
    void hang_up() {
        socket_.set_option(boost::asio::socket_base::linger(true, 0));
        socket_.close();
    }

private:
    Listening& listening_;
    boost::asio::ip::tcp::socket socket_;
};

storage::Reply reply_to(Listening& listening, std::size_t message) {
    const auto id = listening.village.messages().at(message).id;
    return listening.village.ask([&](storage::View& view) { return view.replies_to(id).at(0); });
}

}  // namespace

TEST_CASE("A2, B21: whom our last words after its unbind did not reach may say everything again",
          "[smpp][server][A2][B21]") {
    const test::Log log;
    Listening listening;
    Deaf deaf(listening);
    deaf.say(test::bind_as("box1", "secret1") + test::text_pdu(CommandId::submit_sm, ani, report, 2));
    REQUIRE(listening.wait_for([&] { return listening.village.ledger().received == 1; }));
    test::Octets asks;  // their answers are more than the kernel keeps, and less than what stops us from reading
    for (std::uint32_t i = 0; i < 14'000; ++i) {
        const auto one = test::command(CommandId::enquire_link, i + 3);
        asks.insert(asks.end(), one.begin(), one.end());
    }
    deaf.say(asks);
    deaf.say(test::text_pdu(CommandId::submit_sm, budi, report, 20'000));
    REQUIRE(listening.wait_for(
        [&] { return listening.village.ledger().received == 2 && listening.village.intake->in_flight() == 0; }));
    deaf.say(test::command(CommandId::unbind, 20'001));
    REQUIRE(listening.wait_for([&] { return listening.server->bound() == 0; }));
    CHECK(log.count("event=unbound") == 1);  // as it seemed
    SECTION("it goes") {
        deaf.hang_up();
    }
    SECTION("it stays, and never reads") {}
    REQUIRE(listening.wait_for([&] { return log.count("event=answers_lost channel=modems account=box1") == 1; }));

    CHECK(listening.wait_for([&] { return reply_to(listening, 0).uncertain; }));
    CHECK(reply_to(listening, 0).state == ReplyState::sent);
    const auto second = reply_to(listening, 1);
    CHECK((second.state == ReplyState::pending || second.uncertain));
    Esme again(listening);
    REQUIRE(again.bind(BindKind::transmitter) == CommandStatus::ok);
    CHECK(again.submit(budi, report).status() == CommandStatus::ok);
    CHECK(listening.duplicates() == 1);
    CHECK(again.submit(ani, report).status() == CommandStatus::ok);
    CHECK(listening.duplicates() == 2);
    CHECK(again.submit(budi, report).status() == CommandStatus::ok);  // said anew
    CHECK(listening.duplicates() == 2);
}

TEST_CASE("B21: what a peer was handed and did not answer before its unbind is in doubt", "[smpp][server][B21]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    const auto handed = esme.next(CommandId::deliver_sm);
    CHECK_FALSE(reply_to(listening, 0).uncertain);
    SECTION("unanswered") {
        esme.unbind();
        CHECK(listening.wait_for([&] { return reply_to(listening, 0).uncertain; }));
    }
    SECTION("answered") {
        esme.answer(handed);
        esme.unbind();
        REQUIRE(listening.wait_for([&] { return listening.server->bound() == 0; }));
        CHECK_FALSE(listening.wait_for([&] { return reply_to(listening, 0).uncertain; }, 50ms));
    }
    CHECK(reply_to(listening, 0).state == ReplyState::sent);
    CHECK(listening.duplicates() == 0);
}
