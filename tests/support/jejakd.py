"""The gateway under test: its configuration written, its keys made, started, asked and stopped."""

import contextlib
import hashlib
import http.client
import json
import re

from processes import ROOT, Process, program, run_program, wait_until

TASK_FORCE_TOKEN = "uji-satgas-token-0001"
ADMIN_TOKEN = "uji-admin-token-0001"
WEBHOOK_SECRET = "whsec_dWppLXVqaS11amktdWppLXVqaS11amktdWppLXVqaSE="
KEY = "uji-channel-key"
# A load comes from numbers of few prefixes, all at once: every one of them is to be answered.
MANY_REPLIES = "replies_per_prefix_minute = 1000000000\nreplies_per_day = 1000000000\nflood_per_minute = 1000000000\n"


def smpp_channel(name, port, system_id="jejak", password="secret", **more):
    """A [[channel]] that binds to an SMSC on loopback; `more` are further keys as TOML text."""
    keys = {
        "name": f'"{name}"',
        "type": '"smpp-client"',
        "host": '"127.0.0.1"',
        "port": port,
        "system_id": f'"{system_id}"',
        "password": f'"{password}"',
        "bind": '"transceiver"',
        "window": 100,
        "service_number": '"9840"',
        **more,
    }
    return "[[channel]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def smpp_listener(name, port, accounts, tls="", **more):
    """A [[channel]] to which ESMEs bind: `accounts` are pairs of system_id and password or hash, `tls` TOML keys."""
    keys = {
        "name": f'"{name}"',
        "type": '"smpp-server"',
        "listen": f'"127.0.0.1:{port}"',
        "service_number": '"9840"',
        **more,
    }
    table = "[[channel]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
    if tls:
        table += f"[channel.tls]\n{tls}"
    for system_id, password in accounts:
        key = "password_hash" if password.startswith("$argon2id$") else "password"
        table += f'[[channel.account]]\nsystem_id = "{system_id}"\n{key} = "{password}"\n'
    return table


def http_channel(name, dialect, key=KEY, **more):
    keys = {"name": f'"{name}"', "type": '"http"', "dialect": f'"{dialect}"', "key": f'"{key}"', **more}
    return "[[channel]]\n" + "".join(f"{k} = {value}\n" for k, value in keys.items())


def endpoint(name, url, secret=WEBHOOK_SECRET, **more):
    keys = {
        "name": f'"{name}"',
        "type": '"webhook"',
        "url": f'"{url}"',
        "secret": f'"{secret}"',
        "events": '["*"]',
        "role": '"task_force"',
        "allow_private_address": "true",
        **more,
    }
    return "[[endpoint]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


class Answer:
    """An HTTP answer: status, headers (lower-case names), body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


class Gateway:
    """One jejakd with a store, keys and configuration of its own in `folder`."""

    def __init__(
        self,
        folder,
        *tables,
        executable=None,
        log_level="info",
        listen="127.0.0.1:0",
        env=None,
        pack="sambas",
        limits=MANY_REPLIES,
    ):
        self.folder = folder
        self.executable = executable or program("jejakd")
        self.config = folder / "jejak.toml"
        self.env = env
        self.process = None
        self.port = None
        self._starts = 0
        tokens = "".join(
            f'[[token]]\nname = "{name}"\nrole = "{role}"\nhash = "{hashlib.sha256(token.encode()).hexdigest()}"\n'
            for name, role, token in (("satgas", "task_force", TASK_FORCE_TOKEN), ("admin", "admin", ADMIN_TOKEN))
        )
        head = (
            '[storage]\nurl = "sqlite:jejak.db"\n[keys]\nfile = "jejak.keys"\n'
            f'[pack]\npath = "{ROOT / "deploy" / "packs" / pack}"\n'
            f'[http]\nlisten = "{listen}"\n[log]\nlevel = "{log_level}"\n[limits]\n{limits}'
        )
        self.config.write_text("\n".join([head, *tables, tokens]), "utf-8")
        if not (folder / "jejak.keys").exists():
            self.tool("keys", "init", folder / "jejak.keys", config=False)

    def start(self, seconds=15.0):
        """Starts it and waits for its `ready` line. Raises TimeoutError with the end of its log."""
        self._starts += 1
        self.process = Process(
            f"jejakd-{self._starts}", [self.executable, "--config", self.config], self.folder, env=self.env
        )
        try:
            line = self.process.wait_line("ready http=", seconds)
        except TimeoutError:
            self.process.kill()
            raise
        self.port = int(re.search(r":(\d+)\s*$", line.split("http=", 1)[1].rstrip("/")).group(1))
        return self

    def stop(self, seconds=15.0):
        """SIGTERM; returns the exit status, or None when it had to be killed."""
        status = self.process.stop(seconds) if self.process else 0
        self.process = None
        return status

    def kill(self):
        if self.process:
            self.process.kill()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.stop()

    # The operator's tool

    def tool(self, *arguments, input_text="", config=True, ok=True):
        """Runs `jejak …`; returns its standard output. Raises RuntimeError when it fails and `ok` is asked for."""
        command = [program("jejak"), *arguments] + (["--config", self.config] if config else [])
        status, out, error = run_program(command, input_text)
        if ok and status != 0:
            raise RuntimeError(
                f"jejak {' '.join(str(a) for a in arguments)} ended with {status}: {error.strip() or out.strip()}"
            )
        return out if ok else (status, out, error)

    def add_person(self, number, role, place):
        return self.tool("person", "add", "--role", role, "--place", place, input_text=number + "\n")

    def ledger(self):
        return json.loads(self.tool("ledger"))

    def verify_ledger(self):
        """(exit status, what it said)"""
        status, out, error = self.tool("ledger", "--verify", ok=False)
        return status, (out + error).strip()

    def export(self, what="messages", reason="what a test stored"):
        lines = self.tool("export", what, "--reveal", "--reason", reason).splitlines()
        return [json.loads(line) for line in lines if line.strip()]

    def wait_ledger(self, condition, seconds=15.0):
        """The ledger once `condition(ledger)` holds, or as it is at the deadline. Asks over HTTP."""
        last = {}

        def look():
            last.update(self.get("/v1/ledger", token=TASK_FORCE_TOKEN).json())
            return condition(last)

        wait_until(look, seconds, every=0.1)
        return dict(last)

    # HTTP

    def request(self, method, path, body=None, headers=None, token=None, seconds=15.0):
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def get(self, path, token=None, **more):
        return self.request("GET", path, token=token, **more)

    def post(self, path, body=None, token=None, **more):
        return self.request("POST", path, body=body, token=token, **more)

    def inbound(self, channel, message, key=KEY):
        """One SMS through a `json` channel."""
        return self.post(f"/v1/in/{channel}", message, headers={"Authorization": f"Bearer {key}"})
