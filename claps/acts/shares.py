"""Sharing one post's figures by a link, and ending that.

A link is its number and a signature under the site's key. SQL holds no link, so who reads a copy of SQL can open none;
and the writer can be shown the link again at any time. A new key ends all links.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets

from claps.acts.overview import check_own_post
from claps.plain.errors import NotFound
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store import shares
from claps.store.database import Database
from claps.store.shares import Share

_TOKEN = re.compile(r"([1-9][0-9]{0,17})-([A-Za-z0-9_-]{27})")


def share(database: Database, me: Person, post: Post) -> None:
    """Make a link to the figures of one's own post; one that works is left as it is.

    :raises NotFound: somebody else wrote it.
    """
    check_own_post(post, me)

    def work() -> None:
        if shares.share_of(post.id) is None:
            shares.add_share(post.id, secrets.token_hex(16))

    database.transact(work)


def revoke(database: Database, me: Person, post: Post) -> list[int]:
    """End all links to the figures of one's own post; return their numbers.

    :raises NotFound: somebody else wrote it.
    """
    check_own_post(post, me)
    return database.transact(lambda: shares.revoke_shares(post.id))


def find_token(database: Database, post: Post, key: str) -> str | None:
    """Tell the link to a post's figures, if there is one."""
    with database.reading():
        found = shares.share_of(post.id)
    return None if found is None else _token(found, key)


def number_of(token: str) -> int:
    """Tell which link it would be; whether it is one :func:`shared_post_id` tells.

    :raises NotFound: it is none.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise NotFound("There are no figures at this address, or not any more.")
    return int(match[1])


def shared_post_id(database: Database, token: str, key: str) -> int:
    """Tell of which post a link shows the figures.

    :raises NotFound: it is no link, or was ended.
    """
    number = number_of(token)
    with database.reading():
        found = shares.find_share(number)
    if found is None or not hmac.compare_digest(_token(found, key), token):
        raise NotFound("There are no figures at this address, or not any more.")
    return found.post_id


def _token(found: Share, key: str) -> str:
    said = f"share {found.id} {found.post_id} {found.salt}".encode()
    signature = base64.urlsafe_b64encode(hmac.digest(key.encode(), said, "sha256")[:20]).decode().rstrip("=")
    return f"{found.id}-{signature}"
