"""Notifications: a private page that works by links and forms alone, and the badge on the others."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from claps.acts.notifying import Notifier
from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from tests.parts.http_client import Client
from tests.parts.inside import publish
from tests.parts.telling import give, make_notifier, settle
from tests.web.conftest import SignIn
from tests.web.pages.conftest import Enter

JSON = {"Accept": "application/json"}
FORM = re.compile(r'<form method="post" action="(/notifications[^"]*)">((?:<input[^>]*>)*)<button[^>]*>([^<]*)')


@pytest.fixture
def notifier(core: Core) -> Notifier:
    """What tells; tests say when."""
    return make_notifier(core)


@pytest.fixture
def told(core: Core, notifier: Notifier, article: Post, ben: Person) -> None:
    """Ben has clapped for what Ada wrote, and likes it."""
    give(core, article, "clap", ben.id)
    give(core, article, "like", ben.id)
    settle(core, notifier)


def press(browser: FlaskClient, html: str, button: str) -> str:
    """Press the first button of this name, as a browser without script does; return the page it leads to."""
    address, inputs, _ = next(form for form in FORM.findall(html) if form[2] == button)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', inputs))
    answer = browser.post(address, data=fields)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["Location"]).text


def badge(browser: FlaskClient) -> str:
    """What stands beside "News" on a page that is the same for everybody."""
    found = re.search(r"News <b>(\S*?)(<|$)", browser.get("/notifications/badge").text)
    return found[1] if found else "none"


def test_it_is_for_who_is_signed_in(enter: Enter) -> None:
    guest = enter(None)

    assert guest.get("/notifications").headers["Location"] == "/login?next=/notifications"
    assert guest.get("/notifications", headers=JSON).status_code == 403
    assert guest.post("/notifications/read", data={"upto": "9"}).status_code == 403
    assert (guest.get("/notifications/badge").status_code, badge(guest)) == (204, "none")


def test_what_happened_is_shown_and_looked_at(told: None, desk: FlaskClient) -> None:
    before = badge(desk)
    page = desk.get("/notifications")

    assert page.headers["Cache-Control"] == "private, no-store"
    assert '<a href="/posts/1#claps">Ben clapped for “On bells”</a>' in page.text
    assert '<a href="/posts/1#claps">Ben likes “On bells”</a>' in page.text
    assert page.text.count('class="unread"') == 2
    assert (before, badge(desk)) == ("1", "")


def test_a_page_that_is_fetched_for_later_was_not_looked_at(told: None, desk: FlaskClient) -> None:
    desk.get("/notifications", headers={"Sec-Purpose": "prefetch"})
    desk.head("/notifications")

    assert badge(desk) == "1"


def test_all_are_read_and_that_is_undone(told: None, desk: FlaskClient) -> None:
    read = press(desk, desk.get("/notifications").text, "Mark all as read")
    unread = press(desk, read, "Undo")

    assert 'class="unread"' not in read and "All marked as read." in read
    assert unread.count('class="unread"') == 2


def test_one_is_read_and_that_is_undone(told: None, desk: FlaskClient) -> None:
    read = press(desk, desk.get("/notifications").text, "Mark as read")
    unread = press(desk, read, "Mark as unread")

    assert (read.count('class="unread"'), unread.count('class="unread"')) == (1, 2)


def test_a_kind_is_muted_and_not_any_more(
    core: Core, notifier: Notifier, article: Post, ben: Person, desk: FlaskClient
) -> None:
    muted = desk.post("/notifications/mute", data={"kind": "liked"})
    give(core, article, "like", ben.id)
    settle(core, notifier)
    page = desk.get(muted.headers["Location"]).text
    loud = press(desk, page, "Unmute")

    assert "Ben likes" not in page and "Muted." in page
    assert ">Unmute<" not in loud and desk.post("/notifications/mute", data={"kind": "x"}).status_code == 422


def test_nobody_reads_for_another(told: None, enter: Enter, ben: Person, desk: FlaskClient) -> None:
    [one, _] = desk.get("/notifications", headers=JSON).json["items"]  # type: ignore[index]

    assert enter(ben).post(f"/notifications/{one['id']}/read").status_code == 404
    assert enter(ben).get("/notifications", headers=JSON).json["items"] == []  # type: ignore[index]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=9999999999999999999", "before="])
def test_an_address_with_a_slip_in_it_is_refused(query: str, desk: FlaskClient) -> None:
    assert desk.get(f"/notifications?{query}").status_code == 400


@pytest.mark.parametrize("said", ["read.x", "read.9" + "9" * 20, "<b>", "read.²"])
def test_what_an_address_claims_was_done_is_not_believed(said: str, desk: FlaskClient) -> None:
    page = desk.get("/notifications", query_string={"c": said})

    assert page.status_code == 200 and "<b>" not in page.text.replace('<b id="badge">', "")


def test_names_and_titles_are_only_text(
    core: Core, notifier: Notifier, ada: Person, ben: Person, desk: FlaskClient
) -> None:
    give(core, publish(core, ada, "<script>alert(1)</script>"), "clap", ben.id)
    settle(core, notifier)

    page = desk.get("/notifications").text

    assert "“&lt;script&gt;alert(1)&lt;/script&gt;”" in page and "<script>" not in page


def test_private_pages_carry_the_badge_and_public_ones_nothing_of_who_looks(
    told: None, desk: FlaskClient, enter: Enter
) -> None:
    assert '<b id="badge">1<span class="vh"> new</span></b>' in desk.get("/write/drafts").text
    assert desk.get("/posts/1").text == enter(None).get("/posts/1").text
    assert '<hx-partial hx-target="#me" hx-swap="outerHTML"><a class="bell"' in desk.get("/posts/1/hand").text
    assert "News" not in enter(None).get("/posts/1/hand").text


def watch(person: Client) -> str:
    """The address at which the page of a person waits for news."""
    found = re.search(r"/live\?topic=person:\d+&amp;since=[\w.]*", person.get("/notifications").text)
    assert found is not None
    return f"{found[0].replace('&amp;', '&')}&wait=20"


def test_a_comment_is_told_live_to_the_writer_and_to_nobody_else(sign_in: SignIn, guest: Client) -> None:
    ben, cyd = sign_in("ben"), sign_in("cyd")
    url = watch(ben)

    cyd.post("/posts/7/comments", {"body": "News for who wrote this."})
    answer = ben.get(url, headers=JSON)

    assert [one.get(url, headers=JSON).status for one in (guest, cyd)] == [403, 403]
    assert '"op":"put","id":' in answer.text and "commented on “How to read a tide table”" in answer.text


def test_the_fragment_of_news_sets_the_badge_and_the_bar(sign_in: SignIn) -> None:
    ben, dina = sign_in("ben"), sign_in("dina")
    url = watch(ben)

    dina.post("/posts/7/comments", {"body": "More news for who wrote this."})
    told = ben.get(url, headers={"HX-Request": "true"}).text

    assert '<hx-partial id="badge">1<span class="vh"> new</span></hx-partial>' in told
    assert re.search(r'<hx-partial id="newer"><a href="/notifications\?new=[\w.]+">News from one person</a>', told)
