"""Finds a secret in bytes however a program wrote it: plain, UTF-16, hex, base64, GSM-7 packed, semi-octets."""

import base64

GSM_ALIGNMENTS = 8


def base64_forms(octets):
    """The secret inside a longer base64 text: its letters depend on where in a group of three it begins."""
    forms = []
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + octets)
        first = 0 if offset == 0 else offset + 1  # letters that also carry bits of what stands before
        whole = (offset + len(octets)) * 8 // 6  # letters that carry only ours
        forms.append(encoded[first:whole])
    return forms + [form.replace(b"+", b"-").replace(b"/", b"_") for form in forms]


def gsm7_packed(text, before):
    """`text` packed as GSM 03.38 §6.1.2.1 says, after `before` septets; only octets that hold nothing else."""
    value = 0
    for index, letter in enumerate(text):
        value |= (ord(letter) & 0x7F) << (7 * (index + before))
    first, last = (7 * before + 7) // 8, 7 * (before + len(text)) // 8
    return value.to_bytes(7 * (before + len(text)) // 8 + 1, "little")[first:last]


def semi_octets(digits):
    """A number as SIM cards and PDUs hold it: two digits an octet, swapped; beginning at either digit."""
    forms = []
    for start in (0, 1):
        rest = digits[start:]
        rest = rest[: len(rest) - len(rest) % 2]
        forms.append(bytes(int(rest[i + 1] + rest[i], 16) for i in range(0, len(rest), 2)))
    return forms


def plain_bcd(digits):
    """Two digits an octet, not swapped."""
    even = digits[: len(digits) - len(digits) % 2]
    return [bytes.fromhex(even), bytes.fromhex(digits[1:][: len(digits[1:]) - len(digits[1:]) % 2])]


def forms(secret):
    """name of the encoding -> octets to look for. `secret` is ASCII."""
    found = {}
    for case in {secret, secret.lower(), secret.upper()}:
        octets = case.encode("ascii")
        found[f"plain {case}"] = octets
        found[f"UTF-16LE {case}"] = case.encode("utf-16-le")
        found[f"UTF-16BE {case}"] = case.encode("utf-16-be")
        found[f"hex {case}"] = octets.hex().encode()
        found[f"HEX {case}"] = octets.hex().upper().encode()
        for index, form in enumerate(base64_forms(octets)):
            found[f"base64 {index} {case}"] = form
        for before in range(GSM_ALIGNMENTS):
            found[f"GSM-7 packed {before} {case}"] = gsm7_packed(case, before)
    if secret.isdigit():
        for index, form in enumerate(semi_octets(secret) + plain_bcd(secret)):
            found[f"semi-octets {index} {secret}"] = form
            found[f"semi-octets in hex {index} {secret}"] = form.hex().encode()
    return {name: form for name, form in found.items() if len(form) >= 5}


def search(octets, secrets):
    """(secret, encoding, position) of every form of every secret that stands in `octets`."""
    hits = []
    for secret in secrets:
        for name, form in forms(secret).items():
            at = octets.find(form)
            if at >= 0:
                hits.append((secret, name, at))
    return hits
