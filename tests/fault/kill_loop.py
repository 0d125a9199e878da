#!/usr/bin/env python3
"""SIGKILLs the gateway at random moments under SMPP load, again and again, then compares what it had acknowledged with
what it has: cases [A1], [A2] and [A3] of the SMPP conformance statement.

The load is `jejak-sim smsc`, which keeps a ledger outside the gateway: `S token` before a text first leaves, `A token`
once it was answered. Some texts are long: their parts, each a token of its own, come apart, so that many a kill falls
between them; each part that was acknowledged must be in its text, once, after all restarts [C20]. Figures at the end:
  A   acknowledged texts            P   of those present        L = A - P   lost: must be 0
  U   present, never acknowledged   Dl  linked duplicates       Dv          visible duplicates: must be 0
  Fo  events owed                   Fd  delivered               Fx          delivered again under the same id
  Tl  long texts whose parts were all acknowledged              Tk          of those, with a kill between two parts
No loss in n kills bounds the chance of one by 3/n (95 %): use --rounds 3000 for 0.1 %.
"""

import argparse
import collections
import contextlib
import datetime
import http.client
import json
import random
import re
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from jejakd import TASK_FORCE_TOKEN, WEBHOOK_SECRET, Gateway, endpoint, smpp_channel  # noqa: E402
from processes import Process, free_port, program, wait_until, workspace  # noqa: E402
from receiver import Receiver  # noqa: E402

DAMAGED = "database disk image is malformed"  # SQLite's words for pages that do not belong together
TOKEN = re.compile(r"uji\d{8}")
MIX = "lapor=80,aman=15,alert=5"
BOUND_SECONDS = 30  # from start to the first text answered
WINDOW = 100
EARLY_SHARE = 0.2  # of the kills come while it starts: in recovery, before it is bound
UP_SECONDS = 1.2  # at most so long does it live after its first answer of a round
TEXTS_MAX = 9_000_000
KILLS_BETWEEN_PARTS = 20  # rounds that are surely enough for a kill to have fallen between two parts of a text
LONG_EVERY = 90  # of so many texts two or three are parts of a long one, a third of that apart: 20 ms and more


class Load:
    """jejak-sim smsc, its control port, and the ledger it keeps."""

    def __init__(self, folder, rate, sync):
        self.ledger = folder / "ledger"
        self.port = free_port()
        command = [
            program("jejak-sim"),
            "smsc",
            "--listen",
            f"127.0.0.1:{self.port}",
            "--control",
            "127.0.0.1:0",
            "--window",
            WINDOW,
            "--rate",
            rate,
            "--count",
            TEXTS_MAX,
            "--numbers",
            TEXTS_MAX,
            "--mix",
            MIX,
            "--long-every",
            LONG_EVERY,
            "--ledger",
            self.ledger,
            "--keep",
            200_000,
            "--retry-delay",
            200,
        ]
        self.process = Process("smsc", command + (["--ledger-sync"] if sync else []), folder)
        ready = self.process.wait_line("ready smpp=")
        self.control = int(ready.rsplit(":", 1)[1])
        self.replies = collections.Counter()
        self._seen = 0

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.control, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path)
            return json.loads(connection.getresponse().read())

    def acked(self):
        return self.ask("GET", "/counts")["acked"]

    def collect_replies(self):
        """Counts the replies submitted since the last call, by the number they went to."""
        for text in self.ask("GET", f"/mt?after={self._seen}")["messages"]:
            self.replies[text["to"]] += 1
            self._seen = max(self._seen, text["number"])

    def tokens(self):
        """(sent, acknowledged) as sets; read when nothing is written any more."""
        lines = self.ledger.read_text("ascii").splitlines()
        return (
            {line[2:] for line in lines if line.startswith("S ")},
            {line[2:] for line in lines if line.startswith("A ")},
        )


def token_of(index):
    return f"uji{index:08d}"


def long_texts(tokens):
    """The long texts that `tokens` belong to: lists of the tokens of all their parts, as jejak-sim numbers them."""
    blocks = sorted({int(token[3:]) // LONG_EVERY for token in tokens})
    return [
        [token_of(block * LONG_EVERY + part * (LONG_EVERY // 3)) for part in range(2 + block % 2)] for block in blocks
    ]


class Trial:
    """The rounds, and what they measured."""

    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.folder = workspace(options.name)
        self.load = Load(self.folder, options.rate, options.sync)
        self.receiver = Receiver(WEBHOOK_SECRET)
        self.gateway = Gateway(
            self.folder,
            smpp_channel("operator", self.load.port, window=WINDOW),
            endpoint("satgas", self.receiver.url, detail='"case"'),
            executable=options.program,
        )
        self.recoveries = []
        self.kills = []  # when it was killed while it worked, in seconds of the wall clock

    def start(self):
        """Starts the gateway; returns when it has answered a text again. Remembers how long that took."""
        before, began = self.load.acked(), time.monotonic()
        self.gateway.start(BOUND_SECONDS)
        if not wait_until(lambda: self.load.acked() > before, BOUND_SECONDS, every=0.02):
            raise TimeoutError(
                f"no text was answered within {BOUND_SECONDS} s of a start\n{self.gateway.process.tail()}"
            )
        self.recoveries.append(time.monotonic() - began)

    def one_round(self):
        if self.random.random() < EARLY_SHARE:
            child = Process("jejakd-early", [self.gateway.executable, "--config", self.gateway.config], self.folder)
            child.wait(self.random.uniform(0.0, 0.3))
            child.kill()
        else:
            self.start()
            self.gateway.process.wait(self.random.uniform(0.0, UP_SECONDS))
            self.gateway.kill()
            self.kills.append(time.time())
        self.load.collect_replies()

    def settle(self):
        """A last start; waits until all that was unanswered came again and everything owed left."""
        self.start()
        again = self.load.acked()
        wait_until(lambda: self.load.acked() >= again + 5 * WINDOW, 30)
        self.load.ask("POST", "/pause")
        wait_until(lambda: self.load.ask("GET", "/counts")["in_flight"] == 0, 30)
        self.gateway.wait_ledger(lambda now: now["deliveries"]["pending"] == 0 and now["replies"]["pending"] == 0, 60)
        self.load.collect_replies()

    def close(self):
        self.gateway.kill()
        self.load.process.stop()
        self.receiver.close()


def check_messages(checks, trial, figures):
    """Every acknowledged text is there exactly once as itself."""
    rows = trial.gateway.export("messages", "kill test of this build")
    inbound = [row for row in rows if row["direction"] == "in"]
    originals, linked = collections.Counter(), collections.Counter()
    for row in inbound:
        found = TOKEN.search(row["text"] or "")
        if found:
            (linked if row["fate"] == "duplicate" else originals)[found.group()] += 1
    sent, acked = trial.load.tokens()
    lost = sorted(token for token in acked if originals[token] == 0)
    twice = sorted(token for token, count in originals.items() if count > 1)
    foreign = sorted(token for token in originals if token not in sent)
    orphans = sorted(token for token in linked if originals[token] == 0)
    figures |= {
        "A": len(acked),
        "P": len(acked) - len(lost),
        "L": len(lost),
        "U": len(set(originals) - acked),
        "Dl": sum(linked.values()),
        "Dv": len(twice),
        "sent": len(sent),
    }
    checks.that(len(acked) > 0, "texts were acknowledged")
    checks.equal(lost[:5], [], f"none of the {len(acked)} acknowledged texts is lost [A1] [A3]")
    checks.equal(twice[:5], [], "no text is there twice as two messages [A2]")
    checks.equal(orphans[:5], [], "every linked duplicate has its original")
    checks.equal(foreign[:5], [], "nothing is there that was never sent")
    ledger = trial.gateway.ledger()
    checks.equal(ledger["received"], len(inbound), "the ledger counts what the export lists")
    status, said = trial.gateway.verify_ledger()
    checks.that(status == 0, "`jejak ledger --verify` exits 0", said)
    check_long_texts(checks, trial, rows, figures)


def check_long_texts(checks, trial, rows, figures):
    """Each acknowledged part of a long text is in one text, in its place, and each whole text is one report."""
    parts = collections.defaultdict(list)
    for row in rows:
        if row["direction"] == "in" and row["fate"] != "duplicate" and (found := TOKEN.search(row["text"] or "")):
            parts[found.group()].append(row)
    reports = collections.Counter(row["message"] for row in trial.gateway.export("reports"))
    _, acked = trial.load.tokens()
    whole, cut, wrong = 0, 0, []
    for text in long_texts(acked):
        here = [(number, token) for number, token in enumerate(text, 1) if token in acked]
        stored = [row for _, token in here for row in parts[token]]
        places = [row.get("segment") or {} for row in stored]
        wholes = {place.get("whole") for place in places}
        right = [place.get("part") for place in places] == [number for number, _ in here] and len(wholes) <= 1
        right = right and all(place["total"] == len(text) for place in places)
        if len(here) == len(text):
            whole += 1
            times = [datetime.datetime.fromisoformat(row["received_at"]).timestamp() for row in stored]
            cut += any(min(times) < moment < max(times) for moment in trial.kills)
            right = right and all(place["came"] == len(text) for place in places)
            right = right and [reports[row["message"]] for row in stored if row["message"] in wholes] == [1]
            right = right and sum(reports[row["message"]] for row in stored) == 1
        if not right:
            wrong.append(text[0])
    figures |= {"Tl": whole, "Tk": cut}
    checks.equal(wrong[:5], [], f"each part of {whole} long texts is in one text, each text is one report [C20]")
    few = trial.options.rounds < KILLS_BETWEEN_PARTS
    checks.that(few or cut > 0, "a kill fell between two parts of a long text [C20]", f"{cut} of {whole}")


def check_events(checks, trial, figures):
    """Events arrive at least once, each under one id for ever."""
    attempts = trial.receiver.all()
    ledger = trial.gateway.ledger()["deliveries"]
    bodies, ids = collections.defaultdict(set), collections.defaultdict(set)
    for attempt in attempts:
        bodies[attempt["id"]].add(attempt["body"])
        ids[attempt["body"]].add(attempt["id"])
    figures |= {"Fo": ledger["owed"], "Fd": len(bodies), "Fx": len(attempts) - len(bodies)}
    checks.that(attempts and all(attempt["verified"] for attempt in attempts), "events came, and every signature holds")
    checks.equal(
        [key for key, value in bodies.items() if len(value) > 1][:3],
        [],
        "one webhook-id always carries the same event",
    )
    checks.equal(
        [len(value) for value in ids.values() if len(value) > 1][:3],
        [],
        "one event always carries the same webhook-id",
    )
    checks.equal(len(bodies), ledger["owed"], "every event owed arrived")
    checks.equal((ledger["delivered"], ledger["dead"]), (ledger["owed"], 0), "and the ledger knows it")
    raised = [attempt["event"]["data"]["sequence"] for attempt in trial.receiver.accepted("alert.raised")]
    checks.equal(sorted(set(raised)), list(range(1, len(raised) + 1)), "alert sequences have neither gap nor repeat")


def check_loss(checks, trial):
    """A disk that lies about syncs loses what was acknowledged; a test that does not see it proves nothing."""
    kept = {found.group() for row in trial.gateway.export() if (found := TOKEN.search(row["text"] or ""))}
    _, acked = trial.load.tokens()
    checks.that(acked - kept, "a disk that lies about syncs loses acknowledged texts, and this test sees it")
    print(f"     {len(acked - kept)} of {len(acked)} acknowledged texts are lost, as they must be", flush=True)


def suite_for(options):
    def suite(checks):
        trial = Trial(options)
        figures = {}
        try:
            try:
                for number in range(options.rounds):
                    trial.one_round()
                    if (number + 1) % 100 == 0:
                        print(f"     {number + 1} kills, {trial.load.acked()} acknowledged", flush=True)
                trial.settle()
            except TimeoutError as error:
                if not (options.expect_loss and DAMAGED in str(error)):
                    raise
                checks.that(True, "a disk that lies about syncs leaves a damaged database, and jejakd says so")
                return
            checks.equal(trial.gateway.get("/healthz").status, 200, f"after {options.rounds} kills it runs")
            ready = trial.gateway.get("/v1/ledger", token=TASK_FORCE_TOKEN).json()
            checks.equal(ready["received"], sum(ready["fates"].values()), "and its ledger balances")
            checks.equal(trial.gateway.stop(), 0, "SIGTERM: exit 0")
            trial.load.process.stop()
            if options.expect_loss:
                check_loss(checks, trial)
                return
            check_messages(checks, trial, figures)
            check_events(checks, trial, figures)
            more = {number: count for number, count in trial.load.replies.items() if count > 1}
            checks.equal(len(more), 0, "no reply was sent twice")
            if trial.recoveries:
                figures |= {
                    "T_rec median": round(statistics.median(trial.recoveries), 2),
                    "T_rec max": round(max(trial.recoveries), 2),
                }
            print("figures " + json.dumps({"rounds": options.rounds, "seed": options.seed, **figures}), flush=True)
        finally:
            trial.close()

    return suite


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="kills (default: %(default)s)")
    parser.add_argument("--rate", default="1500", help="texts a second, or max (default: %(default)s)")
    parser.add_argument("--program", help="another build of jejakd, such as one whose disk forgets what was not synced")
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(1 << 32), help="of the random moments"
    )
    parser.add_argument("--sync", action="store_true", help="write the outside ledger through to the disk (O_DSYNC)")
    parser.add_argument("--expect-loss", action="store_true", help="the disk lies about syncs: see that it is noticed")
    parser.add_argument("--name", default="kill_loop", help="folder of this run under build/suites")
    options = parser.parse_args()
    run(options.name, suite_for(options))


if __name__ == "__main__":
    main()
