"""Viewing a post: once per reader per 30 minutes."""

from __future__ import annotations

import logging

from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import ClapsError, Unavailable
from claps.plain.tallies import Clapped

log = logging.getLogger(__name__)


def view_soon(ledger: Ledger, viewer: str, post_id: int) -> None:
    """Count a view, unless the same viewer had one within 30 minutes; nobody waits for it.

    :param viewer: anything that tells readers apart, without blanks.
    """
    try:
        ledger.submit_later(Change("view", post_id, viewer, 1), _note)
    except Unavailable as error:
        _note(error)


def _note(outcome: Clapped | ClapsError) -> None:
    # A view that cannot be counted is no reason to keep anybody from reading.
    if isinstance(outcome, ClapsError):
        log.debug("a view was not counted: %s", outcome.message)
