"""Lists of posts that everybody may see, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claps.acts.popular import Popularity
from claps.acts.posts import Library
from claps.plain.errors import NotFound
from claps.plain.limits import LINES_PER_PAGE, TAGGED_COUNTED, TOP_LOOKED_AT
from claps.plain.popular import Rank
from claps.plain.posts import Part, Post
from claps.plain.tags import find_tag
from claps.store.posts import published_posts
from claps.store.tags import count_tagged, posts_tagged, standings_tagged


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag, how many posts have it (counted up to ten thousand), and one page of them."""

    tag: str
    count: int
    part: Part


def popular(library: Library, popularity: Popularity, after: Rank | None) -> Part:
    """Read the popular posts, best first.

    :param after: the place of the last one already seen.
    """
    ranks = popularity.ranks(after, LINES_PER_PAGE + 1)
    shown = ranks[:LINES_PER_PAGE]
    ids = tuple(rank.post_id for rank in shown)
    lines = library.lines(library.posts_kept(("ranked", ids), lambda: _in_order(ids)))
    return Part(tuple(lines), shown[-1].key if len(ranks) > LINES_PER_PAGE else None)


def tagged(library: Library, word: str, before_id: int | None) -> Tagged:
    """Read the posts with a tag, newest first.

    :param before_id: of the last one already seen.
    :raises NotFound: no post has it.
    """
    tag = _tag_of(word)
    part = library.part(("tagged", tag, before_id), lambda limit: posts_tagged(tag, before_id, limit))
    return _tagged(library, tag, part)


def top_tagged(library: Library, word: str) -> Tagged:
    """Read the best of the newest five hundred posts with a tag.

    :raises NotFound: no post has it.
    """
    tag = _tag_of(word)

    def read() -> list[Post]:
        found = sorted(standings_tagged(tag, TOP_LOOKED_AT), key=lambda one: (one.points, one.post_id), reverse=True)
        return _in_order([standing.post_id for standing in found[:LINES_PER_PAGE]])

    return _tagged(library, tag, Part(tuple(library.lines(library.posts_kept(("top", tag), read)))))


def _tag_of(word: str) -> str:
    tag = find_tag(word)
    if tag is None:
        raise NotFound("There is no such tag.")
    return tag


def _tagged(library: Library, tag: str, part: Part) -> Tagged:
    count = library.number_kept(("tagged", tag), lambda: count_tagged(tag, most=TAGGED_COUNTED))
    if not count:
        raise NotFound(f"No post has the tag #{tag}.")
    return Tagged(tag, count, part)


def _in_order(post_ids: Sequence[int]) -> list[Post]:
    found = published_posts(post_ids)
    return [found[post_id] for post_id in post_ids if post_id in found]
