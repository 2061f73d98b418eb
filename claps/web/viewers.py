"""Who is counted as viewing a post: people with browsers, once in half an hour, and nobody for fetching a page."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response as AnyResponse

from claps.acts.views import view_soon
from claps.plain.people import Reader
from claps.web import identity
from claps.web.shelf import View
from claps.web.site import site

# They say so themselves, nearly all of them: those that run scripts ask for the live part as readers do.
_BOT = re.compile(r"bot\b|crawl|spider|slurp|archiver|externalhit|preview|monitor|lighthouse", re.IGNORECASE)
# Browsers that show no frames, and so never ask for the live part by themselves. Each says so at the beginning.
_WITHOUT_FRAMES = re.compile(r"(w3m|lynx|e?links|dillo|edbrowse|retawq|url/emacs)\b", re.IGNORECASE)


def count_view(post_id: int, reader: Reader | None) -> None:
    """Count that the live part of a post's page was asked for; nobody waits for it."""
    if is_a_readers_browser():
        view_soon(site().ledger, _viewer(reader), post_id)


def counting_page(view: View) -> View:
    """Count that a post's page itself was asked for, kept or not: from where, and a view when nothing else will be.

    A copy in a shared cache does not ask us; so this is not how many readers there are, but where they came from.
    """

    @wraps(view)
    def answer(**values: Any) -> AnyResponse:
        post_id = int(values["post_id"])
        if _WITHOUT_FRAMES.match(_agent()):
            count_view(post_id, identity.find_reader())
        response = view(**values)
        if response.status_code in (200, 304) and is_a_readers_browser():
            _note_referrer(post_id)
        return response

    return answer


def _note_referrer(post_id: int) -> None:
    environ = request.environ
    # Browsers of today say what they want a page for; what htmx fetches, or a browser fetches ahead, nobody reads yet.
    if environ.get("HTTP_SEC_FETCH_DEST", "document") != "document" or "HTTP_SEC_PURPOSE" in environ:
        return
    address = environ.get("HTTP_REFERER", "")
    if not address.startswith(request.host_url):
        site().referrers.note(post_id, address)


def is_a_readers_browser() -> bool:
    """False for what names itself a bot, and for what has no name: every browser has one."""
    return _is_browser(_agent())


@lru_cache(maxsize=1_000)
def _is_browser(agent: str) -> bool:
    return bool(agent) and _BOT.search(agent) is None


def _agent() -> str:
    return str(request.environ.get("HTTP_USER_AGENT", ""))


def _viewer(reader: Reader | None) -> str:
    # Who has no cookie yet is told apart for half an hour by address and browser, under a keyed hash that
    # is stored nowhere else: reading sets no cookie.
    if reader is not None:
        return str(reader.id)
    return _mark_of_unknown(str(request.remote_addr), _agent(), str(current_app.config["SECRET_KEY"]))


def counter_of_others() -> Callable[[int, str, str], None] | None:
    """What counts views of unknown readers who ask as this one does; None when they are no readers.

    It is told the post, the address of the peer, and the addresses that a proxy in front says it speaks for.
    """
    if not is_a_readers_browser():
        return None
    agent, key = _agent(), str(current_app.config["SECRET_KEY"])
    ledger, proxies = site().ledger, site().settings.trusted_proxies

    def count(post_id: int, address: str, forwarded_for: str) -> None:
        known = forwarded_for.split(",")
        if proxies and len(known) >= proxies:
            address = known[-proxies].strip()
        view_soon(ledger, _mark_of_unknown(address, agent, key), post_id)

    return count


def _mark_of_unknown(address: str, agent: str, key: str) -> str:
    # In one call: hmac.new() makes three objects for it, which is a fiftieth of an upgrade.
    return "h" + hmac.digest(key.encode(), f"{address} {agent}".encode(), "sha256").hex()[:24]
