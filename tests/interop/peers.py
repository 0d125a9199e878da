#!/usr/bin/env python3
"""The foreign SMSCs by themselves, talked to by hand: so that a failure of the other suites is ours."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from processes import JsonPeer, free_port, workspace  # noqa: E402
from smpp_wire import (
    BIND_TRANSCEIVER,
    DELIVER_SM,
    ENQUIRE_LINK,
    RESPONSE,
    SUBMIT_SM,
    UNBIND,
    Wire,  # noqa: E402
    address_fields,
    bind,
    pdu,
    short_message,
)

PEERS = {"npm": ["node", HERE / "npm_smsc.js"], "perl": ["perl", HERE / "net_smpp_smsc.pl"]}
SENDER = "62840100000001"


def converse(checks, name, command, folder):
    port = free_port()
    peer = JsonPeer(
        name, [*command, "--port", port, "--system-id", "jejak", "--password", "secret", "--receipts"], folder
    )
    try:
        checks.that(peer.event("listening"), f"{name} listens", peer.tail())
        wrong = Wire.connect(port)
        wrong.send(bind("jejak", "wrong"))
        checks.equal(wrong.read_response(BIND_TRANSCEIVER)[0], 0x0D, f"{name} refuses a wrong password")
        wrong.close()
        wire = Wire.connect(port)
        wire.send(bind("jejak", "secret"))
        checks.equal(wire.read_response(BIND_TRANSCEIVER)[0], 0, f"{name} accepts a bind")
        checks.that(peer.event("bound", system_id="jejak"), f"{name} tells of it")
        peer.tell("deliver", tag="a", to="9840", text="halo", **{"from": SENDER})
        got, _, sequence, body = wire.read()
        checks.equal(
            (got, address_fields(body)), (DELIVER_SM, (SENDER, "9840", 0, 0, b"halo")), f"{name} delivers a text"
        )
        wire.send(pdu(DELIVER_SM | RESPONSE, sequence, b"\0"))
        checks.equal((peer.event("deliver_sm_resp", tag="a") or {}).get("status"), 0, f"{name} takes the answer")
        wire.send(short_message(SUBMIT_SM, 5, "9840", SENDER, b"terima kasih", registered=1))
        checks.equal(wire.read_response(SUBMIT_SM)[0], 0, f"{name} accepts a submit_sm")
        checks.equal((peer.event("submit_sm") or {}).get("text"), "terima kasih", f"{name} read its text")
        got, _, sequence, body = wire.read()
        checks.that(got == DELIVER_SM and b"stat:DELIVRD" in body, f"{name} sends a receipt")
        wire.send(pdu(DELIVER_SM | RESPONSE, sequence, b"\0"))
        checks.that(peer.event("receipt_resp", status=0), f"{name} takes its answer")
        wire.send(pdu(ENQUIRE_LINK, 6))
        checks.equal(wire.read_response(ENQUIRE_LINK)[0], 0, f"{name} answers enquire_link")
        wire.send(pdu(UNBIND, 7))
        checks.equal(wire.read_response(UNBIND)[0], 0, f"{name} answers unbind")
        checks.that(peer.event("closed"), f"{name} closes", f"{peer.seen} {peer.tail()}")
        wire.close()
    finally:
        peer.kill()


def suite(checks):
    folder = workspace("peers")
    for name, command in PEERS.items():
        converse(checks, name, command, folder)


if __name__ == "__main__":
    run("peers", suite)
