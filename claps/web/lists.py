"""What all pages of posts have in common: where in the list they begin, and what they watch."""

from __future__ import annotations

import re

from flask import request

from claps.plain.errors import Malformed
from claps.plain.posts import Part
from claps.plain.topics import Topic, post_topic
from claps.web import identity
from claps.web.fragments import LISTED, live_url
from claps.web.shelf import Own

# An address of a list: from the beginning, from there again because there is something new, or further on.
_QUERY = re.compile(r"(?:(?:before|new|after)=[0-9.-]{1,40})?")
_POST_ID = re.compile(r"[1-9][0-9]{0,17}")


def by_part() -> str | None:
    """Each page of a list is kept by itself; no other query is."""
    query = request.environ.get("QUERY_STRING", "")
    return f"{request.path}?{query}" if _QUERY.fullmatch(query) else None


def by_person_and_part() -> Own | None:
    """What is one person's own is kept for that one, each page of a list by itself."""
    person_id, part = identity.find_person_id(), by_part()
    return None if person_id is None or part is None else Own(person_id, part)


def by_host() -> str | None:
    """What names its own address in full is kept for each name of the site."""
    return None if request.environ.get("QUERY_STRING") else request.base_url


def before_id() -> int | None:
    """Behind which post the page begins; None at the beginning.

    :raises Malformed: the address names none.
    """
    text = request.args.get("before")
    if text is None:
        return None
    if not _POST_ID.fullmatch(text):
        raise Malformed("before", "“before” must be the number of a post.")
    return int(text)


def older_url(part: Part) -> str | None:
    """Where the next page is; None on the last."""
    return None if part.next_key is None else f"{request.path}?before={part.next_key}"


def watch_part(part: Part, newer: Topic | None = None) -> str | None:
    """The address that watches the counts of a page's posts, and what comes into the list behind it.

    :param newer: on the first page, the topic of that.
    """
    positions = [(post_topic(line.post.id), "") for line in part.lines]
    if newer is not None:
        positions.append((newer, "n.0"))
    if not positions:
        return None
    # Who names a single post reads it, and is counted; who looks over a list that has no other one does not.
    return live_url(positions) + (LISTED if len(part.lines) == 1 else "")
