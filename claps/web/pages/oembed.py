"""oEmbed: programs that show links to pages learn here how to show a page with its claps."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotImplemented as FormatUnknown

from claps.live.messages import dump
from claps.plain.oembed import CACHE_SECONDS, Embedding, as_xml, tell_embedding
from claps.plain.parcels import post_address
from claps.plain.posts import Post
from claps.web.embedding import FRAME_PIXELS, frame_html
from claps.web.forms import whole_number
from claps.web.named import asked_url, find_own_post
from claps.web.site import site

bp = Blueprint("oembed", __name__)
CARD_SIZE = (600, 200)
FRAME_SIZE = (400, FRAME_PIXELS)


@bp.get("/oembed")
def oembed() -> Response:
    """How a page (``url``) is embedded, as JSON or, with ``format=xml``, as XML."""
    kind = request.args.get("format", "json")
    if kind not in ("json", "xml"):
        raise FormatUnknown("The formats are json and xml.")
    width, height = (whole_number(request.args, name, default=0) for name in ("maxwidth", "maxheight"))
    room = {"most_width": max(0, width), "most_height": max(0, height)}
    told = tell_embedding(_embedding_of(asked_url()), root=_root(), **room)
    if kind == "xml":
        response = Response(as_xml(told), content_type="text/xml; charset=utf-8")
    else:
        response = Response(dump(told), content_type="application/json")
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response


def _embedding_of(url: str) -> Embedding:
    post = find_own_post(url)
    return _frame_of(url) if post is None else _card_of(post)


def _frame_of(url: str) -> Embedding:
    page = site().pages.find_page(url)
    look = {name: request.args[name] for name in ("color", "theme") if name in request.args}
    return Embedding(url, page.url if page else url, str(frame_html(_root(), url, **look)), *FRAME_SIZE)


def _card_of(post: Post) -> Embedding:
    # What is ours is shown as text with a picture: it needs no frame, and so nobody's leave to be framed.
    url, writer = post_address(_root(), post.id, post.slug), post.writer
    html = render_template("posts/card.html", post=post, url=url, root=_root()).strip()
    title = post.title or f"A note by {writer.display_name}"
    return Embedding(url, title, html, *CARD_SIZE, writer.display_name, f"{_root()}/@{writer.name}")


def _root() -> str:
    return request.url_root.rstrip("/")
