#!/usr/bin/env python3
"""What our SMPP client and our listener sent to every peer, read by Wireshark's dissector: no malformed frame, every
field as intended.

The bytes were recorded by the proxies of the other suites; text2pcap makes packets of them, so no capture privilege is
needed. Then the same of PDUs of every command with fields drawn by lot, as our codec writes them.
"""

import collections
import json
import random
import re
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from processes import BUILD, program, run_program, workspace  # noqa: E402

SMPP_PORT, OUR_PORT = 2775, 40000
BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER = "0x00000001", "0x00000002", "0x00000009"
SUBMIT_SM, UNBIND, ENQUIRE_LINK = "0x00000004", "0x00000006", "0x00000015"
DELIVER_SM, DELIVER_SM_RESP, SUBMIT_SM_RESP, DATA_SM_RESP = "0x00000005", "0x80000005", "0x80000004", "0x80000103"
QUERY_SM_RESP, SUBMIT_MULTI_RESP = "0x80000003", "0x80000021"
CANCEL_SM_RESP, REPLACE_SM_RESP = "0x80000008", "0x80000007"
BIND_RESPS = {"0x80000001", "0x80000002", "0x80000009"}
EITHER = {UNBIND, ENQUIRE_LINK, "0x80000015", "0x80000006"}
OF_A_CLIENT = EITHER | {BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER, SUBMIT_SM, DELIVER_SM_RESP}
OF_A_LISTENER = (
    EITHER
    | BIND_RESPS
    | {DELIVER_SM, SUBMIT_SM_RESP, DATA_SM_RESP, QUERY_SM_RESP, SUBMIT_MULTI_RESP, CANCEL_SM_RESP, REPLACE_SM_RESP}
)
# suite -> the direction in its recording that is ours
CLIENT, LISTENER = "sent", "received"
RECORDED = {
    "npm_smpp": CLIENT,
    "npm_pair": CLIENT,
    "net_smpp": CLIENT,
    "osmo_msc": CLIENT,
    "npm_esme": LISTENER,
    "net_smpp_esme": LISTENER,
    "kannel_esme": LISTENER,
}


# suite -> the TON of its service number, and who is answered
CLIENTS = {
    "npm_smpp": ("0x00", {"62840100000001", "62840100000002", "62840100000003"}),
    "net_smpp": ("0x00", {"62840100000001", "62840100000002", "62840100000003"}),
    "osmo_msc": ("0x00", {f"6284010000000{of}" for of in (1, 2, 3, 9)}),
}
MADE = 3_000  # PDUs drawn by lot
MS_VALIDITY = 0x1204
HEADER_INDICATOR = 0x40
GARBAGE_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what a text may hold and XML may not
# Fields of pdu_lines that tshark shows under the same name and whole.
COMPARED = (
    "system_id", "password", "system_type", "interface_version", "addr_ton", "addr_npi", "address_range",
    "service_type", "source_addr_ton", "source_addr_npi", "source_addr", "dest_addr_ton", "dest_addr_npi",
    "destination_addr", "esme_addr_ton", "esme_addr_npi", "esme_addr", "protocol_id", "priority_flag", "data_coding",
    "sm_default_msg_id", "message_id", "message_state", "error_code",
)  # fmt: skip


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


def packets_of(folder, name, chunks, ours, *options):
    """What tshark reads in them, packet by packet as PDML, ours and theirs."""
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
            *options,
        ]
    )
    if status != 0:
        raise RuntimeError(f"tshark ended with {status}: {error}")
    return list(xml.etree.ElementTree.fromstring(GARBAGE_IN_XML.sub("", out)).iter("packet"))


def dissect(folder, name, chunks, ours):
    """One connection through tshark: the PDUs we sent (field name → what tshark shows), and its complaints."""
    options = ("-o", "smpp.decode_sms_over_smpp:GSM 7-bit", "-o", "smpp.gsm7_unpacked:TRUE")
    pdus, complaints = [], []
    for packet in packets_of(folder, name, chunks, ours, *options):
        if packet.find(".//field[@name='tcp.srcport']").get("show") != str(OUR_PORT):
            continue
        for proto in packet.iter("proto"):
            if proto.get("name") == "smpp":
                pdus.append(
                    {field.get("name"): field.get("show") for field in proto.iter("field") if field.get("name")}
                )
            elif proto.get("name") == "gsm_sms_ud" and pdus:  # the header of the PDU before it
                pdus[-1] |= {field.get("name"): field.get("show") for field in proto.iter("field")}
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


def check_binds(checks, name, pdus):
    binds = of(pdus, BIND_TRANSCEIVER)
    checks.that(
        len(binds) >= 2,
        f"{name}: the recording holds the first bind and the one after the SMSC's restart",
        f"{len(binds)}",
    )
    for bind in binds[:1]:
        fields = tuple(bind.get(f"smpp.{name}") for name in ("system_id", "password", "interface_version"))
        checks.equal((fields[0], fields[1]), ("jejak", "secret"), f"{name}: bind: system_id and password")
        checks.that(fields[2] in ("3.4", "0x34", "52"), f"{name}: bind: interface version 3.4", fields[2])


def check_submits(checks, peer, pdus, source_ton, people):
    submits = of(pdus, SUBMIT_SM)
    checks.that(len(submits) >= 3, f"{peer}: the replies of the conversation are there", f"{len(submits)} submit_sm")
    for name, wanted in (("source_addr", {"9840"}), ("destination_addr", people)):
        got = {pdu.get(f"smpp.{name}") for pdu in submits}
        checks.that(got and got <= wanted, f"{peer}: submit_sm: every {name} is one of ours", f"{got}")
    for name, wanted in (
        ("source_addr_ton", source_ton),
        ("dest_addr_ton", "0x01"),
        ("dest_addr_npi", "0x01"),
        ("data_coding", "0x00"),
        ("regdel.receipt", "0x01"),
        ("replace_if_present_flag", "0x00"),
    ):
        got = {pdu.get(f"smpp.{name}") for pdu in submits}
        checks.equal(got, {wanted}, f"{peer}: submit_sm: {name}")
    texts = [pdu.get("smpp.message_text", "") for pdu in submits]
    checks.that(
        all(0 < len(text) <= 160 for text in texts),
        f"{peer}: submit_sm: a text of one segment, read as GSM 7-bit",
        f"{texts}",
    )
    checks.that(
        all("sebunga" not in text.lower() for text in texts),
        f"{peer}: submit_sm: no text repeats what was said",
        f"{texts}",
    )
    validity = [float(pdu["smpp.validity_period_r"]) for pdu in submits if "smpp.validity_period_r" in pdu]
    absolute = [pdu for pdu in submits if "smpp.validity_period" in pdu]
    checks.that(
        len(validity) + len(absolute) == len(submits) and all(0 < v <= 3600 for v in validity),
        f"{peer}: submit_sm: a validity period of at most an hour",
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


def check_client(checks, name, pdus):
    source_ton, people = CLIENTS[name]
    check_binds(checks, name, pdus)
    check_submits(checks, name, pdus, source_ton, people)
    checks.that(of(pdus, UNBIND), f"{name}: unbind was sent")
    if name == "osmo_msc":
        return  # no phone sends through it, and it is not left alone for long
    checks.that(of(pdus, ENQUIRE_LINK), f"{name}: enquire_link was sent")
    answers = of(pdus, DELIVER_SM_RESP)
    checks.equal(values(answers, "command_status"), {"0x00000000"}, f"{name}: deliver_sm_resp: status 0")
    checks.that(
        len({(pdu["smpp.sequence_number"]) for pdu in answers}) >= 5,
        f"{name}: deliver_sm_resp: one for each deliver_sm",
        f"{len(answers)}",
    )


def check_pair(checks, pdus):
    """A receiver and a transmitter, and long replies in every form."""
    for bind in (BIND_RECEIVER, BIND_TRANSMITTER):
        checks.equal(values(of(pdus, bind), "system_id"), {"jejak"}, f"npm_pair: {bind} is there, under our name")
    submits = of(pdus, SUBMIT_SM)
    with_headers = [pdu for pdu in submits if int(pdu["smpp.esm.submit.features"], 0) & 1]
    with_parameters = [pdu for pdu in submits if "smpp.sar_total_segments" in pdu]
    with_payload = [pdu for pdu in submits if "smpp.message_payload" in pdu]
    places = collections.Counter(
        (pdu.get("gsm_sms.udh.mm.msg_parts"), pdu.get("gsm_sms.udh.mm.msg_part")) for pdu in with_headers
    )
    every = {(str(total), str(part)) for total in (2, 3) for part in range(1, total + 1)}
    checks.equal(dict(places), dict.fromkeys(every, 2), "npm_pair: headers of 8 and 16 bits say each part's place")
    places = collections.Counter(
        (pdu["smpp.sar_total_segments"], pdu["smpp.sar_segment_seqnum"]) for pdu in with_parameters
    )
    checks.equal(dict(places), dict.fromkeys(every, 1), "npm_pair: SAR parameters say each part's place")
    checks.equal(len(with_payload), 2, "npm_pair: long replies in message_payload are whole")
    checks.equal(values(with_payload, "sm_length"), {"0"}, "npm_pair: beside no short_message")
    checks.equal(values(submits, "data_coding"), {"0x08"}, "npm_pair: in UCS-2")


def left_out(line):
    """Why a PDU drawn by lot is not asked about; empty when it is."""
    fields = line["fields"]
    if fields.get("esm_class", 0) & HEADER_INDICATOR:
        return "octets by lot are no user data header"
    if any(tag == MS_VALIDITY and len(value) != 2 for tag, value in fields.get("tlvs", [])):
        return "ms_validity of SMPP 5.0 has up to four octets, and this dissector knows one"
    return ""


def differences(line, shown):
    """Fields of a PDU that tshark shows otherwise."""

    def same(value, shows):
        return int(shows or "0", 0) == value if isinstance(value, int) else (shows or "") == value

    one = {name: shows[0] for name, shows in shown.items()}
    if one.get("smpp.service_type") == "(Default)":
        one["smpp.service_type"] = ""
    found = [
        name for name in COMPARED if name in line["fields"] and not same(line["fields"][name], one.get(f"smpp.{name}"))
    ]
    found += ["sequence_number"] if one["smpp.sequence_number"] != str(line["sequence"]) else []
    octets = line["fields"].get("short_message")
    found += ["short_message"] if octets and one.get("smpp.message", "").replace(":", "") != octets else []
    lists = {"dest_address": [to[-1] for to in line["fields"].get("dest_address", []) if len(to) > 1]}
    lists["unsuccess_sme"] = [to[2] for to in line["fields"].get("unsuccess_sme", [])]
    for name, numbers in lists.items():
        wanted = [digits for digits in numbers if digits]  # an empty one is not shown
        found += [name] if wanted and shown.get("smpp.destination_addr") != wanted else []
    tags = [f"0x{tag:04x}" for tag, _ in line["fields"].get("tlvs", [])]
    return found + (["tlvs"] if tags != shown.get("smpp.opt_param_tag", []) else [])


def check_made(checks, folder):
    """PDUs of every command, of which tshark is to read what pdu_lines says that they hold."""
    seed = random.randrange(2**31)
    print(f"     seed {seed}")
    status, out, error = run_program([program("pdu_lines"), "make", MADE, seed])
    if status != 0:
        raise RuntimeError(f"pdu_lines ended with {status}: {error}")
    made = [json.loads(line) for line in out.splitlines()]
    reasons = collections.Counter(left_out(line) for line in made)
    lines = [line for line in made if not left_out(line)]
    chunks = [{"direction": CLIENT, "hex": line["hex"]} for line in lines]
    packets = packets_of(folder, "made", chunks, CLIENT)
    checks.equal(len(packets), len(lines), f"{len(lines)} PDUs by lot are as many packets")
    malformed, unread, wrong, read = [], collections.Counter(), [], collections.Counter()
    for line, packet in zip(lines, packets, strict=True):
        shown = collections.defaultdict(list)
        for field in packet.iter("field"):
            shown[field.get("name")].append(field.get("show"))
        if any(proto.get("name") == "_ws.malformed" for proto in packet.iter("proto")):
            malformed.append((line["command"], line["hex"][:200]))
        elif "smpp.sequence_number" not in shown:
            unread["" if line["status"] == 0 else "a status that the dissector has no name for"] += 1
        else:
            read[line["command"]] += 1
            wrong += [(line["command"], name) for name in differences(line, shown)]
    for reason, count in [*reasons.items(), *unread.items()]:
        if reason:
            print(f"     {count} left out: {reason}")
    checks.equal(malformed[:3], [], "none of them is malformed to tshark")
    checks.equal(unread[""], 0, "and none is something else to it")
    checks.that(len(read) == 27 and sum(read.values()) > MADE // 2, "it reads every command that we know", f"{read}")
    checks.equal(wrong[:5], [], "and in each the fields that were written")


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
        if name in CLIENTS:
            check_client(checks, name, pdus)
        if name == "npm_pair":
            check_pair(checks, pdus)
        if ours == LISTENER:
            check_listener(checks, name, pdus)
    check_made(checks, folder)


if __name__ == "__main__":
    run("tshark", suite)
