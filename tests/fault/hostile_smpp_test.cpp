// Goal: a store that fails while peers submit as fast as they can costs no message that was acknowledged, and no more
// memory than while it works. Method: our listener, intake and store in this process, the peers on a thread of theirs.
#include "tests/support/smpp_hostile.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::CommandId;
using test::Attack;
using test::HostilePeers;
using test::operator+;
using tests::Listening;

TEST_CASE("A6: what is acknowledged while the store fails and peers flood is there, each once",
          "[fault][smpp][hostile][A6]") {
    Listening listening;
    auto& village = listening.village;
    Attack flood;
    flood.peers = 4;
    flood.first = test::bind_as("box2", "secret1");
    flood.again = [](std::uint64_t round) {
        const auto sender = "62840" + std::to_string(1'000'000 + round % 100'000);
        const auto text = "LAPOR calo di Sebunga nomor " + std::to_string(round) + std::string(60, 'x');
        return test::text_pdu(CommandId::submit_sm, sender, text, static_cast<std::uint32_t>(round + 2));
    };
    std::uint64_t acknowledged = 0, responses = 0;
    std::size_t before = 0, grown = 0;
    {
        HostilePeers crowd(flood, listening.port());
        const auto more = [&](std::uint64_t than) {
            return [&crowd, than] { return crowd.counts().responses > than; };
        };
        REQUIRE(listening.wait_for(more(500)));
        before = test::resident();
        storage::set_max_page_count(*village.store, 1);  // not a page more than there is
        REQUIRE(listening.wait_for([&] { return !village.store->healthy(); }));
        REQUIRE(listening.wait_for(more(crowd.counts().responses + 500)));
        storage::set_max_page_count(*village.store, 0);
        REQUIRE(listening.wait_for([&] { return village.store->healthy(); }));
        const auto had = crowd.counts().acknowledged;
        REQUIRE(listening.wait_for([&] { return crowd.counts().acknowledged > had + 100; }));
        grown = test::resident() > before ? test::resident() - before : 0;
        acknowledged = crowd.counts().acknowledged;
        responses = crowd.counts().responses;
        CHECK_FALSE(crowd.counts().failed);
    }
    CHECK(listening.wait_for([&] { return listening.server->bound() == 0; }));
    CHECK(acknowledged < responses - 4);  // some were told to come again
    if (test::memory_counts) CHECK(grown < test::memory_max);
    const auto ledger = village.ledger();
    CHECK(ledger.received >= acknowledged);
    CHECK(ledger.balances());
    CHECK(village.ledger_is_true());
}
