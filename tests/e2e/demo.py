#!/usr/bin/env python3
"""deploy/demo tells its whole story and ends well."""

import re
import shlex
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from processes import ROOT, Process, run_program, workspace  # noqa: E402

DEMO_SECONDS = 1200  # it may have to build


def suite(checks):
    folder = workspace("demo")
    status, out, error = run_program([ROOT / "deploy" / "demo", "--once"], seconds=DEMO_SECONDS, cwd="/")
    (folder / "demo.out").write_text(out + error, "utf-8")
    checks.that(status == 0, "deploy/demo --once exits 0, called from elsewhere", (out + error)[-1500:])
    checks.that("\x1b[" not in out, "without colours when nobody looks")
    checks.that(re.search(r"alert", out, re.IGNORECASE), "it tells of an alert")
    checks.that(len(out.splitlines()) >= 8, "step by step", out)
    checks.that("shown once" not in out + error, "it announces nothing that it does not show")
    by_hand(checks, folder)


def by_hand(checks, folder):
    """What it says at the end can be pasted: a text, the menu, the alerts, the account."""
    demo = Process("by_hand", [ROOT / "deploy" / "demo"], folder, cwd="/")
    try:
        demo.wait_line("Still running", DEMO_SECONDS)
        told = dict(re.split(r"  +", demo.wait_line(start, 10), maxsplit=1) for start in ("text as", "dial", "restart"))
        place = ROOT / "build" / "demo"
        status, out, error = run_program([place / "text", "lapor 3 orang naik mobil ke aruk \"skrg\""], seconds=30)
        checks.that(status == 0 and "Pesan diterima. Ref " in out, "a text by hand is answered", out + error)
        status, out, error = run_program([place / "text", "+628400000021", "bantuan"], seconds=30)
        checks.that(status == 0 and out.startswith("  -> Ketik: LAPOR"), "from another phone too", out + error)
        dial = shlex.split(told["dial the menu"]) + ["--input", "0"]
        status, out, error = run_program([ROOT / dial[0], *dial[1:]], seconds=30)
        checks.that(status == 0 and "Layanan Desa" in out, "the menu can be dialled", out + error)
        checks.that("jejakd --config build/demo/jejak.toml" in told["restart the gateway"], "it tells how to restart")
        checks.that((place / "token").stat().st_mode & 0o077 == 0, "the token is its owner's only")
    finally:
        demo.send(signal.SIGINT)
        checks.that(demo.wait(30) == 130, "Ctrl-C stops it", demo.tail())


if __name__ == "__main__":
    run("demo", suite)
