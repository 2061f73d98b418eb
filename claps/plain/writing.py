"""What writers write: as it is typed, as a draft, as a post of theirs, and as it once was."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from claps.plain.errors import Invalid, NotFound
from claps.plain.limits import ARTICLE_LENGTH, NOTE_LENGTH, SLUG_LENGTH, TAGS_FIELD_LENGTH, TITLE_LENGTH

# Nothing that XML refuses, and nothing that turns a line around: it would go on behind the title, in others' lists.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_NEW_KEY = re.compile(r"[0-9a-f]{16}")
_POST_KEY = re.compile(r"post-([1-9][0-9]{0,17})", re.ASCII)
# Letters, numbers, signs: what leaves a mark on paper.
_SEEN = "LNPS"


@dataclass(frozen=True, slots=True)
class Writing:
    """The fields of the editor as they were typed."""

    title: str = ""
    slug: str = ""
    tags: str = ""
    body: str = ""

    @property
    def is_blank(self) -> bool:
        """True when there is nothing to lose."""
        return not (self.title or self.tags or self.body.strip())


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page of the editor began with: the post's revision (0 for none), and the draft's version (0 for none)."""

    revision: int = 0
    version: int = 0

    def __str__(self) -> str:
        return f"{self.revision}.{self.version}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is not published, or not yet in this form.

    ``key`` is its name in its writer's addresses: random, or ``post-12`` for changes to a post.
    """

    key: str
    post_id: int | None
    writing: Writing
    seen: Seen
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A post as its writer knows it: with its Markdown, and also while it is withdrawn."""

    id: int
    writer_id: int
    title: str | None
    slug: str
    tags: tuple[str, ...]
    body: str
    revision: int
    published_at: datetime
    changed_at: datetime
    is_published: bool
    is_closed: bool = False

    @property
    def is_note(self) -> bool:
        """True for a piece without a title."""
        return self.title is None

    @property
    def writing(self) -> Writing:
        """The fields of the editor that begins with it."""
        return Writing(self.title or "", self.slug, "" if self.is_note else " ".join(self.tags), self.body)

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/posts/{self.id}/{self.slug}" if self.slug else f"/posts/{self.id}"


@dataclass(frozen=True, slots=True)
class Revision:
    """What a post said before it was changed; ``at`` is when it began to say so."""

    post_id: int
    number: int
    title: str | None
    slug: str
    tags: tuple[str, ...]
    body: str
    at: datetime


def new_key() -> str:
    """Make the key of a draft that nobody has begun yet."""
    return secrets.token_hex(8)


def key_of(post_id: int) -> str:
    """The key of the draft with changes to a post."""
    return f"post-{post_id}"


def post_id_of(key: str) -> int | None:
    """Tell which post a draft changes; None for one that is not published yet.

    :raises NotFound: it is no key.
    """
    found = _POST_KEY.fullmatch(key)
    if found is not None:
        return int(found[1])
    if _NEW_KEY.fullmatch(key):
        return None
    raise NotFound("There is no such draft.")


def read_seen(text: str) -> Seen:
    """Read what a page of the editor began with; whatever cannot be read is nothing."""
    found = re.fullmatch(r"(\d{1,9})\.(\d{1,9})", text, re.ASCII)
    return Seen() if found is None else Seen(int(found[1]), int(found[2]))


def clean(writing: Writing) -> Writing:
    """Take out what nobody sees, and bring line ends into one form; browsers send two characters for each."""
    body = _UNSEEN.sub("", writing.body.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (writing.title, writing.slug, writing.tags)
    title, slug, tags = (" ".join(_UNSEEN.sub("", line).split()) for line in lines)
    return Writing(title, slug, tags, body)


def check_sizes(writing: Writing) -> Writing:
    """Return what may be kept as a draft.

    :raises Invalid: a field is longer than it may be.
    """
    bounds = (("title", TITLE_LENGTH), ("slug", SLUG_LENGTH), ("tags", TAGS_FIELD_LENGTH), ("body", ARTICLE_LENGTH))
    for name, most in bounds:
        length = len(getattr(writing, name))
        if length > most:
            raise Invalid(name, f"At most {most:,} characters, please; these are {length:,}.")
    return writing


def check_article(writing: Writing) -> Writing:
    """Return what can be published as an article.

    :raises Invalid: a field is missing, or longer than it may be.
    """
    if not any(unicodedata.category(letter)[0] in _SEEN for letter in writing.title):
        raise Invalid("title", "An article needs a title.")
    if not writing.body.strip():
        raise Invalid("body", "There is nothing to publish yet.")
    return check_sizes(writing)


def check_note(writing: Writing) -> Writing:
    """Return what can be published as a note.

    :raises Invalid: it is empty, or longer than a note may be.
    """
    length = len(writing.body.strip())
    if not 1 <= length <= NOTE_LENGTH:
        said = f"; these are {length:,}" if length else ""
        raise Invalid("body", f"A note has 1 to {NOTE_LENGTH} characters{said}.")
    return writing
