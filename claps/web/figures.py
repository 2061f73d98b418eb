"""What pages of figures have in common: their period, their tables, and how those are taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from claps.plain.errors import Invalid, NotFound
from claps.plain.figures import COUNTED
from claps.plain.people import Person
from claps.plain.periods import Period, read_period
from claps.plain.sheets import Sheet, csv_lines, json_parts
from claps.web import answers, identity
from claps.web.shelf import Own

_KEPT = ("range", "from", "to", "grain", "by")
_LONGEST = 40


def some_period() -> tuple[Period, Invalid | None]:
    """The period that the address names, or the last seven days and what is wrong with it."""
    now = datetime.now(UTC)
    try:
        return read_period(request.args, now), None
    except Invalid as error:
        return read_period({}, now), error


def said_period(name: str) -> Period:
    """A range that ends now."""
    return read_period({"range": name}, datetime.now(UTC))


def period_or_refuse() -> Period:
    """The period that the address names.

    :raises Invalid: it is none.
    """
    return read_period(request.args, datetime.now(UTC))


def sorting() -> str:
    """By which figure posts are ranked."""
    by = request.args.get("by", "claps")
    return by if by in COUNTED else "claps"


def own_page() -> Own | None:
    """Where a page of figures is kept: for its writer, by what it shows. After a form (``?c=``) it is made anew."""
    person_id = identity.find_person_id()
    args = request.args
    if person_id is None or set(args) - set(_KEPT) or any(len(text) > _LONGEST for text in args.values()):
        return None
    chosen = "&".join(f"{name}={args[name]}" for name in _KEPT if name in args)
    return Own(person_id, f"{request.path}?{chosen}")


def own_names(**values: Any) -> tuple[str, ...]:
    """What is said to have changed when a writer's pages of figures have."""
    return (f"writer:{identity.find_person_id()}",)


def take_away(sheet: Sheet, kind: str, *, me: Person, file_name: str) -> Response:
    """Give a table as a page, as CSV or as JSON.

    :raises NotFound: it is given as nothing else.
    """
    if kind == "":
        return answers.private_page("dashboard/sheet.html", me=me, sheet=sheet, back_url=_back_url())
    writers: dict[str, tuple[str, Iterator[str]]] = {
        ".csv": ("text/csv; charset=utf-8", csv_lines(sheet)), ".json": ("application/json", json_parts(sheet)),
    }
    if kind not in writers:
        raise NotFound("A table is given as .csv or .json.")
    content_type, parts = writers[kind]
    response = Response("".join(parts), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _back_url() -> str:
    place = request.path.partition("/tables/")[0]
    query = request.query_string.decode()
    return f"{place}?{query}" if query else place
