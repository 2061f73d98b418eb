"""Tables as HTML: rows that changed, the frame's line, and values as one types them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from claps.acts.entries import put_entry
from claps.acts.tables import create_scratch
from claps.app import Core
from claps.plain.errors import Unavailable
from claps.plain.limits import FRAME_ENTRIES, VALUE_SHOWN
from claps.plain.news import News
from claps.plain.topics import Topic
from claps.plain.versions import Version
from claps.web.fragments import Fragments
from claps.web.site import site
from claps.web.table_html import read_typed, row_id, shown_text
from tests.parts.inside import GUEST

TOPIC = Topic("table", "prices")
AT = "2026-11-21T12:00:00.000Z"


def put(key: str, value: object, **more: str) -> dict[str, object]:
    """That a key was given a value, as the table's log says it."""
    return {"op": "put", "key": key, "value": value, "at": AT, **more}


@pytest.fixture
def render(app: Flask) -> Callable[..., str]:
    """Render news of a table."""
    fragments = Fragments(app)

    def render(*events: dict[str, object], resync: bool = False) -> str:
        return fragments.fragments(News(TOPIC, Version("e", 9), events=events, resync=resync), before=None)

    return render


def test_a_row_is_put_where_it_stands_or_belongs(render: Callable[..., str]) -> None:
    html = render(put("<key>", "<b>", expires_at="2026-11-21T13:00:00.000Z"))

    row = f'<tr id="{row_id("<key>")}" data-key="&lt;key&gt;" class="fresh">'
    assert f'<hx-upsert hx-target="#rows" key="data-key">{row}' in html
    assert '<td class="value">&lt;b&gt;</td>' in html
    assert 'until <time datetime="2026-11-21T13:00:00.000Z">2026-11-21 13:00:00</time>' in html


def test_what_changed_several_times_is_told_once_and_as_it_is(render: Callable[..., str]) -> None:
    html = render(put("a", 1), put("b", 1), put("a", 2), {"op": "expire", "key": "b", "at": AT})

    assert html.count("<tr") == 1 and ">2</td>" in html
    assert html.count(f'<hx-partial hx-target="#{row_id("b")}" hx-swap="delete">') == 1


def test_a_page_that_is_stale_is_shown_the_way_to_a_new_one(render: Callable[..., str]) -> None:
    assert '<hx-partial id="stale"><a href="/tables/prices" data-again>' in render(resync=True)
    assert render() == ""


def test_a_frame_shows_the_first_entries_or_that_they_cannot_be_read(app: Flask, core: Core) -> None:
    with app.app_context():
        kit = site().tables
    name = create_scratch(kit, GUEST).name
    fragments, news = Fragments(app), News(Topic("table", name), Version("e", 1))
    empty = fragments.frame_line(news)
    for number in range(FRAME_ENTRIES + 1):
        put_entry(kit, GUEST, name, f"key {number:03}", number)

    full = fragments.frame_line(news)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.database, "reading", _refuse)
        away = fragments.frame_line(news)

    assert "nothing in this table" in empty and "cannot be read" in away
    assert full.count('class="entry"') == FRAME_ENTRIES and f"key {FRAME_ENTRIES:03}" not in full


def _refuse() -> None:
    raise Unavailable("The database does not answer.")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"), ("words", "words"), ("1.5", '"1.5"'), ("null", '"null"'), (None, "null"), ("", ""),
        ([1, "a"], '[1,"a"]'),
    ],
)
def test_values_are_shown_as_one_would_type_them(value: object, text: str) -> None:
    assert shown_text(value) == text
    assert read_typed(text) == value


def test_long_values_are_cut(app: Flask) -> None:
    assert shown_text("x" * 70_000) == "x" * VALUE_SHOWN + "…"
