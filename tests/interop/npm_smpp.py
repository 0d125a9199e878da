#!/usr/bin/env python3
"""Our SMPP client against an SMSC made of npm's `smpp`."""

from pathlib import Path

import smsc_peer
from checks import run

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    run("npm_smpp", smsc_peer.suite("npm_smpp", ["node", HERE / "npm_smsc.js"]))
