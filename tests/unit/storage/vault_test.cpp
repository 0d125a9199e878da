#include "storage/vault.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "tests/support/store_fixture.hpp"

using namespace jejak;
using namespace jejak::storage;
using jejak::storage::testing::TempFolder;

namespace {

std::string read_file(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

void write_file(const std::filesystem::path& file, const std::string& text, mode_t mode = 0600) {
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
}

mode_t mode_of(const std::filesystem::path& file) {
    struct stat about {};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    return about.st_mode & 07777;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("a sealed value opens where it was put, and nowhere else") {
    const Vault vault = Vault::for_tests();
    for (const std::string& plain :
         {std::string("+628400000001"), std::string(), std::string("\0\xff\n", 3), std::string(5'000, 'x')}) {
        const Sealed sealed = vault.seal(Table::message, Column::text, 42, plain);
        CHECK(sealed.size() == plain.size() + 41);
        CHECK(vault.open(Table::message, Column::text, 42, sealed).value().reveal() == plain);
        CHECK_FALSE(vault.open(Table::message, Column::text, 43, sealed));
        CHECK_FALSE(vault.open(Table::message, Column::sender, 42, sealed));
        CHECK_FALSE(vault.open(Table::reply, Column::text, 42, sealed));
        CHECK(vault.seal(Table::message, Column::text, 42, plain) != sealed);
    }
    CHECK(vault.open(Table::message, Column::text, -1, vault.seal(Table::message, Column::text, -1, "a")).has_value());
}

TEST_CASE("a sealed value with any bit changed or any octet missing does not open") {
    const Vault vault = Vault::for_tests();
    const Sealed sealed = vault.seal(Table::person, Column::number, 1, "+628400000001");
    std::size_t opened = 0;
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            Sealed damaged = sealed;
            damaged[i] ^= static_cast<std::byte>(1u << bit);
            if (vault.open(Table::person, Column::number, 1, damaged)) ++opened;
        }
        if (vault.open(Table::person, Column::number, 1, std::span(sealed).first(i))) ++opened;
    }
    CHECK(opened == 0);
}

TEST_CASE("lookups are equal for equal values of one purpose only, and differ between key files") {
    const TempFolder folder;
    Vault::init(folder / "keys");
    const Vault other = Vault::open(folder / "keys");
    const Vault vault = Vault::for_tests();
    CHECK(vault.lookup("msisdn", "+628400000001") == vault.lookup("msisdn", "+628400000001"));
    CHECK(vault.lookup("msisdn", "+628400000001") != vault.lookup("msisdn", "+628400000002"));
    CHECK(vault.lookup("msisdn", "+628400000001") != vault.lookup("nik", "+628400000001"));
    CHECK(vault.lookup("msisdn", "") != vault.lookup("nik", ""));
    CHECK(vault.lookup("msisdn", "+628400000001") != other.lookup("msisdn", "+628400000001"));
    CHECK(vault.store_mark() != other.store_mark());
    CHECK(vault.reference_key("ticket") != other.reference_key("ticket"));
}

TEST_CASE("a public id is 26 letters, leads back to its row, and says nothing else") {
    const Vault vault = Vault::for_tests();
    std::set<std::string> different;
    for (const Id row : {Id{0}, Id{1}, Id{2}, Id{1} << 40, std::numeric_limits<Id>::max()}) {
        const std::string id = vault.public_id(Table::alert, row);
        INFO(id);
        CHECK(id.size() == 26);
        CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
        CHECK(vault.row_id(Table::alert, id) == row);
        CHECK_FALSE(vault.row_id(Table::event, id));
        CHECK(vault.public_id(Table::event, row) != id);
        different.insert(id.substr(0, 4));
    }
    CHECK(different.size() == 5);
}

TEST_CASE("a made-up public id stands for no row") {
    const Vault vault = Vault::for_tests();
    const std::string right = vault.public_id(Table::alert, 7);
    for (const std::string& made_up :
         {std::string(), std::string("a"), right.substr(1), right + "a", std::string(26, 'a'), std::string(26, '1'),
          std::string(26, 'A'), std::string(26, '\0')}) {
        CHECK_FALSE(vault.row_id(Table::alert, made_up));
    }
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < right.size(); ++i) {
        for (const char letter : std::string_view("abcdefghijklmnopqrstuvwxyz234567")) {
            std::string wrong = right;
            wrong[i] = letter;
            if (wrong != right && vault.row_id(Table::alert, wrong)) ++accepted;
        }
    }
    CHECK(accepted == 0);
}

TEST_CASE("two vaults on one thread, and one vault on several, do not disturb each other") {
    const TempFolder folder;
    Vault::init(folder / "keys");
    const Vault one = Vault::for_tests();
    const Vault two = Vault::open(folder / "keys");
    const std::string of_one = one.public_id(Table::alert, 5);
    const std::string of_two = two.public_id(Table::alert, 5);
    CHECK(of_one != of_two);
    CHECK(one.row_id(Table::alert, of_one) == 5);
    CHECK_FALSE(one.row_id(Table::alert, of_two));

    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (Id row = 0; row < 500; ++row) {
                const Vault& vault = (row + thread) % 2 == 0 ? one : two;
                if (vault.row_id(Table::reply, vault.public_id(Table::reply, row)) != row) ++wrong;
                const auto sealed = vault.seal(Table::reply, Column::text, row, "text");
                if (!vault.open(Table::reply, Column::text, row, sealed)) ++wrong;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("no nonce is used twice, on one thread or on several") {
    const Vault vault = Vault::for_tests();
    constexpr std::size_t threads = 4;
    constexpr std::size_t values = 1'000;  // more than are drawn at once
    constexpr std::size_t nonce_size = 24;
    std::array<std::vector<Sealed>, threads> sealed;
    std::vector<std::thread> workers;
    for (auto& mine : sealed) {
        workers.emplace_back([&] {
            for (std::size_t i = 0; i < values; ++i)
                mine.push_back(vault.seal(Table::message, Column::text, 7, "AMAN"));
        });
    }
    for (auto& worker : workers) worker.join();
    std::set<Sealed> nonces;
    for (const auto& mine : sealed) {
        for (const auto& value : mine) nonces.emplace(value.begin() + 1, value.begin() + 1 + nonce_size);
    }
    CHECK(nonces.size() == threads * values);
}

TEST_CASE("a key file is made once, for its owner only, and opens to the same keys each time") {
    const TempFolder folder;
    const auto file = folder / "keys";
    const mode_t before = ::umask(0);
    Vault::init(file);
    ::umask(before);
    CHECK(mode_of(file) == 0600);
    CHECK(read_file(file).starts_with("jejak-keys 1\n"));
    const std::string contents = read_file(file);
    CHECK_THROWS_AS(Vault::init(file), KeyError);
    CHECK(read_file(file) == contents);

    const Vault first = Vault::open(file);
    const Vault second = Vault::open(file);
    CHECK(first.store_mark() == second.store_mark());
    const Sealed sealed = first.seal(Table::message, Column::text, 1, "LAPOR");
    CHECK(second.open(Table::message, Column::text, 1, sealed).value().reveal() == "LAPOR");
    CHECK_FALSE(Vault::for_tests().open(Table::message, Column::text, 1, sealed));

    Vault::init(folder / "other");
    CHECK(Vault::open(folder / "other").store_mark() != first.store_mark());
}

TEST_CASE("a key file that others may read is refused") {
    const TempFolder folder;
    const auto file = folder / "keys";
    Vault::init(file);
    for (const mode_t mode : {0640, 0604, 0620, 0602, 0660, 0644, 0610}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        CHECK_THROWS_AS(Vault::open(file), KeyError);
    }
    REQUIRE(::chmod(file.c_str(), 0400) == 0);
    CHECK_NOTHROW(Vault::open(file));
}

TEST_CASE("a missing or damaged key file is refused with a line that shows no key") {
    const TempFolder folder;
    const auto file = folder / "keys";
    CHECK_THROWS_WITH(Vault::open(file), Catch::Contains("jejak keys init"));
    CHECK_THROWS_AS(Vault::open(folder.path()), KeyError);
    CHECK_THROWS_AS(Vault::init(folder / "no-such-folder/keys"), KeyError);
    Vault::init(file);
    const std::string right = read_file(file);
    const std::string data_line = right.substr(right.find("data 1 "), 52);
    const std::string data_key = data_line.substr(7, 44);
    const std::vector<std::pair<const char*, std::string>> cases{
        {"empty", ""},
        {"newer version", replaced(right, "jejak-keys 1", "jejak-keys 2")},
        {"epoch zero", replaced(right, "data 1", "data 0")},
        {"epoch too high", replaced(right, "data 1", "data 256")},
        {"epoch no number", replaced(right, "data 1", "data one")},
        {"epoch twice", right + data_line + "\n"},
        {"no data key", replaced(right, data_line, "")},
        {"no lookup key", replaced(right, "lookup ", "# ")},
        {"lookup twice", right + "lookup " + data_key + "\n"},
        {"unknown kind", right + "sealing " + data_key + "\n"},
        {"short key", replaced(right, data_key, data_key.substr(4))},
        {"not base64", replaced(right, data_key, "!" + data_key.substr(1))},
        {"something behind the key", replaced(right, data_key, data_key + " more")},
        {"too long", right + std::string(70'000, '#')},
    };
    for (const auto& [name, text] : cases) {
        INFO(name);
        write_file(file, text);
        CHECK_THROWS_WITH(Vault::open(file), !Catch::Contains(data_key.substr(0, 8)));
    }
    write_file(file, right);
    CHECK_NOTHROW(Vault::open(file));
}

TEST_CASE("the newest epoch seals; older ones still open; lookups and ids stay what they were") {
    const TempFolder folder;
    const auto file = folder / "keys";
    Vault::init(file);
    const Vault before = Vault::open(file);
    const Sealed old_value = before.seal(Table::message, Column::text, 1, "LAPOR");
    const std::string text = read_file(file);
    const std::string new_key = "data 3 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    write_file(file, text + new_key);
    const Vault after = Vault::open(file);
    CHECK(after.open(Table::message, Column::text, 1, old_value).value().reveal() == "LAPOR");
    const Sealed new_value = after.seal(Table::message, Column::text, 1, "LAPOR");
    CHECK(new_value[0] == std::byte{3});
    CHECK(after.open(Table::message, Column::text, 1, new_value).has_value());
    CHECK_FALSE(before.open(Table::message, Column::text, 1, new_value));
    CHECK(after.store_mark() == before.store_mark());
    CHECK(after.lookup("msisdn", "a") == before.lookup("msisdn", "a"));
    CHECK(after.public_id(Table::alert, 1) == before.public_id(Table::alert, 1));
}

TEST_CASE("speed: the vault", "[.speed]") {
    const Vault vault = Vault::for_tests();
    const auto measure = [](const char* name, auto work) {
        constexpr int times = 200'000;
        const auto started = std::chrono::steady_clock::now();
        for (int i = 0; i < times; ++i) work(i);
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - started;
        std::printf("%s: %.0f ns\n", name, took.count() / times);
    };
    const std::string text(100, 'x');
    const Sealed sealed = vault.seal(Table::message, Column::text, 1, text);
    std::size_t sum = 0;
    measure("seal 100 octets", [&](int i) { sum += vault.seal(Table::message, Column::text, i, text).size(); });
    measure("open 100 octets",
            [&](int) { sum += vault.open(Table::message, Column::text, 1, sealed)->reveal().size(); });
    measure("lookup", [&](int) { sum += static_cast<std::size_t>(vault.lookup("msisdn", "+628400000001")[0]); });
    measure("public id", [&](int i) { sum += vault.public_id(Table::alert, i).size(); });
    CHECK(sum > 0);
}
