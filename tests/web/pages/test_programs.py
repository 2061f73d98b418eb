"""The page of programs: what is shown once, and what can be taken back."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from claps.app import Core
from claps.plain.people import Person
from tests.web.pages.conftest import Enter

URL = "/settings/programs"
TOKEN = {"name": "Weather station", "scopes": ["read", "tables"], "days": "30"}
APP = {"name": "Reader", "redirect_uris": "https://reader.test/back", "scopes": ["read"], "confidential": "1"}


def test_a_token_is_shown_once_and_taken_back(desk: FlaskClient, ada: Person) -> None:
    made = desk.post(f"{URL}/tokens", data=TOKEN)
    page = desk.get(URL)

    [token] = re.findall(r"clapsp_[\w-]{43}", made.text)
    assert made.headers["Cache-Control"] == "private, no-store"
    assert token not in page.text
    assert "Weather station" in page.text and "read tables" in page.text and "never used" in page.text
    [number] = re.findall(r"permits/(\d+)/end", page.text)
    answer = desk.post(f"{URL}/permits/{number}/end")
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, URL)
    assert "Weather station" not in desk.get(URL).text
    assert desk.post(f"{URL}/permits/{number}/end").status_code == 404


def test_an_app_is_registered_gets_another_secret_and_goes(desk: FlaskClient) -> None:
    made = desk.post(f"{URL}/apps", data=APP)
    page = desk.get(URL)
    [number] = re.findall(r"apps/(\d+)/secret", page.text)

    renewed = desk.post(f"{URL}/apps/{number}/secret")
    gone = desk.post(f"{URL}/apps/{number}/delete")

    secrets = [re.findall(r"clapss_[\w-]{43}", text) for text in (made.text, renewed.text, page.text)]
    assert [len(found) for found in secrets] == [1, 1, 0]
    assert secrets[0] != secrets[1]
    assert "https://reader.test/back" in page.text
    assert gone.status_code == 303
    assert "https://reader.test/back" not in desk.get(URL).text
    assert desk.post(f"{URL}/apps/{number}/delete").status_code == 404


def test_what_is_wrong_is_said_where_it_was_typed(desk: FlaskClient) -> None:
    token = desk.post(f"{URL}/tokens", data={"name": "Mine", "days": "9"})
    app = desk.post(f"{URL}/apps", data={**APP, "redirect_uris": "http://reader.test/"})

    assert token.status_code == app.status_code == 422
    assert 'value="Mine"' in token.text and token.text.count('class="error"') == 1
    assert 'id="app-redirect_uris-error"' in app.text and "http://reader.test/</textarea>" in app.text
    assert 'id="token-' in app.text and app.text.count("aria-invalid") == 1
    assert desk.post(f"{URL}/apps", data={}, headers={"Accept": "application/json"}).json["field"] == "redirect_uris"


def test_what_is_anothers_cannot_be_touched(core: Core, desk: FlaskClient, enter: Enter, ben: Person) -> None:
    desk.post(f"{URL}/tokens", data=TOKEN)
    desk.post(f"{URL}/apps", data=APP)
    page, thief = desk.get(URL).text, enter(ben)
    [permit], [app] = re.findall(r"permits/(\d+)/end", page), re.findall(r"apps/(\d+)/secret", page)

    for address in (f"permits/{permit}/end", f"apps/{app}/secret", f"apps/{app}/delete"):
        assert thief.post(f"{URL}/{address}").status_code == 404
    assert "Weather station" not in thief.get(URL).text
    assert desk.get(URL).text == page


def test_it_takes_an_account(enter: Enter) -> None:
    guest = enter(None)

    assert guest.get(URL).headers["Location"] == f"/login?next={URL}"
    assert [guest.post(f"{URL}/{what}").status_code for what in ("tokens", "apps", "permits/1/end")] == [403] * 3


def test_the_settings_lead_there(desk: FlaskClient) -> None:
    assert 'href="/settings/programs"' in desk.get("/settings").text
