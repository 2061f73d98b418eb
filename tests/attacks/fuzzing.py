"""``python -m tests.attacks.fuzzing NAME SECONDS``: fuzz tests for as long as one likes, led by what the code does.

NAME is a part of their names, or several: ``"since cookie markdown"``, or ``all``. They are the same as in the suite;
atheris makes the bytes that hypothesis reads, and keeps those that reach something new.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import atheris

with atheris.instrument_imports(include=["claps", "wsproto", "markdown_it", "werkzeug"]):
    from tests.attacks import test_fuzz

KEPT = Path(".hypothesis/fuzz")


def main(words: list[str]) -> int:
    """Fuzz until the time is over, one test after another; whatever is found ends it with its traceback."""
    wanted, seconds = (*words, "60")[:2]
    names = [key for key in vars(test_fuzz) if key.startswith("test_")]
    chosen = [key for key in names if wanted == "all" or any(word in key for word in wanted.split())]
    if not chosen:
        sys.exit(f"name some of these by a part of their names, or all: {', '.join(names)}")
    if len(chosen) == 1:
        fuzz(chosen[0], seconds)
    for name in chosen:
        print(f"{name}:", flush=True)
        # Each in a process of its own, because it ends with the time.
        done = subprocess.run([sys.executable, "-m", "tests.attacks.fuzzing", name, seconds])
        if done.returncode:
            return done.returncode
    return 0


def fuzz(name: str, seconds: str) -> NoReturn:
    """Fuzz one test, which ends this process."""
    corpus = KEPT / name
    corpus.mkdir(parents=True, exist_ok=True)
    settings = [sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", f"-artifact_prefix={corpus}-", str(corpus)]
    atheris.Setup(settings, getattr(test_fuzz, name).hypothesis.fuzz_one_input)
    atheris.Fuzz()
    sys.exit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
