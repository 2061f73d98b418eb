"""What a check has to say, and how a list of it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import click

Grade = Literal["ok", "warn", "unsafe", "unseen"]
_COLOURS = {"ok": "green", "warn": "yellow", "unsafe": "red", "unseen": "cyan"}
_WIDTH = max(map(len, _COLOURS))


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on one thing, and for whatever is not well what to do about it."""

    grade: Grade
    about: str
    said: str
    remedy: str = ""


def ok(about: str, said: str) -> Finding:
    """It is well."""
    return Finding("ok", about, said)


def warn(about: str, said: str, remedy: str) -> Finding:
    """It works, and could be better or soon be worse."""
    return Finding("warn", about, said, remedy)


def unsafe(about: str, said: str, remedy: str) -> Finding:
    """Something will be lost, or fall over."""
    return Finding("unsafe", about, said, remedy)


def unseen(about: str, said: str, remedy: str = "") -> Finding:
    """It cannot be looked at from here."""
    return Finding("unseen", about, said, remedy)


def is_unsafe(findings: Sequence[Finding]) -> bool:
    """True when anything is unsafe."""
    return any(finding.grade == "unsafe" for finding in findings)


def is_unsure(findings: Sequence[Finding]) -> bool:
    """True when anything could not be looked at."""
    return any(finding.grade == "unseen" for finding in findings)


def render_findings(findings: Sequence[Finding]) -> str:
    """Write findings under what they are about, in their order, and count them."""
    lines: list[str] = []
    about = ""
    for finding in findings:
        if finding.about != about:
            about = finding.about
            lines += [click.style(about, bold=True)]
        mark = click.style(finding.grade.ljust(_WIDTH), fg=_COLOURS[finding.grade])
        lines.append(f"  {mark}  {finding.said}")
        if finding.remedy:
            lines.append(f"  {' ' * _WIDTH}  → {finding.remedy}")
    counted = {grade: sum(finding.grade == grade for finding in findings) for grade in _COLOURS}
    told = [f"{count} {grade}" for grade, count in counted.items() if count]
    return "\n".join([*lines, "", ", ".join(told)])
