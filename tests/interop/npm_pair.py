#!/usr/bin/env python3
"""Our SMPP client as a receiver and a transmitter beside it, against an SMSC made of npm's `smpp`: replies of several
parts and replies in UCS-2, with user data headers, SAR parameters and message_payload.

The pack is ours with other words. A pack has only what fits one part of GSM 7-bit; but the channel's default alphabet
is Latin-1, which has no Greek letters, so that they leave in UCS-2, and long ones in parts.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from jejakd import Gateway, smpp_channel  # noqa: E402
from processes import ROOT, JsonPeer, free_port, workspace  # noqa: E402
from recorder import Recorder  # noqa: E402

FORMS = ("udh8", "udh16", "sar", "payload")
LONG = "Pesan diterima ΔΦΓΛΩΠΨΣΘΞ. " * 4 + "Terima kasih."
SHORT = "SMS tidak lagi. ΔΩ"
LONGER = "Pesan lagi ΔΦΓΛΩΠΨΣΘΞ. " * 6 + "Terima kasih."
UCS2 = 8  # data_coding
# What is said, and what is answered in its place
WORDS = {"received": LONG, "received_plain": LONG, "stop": SHORT, "start": LONGER}
TURNS = (("LAPOR#sebunga#3 org#jalur tikus#skrg", LONG), ("BERHENTI", SHORT), ("MULAI", LONGER))
PARTS = {LONG: 2, SHORT: 1, LONGER: 3}


def pack_with_our_words(folder):
    """The villages' pack with other replies; where it lies."""
    packs = folder / "packs"
    shutil.copytree(ROOT / "deploy" / "packs", packs)
    replies = packs / "indonesian" / "replies.toml"
    lines = replies.read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        key = line.split(" = ", 1)[0]
        if key in WORDS:
            lines[at] = f'{key} = {{ id = "{WORDS[key]}", en = "{WORDS[key]}" }}'
    replies.write_text("\n".join(lines) + "\n", "utf-8")
    return packs / "sambas"


class Pass:
    """An SMSC, and a gateway whose channel has a pair of binds and one form for long texts."""

    def __init__(self, folder, form, recorder, port):
        self.folder = folder / form
        self.folder.mkdir()
        command = ["node", HERE / "npm_smsc.js", "--port", port, "--system-id", "jejak", "--password", "secret"]
        self.smsc = JsonPeer("smsc", [*command, "--receipts"], self.folder)
        if not self.smsc.event("listening", 10):
            raise TimeoutError("the SMSC does not listen\n" + self.smsc.tail())
        channel = smpp_channel(
            "operator",
            recorder.port,
            bind='"receiver+transmitter"',
            long_texts=f'"{form}"',
            default_alphabet='"latin1"',
            enquire_link='"1s"',
        )
        self.gateway = Gateway(self.folder, channel, pack=pack_with_our_words(self.folder))

    def close(self):
        self.gateway.stop()
        self.smsc.kill()


def parts_of(smsc, total, sender):
    """The submit_sm of one reply as they came: fewer when some do not come."""
    found = []
    while len(found) < total and (one := smsc.event("submit_sm", 10, to=sender)):
        found.append(one)
    return found


def check_parts(checks, form, parts, text):
    total = 1 if form == "payload" else PARTS[text]
    checks.equal(len(parts), total, f"{form}: a reply of {len(text)} characters is {total} submit_sm")
    checks.equal({one["bind"] for one in parts}, {"bind_transmitter"}, f"{form}: on the transmitter's bind")
    checks.equal({one["data_coding"] for one in parts}, {UCS2}, f"{form}: in UCS-2")
    joined = "".join(one["text"] for one in sorted(parts, key=lambda one: (one["part"] or [0, 0, 0])[2]))
    checks.equal(joined, text, f"{form}: npm reads the whole text in it")
    places = [one["part"] for one in parts if one["part"]]
    if total == 1:
        checks.equal(places, [], f"{form}: without a place in anything")
        return
    references = {place[0] for place in places}
    numbers = sorted(place[1:] for place in places)
    checks.equal(numbers, [[total, number] for number in range(1, total + 1)], f"{form}: each part has its place")
    checks.equal(len(references), 1, f"{form}: under one reference")
    checks.equal({one["mechanism"] for one in parts}, {form}, f"{form}: told as it was configured")


def check_pass(checks, form, one):
    one.gateway.start()
    binds = {(one.smsc.event("bound", 15) or {}).get("bind") for _ in range(2)}
    checks.equal(
        binds, {"bind_receiver", "bind_transmitter"}, f"{form}: our client binds as a receiver and transmitter"
    )
    sender, confirmed = "62840100000001", 0
    for number, (said, text) in enumerate(TURNS):
        one.smsc.tell("deliver", tag=str(number), to="9840", **{"from": sender, "text": said})
        answer = one.smsc.event("deliver_sm_resp", 10, tag=str(number))
        checks.that(answer and answer["status"] == 0, f"{form}: what comes on the receiver's bind is acknowledged")
        check_parts(checks, form, parts_of(one.smsc, 1 if form == "payload" else PARTS[text], sender), text)
        confirmed += 1
    ledger = one.gateway.wait_ledger(lambda now: now["replies"]["confirmed"] == confirmed)
    checks.equal(ledger["replies"]["confirmed"], confirmed, f"{form}: receipts of all parts confirm each reply")
    checks.equal(ledger["received"], len(TURNS), f"{form}: and are no messages")
    checks.equal(one.gateway.stop(), 0, f"{form}: SIGTERM ends our gateway with status 0")
    status, said = one.gateway.verify_ledger()
    checks.that(status == 0, f"{form}: the ledger balances", said)


def suite(checks):
    folder = workspace("npm_pair")
    port = free_port()
    recorder = Recorder(port)
    try:
        for form in FORMS:
            one = Pass(folder, form, recorder, port)
            try:
                check_pass(checks, form, one)
            finally:
                one.close()
    finally:
        recorder.save(folder / "recording.jsonl")
        recorder.close()


if __name__ == "__main__":
    run("npm_pair", suite)
