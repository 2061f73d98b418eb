"""Looks whether anything that is installed by the lock files is known to be unsafe: ``make audit``.

It asks PyPI, then OSV, and npm. What is found fails it. Where none of them answers, as on a machine that only has a
registry's packages, it says so loudly and lets what follows go on: not to know is no finding.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("run", "test", "bench", "dev", "fuzz")
SERVICES = ("pypi", "osv")
SECONDS = 300


def read_python(report: str) -> tuple[int, list[str]]:
    """Read what pip-audit says, as JSON.

    :return: how many packages somebody knew something about, 0 where nobody answered, and what was found.
    """
    try:
        told = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 0, []
    known = [one for one in told if "skip_reason" not in one]
    found = [f"{one['name']} {one['version']}: {', '.join(_names(one['vulns']))}" for one in known if one["vulns"]]
    return len(known), found


def read_scripts(report: str) -> tuple[int, list[str]]:
    """Read what npm says, as JSON.

    :return: how many packages it looked at, 0 where nobody answered, and what was found.
    """
    try:
        told = json.loads(report)
        size, unsafe = told["metadata"]["dependencies"]["total"], told["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return 0, []
    return int(size), [f"{name}: {one['severity']}, {one['range']}" for name, one in unsafe.items()]


def _names(found: Iterable[dict[str, Any]]) -> list[str]:
    return [f"{one['id']} (mended in {', '.join(one['fix_versions']) or 'no version'})" for one in found]


def _run(*command: str) -> str:
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _ask_about_python() -> tuple[int, list[str]]:
    locks = [argument for name in LOCKS for argument in ("-r", f"requirements/{name}.txt")]
    for service in SERVICES:
        program = str(Path(sys.executable).with_name("pip-audit"))
        report = _run(
            program, *locks, "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json",
            "--vulnerability-service", service,
        )
        known, found = read_python(report)
        if known:
            return known, found
    return 0, []


def main() -> int:
    """Ask about all of them; return the status to exit with."""
    asked = {
        "Python": _ask_about_python(),
        "scripts": read_scripts(_run("npm", "audit", "--package-lock-only", "--json")),
    }
    for kind, (known, found) in asked.items():
        if not known:
            print(f"!!! NOT AUDITED ({kind}): nobody who knows of unsafe packages answers here !!!", file=sys.stderr)
        else:
            print(f"audited ({kind}): {known} packages, {len(found)} known to be unsafe")
        print(*(f"  {one}" for one in found), sep="\n", end="\n" if found else "")
    return 1 if any(found for _, found in asked.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
