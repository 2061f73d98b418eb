"""The one shape of news for programs: a JSON object for a state, each event of a log, each part of a snapshot."""

from __future__ import annotations

import json
from typing import Any

from claps.plain.news import News
from claps.plain.versions import Position, Version

# json.dumps() would make an encoder for each call.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dump(value: Any) -> str:
    """Write JSON without needless blanks."""
    return _encode(value)


def news_messages(news: News, before: News | None = None) -> list[dict[str, Any]]:
    """The messages of one piece of news; the ``version`` of each is what one comes back with after it.

    :param before: what everybody who gets them has seen; of a large state the rest is told.
    """
    topic = str(news.topic)
    if news.events:
        return [
            {"topic": topic, "version": position_at(news, n), "event": event} for n, event in enumerate(news.events, 1)
        ]
    told: dict[str, Any] = {"topic": topic, "version": news.position}
    if news.resync:
        told["resync"] = True
    state = news.state_since(before)
    if state is not None:
        told["state"] = state
    if news.ends_snapshot:
        told["snapshot"] = "end"
    return [told]


def news_lines(news: News) -> str:
    """The same for the smallest clients: a post's claps; of a table a line for each entry, key and value as JSON."""
    if news.state is not None:
        entries = [{"op": "put", **entry} for entry in news.state.get("entries", ())]
        return f"{news.state['claps']}\n" if "claps" in news.state else "".join(map(_line, entries))
    return "resync\n" if news.resync else "".join(_line(event) for event in news.events if "key" in event)


def position_at(news: News, n: int) -> str:
    """Where one is who has seen the first ``n`` events of some news; for none, where one was before."""
    offset = news.version.offset - len(news.events) + n
    return str(Position(Version(news.version.epoch, offset), news.cursor))


def _line(event: dict[str, Any]) -> str:
    value = f" {dump(event['value'])}" if "value" in event else ""
    return f"{event['op']} {dump(event['key'])}{value}\n"
