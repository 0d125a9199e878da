#!/usr/bin/env python3
"""Our SMPP listener with an ESME made of Perl's Net::SMPP."""

from pathlib import Path

import esme_peer
from checks import run

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    run("net_smpp_esme", esme_peer.suite("net_smpp_esme", ["perl", HERE / "net_smpp_esme.pl"]))
