#include <catch2/catch.hpp>
#include <sstream>

#include "gateway/channel/server/password_check.hpp"
#include "gateway/tool/tool.hpp"

using namespace jejak;

namespace {

struct Ran {
    int exit;
    std::string out, err;
};

Ran hash(const std::string& input) {
    std::istringstream in(input);
    std::ostringstream out, err;
    const int exit = tool::run({"smpp", "hash"}, {in, out, err});
    return {exit, out.str(), err.str()};
}

}  // namespace

TEST_CASE("smpp hash prints what password_hash takes, and never the password") {
    const auto ran = hash("kata sandi\n");
    CHECK(ran.exit == tool::exits::ok);
    REQUIRE(ran.out.ends_with("\n"));
    CHECK(channel::hash_cost(ran.out.substr(0, ran.out.size() - 1)).has_value());
    CHECK((ran.out + ran.err).find("kata sandi") == std::string::npos);
    CHECK(ran.err.find("some peers cut a longer password") != std::string::npos);
    CHECK(hash("secret1\n").err.empty());
}

TEST_CASE("smpp hash refuses what no bind can carry") {
    CHECK(hash("").exit == tool::exits::usage);
    CHECK(hash(std::string(65, 'x') + "\n").exit == tool::exits::usage);
    CHECK(hash(std::string(64, 'x') + "\n").exit == tool::exits::ok);
    CHECK(hash("two\nlines\n").exit == tool::exits::usage);
}
