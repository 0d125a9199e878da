#!/usr/bin/env python3
"""The stories of simulators/stories over real SMPP, HTTP and USSD: each against a gateway and peers of its own."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from jejakd import KEY, TASK_FORCE_TOKEN, WEBHOOK_SECRET, Gateway, endpoint, http_channel, smpp_channel  # noqa: E402
from processes import ROOT, Process, program, run_program, workspace  # noqa: E402

OFFICIAL = ("+628400000090", "village_official", "61.01.09.2002")

# name: pack, persons registered, words of danger
STORIES = {
    "two-witnesses": ("sambas", [("+628400000091", "task_force", "61.01")], []),
    "quiet-departure": ("sambas", [OFFICIAL], []),
    "watched-phone": ("sambas", [], [("+601000000009", "hujan")]),
    "recruiter": ("sambas", [], []),
    "speedboat": ("batam", [("+628400000051", "agent", "21.71.01.1005")], []),
    "missing-for-years": ("sambas", [], []),
    "ussd-night": ("sambas", [], []),
}


def addresses(process, seconds=15.0):
    """What a simulator says it listens on: {"smpp": "127.0.0.1:…", …}"""
    return dict(re.findall(r"\b(\w+)=(\S+)", process.wait_line("ready ", seconds)))


def tell(folder, name, pack, persons, words, detail="case"):
    """Plays one story; returns (exit status, what was printed)."""
    folder.mkdir(parents=True, exist_ok=True)
    sim = program("jejak-sim")
    smsc = Process("smsc", [sim, "smsc", "--listen", "127.0.0.1:0", "--receipts", "delivered"], folder)
    taskforce = Process("taskforce", [sim, "taskforce", "--listen", "127.0.0.1:0", "--secret", WEBHOOK_SECRET], folder)
    try:
        operator, http = addresses(smsc), addresses(taskforce)["http"]
        control, port = operator["control"], operator["smpp"].rsplit(":", 1)[1]
        tables = [
            smpp_channel("operator", port, ussd="true"),
            http_channel("app", "json"),
            http_channel("menu", "africastalking", ussd="true"),
            endpoint("satgas", f"http://{http}/alerts", WEBHOOK_SECRET, detail=f'"{detail}"'),
        ]
        gateway = Gateway(folder, *tables, pack=pack)
        with gateway.start():
            for number, role, place in persons:
                gateway.add_person(number, role, place)
            for number, word in words:
                gateway.tool("person", "reply", "--duress-word", input_text=f"{number}\n{word}\n")
            status, out, error = run_program(
                [sim, "village", "--smsc", control, "--gateway", f"http://127.0.0.1:{gateway.port}", "--taskforce",
                 f"http://{http}", "--token", TASK_FORCE_TOKEN, "--key", f"app={KEY}", "--key", f"menu={KEY}",
                 ROOT / "simulators" / "stories" / f"{name}.toml"],
                seconds=120,
            )
            balanced, account = gateway.verify_ledger()
        return status, out + error, balanced, account
    finally:
        smsc.stop()
        taskforce.stop()


def suite(checks):
    for name, (pack, persons, words) in STORIES.items():
        status, told, balanced, account = tell(workspace("stories") / name, name, pack, persons, words)
        checks.that(status == 0, f"{name} came true", told[-2500:])
        checks.that(balanced == 0, f"{name}: every message has one fate", account)


if __name__ == "__main__":
    run("stories", suite)
