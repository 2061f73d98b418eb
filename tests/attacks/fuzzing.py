"""``python -m tests.attacks.fuzzing NAME SECONDS``: one fuzz test for as long as one likes, led by what the code does.

The same test as in the suite; atheris makes the bytes that hypothesis reads, and keeps those that reach something new.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["claps", "wsproto", "markdown_it", "werkzeug"]):
    from tests.attacks import test_fuzz

KEPT = Path(".hypothesis/fuzz")


def main(words: list[str]) -> None:
    """Fuzz until the time is over; whatever is found ends it with its traceback."""
    name, seconds = (*words, "60")[:2]
    found = {key: value for key, value in vars(test_fuzz).items() if key.startswith("test_") and name in key}
    if len(found) != 1:
        sys.exit(f"name one of: {', '.join(key for key in vars(test_fuzz) if key.startswith('test_'))}")
    [(full_name, test)] = found.items()
    corpus = KEPT / full_name
    corpus.mkdir(parents=True, exist_ok=True)
    settings = [sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", f"-artifact_prefix={corpus}-", str(corpus)]
    atheris.Setup(settings, test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
