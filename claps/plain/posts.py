"""What is read: posts, their comments, and the rows in which lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from claps.plain.people import Person
from claps.plain.tallies import Tally

WORDS_PER_MINUTE = 230


@dataclass(frozen=True, slots=True)
class Post:
    """A published piece; with a title it is an article, without one a note.

    One with a ``site_id`` is a page of another website: its summary is the address.
    """

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
    site_id: int | None = None

    @property
    def reading_minutes(self) -> int:
        """Minutes a reader needs, at 230 words a minute; at least one."""
        return max(1, round(self.words / WORDS_PER_MINUTE))


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person wrote under a post; ``body_html`` is empty when it was taken away."""

    id: int
    post_id: int
    person: Person
    body_html: str
    created_at: datetime
    parent_id: int | None = None
    likes: int = 0
    is_edited: bool = False
    removed_by: int | None = None

    @property
    def is_removed(self) -> bool:
        """True when somebody has taken it away."""
        return self.removed_by is not None


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and the answers to it, oldest first."""

    comment: Comment
    answers: tuple[Comment, ...]

    @property
    def is_shown(self) -> bool:
        """False when nothing is left of it: taken away, and nobody had answered."""
        return not self.comment.is_removed or any(not answer.is_removed for answer in self.answers)


def make_threads(comments: list[Comment]) -> list[Thread]:
    """Put answers under what they answer; all in the order in which they came."""
    answers: dict[int, list[Comment]] = {}
    for comment in comments:
        if comment.parent_id is not None and not comment.is_removed:
            answers.setdefault(comment.parent_id, []).append(comment)
    found = [Thread(one, tuple(answers.get(one.id, ()))) for one in comments if one.parent_id is None]
    return [thread for thread in found if thread.is_shown]


@dataclass(frozen=True, slots=True)
class Line:
    """A post as one row of a list."""

    post: Post
    tally: Tally


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a list: its rows, and the key behind which the next page begins; None on the last."""

    lines: tuple[Line, ...]
    next_key: str | None = None

    @property
    def newest_id(self) -> int:
        """The highest id on the page; 0 of none."""
        return max((line.post.id for line in self.lines), default=0)
