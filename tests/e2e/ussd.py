#!/usr/bin/env python3
"""USSD from outside: menus over HTTP and SMPP as phones walk them, sessions that the process does not outlive, and the
account of it all."""

import re
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from jejakd import KEY, Gateway, http_channel, smpp_channel  # noqa: E402
from processes import Process, program, run_program, workspace  # noqa: E402

TIMEOUT = 10  # seconds; the shortest there is
COVER = "Harga cabai hari ini: tanya pasar."


def turn(gateway, session, number, text, key=KEY, channel="menu"):
    """One request of an aggregator; returns (status, body)."""
    form = {"sessionId": session, "serviceCode": "*384#", "phoneNumber": number, "text": text}
    answer = gateway.post(
        f"/v1/ussd/{channel}?key={key}",
        urlencode(form),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    return answer.status, answer.text


def walk(gateway, session, number, keys):
    """Presses one key after the other; returns the last body."""
    body, text = "", None
    for key in ["", *keys]:
        text = key if not text else f"{text}*{key}"
        status, body = turn(gateway, session, number, text)
        if status != 200:
            return f"{status} {body}"
    return body


def fates(gateway):
    return gateway.ledger()["fates"]


def check_answers(checks, gateway):
    status, body = turn(gateway, "a1", "+628400000001", "")
    checks.equal((status, body.splitlines()[:2]), (200, ["CON Layanan Desa", "1 Lapor kejadian"]), "the menu opens")
    checks.equal(turn(gateway, "a2", "+628400000001", "", key="wrong")[0], 401, "a wrong key: 401")
    checks.equal(turn(gateway, "a2", "+628400000001", "", channel="none")[0], 404, "an unknown channel: 404")
    answer = gateway.post(f"/v1/ussd/menu?key={KEY}", "sessionId=a3&text=")
    named = answer.status == 400 and "serviceCode" in answer.text
    checks.that(named, "a missing field: 400 that names it", answer.text)
    last = walk(gateway, "a4", "+628400000002", ["1", "1", "5", "sebunga", "1"])
    closing = re.fullmatch(r"END Pesan diterima\. Ref \w{6}\. Terima kasih\.", last)
    checks.that(closing, "four screens are a report", last)
    rows = [row for row in gateway.export() if row["direction"] == "in"]
    checks.equal(len(rows), 1, "which is one message")
    checks.that("jumlah orang: 5" in rows[0]["text"] and rows[0]["channel"] == "menu", "readable as said", str(rows))


def check_cover(checks, gateway):
    """A channel whose operator wants a bland line: its menus are the same, its last screen is that line."""
    status, body = turn(gateway, "c1", "+628400000041", "", channel="market")
    checks.equal((status, body.splitlines()[:1]), (200, ["CON Layanan Desa"]), "mode cover: the menu is as ever")
    before = len(gateway.export())
    last = turn(gateway, "c1", "+628400000041", "2", channel="market")[1]
    checks.equal(last, f"END {COVER}", "and a call for help ends with the cover text, unasked")
    checks.equal(len(gateway.export()), before + 1, "and is kept")


def check_killed(checks, gateway):
    """The process dies in the middle of sessions."""
    walk(gateway, "k1", "+628400000011", ["1", "1", "5"])
    walk(gateway, "k2", "+628400000012", ["1", "4"])
    gateway.kill()
    gateway.start()
    checks.equal(fates(gateway)["clarifying"], 2, "after kill -9 both reports are there, unfinished")
    status, body = turn(gateway, "k1", "+628400000011", "1*1*5*sebunga")
    checks.that(status == 200 and "Kapan?" in body, "the session that is still on goes on", body)
    status, body = turn(gateway, "k1", "+628400000011", "1*1*5*sebunga*2")
    checks.that(body.startswith("END Pesan diterima."), "to its end", body)
    ledger = gateway.wait_ledger(lambda now: now["fates"]["clarifying"] == 0, TIMEOUT + 15)
    checks.equal(ledger["fates"]["clarifying"], 0, "the other is closed as a partial report once its time is over")
    checks.equal(ledger["replies"]["owed"], 0, "and nobody is written to")
    body = turn(gateway, "k2", "+628400000012", "1*4*2")[1]
    checks.that(body.startswith("END Sesi sudah selesai."), "whoever presses then is told so", body)


def check_terminal(checks, gateway, control):
    """The phone that people try it with."""
    sim = program("jejak-sim")
    url = f"http://127.0.0.1:{gateway.port}/v1/ussd/menu"
    status, out, error = run_program(
        [sim, "ussd", "--url", url, "--key", KEY, "--from", "+628400000021", "--input", "1,6,00,sebunga,3"]
    )
    checks.that(status == 0 and "(session over)" in out, "jejak-sim ussd walks the menu over HTTP", out + error)
    command = [sim, "ussd", "--smsc", control, "--from", "+628400000022"]
    status, out, error = run_program([*command, "--dial", "*384*1*3#", "--input", "2,00,1"])
    checks.that(status == 0 and "Pesan diterima. Ref" in out, "and over SMPP, with keys behind the code", out + error)
    status, out, error = run_program([*command, "--hang-up"], input_text="6\n1\n")
    checks.that(status == 0 and "08001000" in out, "typed into it, too", out + error)
    status, out, error = run_program([sim, "ussd", "--url", url, "--key", "wrong", "--input", "1"])
    checks.that(status == 1 and "401" in out, "and says why there is no screen", out + error)


def check_many(checks, gateway):
    """Sessions side by side, each with its own answers."""
    ends = []

    def one(index):
        ends.append(walk(gateway, f"m{index}", f"+62840001{index:04d}", ["1", "7", str(index + 1), "00", "3"]))

    threads = [threading.Thread(target=one, args=(index,)) for index in range(24)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    checks.equal(sum(end.startswith("END ") for end in ends), 24, f"24 sessions side by side end well ({took:.1f} s)")
    people = [re.search(r"jumlah orang: (\d+)", row["text"]) for row in gateway.export() if row["direction"] == "in"]
    found = sorted(int(match.group(1)) for match in people if match)
    checks.that(set(range(1, 25)) <= set(found), "and every answer is where it belongs", str(found))


def suite(checks):
    folder = workspace("ussd")
    smsc = Process(
        "smsc", [program("jejak-sim"), "smsc", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"], folder
    )
    try:
        line = smsc.wait_line("ready ", 15)
        smpp, control = (re.search(rf"\b{key}=(\S+)", line).group(1) for key in ("smpp", "control"))
        timeout = f'"{TIMEOUT}s"'
        gateway = Gateway(
            folder,
            smpp_channel("operator", smpp.rsplit(":", 1)[1], ussd_timeout=timeout),
            http_channel("menu", "africastalking", ussd="true", ussd_timeout=timeout),
            http_channel("market", "africastalking", reply_mode='"cover"', cover_text=f'"{COVER}"'),
        )
        with gateway.start():
            check_answers(checks, gateway)
            check_cover(checks, gateway)
            check_killed(checks, gateway)
            check_terminal(checks, gateway, control)
            check_many(checks, gateway)
            status, said = gateway.verify_ledger()
            checks.that(status == 0, "the ledger balances", said)
            log = "".join(path.read_text("utf-8", "replace") for path in folder.glob("jejakd-*.log"))
            checks.that("+62840" not in log and "sebunga" not in log, "and no log line tells a number or an answer")
    finally:
        smsc.stop()


if __name__ == "__main__":
    run("ussd", suite)
