#!/usr/bin/env python3
"""The HTTP side from outside: what is refused and how, repeats, the ledger, tokens, alerts and who takes them."""

import concurrent.futures
import json
import socket
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from jejakd import KEY, TASK_FORCE_TOKEN, WEBHOOK_SECRET, Gateway, endpoint, http_channel, smpp_channel  # noqa: E402
from processes import workspace  # noqa: E402
from receiver import Receiver  # noqa: E402
from smpp_smsc import Smsc  # noqa: E402

NUMBER = "+6284010000{:04d}"
BODY_MAX = 64 * 1024
SOS = "TOLONG saya dikurung majikan"


def is_problem(answer, status, *words):
    """RFC 9457 with our two members, naming `words`, and nothing of the inside."""
    if answer.status != status or not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return False
    problem = answer.json()
    text = json.dumps(problem).lower()
    leaks = any(word in text for word in ("sqlite", "exception", ".cpp", "0x7f", "std::"))
    return bool(problem.get("title") and problem.get("detail")) and all(word in text for word in words) and not leaks


def refusals(checks, gateway):
    message = {"from": NUMBER.format(1), "to": "9840", "text": "AMAN"}
    cases = [
        ("a wrong key", 401, gateway.inbound("app", message, key="wrong"), ()),
        ("no key", 401, gateway.post("/v1/in/app", message), ()),
        ("an unknown channel", 404, gateway.inbound("nobody", message), ()),
        ("an unknown path", 404, gateway.get("/v2/anything"), ()),
        ("no `from`", 400, gateway.inbound("app", {"to": "9840", "text": "AMAN"}), ("from",)),
        ("no `text`", 400, gateway.inbound("app", {"from": NUMBER.format(1), "to": "9840"}), ("text",)),
        ("a `text` that is a number", 400, gateway.inbound("app", {**message, "text": 5}), ("text",)),
        ("JSON cut short", 400, gateway.inbound("app", '{"from": "+6284'), ()),
        ("JSON that is no object", 400, gateway.inbound("app", "[1, 2]"), ()),
        ("JSON nested a thousand deep", 400, gateway.inbound("app", "[" * 1000 + "]" * 1000), ()),
        ("one octet over 64 KiB", 413, gateway.inbound("app", b"x" * (BODY_MAX + 1)), ()),
        ("a method nobody takes", 405, gateway.request("DELETE", "/v1/ledger", token=TASK_FORCE_TOKEN), ()),
        (
            "kannel: no `from`",
            400,
            gateway.get("/v1/in/kannel?" + urlencode({"to": "9840", "text": "AMAN", "key": KEY})),
            ("from",),
        ),
        (
            "kannel: a wrong key",
            401,
            gateway.get("/v1/in/kannel?" + urlencode({"from": "+6284", "text": "A", "key": "no"})),
            (),
        ),
        ("kannel: a broken escape", 400, gateway.get(f"/v1/in/kannel?from=%2B6284&text=%ZZ&key={KEY}"), ()),
    ]
    for name, status, answer, words in cases:
        checks.that(
            is_problem(answer, status, *words),
            f"{name}: {status} with a problem that says what",
            f"{answer.status} {answer.text}",
        )
    checks.equal(gateway.ledger()["received"], 0, "nothing that was refused counts as received")


def raw(port, octets, seconds=5):
    """What a server says to these octets before it closes, or within the deadline."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as wire:
        wire.sendall(octets)
        try:
            while part := wire.recv(65536):
                said += part
        except (TimeoutError, ConnectionError):
            pass
    return said


def malformed_http(checks, gateway):
    head = b"POST /v1/in/app HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + KEY.encode() + b"\r\n"
    cases = [
        ("not HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64 + b"\r\n\r\n", b"400"),
        ("no version", b"GET /healthz\r\n\r\n", b"400"),
        ("a header without a colon", b"GET /healthz HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n", b"400"),
        ("headers of 32 KiB", b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 32768 + b"\r\n\r\n", b"431"),
        ("a length that is no number", head + b"Content-Length: many\r\n\r\n", b"400"),
        ("a declared length over 64 KiB", head + b"Content-Length: 100000000\r\n\r\n", b"413"),
        (
            "chunks without end",
            head + b"Transfer-Encoding: chunked\r\n\r\n" + b"2000\r\n" + (b"x" * 8192 + b"\r\n2000\r\n") * 10,
            b"413",
        ),
    ]
    for name, octets, status in cases:
        said = raw(gateway.port, octets)
        checks.that(said.startswith(b"HTTP/1.1 " + status), f"{name}: {status.decode()}", f"{said[:80]!r}")
    checks.equal(gateway.get("/healthz").status, 200, "and the server still answers others")


def messages(checks, gateway):
    first = gateway.inbound(
        "app", {"from": NUMBER.format(10), "to": "9840", "text": "LAPOR ada calo di Aruk", "id": "a-1"}
    )
    said = first.json()
    checks.that(
        first.status == 200 and said["message"] and said["duplicate"] is False, "a message is taken", first.text
    )
    checks.that(
        said["reply"] and "Aruk" not in said["reply"] and len(said["reply"]) <= 160,
        "with a neutral reply",
        first.text,
    )
    again = gateway.inbound(
        "app", {"from": NUMBER.format(10), "to": "9840", "text": "LAPOR ada calo di Aruk", "id": "a-1"}
    ).json()
    checks.that(
        again["duplicate"] is True and again["reply"] is None,
        "the same id again is a duplicate without a reply",
        f"{again}",
    )
    empty = gateway.inbound("app", {"from": NUMBER.format(11), "to": "9840", "text": ""})
    checks.equal(empty.status, 200, "an empty text is a message")
    twice = [
        gateway.inbound("app", {"from": NUMBER.format(12), "to": "9840", "text": "AMAN"}).json() for _ in range(2)
    ]
    checks.that(
        all(one["duplicate"] is False for one in twice) and twice[0]["message"] != twice[1]["message"],
        "without an id nothing is ever a repeat",
        f"{twice}",
    )
    large = gateway.inbound("app", {"from": NUMBER.format(13), "to": "9840", "text": "x" * 60_000})
    checks.equal(large.status, 200, "a body just under 64 KiB is taken")
    query = urlencode(
        {
            "from": NUMBER.format(14),
            "to": "9840",
            "text": "LAPOR calo",
            "id": "k-1",
            "smsc": "fake",
            "coding": 0,
            "charset": "UTF-8",
            "key": KEY,
        }
    )
    kannel = gateway.get(f"/v1/in/kannel?{query}")
    checks.that(
        kannel.status == 200 and kannel.headers["content-type"].startswith("text/plain") and kannel.text,
        "kannel: a text/plain reply",
        f"{kannel.status} {kannel.text}",
    )
    repeat = gateway.get(f"/v1/in/kannel?{query}")
    checks.that(repeat.status == 200 and repeat.text == "", "kannel: a repeat is answered with nothing", repeat.text)
    replies = {said["reply"], kannel.text, twice[0]["reply"]} - {None}
    shapes = {"".join(letter for letter in text if not letter.isdigit() and not letter.isupper()) for text in replies}
    checks.that(len(shapes) <= 2, "what was understood cannot be told from the reply", f"{replies}")


def ledger(checks, gateway):
    checks.equal(gateway.get("/v1/ledger").status, 401, "the ledger wants a token")
    checks.equal(gateway.get("/v1/ledger", token="wrong").status, 401, "the right one")
    now = gateway.get("/v1/ledger", token=TASK_FORCE_TOKEN).json()
    checks.equal(
        set(now["fates"]),
        {"understood", "clarifying", "unclear", "quarantined", "duplicate", "waiting_segments"},
        "every fate has a count",
    )
    checks.equal(now["received"], sum(now["fates"].values()), "received is the sum of the fates")
    checks.equal(now["fates"]["duplicate"], 2, "both repeats are counted as duplicates")
    for part, names in (
        ("deliveries", ("delivered", "pending", "dead")),
        ("replies", ("sent", "confirmed", "dropped", "pending")),
    ):
        checks.equal(
            now[part]["owed"],
            sum(now[part][name] for name in names),
            f"{part}: owed is the sum of what became of them",
        )
    status, said = gateway.verify_ledger()
    checks.that(status == 0, "`jejak ledger --verify` agrees", said)
    # What is owed is delivered meanwhile: asked between two equal answers, the tool must give that one.
    for _ in range(20):
        said, after = gateway.ledger(), gateway.get("/v1/ledger", token=TASK_FORCE_TOKEN).json()
        if after == now:
            break
        now = after
    checks.equal(said, now, "`jejak ledger` prints the same")


def open_routes(checks, gateway):
    checks.equal(gateway.get("/healthz").status, 200, "/healthz: 200")
    ready = gateway.get("/readyz")
    checks.that(
        ready.status in (200, 503) and isinstance(ready.json(), dict), "/readyz answers with reasons", ready.text
    )
    metrics = gateway.get("/metrics")
    lines = [line for line in metrics.text.splitlines() if line and not line.startswith("#")]
    checks.that(
        metrics.status == 200 and lines and all(len(line.rsplit(" ", 1)) == 2 for line in lines),
        "/metrics: Prometheus text",
    )
    checks.that(any(line.startswith("jejak_") for line in lines), "with metrics of ours")
    checks.that("84010000" not in metrics.text, "and no number in them")


def pages(gateway, limit):
    """Every alert by following `next`, and how many pages that took."""
    found, after, count = [], "", 0
    while count < 100:
        page = gateway.get(f"/v1/alerts?limit={limit}&after={after}", token=TASK_FORCE_TOKEN).json()
        count += 1
        if not page["alerts"]:
            break
        found += page["alerts"]
        after = page["next"]
    return found, count


def alerts(checks, gateway, receiver):
    before = len(pages(gateway, 100)[0])
    for index in range(5):
        text = f"{SOS} di {('Aruk', 'Sebunga', 'Kaliau', 'Santaban', 'Sanatab')[index]}"
        gateway.inbound("app", {"from": NUMBER.format(100 + index), "to": "9840", "text": text, "id": f"sos-{index}"})
    raised = receiver.wait_for("alert.raised", before + 5)
    checks.that(len(raised) >= before + 5, "each call for help reaches the endpoint as an alert", f"{len(raised)}")
    checks.that(
        all(attempt["verified"] for attempt in receiver.all()), "every webhook is signed as Standard Webhooks says"
    )
    found, count = pages(gateway, 2)
    checks.that(
        len(found) == before + 5 and count >= 3,
        "two at a time, `next` leads through all of them",
        f"{len(found)} in {count}",
    )
    sequences = [alert["sequence"] for alert in found]
    checks.equal(sequences, list(range(1, len(found) + 1)), "their sequence has no gap and is in order")
    checks.equal(len({alert["id"] for alert in found}), len(found), "their ids differ")
    told = {(event["event"]["data"]["id"], event["event"]["data"]["sequence"]) for event in raised}
    checks.equal(told, {(alert["id"], alert["sequence"]) for alert in found}, "the endpoint was told the same")
    text = json.dumps(found)
    checks.that("84010000" not in text and "dikurung" not in text, "no alert carries a number or a text")
    checks.equal(gateway.get("/v1/alerts").status, 401, "alerts want a token")
    checks.that(
        is_problem(gateway.get("/v1/alerts?after=nonsense", token=TASK_FORCE_TOKEN), 400, "after"),
        "a made-up cursor: 400",
    )
    one = gateway.get(f"/v1/alerts/{found[-1]['id']}", token=TASK_FORCE_TOKEN)
    checks.equal(one.json(), found[-1], "one alert by its id is the same")
    checks.that(is_problem(gateway.get("/v1/alerts/none", token=TASK_FORCE_TOKEN), 404), "an unknown id: 404")
    acknowledge(checks, gateway, receiver, found[-1]["id"])


def acknowledge(checks, gateway, receiver, identity):
    path = f"/v1/alerts/{identity}/acknowledge"
    checks.equal(gateway.post(path, {"by": "nobody"}).status, 401, "acknowledging wants a token")
    checks.that(is_problem(gateway.post(path, {}, token=TASK_FORCE_TOKEN), 400, "by"), "and a name")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda n: gateway.post(path, {"by": f"desk {n}", "note": "on our way"}, token=TASK_FORCE_TOKEN),
                range(8),
            )
        )
    checks.equal({answer.status for answer in answers}, {200}, "eight desks at once are all answered 200")
    winners = {answer.json()["acknowledged"]["by"] for answer in answers}
    checks.equal(len(winners), 1, "and all are told the same winner")
    later = gateway.post(path, {"by": "too late"}, token=TASK_FORCE_TOKEN).json()
    checks.that(
        {later["acknowledged"]["by"]} == winners and later["status"] == "acknowledged",
        "the first one stays",
        f"{later}",
    )
    told = receiver.wait_for("alert.acknowledged")
    checks.equal(len(told), 1, "the endpoint is told once")
    checks.equal(gateway.ledger()["alerts"]["acknowledged"], 1, "the ledger counts one")


def unreadable(checks):
    """What cannot be read, or not surely, is acknowledged, and a person who may read it finds its octets."""
    smsc = Smsc(receipts=False)
    source = NUMBER.format(9000).lstrip("+")
    octets = {
        "plain": b"LAPOR#aruk#2 org",
        "binary": b"\x00\xffTOLONG saya dikurung",
        "guessed": "TOLONG saya dikurung di café".encode(),
        "undecodable": b"TOLONG dari nomor yang tidak terbaca",
    }
    with Gateway(workspace("unreadable"), smpp_channel("operator", smsc.port)) as gateway:
        gateway.start()
        smsc.deliver("plain", source, octets["plain"])
        smsc.deliver("binary", source, octets["binary"], data_coding=4)
        smsc.deliver("guessed", source, octets["guessed"])
        smsc.deliver("undecodable", "6" * 40, octets["undecodable"])
        checks.that(smsc.wait_acked(*octets), "an odd data_coding and a PDU that does not decode are acknowledged")
        hidden = [json.loads(line) for line in gateway.tool("export", "messages").splitlines()]
        checks.equal({row["raw"] for row in hidden}, {None}, "without --reveal no octets are exported")
        rows = [row for row in gateway.export() if row["direction"] == "in"]
        checks.equal(
            [row["remarks"] for row in rows],
            [[], ["binary"], ["guessed"], ["undecodable"]],
            "`remarks` says what was wrong with each",
        )
        raw_of = dict(zip(octets, (row["raw"] for row in rows), strict=False))
        checks.equal(raw_of.get("plain"), None, "of what was read there is the text alone")
        for what in ("binary", "guessed", "undecodable"):
            checks.that(octets[what].hex() in (raw_of.get(what) or ""), f"{what}: `raw` has what came, in hex")
        checks.equal(gateway.stop(), 0, "SIGTERM: exit 0")
    smsc.close()


def suite(checks):
    folder = workspace("api")
    receiver = Receiver(WEBHOOK_SECRET)
    tables = [
        http_channel("app", "json"),
        http_channel("kannel", "kannel"),
        endpoint("satgas", receiver.url, detail='"case"'),
    ]
    with Gateway(folder, *tables) as gateway:
        gateway.start()
        refusals(checks, gateway)
        malformed_http(checks, gateway)
        messages(checks, gateway)
        ledger(checks, gateway)
        open_routes(checks, gateway)
        alerts(checks, gateway, receiver)
        now = gateway.wait_ledger(lambda now: now["deliveries"]["pending"] == 0)
        checks.equal(now["deliveries"]["owed"], now["deliveries"]["delivered"], "everything owed was delivered")
        checks.equal(gateway.stop(), 0, "SIGTERM: exit 0")
    receiver.close()
    unreadable(checks)


if __name__ == "__main__":
    run("api", suite)
