"""Tables as people see them: their rows, live and at first, and values as one types them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask

from claps.acts.table_source import first_entries
from claps.plain.errors import ClapsError, Invalid, TooLarge
from claps.plain.limits import FRAME_ENTRIES, VALUE_SHOWN
from claps.plain.news import News
from claps.plain.tables import entry_fields
from claps.plain.values import read_json, write_value
from claps.web.site import Site

Render = Callable[..., str]


def add_to(app: Flask) -> None:
    """Give templates the filters ``row_id`` and ``shown``."""
    app.add_template_filter(row_id, "row_id")
    app.add_template_filter(shown_text, "shown")


class TableHtml:
    """Renders news of tables.

    :param app: whose parts and templates are used.
    """

    def __init__(self, app: Flask, render: Render) -> None:
        self._app = app
        self._render = render

    def partials(self, news: News) -> str:
        """The rows that changed, each as it is now; what changed several times is told once."""
        newest = {event["key"]: event for event in news.events}
        if not newest and not news.resync:
            return ""
        values = {"events": list(newest.values()), "resync": news.resync}
        return self._render("tables/_news.html", name=news.topic.key, **values)

    def frame_line(self, news: News) -> str:
        """The first entries as they are now: a frame shows the newest line and no other."""
        parts: Site = self._app.extensions["claps"]
        try:
            found = first_entries(parts.database, news.topic, FRAME_ENTRIES)
        except ClapsError:
            # It waits in the middle of telling others; what cannot be read now is told with the next change.
            return self._render("tables/_frame.html", entries=None)
        return self._render("tables/_frame.html", entries=[entry_fields(entry) for entry in found])


def row_id(key: str) -> str:
    """The id that an entry's row has: a key may be anything, and an id may not."""
    return f"e-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def shown_text(value: Any, most: int = VALUE_SHOWN) -> str:
    """A value as one would type it, cut where it is long."""
    text = typed_text(value)
    return text if len(text) <= most else f"{text[:most]}…"


def typed_text(value: Any) -> str:
    """A value as one would type it: a text without quotes, unless it would be read as something else then."""
    if isinstance(value, str) and _as_typed(value) == value:
        return value
    return write_value(value)


def read_typed(text: str) -> Any:
    """Read what somebody typed: JSON where it is that, and else a text.

    :raises TooLarge: it is longer than a value may be.
    """
    value = _as_typed(text.replace("\r\n", "\n"))
    write_value(value)
    return value


def _as_typed(text: str) -> Any:
    try:
        return read_json(text)
    except TooLarge:
        raise
    except Invalid:
        return text
