#!/usr/bin/env python3
"""usage: tests/support/tidy.py BUILD-FOLDER

clang-tidy over every source of ours that BUILD-FOLDER knows how to compile. A file that passed is not looked at again
until it, a header of ours it includes, or .clang-tidy changes (build/tidy-cache).

Nearly all the time goes into the headers of Boost, so sources that stand together are read in batches that share them.
A batch that does not compile together is halved until it does.
"""

import collections
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "tidy-cache"
DATABASE = ROOT / "build" / "tidy"
OURS = ("protocol", "storage", "gateway", "simulators", "tests")
ANY_INCLUDE = re.compile(r"^\s*#\s*include\s*[<\"][^>\"]+[>\"]", re.MULTILINE)
OWN_SCOPE = re.compile(r'^namespace jejak|^#include ".*\.cpp"', re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
COMPLAINT = re.compile(r"^(/[^:\n]+):\d+:\d+: (?:error|warning): ", re.MULTILINE)
BATCH_MAX = 24
# Files that follow one pattern call their parts by the same names: of each such folder one in a batch.
ALIKE = ("protocol/dialect", "gateway/tool", "tests/fuzz")
BATCH_SECONDS = 900


def flags_of(entry):
    """Where headers are and what is defined; nothing that only GCC or a build understands."""
    words, kept, index = shlex.split(entry["command"]), [], 0
    while index < len(words):
        word = words[index]
        if word == "-isystem":
            kept.append((word, words[index + 1]))
            index += 1
        elif word.startswith(("-I", "-D", "-std=")):
            kept.append((word,))
        index += 1
    return kept


def headers_of(path, known):
    """Every header of ours that `path` includes, directly or not, by their paths from the root."""
    if path not in known:
        known[path] = set()  # also ends a circle
        for name in INCLUDE.findall((ROOT / path).read_text("utf-8", "replace")):
            target = "protocol/" + name.replace(".pb.h", ".proto") if name.endswith(".pb.h") else name
            if (ROOT / target).is_file():
                known[path] |= {target} | (set() if target.endswith(".proto") else headers_of(target, known))
    return known[path]


def digest(path, flags, version, known):
    total = hashlib.sha256()
    for part in (version, (ROOT / ".clang-tidy").read_text("utf-8"), repr(flags)):
        total.update(part.encode() + b"\0")
    for name in [path, *sorted(headers_of(path, known))]:
        total.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return total.hexdigest()


def stands_in_no_namespace(path):
    """A test whose helpers another test may call the same: it needs a namespace around it in a batch."""
    return path.startswith("tests/") and not OWN_SCOPE.search((ROOT / path).read_text("utf-8", "replace"))


def is_alike(path):
    """A file that shares names with its neighbours."""
    return (
        os.path.dirname(path) in ALIKE
        or path.endswith("main.cpp")
        or (path.startswith("tests/") and not stands_in_no_namespace(path))
    )


def batches_of(paths):
    """Sources that may be read together: neighbours, and of those alike one."""
    alike, found = collections.defaultdict(list), []
    for path in paths:
        part = next((part for part in ("tests", "simulators", "gateway/understand") if path.startswith(part)), "rest")
        if is_alike(path):
            alike["main" if path.endswith("main.cpp") else os.path.dirname(path)].append(path)
        elif found and found[-1][0] == part and len(found[-1][1]) < BATCH_MAX:
            found[-1][1].append(path)
        else:
            found.append((part, [path]))
    batches = [batch for _, batch in found]
    for files in alike.values():
        for index, path in enumerate(files):
            if index >= len(batches):
                batches.append([])
            batches[index].append(path)
    return batches


def unit_of(paths):
    """One source that holds all; the includes of tests come first, so that a namespace around a test holds it alone."""
    wrapped = {path for path in paths if len(paths) > 1 and stands_in_no_namespace(path)}
    texts = ((ROOT / path).read_text("utf-8", "replace") for path in paths if path in wrapped)
    lines = list(dict.fromkeys(line for text in texts for line in ANY_INCLUDE.findall(text)))
    for index, path in enumerate(paths):
        include = f'#include "{path}"  // NOLINT(bugprone-suspicious-include)'
        lines += [f"namespace unit_{index} {{", include, "}"] if path in wrapped else [include]
    return "\n".join(lines) + "\n"


class Reader:
    """Runs clang-tidy over some sources at once, each with the flags of all."""

    def __init__(self, flags):
        self.flags = flags

    def command(self, paths):
        together = list(dict.fromkeys(flag for path in paths for flag in self.flags[path]))
        return ["clang++", *(word for flag in together for word in flag), "-Wno-everything"]

    def read(self, paths):
        """(exit status, complaints)"""
        name = hashlib.sha256("\n".join(paths).encode()).hexdigest()[:16]
        folder = DATABASE / name
        folder.mkdir(parents=True, exist_ok=True)
        unit = folder / "batch.cpp"
        unit.write_text(unit_of(paths))
        arguments = [*self.command(paths), "-c", str(unit)]
        entry = {"directory": str(ROOT), "file": str(unit), "arguments": arguments}
        (folder / "compile_commands.json").write_text(json.dumps([entry]))
        command = ["clang-tidy", "--quiet", f"--config-file={ROOT / '.clang-tidy'}", "-p", folder, unit]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=BATCH_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return 1, f"{paths[0]}: clang-tidy was not done after {BATCH_SECONDS} s"
        return done.returncode, done.stdout + ("" if done.stdout else done.stderr)

    def check(self, paths):
        """[(paths, complaints or None)]: the batch as a whole, or its halves when it does not compile together."""
        status, said = self.read(paths)
        if status != 0 and "[clang-diagnostic-" in said and len(paths) > 1:
            half = len(paths) // 2
            return [result for part in (paths[:half], paths[half:]) for result in self.check(part)]
        return [(paths, None if status == 0 else said)]


def main():
    database = json.loads((Path(sys.argv[1]) / "compile_commands.json").read_text("utf-8"))
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    flags = {os.path.relpath(entry["file"], ROOT): flags_of(entry) for entry in database}
    flags = {path: words for path, words in flags.items() if path.split(os.sep)[0] in OURS}
    DATABASE.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)

    known = {}
    marks = {path: CACHE / digest(path, words, version, known) for path, words in flags.items()}
    stale = sorted(path for path, mark in marks.items() if not mark.exists())
    print(f"{len(flags)} sources, {len(stale)} changed since they last passed", flush=True)
    reader, faulty, printed = Reader(flags), set(), set()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for results in pool.map(reader.check, batches_of(stale)):
            for paths, complaints in results:
                if complaints is None:
                    wrong = set()
                else:
                    wrong = {os.path.relpath(path, ROOT) for path in COMPLAINT.findall(complaints)} or set(paths)
                    if complaints not in printed:
                        print(complaints, flush=True)
                    printed.add(complaints)
                faulty |= wrong
                for path in paths:
                    if not ({path} | headers_of(path, known)) & wrong:
                        marks[path].touch()
    for path in sorted(faulty):
        print(f"FAIL {path}")
    print(f"{len(set(flags) - faulty)} passed, {len(faulty)} failed")
    return 0 if flags and not faulty else 1


if __name__ == "__main__":
    sys.exit(main())
