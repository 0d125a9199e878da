#!/usr/bin/env python3
"""What our SMPP client and our listener sent to every peer, read by Wireshark's dissector: no malformed frame, every
field as intended.

The bytes were recorded by the proxies of the other suites; text2pcap makes packets of them, so no capture privilege is
needed.
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
SENDERS = {"62840100000001", "62840100000002"}
BIND_TRANSCEIVER, SUBMIT_SM, UNBIND, ENQUIRE_LINK = "0x00000009", "0x00000004", "0x00000006", "0x00000015"
DELIVER_SM, DELIVER_SM_RESP, SUBMIT_SM_RESP, DATA_SM_RESP = "0x00000005", "0x80000005", "0x80000004", "0x80000103"
QUERY_SM_RESP, SUBMIT_MULTI_RESP = "0x80000003", "0x80000021"
CANCEL_SM_RESP, REPLACE_SM_RESP = "0x80000008", "0x80000007"
BIND_RESPS = {"0x80000001", "0x80000002", "0x80000009"}
EITHER = {UNBIND, ENQUIRE_LINK, "0x80000015", "0x80000006"}
OF_A_CLIENT = EITHER | {BIND_TRANSCEIVER, SUBMIT_SM, DELIVER_SM_RESP}
OF_A_LISTENER = (
    EITHER
    | BIND_RESPS
    | {DELIVER_SM, SUBMIT_SM_RESP, DATA_SM_RESP, QUERY_SM_RESP, SUBMIT_MULTI_RESP, CANCEL_SM_RESP, REPLACE_SM_RESP}
)
# suite -> the direction in its recording that is ours
CLIENT, LISTENER = "sent", "received"
RECORDED = {
    "npm_smpp": CLIENT,
    "net_smpp": CLIENT,
    "osmo_msc": CLIENT,
    "npm_esme": LISTENER,
    "net_smpp_esme": LISTENER,
    "kannel_esme": LISTENER,
}


def hexdump(chunks, ours):
    """text2pcap's input; `I` is what we sent, as its packets leave OUR_PORT."""
    lines = []
    for chunk in chunks:
        octets = bytes.fromhex(chunk["hex"])
        lines.append("I" if chunk["direction"] == ours else "O")
        for at in range(0, len(octets), 16):
            lines.append(f"{at:06x} " + " ".join(f"{octet:02x}" for octet in octets[at : at + 16]))
        lines.append("")
    return "\n".join(lines) + "\n"


def dissect(folder, name, chunks, ours):
    """One connection through tshark: the PDUs we sent (field name → what tshark shows), and its complaints."""
    dump, capture = folder / f"{name}.txt", folder / f"{name}.pcapng"
    dump.write_text(hexdump(chunks, ours), "ascii")
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


def count_by_hand(chunks, ours):
    """How many PDUs the lengths in the bytes we sent say there are."""
    octets = b"".join(bytes.fromhex(chunk["hex"]) for chunk in chunks if chunk["direction"] == ours)
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


def values(pdus, field):
    return {pdu.get(f"smpp.{field}") for pdu in pdus}


def accepted(pdus):
    """Answers without an error."""
    return [pdu for pdu in pdus if pdu.get("smpp.command_status") == "0x00000000"]


def check_listener(checks, name, pdus):
    binds = accepted([pdu for pdu in pdus if pdu.get("smpp.command_id") in BIND_RESPS])
    got = (values(binds, "system_id"), values(binds, "SC_interface_version"))
    checks.equal(got, ({"jejak"}, {str(0x34)}), f"{name}: bind responses carry our name and version 3.4")
    delivered = of(pdus, DELIVER_SM)
    replies = [pdu for pdu in delivered if pdu.get("smpp.esm.submit.msg_type") == "0x00"]
    receipts = [pdu for pdu in delivered if pdu.get("smpp.esm.submit.msg_type") == "0x01"]
    checks.equal(values(delivered, "source_addr"), {"9840"}, f"{name}: every deliver_sm is from the service number")
    checks.that(
        replies and all(0 < len(pdu.get("smpp.message_text", "")) <= 160 for pdu in replies),
        f"{name}: replies are texts of one segment, read as GSM 7-bit",
        f"{len(replies)}",
    )
    answers = of(pdus, SUBMIT_SM_RESP) + of(pdus, DATA_SM_RESP) + of(pdus, SUBMIT_MULTI_RESP)
    ids = values(accepted(answers), "message_id")
    checks.that(ids and all(len(one) == 34 for one in ids), f"{name}: every accepted message has an id", f"{ids}")
    named = values(receipts, "receipted_message_id")
    checks.that(named and named <= ids, f"{name}: every receipt names a message that was accepted", f"{named - ids}")
    checks.equal(values(receipts, "message_state"), {"2"}, f"{name}: as delivered")
    checks.that(
        all(f"id:{pdu['smpp.receipted_message_id']} " in pdu["smpp.message_text"] for pdu in receipts),
        f"{name}: in its text as well",
    )
    if name == "kannel_esme":
        return
    found = accepted(of(pdus, QUERY_SM_RESP))
    checks.equal(values(found, "message_state"), {"2"}, f"{name}: query_sm_resp: delivered")
    checks.that(all("UTC" in pdu.get("smpp.final_date", "") for pdu in found), f"{name}: query_sm_resp: since when")
    many = accepted(of(pdus, SUBMIT_MULTI_RESP))
    checks.equal(values(many, "error_status_code"), {"0x00000034"}, f"{name}: submit_multi_resp: the list is last")


def check_client(checks, pdus):
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


def recording(name):
    """The chunks of a suite's recording; the suite is run when there is none."""
    path = BUILD / "suites" / name / "recording.jsonl"
    if not path.exists():
        run_program([sys.executable, HERE / f"{name}.py"], seconds=180)
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def read(checks, folder, name, ours):
    """What tshark reads of our side of a recording, every connection of it."""
    chunks = recording(name)
    pdus, complaints, odd = [], [], []
    numbers = sorted({chunk["connection"] for chunk in chunks})
    for number in numbers:
        one = [chunk for chunk in chunks if chunk["connection"] == number]
        found, said = dissect(folder, f"{name}-{number}", one, ours)
        count, whole = count_by_hand(one, ours)
        if not whole or len(found) != count:
            odd.append(f"connection {number}: {len(found)} of {count}")
        pdus += found
        complaints += said
    checks.equal(odd, [], f"{name}: tshark finds all {len(pdus)} PDUs we sent, in {len(numbers)} connections")
    checks.equal(complaints, [], f"{name}: no frame is malformed")
    unknown = {pdu.get("smpp.command_id") for pdu in pdus} - (OF_A_CLIENT if ours == CLIENT else OF_A_LISTENER)
    checks.equal(unknown, set(), f"{name}: only commands that our role has a use for")
    return pdus


def suite(checks):
    folder = workspace("tshark")
    for name, ours in RECORDED.items():
        pdus = read(checks, folder, name, ours)
        if name == "npm_smpp":
            check_client(checks, pdus)
        if ours == LISTENER:
            check_listener(checks, name, pdus)


if __name__ == "__main__":
    run("tshark", suite)
