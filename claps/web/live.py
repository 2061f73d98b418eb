"""``/live``: one address for every wire, and the frame without script."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, make_response, render_template, request

from claps.acts.looking import check_may_watch
from claps.live.elsewhere import elsewhere
from claps.live.handshakes import Welcome
from claps.live.places import turn_away
from claps.live.returning import Rest
from claps.live.subscribers import Subscriber
from claps.live.take_over import take_over
from claps.live.wires import SHOWN_BY, TABLE_FULL, Wire, stream_head
from claps.plain.errors import Crowded, Malformed, NotFound, Unavailable
from claps.plain.limits import TOPICS_PER_CONNECTION, WAIT_SECONDS
from claps.plain.news import News
from claps.plain.people import Reader
from claps.plain.topics import Topic, parse_topic, post_topic
from claps.plain.versions import parse_position, parse_version
from claps.web import answers, embedding, guard, identity
from claps.web.bearer import check_topic, may
from claps.web.fragments import Fragments, live_url
from claps.web.live_asks import asked_seconds, seen_of
from claps.web.live_of_pages import allowed_lines, is_of_page, read_page
from claps.web.parked import PARKED, request_socket
from claps.web.site import site, wires
from claps.web.sockets import JSON_PROTOCOL, ParkingSock
from claps.web.viewers import count_view, counter_of_others

PUBLIC_KINDS = ("post", "comments", "posts")
_HTML, _EVENTS = "text/html; charset=utf-8", "text/event-stream; charset=utf-8"
# With one of these it depends on more than the address and where a handshake comes from how it is let in.
_DECIDING = frozenset({
    "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_LAST_EVENT_ID", "HTTP_IF_NONE_MATCH", "CONTENT_LENGTH",
    "HTTP_TRANSFER_ENCODING",
})
_KINDS = ("application/json", "text/event-stream", "text/plain", "text/html")


def add_to(app: Flask, sock: ParkingSock) -> None:
    """Put the live endpoints into the application."""
    bp = Blueprint("live", __name__)
    bp.before_request(_read_ask)
    bp.teardown_request(_is_in)
    bp.get("/live")(wait)
    bp.get("/live/frame")(frame)
    bp.get("/embed/frame", endpoint="embed_frame")(frame)
    sock.route("/live", bp=bp)(listen)
    app.register_blueprint(bp)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a connection wants to know: topics with what it has seen of each, and who it is."""

    topics: tuple[tuple[Topic, str], ...]
    reader: Reader | None


def _read_ask() -> None:
    if request.method == "OPTIONS":
        return  # A browser asks beforehand, and shows no token yet.
    # Before the handshake, so that a WebSocket is refused with a status as any other request is.
    if "url" in request.args:
        g.ask = Ask((read_page(*seen_of(1)),), None)
        return
    names = request.args.getlist("topic")
    if not names:
        raise Malformed("topic", "Name a topic: /live?topic=post:12")
    if len(names) > TOPICS_PER_CONNECTION:
        raise Malformed("topic", f"At most {TOPICS_PER_CONNECTION} topics on one connection.")
    seen = seen_of(len(names))
    reader = identity.find_reader()
    topics = [parse_topic(name) for name in names]
    for topic, text in zip(topics, seen, strict=True):
        (parse_position if topic.kind == "table" else parse_version)(text)
    for topic in dict.fromkeys(topics):
        is_of_post = topic.kind in ("post", "comments")
        check_topic(topic)
        if topic.kind != "table":
            check_may_watch(topic, reader, post_exists=is_of_post and _is_published(post_topic(topic.number)))
    g.ask = Ask(tuple(dict(zip(topics, seen, strict=True)).items()), reader)
    _take_place(dict.fromkeys(topics), g.ask)


def _take_place(topics: Iterable[Topic], ask: Ask) -> None:
    tables = [topic for topic in topics if topic.kind == "table"]
    if len(tables) > 1:
        raise Malformed("topic", "One connection watches one table at a time.")
    for topic in tables:
        try:
            site().watching.enter(topic, ask.reader, returning=any(seen for _, seen in ask.topics))
            g.table = topic
        except Crowded as error:
            # The script of a page learns of a refused handshake only that it failed; so it is told over the socket.
            if "HTTP_SEC_WEBSOCKET_KEY" not in request.environ:
                raise
            g.refused = error


def _is_in(error: BaseException | None) -> None:
    topic = g.pop("table", None)
    if topic is not None:
        site().watching.entered(topic)


def _is_published(topic: Topic) -> bool:
    return site().hub.news_of(topic) is not None or site().library.is_published(topic.number)


def listen(sock: Any, handshake: bytes, protocol: str | None) -> None:
    """Park a WebSocket: fragments for HTMX, or JSON where the other end asked for it."""
    ask: Ask = g.ask
    kinds = wires()
    if "refused" in g:
        said = {"opening": handshake, "code": TABLE_FULL, "reason": g.refused.message}
        turn_away(site().hub.lot, _take_over(sock), kinds.json_socket, **said)
        return
    if protocol == JSON_PROTOCOL:
        wire: Wire = kinds.json_socket
        # Without leave to clap nobody is known here, and what comes up the socket is refused.
        is_known = may("clap") and not is_of_page()
        reader: Reader | None = (ask.reader or identity.new_guest()) if is_known else None
    else:
        wire, reader = kinds.html_socket, ask.reader
        _count_view(ask)
    _let_others_in(sock, wire, protocol)
    _note_bearer(site().hub.subscribe(_take_over(sock), wire, ask.topics, reader=reader, opening=handshake))


def _let_others_in(sock: Any, wire: Wire, protocol: str | None) -> None:
    handshake = getattr(sock, "handshake", None)
    if handshake is None or not _DECIDING.isdisjoint(request.environ):
        return
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is not None and not guard.is_ours(origin):
        return  # That may be for some posts only.
    if protocol == JSON_PROTOCOL:
        welcome = Welcome(wire, protocol, identity.new_guest, None)
    else:
        welcome = Welcome(wire, protocol, _nobody, None if wire.listed else counter_of_others())
    site().handshakes.learn(handshake.mark, welcome)


def _nobody() -> None:
    """Who listens only, and shows no cookie."""


def wait() -> Response:
    """Wait for news by event stream or long-poll, as the request's Accept says."""
    ask: Ask = g.ask
    kinds = wires()
    kind = "text/html" if answers.is_htmx() else answers.best_kind(*_KINDS)
    if kind == "text/event-stream":
        return park(kinds.event_stream, ask, opening=stream_head(_EVENTS, *allowed_lines()))
    wait_seconds = asked_seconds()
    if kind == "text/html":
        _count_view(ask)
        return park(kinds.html_poll, ask, wait_seconds=wait_seconds)
    wire: Wire = kinds.json_poll if kind == "application/json" else kinds.text_poll
    return park(elsewhere(wire, allowed_lines()), ask, wait_seconds=wait_seconds)


def frame() -> Response:
    """The frame without script: first a whole document, then a stream; a held page where frames are unknown."""
    ask: Ask = g.ask
    _count_view(ask)
    if identity.sees_no_numbers() and any(topic.kind in ("post", "writer") for topic, _ in ask.topics):
        return answers.said("Calm mode is on, so numbers are put away.")
    first = not any(seen for _, seen in ask.topics)
    if not first and request.headers.get("Sec-Fetch-Dest") != "iframe":
        return park(wires().held_page, ask, wait_seconds=WAIT_SECONDS)
    look, mark, ancestors = _outside(ask)
    if not first:
        again_url = live_url([(topic, "") for topic, _ in ask.topics], path=request.path) + mark
        head = render_template(
            "live/frame_head.html", again_url=again_url, again_seconds=random.randint(15, 30), look=look
        )
        # Until the first paragraph comes the document is empty: what was seen is told again at once.
        topics = tuple((topic, "") for topic, _ in ask.topics)
        opening = stream_head(_HTML, policy=f"{SHOWN_BY} {ancestors}") + head.encode()
        return park(wires().frame, Ask(topics, ask.reader), opening=opening)
    return _first_frame(ask)


def _outside(ask: Ask) -> tuple[embedding.Look | None, str, str]:
    """How the frame looks, how its addresses ask for that, and who may show it: a page of another website, or ours."""
    if request.path == "/live/frame":
        return None, "", "'self'"
    [topic, *others] = [topic for topic, _ in ask.topics]
    found = None if others or topic.kind != "post" else site().pages.site_of(topic.number)
    if found is None:
        raise NotFound("No page of another website has this topic.")
    look = embedding.read_look(request.args)
    return look, "".join(f"&{name}={value}" for name, value in look.asked.items()), embedding.ancestors_of(found)


def _first_frame(ask: Ask) -> Response:
    look, mark, ancestors = _outside(ask)
    all_news = [news for news in (_news_now(topic) for topic, _ in ask.topics) if news is not None]
    fragments = Fragments(current_app._get_current_object())  # type: ignore[attr-defined]
    versions = {news.topic: str(news.version) for news in all_news}
    positions = [(topic, versions.get(topic, "0.0")) for topic, _ in ask.topics]
    if request.headers.get("Sec-Fetch-Dest") != "iframe":
        response = make_response(fragments.held_page(all_news, positions))
    else:
        url = live_url(positions, path=request.path) + mark
        lines = fragments.frame_lines(all_news)
        values = {"lines_html": lines, "refresh_url": url, "title_text": "Live counts", "look": look}
        response = make_response(render_template("live/frame.html", **values))
        if look is not None:
            response.headers["Content-Security-Policy"] = embedding.POLICY + ancestors
    response.headers["Cache-Control"] = "no-store"
    return response


def _news_now(topic: Topic) -> News | None:
    parts = site()
    news = parts.hub.news_of(topic)
    return news if news is not None else parts.hub.read(topic)


def park(wire: Wire, ask: Ask, *, wait_seconds: float = 0, opening: bytes = b"") -> Response:
    """Keep this request's connection and tell it over a wire what it asks for.

    :raises Unavailable: it cannot be kept.
    """
    sock = request_socket()
    if sock is None:
        raise Unavailable("This server cannot hold a request: run Claps under gunicorn’s gevent worker.")
    fd = _take_over(sock)
    rest = None
    if wire in wires().kept and _keeps_connection():
        # Only what everybody may see is let in again without asking who it is.
        topics = tuple(topic for topic, _ in ask.topics)
        is_public = all(topic.kind in PUBLIC_KINDS for topic in topics)
        rest = Rest(getattr(sock, "head_mark", None), topics if is_public else (), wait_seconds)
        wire = wires().kept[wire]
    _note_bearer(site().hub.subscribe(
        fd, wire, ask.topics, reader=ask.reader, wait_seconds=wait_seconds, opening=opening, rest=rest
    ))
    return PARKED


def _note_bearer(subscriber: Subscriber) -> None:
    if "bearer" in g:
        site().bearing.note(subscriber, g.token, g.bearer)


def _take_over(sock: Any) -> int:
    try:
        return take_over(sock)
    except OSError as error:
        raise Unavailable("Too many readers are connected here.") from error


def _keeps_connection() -> bool:
    if site().hub.lot.hand_back is None or request.environ.get("SERVER_PROTOCOL") != "HTTP/1.1":
        return False
    # A body is nothing to ask with. Read by nobody, it would be taken for the next request over this connection, which
    # behind a proxy may be somebody else's.
    if request.environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in request.environ:
        return False
    return "close" not in request.headers.get("Connection", "").lower()


def _count_view(ask: Ask) -> None:
    posts = [topic for topic, _ in ask.topics if topic.kind == "post"]
    # A list may be of one post; who looks it over has not read that one.
    if len(posts) == 1 and not dict(ask.topics)[posts[0]] and "listed" not in request.args:
        count_view(posts[0].number, ask.reader)
