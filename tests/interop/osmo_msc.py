#!/usr/bin/env python3
"""Our SMPP client bound to osmo-msc, a strict SMSC: it takes 0x34 alone, addresses of TON and NPI 1 alone, and answers
every submit_sm with one and the same message_id.

There is no radio: texts come in by HTTP, their replies leave through osmo-msc, and what it understood of them is read
from its own database.
"""

import random
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from jejakd import Gateway, http_channel, smpp_channel  # noqa: E402
from processes import Process, accepts, free_port, run_program, wait_until, workspace  # noqa: E402
from recorder import Recorder  # noqa: E402
from smpp_wire import BIND_TRANSCEIVER, SUBMIT_SM, Wire, bind, short_message  # noqa: E402

SCTP = 132
REPORT = "LAPOR#sebunga#3 org#jalur tikus#skrg"

CONFIGURATION = """\
log stderr
 logging level set-all info
line vty
 no login
 bind {address}
ctrl
 bind {address}
network
 network country code 1
 mobile network code 1
 short name OsmoMSC
 long name OsmoMSC
hlr
 remote-ip {address}
sgs
 local-ip {address}
smpp
 local-tcp-ip 127.0.0.1 {port}
 system-id osmo-msc
 policy closed
 smpp-first
 esme jejak
  password secret
  default-route
"""


def has_sctp():
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP).close()
        return True
    except OSError:
        return False


class Exchange:
    """osmo-msc in a folder of its own; what it listens on besides SMPP has fixed ports, so on a loopback address of its
    own."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.address = f"127.{random.randint(64, 127)}.{random.randint(1, 254)}.{random.randint(1, 254)}"
        self.config = folder / "osmo-msc.cfg"
        self.config.write_text(CONFIGURATION.format(address=self.address, port=self.port), "utf-8")
        self.environment = {} if has_sctp() else {"LD_PRELOAD": str(self._shim())}
        self.process = None
        self.starts = 0

    def _shim(self):
        library = self.folder / "no_sctp.so"
        status, _, error = run_program(
            ["cc", "-std=c11", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, HERE / "no_sctp.c"]
        )
        if status != 0:
            raise RuntimeError(f"no_sctp.c does not compile: {error}")
        return library

    def start(self):
        self.starts += 1
        self.process = Process(
            f"osmo-msc-{self.starts}", ["osmo-msc", "-c", self.config], self.folder, self.environment, cwd=self.folder
        )
        if not wait_until(lambda: accepts(self.port) or not self.process.running(), 10) or not self.process.running():
            raise TimeoutError("osmo-msc does not listen\n" + self.process.tail())

    def stop(self):
        if self.process:
            self.process.kill()  # asked to end, it prints a report of its memory and takes seconds for it
        self.process = None

    def bound(self):
        """What its console tells of the ESMEs: their blocks of lines."""
        prompt = b"OsmoMSC> "
        with closing(socket.create_connection((self.address, 4254), timeout=5)) as console:
            console.settimeout(5)
            said = b""
            while prompt not in said and (part := console.recv(65536)):
                said += part
            console.sendall(b"show smpp esme\n")
            said = b""
            while prompt not in said and (part := console.recv(65536)):
                said += part
        return said.decode("latin-1")

    def messages(self):
        """Every SMS that waits for its phone, oldest first."""
        with closing(sqlite3.connect(f"file:{self.folder / 'sms.db'}?mode=ro", uri=True, timeout=5)) as database:
            database.row_factory = sqlite3.Row
            columns = "src_addr, dest_addr, dest_ton, dest_npi, status_rep_req, data_coding_scheme, user_data"
            validity = "strftime('%s', valid_until) - strftime('%s', created) AS validity"
            return database.execute(f"SELECT {columns}, {validity} FROM SMS ORDER BY id").fetchall()


def unpacked(octets, count):
    """`count` GSM 7-bit septets as text; those of plain Latin letters, which is all that is asked here."""
    bits = int.from_bytes(octets, "little")
    return bytes(bits >> 7 * n & 0x7F for n in range(count)).decode("ascii")


def check_by_hand(checks, exchange):
    """So that a failure below is ours."""
    wire = Wire.connect(exchange.port)
    wire.send(bind("jejak", "wrong"))
    checks.that(wire.read_response(BIND_TRANSCEIVER)[0] != 0, "osmo-msc refuses a wrong password")
    wire.close()
    wire = Wire.connect(exchange.port)
    wire.send(bind("jejak", "secret"))
    checks.equal(wire.read_response(BIND_TRANSCEIVER)[0], 0, "it accepts a bind")
    wire.send(short_message(SUBMIT_SM, 2, "9840", "62840100000009", b"by hand"))
    checks.equal(wire.read_response(SUBMIT_SM)[0], 0, "and a submit_sm for a phone that is away")
    wire.close()


def check_bind(checks, exchange, gateway):
    line = wait_until(lambda: "event=bound" in gateway.process.log.read_text("utf-8"), 10)
    checks.that(line, "our client binds", gateway.process.tail())
    said = exchange.bound()
    checks.that("jejak" in said, "its console shows the bind", said)


def check_replies(checks, exchange, gateway):
    people = [f"6284010000000{of}" for of in range(1, 4)]
    for of, sender in enumerate(people):
        answer = gateway.inbound("modems", {"id": f"m{of}", "from": sender, "to": "9840", "text": REPORT})
        checks.equal(answer.status, 200, f"report {of + 1} is taken")
    ledger = gateway.wait_ledger(lambda now: now["replies"]["sent"] == len(people))
    checks.equal(ledger["replies"]["sent"], len(people), "every reply is accepted, though all get the same message_id")
    stored = {row["dest_addr"]: row for row in exchange.messages()}
    rows = [row for row in gateway.export() if row["direction"] == "out"]
    for sender in people:
        row = stored.get(sender)
        if not checks.that(row, f"osmo-msc has the reply to person {people.index(sender) + 1}"):
            continue
        ours = next((one["text"] for one in rows if one["to"].lstrip("+") == sender), "")
        checks.equal(unpacked(row["user_data"], len(ours)), ours, "in the words that we sent")
        checks.equal((row["src_addr"], row["dest_ton"], row["dest_npi"]), ("9840", 1, 1), "from 9840, to TON and NPI 1")
        checks.equal(row["validity"], 600, "valid for ten minutes")
        checks.equal(
            (row["status_rep_req"], row["data_coding_scheme"]), (1, 0), "with a receipt asked for, in GSM 7-bit"
        )


def check_restart(checks, exchange, gateway):
    exchange.stop()
    exchange.start()
    again = wait_until(lambda: "jejak" in exchange.bound(), 15, every=0.2)
    checks.that(again, "after osmo-msc was killed and started again, our client binds again", gateway.process.tail())
    gateway.inbound("modems", {"id": "m9", "from": "62840100000009", "to": "9840", "text": REPORT})
    ledger = gateway.wait_ledger(lambda now: now["replies"]["sent"] == 4)
    checks.equal(ledger["replies"]["sent"], 4, "and replies leave again")


def suite(checks):
    folder = workspace("osmo_msc")
    exchange = Exchange(folder)
    recorder = Recorder(exchange.port)
    channel = smpp_channel("operator", recorder.port, enquire_link='"1s"', profile='"osmocom"')
    gateway = Gateway(folder, channel, http_channel("modems", "json", reply_via='"operator"'))
    try:
        exchange.start()
        check_by_hand(checks, exchange)
        gateway.start()
        check_bind(checks, exchange, gateway)
        check_replies(checks, exchange, gateway)
        check_restart(checks, exchange, gateway)
        checks.equal(gateway.stop(), 0, "SIGTERM ends our gateway with status 0")
        log = exchange.process.log.read_text("latin-1")
        checks.that("[jejak] Rx UNBIND" in log, "after an orderly unbind", exchange.process.tail())
        status, said = gateway.verify_ledger()
        checks.that(status == 0, "the ledger balances", said)
    finally:
        gateway.stop()
        exchange.stop()
        recorder.save(folder / "recording.jsonl")
        recorder.close()


if __name__ == "__main__":
    run("osmo_msc", suite)
