"""What another website asks about: a post of ours, by its number or by where it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from flask import request

from claps.plain.errors import Malformed, NotFound
from claps.plain.posts import Post
from claps.plain.tallies import Tally
from claps.web.site import site

URL_LENGTH = 2_000
_POST = re.compile(r"/posts/([1-9][0-9]{0,17})(?:/[^/]*)?/?")


def asked_url() -> str:
    """Read ``url`` of this request's address.

    :raises Malformed: it is missing, or longer than any address.
    """
    url = request.args.get("url", "").strip()
    if not url or len(url) > URL_LENGTH:
        raise Malformed("url", "Name a page: ?url=https://…")
    return url


def find_own_post(url: str) -> Post | None:
    """The post that is read at an address of ours; None for an address of others.

    :raises NotFound: the address is ours, and no post is there.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.netloc != request.host and (parts.netloc or parts.scheme or not parts.path.startswith("/")):
        return None
    found = _POST.fullmatch(unquote(parts.path))
    if found is None:
        raise NotFound("No post is read at this address.")
    return site().library.get_post(int(found[1]))


def own_post_of(number: str) -> Post:
    """The post of a number in an address.

    :raises Malformed: it is no number.
    :raises NotFound: there is no such post.
    """
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise Malformed("post", "A post is named by its number: ?post=12")
    return site().library.get_post(int(number))


def find_counts(urls: Sequence[str]) -> dict[str, Tally | None]:
    """Read the counts of posts of ours and of pages of registered websites, by address as it was given.

    None where nobody has clapped yet, or nothing is known to be.
    """
    found: dict[str, Tally | None] = {}
    for url in dict.fromkeys(urls):
        try:
            post = find_own_post(url)
        except NotFound:
            found[url] = None
        else:
            if post is not None:
                found[url] = site().library.tally_of(post)
    return {**found, **site().pages.tallies_of([url for url in urls if url not in found])}
