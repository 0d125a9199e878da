#!/usr/bin/env python3
"""SIGTERM while texts pour in: exit 0 within 15 seconds, an orderly unbind, and every answer given is true."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from jejakd import WEBHOOK_SECRET, Gateway, endpoint, smpp_channel  # noqa: E402
from processes import workspace  # noqa: E402
from receiver import Receiver  # noqa: E402
from smpp_smsc import Smsc  # noqa: E402

TEXTS = 40_000
BEFORE_STOP = 2_000
STOP_SECONDS = 15.0
SENDER = "6284010{:07d}"


def suite(checks):
    folder = workspace("stop")
    smsc, receiver = Smsc(window=100, receipts=False), Receiver(WEBHOOK_SECRET)
    gateway = Gateway(folder, smpp_channel("operator", smsc.port), endpoint("satgas", receiver.url))
    try:
        gateway.start()
        checks.that(smsc.bound.wait(15), "our gateway is bound")
        for index in range(TEXTS):
            smsc.deliver(f"uji{index:08d}", SENDER.format(index), f"LAPOR ada calo di kaliau uji{index:08d}".encode())
        checks.that(
            smsc.wait(lambda: len(smsc.acked) >= BEFORE_STOP, 60), "texts pour in", f"{len(smsc.acked)} answered"
        )
        began = time.monotonic()
        status = gateway.stop(STOP_SECONDS)
        took = time.monotonic() - began
        checks.that(status == 0, "SIGTERM under load: exit 0", f"{status}")
        checks.that(took < STOP_SECONDS, f"within {STOP_SECONDS:.0f} s", f"{took:.1f} s")
        checks.that(len(smsc.acked) < TEXTS, "while texts still came", f"{len(smsc.acked)}")
        checks.that(smsc.unbound.wait(2), "after an orderly unbind")
        kept = {row["text"][-11:] for row in gateway.export() if row["direction"] == "in" and row["text"]}
        lost = [tag for tag in smsc.acked if tag not in kept]
        checks.equal(lost[:5], [], f"all {len(smsc.acked)} answered texts are stored")
        status, said = gateway.verify_ledger()
        checks.that(status == 0, "the ledger balances", said)
        again = gateway.start()
        checks.that(smsc.bound.wait(15), "it starts again and binds")
        checks.that(smsc.wait(lambda: len(smsc.acked) >= BEFORE_STOP * 2, 60), "and takes texts again")
        checks.equal(again.stop(STOP_SECONDS), 0, "a second SIGTERM under load: exit 0")
    finally:
        gateway.kill()
        smsc.close()
        receiver.close()


if __name__ == "__main__":
    run("stop", suite)
