"""The frame with which other websites show applause: counts that move, and a button, with script and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from claps.plain.errors import NotFound, Refused
from claps.plain.sites import Page, Site
from claps.plain.tallies import Clapped, Hand
from claps.plain.topics import post_topic
from claps.web import answers, embedding, identity, viewers
from claps.web.forms import sent, undoes, whole_number
from claps.web.fragments import live_url
from claps.web.pages import claps
from claps.web.pages.posts import say
from claps.web.site import site

bp = Blueprint("embed", __name__)


class Asked(NamedTuple):
    """What a frame is for, and how it looks."""

    url: str
    canonical: str
    look: embedding.Look

    @property
    def query(self) -> str:
        """The same as an address asks for it."""
        canonical = {"canonical": self.canonical} if self.canonical else {}
        return urlencode({"url": self.url, **canonical, **self.look.asked})


@bp.after_request
def _let_be_framed(response: AnyResponse) -> AnyResponse:
    # What went wrong is said in the frame as well: whoever puts it there must see that the site is not registered.
    found: Site | None = g.get("framing_site")
    if isinstance(response, Response) and (found is not None or response.status_code >= 400):
        embedding.framed(response, found)
    return response


@bp.get("/embed")
def embed() -> Response:
    """The applause of a page (``url``, ``canonical``), in the colours of the page around it (``color``, ``theme``)."""
    asked = _read(request.args)
    page = site().pages.find_page(asked.url, asked.canonical)
    values = _counts(asked, page)
    said_text = say(values["hand"], given=0) if "c" in request.args else ""
    return answers.private_page(
        "embed/embed.html", url=asked.url, canonical=asked.canonical, look=asked.look, said_text=said_text, **values
    )


@bp.get("/embed/live")
def open_page() -> AnyResponse:
    """The live part of a page that nobody has seen yet; with it the page comes into being."""
    asked = _read(request.args)
    # Asked for by the frame itself, in a browser. What others ask for makes nothing.
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or not viewers.is_a_readers_browser():
        raise Refused("This is asked for by the frame itself.")
    page = site().pages.open_page(asked.url, asked.canonical)
    values = _counts(asked, page)
    if not answers.is_htmx():
        return answers.see_other(values["frame_url"])
    response = make_response(render_template("embed/_counts.html", **values))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/embed/claps")
def clap() -> AnyResponse:
    """Give claps (``claps=1…50``, 1 when missing), or take them back (``undo=1``), to a page (``url``)."""
    fields = sent()
    asked = _read(fields)
    pages, reader = site().pages, identity.some_embed_reader()
    if undoes(fields):
        return _answer(asked, pages.take_back_page(reader, asked.url, canonical=asked.canonical))
    times = whole_number(fields, "claps", default=1)
    return _answer(asked, pages.clap_page(reader, asked.url, times=times, canonical=asked.canonical))


@bp.get("/embed/look.css")
def look() -> Response:
    """The style sheet of a look (``color``, ``theme``)."""
    css = embedding.style_sheet(embedding.read_look(request.args))
    response = Response(css, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _read(fields: Mapping[str, str]) -> Asked:
    asked = Asked(fields.get("url", ""), fields.get("canonical", ""), embedding.Look())
    g.framing_site = site().pages.find_site(asked.url)
    if g.framing_site is None:
        raise NotFound("Nobody has registered this website here.")
    g.look = embedding.read_look(fields)
    return asked._replace(look=g.look)


def _counts(asked: Asked, page: Page | None) -> dict[str, Any]:
    parts = site()
    values: dict[str, Any] = {"page": page, "tally": None, "open_url": f"/embed/live?{asked.query}", "hand": Hand(0, 0)}
    if page is None:
        return values
    topic = post_topic(page.post_id)
    look = "".join(f"&{name}={value}" for name, value in asked.look.asked.items())
    return values | {
        "tally": parts.library.tally_of(parts.library.get_counted(page.post_id)),
        "hand": parts.pages.hand_of(identity.find_embed_reader(), page),
        "live_url": live_url([(topic, "")]), "frame_url": f"/embed/frame?topic={topic}{look}",
    }


def _answer(asked: Asked, clapped: Clapped) -> AnyResponse:
    post = site().library.get_counted(clapped.tally.post_id)
    return claps.answer(post, clapped, back_url=f"/embed?{asked.query}&")
