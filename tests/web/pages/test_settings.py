"""Settings: what a person may change about themselves."""

from __future__ import annotations

import secrets

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client

NAME = f"eve_{secrets.token_hex(4)}"
PASSWORD = "a few words in a row"


@pytest.fixture
def eve(live_site: ClapsServer) -> Client:
    """Eve, who has just joined."""
    client = live_site.open_client()
    client.post("/join", {"name": NAME, "display_name": "Eve", "password": PASSWORD})
    client.post("/login", {"name": NAME, "password": PASSWORD})
    return client


def test_what_is_saved_is_shown_on_ones_page_and_in_the_form(eve: Client) -> None:
    answer = eve.post("/settings/profile", {"display_name": "Eve <b>O</b>", "bio": "“Writes” & <script>reads</script>"})
    page = eve.get(answer.headers["location"].partition("#")[0])
    shown = eve.get(f"/@{NAME}?c=")

    assert (answer.status, answer.headers["location"].rpartition("#")[2]) == (303, "profile")
    assert "Saved." in page.text
    for text in (page.text, shown.text):
        assert "“Writes” &amp; &lt;script&gt;reads&lt;/script&gt;" in text
        assert "Eve &lt;b&gt;O&lt;/b&gt;" in text


def test_what_was_shown_before_is_put_back_by_its_button(eve: Client) -> None:
    for bio in ("Rings bells.", "Bakes loaves."):
        eve.post("/settings/profile", {"display_name": "Eve", "bio": bio})
    page = eve.get("/settings").text
    assert '<input type="hidden" name="bio" value="Rings bells.">' in page

    eve.post("/settings/profile", {"display_name": "Eve", "bio": "Rings bells."})

    assert ">Rings bells.</textarea>" in eve.get("/settings").text


def test_what_is_wrong_is_said_and_what_was_typed_is_still_there(eve: Client) -> None:
    answer = eve.post("/settings/profile", {"display_name": "Eve", "bio": "b" * 301})

    assert answer.status == 422
    assert '<strong class="error" id="bio-error">At most 300 characters, please: these are 301.</strong>' in answer.text
    assert "b" * 301 in answer.text


def test_a_program_is_told_which_field_is_wrong(eve: Client) -> None:
    form = {"display_name": " ", "bio": ""}

    answer = eve.post("/settings/profile", form, headers={"Accept": "application/json"})

    assert (answer.status, answer.json["field"]) == (422, "display_name")


def test_settings_are_for_who_is_signed_in(live_site: ClapsServer) -> None:
    guest = live_site.open_client()

    assert guest.get("/settings").headers["location"] == "/login?next=/settings"
    assert guest.post("/settings/profile", {"display_name": "Nobody"}).status == 403
