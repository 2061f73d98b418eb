"""Posts for programs: reading, publishing and changing them, clapping and liking."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response

from claps.acts import claps, likes, publishing
from claps.plain.errors import ClapsError, Refused
from claps.plain.limits import ARTICLE_BYTES
from claps.plain.people import Reader
from claps.plain.posts import Line, Post
from claps.plain.rates import API_POSTS
from claps.plain.tallies import Clapped
from claps.plain.writing import Seen, Writing, clean, new_key
from claps.web.api import asked, told
from claps.web.api.described import AFTER, BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once, repeat_key
from claps.web.api.schemas import (
    ChangeBody,
    ClapBody,
    ClappedSchema,
    FullPostSchema,
    LikedSchema,
    PersonSchema,
    PostSchema,
    PublishBody,
    SourceSchema,
    read_body,
)
from claps.web.bearer import needs
from claps.web.lists import before_id
from claps.web.pages.write import press
from claps.web.rates import at_most
from claps.web.site import site

bp = Blueprint("api-posts", __name__, url_prefix="/api/v1/posts")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)


@bp.get("")
@needs("read")
@describe(gives=PostSchema, lists=True, query=BEFORE, everybody=True)
def latest() -> Response:
    """The newest posts of all."""
    return told.posts(site().library.latest(before_id()))


@bp.post("")
@needs("post")
@describe(gives=SourceSchema, takes=PublishBody, status=201)
@at_most(API_POSTS)
@once
def publish() -> Response:
    """Publish an article, or a note."""
    me, body = told.some_person(), read_body(PublishBody, most_bytes=ARTICLE_BYTES)
    key = _key(me.id)
    if body.get("title") is None:
        piece = publishing.publish_note(press(), me, key, clean(Writing(body=body["markdown"])).body)
    else:
        piece = publishing.publish(press(), me, key, clean(_writing(body, Writing())), seen=Seen())
    return told.answer(told.source_fields(piece), status=201, location=f"{told.root()}/api/v1/posts/{piece.id}")


@bp.get("/<int:post_id>")
@needs("read")
@describe(gives=FullPostSchema, everybody=True)
def show(post_id: int) -> Response:
    """One post, with its text."""
    post = site().library.get_post(post_id)
    return told.answer(told.post_fields(Line(post, site().library.tally_of(post)), with_text=True))


@bp.get("/<int:post_id>/source")
@needs("post")
@describe(gives=SourceSchema)
def source(post_id: int) -> Response:
    """A post of one's own as it was written, also while it is withdrawn."""
    piece, _ = publishing.revisions_of(site().database, told.some_person(), post_id)
    return told.answer(told.source_fields(piece))


@bp.patch("/<int:post_id>")
@needs("post")
@describe(gives=SourceSchema, takes=ChangeBody)
def change(post_id: int) -> Response:
    """Change a post of one's own; one that was withdrawn comes back."""
    me, body = told.some_person(), read_body(ChangeBody, most_bytes=ARTICLE_BYTES)
    piece, _ = publishing.revisions_of(site().database, me, post_id)
    wanted = clean(_writing(body, piece.writing))
    changed = publishing.change(press(), me, post_id, wanted, seen=Seen(body["revision"]))
    return told.answer(told.source_fields(changed))


@bp.delete("/<int:post_id>")
@needs("post")
@describe(status=204)
def withdraw(post_id: int) -> Response:
    """Take a post of one's own from sight; a change brings it back."""
    publishing.withdraw(press(), told.some_person(), post_id)
    return told.nothing()


@bp.post("/<int:post_id>/claps")
@needs("clap")
@describe(gives=ClappedSchema, takes=ClapBody)
@once
def clap(post_id: int) -> Response:
    """Clap for a post."""
    reader, body = _reader(), read_body(ClapBody)
    clapped = claps.clap(site().ledger, reader, site().library.get_post(post_id), times=body["claps"])
    return _clapped(clapped)


@bp.delete("/<int:post_id>/claps")
@needs("clap")
@describe(gives=ClappedSchema)
def take_back_claps(post_id: int) -> Response:
    """Take back all one's claps for a post."""
    return _clapped(claps.take_back(site().ledger, _reader(), _post(post_id)))


@bp.put("/<int:post_id>/like")
@needs("clap")
@describe(gives=LikedSchema)
def like(post_id: int) -> Response:
    """Like a post."""
    return _liked(likes.like(site().ledger, _reader(), _post(post_id)))


@bp.delete("/<int:post_id>/like")
@needs("clap")
@describe(gives=LikedSchema)
def unlike(post_id: int) -> Response:
    """Like a post no more."""
    return _liked(likes.take_back(site().ledger, _reader(), _post(post_id)))


@bp.get("/<int:post_id>/likes")
@needs("read")
@describe(gives=PersonSchema, lists=True, query=AFTER, everybody=True)
def likers(post_id: int) -> Response:
    """Which people like a post; guests who do have no name, and are in its count of likes."""
    post = _post(post_id)
    if site().calm.hides(post.id):
        raise Refused("The writer keeps the numbers of this post to themselves, and with them who likes it.")
    circle = likes.likers_of(site().database, post, after_id=asked.after_id()).circle
    return told.people(circle.people, circle.next_after)


def _post(post_id: int) -> Post:
    return site().library.get_post(post_id)


def _reader() -> Reader:
    return Reader(told.some_person().id)


def _clapped(clapped: Clapped) -> Response:
    tally = site().calm.veil(clapped.tally)
    counted = {"claps": told.count_of(tally, "claps"), "yours": clapped.yours}
    return told.answer({**counted, "version": str(tally.version)})


def _liked(clapped: Clapped) -> Response:
    tally = site().calm.veil(clapped.tally)
    counted = {"likes": told.count_of(tally, "likes"), "liked": clapped.yours > 0}
    return told.answer({**counted, "version": str(tally.version)})


def _key(person_id: int) -> str:
    # The post itself keeps the key, so that who tries again after a crash in the middle gets the same one.
    repeated = repeat_key()
    return new_key() if repeated is None else hashlib.sha256(f"{person_id} {repeated}".encode()).hexdigest()[:16]


def _writing(body: dict[str, Any], before: Writing) -> Writing:
    tags = " ".join(body["tags"]) if "tags" in body else before.tags
    given = {name: body.get(name) for name in ("title", "slug")}
    return Writing(
        given["title"] if given["title"] is not None else before.title,
        given["slug"] if given["slug"] is not None else before.slug, tags, body.get("markdown", before.body),
    )
