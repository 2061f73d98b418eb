"""How things are told to programs, and with which headers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Response, request

from claps.acts.comments import comment_event
from claps.acts.notifications import notification_event
from claps.live.messages import dump
from claps.plain.errors import SignInFirst
from claps.plain.notifications import Notification
from claps.plain.parcels import post_address
from claps.plain.people import Person, Profile
from claps.plain.posts import Comment, Line, Part
from claps.plain.tallies import Tally
from claps.plain.writing import Piece
from claps.web import identity

COUNTS = ("claps", "people", "likes", "views", "comments")


def some_person() -> Person:
    """Tell for whom a program asks.

    :raises SignInFirst: for nobody.
    """
    me = identity.find_person()
    if me is None:
        raise SignInFirst("This takes a token that speaks for a person.")
    return me


def answer(value: Any, *, status: int = 200, next_query: str | None = None, location: str | None = None) -> Response:
    """Answer with JSON, and with 304 to who has read just that before.

    :param next_query: where the next page of a list begins.
    """
    body = dump(value).encode()
    response = Response(body, status, content_type="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    if next_query is not None:
        response.headers["Link"] = f'<{root()}{request.path}?{next_query}>; rel="next"'
    if location is not None:
        response.headers["Location"] = location
    if request.method in ("GET", "HEAD"):
        # Weak: compressed, it is the same.
        response.set_etag(hashlib.sha256(body).hexdigest()[:16], weak=True)
        response.make_conditional(request)
    return response


def nothing() -> Response:
    """Say that it is done."""
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


def root() -> str:
    """This site's address, without a slash at the end."""
    return request.url_root.rstrip("/")


def posts(part: Part) -> Response:
    """Answer with a page of posts."""
    query = None if part.next_key is None else f"before={part.next_key}"
    return answer([post_fields(line) for line in part.lines], next_query=query)


def people(found: Iterable[Person], next_after: int | None) -> Response:
    """Answer with a page of people."""
    query = None if next_after is None else f"after={next_after}"
    return answer([person_fields(person) for person in found], next_query=query)


def person_fields(person: Person) -> dict[str, Any]:
    """A person as programs are told of them."""
    return {"name": person.name, "display_name": person.display_name, "url": f"{root()}/@{person.name}"}


def profile_fields(profile: Profile) -> dict[str, Any]:
    """A person with their totals."""
    totals = {name: getattr(profile, name) for name in ("posts", "claps", "followers", "following")}
    return {**person_fields(profile.person), "bio": profile.person.bio_text, **totals}


def post_fields(line: Line, *, with_text: bool = False) -> dict[str, Any]:
    """A post as programs are told of it."""
    post, tally = line.post, line.tally
    fields = {
        "id": post.id, "title": post.title, "url": post_address(root(), post.id, post.slug),
        "person": person_fields(post.writer), "summary": post.summary_text, "tags": list(post.tags),
        "words": post.words, "published_at": moment(post.published_at),
        "edited_at": None if post.edited_at is None else moment(post.edited_at), "comments_closed": post.closed,
        **{name: count_of(tally, name) for name in COUNTS}, "version": str(tally.version),
    }
    return {**fields, "html": post.body_html} if with_text else fields


def count_of(tally: Tally, name: str) -> int | None:
    """One of a post's counts; None where the writer keeps them from readers."""
    return None if tally.is_calm else int(getattr(tally, name))


def source_fields(piece: Piece) -> dict[str, Any]:
    """A post of one's own as it was written."""
    return {
        "id": piece.id, "title": piece.title, "slug": piece.slug, "tags": list(piece.tags), "markdown": piece.body,
        "revision": piece.revision, "published": piece.is_published, "url": f"{root()}{piece.address}",
    }


def comment_fields(comment: Comment) -> dict[str, Any]:
    """A comment as programs are told of it."""
    told = comment_event(comment.id, comment, "")
    del told["op"], told["why"]
    return {**told, "person": person_fields(comment.person)}


def notification_fields(item: Notification) -> dict[str, Any]:
    """A notification as programs are told of it."""
    told = notification_event(item)
    del told["op"]
    person = None if item.actor is None else person_fields(item.actor)
    return {**told, "person": person, "url": f"{root()}{told['url']}", "turn": item.turn}


def moment(at: datetime) -> str:
    """A moment as RFC 3339 writes it."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
