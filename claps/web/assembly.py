"""The Flask application: its blueprints, and what every answer carries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from claps.acts.comments import comment_event
from claps.live.badges import make_badges
from claps.live.wires import Wires
from claps.plain.limits import BODY_BYTES
from claps.plain.posts import Comment
from claps.web import (
    answers,
    assets,
    bearer,
    compression,
    cors,
    fragments,
    guard,
    live,
    operations,
    rates,
    requests,
    table_html,
    upward,
)
from claps.web.api import bookmarks as api_bookmarks
from claps.web.api import comments as api_comments
from claps.web.api import drafts
from claps.web.api import entries as api_entries
from claps.web.api import lists as api_lists
from claps.web.api import me
from claps.web.api import notifications as api_notifications
from claps.web.api import openapi
from claps.web.api import pages as api_pages
from claps.web.api import people as api_people
from claps.web.api import pictures
from claps.web.api import posts as api_posts
from claps.web.api import revisions
from claps.web.api import sites as api_sites
from claps.web.api import tables as api_tables
from claps.web.api import webhooks as api_webhooks
from claps.web.oauth import endpoints, server
from claps.web.pages import (
    applause,
    badges,
    bookmarks,
    calm,
    claps,
    comments,
    contact,
    dashboard,
    dashboard_posts,
    dashboard_weeks,
    embed,
    entries,
    export,
    feeds,
    front,
    leaving,
    likes,
    media,
    notes,
    notifications,
    oembed,
    passwords,
    people,
    pieces,
    posts,
    programs,
    search,
    sessions,
    settings,
    shared,
    sites,
    tables,
    tags,
    webhooks,
    write,
)
from claps.web.quick import QuickFlask
from claps.web.shelf import Shelf
from claps.web.site import Site
from claps.web.sockets import ParkingSock

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

PAGES = (
    front, posts, claps, likes, bookmarks, comments, people, sessions, settings, passwords, contact, export, leaving,
    dashboard,
    dashboard_posts, dashboard_weeks, shared, calm,
    operations, write, notes, pieces, media, feeds, tags, search, notifications, api_tables, api_entries,
    tables, entries, embed, sites, api_sites,
    me, api_people, api_posts, api_comments, api_lists, api_bookmarks, api_notifications, drafts, revisions, pictures,
    openapi, programs, endpoints, badges, oembed, applause, api_pages, api_webhooks, webhooks,
)

ALWAYS = (
    ("Content-Security-Policy", CONTENT_POLICY),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
# Once seen over TLS, the site is asked for over TLS (RFC 6797): for a year. Of other names of the same domain it says
# nothing: those are not ours.
OVER_TLS = "max-age=31536000"


def create_site(parts: Site) -> Flask:
    """Make the Flask application over the parts."""
    app = QuickFlask("claps", static_folder=None)
    app.config.update(
        SECRET_KEY=parts.settings.secret_key,
        MAX_CONTENT_LENGTH=BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=BODY_BYTES,
        PERMANENT_SESSION_LIFETIME=timedelta(days=60),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_options = {"trim_blocks": False, "autoescape": True}
    _add_filters(app)
    assets.add_to(app)
    table_html.add_to(app)
    compression.add_to(app)
    app.extensions["claps"] = parts
    app.extensions["claps-shelf"] = shelf = Shelf(parts.library, parts.publish)
    parts.hub.relay.house_heard.append(shelf.hear)
    _add_wires(app)
    _take_notes(app, parts)
    app.before_request(bearer.check_bearer)
    app.before_request(guard.refuse_cross_site)
    app.before_request(guard.refuse_large)
    app.before_request(rates.check_rate)
    app.after_request(rates.tell_rate)
    app.after_request(_add_headers)
    app.after_request(cors.add_cors)
    answers.add_to(app)
    server.add_to(app)
    live.add_to(app, ParkingSock(app))
    parts.hub.said = upward.Upward(parts)
    for module in PAGES:
        app.register_blueprint(module.bp)
    proxies = parts.settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    return app


def _take_notes(app: Flask, parts: Site) -> None:
    requests.add_to(app)
    counts = parts.vitals.counts
    counts["pages_kept"] = lambda: app.extensions["claps-shelf"].count
    counts["handshakes_known_total"] = lambda: parts.handshakes.entered
    # Only the worker of `claps serve` has a door.
    counts["requests_in_work"] = lambda: getattr(app.extensions.get("claps-door"), "in_work", 0)
    counts["arrivals_waiting"] = lambda: getattr(app.extensions.get("claps-coming"), "count", 0)
    counts["turned_away_total"] = lambda: getattr(app.extensions.get("claps-door"), "turned_away", 0)


def _add_wires(app: Flask) -> None:
    app.extensions["claps-wires"] = Wires(fragments.Fragments(app))
    app.extensions["claps-list-wires"] = Wires(fragments.Fragments(app, listed=True), listed=True)
    app.extensions["claps-badges"] = make_badges(fragments.Fragments(app))


def _add_filters(app: Flask) -> None:
    app.add_template_filter(lambda number: f"{number:,}", "number")
    app.add_template_filter(_day, "day")
    app.add_template_filter(lambda at: f"{at.day} {at:%b}", "short_day")
    app.add_template_filter(_likes, "likes")
    app.add_template_filter(_scrolling, "scrolling")
    app.add_template_filter(_told, "told")
    app.add_template_filter(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"), "iso")


def _day(at: datetime | str) -> str:
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return f"{at.day} {at:%b %Y}"


def _scrolling(clean_html: str) -> str:
    """Let the keyboard into what is wider than the page and scrolls by itself."""
    return clean_html.replace("<pre>", '<pre tabindex="0">').replace("<table>", '<table tabindex="0">')


def _likes(likes: int) -> str:
    return "" if not likes else "1 like" if likes == 1 else f"{likes:,} likes"


def _told(comment: Comment) -> dict[str, Any]:
    return comment_event(comment.id, comment, "written")


def _add_headers(response: Response) -> Response:
    headers = response.headers
    # One look over what is there: setdefault() makes one for each, and that took 18 µs of every answer.
    present = {name.lower() for name, _ in headers}
    for name, value in ALWAYS:
        if name.lower() not in present:
            headers.add(name, value)
    if request.is_secure:
        headers["Strict-Transport-Security"] = OVER_TLS
    if "cache-control" not in present and (request.method not in ("GET", "HEAD") or response.status_code >= 400):
        headers.add("Cache-Control", "no-store")
    return response
