"""Who is counted as viewing a post: people with browsers, once in half an hour, and nobody for fetching a page."""

from __future__ import annotations

import hmac
import re
from functools import wraps
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
    """Count that a post's page itself was asked for, kept or not, by a browser that asks for nothing else."""

    @wraps(view)
    def answer(**values: Any) -> AnyResponse:
        if _WITHOUT_FRAMES.match(_agent()):
            count_view(int(values["post_id"]), identity.find_reader())
        return view(**values)

    return answer


def is_a_readers_browser() -> bool:
    """False for what names itself a bot, and for what has no name: every browser has one."""
    agent = _agent()
    return bool(agent) and _BOT.search(agent) is None


def _agent() -> str:
    return str(request.environ.get("HTTP_USER_AGENT", ""))


def _viewer(reader: Reader | None) -> str:
    # Who has no cookie yet is told apart for half an hour by address and browser, under a keyed hash that
    # is stored nowhere else: reading sets no cookie.
    if reader is not None:
        return str(reader.id)
    seen = f"{request.remote_addr} {_agent()}"
    key = str(current_app.config["SECRET_KEY"]).encode()
    # In one call: hmac.new() makes three objects for it, which is a fiftieth of an upgrade.
    return "h" + hmac.digest(key, seen.encode(), "sha256").hex()[:24]
