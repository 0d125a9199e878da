// What the SQLite store does when its disk fills up, breaks, or belongs to somebody else.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "storage/reference.hpp"
#include "tests/support/sqlite_file.hpp"
#include "tests/support/store_faulty_vfs.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

namespace {

/// One that gives up soon and tries again soon.
SqliteOptions quick_options_in(const TempFolder& folder) {
    auto options = options_in(folder);
    options.probe_every = 10ms;
    options.busy_limit = 50ms;
    return options;
}

Committed add_message(Store& store, Id id) {
    return commit(store, [id](Unit& unit) { unit.add(message_of(id)); });
}

/// Runs `work` in a child process; its exit code, and what it wrote to stderr.
std::pair<int, std::string> in_child(const std::function<void()>& work) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[0]);
        work();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said;
    std::array<char, 512> piece{};
    for (ssize_t size = 0; (size = ::read(ends[0], piece.data(), piece.size())) > 0;) {
        said.append(piece.data(), static_cast<std::size_t>(size));
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, said};
}

}  // namespace

TEST_CASE("a full disk: nothing is acknowledged that is not there, and intake resumes by itself when there is room") {
    const TempFolder folder;
    auto options = quick_options_in(folder);
    options.max_page_count = 120;
    const auto store = open_sqlite(options, test_vault());
    Id stored = 0;
    Committed how = Committed::durable;
    while (stored < 10'000 && (how = add_message(*store, stored + 1)) == Committed::durable) ++stored;
    REQUIRE(how == Committed::storage_failed);
    CHECK(stored > 50);
    CHECK_FALSE(store->healthy());
    CHECK(store->trouble() == "database or disk is full (SQLite 13)");
    CHECK(store->counts().failures > 0);
    CHECK_FALSE(store->submit({[](Unit&) {}, {}, {}}));
    CHECK(ask(*store, [](View& view) { return view.ledger().received; }) == static_cast<std::uint64_t>(stored));

    set_max_page_count(*store, 0);
    REQUIRE(eventually([&] { return store->healthy(); }));
    CHECK(store->trouble().empty());
    CHECK(add_message(*store, stored + 1) == Committed::durable);
    const Ledger ledger = ask(*store, [](View& view) { return view.ledger(); });
    CHECK(ledger.received == static_cast<std::uint64_t>(stored + 1));
    CHECK(ledger == ask(*store, [](View& view) { return view.recount(); }));
}

TEST_CASE("a storage error in one unit gives back the whole batch and everything behind it") {
    const TempFolder folder;
    auto options = quick_options_in(folder);
    options.batch_max = 3;
    const auto store = open_sqlite(options, test_vault());
    auto inside = std::make_shared<std::promise<void>>();
    auto go = std::make_shared<std::promise<void>>();
    std::atomic<int> failed{0};
    const auto done = [&](Committed how) { failed += how == Committed::storage_failed ? 1 : 0; };
    REQUIRE(store->submit({[=](Unit&) {
                               inside->set_value();
                               go->get_future().wait();
                           },
                           {},
                           {}}));
    inside->get_future().wait();
    for (Id id = 1; id <= 6; ++id) {
        const auto apply = [id](Unit& unit) {
            unit.add(message_of(id));
            if (id == 2) throw Error(Error::Kind::busy, "busy");
        };
        REQUIRE(store->submit({apply, [](Unit& unit) { unit.add(message_of(99)); }, done}));
    }
    go->set_value();
    REQUIRE(eventually([&] { return failed == 6; }));
    REQUIRE(eventually([&] { return store->healthy(); }));
    CHECK(ask(*store, [](View& view) { return view.messages_after(0, 10).size(); }) == 0);
    CHECK(store->counts().poisoned == 0);
}

TEST_CASE("a disk that fails at any step of a commit: never reported durable, and over when the disk is well") {
    struct Case {
        const char* name;
        std::atomic<int> Faults::*place;
        int code;
    };
    const auto [name, place, code] = GENERATE(values<Case>({
        {"full while writing", &Faults::on_write, SQLITE_FULL},
        {"read-only", &Faults::on_write, SQLITE_READONLY},
        {"write error", &Faults::on_write, SQLITE_IOERR_WRITE},
        {"sync error", &Faults::on_sync, SQLITE_IOERR_FSYNC},
    }));
    INFO(name);
    const TempFolder folder;
    auto options = quick_options_in(folder);
    options.vfs = faulty_vfs();
    const auto store = open_sqlite(options, test_vault());
    REQUIRE(add_message(*store, 1) == Committed::durable);
    faults.*place = code;
    CHECK(add_message(*store, 2) == Committed::storage_failed);
    const auto failures = store->counts().failures;
    REQUIRE(eventually([&] { return store->counts().failures > failures + 1; }));  // probes go on failing
    CHECK_FALSE(store->healthy());
    faults.*place = SQLITE_OK;
    REQUIRE(eventually([&] { return store->healthy(); }));
    CHECK(add_message(*store, 3) == Committed::durable);
    CHECK(ask(*store, [](View& view) { return view.message(1).has_value() && view.message(3).has_value(); }));
    CHECK(ask(*store, [](View& view) { return view.ledger() == view.recount(); }));
}

TEST_CASE("every durable answer follows a sync of its own batch") {
    const TempFolder folder;
    auto options = quick_options_in(folder);
    options.vfs = faulty_vfs();
    const auto store = open_sqlite(options, test_vault());
    for (Id id = 1; id <= 5; ++id) {
        const int before = faults.syncs;
        REQUIRE(add_message(*store, id) == Committed::durable);
        CHECK(faults.syncs > before);
    }
}

TEST_CASE("a database that does not open again after an I/O error ends the process with 74 and one line") {
    const TempFolder folder;
    auto options = quick_options_in(folder);
    const bool damaged = GENERATE(false, true);
    {
        const auto store = open_sqlite(options, test_vault());
        for (Id id = 1; id <= 300; ++id) REQUIRE(add_message(*store, id) == Committed::durable);
    }
    const auto [code, said] = in_child([&] {
        options.vfs = faulty_vfs();
        const auto store = open_sqlite(options, test_vault());
        if (damaged) {
            std::fstream file(options.file, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(4'096 * 3);
            for (int i = 0; i < 4'096 * 20; ++i) file.put('\x5a');
        } else {
            faults.on_open = SQLITE_CANTOPEN;
        }
        faults.on_sync = SQLITE_IOERR_FSYNC;
        std::promise<void> never;
        store->submit({[](Unit& unit) { unit.add(message_of(1'000)); }, {}, {}});
        never.get_future().wait_for(deadline);
    });
    CHECK(code == 74);
    CHECK_THAT(said, Catch::StartsWith("the store does not open again after an I/O error"));
    CHECK(std::count(said.begin(), said.end(), '\n') == 1);
}

TEST_CASE("a foreign writer that holds the database pauses intake until it lets go") {
    const TempFolder folder;
    const auto options = quick_options_in(folder);
    const auto store = open_sqlite(options, test_vault());
    SqliteFile foreign(options.file);
    foreign.run("BEGIN IMMEDIATE");
    CHECK(add_message(*store, 1) == Committed::storage_failed);
    CHECK_FALSE(store->healthy());
    foreign.run("ROLLBACK");
    REQUIRE(eventually([&] { return store->healthy(); }));
    CHECK(add_message(*store, 1) == Committed::durable);
}

TEST_CASE("an error that a unit swallowed still fails its batch") {
    const TempFolder folder;
    auto options = quick_options_in(folder);
    options.max_page_count = 120;
    const auto store = open_sqlite(options, test_vault());
    bool swallowed = false;
    const auto how = commit(*store, [&](Unit& unit) {
        for (Id id = 1; id <= 10'000 && !swallowed; ++id) {
            try {
                unit.add(message_of(id));
            } catch (const Error&) {
                swallowed = true;
            }
        }
    });
    CHECK(swallowed);
    CHECK(how == Committed::storage_failed);
    CHECK(ask(*store, [](View& view) { return view.ledger().received; }) == 0);
}

TEST_CASE("a second process does not get the store") {
    const TempFolder folder;
    const auto options = quick_options_in(folder);
    auto store = open_sqlite(options, test_vault());
    CHECK_THROWS_WITH(open_sqlite(options, test_vault()), Catch::Contains("another process has the store"));
    store.reset();
    CHECK_NOTHROW(open_sqlite(options, test_vault()));
}

TEST_CASE("keys of another store, newer schemas, other programs' files and damaged files are refused with a line") {
    const TempFolder folder;
    const auto options = quick_options_in(folder);
    open_sqlite(options, test_vault())->close();
    const auto refuse = [&](const char* why) {
        CHECK_THROWS_WITH(open_sqlite(options, test_vault()), Catch::Contains(why));
    };
    SECTION("keys") {
        Vault::init(folder / "keys");
        const Vault other = Vault::open(folder / "keys");
        CHECK_THROWS_WITH(open_sqlite(options, other), Catch::Contains("keys are not those of this store"));
        CHECK_THROWS_WITH(open_sqlite_view(options.file, other), Catch::Contains("keys are not those of this store"));
        CHECK_NOTHROW(open_sqlite(options, test_vault()));
    }
    SECTION("schema") {
        SqliteFile(options.file).run("PRAGMA user_version = 9999");
        refuse("newer program");
        CHECK_THROWS_WITH(open_sqlite_view(options.file, test_vault()), Catch::Contains("schema"));
        CHECK_THROWS_WITH(check_sqlite(options.file, test_vault()), Catch::Contains("newer program"));
    }
    SECTION("an older schema: a look says what to do, a check finds no fault and changes nothing") {
        SqliteFile(options.file).run("PRAGMA user_version = 3");
        CHECK_THROWS_WITH(open_sqlite_view(options.file, test_vault()),
                          Catch::Contains("schema 3") && Catch::Contains("start this version's jejakd once"));
        CHECK_NOTHROW(check_sqlite(options.file, test_vault()));
        CHECK_THROWS_WITH(open_sqlite_view(options.file, test_vault()), Catch::Contains("schema 3"));
    }
    SECTION("program") {
        SqliteFile(options.file).run("PRAGMA application_id = 7");
        refuse("another program; give the store a file of its own");
        CHECK_THROWS_WITH(check_sqlite(options.file, test_vault()), Catch::Contains("another program"));
    }
    SECTION("damage") {
        std::ofstream(options.file, std::ios::trunc) << std::string(8'192, 'x');
        CHECK_THROWS_AS(open_sqlite(options, test_vault()), Error);
        CHECK_THROWS_WITH(check_sqlite(options.file, test_vault()), Catch::StartsWith(options.file.string() + ": "));
    }
}

TEST_CASE("a file that was made and not filled before its program ended is a store that begins") {
    const TempFolder folder;
    const auto options = quick_options_in(folder);
    SECTION("of no octets") {
        std::ofstream(options.file, std::ios::trunc);
    }
    SECTION("of a database without tables") {
        SqliteFile(options.file).run("PRAGMA journal_mode = WAL; VACUUM;");
    }
    CHECK_NOTHROW(check_sqlite(options.file, test_vault()));
    CHECK_THROWS_WITH(open_sqlite_view(options.file, test_vault()),
                      Catch::StartsWith(options.file.string() + ": ") && Catch::Contains("schema 0") &&
                          Catch::Contains("start this version's jejakd once"));
    const auto store = open_sqlite(options, test_vault());
    CHECK(add_message(*store, 1) == Committed::durable);
    CHECK_NOTHROW(check_sqlite(options.file, test_vault()));
}

TEST_CASE("what is wrong with the file of a store is told with its path") {
    const TempFolder folder;
    const auto options = quick_options_in(folder);
    SqliteFile(options.file).run("CREATE TABLE foreign_table (x)");
    const auto with_path = Catch::StartsWith(options.file.string() + ": the database file belongs to another program");
    CHECK_THROWS_WITH(check_sqlite(options.file, test_vault()), with_path);
    CHECK_THROWS_WITH(open_sqlite(options, test_vault()), with_path);
    CHECK_THROWS_WITH(open_sqlite_view(options.file, test_vault()), with_path);
}

TEST_CASE("the operator's look reads what the running store committed, and makes nothing") {
    const TempFolder folder;
    const auto options = quick_options_in(folder);
    CHECK_THROWS_WITH(open_sqlite_view(options.file, test_vault()), Catch::Contains("there is no store"));
    CHECK_FALSE(std::filesystem::exists(options.file));
    const auto store = open_sqlite(options, test_vault());
    REQUIRE(add_message(*store, 1) == Committed::durable);
    const auto view = open_sqlite_view(options.file, test_vault());
    CHECK(view->ledger().received == 1);
    REQUIRE(add_message(*store, 2) == Committed::durable);
    CHECK(view->ledger().received == 1);  // one snapshot
    CHECK(open_sqlite_view(options.file, test_vault())->ledger().received == 2);
}

TEST_CASE("the files of the store are its owner's only") {
    const TempFolder folder;
    const mode_t before = ::umask(0);
    const auto store = open_sqlite(options_in(folder), test_vault());
    ::umask(before);
    REQUIRE(add_message(*store, 1) == Committed::durable);
    for (const char* name : {"jejak.db", "jejak.db-wal", "jejak.db-shm", "jejak.db.lock"}) {
        INFO(name);
        struct stat about {};
        REQUIRE(::stat((folder / name).c_str(), &about) == 0);
        CHECK((about.st_mode & 0777) == 0600);
    }
}

TEST_CASE("the log is copied into the database and does not grow without end, even past a reader that stays") {
    const TempFolder folder;
    auto options = quick_options_in(folder);
    options.checkpoint_pages = 50;
    const auto store = open_sqlite(options, test_vault());
    const auto view = open_sqlite_view(options.file, test_vault());
    CHECK(view->ledger().received == 0);
    for (Id id = 1; id <= 400; ++id) REQUIRE(add_message(*store, id) == Committed::durable);
    CHECK(store->healthy());
    CHECK(view->ledger().received == 0);
    for (Id id = 401; id <= 1'500; ++id) {
        if (id == 500) const_cast<std::unique_ptr<View>&>(view).reset();
        REQUIRE(add_message(*store, id) == Committed::durable);
    }
    CHECK(std::filesystem::file_size(folder / "jejak.db") > 100 * 4'096);
    CHECK(std::filesystem::file_size(folder / "jejak.db-wal") < 4'096u * 4'000);
    CHECK(ask(*store, [](View& each) { return each.ledger().received; }) == 1'500);
}

TEST_CASE("a counter of references that came to its end says so, and only that unit suffers") {
    const TempFolder folder;
    const auto options = quick_options_in(folder);
    REQUIRE(commit(*open_sqlite(options, test_vault()), [](Unit& unit) {
                unit.issue_ticket(1);
                unit.next_number("worker");
            }) == Committed::durable);
    SqliteFile(options.file).run("UPDATE counter SET next = " + std::to_string(reference_count_max - 1));
    const auto store = open_sqlite(options, test_vault());
    REQUIRE(commit(*store, [](Unit& unit) {
                CHECK(unit.issue_ticket(2) == reference_count_max - 1);
                CHECK(unit.next_number("worker") == reference_count_max - 1);
                CHECK_THROWS_AS(unit.issue_ticket(3), Exhausted);
            }) == Committed::durable);
    CHECK(commit(*store, [](Unit& unit) { unit.next_number("worker"); }) == Committed::poisoned);
    CHECK(store->healthy());
}
