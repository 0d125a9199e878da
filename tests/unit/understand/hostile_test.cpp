#include <catch2/catch.hpp>
#include <ctime>
#include <random>

#include "gateway/understand/explain/explain.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

constexpr std::size_t long_text = 32 * 1024;

std::string repeated(std::string_view piece, std::size_t size = long_text) {
    std::string text;
    while (text.size() < size) text += piece;
    return text;
}

/// Processor time of this thread that reading takes: a machine busy with something else makes no text slow. The least
/// of three.
double seconds_to_read(const std::string& text) {
    const auto now = [] {
        timespec at{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
        return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
    };
    double least = 1e9;
    for (int i = 0; i < 3; ++i) {
        const double began = now();
        const auto reading = read(sambas(), text, villager());
        CHECK(reading.confidence <= 1);
        least = std::min(least, now() - began);
    }
    return least;
}

}  // namespace

TEST_CASE("no text is too long, too strange or too broken to be read") {
    using namespace std::string_view_literals;
    for (const auto piece : {"a"sv,
                             "#"sv,
                             "7"sv,
                             " "sv,
                             "\0"sv,
                             "\xFF"sv,
                             "\xC3"sv,
                             "\xF0\x9F"sv,
                             "\xE2\x80\xAE"sv,
                             "\xE2\x80\x8B"sv,
                             "\xED\xA0\x80"sv,
                             "\xF4\x90\x80\x80"sv,
                             "a7"sv,
                             "5org"sv,
                             "kb1"sv,
                             "a "sv,
                             "5 "sv,
                             "jalan tikus "sv,
                             "desa ke sebagai nama "sv,
                             "12 "sv,
                             "jam "sv,
                             "tidak "sv,
                             "tolong kirim "sv,
                             "-"sv,
                             "?"sv,
                             "\n"sv,
                             "daftar#"sv,
                             "\xF0\x9F\x98\xAD"sv,
                             "\xE4\xBD\xA0"sv,
                             "umur 1 "sv,
                             "20-09-2025 "sv,
                             "(1) "sv,
                             "(1)"sv,
                             "1-2 "sv,
                             "anak saya "sv,
                             "tolongsayadikurungdirumahkosongdekataruk"sv,
                             "to long sa ya "sv,
                             "0840 "sv}) {
        for (const auto start :
             {""sv, "lapor "sv, "tolong "sv, "daftar "sv, "daftar#"sv, "status "sv, "tiba "sv, "tidak "sv}) {
            auto context = villager();
            context.explain = true;
            const auto text = std::string(start) + repeated(piece);
            CAPTURE(start, piece);
            CHECK_NOTHROW(read(sambas(), text, context));
        }
    }
}

TEST_CASE("noise of words and octets is read without a fault, and explained in valid JSON") {
    std::mt19937 random(20250912);
    const std::vector<std::string> words = {"lapor", "tolong",  "daftar", "#",        "5",    "org",   "jam",  "2",
                                            "malam", "kemarin", "aruk",   "tgl",      "20",   "-",     ".",    "nama",
                                            "kb",    "1234",    "xy",     "setengah", "lalu", "bulan", "umur", "\xFF",
                                            "0840",  "ke",      "dr",     "desa",     "aman", "tidak", "?",    "\n"};
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (std::size_t n = random() % 14; n > 0; --n) {
            text += words[random() % words.size()];
            if (random() % 4 != 0) text += ' ';
            if (random() % 16 == 0) text += static_cast<char>(random() % 256);
        }
        CAPTURE(text);
        CHECK_NOTHROW(explain_json(sambas(), text, villager()));
    }
}

TEST_CASE("four times as long a text takes about four times as long to read, whatever it is made of") {
    constexpr double times = 4, at_most = 2.5 * times;  // one that grows with the square takes 16 times as long
    for (const auto* piece : {"(1) ", "(1)", "1-2 ", "anak saya ", "anak dipukul ", "5 org ", "umur 15 ", "1) org. "}) {
        const auto begin = std::string("lapor ");
        const double is_short = seconds_to_read(begin + repeated(piece, long_text / 4));
        const double is_long = seconds_to_read(begin + repeated(piece, long_text));
        CAPTURE(piece, is_short, is_long);
        CHECK(is_long < at_most * is_short);
    }
}

TEST_CASE("a moment at the edge of the calendar is read") {
    for (const auto at :
         {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59+07:00", "2025-12-31T23:30:00+07:00", "9999-12-31T23:59:59Z"}) {
        auto context = villager();
        context.received_at = *from_rfc3339(at);
        for (const auto text :
             {"lapor 1 tahun lalu", "lapor 12 bulan lalu", "lapor besok", "lapor tgl 31", "lapor jam 24",
              "daftar#a##p#sebunga#kuching###29-02", "daftar#a#6101095506989999##x#y###tgl 30"}) {
            CAPTURE(at, text);
            CHECK_NOTHROW(read(sambas(), text, context));
        }
    }
}
