#!/usr/bin/env python3
"""SMPP inside TLS with npm's `smpp` at the other end, in both roles: who is trusted, who is not, and renewal:
case [B26]."""

import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from certificates import self_signed, signed_by  # noqa: E402
from checks import run  # noqa: E402
from jejakd import Gateway, smpp_channel, smpp_listener  # noqa: E402
from processes import JsonPeer, free_port, wait_until, workspace  # noqa: E402

ACCOUNT = ("box1", "rahasia1")
SENDER = "62840100000001"
REPORT = "LAPOR#sebunga#3 org#jalur tikus#skrg"


class Boxes:
    """Foreign ESMEs at our listeners: one process, a session for each bind."""

    def __init__(self, folder):
        self.peer = JsonPeer("esme", ["node", HERE / "npm_esme.js"], folder)

    def bind(self, session, port, seconds=10, **tls):
        """The status of the answer to a bind, or None when there was none."""
        tls = {name: str(value) for name, value in tls.items()}
        asked = {"kind": "bind_transceiver", "system_id": ACCOUNT[0], "password": ACCOUNT[1], "servername": "localhost"}
        self.peer.tell("bind", session=session, port=port, **{**asked, **tls})
        seen = {}

        def settled():
            seen["answer"] = self.peer.event("bind_resp", 0.05, session=session)
            return seen["answer"] or self.peer.event("closed", 0.05, session=session)

        wait_until(settled, seconds)
        return seen["answer"] and seen["answer"]["status"]

    def submit(self, session, tag, text):
        fields = {"source_addr_ton": 1, "source_addr_npi": 1, "source_addr": SENDER, "destination_addr": "9840"}
        self.peer.tell("send", session=session, tag=tag, command="submit_sm", fields=fields, octets=text.encode().hex())
        return (self.peer.event("answer", 10, tag=tag) or {}).get("status")


def listener_side(checks, folder):
    authority, other = self_signed(folder, "authority"), self_signed(folder, "other")
    ours = signed_by(authority, folder, "ours")
    box = signed_by(authority, folder, "box", "box1.example")
    port, strict_port = free_port(), free_port()
    strict_tls = ours.toml() + f'client_ca_file = "{authority.certificate}"\n'
    gateway = Gateway(
        folder,
        smpp_listener("boxes", port, [ACCOUNT], ours.toml()),
        smpp_listener("strict", strict_port, [ACCOUNT], strict_tls),
    )
    boxes = Boxes(folder)
    try:
        gateway.start()
        checks.equal(boxes.bind("a", port, ca=authority.certificate), 0, "npm binds to our listener inside TLS")
        version = (boxes.peer.event("connected", session="a") or {}).get("tls")
        checks.equal(version, "TLSv1.3", "of the newest version")
        checks.equal(boxes.submit("a", "first", REPORT), 0, "a submit_sm is acknowledged")
        checks.that(boxes.peer.event("deliver_sm", session="a", to=SENDER), "and answered by deliver_sm")
        checks.equal(boxes.bind("b", port), None, "a bind without TLS gets no answer there")
        checks.equal(boxes.bind("c", port, ca=other.certificate), None, "a peer that trusts another authority leaves")
        wrong = boxes.bind("d", port, ca=authority.certificate, servername="elsewhere.example")
        checks.equal(wrong, None, "and so does one that looks for another host")
        trusting = {"ca": authority.certificate}
        checks.equal(
            boxes.bind("e", strict_port, **trusting), None, "where a certificate is asked for, none is no bind"
        )
        shown = {"certificate": other.certificate, "key": other.key}
        checks.equal(boxes.bind("f", strict_port, **trusting, **shown), None, "one of a stranger neither")
        shown = {"certificate": box.certificate, "key": box.key}
        checks.equal(boxes.bind("g", strict_port, **trusting, **shown), 0, "one that the authority signed is a bind")
        ours.become(signed_by(other, folder, "renewed"))
        gateway.process.send(signal.SIGHUP)
        renewed = wait_until(lambda: boxes.bind("h", port, ca=other.certificate) == 0, 10, every=0.3)
        checks.that(renewed, "after SIGHUP the renewed certificate is shown", gateway.process.tail())
        checks.equal(boxes.submit("a", "second", "AMAN"), 0, "and who is bound stays bound")
        checks.equal(gateway.stop(), 0, "SIGTERM ends our gateway with status 0")
        checks.that(boxes.peer.event("unbind", 5, session="a"), "after an orderly unbind inside TLS")
        checks.equal(gateway.verify_ledger()[0], 0, "the ledger balances")
    finally:
        gateway.stop()
        boxes.peer.kill()


class Operators:
    """Foreign SMSCs inside TLS, and a channel of ours to each."""

    def __init__(self, folder):
        self.folder = folder
        self.peers, self.channels, self.ports, self.starts = {}, [], {}, 0

    def add(self, name, pair, trusted, more="", client_ca=None):
        self.ports[name] = free_port()
        self.start(name, pair, client_ca)
        channel = smpp_channel(name, self.ports[name])
        self.channels.append(f'{channel}[channel.tls]\nca_file = "{trusted}"\nverify_host = "localhost"\n{more}')

    def start(self, name, pair, client_ca=None):
        if name in self.peers:
            self.peers.pop(name).kill()
        self.starts += 1
        command = ["node", HERE / "npm_smsc.js", "--port", self.ports[name], "--system-id", "jejak"]
        command += ["--password", "secret", "--certificate", pair.certificate, "--key", pair.key]
        command += ["--client-ca", client_ca] if client_ca else []
        self.peers[name] = JsonPeer(f"smsc-{name}-{self.starts}", command, self.folder)
        if not self.peers[name].event("listening"):
            raise TimeoutError("the SMSC does not listen\n" + self.peers[name].tail())

    def close(self):
        for peer in self.peers.values():
            peer.kill()


def client_side(checks, folder):
    authority, stranger = self_signed(folder, "authority"), self_signed(folder, "stranger")
    good = signed_by(authority, folder, "good")
    mine = signed_by(authority, folder, "mine", "jejak.example")
    trusted = folder / "trusted.pem"  # read again at SIGHUP
    trusted.write_bytes(authority.certificate.read_bytes())
    operators = Operators(folder)
    gateway = None
    try:
        operators.add("good", good, trusted)
        operators.add("mutual", good, trusted, mine.toml(), authority.certificate)
        operators.add("expired", signed_by(authority, folder, "expired", days=-1), trusted)
        operators.add("elsewhere", signed_by(authority, folder, "elsewhere", "elsewhere.example"), trusted)
        operators.add("stranger", stranger, trusted)
        gateway = Gateway(folder, *operators.channels).start()
        log = gateway.process.log
        checks.that(
            operators.peers["good"].event("bound"), "our client binds to npm's SMSC inside TLS", gateway.process.tail()
        )
        checks.that(operators.peers["mutual"].event("bound"), "and with its certificate where one is asked for")
        good_peer = operators.peers["good"]
        good_peer.tell("deliver", tag="one", to="9840", text=REPORT, **{"from": SENDER})
        checks.equal((good_peer.event("deliver_sm_resp", tag="one") or {}).get("status"), 0, "a text is acknowledged")
        checks.that(good_peer.event("submit_sm"), "and its reply submitted")
        for name, word in (("expired", "expired"), ("elsewhere", "wrong_host"), ("stranger", "self_signed")):
            said = wait_until(
                lambda: [
                    line for line in log.read_text("utf-8").splitlines() if f"channel={name}" in line and word in line
                ],
                5,
            )
            checks.that(said, f"'{name}': the log says {word} [B26]", gateway.process.tail(30))
            checks.that(operators.peers[name].event("bound", 0.2) is None, "and no password was shown to it")
        answer = gateway.get("/readyz")
        checks.equal(answer.status, 503, "/readyz says that channels are away")
        operators.start("expired", good)
        checks.that(operators.peers["expired"].event("bound", 20), "an SMSC that renews its certificate is bound to")
        trusted.write_bytes(authority.certificate.read_bytes() + stranger.certificate.read_bytes())
        gateway.process.send(signal.SIGHUP)
        bound = operators.peers["stranger"].event("bound", 25)
        checks.that(bound, "after SIGHUP one whose own certificate we were given as well", gateway.process.tail())
        checks.equal(gateway.stop(), 0, "SIGTERM ends our gateway with status 0")
        checks.that(good_peer.event("unbind", 5), "after an orderly unbind inside TLS")
        checks.that("secret" not in log.read_text("utf-8"), "no password is in the log")
    finally:
        if gateway:
            gateway.stop()
        operators.close()


def suite(checks):
    listener_side(checks, workspace("npm_tls_listener"))
    client_side(checks, workspace("npm_tls_client"))


if __name__ == "__main__":
    run("npm_tls", suite)
