"""The tree of errors: which may be tried again, and what they carry."""

from __future__ import annotations

import pytest

from claps.plain.errors import ClapsError, Conflict, Invalid, Malformed, NotFound, Refused, TooMany, Unavailable


@pytest.mark.parametrize("error", [TooMany("Slower, please.", retry_after_seconds=7), Unavailable("Away.")])
def test_trying_again_helps_where_it_is_said_when(error: TooMany | Unavailable) -> None:
    assert error.trying_again_helps
    assert error.retry_after_seconds in (7, 2)


@pytest.mark.parametrize("kind", [Refused, NotFound, Conflict])
def test_trying_again_does_not_help_where_the_answer_stands(kind: type[ClapsError]) -> None:
    error = kind("No.")

    assert not error.trying_again_helps
    assert (error.message, str(error)) == ("No.", "No.")


def test_a_malformed_request_is_an_invalid_value_that_names_its_place() -> None:
    error = Malformed("since", "That is no version.")

    assert isinstance(error, Invalid)
    assert error.field == "since"
