#!/usr/bin/env python3
"""gammu-smsd with its dummy phone: SMS saved into the phone reach a `json` channel, the reply leaves through the phone.

First the script that ships in deploy/gammu against a server that answers what it is told, then the real chain.
"""

import http.server
import json
import os
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from jejakd import KEY, Gateway, http_channel  # noqa: E402
from processes import ROOT, Process, free_port, run_program, wait_until, workspace  # noqa: E402

SCRIPT = ROOT / "deploy" / "gammu" / "run-on-receive"
SENDER, SECOND_SENDER = "+62840100000001", "+62840100000002"
REPORT = 'LAPOR "lima" orang lewat jalan tikus di Aruk'
LONG_REPORT = ("LAPOR " + "ada lima orang naik mobil lewat jalan tikus dekat Aruk " * 4).strip()
UNICODE_REPORT = "LAPOR \u0442\u0435\u0441\u0442 di Sebunga"


class Phone:
    """A dummy phone, gammu-smsd watching it, and the shipped script between it and a channel at `port`."""

    def __init__(self, folder, port):
        self.folder = folder
        self.spool = folder / "spool"
        self.sent = folder / "sent"
        for number in range(1, 6):
            (folder / "phone" / "sms" / str(number)).mkdir(parents=True)
        for name in ("inbox", "outbox", "sent", "error"):
            (folder / name).mkdir()
        (folder / "key").write_text(KEY)
        self.settings = folder / "gammu.ini"
        self.point_to(port)
        self.rc = self._write_rc()
        self.daemon = None

    def point_to(self, port):
        """The shipped gammu.ini with this run's paths."""
        values = {
            "url": f"http://127.0.0.1:{port}/v1/in/modems",
            "key_file": self.folder / "key",
            "number": "9840",
            "spool": self.spool,
            "smsdrc": self.folder / "smsdrc",
            "inbox": self.folder / "inbox",
            "outbox": self.folder / "outbox",
        }
        self.settings.write_text(replaced(ROOT / "deploy" / "gammu" / "gammu.ini", values))

    def _write_rc(self):
        """The shipped gammu-smsdrc, with the dummy phone in place of the modem."""
        values = {
            "port": self.folder / "phone",
            "connection": "none\nmodel = dummy",
            "logfile": self.folder / "smsd.log",
            "RunOnReceive": f"{SCRIPT} --config {self.settings}",
            "ReceiveFrequency": 1,
            "CommTimeout": 1,
            "CheckSecurity": "0\nCheckBattery = 0\nCheckSignal = 0\nCheckNetwork = 0",
        }
        values |= {
            f"{name}path" if name != "sent" else "sentsmspath": f"{self.folder}/{name}/"
            for name in ("inbox", "outbox", "sent")
        }
        values["errorsmspath"] = f"{self.folder}/error/"
        rc = self.folder / "smsdrc"
        rc.write_text(replaced(ROOT / "deploy" / "gammu" / "gammu-smsdrc", values))
        return rc

    def start(self):
        self.daemon = Process("gammu-smsd", ["gammu-smsd", "-c", self.rc], self.folder)

    def save(self, text, sender, *options):
        """As if the network had delivered it."""
        command = ["gammu", "-c", self.rc, "savesms", "TEXT", "-folder", "1", "-unread", "-sender", sender, *options]
        status, _, error = run_program(command, text)
        if status != 0:
            raise RuntimeError(f"gammu savesms ended with {status}: {error}")

    def waiting(self):
        return sorted(self.spool.glob("*.json"))

    def call(self, *arguments, environment=None):
        """The script as gammu-smsd calls it; its exit status."""
        return run_program([SCRIPT, "--config", self.settings, *arguments], env=environment)[0]

    def replies(self):
        return [path.read_text("utf-8", "replace") for path in sorted(self.sent.glob("OUT*"))]

    def stop(self):
        if self.daemon:
            self.daemon.stop()


def replaced(path, values):
    """A shipped `key = value` file with other values; every key must be in it or is added to its last section."""
    lines, left = [], dict(values)
    for line in path.read_text("utf-8").splitlines():
        key = line.split("=")[0].strip()
        lines.append(f"{key} = {left.pop(key)}" if key in left and not line.startswith("#") else line)
    return "\n".join(lines + [f"{key} = {value}" for key, value in left.items()]) + "\n"


def environment(text, sender=SENDER):
    return {"SMS_MESSAGES": "1", "DECODED_PARTS": "0", "SMS_1_NUMBER": sender, "SMS_1_TEXT": text, "PHONE_ID": "uji"}


class Channel:
    """Answers what it is told and remembers what came."""

    def __init__(self):
        self.answer = (200, {"message": "m", "reply": None, "duplicate": False})
        self.seen = []
        channel = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                channel.seen.append((self.path, self.headers.get("authorization"), json.loads(body)))
                status, answer = channel.answer
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def script_alone(checks, folder):
    channel = Channel()
    phone = Phone(folder, free_port())
    part = "IN20260101_120000_00_+62840100000001_00.txt"
    try:
        checks.equal(
            phone.call(part, environment=environment(REPORT)),
            75,
            "nobody listens: the script says that something waits",
        )
        checks.equal(len(phone.waiting()), 1, "the SMS is in the spool")
        checks.equal(phone.spool.stat().st_mode & 0o777, 0o700, "which only its owner can read")
        again = part.replace("_00_+", "_01_+")
        phone.call(again, environment=environment(REPORT))
        checks.equal(len(phone.waiting()), 1, "the same SMS read from the phone again is spooled once")
        phone.point_to(channel.port)
        channel.answer = (503, {})
        checks.equal(phone.call("--drain"), 75, "503: the script says that something waits")
        checks.equal(len(phone.waiting()), 1, "the SMS stays in the spool")
        channel.answer = (401, {})
        phone.call("--drain")
        checks.equal(len(phone.waiting()), 1, "401: it stays as well, the configuration is wrong")
        channel.answer = (200, {"message": "m", "reply": "Pesan diterima.", "duplicate": False})
        (folder / "inbox" / part).write_text("gammu's copy")
        checks.equal(phone.call("--drain"), 0, "200: the spool is empty")
        checks.equal(phone.waiting(), [], "and the file is gone")
        path, key, body = channel.seen[-1]
        checks.equal((path, key), ("/v1/in/modems", f"Bearer {KEY}"), "the key travels in a header")
        checks.equal(
            (body["from"], body["to"], body["text"]), (SENDER, "9840", REPORT), "number and text arrive unchanged"
        )
        checks.equal(len({seen[2]["id"] for seen in channel.seen}), 1, "every attempt carried the same id")
        outbox = list((folder / "outbox").glob("OUT*"))
        checks.that(
            len(outbox) == 1 and "Pesan diterima." in outbox[0].read_text(),
            "the reply is in gammu's outbox, once",
            f"{outbox}",
        )
        checks.that(not (folder / "inbox" / part).exists(), "gammu's own copy of the SMS is removed")
        phone.call("--drain")
        checks.equal(len(list((folder / "outbox").glob("OUT*"))), 1, "a fresh reply waits for the modem")
        for reply in outbox:
            os.utime(reply, (time.time() - 700, time.time() - 700))
        phone.call("--drain")
        checks.equal(list((folder / "outbox").glob("OUT*")), [], "one that waits too long is removed")
        channel.answer = (400, {})
        checks.equal(
            phone.call(part, environment=environment("another")), 0, "400: nothing waits behind what is malformed"
        )
        checks.equal(len(list((phone.spool / "rejected").glob("*.json"))), 1, "and it is kept in rejected/")
        checks.equal(
            run_program([SCRIPT, "--config", folder / "absent.ini", "--drain"])[0], 78, "no configuration: exit 78"
        )
    finally:
        channel.close()


def whole_chain(checks, folder):
    port = free_port()
    phone = Phone(folder, port)
    gateway = Gateway(folder, http_channel("modems", "json", service_number='"9840"'), listen=f"127.0.0.1:{port}")
    try:
        phone.save(REPORT, SENDER)
        phone.start()
        checks.that(
            wait_until(phone.waiting, 20), "with our gateway down, the SMS waits in the spool", phone.daemon.tail()
        )
        gateway.start()
        checks.equal(phone.call("--drain"), 0, "once it runs, --drain delivers it")
        phone.save(LONG_REPORT, SECOND_SENDER, "-len", "400")
        phone.save(UNICODE_REPORT, SENDER, "-unicode")
        ledger = gateway.wait_ledger(lambda now: now["received"] == 3, 30)
        checks.equal(ledger["received"], 3, "three SMS of the phone are three messages")
        rows = [row for row in gateway.export() if row["direction"].startswith("in")]
        texts = {(row["from"].lstrip("+"), row["text"].strip()) for row in rows}
        for name, number, text in (
            ("plain", SENDER, REPORT),
            ("long", SECOND_SENDER, LONG_REPORT),
            ("unicode", SENDER, UNICODE_REPORT),
        ):
            checks.that(
                (number.lstrip("+"), text) in texts, f"the {name} text arrives as it was sent", f"{len(texts)} texts"
            )
        checks.that(
            wait_until(lambda: len(phone.replies()) >= 2, 30),
            "replies leave through the phone",
            f"{len(phone.replies())}",
        )
        checks.that(
            all(SENDER in text or SECOND_SENDER in text for text in phone.replies()), "to the numbers that texted"
        )
        checks.that(wait_until(lambda: not phone.waiting(), 20), "the spool is empty")
        checks.equal(list((folder / "inbox").iterdir()), [], "gammu keeps no copy of the SMS")
        checks.equal(gateway.verify_ledger()[0], 0, "the ledger balances")
    finally:
        phone.stop()
        gateway.stop()


def suite(checks):
    os.environ["LC_ALL"] = "C.UTF-8"  # gammu reads standard input in the locale's encoding
    script_alone(checks, workspace("gammu-script"))
    whole_chain(checks, workspace("gammu"))


if __name__ == "__main__":
    run("gammu", suite)
