"""Views: once per reader per half an hour, and never in anybody's way."""

from __future__ import annotations

import gevent
import pytest

from claps.acts.views import view_soon
from claps.app import Core
from claps.plain.posts import Post
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


def test_a_view_is_counted_once_for_each_who_looks(core: Core, article: Post) -> None:
    for viewer in ("h1", "h2", "h1"):
        view_soon(core.ledger, viewer, article.id)
    gevent.wait(timeout=5)

    assert core.tallies.find([article.id])[article.id].views == 2


def test_a_view_that_cannot_be_counted_is_no_reason_not_to_read(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.hot.ledger.CHANGES_WAITING", 0)

    view_soon(core.ledger, "h1", article.id)

    assert core.ledger.waiting == 0


def test_a_view_of_nothing_is_forgotten(core: Core) -> None:
    view_soon(core.ledger, "h1", 999)
    gevent.wait(timeout=5)

    assert core.journal.lengths() == [0] * 16
