#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/source_files.hpp"

/// The repository's own rules: who may include whom, how long a file may grow, and what must not be left lying about.
/// Each test names the offending lines, one each, as FILE:LINE: what is wrong.
namespace {

using namespace jejak::tests;

struct Part {
    std::string_view folder;
    std::vector<std::string_view> may_include;
};

/// protocol ← storage ← gateway; simulators know the wire, gateway/net and operators' profiles; tests know all.
/// The longest matching folder decides.
const std::vector<Part>& parts() {
    static const std::vector<Part> list{
        {"protocol/", {"protocol/"}},
        {"storage/", {"storage/", "protocol/"}},
        {"gateway/net/", {"gateway/net/", "protocol/"}},
        {"gateway/understand/", {"gateway/understand/", "storage/", "protocol/"}},
        {"gateway/", {"gateway/", "storage/", "protocol/"}},
        {"simulators/", {"simulators/", "gateway/net/", "gateway/config/profiles.hpp", "protocol/"}},
        {"tests/", {"tests/", "simulators/", "gateway/", "storage/", "protocol/"}},
    };
    return list;
}

const Part* part_of(std::string_view path) {
    const Part* best = nullptr;
    for (const auto& part : parts())
        if (path.starts_with(part.folder) && (!best || part.folder.size() > best->folder.size())) best = &part;
    return best;
}

/// A foreign header and the only folders that may know it.
struct ForeignHeader {
    std::string_view prefix;
    std::vector<std::string_view> only_in;
};

const std::vector<ForeignHeader>& foreign_headers() {
    static const std::vector<ForeignHeader> list{
        {"boost/asio", {"gateway/", "simulators/", "tests/"}},
        {"boost/beast", {"gateway/net/", "gateway/http/", "simulators/", "tests/"}},
        {"sqlite3.h", {"storage/sqlite/", "tests/"}},
        {"libpq", {"storage/postgres/", "tests/"}},
        {"spdlog/", {"gateway/", "simulators/", "tests/"}},
        {"prometheus/", {"gateway/", "tests/"}},
        {"toml++/", {"gateway/", "simulators/", "tests/"}},
        {"CLI/", {"gateway/", "simulators/", "tests/"}},
    };
    return list;
}

/// Letters of a UTF-8 line; continuation octets do not count.
std::size_t columns(std::string_view line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// A pattern and what to say about it. Patterns are written in pieces so that this file does not offend itself.
struct Banned {
    std::regex pattern;
    std::string what;
    std::string_view only_in = "";  ///< a folder; empty = everywhere
    bool cpp_only = true;
};

std::regex words(const std::string& pattern) {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
}

const std::vector<Banned>& banned() {
    static const std::vector<Banned> list = [] {
        std::vector<Banned> rules;
        const auto left_over =
            std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b|not (yet )?imple" + "mented|#if" + " 0";
        rules.push_back({words(left_over), "a left-over: do it or say it in an issue", "", false});
        rules.push_back({words(std::string("asio::de") + "tached"), "nothing is detached: spawn into a TaskGroup"});
        rules.push_back(
            {words(std::string("sleep") + "_for|\\busle" + "ep\\(|this_thread::sle" + "ep|time\\.sle" + "ep"),
             "no sleeping in tests: wait for the event with a deadline", "tests/", false});
        rules.push_back(
            {words(std::string("wait_f") + "or\\(\\[[^\\]]*\\] *(\\([^)]*\\) *)?\\{ *return (false|0); *\\}"),
             "a sleep in disguise: wait for the event with a deadline", "tests/"});
        rules.push_back({words("catch *\\(" + std::string("\\.\\.\\.\\) *\\{ *\\}|catch *\\([^)]*\\) *\\{ *\\}")),
                         "a swallowed error"});
        rules.push_back({words(std::string("(^|[^A-Za-z0-9_.])/(wo") + "rk|fa" + "rm|ho" + "me|ro" + "ot|Us" + "ers)/"),
                         "a path of one machine", "", false});
        rules.push_back({words(std::string("\\.\\./sha") + "red|(DESI" + "GN|CONTRA" + "CT|DOMA" + "IN)\\.m" + "d"),
                         "a document that is not in this repository", "", false});
        rules.push_back({words(std::string("using namespace st") + "d *;"), "names of std are written out"});
        return rules;
    }();
    return list;
}

}  // namespace

TEST_CASE("a quoted include is written from the root and goes only where its folder may look") {
    static const std::regex include("^\\s*#\\s*include\\s*\"([^\"]+)\"");
    Offences offences;
    for (const auto& file : sources()) {
        const auto* part = part_of(file.path);
        if (!is_cpp(file.path) || !part) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_search(file.lines[i], match, include)) continue;
            const auto target = match[1].str();
            if (target.ends_with(".pb.h")) continue;
            const auto allowed = std::any_of(part->may_include.begin(), part->may_include.end(),
                                             [&](std::string_view folder) { return target.starts_with(folder); });
            if (!allowed) offences.add(file, i + 1, std::string(part->folder) + " may not include " + target);
            if (!fs::exists(root() / target)) offences.add(file, i + 1, target + " is not a path from the root");
        }
    }
    require_none(offences);
}

TEST_CASE("a foreign library is known only to the folders that need it") {
    static const std::regex include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
    Offences offences;
    for (const auto& file : sources()) {
        if (!is_cpp(file.path)) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_search(file.lines[i], match, include)) continue;
            const auto target = match[1].str();
            for (const auto& header : foreign_headers()) {
                if (!target.starts_with(header.prefix)) continue;
                const auto allowed =
                    std::any_of(header.only_in.begin(), header.only_in.end(),
                                [&](std::string_view folder) { return file.path.starts_with(folder); });
                if (!allowed) offences.add(file, i + 1, target + " does not belong here");
            }
        }
    }
    require_none(offences);
}

TEST_CASE("a source file is at most 500 lines, and its lines at most 120 columns") {
    Offences offences;
    for (const auto& file : sources()) {
        if (!is_cpp(file.path) && !ends_with_one_of(file.path, {".py", ".js", ".pl"})) continue;
        if (file.lines.size() > 500)
            offences.add(file, file.lines.size(), "more than 500 lines: is it still one room?");
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const auto width = columns(file.lines[i]);
            if (width > 120) offences.add(file, i + 1, std::to_string(width) + " columns");
        }
    }
    require_none(offences);
}

TEST_CASE("no left-overs, detached coroutines, sleeping tests, swallowed errors or paths of one machine") {
    Offences offences;
    for (const auto& file : sources()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            for (const auto& rule : banned()) {
                if (rule.cpp_only && !is_cpp(file.path)) continue;
                if (!file.path.starts_with(rule.only_in)) continue;
                if (std::regex_search(file.lines[i], rule.pattern)) offences.add(file, i + 1, rule.what);
            }
        }
    }
    require_none(offences);
}

TEST_CASE("every header is guarded by #pragma once as its first directive") {
    Offences offences;
    for (const auto& file : sources()) {
        if (!file.path.ends_with(".hpp")) continue;
        const auto first = std::find_if(file.lines.begin(), file.lines.end(),
                                        [](const std::string& line) { return trimmed(line).starts_with("#"); });
        if (first == file.lines.end() || trimmed(*first) != "#pragma once") offences.add(file, 1, "no #pragma once");
    }
    require_none(offences);
}

TEST_CASE("every test case asserts something") {
    static const std::regex opening("^\\s*(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)\\(");
    static const std::regex assertion(
        "CHECK|REQUIRE|FAIL\\(|SUCCEED|require_|check_|check\\(|expect_|expect\\(|verify");
    Offences offences;
    for (const auto& file : sources()) {
        if (!file.path.starts_with("tests/") || !file.path.ends_with(".cpp")) continue;
        std::size_t open = 0;
        bool asserted = true;
        for (std::size_t i = 0; i <= file.lines.size(); ++i) {
            const bool starts = i == file.lines.size() || std::regex_search(file.lines[i], opening);
            if (starts && !asserted) offences.add(file, open, "a test case without an assertion");
            // A hidden case (tag "[.…]") prints figures for people.
            if (starts) open = i + 1, asserted = i < file.lines.size() && file.lines[i].find("[.") != std::string::npos;
            if (i < file.lines.size() && std::regex_search(file.lines[i], assertion)) asserted = true;
        }
        // The last case was judged when i reached the end.
    }
    require_none(offences);
}

TEST_CASE("scripts that people call are executable and say which shell they want") {
    Offences offences;
    for (const auto* path : {"tests/run", "tests/support/install", ".ci/run", "deploy/demo"}) {
        if (!fs::exists(root() / path)) {
            offences.add({path, {}}, 1, "is missing");
            continue;
        }
        const auto file = read(root() / path);
        const auto mode = fs::status(root() / path).permissions();
        if ((mode & fs::perms::owner_exec) == fs::perms::none) offences.add(file, 1, "is not executable");
        if (file.lines.empty() || !file.lines[0].starts_with("#!")) offences.add(file, 1, "has no #! line");
    }
    require_none(offences);
}

TEST_CASE("a folder with more than a dozen sources is worth a look") {
    constexpr std::size_t dozen = 12;
    std::map<std::string, std::size_t> sizes;
    for (const auto& file : sources())
        if (file.path.ends_with(".cpp")) ++sizes[fs::path(file.path).parent_path().generic_string()];
    for (const auto& [folder, size] : sizes)
        if (size > dozen) WARN(folder << "/ holds " << size << " sources");
    CHECK_FALSE(sizes.empty());
}
