#!/usr/bin/env python3
"""Kannel between a source of SMS and our `kannel` channel, with the configuration that ships in deploy/kannel.

Sources: Kannel's own fakesmsc, and an SMSC of npm's `smpp` for texts a fake SMSC cannot carry. The replies travel back
through Kannel to the source.
"""

import re
import sys
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from jejakd import KEY, Gateway, http_channel  # noqa: E402
from processes import ROOT, JsonPeer, Process, accepts, free_port, wait_until, workspace  # noqa: E402

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
SENDER, SECOND_SENDER, THIRD_SENDER = "+62840100000001", "+62840100000002", "62840100000003"
REPORT = "LAPOR#sebunga#3+1 orang & barang 100%#jalur tikus"
LATE_REPORT = "LAPOR ada calo di Aruk"
UNICODE_REPORT = "LAPOR 2 orang di Aruk \u2013 \u0442\u0435\u0441\u0442"


def adapted(path, replacements):
    """A shipped file with this run's ports and folders. Raises KeyError when one of them is not in it."""
    text = path.read_text("utf-8")
    for old, new in replacements.items():
        if old not in text:
            raise KeyError(f"{path.name} does not hold '{old}'")
        text = text.replace(old, str(new))
    return text


class Kannel:
    """bearerbox and smsbox as ordinary processes, bound to `smsc_port` and listening for fakesmsc on `fake_port`."""

    def __init__(self, folder, gateway_port, smsc_port):
        self.folder = folder
        self.smsbox_port, self.admin_port, self.fake_port = free_port(), free_port(), free_port()
        (folder / "store").mkdir()
        self.config = folder / "kannel.conf"
        shipped = adapted(
            ROOT / "deploy" / "kannel" / "kannel.conf",
            {
                "admin-port = 13000": f"admin-port = {self.admin_port}",
                "smsbox-port = 13001": f"smsbox-port = {self.smsbox_port}",
                "/var/spool/kannel/store": folder / "store",
                "/var/log/kannel": folder,
                "port = 2775": f"port = {smsc_port}",
                "127.0.0.1:8080": f"127.0.0.1:{gateway_port}",
                "channel-secret": KEY,
                "http-queue-delay = 10": "http-queue-delay = 1",
                "reconnect-delay = 5": "reconnect-delay = 1",
            },
        )
        fake = (
            "\ngroup = smsc\nsmsc = fake\nsmsc-id = fake\npreferred-smsc-id = fake\nport ="
            f" {self.fake_port}\nconnect-allow-ip = 127.0.0.1\n"
        )
        self.config.write_text(shipped + fake, "utf-8")
        self.processes = []

    def start(self):
        self.processes.append(Process("run-bearerbox", ["bearerbox", "-v", "4", self.config], self.folder))
        if not wait_until(lambda: accepts(self.smsbox_port) and accepts(self.fake_port), 15):
            raise TimeoutError("bearerbox does not listen\n" + self.processes[0].tail())
        self.processes.append(Process("run-smsbox", ["smsbox", "-v", "4", self.config], self.folder))

    def stop(self):
        for process in reversed(self.processes):
            process.stop()


class FakePhone:
    """fakesmsc with one text to send; it stays and shows what is sent back. Kannel serves one of them at a time."""

    def __init__(self, kannel, name, sender, text):
        self.process = Process(
            f"fakesmsc-{name}",
            [FAKESMSC, "-H", "127.0.0.1", "-r", kannel.fake_port, "-i", "1", "-m", "1", f"{sender} 9840 text {text}"],
            kannel.folder,
        )
        self.sender = sender

    def replies(self):
        """Texts that came back to the sender."""
        said = self.process.log.read_text("utf-8", "replace")
        return re.findall(rf"Got message \d+: <9840 {re.escape(self.sender)} text (.*)>", said)

    def anything(self):
        return re.findall(r"Got message \d+: <(.*)>", self.process.log.read_text("utf-8", "replace"))


def stored(gateway):
    return {(row["from"].lstrip("+"), row["text"]) for row in gateway.export() if row["direction"].startswith("in")}


def fake_source(checks, kannel, gateway):
    phone = FakePhone(kannel, "first", SENDER, REPORT)
    checks.that(wait_until(phone.replies, 20), "the reply travels back through Kannel", phone.process.tail())
    checks.that(phone.replies() and 0 < len(phone.replies()[0]) <= 160, "in one segment", f"{phone.replies()}")
    checks.that((SENDER.lstrip("+"), REPORT) in stored(gateway), "number and text arrive unchanged, escapes and all")
    phone.process.kill()


def late_gateway(checks, kannel, gateway):
    gateway.stop()
    phone = FakePhone(kannel, "late", SECOND_SENDER, LATE_REPORT)
    wait_until(lambda: "sent message 1" in phone.process.log.read_text("utf-8", "replace"), 10)
    checks.that(
        not wait_until(phone.anything, 4), "while our gateway is down, nobody is told so", f"{phone.anything()}"
    )
    gateway.start()
    checks.that(
        wait_until(phone.replies, 20), "once it is back, Kannel's next attempt is answered", phone.process.tail()
    )
    checks.that((SECOND_SENDER.lstrip("+"), LATE_REPORT) in stored(gateway), "and the text is stored")
    phone.process.kill()


def smpp_source(checks, gateway, smsc):
    checks.that(smsc.event("bound", 20, system_id="jejak"), "bearerbox binds to an SMSC", smsc.tail())
    smsc.tell(
        "deliver",
        tag="u",
        to="9840",
        data_coding=8,
        octets=UNICODE_REPORT.encode("utf-16-be").hex(),
        **{"from": THIRD_SENDER},
    )
    checks.equal((smsc.event("deliver_sm_resp", 10, tag="u") or {}).get("status"), 0, "Kannel takes a text in UCS-2")
    reply = smsc.event("submit_sm", 20)
    checks.that(
        reply and reply["to"].lstrip("+") == THIRD_SENDER and reply["text"],
        "its reply is submitted by Kannel",
        f"{reply}",
    )
    until = datetime.fromisoformat(reply["validity"].replace("Z", "+00:00")) if reply and reply["validity"] else None
    left = (until - datetime.now(timezone.utc)).total_seconds() if until else 0
    checks.that(0 < left <= 600, "and expires within ten minutes", f"{left}")
    checks.that((THIRD_SENDER, UNICODE_REPORT) in stored(gateway), "the UCS-2 text is stored as it was written")


def suite(checks):
    folder = workspace("kannel")
    smsc_port, gateway_port = free_port(), free_port()
    command = ["node", HERE / "npm_smsc.js", "--port", smsc_port, "--system-id", "jejak", "--password", "secret"]
    smsc = JsonPeer("smsc", command, folder)
    kannel = Kannel(folder, gateway_port, smsc_port)
    gateway = None
    try:
        checks.that(smsc.event("listening"), "a source listens", smsc.tail())
        kannel.start()
        checks.that(
            all(process.running() for process in kannel.processes), "Kannel runs with the configuration we ship"
        )
        gateway = Gateway(folder, http_channel("kannel", "kannel"), listen=f"127.0.0.1:{gateway_port}").start()
        fake_source(checks, kannel, gateway)
        late_gateway(checks, kannel, gateway)
        smpp_source(checks, gateway, smsc)
        ledger = gateway.ledger()
        checks.equal((ledger["received"], ledger["fates"]["duplicate"]), (3, 0), "three texts, none of them twice")
        checks.equal(gateway.verify_ledger()[0], 0, "the ledger balances")
        logs = "".join(path.read_text("utf-8", "replace") for path in folder.glob("*box.log"))
        checks.that(SENDER.lstrip("+") not in logs, "Kannel's logs hold no number at the level we ship")
    finally:
        kannel.stop()
        smsc.kill()
        if gateway:
            gateway.stop()


if __name__ == "__main__":
    run("kannel", suite)
