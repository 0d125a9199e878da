#!/usr/bin/env python3
"""Our codec against npm's `smpp`, PDU by PDU: what one encodes the other decodes to the same fields and encodes again
to the same octets. What differs is in the lists below, each with exactly the octets that are expected instead.
"""

import collections
import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from processes import program, run_program, workspace  # noqa: E402

COUNT = 15_000
SOURCE_TELEMATICS_ID, SC_INTERFACE_VERSION, ALERT_ON_DELIVERY = 0x0010, 0x0210, 0x130C
NAMED_BY_NPM_UP_TO = 0x3000  # of the vendors' range; see npm_pdus.js
ANSWERS_TO_MESSAGES = {"submit_sm_resp", "data_sm_resp", "deliver_sm_resp"}
SHOWN = 3


def parameters(line):
    return line["fields"].get("tlvs", [])


def rebuilt(line, keeps, body_end=None):
    """The PDU with only those optional parameters that `keeps(tag)`; they are its last octets."""
    octets = bytes.fromhex(line["hex"])
    end = len(octets) - sum(4 + len(value) // 2 for _, value in parameters(line))
    body = octets[16:end] if body_end is None else body_end
    tail = b"".join(
        tag.to_bytes(2, "big") + (len(value) // 2).to_bytes(2, "big") + bytes.fromhex(value)
        for tag, value in parameters(line)
        if keeps(tag)
    )
    return ((16 + len(body) + len(tail)).to_bytes(4, "big") + octets[4:16] + body + tail).hex()


def same_fields(one, other, without=frozenset()):
    """Whether both read the same, optional parameters in `without` left aside."""

    def plain(line):
        fields = {name: value for name, value in line["fields"].items() if name != "tlvs"}
        kept = [pair for pair in parameters(line) if pair[0] not in without]
        return line["command"], line["status"], line["sequence"], fields, kept

    return plain(one) == plain(other)


def npm_reads(ours, theirs):
    """The name of what npm does otherwise with a PDU of ours: "" for nothing, None when nothing explains it."""
    tags = {tag for tag, _ in parameters(ours)}
    if tags & {SOURCE_TELEMATICS_ID, ALERT_ON_DELIVERY}:
        # One octet by section 5.3.2.8 and none by 5.3.2.41: npm takes two and one, from whatever follows.
        odd = {SOURCE_TELEMATICS_ID, ALERT_ON_DELIVERY, *(tag for tag in tags if tag >= NAMED_BY_NPM_UP_TO)}
        return "length of two parameters" if "error" in theirs or same_fields(ours, theirs, odd) else None
    if "error" in theirs:
        return None
    unnamed = {tag for tag in tags if tag >= NAMED_BY_NPM_UP_TO}
    if unnamed:
        expected = rebuilt(ours, lambda tag: tag not in unnamed)
        explained = same_fields(ours, theirs, unnamed) and theirs["hex"] == expected
        return "parameters without a name" if explained else None
    return "" if same_fields(ours, theirs) and ours["hex"] == theirs["hex"] else None


def we_read(theirs, ours):
    """The name of what we do otherwise with a PDU of npm's: "" for nothing, None when nothing explains it."""
    command = theirs["command"]
    if "broadcast" in command:
        return "broadcast of SMPP 5.0" if ours.get("error") == "unknown command" else None
    if "error" in ours or not same_fields(theirs, ours):
        return None
    if "text" in theirs and ours.get("text") != theirs["text"]:
        return None
    if "until" in theirs and ours.get("until") != theirs["until"]:
        return None
    if ours["hex"] == theirs["hex"]:
        return ""
    if command in ANSWERS_TO_MESSAGES:  # section 4.6.2: a deliver_sm_resp has no message_id
        body = b"\0" if command == "deliver_sm_resp" else None
        return "answers carry an id alone" if ours["hex"] == rebuilt(theirs, lambda _: False, body) else None
    if command.startswith("bind_"):
        expected = rebuilt(theirs, lambda tag: tag == SC_INTERFACE_VERSION)
        return "answers to binds carry the version alone" if ours["hex"] == expected else None
    return None


def lines(command, input_text=""):
    status, out, error = run_program(command, input_text, seconds=60)
    if status != 0:
        raise RuntimeError(f"{command[0]} ended with {status}: {error}")
    return [json.loads(line) for line in out.split("\n") if line]


def compare(checks, made, read, explain, maker, reader):
    checks.equal((len(made), len(read)), (COUNT, COUNT), f"{COUNT} PDUs of {maker} are read by {reader}")
    found = collections.Counter()
    wrong = []
    for one, other in zip(made, read):
        name = explain(one, other)
        found[name] += 1
        if name is None:
            wrong.append(f"{one} {other}")
    checks.that(
        not wrong, f"{reader} reads what {maker} meant, and writes the same octets", "\n     ".join(wrong[:SHOWN])
    )
    for name, count in sorted((name, count) for name, count in found.items() if name):
        print(f"     {count} otherwise, as expected: {name}")
    checks.that(found[""] >= COUNT // 2, "most without any difference", f"{found}")
    kinds = collections.Counter(one["command"] for one in made)
    return kinds


def suite(checks):
    folder = workspace("pdus")
    seed = random.randrange(2**31)
    print(f"     seed {seed}")
    npm = ["node", HERE / "npm_pdus.js"]
    ours = lines([program("pdu_lines"), "make", COUNT, seed])
    kinds = compare(checks, ours, lines(npm, "\n".join(one["hex"] for one in ours)), npm_reads, "ours", "npm")
    checks.that(len(kinds) == 27, "every command that we know was among ours", f"{sorted(kinds)}")
    theirs = lines([*npm, "make", COUNT, seed])
    kinds = compare(
        checks, theirs, lines([program("pdu_lines")], "\n".join(one["hex"] for one in theirs)), we_read, "npm", "ours"
    )
    checks.that(len(kinds) == 33, "every command that npm knows was among npm's", f"{sorted(kinds)}")
    texts = sum("text" in one for one in theirs)
    checks.that(texts > 500, "with texts that both read alike", f"{texts}")
    (folder / "seed").write_text(f"{seed}\n")


if __name__ == "__main__":
    run("pdus", suite)
