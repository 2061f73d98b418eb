"""The pages of webhooks, by plain forms."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from claps.acts.follows import follow
from claps.app import Core
from claps.plain.people import Person
from tests.web.pages.conftest import Enter

URL = "/settings/webhooks"
NEW = {"url": "https://hooks.test/claps", "events": ["person.followed", "post.clapped"], "tables": ""}


def make(desk: FlaskClient) -> str:
    """Make a webhook; return its page's address."""
    made = desk.post(URL, data=NEW)
    assert made.status_code == 200, made.text
    [number] = re.findall(r'action="/settings/webhooks/(\d+)/ping"', made.text)
    return f"{URL}/{number}"


def test_a_secret_is_shown_when_it_is_new_and_never_again(desk: FlaskClient) -> None:
    made = desk.post(URL, data=NEW)
    [place] = set(re.findall(r'action="(/settings/webhooks/\d+)/ping"', made.text))

    renewed = desk.post(f"{place}/secret")

    secrets = [re.findall(r"whsec_[\w+/=]{44}", page.text) for page in (made, renewed, desk.get(place), desk.get(URL))]
    assert [len(found) for found in secrets] == [1, 1, 0, 0]
    assert secrets[0] != secrets[1] and "Both secrets sign until" in renewed.text
    assert made.headers["Cache-Control"] == "private, no-store"


def test_what_it_is_told_is_shown_and_sent_again(core: Core, desk: FlaskClient, ada: Person, ben: Person) -> None:
    place = make(desk)

    follow(core.database, ben, ada)
    pinged = desk.post(f"{place}/ping")
    page = desk.get(place).text

    assert (pinged.status_code, pinged.headers["Location"].partition("?")[0]) == (303, place)
    assert page.index("<b>ping</b>") < page.index("<b>person.followed</b>")
    assert "&#34;display_name&#34;: &#34;Ben&#34;" in page and page.count("Try now:") == 2
    number = re.findall(r"deliveries/(\d+)/send", page)[0]
    assert desk.post(f"{place}/deliveries/{number}/send").headers["Location"].endswith(f"#delivery-{number}")


def test_it_is_changed_turned_off_and_on_and_deleted(desk: FlaskClient) -> None:
    place = make(desk)

    assert desk.post(place, data={**NEW, "url": "https://other.test/", "events": ["post.published"]}).status_code == 303
    assert "https://other.test/" in desk.get(URL).text
    assert desk.post(f"{place}/on", data={"undo": "1"}).status_code == 303
    assert "While it is off" in desk.get(place).text and "Send a test" not in desk.get(place).text
    assert desk.post(f"{place}/ping").status_code == 409
    assert desk.post(f"{place}/on").status_code == 303
    assert "Send a test" in desk.get(place).text
    assert desk.post(f"{place}/delete").headers["Location"].partition("?")[0] == URL
    assert desk.get(place).status_code == 404


def test_what_is_wrong_is_said_where_it_was_typed(desk: FlaskClient) -> None:
    place = make(desk)
    wrong = {"url": "https://10.0.0.1/", "events": ["table.changed"], "tables": "prices"}

    inside = desk.post(URL, data={**wrong, "events": ["post.clapped"], "tables": ""})
    nowhere = desk.post(place, data={**wrong, "url": "https://hooks.test/"})
    nothing = desk.post(URL, data={"url": "https://hooks.test/"}, headers={"Accept": "application/json"})

    assert inside.status_code == nowhere.status_code == nothing.status_code == 422
    assert 'id="webhook-url-error"' in inside.text and 'value="https://10.0.0.1/"' in inside.text
    assert 'id="webhook-tables-error"' in nowhere.text and ">prices</textarea>" in nowhere.text
    assert re.search(r'value="table.changed" checked', nowhere.text)
    assert nothing.json["field"] == "events"


def test_what_is_anothers_cannot_be_touched(desk: FlaskClient, enter: Enter, ben: Person) -> None:
    place, thief = make(desk), enter(ben)

    for address in ("", "/secret", "/ping", "/on", "/deliveries/1/send", "/delete"):
        assert thief.post(f"{place}{address}", data=NEW).status_code == 404
    assert thief.get(place).status_code == 404


def test_it_takes_an_account(enter: Enter) -> None:
    guest = enter(None)

    assert guest.get(URL).headers["Location"] == f"/login?next={URL}"
    assert guest.get(f"{URL}/1").headers["Location"] == f"/login?next={URL}/1"
    assert guest.post(URL, data=NEW).status_code == 403


def test_the_settings_lead_there(desk: FlaskClient) -> None:
    assert f'href="{URL}"' in desk.get("/settings").text
