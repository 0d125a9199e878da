// Which channels hear the receipts of what leaves by another: what the file says of it.
#include <catch2/catch.hpp>

#include "gateway/reply_routes.hpp"

using namespace jejak;

TEST_CASE("D3: an ESME's channel is paired with the ESME's channel by which its replies leave", "[D3][smpp]") {
    const std::string text =
        "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"packs/sambas\"\n"
        "[[channel]]\nname = \"ears\"\ntype = \"smpp-client\"\nhost = \"127.0.0.1\"\nsystem_id = \"jejak\"\n"
        "password = \"secret\"\nbind = \"receiver\"\nreply_via = \"mouth\"\n"
        "[[channel]]\nname = \"mouth\"\ntype = \"smpp-client\"\nhost = \"127.0.0.1\"\nsystem_id = \"jejak\"\n"
        "password = \"secret\"\nbind = \"transmitter\"\n"
        "[[channel]]\nname = \"by-boxes\"\ntype = \"smpp-client\"\nhost = \"127.0.0.1\"\nsystem_id = \"jejak\"\n"
        "password = \"secret\"\nreply_via = \"boxes\"\n"
        "[[channel]]\nname = \"boxes\"\ntype = \"smpp-server\"\nlisten = \"127.0.0.1:0\"\nreply_via = \"mouth\"\n"
        "[[channel.account]]\nsystem_id = \"box\"\npassword = \"secret-1\"\n";
    const auto loaded = parse_config(text, "/etc/jejak/jejak.toml");
    for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
    REQUIRE(loaded.config);
    CHECK(receipt_pairs(*loaded.config) == intake::ReceiptDesk::Pairs{{"ears", "mouth"}});
}
