"""A week in short."""

from __future__ import annotations

from datetime import UTC, datetime

from claps.plain.periods import week_of
from tests.parts.http_client import Client
from tests.web.conftest import SignIn

THIS = week_of(datetime.now(UTC).date())


def test_a_week_says_in_words_what_it_brought(sign_in: SignIn) -> None:
    page = sign_in("ada").get(f"/dashboard/weeks/{THIS.name}")

    assert "This week is not over yet." in page.text
    assert page.text.count('<div class="card">') == 7 and "the week before" in page.text
    assert f"/dashboard/weeks/{THIS.other(-1).name}" in page.text
    assert f"/dashboard/weeks/{THIS.other(1).name}" not in page.text


def test_its_tables_can_be_taken_away(sign_in: SignIn) -> None:
    ada = sign_in("ada")

    for name, rows in (("totals", 7), ("times", 7), ("posts", None), ("referrers", None)):
        told = ada.get(f"/dashboard/weeks/{THIS.name}/tables/{name}.json").json
        assert rows is None or len(told) == rows
    assert ada.get(f"/dashboard/weeks/{THIS.name}/tables/secrets.json").status == 404


def test_a_week_that_there_is_not_is_not_found(sign_in: SignIn, guest: Client) -> None:
    assert sign_in("ada").get("/dashboard/weeks/2026-W99").status == 404
    assert guest.get(f"/dashboard/weeks/{THIS.name}").headers["location"].endswith(THIS.name)
