"""One measured run: simulated SMSC, gateway and task force on loopback, each a process of its own."""

import contextlib
import http.client
import json
import os
import re
import shlex
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from jejakd import WEBHOOK_SECRET, Gateway, endpoint, smpp_channel  # noqa: E402
from processes import BUILD, ROOT, Process, program, run_program  # noqa: E402

FOLDER = BUILD / "bench"
STALL_SECONDS = 60  # a run in which nothing more is acknowledged for so long did not complete
TICKS = os.sysconf("SC_CLK_TCK")


class Incomplete(Exception):
    """A run that did not end as it should: what it measured counts for nothing."""


def fresh(name):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def shown(command):
    """A command as a person would type it in the repository's root."""
    return shlex.join(str(part).replace(f"{ROOT}/", "") for part in command)


def sizes(pid):
    """(resident now, resident at most) in KiB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    return tuple(int(re.search(rf"{key}:\s+(\d+)", status).group(1)) for key in ("VmRSS", "VmHWM"))


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def store_counts(gateway):
    """{"batches": …, "units": …} since the gateway started."""
    found = re.findall(r'jejak_store\{value="(\w+)"\} ([-0-9.e+]+)', gateway.get("/metrics").text)
    return {name: float(value) for name, value in found}


class Source:
    """`jejak-sim smsc` with a load; it ends by itself once all is acknowledged and answered."""

    def __init__(self, folder, name, count, window, rate="max", replies=None, first=0):
        self.count = count
        self.command = [program("jejak-sim"), "smsc", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]
        self.command += ["--rate", rate, "--count", count, "--window", window, "--first", first]
        self.command += ["--mix", "lapor=90,aman=9,alert=1", "--receipts", "none", "--exit-when-done"]
        self.command += ["--expect-replies", count if replies is None else replies]
        self.process = Process(name, self.command, folder)
        ready = self.process.wait_line("ready smpp=")
        self.port, self.control = (int(port) for port in re.findall(r":(\d+)", ready))

    def counts(self):
        """What it counted so far; None once it has ended."""
        connection = http.client.HTTPConnection("127.0.0.1", self.control, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError), contextlib.closing(connection):
            connection.request("GET", "/counts")
            return json.loads(connection.getresponse().read())
        return None

    def finish(self, each_second=lambda counts: None):
        """Waits for its end; its last counts, and the seconds from its first answer until all was answered.

        Raises Incomplete when nothing moves for STALL_SECONDS.
        """
        last, moved, began = None, time.monotonic(), None
        while self.process.wait(0.02 if began is None else 0.25) is None:
            counts = self.counts()
            now = time.monotonic()
            if counts is None:
                continue
            if began is None and counts["acked"] > 0:
                began = now
            progress = (counts["acked"], counts["submits"])
            if progress != last:
                last, moved = progress, now
                each_second(counts)
            if now - moved > STALL_SECONDS:
                self.process.kill()
                raise Incomplete(f"{self.process.name} stalled: {counts}")
        ended = time.monotonic()
        line = self.process.wait_line("{")
        self.process.stop()
        return json.loads(line), ended - (began or ended)


class TaskForce:
    """A live endpoint: `jejak-sim taskforce`."""

    def __init__(self, folder):
        self.command = [program("jejak-sim"), "taskforce", "--listen", "127.0.0.1:0", "--secret", WEBHOOK_SECRET]
        self.process = Process("taskforce", self.command, folder)
        self.url = "http://" + self.process.wait_line("ready http=").split("http=", 1)[1].strip() + "/alerts"


class GatewayRun:
    """A gateway under one load, and what it took. `endpoints`: "live", "none", or a list of [[endpoint]] tables."""

    def __init__(self, name, count, window, rate="max", endpoints="live", folder=None, first=0, watch=None):
        self.folder = folder or fresh(name)
        self.count = count
        self.samples = []
        self._watch = watch
        task_force = TaskForce(self.folder) if endpoints == "live" else None
        source = None
        try:
            tables = [endpoint("satgas", task_force.url, events='["alert.*"]')] if task_force else []
            tables = endpoints if isinstance(endpoints, list) else tables
            source = Source(self.folder, f"smsc-{name}", count, window, rate, first=first)
            channel = smpp_channel("operator", source.port, receipts="false")
            self.gateway = Gateway(self.folder, channel, *tables, log_level="warn")
            self.store = self.folder / "jejak.db"
            before = self.gateway.ledger()["received"] if self.store.exists() else 0
            self.gateway.start()
            self.commands = [
                shown(part.command) for part in (task_force, source) if part is not None
            ] + [shown([self.gateway.executable, "--config", self.gateway.config])]
            self._measure(source, before)
        finally:
            for peer in (source, task_force):
                if peer and peer.process.running():
                    peer.process.kill()
            if getattr(self, "gateway", None):
                self.gateway.kill()

    def _measure(self, source, before):
        pid = self.gateway.process.pid

        def sample(counts):
            self.samples.append((counts["acked"], sizes(pid)[0]))
            if self._watch:
                self._watch(counts)

        self.smsc, _ = source.finish(sample)
        self.cpu = cpu_seconds(pid)
        self.rss_peak = sizes(pid)[1]
        # Results of the last replies ride with a later commit.
        self.gateway.wait_ledger(lambda ledger: ledger["received"] - before >= self.count, 30)
        counts = store_counts(self.gateway)
        self.batches, self.units = counts["batches"], counts["units"]
        if self.gateway.stop(30) != 0:
            raise Incomplete("the gateway did not stop in order")
        status, said = self.gateway.verify_ledger()
        self.ledger = self.gateway.ledger()
        received = self.ledger["received"] - before
        if status != 0:
            raise Incomplete(f"the ledger does not balance: {said}")
        if not self.smsc["acked"] == received == self.count:
            raise Incomplete(f"sent {self.count}, acknowledged {self.smsc['acked']}, stored {received}")

    @property
    def rate(self):
        return self.smsc["rate"]

    @property
    def messages_a_batch(self):
        return self.count / self.batches

    def figures(self):
        """For the JSON file."""
        return {
            "messages": self.count,
            "seconds": self.smsc["seconds"],
            "rate": self.rate,
            "latency_ms": self.smsc["latency_ms"],
            "batches": self.batches,
            "units": self.units,
            "messages_a_batch": round(self.messages_a_batch, 2),
            "rss_peak_kib": self.rss_peak,
            "cpu_seconds": self.cpu,
            "deliveries_owed": self.ledger["deliveries"]["pending"],
            "commands": self.commands,
        }


def bare_commit(run, batch):
    """The bare loop over the rows that `run` stored; its JSON with the command. Raises Incomplete."""
    work = run.folder / f"bare-{batch}.db"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{work}{suffix}").unlink(missing_ok=True)
    command = [program("bare_commit"), run.store, work, batch]
    status, out, error = run_program(command, seconds=600)
    if status != 0:
        raise Incomplete(error.strip())
    work.unlink()
    return {**json.loads(out), "commands": [shown(command)]}

