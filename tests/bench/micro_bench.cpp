// What one message costs in each pure step, on one core. `micro_bench --benchmark_format=json` for machines.
#include <benchmark/benchmark.h>

#include "gateway/understand/pack/pack.hpp"
#include "protocol/smpp/codec.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/time.hpp"
#include "storage/vault.hpp"
#include "tests/support/packs.hpp"

namespace {

using namespace jejak;

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
    for (auto _ : state) benchmark::DoNotOptimize(smpp::decode_short_message(smpp::CommandId::deliver_sm, body));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_deliver_sm);

void encode_deliver_sm(benchmark::State& state) {
    const auto text = *sms::gsm7::encode(report);
    const auto message = deliver_sm(text);
    std::vector<std::byte> out;
    for (auto _ : state) {
        out.clear();
        smpp::encode_short_message(smpp::CommandId::deliver_sm, message, 7, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode_deliver_sm);

void decode_gsm7(benchmark::State& state) {
    const auto text = *sms::gsm7::encode(report);
    for (auto _ : state) benchmark::DoNotOptimize(sms::decode_text(text, 0));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_gsm7);

void understand_report(benchmark::State& state) {
    const auto pack = tests::sambas();
    understand::ReadingContext context;
    context.received_at = *from_rfc3339("2025-09-12T21:10:00+07:00");
    context.sender = "+628400000001";
    for (auto _ : state) benchmark::DoNotOptimize(understand::read(*pack, report, context));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(understand_report);

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
