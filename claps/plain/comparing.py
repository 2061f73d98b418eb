"""How a number stands to the one before it, in words and with an arrow: never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """``arrow`` is for the eye, ``words`` say all of it."""

    arrow: str
    words: str


def difference(now: int, before: int, *, than: str) -> Difference:
    """Compare two numbers.

    :param than: what the number before belongs to, as in "the 7 days before".
    """
    if now == before:
        return Difference("=", f"as many as in {than}")
    more = now > before
    arrow, word = ("▲", "more") if more else ("▼", "fewer")
    if before <= 0:
        return Difference(arrow, f"{abs(now - before):,} {word} than in {than}")
    share = abs(now - before) / before
    if more and share >= 2:
        return Difference(arrow, f"{now / before:.0f} times the {before:,} of {than}")
    percent = "less than 1" if share < 0.01 else f"{share * 100:.0f}"
    return Difference(arrow, f"{percent} % {word} than in {than} ({before:,})")
