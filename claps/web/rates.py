"""How often programs may ask, and how often a password may be wrong.

Nobody is held back from reading by their address: many people are behind one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Response, current_app, g, request

from claps.plain.errors import Invalid, TooMany
from claps.plain.people import Reader, plain_name
from claps.plain.rates import (
    API_READS,
    API_WRITES,
    CHANGES,
    FREE_SHARE,
    OAUTH,
    WRONG_ANYWHERE,
    WRONG_BY_ADDRESS,
    WRONG_BY_BROWSER,
    WRONG_BY_NAME,
    WRONG_BY_PERSON,
    Rate,
    Standing,
    neighbourhood,
)
from claps.web import identity, known
from claps.web.site import site

View = TypeVar("View", bound=Callable[..., Any])
Counts = tuple[tuple[Rate, str], ...]
_SAFE = ("GET", "HEAD", "OPTIONS")
# Reading too, for more addresses than fit into one.
_READS = ("/api/v1/counts",)
# They ask when they know who it is, so that it is not found out twice.
_BY_THEMSELVES = frozenset({"claps.clap"})
_BEFORE_TOKENS = ("/oauth/token", "/oauth/revoke", "/oauth/introspect")


def at_most(rate: Rate) -> Callable[[View], View]:
    """Declare a rate of its own for an address of the API, or for a page."""

    def mark(view: View) -> View:
        view.rate = rate  # type: ignore[attr-defined]
        return view

    return mark


class Allowance:
    """What of their rates people and guests have used in this worker within this minute.

    Up to a tenth of a rate is given here and counted nowhere else: a clap must not wait for a count in Redis. So with
    two workers somebody may have 1.2 times a rate in a minute, and each further worker adds a tenth.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self._used: Counter[tuple[str, int]] = Counter()

    def gives(self, rate: Rate, reader_id: int) -> bool:
        """Use one of somebody's rate; False when it must be counted with everybody."""
        now = self._clock()
        if now - self._begun > 60:
            self._begun = now
            self._used.clear()
        key = rate.name, reader_id
        self._used[key] += 1
        return self._used[key] <= rate.most * FREE_SHARE


_allowance = Allowance()


def check_rate() -> None:
    """Count what a program asks, and what somebody changes on a page. Whoever reads pages is never counted.

    :raises TooMany: it asks too often.
    """
    endpoint = request.endpoint
    if endpoint in _BY_THEMSELVES:
        return
    if request.path.startswith("/api/"):
        rate, who = _rate(), _who()
        if who is not None:
            _take(rate, who)
    elif request.path in _BEFORE_TOKENS:
        _take(OAUTH, _address())
    elif request.method not in _SAFE:
        # By who it is and not by the address: behind one there may be a school. Who is nobody yet has done nothing.
        reader = identity.find_reader()
        if reader is not None:
            rate = getattr(current_app.view_functions.get(endpoint or ""), "rate", CHANGES)
            check_change(rate, reader)


def check_change(rate: Rate, reader: Reader) -> None:
    """Count what somebody changes on a page.

    :raises TooMany: it is too often.
    """
    if not _allowance.gives(rate, reader.id):
        _take(rate, f"reader {reader.id}")


def tell_rate(response: Response) -> Response:
    """Say how somebody stands (draft-ietf-httpapi-ratelimit-headers)."""
    standing: Standing | None = g.get("standing")
    if standing is not None:
        name, rate = standing.rate.name, standing.rate
        response.headers["RateLimit-Policy"] = f'"{name}";q={rate.most};w={rate.seconds}'
        response.headers["RateLimit"] = f'"{name}";r={standing.left};t={standing.reset_seconds}'
    return response


def check_passwords(name: str) -> None:
    """See that not too many passwords for this name, or from this address, have been wrong lately.

    :raises TooMany: that is so.
    """
    _check(_wrong(name))


def note_wrong_password(name: str) -> None:
    """Count that a name and a password did not fit together."""
    for rate, who in _wrong(name):
        site().rates.take(rate, who)


def check_address(rate: Rate) -> None:
    """Count what an address does that is no part of the API.

    :raises TooMany: it is too often.
    """
    _take(rate, _address())


def check_guest(rate: Rate, reader: Reader) -> None:
    """Count what a reader of another website does, by the guest that stands for them.

    :raises TooMany: it is too often.
    """
    _take(rate, f"reader {reader.id}")


@contextmanager
def showing_password(person_id: int) -> Iterator[None]:
    """Count wrong passwords of one who is signed in, and has to show it again.

    :raises TooMany: there were too many lately.
    """
    counts = ((WRONG_BY_PERSON, str(person_id)),)
    _check(counts)
    try:
        yield
    except Invalid as error:
        if error.field in ("password", "current"):
            site().rates.take(*counts[0])
        raise


def _check(counts: Counts) -> None:
    for rate, who in counts:
        standing = site().rates.look(rate, who)
        if standing.refused:
            raise TooMany(
                "Too many wrong passwords lately. Wait a little, please.", retry_after_seconds=standing.reset_seconds
            )


def _wrong(name: str) -> Counts:
    mark = known.find_mark(name)
    if mark is not None:
        # Neither who guesses elsewhere nor who does it behind the same address keeps this one out.
        return ((WRONG_BY_BROWSER, mark),)
    name = plain_name(name)
    return (WRONG_BY_ADDRESS, _address()), (WRONG_BY_NAME, f"{name} {_address()}"), (WRONG_ANYWHERE, name)


def _rate() -> Rate:
    view = current_app.view_functions.get(request.endpoint or "")
    rate: Rate = getattr(view, "rate", None) or (API_READS if request.method in _SAFE else API_WRITES)
    return rate


def _who() -> str | None:
    if "bearer" in g and g.bearer.person_id is None:
        return f"app {g.bearer.app_id}"
    reader = identity.find_reader()
    if reader is not None:
        return f"reader {reader.id}"
    return None if request.method in _SAFE or request.path in _READS else _address()


def _address() -> str:
    # Behind proxies that are trusted it is the reader's own; what others claim was never looked at.
    return f"address {neighbourhood(request.remote_addr or '')}"


def _take(rate: Rate, who: str) -> None:
    g.standing = standing = site().rates.take(rate, who)
    if standing.refused:
        raise TooMany("That is too often. Wait a little, please.", retry_after_seconds=standing.reset_seconds)
