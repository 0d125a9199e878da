#!/usr/bin/env python3
"""What our SMPP client sent to npm's SMSC, read by Wireshark's dissector: no malformed frame, every field as intended.

The bytes were recorded by the proxy of npm_smpp.py; text2pcap makes packets of them, so no capture privilege is needed.
"""

import json
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from processes import BUILD, run_program, workspace  # noqa: E402

SMPP_PORT, OUR_PORT = 2775, 40000
RECORDING = BUILD / "suites" / "npm_smpp" / "recording.jsonl"
SENDERS = {"62840100000001", "62840100000002"}
BIND_TRANSCEIVER, SUBMIT_SM, UNBIND, ENQUIRE_LINK = "0x00000009", "0x00000004", "0x00000006", "0x00000015"
DELIVER_SM_RESP = "0x80000005"
OURS = {BIND_TRANSCEIVER, SUBMIT_SM, UNBIND, ENQUIRE_LINK, DELIVER_SM_RESP, "0x80000015", "0x80000006"}


def hexdump(chunks):
    """text2pcap's input; `I` is what we sent, as its packets leave OUR_PORT."""
    lines = []
    for chunk in chunks:
        octets = bytes.fromhex(chunk["hex"])
        lines.append("I" if chunk["direction"] == "sent" else "O")
        for at in range(0, len(octets), 16):
            lines.append(f"{at:06x} " + " ".join(f"{octet:02x}" for octet in octets[at : at + 16]))
        lines.append("")
    return "\n".join(lines) + "\n"


def dissect(folder, number, chunks):
    """One connection through tshark: the PDUs we sent (field name → what tshark shows), and its complaints."""
    dump, capture = folder / f"{number}.txt", folder / f"{number}.pcapng"
    dump.write_text(hexdump(chunks), "ascii")
    subprocess.run(
        ["text2pcap", "-q", "-D", "-T", f"{OUR_PORT},{SMPP_PORT}", dump, capture], check=True, capture_output=True
    )
    status, out, error = run_program(
        [
            "tshark",
            "-r",
            capture,
            "-d",
            f"tcp.port=={SMPP_PORT},smpp",
            "-T",
            "pdml",
            "-o",
            "smpp.decode_sms_over_smpp:GSM 7-bit",
            "-o",
            "smpp.gsm7_unpacked:TRUE",
        ]
    )
    if status != 0:
        raise RuntimeError(f"tshark ended with {status}: {error}")
    pdus, complaints = [], []
    for packet in xml.etree.ElementTree.fromstring(out).iter("packet"):
        if packet.find(".//field[@name='tcp.srcport']").get("show") != str(OUR_PORT):
            continue
        for proto in packet.iter("proto"):
            if proto.get("name") == "smpp":
                pdus.append(
                    {field.get("name"): field.get("show") for field in proto.iter("field") if field.get("name")}
                )
            elif proto.get("name") == "_ws.malformed":
                complaints.append(f"packet {len(pdus)}: malformed")
        complaints += [
            field.get("showname")
            for field in packet.iter("field")
            if field.get("name") == "_ws.expert.message" and "smpp" in (field.get("showname") or "").lower()
        ]
    return pdus, complaints


def count_by_hand(chunks):
    """How many PDUs the lengths in the bytes we sent say there are."""
    octets = b"".join(bytes.fromhex(chunk["hex"]) for chunk in chunks if chunk["direction"] == "sent")
    count = at = 0
    while at + 16 <= len(octets):
        at += int.from_bytes(octets[at : at + 4], "big")
        count += 1
    return count, at == len(octets)


def of(pdus, command):
    return [pdu for pdu in pdus if pdu.get("smpp.command_id") == command]


def check_binds(checks, pdus):
    binds = of(pdus, BIND_TRANSCEIVER)
    checks.that(
        len(binds) >= 2, "the recording holds the first bind and the one after the SMSC's restart", f"{len(binds)}"
    )
    for bind in binds[:1]:
        fields = tuple(bind.get(f"smpp.{name}") for name in ("system_id", "password", "interface_version"))
        checks.equal((fields[0], fields[1]), ("jejak", "secret"), "bind: system_id and password")
        checks.that(fields[2] in ("3.4", "0x34", "52"), "bind: interface version 3.4", fields[2])


def check_submits(checks, pdus):
    submits = of(pdus, SUBMIT_SM)
    checks.that(len(submits) >= 3, "the replies of the conversation are there", f"{len(submits)} submit_sm")
    for name, wanted in (("source_addr", {"9840"}), ("destination_addr", SENDERS)):
        got = {pdu.get(f"smpp.{name}") for pdu in submits}
        checks.that(got and got <= wanted, f"submit_sm: every {name} is one of ours", f"{got}")
    for name, wanted in (
        ("source_addr_ton", "0x00"),
        ("dest_addr_ton", "0x01"),
        ("dest_addr_npi", "0x01"),
        ("data_coding", "0x00"),
        ("regdel.receipt", "0x01"),
        ("replace_if_present_flag", "0x00"),
    ):
        got = {pdu.get(f"smpp.{name}") for pdu in submits}
        checks.equal(got, {wanted}, f"submit_sm: {name}")
    texts = [pdu.get("smpp.message_text", "") for pdu in submits]
    checks.that(
        all(0 < len(text) <= 160 for text in texts), "submit_sm: a text of one segment, read as GSM 7-bit", f"{texts}"
    )
    checks.that(
        all("sebunga" not in text.lower() for text in texts), "submit_sm: no text repeats what was said", f"{texts}"
    )
    validity = [float(pdu["smpp.validity_period_r"]) for pdu in submits if "smpp.validity_period_r" in pdu]
    absolute = [pdu for pdu in submits if "smpp.validity_period" in pdu]
    checks.that(
        len(validity) + len(absolute) == len(submits) and all(0 < v <= 3600 for v in validity),
        "submit_sm: a validity period of at most an hour",
        f"{validity}",
    )


def suite(checks):
    if not RECORDING.exists():
        run_program([sys.executable, HERE / "npm_smpp.py"], seconds=180)
    chunks = [json.loads(line) for line in RECORDING.read_text("ascii").splitlines()]
    folder = workspace("tshark")
    pdus, complaints = [], []
    for number in sorted({chunk["connection"] for chunk in chunks}):
        one = [chunk for chunk in chunks if chunk["connection"] == number]
        found, said = dissect(folder, number, one)
        count, whole = count_by_hand(one)
        checks.that(
            whole and len(found) == count,
            f"connection {number}: tshark finds all {count} PDUs we sent",
            f"{len(found)}",
        )
        pdus += found
        complaints += said
    checks.equal(complaints, [], "no frame is malformed")
    unknown = {pdu.get("smpp.command_id") for pdu in pdus} - OURS
    checks.equal(unknown, set(), "only commands a receiving client has a use for")
    check_binds(checks, pdus)
    check_submits(checks, pdus)
    answers = of(pdus, DELIVER_SM_RESP)
    checks.equal({pdu.get("smpp.command_status") for pdu in answers}, {"0x00000000"}, "deliver_sm_resp: status 0")
    checks.that(
        len({(pdu["smpp.sequence_number"]) for pdu in answers}) >= 5,
        "deliver_sm_resp: one for each deliver_sm",
        f"{len(answers)}",
    )
    checks.that(of(pdus, ENQUIRE_LINK) and of(pdus, UNBIND), "enquire_link and unbind were sent")


if __name__ == "__main__":
    run("tshark", suite)
