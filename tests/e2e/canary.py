#!/usr/bin/env python3
"""A unique number, text, name and NIK through every channel; then every byte the program wrote is searched for them.

Searched: database, write-ahead log and its index, logs at debug level, standard output, metrics, what a task force was
sent, the API's answers, the environment and command line of the process, and the folder after it stopped. Not searched,
because they are where the text belongs: replies to the sender, and `jejak export --reveal`.
"""

import base64
import random
import secrets as random_source
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import traces  # noqa: E402
from checks import run  # noqa: E402
from jejakd import (
    ADMIN_TOKEN,
    KEY,
    TASK_FORCE_TOKEN,
    WEBHOOK_SECRET,
    Gateway,
    endpoint,
    http_channel,  # noqa: E402
    smpp_channel,
)
from processes import wait_until, workspace  # noqa: E402
from receiver import Receiver  # noqa: E402
from smpp_smsc import Smsc  # noqa: E402

VILLAGE = "61.01.09.2001"


def unique_digits(count):
    return "".join(str(random_source.randbelow(10)) for _ in range(count))


class Canaries:
    """What nobody else has ever written: numbers of the unallocated +62 840, words, a name and a NIK."""

    def __init__(self):
        self.numbers = {
            name: "62840" + "17" + unique_digits(7)
            for name in ("smpp", "long", "json", "kannel", "official", "worker")
        }
        self.words = {
            name: "kenari" + random_source.token_hex(6) for name in ("smpp", "long", "json", "kannel", "job")
        }
        self.name = "Zulaikha" + "".join(random.choice("bcdfghjklmnpqrstvwxz") for _ in range(10))
        self.nik = "610109" + "470591" + unique_digits(4)

    def all(self):
        """As people and programs write them: numbers without +, and nationally without the country code."""
        national = [number[2:] for number in self.numbers.values()]
        return [*self.numbers.values(), *national, *self.words.values(), self.name, self.nik]


def check_search(checks, canary):
    """The search finds what is there: every form of every secret, set among noise."""
    missed = []
    for secret in canary.all():
        for name, form in traces.forms(secret).items():
            if not traces.search(random_source.token_bytes(512) + form + random_source.token_bytes(512), [secret]):
                missed.append((secret, name))
    checks.equal(missed, [], "the search finds every form of every secret when it is there")
    sentence = f"LAPOR {canary.words['json']} di Aruk"
    packed = traces.gsm7_packed(sentence + " " * 8, 0)
    checks.that(traces.search(packed, [canary.words["json"]]), "also inside a packed text")
    checks.that(
        traces.search(base64.b64encode(b"ab" + sentence.encode()), [canary.words["json"]]), "and inside base64"
    )
    checks.equal(traces.search(random_source.token_bytes(2_000_000), canary.all()), [], "and finds nothing in noise")


def long_parts(text, reference=9):
    octets = text.encode()
    cut = [octets[i : i + 100] for i in range(0, len(octets), 100)]
    return [bytes([5, 0, 3, reference, len(cut), index + 1]) + part for index, part in enumerate(cut)]


def send_all(checks, gateway, smsc, canary):
    """Each channel once, each kind of text that leaves something behind."""
    numbers, words = canary.numbers, canary.words
    smsc.deliver("smpp", numbers["smpp"], f"TOLONG saya dikurung di Aruk {words['smpp']}".encode())
    long_text = f"LAPOR {words['long']} " + "ada orang lewat jalan tikus dekat Aruk malam ini " * 4 + words["long"]
    parts = long_parts(long_text)
    for index in reversed(range(len(parts))):
        smsc.deliver(f"long{index}", numbers["long"], parts[index], esm_class=0x40)
    lone = long_parts(f"{words['long']} " * 20, reference=77)[0]  # a part whose others never come
    smsc.deliver("lone", numbers["long"], lone, esm_class=0x40)
    broken = f"{words['smpp']}".encode("utf-16-be") + b"\xd8"  # UCS-2 of an odd length
    smsc.deliver("broken", numbers["smpp"], broken, data_coding=8)
    tags = ["smpp", "lone", "broken", *(f"long{index}" for index in range(len(parts)))]
    checks.that(
        smsc.wait_acked(*tags),
        "SMPP: single, segmented, incomplete and broken texts are acknowledged",
        f"{smsc.refused}",
    )
    for turn in range(2):  # the second is a repeat
        answer = gateway.inbound(
            "app",
            {
                "from": "+" + numbers["json"],
                "to": "9840",
                "text": f"LAPOR jalan tikus {words['json']}",
                "id": f"id-{words['json']}",
            },
        )
        checks.equal(answer.status, 200, "json: taken" if turn == 0 else "json: taken again")
    query = urlencode(
        {
            "from": "+" + numbers["kannel"],
            "to": "9840",
            "text": f"LAPOR calo {words['kannel']}",
            "id": "k-1",
            "key": KEY,
        }
    )
    checks.equal(gateway.get(f"/v1/in/kannel?{query}").status, 200, "kannel: taken")
    gateway.add_person("+" + numbers["official"], "village_official", VILLAGE)
    form = (
        f"DAFTAR {canary.name}#{canary.nik}#P#Sebunga#Kuching#{words['job']}#Aruk#24-12-2026#0{numbers['worker'][2:]}"
    )
    answer = gateway.inbound("app", {"from": "+" + numbers["official"], "to": "9840", "text": form})
    checks.equal(answer.status, 200, "DAFTAR with a name and a NIK: taken")
    refused = gateway.inbound("app", {"from": "+" + numbers["json"], "to": "9840", "txt": words["json"]})
    checks.equal(refused.status, 400, "a message that is refused: 400")
    gateway.inbound("app", {"from": "+" + numbers["json"], "to": "9840", "text": words["json"]}, key=words["json"])


def what_it_says(gateway, receiver):
    """Everything the program tells machines, by source."""
    said = {
        "metrics": gateway.get("/metrics").body,
        "readyz": gateway.get("/readyz").body,
        "alerts": gateway.get("/v1/alerts", token=ADMIN_TOKEN).body,
        "alerts of the task force": gateway.get("/v1/alerts", token=TASK_FORCE_TOKEN).body,
        "ledger": gateway.get("/v1/ledger", token=TASK_FORCE_TOKEN).body,
        "export without --reveal": (
            gateway.tool("export", "messages").encode() + gateway.tool("export", "workers").encode()
        ),
        "environment": Path(f"/proc/{gateway.process.pid}/environ").read_bytes(),
        "command line": Path(f"/proc/{gateway.process.pid}/cmdline").read_bytes(),
    }
    for index, attempt in enumerate(receiver.all()):
        said[f"webhook {index}"] = attempt["body"] + repr(attempt["headers"]).encode()
    return said


def files_of(folder):
    """Every file in the folder, so that one nobody thought of is searched too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def check_clean(checks, what, sources, canary):
    hits = {name: traces.search(octets, canary.all()) for name, octets in sources.items()}
    found = [f"{name}: {secret} as {form} at {at}" for name, list_ in hits.items() for secret, form, at in list_]
    size = sum(len(octets) for octets in sources.values())
    checks.equal(found, [], f"{what}: nothing in {len(sources)} places, {size} octets")


def check_positive(checks, gateway, canary):
    """It did go through: what may show it shows it."""
    text = gateway.tool("export", "messages", "--reveal", "--reason", "canary test of this build")
    text += gateway.tool("export", "workers", "--reveal", "--reason", "canary test of this build")
    wanted = {
        **canary.numbers,
        **{f"word {name}": word for name, word in canary.words.items()},
        "name": canary.name,
        "nik": canary.nik,
    }
    missing = [name for name, secret in wanted.items() if secret.lower() not in text.lower()]
    checks.equal(missing, [], "`export --reveal` shows every one of them: they are in the store, sealed")


def suite(checks):
    folder = workspace("canary")
    canary = Canaries()
    check_search(checks, canary)
    smsc, receiver = Smsc(), Receiver(WEBHOOK_SECRET)
    tables = [
        smpp_channel("operator", smsc.port),
        http_channel("app", "json"),
        http_channel("kannel", "kannel"),
        endpoint("satgas", receiver.url, detail='"case"'),
        endpoint("anak", receiver.url, role='"child_protection"'),
    ]
    gateway = Gateway(folder, *tables, log_level="debug")
    try:
        gateway.start()
        checks.that(smsc.bound.wait(15), "our gateway is bound")
        send_all(checks, gateway, smsc, canary)
        checks.that(smsc.wait(lambda: len(smsc.submitted) >= 2), "replies leave", f"{len(smsc.submitted)}")
        checks.that(receiver.wait_for("alert.raised"), "an alert reaches the task force")
        gateway.wait_ledger(lambda now: now["deliveries"]["pending"] == 0 and now["replies"]["pending"] == 0)
        check_clean(checks, "while it runs", files_of(folder), canary)
        check_clean(checks, "in what it says", what_it_says(gateway, receiver), canary)
        check_positive(checks, gateway, canary)
        gateway.kill()
        check_clean(checks, "after SIGKILL", files_of(folder), canary)
        gateway.start()
        wait_until(lambda: gateway.get("/readyz").status == 200, 10)
        checks.equal(gateway.stop(), 0, "SIGTERM: exit 0")
        check_clean(checks, "after it stopped", files_of(folder), canary)
    finally:
        gateway.kill()
        smsc.close()
        receiver.close()


if __name__ == "__main__":
    run("canary", suite)
