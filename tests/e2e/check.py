#!/usr/bin/env python3
"""`jejakd --check` and what it refuses to start with: every fault named with file and line."""

import re
import shutil
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from jejakd import Gateway, endpoint, http_channel, smpp_channel  # noqa: E402
from processes import program, run_program, workspace  # noqa: E402

EX_CONFIG = 78

# name, what to replace in a good file, with what, a word the complaint must hold
FAULTS = [
    ("an unknown key", 'type = "http"', 'type = "http"\ncolour = "blue"', "colour"),
    ("an unknown table", "[storage]", "[storages]", "storage"),
    ("an unknown type", 'type = "smpp-client"', 'type = "carrier-pigeon"', "carrier-pigeon"),
    ("an unknown dialect", 'dialect = "json"', 'dialect = "morse"', "morse"),
    ("a reply its dialect cannot carry", 'dialect = "json"', 'dialect = "httpsms"\nreply = "inline"', "httpsms"),
    ("a preset that is not there", 'type = "http"', 'type = "http"\nreply = "send"\nsend.preset = "nexmo"', "nexmo"),
    ("a port that is none", "port = 2775", "port = 70000", "port"),
    ("a name with a space", 'name = "operator"', 'name = "the operator"', "name"),
    ("two channels of one name", 'name = "app"', 'name = "operator"', "operator"),
    ("a text where a number belongs", "window = 100", 'window = "many"', "window"),
    ("plain http without permission", "allow_private_address = true", "allow_private_address = false", "http"),
    ("a secret nobody can sign with", "whsec_", "secret_", "secret"),
    ("an unknown event", '["*"]', '["alert.sung"]', "alert.sung"),
    ("TOML that does not parse", "[http]", "[http", "TOML"),
    ("a pack that is not there", "packs/sambas", "packs/nowhere", "pack"),
    ("a key file that is not there", 'file = "jejak.keys"', 'file = "absent.keys"', "absent.keys"),
]


def jejakd(config, *more, seconds=20):
    status, out, error = run_program([program("jejakd"), "--config", config, *more], seconds=seconds)
    return status, out + error


def suite(checks):
    folder = workspace("check")
    tables = [
        smpp_channel("operator", 2775),
        http_channel("app", "json"),
        endpoint("satgas", "http://127.0.0.1:9/alerts"),
    ]
    gateway = Gateway(folder, *tables)
    good = gateway.config.read_text("utf-8")
    status, said = jejakd(gateway.config, "--check")
    checks.that(status == 0, "a good configuration: exit 0", said)
    checks.that(not (folder / "jejak.db").exists(), "and no store is made by looking")
    for name, old, new, word in FAULTS:
        faulty = folder / "faulty.toml"
        if old not in good:
            checks.fails(f"the good file holds {old}")
            continue
        faulty.write_text(good.replace(old, new, 1), "utf-8")
        status, said = jejakd(faulty, "--check")
        line = re.search(r"\.toml:\d+: ", said) or re.search(r"(packs|keys)[^\n]*", said)
        checks.that(
            status == EX_CONFIG and line and (word in said or word == "TOML"),
            f"{name}: exit 78, with the line",
            f"exit {status}: {said.strip()[:300]}",
        )
    both = good.replace('type = "http"', 'type = "http"\ncolour = "blue"', 1).replace(
        "port = 2775", "port = 70000", 1
    )
    faulty.write_text(both, "utf-8")
    status, said = jejakd(faulty, "--check")
    checks.that(len(re.findall(r"\.toml:\d+: ", said)) >= 2, "two faults: two lines", said)
    status, said = jejakd(faulty)
    checks.equal(status, EX_CONFIG, "and it does not start with them")
    stores(checks, folder, gateway)
    keys(checks, folder, gateway)


def stores(checks, folder, gateway):
    database = folder / "jejak.db"
    database.touch(mode=0o600)
    status, said = jejakd(gateway.config, "--check")
    checks.that(status == 0, "a store's file that was never filled is no fault", f"exit {status}: {said}")
    checks.equal(database.stat().st_size, 0, "and looking at it changes nothing")
    other = sqlite3.connect(database)
    other.execute("CREATE TABLE something (x)")
    other.close()
    status, said = jejakd(gateway.config, "--check")
    checks.that(
        status == EX_CONFIG and f"{database}: " in said and "give the store a file of its own" in said,
        "another program's database: exit 78, with its path and what to do",
        f"exit {status}: {said}",
    )
    database.unlink()


def keys(checks, folder, gateway):
    gateway.start()
    gateway.inbound("app", {"from": "+62840100000001", "to": "9840", "text": "AMAN"})
    checks.equal(gateway.stop(), 0, "a store is made with these keys")
    own = folder / "own.keys"
    shutil.move(folder / "jejak.keys", own)
    gateway.tool("keys", "init", folder / "jejak.keys", config=False)
    checks.equal((folder / "jejak.keys").stat().st_mode & 0o777, 0o600, "a new key file has mode 0600")
    status, _, error = gateway.tool("keys", "init", folder / "jejak.keys", config=False, ok=False)
    checks.that(status != 0, "`keys init` overwrites nothing", error)
    for arguments, what in ((["--check"], "--check"), ([], "starting")):
        status, said = jejakd(gateway.config, *arguments)
        checks.that(
            status != 0 and "key" in said.lower(),
            f"keys that are not the store's: {what} refuses",
            f"exit {status}: {said}",
        )
    shutil.copy(own, folder / "jejak.keys")
    (folder / "jejak.keys").chmod(0o644)
    status, said = jejakd(gateway.config, "--check")
    checks.that(status == EX_CONFIG, "a key file others can read is refused", f"exit {status}: {said}")
    (folder / "jejak.keys").chmod(0o600)
    gateway.start()
    checks.equal(gateway.ledger()["received"], 1, "with its own keys the store opens again")
    checks.equal(gateway.stop(), 0, "and stops")


if __name__ == "__main__":
    run("check", suite)
