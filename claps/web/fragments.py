"""News as HTML: the same partials on first load, by HTMX, through a socket and in the frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from claps.live.wires import Positions
from claps.plain.dashboard import Desk
from claps.plain.newer import Newer
from claps.plain.news import News
from claps.plain.tallies import Tally, changed_fields
from claps.plain.topics import Topic
from claps.web.dashboard import DeskHtml
from claps.web.table_html import TableHtml

# The pages that say how many posts are newer than they are.
_LISTS = {"posts": "/", "feed": "/following"}

# How many texts of counts are kept: most posts have few claps, so that what is told of one is told of many.
_TEXTS_KEPT = 4_096
# What stands in such a text where the post's id and its version come.
_ANY_POST: Any = "{post}"
_ANY_VERSION: Any = "{version}"

# Behind an address that watches posts: they are in a list, and who has it open reads none of them.
LISTED = "&listed=1"


class Fragments:
    """Renders what the live core tells; it needs no request.

    :param app: whose templates are used.
    :param listed: for pages that list posts: what they ask with says so.
    """

    def __init__(self, app: Flask, *, listed: bool = False) -> None:
        self._mark = LISTED if listed else ""
        self._env = app.jinja_env
        self._tables = TableHtml(app, self._render)
        self._desks = DeskHtml(self._render)
        # The same for everybody who names the same topics, at every opening and every heartbeat.
        self._parked_poller = lru_cache(maxsize=20_000)(self._render_parked_poller)
        self._texts = lru_cache(maxsize=_TEXTS_KEPT)(self._render_counts)

    def fragments(self, news: News, *, before: News | None) -> str:
        """The partials of what changed since the news before, or of everything."""
        if isinstance(news.value, Tally):
            known = before.value if before is not None else None
            return self._tally(known, news.value)
        if isinstance(news.value, Desk):
            return self._desks.partials(news.value, before.value if before is not None else None)
        if isinstance(news.value, Newer):
            return self._render("feeds/_news.html", newer=news.value, list_url=_LISTS[news.topic.kind])
        if news.topic.kind == "comments":
            values = {"events": news.events, "resync": news.resync}
            return self._render("comments/_news.html", post_id=news.topic.number, **values)
        if news.topic.kind == "table":
            return self._tables.partials(news)
        if news.topic.kind == "person" and (news.events or news.resync):
            badge = news.events[-1]["badge"] if news.events else ""
            return self._render("notifications/_news.html", badge=badge, resync=news.resync, version=news.version)
        return ""

    def _tally(self, known: Tally | None, tally: Tally) -> str:
        parts = tally_parts(known, tally)
        shown = {name: getattr(tally, name) for name in parts if name != "word"}
        if "word" in parts:
            shown["claps"] = tally.claps
        text = self._texts(Tally(_ANY_POST, _ANY_VERSION, **shown, is_calm=tally.is_calm), parts)
        return text.replace(_ANY_POST, str(tally.post_id)).replace(_ANY_VERSION, str(tally.version))

    def _render_counts(self, counts: Tally, parts: frozenset[str]) -> str:
        return _partials(self._env, counts, parts)

    def poller(self, positions: Positions, *, parked: bool) -> str:
        """The long-poller's element; parked it needs no position of a state, because an empty one brings everything."""
        if parked:
            return self._parked_poller(tuple((topic, "" if topic.is_state else at) for topic, at in positions))
        return self._render("live/_poller.html", poll_url=live_url(positions) + self._mark, parked=False)

    def _render_parked_poller(self, positions: tuple[tuple[Topic, str], ...]) -> str:
        return self._render("live/_poller.html", poll_url=live_url(positions) + self._mark, parked=True)

    def frame_line(self, news: News) -> str:
        """The inside of one paragraph of the frame without script."""
        if isinstance(news.value, Tally):
            return self._render("live/_frame_post.html", tally=news.value)
        if news.topic.kind == "table":
            return self._tables.frame_line(news)
        if isinstance(news.value, Desk):
            return self._desks.frame_line(news.value)
        return ""

    def frame_lines(self, all_news: Sequence[News]) -> Markup:
        """One paragraph for each topic."""
        return Markup("".join(f"<p>{self.frame_line(news)}</p>" for news in all_news))

    def held_page(self, all_news: Sequence[News], positions: Positions) -> str:
        """The whole page that a browser without script and frames asks again and again."""
        url = live_url(positions, path="/live/frame")
        return self._render(
            "live/held.html",
            lines_html=self.frame_lines(all_news),
            refresh_url=url,
            link_url=url,
            title_text="Live counts",
        )

    def _render(self, template: str, **values: object) -> str:
        return self._env.get_template(template).render(**values)


def tally_html(env: Environment, known: Tally | None, tally: Tally) -> str:
    """The partials of a post's counts that differ."""
    return _partials(env, tally, tally_parts(known, tally))


def _partials(env: Environment, tally: Tally, parts: frozenset[str]) -> str:
    # The macro itself: a template around it, with a context of its own, takes half as long again.
    fields: Any = env.get_template("posts/_fields.html").module
    return str(fields.partials(tally, parts))


def tally_parts(known: Tally | None, tally: Tally) -> frozenset[str]:
    """Name the partials of a post's page that differ: the counts, and the word where one clap became several."""
    changed = changed_fields(known, tally)
    if known is None or known.is_calm != tally.is_calm or (known.claps == 1) != (tally.claps == 1):
        return changed | {"word"}
    return changed


def live_url(positions: Positions, *, path: str = "/live") -> str:
    """The address that waits for what comes after these positions."""
    parts = [f"topic={quote(str(topic), safe=':')}&since={version}" for topic, version in positions]
    return f"{path}?{'&'.join(parts)}"
