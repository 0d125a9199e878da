#!/usr/bin/env python3
"""Our alphabets against others': npm's `smpp` (GSM 7-bit, and the tables of Turkey, Spain and Portugal), Perl's
Encode (GSM 7-bit) and Python's codecs (Cyrillic, Hebrew, Japanese, Korean, UCS-2), over thousands of random texts:
cases [C7] and [C24].
"""

import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from checks import run  # noqa: E402
from processes import BUILD, run_program  # noqa: E402

OURS = BUILD / "release" / "bin" / "sms_text"
TEXTS = 4_000
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "^{}[~]|€"  # the backslash too, but npm's coder doubles it
ESCAPED = "0a14282f293c3d3e4065"
PERL = (
    "use Encode; binmode STDOUT, ':utf8';"
    "while (<STDIN>) { chomp; print decode('gsm0338', pack('H*', $_)), qq{\\0} }"
)
UNSURE = 1024 | 8192  # what our reader remarks when it replaced or guessed


def lines(command, asked):
    """Asks a program that answers every line of JSON with one."""
    status, out, error = run_program(command, "".join(json.dumps(one) + "\n" for one in asked), 120)
    if status != 0:
        raise RuntimeError(f"{command[0]} ended with {status}: {error}")
    return [json.loads(line) for line in out.split("\n") if line]


def ours(asked):
    return lines([OURS], asked)


def npm(asked):
    return lines(["node", HERE / "alphabets.js"], asked)


def read(octets, data_coding=0, udhi=False, alphabet="gsm7"):
    return {"octets": octets.hex(), "data_coding": data_coding, "udhi": udhi, "alphabet": alphabet}


def cut(text, form="udh8", alphabet="gsm7", languages=()):
    return {"text": text, "form": form, "alphabet": alphabet, "languages": list(languages)}


def body(segment):
    octets = bytes.fromhex(segment["octets"])
    return octets[octets[0] + 1 :] if segment["udhi"] else octets


def differences(names, left, right):
    """The first few places where two lists are not the same."""
    found = [(name, a, b) for name, a, b in zip(names, left, right, strict=True) if a != b]
    return f"{len(found)} differ, such as {found[:3]!r}" if found else ""


def agree(checks, names, left, right, sentence):
    detail = differences(names, left, right)
    checks.that(not detail, f"{sentence} ({len(left)} texts)", detail)


def outbound(checks, dice):
    """What we cut, another reads."""
    texts = ["".join(dice.choices(BASIC + EXTENSION, k=dice.randrange(1, 600))) for _ in range(TEXTS // 4)]
    for form, sizes in (("udh8", (160, 153)), ("udh16", (160, 152))):
        answers = [answer["segments"] for answer in ours(cut(text, form) for text in texts)]
        flat = [body(segment) for segments in answers for segment in segments]
        within = all(len(body(s)) <= sizes[len(segments) > 1] for segments in answers for s in segments)
        checks.that(within, f"{form}: no part is longer than its septets")
        decoded = iter(npm({"octets": octets.hex(), "language": 0} for octets in flat))
        joined = ["".join(next(decoded)["text"] for _ in segments) for segments in answers]
        agree(checks, texts, joined, texts, f"{form}: npm reads each of our parts, and together they are the text")
        _, out, _ = run_program(["perl", "-e", PERL], "".join(octets.hex() + "\n" for octets in flat))
        decoded = iter(out.split("\0"))
        joined = ["".join(next(decoded) for _ in segments) for segments in answers]
        agree(checks, texts, joined, texts, f"{form}: so does Perl")
    units = "aZ €мदम\u202e😀🆘漢"
    texts = ["".join(dice.choices(units, k=dice.randrange(1, 300))) + "म" for _ in range(TEXTS // 4)]
    answers = [answer["segments"] for answer in ours(cut(text) for text in texts)]
    joined = ["".join(body(part).decode("utf-16-be") for part in segments) for segments in answers]
    agree(checks, texts, joined, texts, "UCS-2: Python reads each of our parts, none ends within a pair")
    within = all(len(body(s)) <= (140, 134)[len(segments) > 1] for segments in answers for s in segments)
    checks.that(within, "UCS-2: no part is longer than 70 or 67 units [C24]")


def national(checks, dice):
    """What npm writes with national tables, we read; and any septets mean the same to both."""
    headers = {1: "06250101240101", 2: "03240102", 3: "06250103240103"}
    extras = {1: "4749536365676973", 2: "0941494f5561696f75", 3: "05090b0c0e0f1213151641494f555b5c61696f757b7c7f"}
    letters = {1: "ışğİŞĞçabc", 2: "áíóúÁÍÓÚçabc", 3: "ãõâêôÃÕÂÊÔabc"}
    for language, header in headers.items():
        escapes = bytes.fromhex(extras[language] + ESCAPED.replace("2f", ""))
        septets = []
        for _ in range(TEXTS // 4):
            text = bytearray()
            for _ in range(dice.randrange(1, 100)):
                octet = dice.randrange(128)
                text += bytes([0x1B, dice.choice(escapes)]) if octet == 0x1B else bytes([octet])
            septets.append(bytes(text))
        theirs = [answer["text"] for answer in npm({"octets": s.hex(), "language": language} for s in septets)]
        read_by_us = [answer["text"] for answer in ours(read(bytes.fromhex(header) + s, udhi=True) for s in septets)]
        agree(checks, septets, read_by_us, theirs, f"language {language}: any septets mean the same to npm and us [C7]")
        texts = ["".join(dice.choices(letters[language], k=400)) for _ in range(20)]
        answers = [answer["segments"] for answer in ours(cut(text, languages=[language]) for text in texts)]
        checks.that(
            all(len(a) < 6 and a[0]["data_coding"] == 0 for a in answers),
            f"language {language}: a text of its letters takes fewer parts than in UCS-2",
        )


def packed(checks, dice):
    """The packing written out as one number, least significant septet first."""
    texts = ["".join(dice.choices(BASIC[1:] + EXTENSION, k=dice.randrange(1, 70))) + "x" for _ in range(TEXTS // 4)]
    unpacked = [body(answer["segments"][0]) for answer in ours(cut(text) for text in texts)]
    expected = []
    for septets in unpacked:
        bits = sum(septet << 7 * at for at, septet in enumerate(septets))
        if len(septets) % 8 == 7:
            bits |= 0x0D << 7 * len(septets)
        expected.append(bits.to_bytes((len(septets) * 7 + 7) // 8, "little"))
    made = [body(answer["segments"][0]) for answer in ours(cut(text, alphabet="packed") for text in texts)]
    agree(checks, texts, made, expected, "packed septets are the bits of 23.038")
    back = [answer["text"] for answer in ours(read(octets, alphabet="packed") for octets in made)]
    agree(checks, texts, back, texts, "and are read back")


def codecs(checks, dice):
    """What Python writes, we read."""
    kana = "日本語助けてくださいアルクの国境"
    sets = (
        (6, "iso8859_5", "".join(map(chr, range(0x401, 0x40D))) + "АБВяюэ№§ abc"),
        (7, "iso8859_8", "אבגדהוזחטיכלמנסעפצקרשת×÷‗ abc"),
        (3, "latin_1", "".join(map(chr, range(0xA0, 0x100))) + "abc"),
        (5, "euc_jp", kana + "abc"),
        (10, "iso2022_jp", kana + "abc"),
        (14, "cp949", "도와주세요국경에서세사람 abc"),
        (8, "utf-16-be", "aZ€мदम😀漢"),
    )
    for data_coding, codec, letters in sets:
        texts = ["".join(dice.choices(letters, k=dice.randrange(1, 60))) for _ in range(TEXTS // 8)]
        answers = ours(read(text.encode(codec), data_coding) for text in texts)
        agree(checks, texts, [answer["text"] for answer in answers], texts, f"{codec} is read as Python wrote it")
        checks.that(not any(answer["remarks"] & UNSURE for answer in answers), f"{codec}: without a doubt")
    for codec in ("iso8859_5", "iso8859_8"):
        table = [bytes([octet]).decode(codec, "replace") for octet in range(256)]
        data_coding = {"iso8859_5": 6, "iso8859_8": 7}[codec]
        answers = ours(read(bytes([octet]), data_coding) for octet in range(256))
        agree(checks, range(256), [answer["text"] for answer in answers], table, f"{codec}, octet by octet")
    pairs = [text.encode("iso2022_jp")[3:-3] for text in kana]
    answers = ours(read(pair, 5) for pair in pairs)
    agree(checks, kana, [answer["text"] for answer in answers], list(kana), "JIS X 0208 without escapes is read")


def suite(checks):
    dice = random.Random(23038)
    outbound(checks, dice)
    national(checks, dice)
    packed(checks, dice)
    codecs(checks, dice)


if __name__ == "__main__":
    run("alphabets", suite)
