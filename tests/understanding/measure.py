#!/usr/bin/env python3
"""How well a village pack understands messages it was not made for.

usage: measure.py [--explain PROGRAM] [--pack DIR] [--require KEY=SHARE]… [--wrong [KEY]] [--table]
                  [--unknown-to FILE… --] FILE.jsonl…

Each line is {"id","pack"?,"from","role"?,"place"?,"at"?,"text","expect":{…}}: the keys of `jejak explain` with the
values a careful reader would give. Only stated keys count; null, or the category none, says that nothing is to be
found there. `…_include` and `…_exclude` lists name what must, or must not, be among the flags, indicators or alerts. A
value may be written in other words than the pack's: since as P3D, vehicle as car, destination as Malaysia, recruiter
without "Pak". One person without a number in the text ("anak saya") may be stated as 1 or null: that is not judged.
"quiet" is true when the sender must get no answer, false when one is due.

For each key: precision (of what was found, how much is right), recall (of what was there, how much was found) and
accuracy (of all stated, how many agree); the first two for each intent and each category as well. Then how often a
call for help was missed or made up, and how often a reading is right at each level of confidence. Several files are
scored together, with a line for each of them at the end. Exit 1 when a --require is not met, as --require intent=0.95,
sos_missed=0 or quiet_missed=0 (counts), or when a message stands, but for its capitals and punctuation, in a file that
it should be unknown to (--unknown-to: other messages, or a pack's examples).
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKS = ROOT / "deploy" / "packs"
NOT_FOUND = (None, [], "", False)
KINDS = ("intent", "category")  # what is one of a few
JUDGED = ("intent", "category", "people", "place", "time")  # what `confidence` speaks of

RECEIVED = "2025-09-12T21:10:00+07:00"  # of a line without "at"
DURATION = re.compile(r"P\d+[DWMY]")
ONE = re.compile(r"\b(1|satu|seorang|sorang|one)\b", re.IGNORECASE)
DAYS_OF = {"D": 1, "W": 7, "M": 30.4, "Y": 365.25}
KINDS_OF_VEHICLE = {
    "car": ("mobil", "avanza", "innova", "xenia", "hiace", "elf", "granmax", "ertiga", "xpander", "fortuner", "pajero",
            "rush", "sigra", "travel", "van", "minibus", "ambulans"),
    "pickup": ("pickup", "hilux"),
    "truck": ("truk",),
    "motorcycle": ("motor",),
    "bus": ("bus", "minibus", "elf", "hiace"),
    "van": ("van", "minibus", "elf", "hiace", "travel"),
    "boat": ("kapal", "kapal kayu", "perahu", "pompong", "feri", "speedboat"),
    "ferry": ("feri",),
    "speedboat": ("speedboat",),
    "on_foot": ("jalan kaki",),
    "bicycle": ("sepeda",),
}
COUNTRIES = {"malaysia": "MY", "singapura": "SG", "singapore": "SG", "brunei": "BN", "kamboja": "KH", "myanmar": "MM",
             "laos": "LA", "thailand": "TH", "filipina": "PH", "taiwan": "TW", "hongkong": "HK", "hong kong": "HK",
             "korea": "KR", "jepang": "JP", "dubai": "AE", "arab saudi": "SA", "saudi": "SA"}


def explain(program, pack, lines):
    """What the pack makes of each line, in order."""
    texts = "".join(json.dumps({k: line[k] for k in ("from", "role", "place", "at", "text") if k in line}) + "\n"
                    for line in lines)
    done = subprocess.run([program, str(pack)], input=texts, capture_output=True, text=True, check=False)
    answers = done.stdout.splitlines()
    if done.returncode != 0 or len(answers) != len(lines):
        sys.exit(f"measure: {program} ended with {done.returncode} after {len(answers)} of {len(lines)}\n{done.stderr}")
    return [json.loads(answer) for answer in answers]


def read(files):
    lines = []
    for file in files:
        for number, text in enumerate(pathlib.Path(file).read_text().splitlines(), 1):
            if not text.strip():
                continue
            try:
                lines.append(json.loads(text))
            except ValueError as wrong:
                sys.exit(f"measure: {file}:{number}: {wrong}")
    return lines


def bare(text):
    """A text without what no reader hears: capitals, punctuation and blanks."""
    return "".join(c for c in text.casefold() if c.isalnum())


def known_texts(files):
    """The bare texts of message files and of packs' examples, each with where it stands."""
    known = {}
    for file in files:
        path = pathlib.Path(file)
        if path.suffix == ".toml":
            rows = [row for row in tomllib.loads(path.read_text()).get("example", []) if "text" in row]
        else:
            rows = read([file])
        for row in rows:
            known.setdefault(bare(row["text"]), f"{path.name} {row.get('id', '')}".strip())
    return known


def seconds(moment):
    """A moment as a number, so that two zones compare; what is none stays as it is."""
    import datetime
    try:
        return datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
    except (AttributeError, ValueError):
        return moment


def same_in_other_words(key, wanted, got, at):
    """Whether two ways of writing one value mean the same: who reads a message need not know the pack's names."""
    if key == "since" and DURATION.fullmatch(wanted):  # a state's length: to half of its unit
        count, unit = int(wanted[1:-1]), DAYS_OF[wanted[-1]]
        past = seconds(at) - seconds(got) if isinstance(seconds(got), float) else 0
        return past > 0 and abs(past / 86400 - count * unit) <= max(unit / 2, 1)
    if key == "vehicle":
        return got in KINDS_OF_VEHICLE.get(wanted, ())
    if key == "destination":
        return COUNTRIES.get(wanted.casefold()) == got
    if key == "recruiter":  # with "Pak" or without
        return got.casefold().split()[-len(wanted.split()):] == wanted.casefold().split()
    return key == "recruiter_phone" and wanted.startswith("0") and got == "+62" + wanted[1:]


def agree(key, wanted, got, at):
    if isinstance(wanted, str) and isinstance(got, str) and same_in_other_words(key, wanted, got, at):
        return True
    if key == "time":
        return seconds(wanted) == seconds(got)
    if key in ("since", "until"):  # the night is certain, its hours are not
        a, b = seconds(wanted), seconds(got)
        return abs(a - b) <= 12 * 3600 if isinstance(a, float) and isinstance(b, float) else a == b
    if key == "place" and wanted and got:  # a village inside the district that was meant is right too
        return got == wanted or got.startswith(wanted + ".")
    if key == "plate" and wanted and got:
        return wanted.replace(" ", "").casefold() == got.replace(" ", "").casefold()
    if isinstance(wanted, str) and isinstance(got, str):
        return wanted.casefold() == got.casefold()
    if isinstance(wanted, list) and isinstance(got, list):
        return sorted(map(str, wanted)) == sorted(map(str, got))
    return wanted == got or (wanted in NOT_FOUND and got in NOT_FOUND)


class Score:
    def __init__(self):
        self.right = self.found = self.there = self.agreed = self.stated = 0

    def add(self, wanted_something, got_something, ok):
        self.stated += 1
        self.agreed += ok
        self.there += wanted_something
        self.found += got_something
        self.right += ok and wanted_something

    @staticmethod
    def share(part, whole):
        return part / whole if whole else 1.0

    precision = property(lambda self: self.share(self.right, self.found))
    recall = property(lambda self: self.share(self.right, self.there))
    accuracy = property(lambda self: self.share(self.agreed, self.stated))


def main():
    options = argparse.ArgumentParser(description="scores a pack against messages with known meaning")
    options.add_argument("--explain", default=str(ROOT / "build/debug/bin/explain_lines"))
    options.add_argument("--pack", help="for lines that name none (default: deploy/packs/NAME by the line)")
    options.add_argument("--require", action="append", default=[], metavar="KEY=SHARE")
    options.add_argument("--wrong", nargs="?", const="", metavar="KEY", help="print what was misunderstood")
    options.add_argument("--table", action="store_true", help="as a Markdown table")
    options.add_argument("--unknown-to", nargs="+", action="extend", default=[], metavar="FILE",
                         help="none of the messages may stand there")
    options.add_argument("files", nargs="+")
    given = options.parse_args()

    lines = [line | {"file": pathlib.Path(file).name} for file in given.files for line in read([file])]
    by_pack = collections.defaultdict(list)
    for line in lines:
        by_pack[line.get("pack", "sambas")].append(line)
    scores, levels, wrong = collections.defaultdict(Score), collections.defaultdict(lambda: [0, 0]), []
    kinds = collections.defaultdict(Score)  # by key and value
    sos_there = sos_missed = sos_made_up = others = 0
    quiet_there = quiet_missed = quiet_made_up = answered = 0
    by_file = collections.defaultdict(lambda: collections.defaultdict(Score))
    for name, some in by_pack.items():
        folder = PACKS / name if not given.pack or (PACKS / name) != pathlib.Path(given.pack).resolve() else given.pack
        for line, got in zip(some, explain(given.explain, folder, some)):
            expect, all_judged = line["expect"], True
            for key, wanted in expect.items():
                wanted = None if (key, wanted) == ("category", "none") else wanted
                if key.endswith(("_include", "_exclude")):
                    base, inside = key.rsplit("_", 1)
                    for value in wanted:
                        has = value in (got.get(base) or [])
                        scores[base].add(inside == "include", has, has == (inside == "include"))
                        if has != (inside == "include"):
                            wrong.append((base, line, f"{'lacks' if inside == 'include' else 'has'} {value}"))
                    continue
                value = got.get("reply") is None if key == "quiet" else got.get(key)
                if key == "people" and {wanted, value} == {1, None} and not ONE.search(line["text"]):
                    continue  # "anak saya …": whether that states a number is taste
                ok = agree(key, wanted, value, line.get("at", RECEIVED))
                for score in (scores[key], by_file[line["file"]][key]):
                    score.add(wanted not in NOT_FOUND, value not in NOT_FOUND, ok)
                if key in KINDS:
                    for kind in {wanted, value} - {None}:
                        kinds[key, kind].add(wanted == kind, value == kind, wanted == value)
                if not ok:
                    wrong.append((key, line, f"{value!r}, should be {wanted!r}"))
                if key in JUDGED:
                    all_judged = all_judged and ok
            if "intent" in expect:
                wanted_sos, got_sos = expect["intent"] == "sos", got["intent"] == "sos"
                sos_there += wanted_sos
                others += not wanted_sos
                sos_missed += wanted_sos and not got_sos and "sos" not in got["alerts"]
                sos_made_up += got_sos and not wanted_sos
            if "quiet" in expect:
                silent = got.get("reply") is None
                quiet_there += expect["quiet"]
                answered += not expect["quiet"]
                quiet_missed += expect["quiet"] and not silent
                quiet_made_up += silent and not expect["quiet"]
            level = levels[round(got.get("confidence", 0), 1)]
            level[0] += all_judged
            level[1] += 1

    if given.wrong is not None:
        for key, line, what in wrong:
            if given.wrong in ("", key):
                print(f"{line.get('id', '?')}\t{key}: {what}\t{line['text']}")
    edge = "| " if given.table else ""
    print(f"{edge}{len(lines)} messages")
    order = [key for key in JUDGED if key in scores] + sorted(key for key in scores if key not in JUDGED)
    if given.table:
        print("| key | stated | precision | recall | accuracy |\n|---|---|---|---|---|")
    for key in order:
        s = scores[key]
        row = (key, s.stated, f"{s.precision:.1%}", f"{s.recall:.1%}", f"{s.accuracy:.1%}")
        shape = "| {} | {} | {} | {} | {} |" if given.table else "{:18}{:6}  P {:>6}  R {:>6}  A {:>6}"
        print(shape.format(*row))
    for key in KINDS:
        shares = ((kind, one) for (of, kind), one in kinds.items() if of == key)
        print(f"each {key}, precision/recall (how many): " + ", ".join(
            f"{kind} {one.precision:.0%}/{one.recall:.0%} ({one.there})"
            for kind, one in sorted(shares, key=lambda pair: -pair[1].there)))
    print(f"calls for help: {sos_there}, missed {sos_missed}; made up {sos_made_up} of {others} others")
    if quiet_there + answered > 0:
        print(f"no answer wanted: {quiet_there}, answered {quiet_missed}; "
              f"left unanswered {quiet_made_up} of {answered}")
    print("confidence: " + "  ".join(f"{level}: {right}/{of} right" for level, (right, of) in sorted(levels.items())))
    for file, one in by_file.items() if len(by_file) > 1 else ():
        shares = (f"{key} {one[key].precision:.0%}/{one[key].recall:.0%}" for key in JUDGED if key in one)
        print(f"{file}: " + ", ".join(shares))
    failed = []
    known = known_texts(given.unknown_to)
    for line in lines:
        if bare(line["text"]) in known:
            failed.append(f"{line['file']} {line.get('id', '?')} stands in {known[bare(line['text'])]}")
    for one in given.require:
        key, share = one.split("=")
        reached = {"sos_missed": sos_missed, "sos_made_up": Score.share(sos_made_up, others),
                   "quiet_missed": quiet_missed}.get(key)
        if reached is not None:
            ok = reached <= float(share)
        else:
            reached = scores[key].accuracy if key in ("intent",) else min(scores[key].precision, scores[key].recall)
            ok = reached >= float(share)
        if not ok:
            failed.append(f"{key} {reached:.3f}, required {share}")
    for line in failed:
        print("NOT MET: " + line)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
