"""Programs under test and their peers: found, started, watched and stopped, each with a deadline."""

import contextlib
import json
import os
import queue
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
BIN = Path(os.environ.get("JEJAK_BIN", BUILD / "release" / "bin"))
PORTS = range(20_000, 32_000)
_given = set()


def program(name):
    """Path of one of our programs. Raises FileNotFoundError when it is not built."""
    path = BIN / name
    if not path.exists():
        raise FileNotFoundError(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path} is not built")
    return str(path)


def workspace(name):
    """An empty folder under build/ that outlives the run, so that a failure can be looked at."""
    folder = BUILD / "suites" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def free_port():
    """A TCP port of loopback that nothing listens on at this moment, each time another. Below those that the system
    gives to outgoing connections, so that none of them takes it before its program listens."""
    for port in random.sample(PORTS, 100):
        if port in _given:
            continue
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port
    raise OSError("no port of loopback is free")


def wait_until(condition, seconds=10.0, every=0.05):
    """Asks `condition` until it answers something true or the deadline passes; returns its last answer."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() >= deadline:
            return answer
        pause.wait(every)


def accepts(port):
    """Whether something listens on this port of loopback."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


class Process:
    """A child whose standard error goes to a file and whose standard output is read line by line."""

    def __init__(self, name, command, folder, env=None, stdin=False, cwd=None):
        self.name = name
        self.log = Path(folder) / f"{name}.log"
        self.out = Path(folder) / f"{name}.out"
        self.lines = queue.Queue()
        self._log_file = open(self.log, "ab")
        self.child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        with open(self.out, "ab") as out:
            for line in self.child.stdout:
                out.write(line)
                out.flush()
                self.lines.put(line.decode("utf-8", "replace").rstrip("\n"))
        self.lines.put(None)

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child.poll() is None

    def wait_line(self, start, seconds=10.0):
        """The next line of standard output that begins with `start`. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"{self.name} did not print '{start}…' in {seconds} s\n{self.tail()}") from None
            if line is None:
                raise TimeoutError(
                    f"{self.name} ended with {self.child.wait()} before it printed '{start}…'\n{self.tail()}"
                )
            if line.startswith(start):
                return line

    def write_line(self, text):
        self.child.stdin.write(text.encode() + b"\n")
        self.child.stdin.flush()

    def tail(self, lines=15):
        """The last lines of its log, for the message of a failed check."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def send(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.child.send_signal(number)

    def wait(self, seconds):
        """Its exit status, or None when the deadline passes first. A signal's death is negative."""
        try:
            return self.child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, seconds=15.0, number=signal.SIGTERM):
        """Asks it to end; returns the exit status it chose, or None if it had to be killed at the deadline."""
        self.send(number)
        status = self.wait(seconds)
        if status is None:
            self.kill()
        self._close()
        return status

    def kill(self):
        self.send(signal.SIGKILL)
        self.child.wait()
        self._close()

    def _close(self):
        self._reader.join(timeout=5)
        self._log_file.close()
        if self.child.stdin:
            with contextlib.suppress(OSError):
                self.child.stdin.close()


class JsonPeer(Process):
    """A peer that takes commands and tells events as JSON objects, one a line."""

    def __init__(self, name, command, folder):
        super().__init__(name, command, folder, stdin=True)
        self.seen = []

    def tell(self, do, **more):
        self.write_line(json.dumps({"do": do, **more}))

    def event(self, name, seconds=10.0, **wanted):
        """The first event of that name with these members, seen already or yet to come; it is taken from the list."""
        deadline = time.monotonic() + seconds
        while True:
            for index, event in enumerate(self.seen):
                if event["event"] == name and all(event.get(key) == value for key, value in wanted.items()):
                    return self.seen.pop(index)
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                return None
            if line is None:
                self.lines.put(None)
                return None
            if line.startswith("{"):
                self.seen.append(json.loads(line))


def run_program(command, input_text="", seconds=60, cwd=None, env=None):
    """Runs to its end; returns (exit status, standard output, standard error)."""
    done = subprocess.run(
        [str(part) for part in command],
        input=input_text.encode(),
        capture_output=True,
        timeout=seconds,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
