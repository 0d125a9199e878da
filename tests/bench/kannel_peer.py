"""The peer's row: Kannel with its spool store and an HTTP endpoint that answers each text with one line."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from loads import Source, fresh, shown  # noqa: E402
from processes import Process, accepts, free_port, wait_until  # noqa: E402

CONFIG = """
group = core
admin-port = {admin}
admin-password = change-me
status-password = change-me
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {smsbox}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = {folder}/store
log-file = {folder}/bearerbox-log
log-level = 4

group = smsc
smsc = smpp
smsc-id = operator
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = jejak
smsc-password = secret
system-type = ""
interface-version = 34
max-pending-submits = 100
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
global-sender = 9840
log-file = {folder}/smsbox-log
log-level = 4
http-request-retry = 3
http-queue-delay = 1

group = sms-service
keyword = default
catch-all = true
max-messages = 1
get-url = "http://127.0.0.1:{answers}/?from=%p&to=%P&text=%b&id=%I&time=%T"
"""


def version():
    """What `bearerbox --version` calls itself, or None when it is not installed."""
    try:
        said = subprocess.run(["bearerbox", "--version"], capture_output=True, text=True, check=False, timeout=10)
    except FileNotFoundError:
        return None
    found = re.search(r"version [`']?(\d[\d.]*)", said.stdout)
    return found.group(1) if found else "of unknown version"


class KannelRun:
    """`acknowledged`: texts a second that bearerbox took; `answered`: whose reply was submitted too."""

    def __init__(self, count, window):
        folder = fresh("kannel")
        (folder / "store").mkdir()
        ports = {name: free_port() for name in ("admin", "smsbox", "answers")}
        source = Source(folder, "smsc", count, window)
        config = folder / "kannel.conf"
        config.write_text(CONFIG.format(folder=folder, smsc=source.port, **ports), "utf-8")
        answering = [sys.executable, Path(__file__).resolve(), ports["answers"]]
        commands = [answering, source.command, ["bearerbox", "-v", "4", config], ["smsbox", "-v", "4", config]]
        self.commands = [shown(command) for command in commands]
        started = [source.process]
        try:
            started.append(Process("answering", answering, folder))
            started[-1].wait_line("ready")
            # smsbox first waits for its box; the source delivers as soon as bearerbox binds.
            started.append(Process("bearerbox", commands[2], folder))
            if not wait_until(lambda: accepts(ports["smsbox"]), 15):
                raise TimeoutError("bearerbox does not listen\n" + started[-1].tail())
            started.append(Process("smsbox", commands[3], folder))
            self.smsc, seconds = source.finish()
        finally:
            for process in reversed(started):
                process.stop(5)
        self.acknowledged = self.smsc["rate"]
        self.answered = self.smsc["submits"] / seconds if seconds else 0.0

    def figures(self):
        return {
            "version": version(),
            "acknowledged_rate": self.acknowledged,
            "answered_rate": round(self.answered, 1),
            "latency_ms": self.smsc["latency_ms"],
            "messages": self.smsc["acked"],
            "commands": self.commands,
        }


def serve(port):
    """The endpoint: 200 and one line to whatever is asked, as cheaply as Python can; it is not what is measured."""
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 31\r\n\r\n"
        b"Pesan diterima. Terima kasih. \n"
    )

    class Answering(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.waiting = transport, b""

        def data_received(self, data):
            requests = (self.waiting + data).split(b"\r\n\r\n")
            self.waiting = requests.pop()
            self.transport.write(answer * len(requests))

    async def run():
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port, backlog=1024)
        print("ready", flush=True)
        await server.serve_forever()

    asyncio.run(run())


if __name__ == "__main__":
    serve(int(sys.argv[1]))
