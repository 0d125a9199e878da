#!/usr/bin/env python3
"""Kannel as a modem box: bearerbox binds to our SMPP listener, hands over what sendsms is given, passes on our replies
to its sms-service and our receipts to whoever asked for them.
"""

import http.server
import signal
import sys
import threading
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from jejakd import Gateway, smpp_listener  # noqa: E402
from processes import Process, accepts, free_port, wait_until, workspace  # noqa: E402
from recorder import Recorder  # noqa: E402

REPORT = "LAPOR#sebunga#3 org#jalur tikus#skrg"
UNICODE_REPORT = "LAPOR 2 orang di Aruk \u2013 \u0442\u0435\u0441\u0442"
LONG_REPORT = "LAPOR " + "ada lima orang naik mobil lewat jalan tikus dekat Aruk " * 4
WAITING_REPORT = "LAPOR ada calo di Aruk"
DELIVERED, BUFFERED, ACCEPTED_BY_SMSC, ALL_RECEIPTS = 1, 4, 8, 31  # in Kannel's words
MANY = 40

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-password = uji
smsbox-port = {smsbox}
box-allow-ip = 127.0.0.1
store-type = spool
store-location = {folder}/store
dlr-storage = internal
log-file = {folder}/bearerbox.log
log-level = 0

group = smsc
smsc = smpp
smsc-id = jejak
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = box1
smsc-password = rahasia1
system-type = ""
interface-version = 34
source-addr-ton = 1
source-addr-npi = 1
reconnect-delay = 1
enquire-link-interval = 1
msg-id-type = 0

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
log-file = {folder}/smsbox.log
log-level = 0

group = sendsms-user
username = uji
password = uji
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:{service}/reply?from=%p&to=%P&text=%b&coding=%c"
"""


class Service:
    """Kannel's sms-service and receipt address: answers every GET with nothing and remembers its parameters."""

    def __init__(self):
        self.seen = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(asked.query, keep_blank_values=True, encoding="latin-1"))
                service.seen.append((asked.path.strip("/"), query))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128  # Kannel asks for all of them at once

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def of(self, kind, **wanted):
        return [
            query
            for path, query in list(self.seen)
            if path == kind and all(query.get(name, "").lstrip("+") == value for name, value in wanted.items())
        ]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Scene:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.gateway = Gateway(folder, smpp_listener("boxes", self.port, [("box1", "rahasia1")], window="10"))
        self.recorder = Recorder(self.port)
        self.service = Service()
        self.sendsms = free_port()
        self.smsbox = free_port()
        (folder / "store").mkdir()
        self.config = folder / "kannel.conf"
        ports = {"admin": free_port(), "smsbox": self.smsbox, "sendsms": self.sendsms, "service": self.service.port}
        self.config.write_text(CONFIGURATION.format(folder=folder, port=self.recorder.port, **ports), "utf-8")
        self.processes = []

    def start_kannel(self):
        self.processes.append(Process("run-bearerbox", ["bearerbox", self.config], self.folder))
        if not wait_until(lambda: accepts(self.smsbox), 10):
            raise TimeoutError("bearerbox does not listen\n" + self.processes[0].tail())
        self.processes.append(Process("run-smsbox", ["smsbox", self.config], self.folder))
        if not wait_until(lambda: accepts(self.sendsms), 10):
            raise TimeoutError("smsbox does not listen\n" + self.processes[1].tail())

    def send(self, sender, text, **more):
        """One SMS by sendsms; what the modem box would have received of this phone. Raises when it is not taken."""
        receipt = f"http://127.0.0.1:{self.service.port}/receipt?state=%d&sender={sender}&id=%F"
        asked = {"username": "uji", "password": "uji", "from": sender, "to": "9840", "text": text}
        asked |= {"dlr-mask": ALL_RECEIPTS, "dlr-url": receipt, "charset": "utf-8", **more}
        url = f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms?{urllib.parse.urlencode(asked)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status

    def states(self, sender):
        return [int(query["state"]) for query in self.service.of("receipt", sender=sender)]

    def texts(self, sender):
        rows = [row for row in self.gateway.export() if row["direction"].startswith("in")]
        rows = [row for row in rows if row["from"].lstrip("+") == sender]
        rows.sort(key=lambda row: (row.get("segment") or {}).get("part", 0))
        return [row["text"] for row in rows]

    def close(self):
        for process in reversed(self.processes):
            process.stop(2)
        self.gateway.stop()
        self.recorder.save(self.folder / "recording.jsonl")
        self.recorder.close()
        self.service.close()


def phone(of):
    return f"6284010000{of:04d}"


def check_both_ways(checks, scene):
    sender = phone(1)
    checks.equal(scene.send(sender, REPORT), 202, "sendsms takes a text")
    replied = wait_until(lambda: scene.service.of("reply", to=sender), 10)
    checks.that(replied, "our reply reaches Kannel's sms-service", scene.gateway.process.tail())
    checks.that(
        replied and replied[0]["from"] == "9840" and 0 < len(replied[0]["text"]) <= 160,
        "from the service number, in one segment",
        f"{replied}",
    )
    checks.equal(scene.texts(sender), [REPORT], "the text is stored as written, once")
    arrived = wait_until(lambda: DELIVERED in scene.states(sender), 10)
    checks.that(arrived, "our receipt, matched by Kannel, says that it is delivered", f"{scene.service.seen}")
    wanted = [DELIVERED, BUFFERED, ACCEPTED_BY_SMSC]
    checks.equal(sorted(scene.states(sender)), wanted, "after the intermediate one that it asked for, each told once")


def check_texts(checks, scene):
    scene.send(phone(2), UNICODE_REPORT, coding=2)
    scene.send(phone(3), LONG_REPORT)
    for of, text, how in ((2, UNICODE_REPORT, "in UCS-2"), (3, LONG_REPORT, "that Kannel cut into parts")):
        checks.that(wait_until(lambda of=of: scene.service.of("reply", to=phone(of)), 10), f"a text {how} is answered")
        checks.equal("".join(scene.texts(phone(of))), text, "and stored as it was written")
    checks.equal(len(scene.gateway.export("reports")), 3, "three texts are three reports")
    parts = len(scene.texts(phone(3)))
    told = wait_until(lambda: scene.states(phone(3)).count(DELIVERED) >= 1, 5)
    checks.that(parts > 1 and told, "the long one's receipt comes as well", f"{parts} {scene.states(phone(3))}")


def check_absence(checks, scene):
    """While we are away Kannel keeps what it is given; when we die in the middle of it, nothing is lost or doubled."""
    scene.gateway.stop()
    scene.send(phone(4), WAITING_REPORT)
    scene.gateway.start()
    answered = wait_until(lambda: scene.service.of("reply", to=phone(4)), 15)
    checks.that(answered, "what Kannel held while our gateway was down is answered once it is back")
    checks.equal(scene.texts(phone(4)), [WAITING_REPORT], "and stored once")
    for of in range(MANY):
        scene.send(phone(100 + of), f"LAPOR {of} orang di Aruk")
        if of == MANY // 2:
            scene.gateway.kill()
    scene.gateway.start()
    wanted = {phone(100 + of): f"LAPOR {of} orang di Aruk" for of in range(MANY)}
    checks.that(
        wait_until(lambda: all(ACCEPTED_BY_SMSC in scene.states(one) for one in wanted), 20, every=0.2),
        f"killed in the middle of {MANY} texts: every one is acknowledged in the end",
        f"{sum(ACCEPTED_BY_SMSC in scene.states(one) for one in wanted)}",
    )
    rows = [row for row in scene.gateway.export() if row["direction"].startswith("in")]
    shown = [row for row in rows if row["from"].lstrip("+") in wanted and row["fate"] != "duplicate"]
    got = sorted((row["from"].lstrip("+"), row["text"]) for row in shown)
    checks.equal(got, sorted(wanted.items()), "and is shown exactly once")


def suite(checks):
    scene = Scene(workspace("kannel_esme"))
    try:
        scene.gateway.start()
        scene.start_kannel()
        bound = scene.gateway.process
        checks.that(wait_until(lambda: "event=bound" in bound.log.read_text(), 10), "bearerbox binds", bound.tail())
        check_both_ways(checks, scene)
        check_texts(checks, scene)
        check_absence(checks, scene)
        last = scene.gateway.process.log
        scene.processes[0].send(signal.SIGTERM)  # it may hang afterwards, with its SMSC long shut down
        unbound = wait_until(lambda: "reason=peer_unbound" in last.read_text("utf-8"), 10)
        checks.that(
            unbound, "asked to end, bearerbox unbinds, and our listener lets it go", last.read_text("utf-8")[-900:]
        )
        checks.equal(scene.gateway.stop(), 0, "SIGTERM ends our gateway with status 0")
        status, said = scene.gateway.verify_ledger()
        checks.that(status == 0, "the ledger balances", said)
    finally:
        scene.close()


if __name__ == "__main__":
    run("kannel_esme", suite)
