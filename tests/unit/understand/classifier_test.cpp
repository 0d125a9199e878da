#include "gateway/understand/learned/classifier.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "gateway/understand/explain/explain.hpp"
#include "gateway/understand/learned/analysis.hpp"
#include "gateway/understand/learned/features.hpp"
#include "gateway/understand/learned/learn.hpp"
#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/reading.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

const Label recruitment{Intent::report, Category::recruitment};
const Label talk{Intent::unclear, Category::not_a_case};
const Label safe{Intent::safe, Category::none};

std::vector<Lesson> lessons() {
    std::vector<Lesson> all;
    for (int i = 0; i < 20; ++i) {
        all.push_back({{"w:janji", "w:gaji", "f:abroad"}, recruitment});
        all.push_back({{"w:harga", "w:ikan"}, talk});
        all.push_back({{"w:sehat", "f:abroad"}, safe});
    }
    all.push_back({{"w:ikan", "w:seldom"}, talk});
    return all;
}

Classifier learned() {
    std::string fault;
    auto classifier = Classifier::parse(learn(lessons(), "for a test"), fault);
    REQUIRE(fault.empty());
    return classifier;
}

std::vector<std::uint64_t> keys(std::initializer_list<std::string_view> names) {
    std::vector<std::uint64_t> all;
    for (const auto name : names) all.push_back(feature_key(name));
    return all;
}

}  // namespace

TEST_CASE("what was learned comes back, with shares that sum to one", "[classifier]") {
    const auto classifier = learned();
    const auto shares = classifier.judge(keys({"w:janji", "w:gaji"}));
    CHECK(shares.intent().first == Intent::report);
    CHECK(shares.intent().second > 0.8F);
    CHECK(shares.category(Intent::report).first == Category::recruitment);
    CHECK(shares.category(Intent::report).second == Approx(1));
    CHECK(shares.of(Intent::report) + shares.of(Intent::unclear) + shares.of(Intent::safe) == Approx(1));
    CHECK(classifier.judge(keys({"w:sehat"})).intent().first == Intent::safe);
    CHECK(classifier.weight(feature_key("w:gaji"), recruitment) > 0.5F);
    CHECK(classifier.weight(feature_key("w:gaji"), talk) < 0);
    CHECK(classifier.weight(feature_key("w:nobody said it"), talk) == 0);
}

TEST_CASE("a text of unknown words leaves every label in play", "[classifier]") {
    const auto shares = learned().judge(keys({"w:xyzzy"}));
    CHECK(shares.intent().second < 0.6F);
}

TEST_CASE("the same lessons give the same file, and features of too few lessons are left out", "[classifier]") {
    const auto file = learn(lessons(), "for a test");
    CHECK(file == learn(lessons(), "for a test"));
    CHECK(file.find("w:ikan\t") != file.npos);
    CHECK(file.find("w:seldom") == file.npos);
}

TEST_CASE("a damaged model is refused with the line that is wrong", "[classifier]") {
    struct Row {
        std::string_view text, fault;
    };
    const auto row = GENERATE(values<Row>({
        {"", "line 0: the file holds no labels"},
        {"# only a remark\n", "line 1: the file holds no labels"},
        {"w:a\t00\n", "line 1: labels, a tab and the labels' names come first"},
        {"labels\tsafe nonsense\n", "line 1: labels, a tab and the labels' names come first"},
        {"labels\tsafe report/nonsense\n", "line 1: labels, a tab and the labels' names come first"},
        {"labels\tsafe sos\nw:a 0000\n", "line 2: no tab between a feature and its weights"},
        {"labels\tsafe sos\nw:a\t00000\n", "line 2: there are not two digits for each label"},
        {"labels\tsafe sos\nw:a\t00zz\n", "line 2: a weight is two hexadecimal digits"},
    }));
    CAPTURE(row.text);
    std::string fault;
    CHECK(Classifier::parse(row.text, fault).empty());
    CHECK(fault == row.fault);
}

TEST_CASE("labels are written as they are read", "[classifier]") {
    for (const auto& label : {recruitment, talk, safe}) CHECK(parse_label(to_string(label)) == label);
    CHECK_FALSE(parse_label("safe/"));
    CHECK_FALSE(parse_label("report/of nothing"));
}

TEST_CASE("a feature's name leads to the key the reader sees, whatever its kind", "[classifier]") {
    const ReadingContext context{};
    for (const std::string_view text : {"tlg sy dikurung majikan di kuching, paspor diambil!", "nda dikurung qwrtzzy?",
                                        "speed bawa 12 org skrg", "LAPOR calo", ""}) {
        CAPTURE(text);
        const Analysis analysis(sambas(), text, context);
        const auto named = features_of(analysis.whole, analysis.command, analysis.rules, true);
        REQUIRE(named.keys.size() == named.names.size());
        for (std::size_t i = 0; i < named.keys.size(); ++i) {
            CAPTURE(named.names[i]);
            CHECK(feature_key(named.names[i]) == named.keys[i]);
        }
        const auto plain = features_of(analysis.whole, analysis.command, analysis.rules, false);
        CHECK(std::set(plain.keys.begin(), plain.keys.end()) == std::set(named.keys.begin(), named.keys.end()));
    }
}

TEST_CASE("a long text has a bounded number of features", "[classifier]") {
    std::string text;
    for (int i = 0; i < 4'000; ++i) text += "tolong" + std::to_string(i) + "abcdefghijklmnopqrstuvwxyz calo ";
    const Analysis analysis(sambas(), text, {});
    CHECK(features_of(analysis.whole, analysis.command, analysis.rules, false).keys.size() < 4'000);
}

TEST_CASE("a lesson from a message the rules were made for says nothing of the rules", "[classifier]") {
    const auto of_rules = [](const Lesson& lesson) {
        return std::count_if(lesson.features.begin(), lesson.features.end(),
                             [](const std::string& name) { return name.starts_with("r:"); });
    };
    CHECK(of_rules(lesson_of(sambas(), "ada calo cari gadis", {}, recruitment, true)) > 0);
    CHECK(of_rules(lesson_of(sambas(), "ada calo cari gadis", {}, recruitment, false)) == 0);
}

TEST_CASE("typed commands stay what they are, whatever was learned", "[classifier]") {
    struct Row {
        std::string_view text;
        Intent intent;
    };
    const auto row = GENERATE(values<Row>({{"STOP", Intent::stop},
                                           {"stop", Intent::stop},
                                           {"status sb7k2q", Intent::status},
                                           {"BANTUAN", Intent::help},
                                           {"HAPUS", Intent::erase},
                                           {"TOLONG", Intent::sos},
                                           {"sos pak", Intent::sos},
                                           {"\xF0\x9F\x86\x98", Intent::sos},
                                           {"\xF0\x9F\x86\x98 pak", Intent::sos},
                                           {"LAPOR", Intent::report},
                                           {"lapor jalan rusak di depan masjid", Intent::report},
                                           {"ya", Intent::yes},
                                           {"CEK PT MAJU FIKTIF", Intent::check}}));
    CAPTURE(row.text);
    CHECK(to_string(read(sambas(), row.text, {}).intent) == to_string(row.intent));
}

TEST_CASE("what would harm is not guessed from a word or two", "[classifier]") {
    for (const std::string_view text : {"berhent", "hapusin", "stpo", "amann", "jangan hapus data saya"}) {
        CAPTURE(text);
        const auto intent = read(sambas(), text, {}).intent;
        CHECK(intent != Intent::stop);
        CHECK(intent != Intent::erase);
        CHECK(intent != Intent::safe);
    }
}

TEST_CASE("people are told which words a guess rests on", "[classifier]") {
    const auto told = explain_text(sambas(), "kawan saya baru kena tipu orang yang janjikan kerja enak di kebun", {});
    CHECK(told.find("by what was learned") != told.npos);
}
