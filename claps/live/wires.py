"""How news becomes bytes: once per wire and version, not once per subscriber."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

from claps.live.framing import PING_FRAME, close_frame, text_frame
from claps.live.messages import dump, news_lines, news_messages, position_at
from claps.plain.news import News
from claps.plain.topics import Topic

Positions = Sequence[tuple[Topic, str]]
SERVICE_RESTART = 1012
TRY_AGAIN_LATER = 1013
# As HTTP's 401, 403 and 409, in the range that RFC 6455 leaves to applications.
TOKEN_ENDED, NOT_YOURS, TABLE_FULL = 4401, 4403, 4409
RETRY_TEXT = b"every 3000ms"
# Who opens such an answer by itself, outside its page, gets words and a style: nothing in it may act.
SHOWN_BY = (
    "Content-Security-Policy: default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors"
)
_ONLY_SHOWN = f"{SHOWN_BY} 'self'"


class Renderers(Protocol):
    """What the floor above gives, so that this one knows no templates."""

    def fragments(self, news: News, *, before: News | None) -> str:
        """The partials of what changed since the news before, or of everything."""

    def poller(self, positions: Positions, *, parked: bool) -> str:
        """The long-poller's element, asking for what comes after these positions."""

    def frame_line(self, news: News) -> str:
        """The inside of one paragraph of the frame without script."""

    def held_page(self, all_news: Sequence[News], positions: Positions) -> str:
        """The whole page that a text browser asks again and again."""


def http_answer(
    status: str, content_type: str, body: str, *, etag: str | None = None, keep: bool = False
) -> bytes:
    """Put a whole HTTP answer into one write; ``keep`` leaves the connection open for the next question."""
    data = body.encode()
    head = [
        f"HTTP/1.1 {status}", "Cache-Control: no-store", f"Connection: {'keep-alive' if keep else 'close'}",
        "X-Content-Type-Options: nosniff", "Vary: Accept, Cookie",
    ]
    if content_type == "text/html":
        head.append(_ONLY_SHOWN)
    if not status.startswith("304"):
        head += [f"Content-Type: {content_type}; charset=utf-8", f"Content-Length: {len(data)}"]
    if etag is not None:
        head.append(f'ETag: "{etag}"')
    return ("\r\n".join(head) + "\r\n\r\n").encode() + data


def etag_of(positions: Positions) -> str:
    """The versions of all topics in their order, as ``ETag``, ``Last-Event-ID`` and ``since`` carry them."""
    return ",".join(version for _, version in positions)


class Wire:
    """One way to speak. ``stays``: more news may follow on the same socket.

    ``shared``: for one topic the bytes are the same for everybody; with several topics they are not where
    the position of all of them is part of what is sent.
    """

    name = ""
    stays = True
    shared_by_many_topics = True
    # Whoever loses this wire is back within seconds, without having seen anything.
    returns_soon = True
    # For a page that lists posts: who looks it over reads none of them, though it may be only one.
    listed = False
    # A page comes with what a topic was when it was made; a program is told it.
    tells_snapshots = False

    def __init__(self, renderers: Renderers) -> None:
        self.renderers = renderers
        # The same answers where the connection ends with them.
        self.closing: Wire = self

    def opening(self, positions: Positions) -> bytes:
        """What is sent first, before any news."""
        return b""

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        """Encode news; ``positions`` are all topics of the connection with the versions after it.

        ``before`` is what every receiver has seen; without it everything must be told.
        """
        raise NotImplementedError

    def personal(self, data: bytes) -> bytes:
        """Change in an answer what must differ from reader to reader."""
        return data

    def heartbeat(self, positions: Positions) -> bytes:
        """What shows, every 25 seconds, that both ends are there."""
        return b""

    def nothing_new(self, all_news: Sequence[News], positions: Positions) -> bytes:
        """The answer to a wait that ended without news."""
        return b""

    def goodbye(self, code: int, reason: str) -> bytes:
        """The last word."""
        return b""


class HtmlSocket(Wire):
    """WebSocket carrying fragments for HTMX: push only."""

    name = "socket-html"

    def opening(self, positions: Positions) -> bytes:
        return text_frame(self.renderers.poller(positions, parked=True))

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        return text_frame("".join(self.renderers.fragments(news, before=before) for news in all_news))

    def heartbeat(self, positions: Positions) -> bytes:
        return self.opening(positions) + PING_FRAME

    def goodbye(self, code: int, reason: str) -> bytes:
        return close_frame(code, reason)


class JsonSocket(Wire):
    """WebSocket carrying JSON, with claps upwards."""

    name = "socket-json"
    tells_snapshots = True

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        return b"".join(text_frame(dump(message)) for news in all_news for message in news_messages(news, before))

    def heartbeat(self, positions: Positions) -> bytes:
        return PING_FRAME

    def goodbye(self, code: int, reason: str) -> bytes:
        return close_frame(code, reason)


class EventStream(Wire):
    """``text/event-stream`` (WHATWG HTML, section 9.2)."""

    name = "event-stream"
    tells_snapshots = True
    shared_by_many_topics = False

    def opening(self, positions: Positions) -> bytes:
        # The browser's own waiting time before it comes back, spread so that not all come at once.
        return f"retry: {random.randint(1000, 4000)}\n\n".encode()

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        # A stream that is cut in the middle must not have claimed what comes behind the cut.
        at = {**dict(positions), **{news.topic: position_at(news, 0) if news.events else "" for news in all_news}}
        told = []
        for news in all_news:
            for message in news_messages(news, before):
                at[news.topic] = message["version"]
                told.append(f"id: {etag_of(list(at.items()))}\ndata: {dump(message)}\n\n")
        return "".join(told).encode()

    def heartbeat(self, positions: Positions) -> bytes:
        return b":\n\n"


class Frame(Wire):
    """The endless document in the frame without script: one paragraph a change, the newest shows."""

    name = "frame"
    returns_soon = False

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        return "".join(f"<p>{self.renderers.frame_line(news)}</p>\n" for news in all_news).encode()

    def heartbeat(self, positions: Positions) -> bytes:
        return b"\n"


class _Poll(Wire):
    stays = False
    shared_by_many_topics = False

    def __init__(self, renderers: Renderers, *, keep: bool = False) -> None:
        super().__init__(renderers)
        self._keep = keep


class HtmlPoll(_Poll):
    """Long-poll for HTMX: always 200 with a fragment that asks again, because 204 and 304 end its chain."""

    name = "poll-html"

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        fragments = "".join(self.renderers.fragments(news, before=None) for news in all_news)
        body = fragments + self.renderers.poller(positions, parked=False)
        return http_answer("200 OK", "text/html", body, keep=self._keep)

    def personal(self, data: bytes) -> bytes:
        # The period after which a poller that got no answer asks again: not everybody's at the same instant.
        return data.replace(RETRY_TEXT, b"every %dms" % random.randint(2000, 5000), 1)

    def nothing_new(self, all_news: Sequence[News], positions: Positions) -> bytes:
        return self.tell((), positions, before=None)


class JsonPoll(_Poll):
    """Long-poll for programs: one object for one topic, a list for several topics or events."""

    name = "poll-json"
    tells_snapshots = True

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        told = [message for news in all_news for message in news_messages(news)]
        body = dump(told[0] if len(positions) == len(told) == 1 else told) + "\n"
        return http_answer("200 OK", "application/json", body, etag=etag_of(positions), keep=self._keep)

    def nothing_new(self, all_news: Sequence[News], positions: Positions) -> bytes:
        return http_answer("304 Not Modified", "", "", etag=etag_of(positions), keep=self._keep)


class TextPoll(_Poll):
    """Long-poll for the smallest clients: a post's claps and a newline, or a line for each change of a table."""

    name = "poll-text"
    tells_snapshots = True

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        lines = [news_lines(news) for news in all_news]
        return http_answer("200 OK", "text/plain", "".join(lines), etag=etag_of(positions), keep=self._keep)

    def nothing_new(self, all_news: Sequence[News], positions: Positions) -> bytes:
        return http_answer("304 Not Modified", "", "", etag=etag_of(positions), keep=self._keep)


class HeldPage(_Poll):
    """Long-poll for browsers without script that show no frames: a whole page."""

    name = "held-page"
    returns_soon = False

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        return http_answer("200 OK", "text/html", self.renderers.held_page(all_news, positions))

    def nothing_new(self, all_news: Sequence[News], positions: Positions) -> bytes:
        return self.tell(all_news, positions, before=None)


def stream_head(content_type: str, *more: str, policy: str = _ONLY_SHOWN) -> bytes:
    """The head of an answer that never ends; delimited by its close, so that a crash is seen as its end.

    :param more: further lines of the head.
    """
    head = [
        "HTTP/1.1 200 OK", f"Content-Type: {content_type}", "Cache-Control: no-store", "Connection: close",
        "X-Accel-Buffering: no", "X-Content-Type-Options: nosniff", policy, *more,
    ]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


class Wires:
    """One of each, with the floor above's renderers.

    :param listed: for pages that list posts.
    """

    def __init__(self, renderers: Renderers, *, listed: bool = False) -> None:
        self.html_socket = HtmlSocket(renderers)
        self.json_socket = JsonSocket(renderers)
        self.event_stream = EventStream(renderers)
        self.frame = Frame(renderers)
        self.html_poll = HtmlPoll(renderers)
        self.json_poll = JsonPoll(renderers)
        self.text_poll = TextPoll(renderers)
        self.held_page = HeldPage(renderers)
        # The same answers over a connection that stays open between them.
        self.kept: dict[Wire, Wire] = {
            self.html_poll: HtmlPoll(renderers, keep=True),
            self.json_poll: JsonPoll(renderers, keep=True),
            self.text_poll: TextPoll(renderers, keep=True),
        }
        for plain, kept in self.kept.items():
            kept.closing = plain
        others = (self.html_socket, self.json_socket, self.event_stream, self.frame, self.held_page)
        for wire in (*others, *self.kept, *self.kept.values()):
            wire.listed = listed
