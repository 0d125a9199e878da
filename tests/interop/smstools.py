#!/usr/bin/env python3
"""SMS Server Tools 3 without a modem: smsd reads what a modem would have given it from files, decodes it, and its event
handler posts it to a `json` channel; the reply goes back through smsd, which pretends to send.
"""

import contextlib
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from jejakd import KEY, Gateway, http_channel  # noqa: E402
from processes import Process, free_port, wait_until, workspace  # noqa: E402

REPORT = "LAPOR 5 org naik mobil lewat jalan tikus dekat Aruk skrg"
UNICODE_REPORT = "LAPOR 2 orang di Aruk \u2013 \u0442\u0435\u0441\u0442"
LONG_REPORT = ("LAPOR " + "ada lima orang naik mobil lewat jalan tikus dekat Aruk " * 4).strip()
GSM_PART = 153  # septets beside a header of six octets

CONFIGURATION = """\
devices = GSM1
outgoing = {folder}/outgoing
checked = {folder}/checked
incoming = {folder}/incoming
failed = {folder}/failed
sent = {folder}/sent
delaytime = 1
receive_before_send = yes
incoming_utf8 = yes
loglevel = 5
eventhandler = {handler}

[GSM1]
device = {folder}/modem
incoming = yes
modem_disabled = yes
pdu_from_file = {folder}/air/
decode_unicode_text = yes
internal_combine = yes
"""


def semi_octets(digits):
    padded = digits + "F" * (len(digits) % 2)
    return "".join(padded[n + 1] + padded[n] for n in range(0, len(padded), 2))


def packed(septets, fill=0):
    bits = 0
    for n, septet in enumerate(septets):
        bits |= septet << (fill + 7 * n)
    return bits.to_bytes((fill + 7 * len(septets) + 7) // 8, "little")


def deliver(sender, text, part=None):
    """An SMS-DELIVER as a modem prints it, for letters that GSM 7-bit and ASCII share, or in UCS-2. source: 3GPP TS
    23.040 section 9.2.2.1; `part` is (reference, total, number)."""
    header = bytes([5, 0, 3, *part]) if part else b""
    if text.isascii():
        fill = (-8 * len(header)) % 7
        length = (8 * len(header) + fill) // 7 + len(text)
        coding, data = 0, header + packed(text.encode("ascii"), fill)
    else:
        coding, data = 8, header + text.encode("utf-16-be")
        length = len(data)
    first = "44" if part else "04"
    address = f"{len(sender):02X}91{semi_octets(sender)}"
    return f"00{first}{address}00{coding:02X}62011221304500{length:02X}{data.hex().upper()}"


class Tools:
    """smsd in a folder of its own."""

    def __init__(self, folder, gateway_port):
        self.folder = folder
        for name in ("outgoing", "checked", "incoming", "failed", "sent", "air", "spool"):
            (folder / name).mkdir()
        (folder / "modem").touch()
        self.config = folder / "smsd.conf"
        self.config.write_text(CONFIGURATION.format(folder=folder, handler=HERE / "smstools_handler"), "utf-8")
        self.environment = {
            "JEJAK_URL": f"http://127.0.0.1:{gateway_port}/v1/in/modems",
            "JEJAK_KEY": KEY,
            "SMSD_SPOOL": str(folder / "spool"),
            "SMSD_OUTGOING": str(folder / "outgoing"),
        }
        self.process = None
        self.count = 0

    def start(self):
        files = [f"-p{self.folder}/smsd.pid", f"-i{self.folder}/smsd.working", f"-l{self.folder}/smsd.log"]
        command = ["smsd", f"-c{self.config}", *files, "-t"]
        self.process = Process("smsd", command, self.folder, self.environment, cwd=self.folder)

    def arrive(self, *pdus):
        """As if the network had delivered them."""
        for pdu in pdus:
            self.count += 1
            draft = self.folder / f"draft{self.count}"
            draft.write_text(f"{pdu}\n", "ascii")
            draft.rename(self.folder / "air" / f"{self.count:03}")

    def files(self, name):
        return sorted((self.folder / name).iterdir())

    def taken(self, people):
        """Those for whom smsd has an SMS to send, or has sent it."""
        replies = []
        for path in self.files("checked") + self.files("sent"):
            with contextlib.suppress(FileNotFoundError):  # it is on its way from one to the other
                replies.append(path.read_text("latin-1"))
        return [number for number in people if any(f"To: {number}" in reply for reply in replies)]

    def stop(self):
        return self.process.stop(10) if self.process else 0


def suite(checks):
    os.environ["LC_ALL"] = "C.UTF-8"
    folder = workspace("smstools")
    port = free_port()
    tools = Tools(folder, port)
    gateway = Gateway(folder, http_channel("modems", "json", service_number='"9840"'), listen=f"127.0.0.1:{port}")
    people = [f"6284010000000{of}" for of in range(1, 4)]
    try:
        tools.start()
        tools.arrive(deliver(people[0], REPORT))
        kept = wait_until(lambda: tools.files("spool"), 15)
        checks.that(kept, "with our gateway down, what smsd received waits as a file", tools.process.tail())
        gateway.start()
        tools.arrive(deliver(people[1], UNICODE_REPORT))
        cut = [LONG_REPORT[n : n + GSM_PART] for n in range(0, len(LONG_REPORT), GSM_PART)]
        tools.arrive(*(deliver(people[2], part, (7, len(cut), n)) for n, part in enumerate(cut, 1)))
        ledger = gateway.wait_ledger(lambda now: now["received"] == 3, 15)
        checks.equal(ledger["received"], 3, "three SMS are three messages, the one that waited among them")
        rows = {(row["from"].lstrip("+"), row["text"]) for row in gateway.export() if row["direction"].startswith("in")}
        texts = ("plain", REPORT), ("unicode", UNICODE_REPORT), ("long", LONG_REPORT)
        for sender, (name, text) in zip(people, texts):
            checks.that((sender, text) in rows, f"the {name} text arrives as it was sent", f"{rows}")
        taken = wait_until(lambda: tools.taken(people) == people, 10)
        checks.that(
            taken, "smsd takes the replies to the three numbers", f"{tools.taken(people)} {tools.process.tail()}"
        )
        checks.equal(tools.files("incoming") + tools.files("spool"), [], "and no file is kept of what we have")
        sent = wait_until(lambda: tools.files("sent"), 15)  # it pretends to send for ten seconds
        checks.that(sent, "and has sent the first", tools.process.tail())
        checks.equal(gateway.verify_ledger()[0], 0, "the ledger balances")
        checks.that(tools.stop() is not None, "smsd ends when it is asked to")
    finally:
        tools.stop()
        gateway.stop()


if __name__ == "__main__":
    run("smstools", suite)
