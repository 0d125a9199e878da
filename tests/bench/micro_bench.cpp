// What one message costs in each pure step, on one core. `micro_bench --benchmark_format=json` for machines.
#include <benchmark/benchmark.h>
#include <time.h>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/reading.hpp"
#include "protocol/smpp/codec.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/time.hpp"
#include "storage/vault.hpp"
#include "tests/support/count_allocations.hpp"
#include "tests/support/packs.hpp"

namespace {

using namespace jejak;
using tests::allocations;

/// What a loop asks the heap for, for each turn of it.
class Allocations {
public:
    explicit Allocations(benchmark::State& state) : state_(state), before_(allocations) {}
    ~Allocations() {
        const auto turns = static_cast<double>(state_.iterations());
        state_.counters["allocations"] = static_cast<double>(allocations - before_) / turns;
    }
    Allocations(const Allocations&) = delete;
    Allocations& operator=(const Allocations&) = delete;

private:
    benchmark::State& state_;
    std::size_t before_;
};

constexpr std::string_view report = "LAPOR 5 org naik mobil lewat jalan tikus dekat Aruk jam 2 malam ke Malaysia";

smpp::ShortMessage deliver_sm(std::span<const std::byte> text) {
    smpp::ShortMessage message;
    message.source = {1, 1, "628400000001"};
    message.destination = {0, 1, "9840"};
    message.short_message = text;
    return message;
}

std::vector<std::byte> encoded_deliver_sm() {
    const auto text = *sms::gsm7::encode(report);
    std::vector<std::byte> pdu;
    smpp::encode_short_message(smpp::CommandId::deliver_sm, deliver_sm(text), 7, pdu);
    return pdu;
}

void decode_deliver_sm(benchmark::State& state) {
    const auto pdu = encoded_deliver_sm();
    const auto body = std::span(pdu).subspan(smpp::header_size);
    const Allocations counted(state);
    for (auto _ : state) benchmark::DoNotOptimize(smpp::decode_short_message(smpp::CommandId::deliver_sm, body));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_deliver_sm);

void encode_deliver_sm(benchmark::State& state) {
    const auto text = *sms::gsm7::encode(report);
    const auto message = deliver_sm(text);
    std::vector<std::byte> out;
    out.reserve(1'024);
    const Allocations counted(state);
    for (auto _ : state) {
        out.clear();
        smpp::encode_short_message(smpp::CommandId::deliver_sm, message, 7, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode_deliver_sm);

/// As an SMSC that says all it knows sends it.
std::vector<std::byte> five_parameters() {
    std::vector<std::byte> tlvs;
    smpp::append_tlv(smpp::Tag::user_message_reference, std::uint16_t{7}, tlvs);
    smpp::append_tlv(smpp::Tag::sar_msg_ref_num, std::uint16_t{42}, tlvs);
    smpp::append_tlv(smpp::Tag::sar_total_segments, std::uint8_t{3}, tlvs);
    smpp::append_tlv(smpp::Tag::sar_segment_seqnum, std::uint8_t{1}, tlvs);
    smpp::append_tlv(smpp::Tag::language_indicator, std::uint8_t{0}, tlvs);
    return tlvs;
}

void decode_deliver_sm_with_5_tlvs(benchmark::State& state) {
    const auto text = *sms::gsm7::encode(report);
    const auto tlvs = five_parameters();
    auto message = deliver_sm(text);
    message.tlvs = smpp::Tlvs(tlvs);
    std::vector<std::byte> pdu;
    smpp::encode_short_message(smpp::CommandId::deliver_sm, message, 7, pdu);
    const auto body = std::span(pdu).subspan(smpp::header_size);
    const Allocations counted(state);
    for (auto _ : state) {
        const auto decoded = smpp::decode_short_message(smpp::CommandId::deliver_sm, body);
        benchmark::DoNotOptimize(decoded->tlvs.u8(smpp::Tag::sar_segment_seqnum));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_deliver_sm_with_5_tlvs);

void encode_deliver_sm_with_5_tlvs(benchmark::State& state) {
    const auto text = *sms::gsm7::encode(report);
    const auto tlvs = five_parameters();
    auto message = deliver_sm(text);
    message.tlvs = smpp::Tlvs(tlvs);
    std::vector<std::byte> out;
    out.reserve(1'024);
    const Allocations counted(state);
    for (auto _ : state) {
        out.clear();
        smpp::encode_short_message(smpp::CommandId::deliver_sm, message, 7, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode_deliver_sm_with_5_tlvs);

void decode_gsm7(benchmark::State& state) {
    const auto text = *sms::gsm7::encode(report);
    for (auto _ : state) benchmark::DoNotOptimize(sms::decode_text(text, 0));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_gsm7);

understand::ReadingContext friday_evening() {
    understand::ReadingContext context;
    context.received_at = *from_rfc3339("2025-09-12T21:10:00+07:00");
    context.sender = "+628400000001";
    return context;
}

void understand_report(benchmark::State& state) {
    const auto pack = tests::sambas();
    const auto context = friday_evening();
    for (auto _ : state) benchmark::DoNotOptimize(understand::read(*pack, report, context));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(understand_report);

/// What people really write: the pack's own examples, one after another.
void understand_typical_sms(benchmark::State& state) {
    const auto pack = tests::sambas();
    const auto& examples = pack->data().examples;
    std::size_t next = 0;
    for (auto _ : state) {
        const auto& example = examples[next++ % examples.size()];
        benchmark::DoNotOptimize(understand::read(*pack, example.text, example.context));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(understand_typical_sms);

/// Of this thread: a machine that is busy with something else makes no text slow.
double processor_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Texts of 32 KiB made to be slow; the slowest of them counts.
void understand_worst_32KiB(benchmark::State& state) {
    constexpr std::size_t size = 32 * 1024;
    constexpr std::string_view pieces[] = {"a",
                                           "#",
                                           "7",
                                           "a7",
                                           "5 ",
                                           "a ",
                                           "lpaor ",
                                           "jalna tikks ",
                                           "jalan tikus ",
                                           "5 org jam 2 malam di aruk ",
                                           "tidak aman tolong ",
                                           "paspor x x diambil ",
                                           "jam ",
                                           "umur 1 ",
                                           "0840 ",
                                           "20-09-2025 ",
                                           "abcdefghijklmnopqrstuvw ",
                                           "\xF0\x9F\x98\xAD",
                                           "bukan 5 tapi 3 ",
                                           "desa ke sebagai nama ",
                                           "di kurung ",
                                           "(1) ",
                                           "(1)",
                                           "1-2 ",
                                           "anak dipukul ",
                                           "aaaaaaaaaaaaaaaaaaaaab "};
    const auto pack = tests::sambas();
    const auto context = friday_evening();
    std::vector<std::pair<std::string, std::string>> texts;  // what it is made of, and itself
    for (const auto start : {"", "lapor ", "tolong ", "daftar#"}) {
        for (const auto piece : pieces) {
            std::string text = start;
            while (text.size() + piece.size() <= size) text += piece;
            texts.emplace_back(std::string(start) + std::string(piece) + "…", std::move(text));
        }
    }
    double slowest = 0;
    for (const auto& [made_of, text] : texts) {
        const double began = processor_seconds();
        benchmark::DoNotOptimize(understand::read(*pack, text, context));
        const double took = processor_seconds() - began;
        if (took <= slowest) continue;
        slowest = took;
        state.SetLabel("slowest: " + made_of);
    }
    for (auto _ : state) state.SetIterationTime(slowest);
}
BENCHMARK(understand_worst_32KiB)->UseManualTime()->Iterations(1);

void load_pack(benchmark::State& state) {
    for (auto _ : state) {
        std::vector<understand::PackFault> faults;
        const auto pack = understand::Pack::load(JEJAK_SOURCE_DIR "/deploy/packs/sambas", faults);
        if (!pack) state.SkipWithError("the pack has faults");
        benchmark::DoNotOptimize(pack);
    }
}
BENCHMARK(load_pack)->Unit(benchmark::kNanosecond);

void seal_message(benchmark::State& state) {
    const auto vault = storage::Vault::for_tests();
    storage::Id id = 0;
    for (auto _ : state) {
        ++id;
        benchmark::DoNotOptimize(vault.seal(storage::Table::message, storage::Column::sender, id, "+628400000001"));
        benchmark::DoNotOptimize(vault.seal(storage::Table::message, storage::Column::text, id, report));
        benchmark::DoNotOptimize(vault.lookup("msisdn", "+628400000001"));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(seal_message);

}  // namespace

BENCHMARK_MAIN();
