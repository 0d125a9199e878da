#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/source_files.hpp"

/// The SMPP conformance statement and the tests: each says of the other what is there.
namespace {

using namespace jejak::tests;

/// A group of cases in the conformance statement, numbered from 1.
struct CaseGroup {
    char letter;
    int count;
};

constexpr const char* statement_path = "protocol/smpp/CONFORMANCE.md";

/// "F1" to "A8".
const std::set<std::string>& smpp_cases() {
    static const std::set<std::string> all = [] {
        std::set<std::string> names;
        for (const auto& group : {CaseGroup{'F', 17}, CaseGroup{'B', 27}, CaseGroup{'M', 27}, CaseGroup{'C', 24},
                                  CaseGroup{'D', 10}, CaseGroup{'U', 8}, CaseGroup{'A', 8}})
            for (int number = 1; number <= group.count; ++number) names.insert(group.letter + std::to_string(number));
        return names;
    }();
    return all;
}

/// Looks like a case of the statement, whether there is one of that number or not.
bool is_case_name(std::string_view text) {
    return text.size() >= 2 && text.size() <= 3 &&
           std::string_view("FBMCDUA").find(text[0]) != std::string_view::npos &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The F1 of every [F1] in a text.
std::vector<std::string> cases_in(std::string_view text) {
    std::vector<std::string> found;
    for (auto open = text.find('['); open != std::string_view::npos; open = text.find('[', open + 1)) {
        const auto close = text.find(']', open);
        if (close == std::string_view::npos) break;
        const auto name = text.substr(open + 1, close - open - 1);
        if (is_case_name(name)) found.emplace_back(name);
    }
    return found;
}

/// The tags of the test case that begins in this line: what is quoted behind the first comma outside quotes.
std::string tags_at(const SourceFile& file, std::size_t line) {
    std::string tags;
    bool quoted = false, named = false;
    for (auto i = line; i < file.lines.size(); ++i) {
        const auto& text = file.lines[i];
        for (auto at = i == line ? text.find('(') + 1 : 0; at < text.size(); ++at) {
            const char c = text[at];
            if (quoted && c == '\\') {
                ++at;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (quoted) {
                if (named) tags += c;
            } else if (c == ',') {
                named = true;
            } else if (c == ')') {
                return tags;
            }
        }
    }
    return tags;
}

/// The F1 and F2 of a test case named "F1, F2: what holds"; also the V20 of a vector, which is no case.
std::vector<std::string> named_after(const SourceFile& file, std::size_t line) {
    std::string title;
    for (auto i = line; i < file.lines.size() && i < line + 2; ++i) title += file.lines[i];
    title.erase(0, title.find('"') + 1);
    title.resize(std::min(title.find(':'), title.size()));
    std::vector<std::string> found;
    std::istringstream words(title);
    for (std::string word; words >> word;) {
        if (word.ends_with(',')) word.pop_back();
        if (!is_case_name(word) && !word.starts_with('V')) return {};  // a sentence with a colon in it
        if (is_case_name(word)) found.push_back(std::move(word));
    }
    return found;
}

/// smpp_frame of tests/unit/protocol/smpp_frame_test.cpp: how the statement names a test.
std::string test_name(const SourceFile& file) {
    auto name = fs::path(file.path).stem().string();
    if (name.ends_with("_test")) name.erase(name.size() - std::string_view("_test").size());
    return name;
}

/// Case → the tests that prove it: test cases with its tag [F1] (hidden ones do not count), and scripts of the suites
/// that run whole programs with [F1] in the words of a check; what a script says of itself proves nothing.
std::map<std::string, std::set<std::string>> proved_cases(Offences& offences) {
    std::map<std::string, std::set<std::string>> proved;
    const auto note = [&](const SourceFile& file, std::size_t line, std::string_view text) {
        for (const auto& name : cases_in(text)) {
            proved[name].insert(test_name(file));
            if (!smpp_cases().contains(name)) offences.add(file, line + 1, "there is no case " + name);
        }
    };
    for (const auto& file : sources()) {
        const bool script = ends_with_one_of(file.path, {".py", ".js", ".pl"}) &&
                            (file.path.starts_with("tests/interop/") || file.path.starts_with("tests/fault/") ||
                             file.path.starts_with("tests/e2e/"));
        const bool catches = file.path.starts_with("tests/") && file.path.ends_with("_test.cpp");
        for (std::size_t i = 0; (script || catches) && i < file.lines.size(); ++i) {
            if (script && file.lines[i].find("checks") != std::string::npos) note(file, i, file.lines[i]);
            if (!catches || !trimmed(file.lines[i]).starts_with("TEST_CASE(")) continue;
            const auto tags = tags_at(file, i);
            if (tags.find("[.") == std::string::npos) note(file, i, tags);
        }
    }
    return proved;
}

/// The cases that a test case is named after. One that is named so has the tag, too.
std::set<std::string> named_cases(Offences& offences) {
    std::set<std::string> named;
    for (const auto& file : sources()) {
        if (!file.path.starts_with("tests/") || !file.path.ends_with("_test.cpp")) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (!trimmed(file.lines[i]).starts_with("TEST_CASE(")) continue;
            const auto tags = tags_at(file, i);
            for (const auto& name : named_after(file, i)) {
                if (tags.find('[' + name + ']') == std::string::npos)
                    offences.add(file, i + 1, "is named after case " + name + ", and has no [" + name + ']');
                if (tags.find("[.") == std::string::npos) named.insert(name);
            }
        }
    }
    return named;
}

/// The cells of a line of a table, without the blanks around them; empty when it is none.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    if (!line.starts_with('|')) return cells;
    for (std::size_t begin = 1, end = 0; (end = line.find('|', begin)) != std::string_view::npos; begin = end + 1) {
        auto cell = trimmed(line.substr(begin, end - begin));
        cell.erase(cell.find_last_not_of(' ') + 1);
        cells.push_back(std::move(cell));
    }
    return cells;
}

/// What the statement says of one case.
struct Claim {
    std::size_t line = 0;
    std::string where;  ///< the last cell: names of tests, or why there is none
};

/// A line whose first cell is empty goes on with the case above it.
std::map<std::string, Claim> claims_of(const SourceFile& statement, Offences& offences) {
    std::map<std::string, Claim> claims;
    Claim* open = nullptr;
    for (std::size_t i = 0; i < statement.lines.size(); ++i) {
        const auto cells = cells_of(statement.lines[i]);
        if (!cells.empty() && cells[0].empty() && open != nullptr) {
            open->where += ' ' + cells.back();
            continue;
        }
        open = nullptr;
        if (cells.empty() || !is_case_name(cells[0])) continue;
        if (!smpp_cases().contains(cells[0])) offences.add(statement, i + 1, "there is no case " + cells[0]);
        const auto [claim, fresh] = claims.try_emplace(cells[0], Claim{i + 1, cells.back()});
        if (!fresh) offences.add(statement, i + 1, "case " + cells[0] + " is here twice");
        open = &claim->second;
    }
    return claims;
}

}  // namespace

TEST_CASE("the SMPP conformance statement names every case, and tests that prove it or a reason why there is none") {
    constexpr std::string_view untested = "not tested:";
    constexpr std::size_t reason_min = 20;
    Offences offences;
    const auto statement = read(root() / statement_path);
    const auto proved = proved_cases(offences);
    const auto claims = claims_of(statement, offences);
    const auto named = named_cases(offences);
    for (const auto& name : smpp_cases()) {
        const auto claim = claims.find(name);
        if (claim == claims.end()) {
            offences.add(statement, 1, "does not tell of case " + name);
            continue;
        }
        const auto found = proved.find(name);
        const auto& [line, where] = claim->second;
        if (where.starts_with(untested)) {
            if (where.size() < untested.size() + reason_min)
                offences.add(statement, line, "case " + name + " is not tested: why?");
            if (found != proved.end())
                offences.add(statement, line, "case " + name + " is tested, in " + *found->second.begin());
            continue;
        }
        std::istringstream tests(where);
        std::size_t count = 0;
        for (std::string test; tests >> test; ++count) {
            if (test.ends_with(',')) test.pop_back();
            if (found == proved.end() || !found->second.contains(test))
                offences.add(statement, line,
                             "case " + name + " is claimed of " + test + ", which has no [" + name + ']');
        }
        if (!named.contains(name)) offences.add(statement, line, "no test case is named after case " + name);
        if (count == 0) offences.add(statement, line, "case " + name + " names no test, and no reason for that");
    }
    require_none(offences);
}
