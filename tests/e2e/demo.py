#!/usr/bin/env python3
"""deploy/demo tells its whole story and ends well."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from processes import ROOT, run_program, workspace  # noqa: E402

DEMO_SECONDS = 1200  # it may have to build


def suite(checks):
    folder = workspace("demo")
    status, out, error = run_program([ROOT / "deploy" / "demo", "--once"], seconds=DEMO_SECONDS, cwd="/")
    (folder / "demo.out").write_text(out + error, "utf-8")
    checks.that(status == 0, "deploy/demo --once exits 0, called from elsewhere", (out + error)[-1500:])
    checks.that("\x1b[" not in out, "without colours when nobody looks")
    checks.that(re.search(r"alert", out, re.IGNORECASE), "it tells of an alert")
    checks.that(len(out.splitlines()) >= 8, "step by step", out)


if __name__ == "__main__":
    run("demo", suite)
