"""What both foreign SMSCs (npm smpp, Net::SMPP) are asked to do, and the suite they share.

Commands (to the peer, one JSON object a line):
  {"do":"deliver","tag","from","to","text" | "octets" (hex),"esm_class"?,"data_coding"?}     {"do":"quit"}
  {"do":"refuse","status","count"}: so many submit_sm          {"do":"outbind","port","password"}: asks to be bound to
Events (from the peer):
  listening{port} bound{system_id,bind,interface_version} refused unbind closed enquire_link error{what}
  deliver_sm_resp{tag,status} receipt_resp{id,status} refusing submit_refused{status}
  submit_sm{id,from,to,text,data_coding,esm_class,registered_delivery,validity}; npm's also bind, part, mechanism
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from jejakd import Gateway, smpp_channel  # noqa: E402
from processes import JsonPeer, free_port, wait_until, workspace  # noqa: E402
from recorder import Recorder  # noqa: E402

SENDER = "62840100000001"
SECOND_SENDER = "62840100000002"
THIRD_SENDER = "62840100000003"
REPORT = "LAPOR#sebunga#3 org#jalur tikus#skrg"
UNICODE_REPORT = (  # a dash and letters GSM 7-bit has not
    "LAPOR ada 2 orang dikurung di Aruk \u2013 \u0442\u0435\u0441\u0442"
)
LONG_REPORT = "LAPOR " + "ada lima orang naik mobil lewat jalan tikus dekat Aruk " * 4
SERVICE_NUMBER = "9840"
OUTBIND_PASSWORD = "outsec"
THROTTLED = 0x58


def udh_parts(octets, reference=7, size=153):
    """A long text as GSM 7-bit parts with an 8-bit concatenation header (unpacked septets)."""
    cut = [octets[i : i + size] for i in range(0, len(octets), size)]
    return [bytes([5, 0, 3, reference, len(cut), n + 1]) + part for n, part in enumerate(cut)]


def is_service(address):
    return address.lstrip("+") == SERVICE_NUMBER


class Scene:
    """A foreign SMSC behind a recording proxy, and our gateway bound to it."""

    def __init__(self, name, command):
        self.folder = workspace(name)
        self.command = command
        self.smsc_port = free_port()
        self.recorder = Recorder(self.smsc_port)
        self.smsc = None
        self.spare_port = free_port()
        self.outbind_port = free_port()
        self.starts = 0
        channel = smpp_channel(
            "operator",
            self.recorder.port,
            enquire_link='"1s"',
            hosts=f'["127.0.0.1:{self.spare_port}"]',
            outbind_listen=f'"127.0.0.1:{self.outbind_port}"',
            outbind_allow='["127.0.0.1"]',
            outbind_password=f'"{OUTBIND_PASSWORD}"',
        )
        self.gateway = Gateway(self.folder, channel)

    def start_smsc(self, port=None):
        self.starts += 1
        command = [
            *self.command,
            "--port",
            port or self.smsc_port,
            "--system-id",
            "jejak",
            "--password",
            "secret",
            "--receipts",
        ]
        self.smsc = JsonPeer(f"smsc-{self.starts}", command, self.folder)
        if not self.smsc.event("listening", 10):
            raise TimeoutError("the SMSC does not listen\n" + self.smsc.tail())

    def deliver(self, checks, tag, sentence, seconds=10, **fields):
        self.smsc.tell("deliver", tag=tag, to=SERVICE_NUMBER, **fields)
        answer = self.smsc.event("deliver_sm_resp", seconds, tag=tag)
        checks.that(answer and answer["status"] == 0, sentence, f"answer: {answer}\n{self.gateway.process.tail()}")

    def close(self):
        self.gateway.stop()
        if self.smsc:
            self.smsc.kill()
        self.recorder.close()


def check_bind(checks, scene):
    bound = scene.smsc.event("bound", 15)
    checks.that(bound and bound["system_id"] == "jejak", "our client binds with the configured system_id", f"{bound}")
    checks.that(bound and bound["bind"] == "bind_transceiver", "as a transceiver", f"{bound}")
    checks.that(bound and bound["interface_version"] == 0x34, "and offers interface version 3.4", f"{bound}")
    checks.that(scene.smsc.event("enquire_link", 10), "it asks enquire_link when the line is idle")


def check_conversation(checks, scene):
    scene.deliver(checks, "report", "a deliver_sm is acknowledged with status 0", **{"from": SENDER, "text": REPORT})
    reply = scene.smsc.event("submit_sm", 10)
    checks.that(
        reply and reply["to"].lstrip("+") == SENDER, "the reply is submitted to the one who texted", f"{reply}"
    )
    checks.that(reply and is_service(reply["from"]), "from the service number", f"{reply}")
    checks.that(
        reply and 0 < len(reply["text"]) <= 160 and reply["esm_class"] & 0x40 == 0, "in one segment", f"{reply}"
    )
    checks.that(reply and "sebunga" not in reply["text"].lower(), "and does not repeat what was said", f"{reply}")
    checks.that(reply and reply["validity"], "with a validity period", f"{reply}")
    checks.that(reply and reply["registered_delivery"] & 1, "and asks for a receipt", f"{reply}")
    receipt = reply and scene.smsc.event("receipt_resp", 10, id=reply["id"])
    checks.that(receipt and receipt["status"] == 0, "the delivery receipt is acknowledged", f"{receipt}")
    ledger = scene.gateway.wait_ledger(lambda now: now["replies"]["confirmed"] == 1)
    checks.equal(ledger["replies"]["confirmed"], 1, "the receipt confirms the reply in the ledger")
    checks.equal(ledger["received"], 1, "and does not count as a message")


def check_texts(checks, scene):
    fields = {"from": SECOND_SENDER, "data_coding": 8, "octets": UNICODE_REPORT.encode("utf-16-be").hex()}
    scene.deliver(checks, "ucs2", "a text in UCS-2 is acknowledged", **fields)
    parts = udh_parts(LONG_REPORT.encode("ascii"))
    for number in reversed(range(len(parts))):  # the last part comes first
        scene.deliver(
            checks,
            f"part{number}",
            f"part {number + 1} of {len(parts)} of a long text is acknowledged",
            **{"from": SECOND_SENDER, "esm_class": 0x40, "octets": parts[number].hex()},
        )
    scene.gateway.wait_ledger(lambda now: now["fates"]["waiting_segments"] == 0 and now["replies"]["pending"] == 0)
    rows = [row for row in scene.gateway.export() if row["direction"] == "in"]
    texts = [row["text"] for row in rows]
    checks.that(UNICODE_REPORT in texts, "the UCS-2 text is stored as it was written", f"{len(texts)} texts")
    segments = sorted((row["segment"]["part"], row["text"]) for row in rows if row.get("segment"))
    whole = "".join(text for _, text in segments)
    checks.equal(whole, LONG_REPORT, "the parts of the long text are stored whole and in order")
    reports = scene.gateway.export("reports")
    checks.equal(len(reports), 3, "and are understood as one report")


def check_restart(checks, scene):
    before = scene.gateway.ledger()["received"]
    scene.smsc.kill()
    scene.start_smsc()
    checks.that(scene.smsc.event("bound", 30), "after the SMSC was killed and started again, our client binds again")
    scene.deliver(checks, "again", "and messages flow again", **{"from": SENDER, "text": "AMAN"})
    ledger = scene.gateway.wait_ledger(lambda now: now["received"] == before + 1)
    checks.equal(ledger["received"], before + 1, "nothing was counted twice over the restart")


def check_throttling(checks, scene):
    scene.smsc.tell("refuse", status=THROTTLED, count=1)
    checks.that(scene.smsc.event("refusing", 5), "the SMSC will say once that we are too fast")
    scene.deliver(checks, "hurried", "a text is acknowledged", **{"from": THIRD_SENDER, "text": "LAPOR#galing#2 org"})
    refused = scene.smsc.event("submit_refused", 10)
    checks.that(refused and refused["status"] == THROTTLED, "its reply is refused with ESME_RTHROTTLED", f"{refused}")
    checks.that(scene.smsc.event("submit_sm", 20, to=THIRD_SENDER), "and submitted again, later")
    checks.that(not scene.smsc.event("submit_sm", 2, to=THIRD_SENDER), "once")


def check_failover(checks, scene):
    scene.smsc.kill()
    scene.start_smsc(scene.spare_port)
    checks.that(scene.smsc.event("bound", 30), "when the first host is gone, our client binds to the next")
    scene.deliver(checks, "spare", "and messages flow there", **{"from": SENDER, "text": "AMAN"})


def check_outbind(checks, scene):
    scene.smsc.kill()
    log = scene.gateway.process.log

    def said(what):
        return log.read_text("utf-8", "replace").count(what)

    failures, binds = said("event=connect_failed"), said("event=bound channel=")
    wait_until(lambda: said("event=connect_failed") >= failures + 3, 30)
    scene.start_smsc()
    scene.smsc.tell("outbind", port=scene.outbind_port, password="wrong")
    checks.that(wait_until(lambda: said("event=outbind_refused")), "an outbind with a wrong password is not answered")
    scene.smsc.tell("outbind", port=scene.outbind_port, password=OUTBIND_PASSWORD)
    checks.that(wait_until(lambda: said("event=outbind channel=")), "an outbind of the SMSC is heard")
    checks.that(scene.smsc.event("bound", 10), "and answered with a bind")
    checks.that(wait_until(lambda: said("event=bound channel=") > binds), "that holds")


def check_end(checks, scene):
    log = scene.gateway.process.log
    checks.equal(scene.gateway.stop(), 0, "SIGTERM ends our gateway with status 0")
    checks.that(scene.smsc.event("unbind", 5), "after an orderly unbind")
    status, said = scene.gateway.verify_ledger()
    checks.that(status == 0, "the ledger balances", said)
    checks.that(SENDER not in log.read_text("utf-8", "replace"), "no number is in the log")


def suite(name, command):
    """The whole conversation with one SMSC, as a function of `checks`."""

    def run(checks):
        scene = Scene(name, command)
        try:
            scene.start_smsc()
            scene.gateway.start()
            check_bind(checks, scene)
            check_conversation(checks, scene)
            check_texts(checks, scene)
            check_throttling(checks, scene)
            check_restart(checks, scene)
            check_failover(checks, scene)
            check_outbind(checks, scene)
            check_end(checks, scene)
            wait_until(lambda: scene.smsc.event("closed", 0.1), 2)
        finally:
            scene.recorder.save(scene.folder / "recording.jsonl")
            scene.close()

    return run
