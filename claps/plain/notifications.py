"""What a person is told of: who did what with what is theirs, put together to one sentence for each thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from claps.plain.people import Person
from claps.plain.topics import Topic

Kind = Literal["published", "commented", "replied", "followed", "liked", "clapped", "webhook"]
What = Literal["published", "commented", "replied", "followed", "liked", "liked_comment", "clapped", "webhook"]

# What can be muted, and how it is called there.
KINDS: dict[Kind, str] = {
    "published": "Somebody I follow publishes",
    "commented": "Comments on my posts",
    "replied": "Answers to my comments",
    "followed": "New followers",
    "liked": "Likes of my posts and comments",
    "clapped": "Claps for my posts",
    "webhook": "A webhook of mine is turned off",
}
TOLD_SINGLY = 10
_NAME_LETTERS = 80
_SAID: dict[What, str] = {
    "published": "published {thing}",
    "commented": "commented on {thing}",
    "replied": "answered your comment on {thing}",
    "followed": "{follows} you",
    "liked": "{likes} {thing}",
    "liked_comment": "{likes} your comment on {thing}",
    "clapped": "clapped for {thing}",
    "webhook": "Your webhook to {thing} failed and was turned off",
}
_PLACES: dict[What, str] = {
    "published": "", "commented": "#comments", "replied": "#comments", "liked": "#claps", "liked_comment": "#comments",
    "clapped": "#claps", "webhook": "",
}


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What one notification is about; a person has one for each thing that happens to each thing.

    ``thing_id`` is a post's, of ``replied`` and ``liked_comment`` a comment's, of ``webhook`` a webhook's, and 0 of
    ``followed``.
    """

    person_id: int
    what: What
    thing_id: int


@dataclass(frozen=True, slots=True)
class Notification:
    """What a person is shown: ``people`` who have done it since the person read of it last.

    ``actor`` is one of them who has an account; None when there is none. ``turn`` gives the order: of two
    notifications of a person, the one that has changed last has the higher one.
    """

    id: int
    what: What
    people: int
    actor: Person | None
    post_id: int | None
    comment_id: int | None
    thing_text: str
    turn: int
    at: datetime
    is_read: bool

    @property
    def url(self) -> str:
        """Where one sees what happened."""
        if self.what == "followed":
            return f"/@{self.actor.name}" if self.actor and self.people == 1 else "/notifications"
        if self.what == "webhook":
            return "/settings/webhooks"
        if self.comment_id is not None:
            return f"/posts/{self.post_id}?c=c{self.comment_id}#comment-{self.comment_id}"
        return f"/posts/{self.post_id}{_PLACES[self.what]}"

    @property
    def text(self) -> str:
        """One sentence, as in "Ben and 41 others clapped for “On bells”"."""
        return self._said if self.what == "webhook" else f"{_name(self.actor, self.people)} {self._said}"

    @property
    def quiet_text(self) -> str:
        """The same without a number, as in "Ben and others clapped for “On bells”"."""
        if self.people == 1 or self.what == "webhook":
            return self.text
        return f"{self.actor.display_name + ' and others' if self.actor else 'People'} {self._said}"

    @property
    def _said(self) -> str:
        one = self.people == 1
        return _SAID[self.what].format(
            thing=f"“{self.thing_text}”", follows="follows" if one else "follow", likes="likes" if one else "like"
        )


def _name(actor: Person | None, people: int) -> str:
    if actor is None:
        return "Somebody" if people == 1 else f"{people:,} people"
    if people == 1:
        return actor.display_name
    return f"{actor.display_name} and {people - 1:,} {'other' if people == 2 else 'others'}"


def shorten(text: str) -> str:
    """Cut the name of a thing to what fits into a sentence."""
    return text if len(text) <= _NAME_LETTERS else f"{text[:_NAME_LETTERS].rstrip()}…"


def kind_of(what: What) -> Kind:
    """Tell what is muted together with this."""
    return "liked" if what == "liked_comment" else what


def is_told(before: int, now: int) -> bool:
    """Tell whether somebody is to hear at once that a number of people has grown: up to ten always, then at
    20, 50, 100, 200, 500 and so on, so that a thousand who clap are told of ten and six times.
    """
    if now <= before:
        return False
    return now <= TOLD_SINGLY or _milestone(now) > _milestone(before)


def _milestone(number: int) -> int:
    if number < 1:
        return 0
    power = int("1".ljust(len(str(number)), "0"))
    return max(step * power for step in (1, 2, 5) if step * power <= number)


def person_topic(person_id: int) -> Topic:
    """Name the log of what a person is told."""
    return Topic("person", str(person_id))
