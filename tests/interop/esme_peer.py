"""What both foreign ESMEs (npm smpp, Net::SMPP) are asked to do at our listener, and the suite they share.

Commands (to the peer, one JSON object a line):
  {"do":"bind","session","port","kind","system_id","password","version"?} "ca"?, "servername"?: inside TLS (npm alone)
  {"do":"send","session","tag","command","fields"?,"octets"? (hex),"tlvs"? {name: hex},"to_many"? [{"to"}|{"list"}]}
  {"do":"drop","session"} without a word     {"do":"quit"}
Events (from the peer, each with its session):
  ready connected{tls} bind_resp{status,system_id,version} enquire_link unbind closed error{what}
  answer{tag,command,status,message_id,state,error,final_date,failed}
  deliver_sm{from,to,text,esm_class,data_coding,registered,id,state}
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from jejakd import Gateway, smpp_listener  # noqa: E402
from processes import JsonPeer, free_port, program, run_program, workspace  # noqa: E402
from recorder import Recorder  # noqa: E402

SERVICE_NUMBER = "9840"
REPORT = "LAPOR#sebunga#3 org#jalur tikus#skrg"
UNICODE_REPORT = "LAPOR ada 2 orang di Aruk \u2013 \u0442\u0435\u0441\u0442"
LONG_REPORT = "LAPOR " + "ada lima orang naik mobil lewat jalan tikus dekat Aruk " * 4
OK, BIND_FAILED, NOT_BOUND_SO = 0x00, 0x0D, 0x04
CANCEL_FAILED, REPLACE_FAILED, QUERY_FAILED, UNKNOWN_DESTINATION, UNKNOWN_LIST = 0x11, 0x13, 0x67, 0x0B, 0x34
DELIVERED, RECEIPT = 2, 0x04
ACCOUNTS = (("box1", "rahasia1"), ("box2", "rahasia2"))


def number(of):
    """The phone of the suite's person `of`."""
    return f"628401000000{of:02d}"


def addresses(of, to=SERVICE_NUMBER):
    return {
        "source_addr_ton": 1,
        "source_addr_npi": 1,
        "source_addr": number(of),
        "dest_addr_ton": 0,
        "dest_addr_npi": 1,
        "destination_addr": to,
    }


class Scene:
    """Our listener behind a recording proxy, and a foreign ESME that binds to it under several names."""

    def __init__(self, name, command):
        self.folder = workspace(name)
        self.port = free_port()
        self.recorder = Recorder(self.port)
        _, hashed, _ = run_program([program("jejak"), "smpp", "hash"], ACCOUNTS[1][1])
        accounts = [ACCOUNTS[0], (ACCOUNTS[1][0], hashed.strip())]
        self.gateway = Gateway(self.folder, smpp_listener("boxes", self.port, accounts, enquire_link='"1s"'))
        self.peer = JsonPeer("esme", command, self.folder)
        self.count = 0

    def bind(self, session, kind="transceiver", account=ACCOUNTS[0], **more):
        """Binds and returns the answer."""
        self.peer.tell(
            "bind",
            session=session,
            port=self.recorder.port,
            kind=f"bind_{kind}",
            system_id=account[0],
            password=account[1],
            **more,
        )
        return self.peer.event("bind_resp", 15, session=session)

    def ask(self, session, command, fields=None, **more):
        """Sends a request and returns its answer, or None."""
        self.count += 1
        tag = f"{command}-{self.count}"
        self.peer.tell("send", session=session, tag=tag, command=command, fields=fields or {}, **more)
        return self.peer.event("answer", 10, tag=tag)

    def submit(self, session, of, octets, command="submit_sm", **more):
        fields = {**addresses(of), **more.pop("fields", {})}
        if octets is not None:
            more["octets"] = octets.hex()
        return self.ask(session, command, fields, **more)

    def reply_to(self, of, session="both", seconds=10):
        """The deliver_sm that answers this person."""
        return self.peer.event("deliver_sm", seconds, session=session, to=number(of), esm_class=0)

    def rows(self, of=None):
        """What is stored of one person or of all, as it was written."""
        rows = [row for row in self.gateway.export() if row["direction"].startswith("in")]
        return [row for row in rows if of is None or row["from"].lstrip("+") == number(of)]

    def close(self):
        self.gateway.stop()
        self.peer.kill()
        self.recorder.save(self.folder / "recording.jsonl")
        self.recorder.close()


def accepted(checks, answer, sentence):
    return checks.that(answer and answer["status"] == OK and answer.get("message_id"), sentence, f"{answer}")


def check_binds(checks, scene):
    wrong = scene.bind("wrong", account=("box1", "salah"))
    checks.equal((wrong or {}).get("status"), BIND_FAILED, "a wrong password is refused with ESME_RBINDFAIL")
    checks.that(scene.peer.event("closed", session="wrong"), "and the connection is closed")
    stranger = scene.bind("stranger", account=("box9", "rahasia1"))
    checks.equal((stranger or {}).get("status"), BIND_FAILED, "a stranger hears the same")
    kinds = ("mouth", "transmitter", 0x34), ("ear", "receiver", 0x34), ("both", "transceiver", 0x50)
    for session, kind, version in kinds:
        account = ACCOUNTS[1] if session == "both" else ACCOUNTS[0]
        answer = scene.bind(session, kind, account, version=version)
        got = answer and (answer["status"], answer["system_id"], answer["version"])
        checks.equal(got, (OK, "jejak", min(version, 0x34)), f"bind_{kind} with version {version:#x} is accepted")
    refused = scene.submit("ear", 1, REPORT.encode())
    checks.equal((refused or {}).get("status"), NOT_BOUND_SO, "a receiver that submits is told ESME_RINVBNDSTS")
    checks.that(scene.peer.event("enquire_link", session="both"), "a quiet line is asked enquire_link")
    alive = scene.ask("both", "enquire_link")
    checks.equal((alive or {}).get("status"), OK, "and enquire_link is answered")


def check_reports(checks, scene):
    """A modem box pushes what its modems received: by submit_sm, by data_sm, in UCS-2."""
    answer = scene.submit("mouth", 1, REPORT.encode())
    accepted(checks, answer, "a submit_sm of a transmitter is acknowledged with a message_id")
    reply = scene.reply_to(1, "ear")
    checks.that(
        reply and reply["from"] == SERVICE_NUMBER and 0 < len(reply["text"]) <= 160,
        "the reply leaves by deliver_sm over the account's receiver, from the service number",
        f"{reply} {scene.gateway.process.tail()}",
    )
    checks.that(reply and "sebunga" not in reply["text"].lower(), "and does not repeat what was said", f"{reply}")
    answer = scene.submit("both", 2, None, "data_sm", tlvs={"message_payload": REPORT.encode().hex()})
    accepted(checks, answer, "a data_sm is acknowledged with a message_id")
    checks.that(scene.reply_to(2), "and answered over the transceiver it came by")
    octets = UNICODE_REPORT.encode("utf-16-be")
    accepted(checks, scene.submit("both", 3, octets, fields={"data_coding": 8}), "a text in UCS-2 is acknowledged")
    for of, text in ((1, REPORT), (2, REPORT), (3, UNICODE_REPORT)):
        checks.equal([row["text"] for row in scene.rows(of)], [text], f"person {of}'s text is stored as written, once")


def sar_parts(octets, reference, size=150):
    cut = [octets[i : i + size] for i in range(0, len(octets), size)]
    values = {"sar_msg_ref_num": reference.to_bytes(2, "big").hex(), "sar_total_segments": f"{len(cut):02x}"}
    return [(part, {"tlvs": {**values, "sar_segment_seqnum": f"{n:02x}"}}) for n, part in enumerate(cut, 1)]


def udh_parts(octets, head, size=152):
    cut = [octets[i : i + size] for i in range(0, len(octets), size)]
    with_head = [bytes([len(head) + 2]) + head + bytes([len(cut), n]) + part for n, part in enumerate(cut, 1)]
    return [(part, {"fields": {"esm_class": 0x40}}) for part in with_head]


def check_long_texts(checks, scene):
    octets = LONG_REPORT.encode("ascii")
    forms = {
        4: ("with 8-bit references in headers", udh_parts(octets, bytes([0, 3, 7]))),
        5: ("with 16-bit references in headers", udh_parts(octets, bytes([8, 4, 0x12, 0x34]))),
        6: ("in SAR parameters", sar_parts(octets, 0x1234)),
        7: ("whole in message_payload", [(b"", {"tlvs": {"message_payload": octets.hex()}})]),
    }
    before = len(scene.gateway.export("reports"))
    for of, (how, parts) in forms.items():
        answers = [scene.submit("both", of, part, **more) for part, more in reversed(parts)]  # the last comes first
        checks.that(all(a and a["status"] == OK for a in answers), f"a long text {how} is acknowledged", f"{answers}")
    scene.gateway.wait_ledger(lambda now: now["fates"]["waiting_segments"] == 0)
    for of, (how, _) in forms.items():
        rows = sorted(scene.rows(of), key=lambda row: (row.get("segment") or {}).get("part", 0))
        checks.equal("".join(row["text"] for row in rows), LONG_REPORT, f"a long text {how} is stored whole")
    checks.equal(len(scene.gateway.export("reports")) - before, len(forms), "each is understood as one report")


def check_receipts(checks, scene):
    answer = scene.submit("both", 8, REPORT.encode(), fields={"registered_delivery": 1})
    accepted(checks, answer, "a submit_sm that asks for a receipt is acknowledged")
    message_id = answer and answer["message_id"]
    receipt = scene.peer.event("deliver_sm", session="both", esm_class=RECEIPT)
    checks.that(receipt and receipt["id"] == message_id, "the receipt names the message in its parameter", f"{receipt}")
    checks.that(receipt and f"id:{message_id} " in receipt["text"], "and in its text", f"{receipt}")
    checks.that(
        receipt and receipt["state"] == DELIVERED and "stat:DELIVRD" in receipt["text"], "as delivered", f"{receipt}"
    )
    checks.equal(receipt and (receipt["from"], receipt["to"]), (SERVICE_NUMBER, number(8)), "from whom it was sent to")
    accepted(
        checks, scene.submit("both", 9, REPORT.encode(), fields={"registered_delivery": 2}), "one of failures alone"
    )
    checks.that(scene.reply_to(9), "is answered")
    none = scene.peer.event("deliver_sm", 0.3, session="both", esm_class=RECEIPT)
    checks.that(none is None, "and gets no receipt, for it did not fail", f"{none}")
    return message_id


def check_operations(checks, scene, message_id):
    source = {name: value for name, value in addresses(8).items() if name.startswith("source")}
    found = scene.ask("both", "query_sm", {**source, "message_id": message_id})
    got = found and (found["status"], found["message_id"], found["state"], found["error"])
    checks.equal(got, (OK, message_id, DELIVERED, 0), "query_sm: the message is delivered")
    checks.that(found and found["final_date"], "since when", f"{found}")
    stranger = {**source, "source_addr": number(1)}
    for what, fields in (("of another sender", stranger), ("unknown", {**source, "message_id": "0" * 34})):
        answer = scene.ask("both", "query_sm", {"message_id": message_id, **fields})
        checks.equal((answer or {}).get("status"), QUERY_FAILED, f"query_sm {what}: ESME_RQUERYFAIL")
    cancel = scene.ask("both", "cancel_sm", {**addresses(8), "message_id": message_id})
    checks.equal((cancel or {}).get("status"), CANCEL_FAILED, "cancel_sm of what is delivered: ESME_RCANCELFAIL")
    replace = scene.ask("both", "replace_sm", {**source, "message_id": message_id}, octets=b"lain".hex())
    checks.equal((replace or {}).get("status"), REPLACE_FAILED, "replace_sm of what is delivered: ESME_RREPLACEFAIL")
    many = [{"to": number(1)}, {"to": SERVICE_NUMBER}, {"list": "semua"}]
    fields = {name: value for name, value in addresses(10).items() if name.startswith("source")}
    answer = scene.ask("both", "submit_multi", fields, octets=REPORT.encode().hex(), to_many=many)
    accepted(checks, answer, "submit_multi to us and others is acknowledged")
    checks.equal(
        answer and sorted(map(tuple, answer["failed"])),
        sorted([(number(1), UNKNOWN_DESTINATION), ("semua", UNKNOWN_LIST)]),
        "and names whom it does not reach",
    )
    checks.equal([row["text"] for row in scene.rows(10)], [REPORT], "its text is stored once")


def check_broken_line(checks, scene):
    """The peer cannot know what arrived, and sends it again over the next connection."""
    text = "LAPOR ada calo di Aruk"
    accepted(checks, scene.submit("both", 11, text.encode()), "a text is acknowledged")
    checks.that(scene.reply_to(11), "and answered")
    scene.peer.tell("drop", session="both")
    checks.that(scene.peer.event("closed", session="both"), "the line breaks without a word")
    checks.equal((scene.bind("both", account=ACCOUNTS[1]) or {}).get("status"), OK, "the peer binds again")
    accepted(checks, scene.submit("both", 11, text.encode()), "and what it sends again is acknowledged again")
    ledger = scene.gateway.wait_ledger(lambda now: now["fates"]["duplicate"] == 1)
    checks.equal(ledger["fates"]["duplicate"], 1, "as a copy of the first")
    checks.that(scene.reply_to(11, seconds=0.5) is None, "which is not answered twice")


def check_restart(checks, scene):
    checks.equal(scene.gateway.stop(), 0, "SIGTERM ends our gateway with status 0")
    for session in ("mouth", "ear", "both"):
        checks.that(scene.peer.event("unbind", 5, session=session), f"after an orderly unbind of '{session}'")
    scene.gateway.start()
    checks.equal(
        (scene.bind("both", account=ACCOUNTS[1]) or {}).get("status"), OK, "after a restart the peer binds again"
    )
    accepted(checks, scene.submit("both", 12, b"AMAN"), "and messages flow again")


def check_end(checks, scene):
    reports = scene.gateway.export("reports")
    ledger = scene.gateway.wait_ledger(lambda now: now["replies"]["pending"] == 0)
    checks.equal(ledger["replies"]["pending"], 0, "no reply is left behind")
    checks.that(len({report["message"] for report in reports}) == len(reports), "no message is two reports")
    answer = scene.ask("both", "unbind")
    checks.equal((answer or {}).get("status"), OK, "unbind is answered")
    checks.that(scene.peer.event("closed", session="both"), "and the connection closed")
    logs = "".join(path.read_text("utf-8", "replace") for path in scene.folder.glob("jejakd-*.log"))
    checks.equal(scene.gateway.stop(), 0, "our gateway ends with status 0")
    status, said = scene.gateway.verify_ledger()
    checks.that(status == 0, "the ledger balances", said)
    checks.that(number(1) not in logs and number(8) not in logs, "no number is in the log")
    checks.that("rahasia" not in logs, "no password is in the log")


def suite(name, command):
    """The whole conversation with one ESME, as a function of `checks`."""

    def run(checks):
        scene = Scene(name, command)
        try:
            checks.that(scene.peer.event("ready"), "the peer runs", scene.peer.tail())
            scene.gateway.start()
            check_binds(checks, scene)
            check_reports(checks, scene)
            check_long_texts(checks, scene)
            message_id = check_receipts(checks, scene)
            check_operations(checks, scene, message_id)
            check_broken_line(checks, scene)
            check_restart(checks, scene)
            check_end(checks, scene)
        finally:
            scene.close()

    return run
