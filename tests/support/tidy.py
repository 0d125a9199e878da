#!/usr/bin/env python3
"""usage: tests/support/tidy.py BUILD-FOLDER

clang-tidy over every source of ours that BUILD-FOLDER knows how to compile. A file that passed is not looked at again
until it, a header of ours it includes, its command, or .clang-tidy changes (build/tidy-cache).
"""

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
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
FILE_SECONDS = 600


def command_for_clang(entry):
    """The compiler's command without what only GCC or its launcher understands: precompiled headers, ccache."""
    words = shlex.split(entry["command"])
    compiler = next(i for i, word in enumerate(words) if re.search(r"(^|/)(c\+\+|g\+\+|clang\+\+)(-\d+)?$", word))
    kept, skip = [], False
    for index, word in enumerate(words[compiler:]):
        following = words[compiler + index + 1] if compiler + index + 1 < len(words) else ""
        if skip:
            skip = False
        elif word == "-include" and "cmake_pch" in following:
            skip = True
        elif word not in ("-Winvalid-pch", "-fpch-preprocess") and not word.startswith("-Wno-tsan"):
            kept.append(word)
    return kept


def headers_of(path, known):
    """Every header of ours that `path` includes, directly or not, by their paths from the root."""
    if path not in known:
        known[path] = set()  # also ends a circle
        for name in INCLUDE.findall((ROOT / path).read_text("utf-8", "replace")):
            target = (
                name.replace(".pb.h", ".proto").replace("jejak/v1", "protocol/jejak/v1")
                if name.endswith(".pb.h")
                else name
            )
            if (ROOT / target).is_file():
                known[path] |= {target} | (headers_of(target, known) if not target.endswith(".proto") else set())
    return known[path]


def digest(path, command, version, known):
    total = hashlib.sha256()
    for part in (version, (ROOT / ".clang-tidy").read_text("utf-8"), " ".join(command)):
        total.update(part.encode() + b"\0")
    for name in [path, *sorted(headers_of(path, known))]:
        total.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return total.hexdigest()


def check(path):
    """(path, complaints or None)"""
    try:
        done = subprocess.run(
            ["clang-tidy", "--quiet", "-p", DATABASE, ROOT / path],
            capture_output=True,
            text=True,
            timeout=FILE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return path, f"clang-tidy was not done after {FILE_SECONDS} s"
    return path, None if done.returncode == 0 else done.stdout + done.stderr


def main():
    database = json.loads((Path(sys.argv[1]) / "compile_commands.json").read_text("utf-8"))
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    commands, entries = {}, []
    for entry in database:
        path = os.path.relpath(entry["file"], ROOT)
        if path.split(os.sep)[0] in OURS and path not in commands:
            commands[path] = command_for_clang(entry)
            entries.append({"directory": entry["directory"], "file": entry["file"], "arguments": commands[path]})
    DATABASE.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    (DATABASE / "compile_commands.json").write_text(json.dumps(entries), "utf-8")

    known = {}
    marks = {path: CACHE / digest(path, command, version, known) for path, command in commands.items()}
    stale = sorted(path for path, mark in marks.items() if not mark.exists())
    print(f"{len(commands)} sources, {len(stale)} changed since they last passed", flush=True)
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, complaints in pool.map(check, stale):
            if complaints is None:
                marks[path].touch()
            else:
                failed += 1
                print(f"FAIL {path}\n{complaints}", flush=True)
    print(f"{len(commands) - failed} passed, {failed} failed")
    return 0 if commands and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
