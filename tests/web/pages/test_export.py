"""Downloading a copy of what is one's own."""

from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZipFile

from tests.parts.claps_server import ClapsServer
from tests.web.conftest import SignIn


def test_a_person_gets_a_zip_of_their_own_and_may_have_another_one(sign_in: SignIn) -> None:
    ada = sign_in("ada")

    answers = [ada.post("/settings/export", {"export": "1"}) for _ in range(2)]

    for answer in answers:
        assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-disposition"].startswith('attachment; filename="claps-ada-')
        assert int(answer.headers["content-length"]) == len(answer.body)
        found = ZipFile(BytesIO(answer.body))
        assert found.testzip() is None
        assert json.loads(found.read("profile.json"))["name"] == "ada"
        posts = json.loads(found.read("posts.json"))
        assert posts and all(post["file"] in found.namelist() for post in posts)


def test_the_button_stands_among_the_settings(sign_in: SignIn) -> None:
    ada = sign_in("ada")

    assert 'action="/settings/export"' in ada.get("/settings").text
    assert ada.get("/settings/export").headers["location"] == "/settings#export"


def test_a_guest_has_nothing_to_take_out(live_site: ClapsServer) -> None:
    assert live_site.open_client().post("/settings/export", {"export": "1"}).status == 403
