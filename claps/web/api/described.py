"""What each address of the API takes and gives, declared where it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import Schema

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Described:
    """What a view takes and gives.

    :ivar gives: the schema of its answer; None for 204.
    :ivar lists: it gives a list of that, page by page, with the next one's address in ``Link``.
    :ivar takes: the schema of the body.
    :ivar body: the same as OpenAPI writes it, for a body that is read in another way.
    :ivar kind: the media type of the body.
    :ivar also: another status with the same answer.
    :ivar query: parameters of the address, by name, as OpenAPI describes them.
    :ivar everybody: it needs no token.
    """

    gives: type[Schema] | None = None
    lists: bool = False
    takes: type[Schema] | None = None
    body: dict[str, Any] | None = None
    kind: str = "application/json"
    also: int | None = None
    query: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    everybody: bool = False


BEFORE = {"before": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}}
AFTER = {"after": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}}


def describe(**about: Any) -> Callable[[View], View]:
    """Declare what a view takes and gives; the description of the API is made of it."""

    def mark(view: View) -> View:
        view.described = Described(**about)  # type: ignore[attr-defined]
        return view

    return mark
