"""What pages of figures have in common."""

from __future__ import annotations

import pytest
from flask import Flask

from claps.plain.errors import Invalid, NotFound
from claps.plain.people import Person
from claps.plain.sheets import Column, Sheet
from claps.web.figures import own_page, period_or_refuse, some_period, sorting, take_away

ADA = Person(1, "ada", "Ada")
SHEET = Sheet("posts", "Each post", (Column("claps", "Claps"),), ((7,),))


@pytest.mark.parametrize(
    ("query", "by"), [("", "claps"), ("by=views", "views"), ("by=password", "claps"), ("by=readers", "claps")]
)
def test_posts_are_ranked_by_what_adds_up(app: Flask, query: str, by: str) -> None:
    with app.test_request_context(f"/dashboard?{query}"):
        assert sorting() == by


def test_a_page_shows_seven_days_and_says_what_was_wrong_and_a_table_refuses(app: Flask) -> None:
    with app.test_request_context("/dashboard?from=yesterday"):
        period, error = some_period()
        assert (period.range, error.field if error else "") == ("7d", "from")
        with pytest.raises(Invalid):
            period_or_refuse()


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard?c=new", f"/dashboard?from={'1' * 41}", "/dashboard?x=1"])
def test_nothing_is_kept_for_nobody_or_at_strange_addresses(app: Flask, path: str) -> None:
    with app.test_request_context(path):
        assert own_page() is None


def test_a_page_is_kept_for_its_writer_by_what_it_shows(app: Flask) -> None:
    with app.test_client() as client:
        with client.session_transaction() as session:
            session["person_id"] = 7
        cookie = client.get_cookie("session")
        assert cookie is not None
        headers = {"Cookie": f"session={cookie.value}"}

        with app.test_request_context("/dashboard?by=views&range=7d", headers=headers):
            key = own_page()

    assert key == (7, "/dashboard?range=7d&by=views")


def test_a_table_is_given_as_nothing_else(app: Flask) -> None:
    with app.test_request_context("/dashboard/tables/posts.csv"):
        answer = take_away(SHEET, ".csv", me=ADA, file_name="claps-posts")
        assert answer.get_data(as_text=True) == "claps\r\n7\r\n"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="claps-posts.csv"'
        with pytest.raises(NotFound):
            take_away(SHEET, ".xls", me=ADA, file_name="claps-posts")
