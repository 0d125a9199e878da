"""A task force's endpoint: takes webhooks, checks signatures by its own reading of Standard Webhooks, keeps all."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

from processes import wait_until

TOLERANCE_SECONDS = 300


def signature_holds(secret, headers, body):
    """Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, at least one `v1,` entry equal."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        return False
    signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(entry, f"v1,{expected}") for entry in given)


class Receiver:
    """Listens on loopback. `status` is what it answers (a number, or a function of the count of attempts)."""

    def __init__(self, secret, status=200):
        self.secret = secret
        self.status = status
        self.attempts = []  # dicts: id, type, verified, answered, body (bytes), event (parsed), headers
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                code = receiver._take(self.headers, body)
                self.send_response(code)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, client_address):
                pass  # a connection that a killed gateway left behind

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/alerts"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def _take(self, headers, body):
        with self._lock:
            code = self.status(len(self.attempts)) if callable(self.status) else self.status
            event = json.loads(body)
            self.attempts.append(
                {
                    "id": headers.get("webhook-id"),
                    "type": event.get("type"),
                    "event": event,
                    "body": body,
                    "answered": code,
                    "verified": signature_holds(self.secret, headers, body),
                    "headers": dict(headers.items()),
                }
            )
        return code

    def all(self):
        with self._lock:
            return list(self.attempts)

    def accepted(self, kind=None):
        """Events answered 2xx, the first of each webhook-id, in the order they came."""
        first = {}
        for attempt in self.all():
            if 200 <= attempt["answered"] < 300 and kind in (None, attempt["type"]):
                first.setdefault(attempt["id"], attempt)
        return list(first.values())

    def wait_for(self, kind, count=1, seconds=15.0):
        """The accepted events of a type once there are `count` of them, or what there is at the deadline."""
        wait_until(lambda: len(self.accepted(kind)) >= count, seconds)
        return self.accepted(kind)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
