"""Clapping, and taking it back."""

from __future__ import annotations

from collections.abc import Callable

from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import ClapsError, Invalid, Refused
from claps.plain.limits import CLAPS_PER_READER
from claps.plain.people import Reader
from claps.plain.posts import Post
from claps.plain.tallies import Clapped


def clap(ledger: Ledger, reader: Reader, post: Post, *, times: int) -> Clapped:
    """Give ``post`` up to ``times`` claps from ``reader``.

    A reader gives one post at most 50. Claps beyond that are dropped,
    because a held-down button is not a mistake.

    :param times: claps asked for, 1 to 50.
    :return: the tally after the claps, the reader's own total, and how many were given.
    :raises Invalid: ``times`` is out of range.
    :raises Refused: the reader wrote the post.
    :raises Unavailable: it was not counted, or it is not known whether it was.
    """
    return ledger.take(_clap_change(reader, post, times))


def clap_soon(
    ledger: Ledger, reader: Reader, post: Post, *, times: int, answer: Callable[[Clapped | ClapsError], None]
) -> None:
    """Give claps without waiting; ``answer`` gets what :func:`clap` would return or raise.

    :raises Invalid: ``times`` is out of range.
    :raises Refused: the reader wrote the post.
    :raises Unavailable: too many are waiting already.
    """
    ledger.submit(_clap_change(reader, post, times), answer)


def take_back(ledger: Ledger, reader: Reader, post: Post) -> Clapped:
    """Take all of a reader's claps for a post back.

    :return: the tally after it; ``given`` is negative.
    :raises Unavailable: it was not counted, or it is not known whether it was.
    """
    return ledger.take(Change("clap", post.id, str(reader.id), -CLAPS_PER_READER))


def check_times(times: int) -> None:
    """See that so many claps can be asked for.

    :raises Invalid: they cannot.
    """
    if not 1 <= times <= CLAPS_PER_READER:
        raise Invalid("claps", f"Claps must be a whole number from 1 to {CLAPS_PER_READER}.")


def _clap_change(reader: Reader, post: Post, times: int) -> Change:
    check_times(times)
    if reader.id == post.writer.id:
        raise Refused("You wrote this: others clap for it.")
    return Change("clap", post.id, str(reader.id), times)
