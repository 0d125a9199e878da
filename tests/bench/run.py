#!/usr/bin/env python3
"""Speed and memory, measured on this machine: prints a table, writes build/bench/results.json.

Figures are for people: no figure fails the run. It fails when a run did not complete, or lost a message.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "support"))

from kannel_peer import KannelRun, version as kannel_version  # noqa: E402
from ussd_load import UssdRun  # noqa: E402
from loads import FOLDER, GatewayRun, bare_commit, shown  # noqa: E402
from jejakd import endpoint  # noqa: E402
from processes import ROOT, free_port, program, run_program  # noqa: E402

LONG_COUNT, LONG_OWED = 5_000_000, 1_000_000
# Nanoseconds: 100,000 texts a second on one core, 20 ms for the worst text, 200 ms for a pack.
MICRO_LIMITS = {"understand_typical_sms": 10_000, "understand_worst_32KiB": 20_000_000, "load_pack": 200_000_000}
STEADY_SECONDS, STEADY_RATE = 10, 2_000
TURNS = 3


class Bench:
    """The rows of the table and what stands behind them."""

    def __init__(self, options):
        self.options = options
        self.rows = []
        self.runs = {}
        self.commands = []
        self.passed = self.failed = 0
        self.full = None

    def row(self, what, figure, target="", met=None):
        verdict = "" if met is None else " (met)" if met else " (missed)"
        self.rows.append((what, figure, target + verdict))

    def keep(self, name, figures):
        self.runs[name] = figures
        self.commands += figures.get("commands", [])

    def part(self, name, measure):
        """One part of the bench; what stops it is told, and the others go on."""
        began = time.monotonic()
        try:
            measure()
            self.passed += 1
            print(f"PASS bench: {name} ({time.monotonic() - began:.0f} s)", flush=True)
        except Exception as error:  # one part that cannot be measured must not hide the others
            self.failed += 1
            self.row(name, "did not complete")
            print(f"FAIL bench: {name}\n     {type(error).__name__}: {error}", flush=True)
            traceback.print_exc()

    # The parts

    def full_load(self):
        """The gateway and the bare loop in turns, so that noise meets both; medians count."""
        pairs = []
        for turn in range(TURNS):
            run = GatewayRun("full", self.options.count, 100)
            pairs.append((run, bare_commit(run, max(1, round(run.messages_a_batch)))))
            self.keep(f"full_{turn + 1}", run.figures())
            self.keep(f"bare_{turn + 1}", pairs[-1][1])
        pairs.sort(key=lambda pair: pair[0].rate)
        run = self.full = pairs[TURNS // 2][0]
        latency = run.smsc["latency_ms"]
        self.row("full load, window 100", f"{run.rate:,.0f} messages/s", "≥ 10,000", run.rate >= 10_000)
        self.row("p50 / p99 of its acknowledgements", f"{latency['p50']:.1f} / {latency['p99']:.1f} ms",
                 "p99 ≤ 50 ms", latency["p99"] <= 50)  # fmt: skip
        peak = max(pair[0].rss_peak for pair in pairs)
        self.row("its memory at most", f"{peak / 1024:.0f} MiB", "≤ 120 MB", peak * 1024 <= 120e6)
        self.row("its processor time", f"{run.cpu / run.count * 1e6:.0f} µs a message")
        bare = sorted(pairs, key=lambda pair: pair[1]["rate"])[TURNS // 2][1]
        self.row(f"bare loop, the same rows, {bare['batch']} messages a commit", f"{bare['rate']:,.0f} messages/s")
        ratios = sorted(pair[0].rate / pair[1]["rate"] for pair in pairs)
        self.row("gateway / bare loop", f"{ratios[TURNS // 2]:.0%} ({ratios[0]:.0%} to {ratios[-1]:.0%})",
                 "≥ 50 %", ratios[TURNS // 2] >= 0.5)  # fmt: skip

    def steady(self):
        run = GatewayRun("steady", STEADY_SECONDS * STEADY_RATE, 100, rate=STEADY_RATE)
        self.keep("steady", run.figures())
        latency = run.smsc["latency_ms"]
        self.row(f"p50 / p99 at {STEADY_RATE:,} messages/s", f"{latency['p50']:.1f} / {latency['p99']:.1f} ms",
                 "p99 ≤ 15 ms", latency["p99"] <= 15)  # fmt: skip

    def window_one(self):
        count = min(10_000, self.options.count)
        run = GatewayRun("window-1", count, 1)
        bare = bare_commit(run, 1)
        self.keep("window_1", run.figures())
        self.keep("window_1_bare", bare)
        ratio = run.rate / bare["rate"]
        self.row("window 1", f"{run.rate:,.0f} messages/s, {run.messages_a_batch:.2f} a commit")
        self.row("bare loop, batches of 1", f"{bare['rate']:,.0f} messages/s")
        self.row("gateway / bare loop at window 1", f"{ratio:.0%}", "≥ 60 %", ratio >= 0.6)

    def dead_endpoint(self):
        """Fills the outbox of an endpoint that refuses every connection, then measures the load with and without it."""
        owed = LONG_OWED if self.options.long else 20_000
        count = LONG_OWED // 5 if self.options.long else 40_000
        url = f"http://127.0.0.1:{free_port()}/"
        every = [endpoint("mati", url, events='["report.received", "alert.*"]')]
        alerts = [endpoint("mati", url, events='["alert.*"]')]
        filling = GatewayRun("dead", owed, 100, endpoints=every)
        first, rates, peak = owed, {"without": [], "dead": []}, filling.rss_peak
        for _ in range(2):  # one after the other, twice: a store that grows and a noisy machine hit both alike
            for name, tables in (("without", "none"), ("dead", alerts)):
                run = GatewayRun(name, count, 100, endpoints=tables, folder=filling.folder, first=first)
                first += count
                rates[name].append(run.rate)
                if name == "dead":
                    peak = max(peak, run.rss_peak)
                    self.keep("dead", run.figures())
        self.keep("dead_filling", filling.figures())
        self.runs["dead"]["rates"] = rates
        without, dead = (sum(rates[name]) / 2 for name in ("without", "dead"))
        fall = 1 - dead / without
        pending = run.ledger["deliveries"]["pending"]
        self.row(f"dead endpoint, {pending:,} deliveries owed", f"{dead:,.0f} messages/s; without it {without:,.0f}")
        self.row("its cost to intake", f"{max(0.0, fall):.0%}", "< 20 %", fall < 0.2)
        self.row("memory at most meanwhile", f"{peak / 1024:.0f} MiB", "≤ 200 MB", peak * 1024 <= 200e6)
        self.row("while every report owes a delivery", f"{filling.rate:,.0f} messages/s")

    def long_run(self):
        run = GatewayRun("long", LONG_COUNT, 100)
        figures = run.figures()
        tenths = [run.samples[len(run.samples) * i // 10][1] for i in range(10)] + [run.samples[-1][1]]
        figures["rss_kib_by_tenth"] = tenths
        self.keep("long", figures)
        grown = (tenths[-1] - tenths[1]) / 1024
        self.row(f"{LONG_COUNT:,} messages", f"{run.rate:,.0f} messages/s, p99 {run.smsc['latency_ms']['p99']:.1f} ms")
        self.row("memory at most / grown after the first tenth", f"{run.rss_peak / 1024:.0f} / {grown:+.1f} MiB",
                 "≤ 120 MB, flat", run.rss_peak * 1024 <= 120e6 and grown < 8)  # fmt: skip
        shutil.rmtree(run.folder)

    def kannel(self):
        run = KannelRun(min(20_000, self.options.count), 100)
        self.keep("kannel", run.figures())
        name = f"Kannel {kannel_version()}, spool store, HTTP endpoint"
        self.row(f"peer: {name}", f"{run.acknowledged:,.0f} acknowledged/s, {run.answered:,.0f} answered/s")
        if self.full:
            self.row("gateway / Kannel, answered", f"{self.full.rate / run.answered:.1f} ×")

    def ussd(self):
        run = UssdRun()
        self.keep("ussd", run.figures())
        self.row(f"USSD: {run.phones} phones, {run.rate} SMS a second beside them",
                 f"{len(run.screens) / run.seconds:,.0f} screens/s")  # fmt: skip
        self.row("p50 / p99 / longest of a screen", f"{run.at(0.5):.1f} / {run.at(0.99):.1f} / {run.at(1):.1f} ms",
                 "p99 ≤ 300 ms", run.at(0.99) <= 300)  # fmt: skip

    def smpp(self):
        """One process that is peers and listener both; every figure is of pairs taken in turns."""
        command = [program("smpp_bench"), "1"]
        status, out, error = run_program(command, seconds=400)
        if status != 0:
            raise RuntimeError(error)
        figures = json.loads(out)
        self.keep("smpp", {**figures, "commands": [shown(command)]})
        session, binds = figures["session"], figures["binds"]
        self.row("SMPP: one session, nothing kept, window 100", f"{session['rate']:,.0f} messages/s")
        self.row("an acker that echoes headers", f"{session['bare_rate']:,.0f} messages/s")
        self.row("session / acker", f"{session['ratio']:.0%}", "≥ 50 %", session["ratio"] >= 0.5)
        self.row("listener: one busy bind", f"{binds['one_rate']:,.0f} messages/s")
        self.row("50 busy and 500 idle binds", f"{binds['many_rate']:,.0f} messages/s")
        self.row("many / one", f"{binds['ratio']:.0%}", "≥ 90 %", binds["ratio"] >= 0.9)
        self.row("the same with two messages under way each", f"{binds['shared_rate']:,.0f} messages/s")
        self.row("the same with 100 each, more than the queue takes", f"{binds['crowd_rate']:,.0f} messages/s")
        idle = binds["octets_an_idle_bind"] / 1024
        self.row("memory of an idle bind", f"{idle:.1f} KiB", "≤ 32 KiB", idle <= 32)
        for name, of in figures["neighbour"].items():
            self.row(f"p99 beside {name}", f"{of['meanwhile_ms']:.1f} ms; alone {of['quiet_ms']:.1f} ms",
                     "< 2 ×", of["ratio"] < 2)  # fmt: skip

    def micro(self):
        command = [program("micro_bench"), "--benchmark_format=json", "--benchmark_min_time=0.2"]
        status, out, error = run_program(command, seconds=120)
        if status != 0:
            raise RuntimeError(error)
        # A step that measures itself is named "step/iterations:1/manual_time", and its own time is the real one.
        found = json.loads(out)["benchmarks"]
        steps = {step["name"].split("/")[0]: step["real_time" if "manual_time" in step["name"] else "cpu_time"]
                 for step in found}
        allocations = {step["name"]: step["allocations"] for step in found if "allocations" in step}
        self.keep("micro", {"nanoseconds": steps, "allocations": allocations, "commands": [shown(command)]})
        for name, count in allocations.items():  # the codec: pieces a second, and what each asks the heap for
            rate = 1e9 / steps[name]
            self.row(f"codec: {name.replace('_', ' ')}", f"{rate / 1e6:.1f} M/s, {count:.2f} allocations each",
                     "≥ 5 M/s, 0", rate >= 5e6 and count < 0.001)  # fmt: skip
        for name, nanoseconds in steps.items():
            if name in allocations:
                continue
            limit = MICRO_LIMITS.get(name)
            target = f"≤ {limit / 1000:,.0f} µs" if limit else ""
            met = nanoseconds <= limit if limit else None
            self.row(f"micro: {name.replace('_', ' ')}", f"{nanoseconds / 1000:.2f} µs", target, met)

    # What comes of it

    def table(self):
        widths = [max(len(row[i]) for row in [*self.rows, ("what", "measured", "target")]) for i in range(3)]
        lines = [("what", "measured", "target"), *self.rows]
        text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in lines]
        text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(text)

    def results(self):
        return {
            "machine": {"cpus": os.cpu_count(), "kernel": platform.release(), "system": platform.machine()},
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "long": self.options.long,
            "table": [dict(zip(("what", "measured", "target"), row)) for row in self.rows],
            "runs": self.runs,
        }


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="5,000,000 messages and 1,000,000 owed deliveries too")
    parser.add_argument("--count", type=int, default=100_000, metavar="N", help="messages of the full load")
    parser.add_argument("--json", type=Path, default=FOLDER / "results.json", metavar="FILE")
    parser.add_argument("--no-kannel", action="store_true", help="leave the peer out")
    parser.add_argument("--only", action="append", metavar="PART",
                        help="full, steady, window, dead, long, ussd, kannel, smpp, micro")
    return parser.parse_args()


def main():
    options = parse_options()
    bench = Bench(options)
    parts = {
        "full": ("full load and the bare loop", bench.full_load),
        "steady": (f"{STEADY_RATE:,} messages a second", bench.steady),
        "window": ("one message at a time", bench.window_one),
        "dead": ("a dead endpoint", bench.dead_endpoint),
        "long": ("millions of messages", bench.long_run),
        "ussd": ("phones that walk a menu", bench.ussd),
        "kannel": ("Kannel under the same load", bench.kannel),
        "smpp": ("SMPP sessions and binds", bench.smpp),
        "micro": ("pure steps", bench.micro),
    }
    for key, (name, measure) in parts.items():
        wanted = key in options.only if options.only else options.long or key != "long"
        if key == "kannel" and (options.no_kannel or kannel_version() is None):
            wanted = False
            print("Kannel is left out" + ("" if options.no_kannel else ": not installed"))
        if wanted:
            bench.part(name, measure)
    print("\n" + bench.table() + "\n\nCommands, in the repository's root:")
    print("\n".join(f"  {command}" for command in dict.fromkeys(bench.commands)))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(bench.results(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    path = options.json.resolve()
    print(f"\nAll figures: {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")
    print(f"{bench.passed} passed, {bench.failed} failed")
    return 0 if bench.failed == 0 and bench.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
