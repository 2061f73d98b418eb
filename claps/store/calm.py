"""Posts whose numbers readers do not see, and people who do not see numbers of their own."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField

from claps.store.database import Model


class CalmPost(Model):
    """A post whose numbers are hidden from readers."""

    post_id = BigIntegerField(primary_key=True)


class CalmPerson(Model):
    """One who does not want to see numbers."""

    person_id = BigIntegerField(primary_key=True)


def calm_posts() -> set[int]:
    """Read which posts' numbers are hidden."""
    rows: Any = CalmPost.select(CalmPost.post_id).tuples()
    return {int(post_id) for (post_id,) in rows}


def calm_people() -> set[int]:
    """Read who sees no numbers."""
    rows: Any = CalmPerson.select(CalmPerson.person_id).tuples()
    return {int(person_id) for (person_id,) in rows}


def set_calm_post(post_id: int, *, is_calm: bool) -> None:
    """Hide a post's numbers, or show them; call inside a transaction."""
    if is_calm:
        CalmPost.insert(post_id=post_id).on_conflict_ignore().execute()
    else:
        CalmPost.delete().where(CalmPost.post_id == post_id).execute()


def set_calm_person(person_id: int, *, is_calm: bool) -> None:
    """Hide numbers from somebody, or show them; call inside a transaction."""
    if is_calm:
        CalmPerson.insert(person_id=person_id).on_conflict_ignore().execute()
    else:
        CalmPerson.delete().where(CalmPerson.person_id == person_id).execute()
