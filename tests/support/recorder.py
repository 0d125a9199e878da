"""A TCP proxy on loopback that keeps the bytes of both directions, for whoever wants to decode them afterwards."""

import contextlib
import json
import socket
import threading
import time


class Recorder:
    """Passes bytes between whoever connects to `port` and 127.0.0.1:`upstream`, and remembers every chunk.

    chunks: list of (connection number, 'sent' by the one who connected or 'received' by it, seconds, bytes), in order.
    """

    def __init__(self, upstream):
        self.upstream = upstream
        self.chunks = []
        self._lock = threading.Lock()
        self._open = set()
        self._connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.upstream), timeout=5)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._connections += 1
                number = self._connections
                self._open |= {near, far}
            for source, target, direction in ((near, far, "sent"), (far, near, "received")):
                threading.Thread(target=self._pass, args=(number, source, target, direction), daemon=True).start()

    def _pass(self, number, source, target, direction):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self._lock:
                    self.chunks.append((number, direction, time.time(), data))
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
        with self._lock:
            self._open.discard(source)

    def sent(self, number=None):
        """All bytes the connecting side sent, of one connection or of all."""
        with self._lock:
            return b"".join(
                data for n, direction, _, data in self.chunks if direction == "sent" and number in (None, n)
            )

    def close(self):
        """Stops listening and breaks what is open."""
        self._listener.close()
        with self._lock:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def save(self, path):
        """One JSON object a chunk: connection, direction, at, hex."""
        with self._lock, open(path, "w", encoding="ascii") as file:
            for number, direction, at, data in self.chunks:
                file.write(
                    json.dumps({"connection": number, "direction": direction, "at": at, "hex": data.hex()}) + "\n"
                )
