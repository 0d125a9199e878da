#!/usr/bin/env python3
"""Our SMPP listener with an ESME made of npm's `smpp`."""

from pathlib import Path

import esme_peer
from checks import run

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    run("npm_esme", esme_peer.suite("npm_esme", ["node", HERE / "npm_esme.js"]))
