"""What is read: posts, their comments, and the rows in which lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from claps.plain.people import Person
from claps.plain.tallies import Tally

WORDS_PER_MINUTE = 230


@dataclass(frozen=True, slots=True)
class Post:
    """A published piece; with a title it is an article, without one a note."""

    id: int
    title: str | None
    slug: str
    body_html: str
    summary_text: str
    writer: Person
    published_at: datetime
    words: int
    stored: Tally
    closed: bool = False
    tags: tuple[str, ...] = ()
    edited_at: datetime | None = None

    @property
    def reading_minutes(self) -> int:
        """Minutes a reader needs, at 230 words a minute; at least one."""
        return max(1, round(self.words / WORDS_PER_MINUTE))


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person wrote under a post."""

    id: int
    post_id: int
    person: Person
    body_html: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A post as one row of a list."""

    post: Post
    tally: Tally


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A post on its writer's dashboard; ``minutes`` are the claps of the last 30 minutes, oldest first."""

    post: Post
    tally: Tally
    minutes: tuple[int, ...]
