"""Phones that walk the menu side by side over HTTP while SMS pour in: how long each screen takes."""

import asyncio
import json
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from jejakd import KEY, Gateway, http_channel, smpp_channel  # noqa: E402
from loads import Incomplete, Source, fresh, shown  # noqa: E402

KEYS = ["", "1", "1", "5", "sebunga", "1"]


class Phone:
    """One connection of an aggregator that brings one session after the other."""

    def __init__(self, run, index):
        self.run, self.index = run, index

    async def live(self, until):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.run.gateway.port)
        session = 0
        while time.monotonic() < until:
            await self.walk(reader, writer, session)
            session += 1
        writer.close()

    async def walk(self, reader, writer, session):
        text = None
        for key in KEYS:
            text = key if not text else f"{text}*{key}"
            number = f"+62840{self.index:03d}{session % 10_000:04d}"
            form = {"sessionId": f"{self.index}-{session}", "serviceCode": "*384#", "phoneNumber": number, "text": text}
            body = urlencode(form)
            head = (f"POST /v1/ussd/menu?key={KEY} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\n"
                    "Content-Type: application/x-www-form-urlencoded\r\n\r\n")  # fmt: skip
            began = time.perf_counter()
            writer.write((head + body).encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(answer.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            screen = await reader.readexactly(length)
            self.run.screens.append(time.perf_counter() - began)
            if not answer.startswith(b"HTTP/1.1 200") or screen[:4] not in (b"CON ", b"END "):
                raise Incomplete(f"no screen: {answer[:40]!r} {screen[:60]!r}")
        if not screen.startswith(b"END "):
            raise Incomplete(f"the last screen is none: {screen!r}")
        self.run.sessions += 1


class UssdRun:
    """`phones` sessions side by side for `seconds`, with `rate` SMS a second beside them."""

    def __init__(self, phones=32, seconds=10, rate=500):
        self.screens, self.sessions, self.phones, self.rate = [], 0, phones, rate
        folder = fresh("ussd")
        source = Source(folder, "smsc-ussd", seconds * rate, 100, rate)
        channel = smpp_channel("operator", source.port, receipts="false")
        self.gateway = Gateway(folder, channel, http_channel("menu", "json"), log_level="warn")
        try:
            self.gateway.start()
            self.commands = [shown(source.command), shown([self.gateway.executable, "--config", self.gateway.config])]
            asyncio.run(self._measure(seconds))
            self.smsc, _ = source.finish()
            ledger = self.gateway.wait_ledger(lambda now: now["received"] >= self.sessions + seconds * rate, 30)
            if self.gateway.stop(30) != 0 or self.gateway.verify_ledger()[0] != 0:
                raise Incomplete("the gateway did not end in order")
            if ledger["received"] != self.sessions + seconds * rate:
                raise Incomplete(f"{self.sessions} sessions, {seconds * rate} texts, stored {json.dumps(ledger)}")
        finally:
            if source.process.running():
                source.process.kill()
            self.gateway.kill()

    async def _measure(self, seconds):
        until = time.monotonic() + seconds
        await asyncio.gather(*(Phone(self, index).live(until) for index in range(self.phones)))
        self.seconds = seconds

    def at(self, quantile):
        """Milliseconds that so large a share of the screens took at most."""
        ordered = sorted(self.screens)
        return ordered[min(len(ordered) - 1, int(len(ordered) * quantile))] * 1000

    def figures(self):
        return {
            "phones": self.phones,
            "texts_a_second": self.rate,
            "screens": len(self.screens),
            "screens_a_second": len(self.screens) / self.seconds,
            "sessions": self.sessions,
            "latency_ms": {"p50": self.at(0.5), "p99": self.at(0.99), "max": self.at(1)},
            "commands": self.commands,
        }
