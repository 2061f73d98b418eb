"""Copies are read anew when they are old, and stand in when nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import pytest
from gevent.event import Event

from claps.acts import kept as kept_module
from claps.acts.kept import Kept
from claps.plain import allowance
from claps.plain.allowance import Allowance
from claps.plain.errors import NotFound, TooSlow, Unavailable

KEY = "post 12"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept[str]:
    """Copies that are old as soon as they are made."""
    monkeypatch.setattr(kept_module, "COPY_FRESH_SECONDS", 0.0)
    return Kept()


@pytest.fixture
def answered() -> Iterator[Event]:
    """Set when a database that hangs goes on, which it does in the end."""
    event = Event()
    yield event
    event.set()
    gevent.idle()


def raising(error: Exception) -> str:
    raise error


def test_a_fresh_copy_is_not_read_again() -> None:
    kept: Kept[str] = Kept()
    kept.get(KEY, lambda: "old")

    assert kept.get(KEY, lambda: "new") == "old"


def test_an_old_copy_is_read_anew(kept: Kept[str]) -> None:
    kept.get(KEY, lambda: "old")

    assert kept.get(KEY, lambda: "new") == "new"


def test_a_copy_stands_in_while_sql_is_away(kept: Kept[str]) -> None:
    kept.get(KEY, lambda: "old")

    assert kept.get(KEY, lambda: raising(Unavailable("away"))) == "old"


def test_a_copy_stands_in_while_sql_hangs(kept: Kept[str], answered: Event) -> None:
    kept.get(KEY, lambda: "old")

    assert kept.get(KEY, lambda: str(answered.wait())) == "old"


def test_what_was_never_kept_is_told_to_be_unavailable(kept: Kept[str]) -> None:
    with pytest.raises(Unavailable):
        kept.get(KEY, lambda: raising(Unavailable("away")))


def test_what_is_gone_is_forgotten(kept: Kept[str]) -> None:
    kept.get(KEY, lambda: "old")

    with pytest.raises(NotFound):
        kept.get(KEY, lambda: raising(NotFound("gone")))
    assert kept.peek(KEY) is None


def test_many_who_want_the_same_share_one_reading(kept: Kept[str], answered: Event) -> None:
    turns: list[int] = []

    def read() -> str:
        turns.append(1)
        answered.wait()
        return "one"

    readers = [gevent.spawn(kept.get, KEY, read) for _ in range(5)]
    gevent.idle()
    answered.set()

    assert [reader.get() for reader in readers] == ["one"] * 5
    assert len(turns) == 1


def test_an_aged_copy_is_read_anew_and_still_stands_in() -> None:
    kept: Kept[str] = Kept()
    kept.get(KEY, lambda: "old")
    kept.age(KEY)
    kept.age("what was never kept")

    assert kept.get(KEY, lambda: raising(Unavailable("away"))) == "old"
    kept.age(KEY)
    assert kept.get(KEY, lambda: "new") == "new"


@pytest.mark.parametrize("drop", [lambda kept: kept.drop(KEY), lambda kept: kept.drop_all()])
def test_what_was_read_before_a_change_is_not_kept_after_it(
    kept: Kept[str], answered: Event, drop: Callable[[Kept[str]], None]
) -> None:
    reader = gevent.spawn(kept.get, KEY, lambda: answered.wait() and "before the change")
    gevent.idle()

    drop(kept)
    answered.set()
    reader.join()

    assert kept.peek(KEY) is None


def test_a_request_waits_for_what_was_never_kept_no_longer_than_for_sql_itself(
    kept: Kept[str], answered: Event
) -> None:
    token = allowance.current.set(Allowance(0.01))
    try:
        with pytest.raises(Unavailable):
            kept.get(KEY, lambda: str(answered.wait()))
        with pytest.raises(TooSlow):
            kept.get("post 13", lambda: "at hand")
    finally:
        allowance.current.reset(token)
