#!/usr/bin/env python3
"""Our SMPP client against an SMSC made of Perl's Net::SMPP."""

from pathlib import Path

import smsc_peer
from checks import run

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    run("net_smpp", smsc_peer.suite("net_smpp", ["perl", HERE / "net_smpp_smsc.pl"]))
