"""w3m, lynx and curl: plain forms, plain text, and a page that waits."""

from __future__ import annotations

import re
from html import unescape

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.text_browser import TextBrowser


def read(html: str) -> str:
    """What a browser without styles shows, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def follow(client: Client, location: str) -> str:
    """Go where a form's answer sends, as a browser does: without the part after #."""
    return read(client.get(location.partition("#")[0]).text)


def test_a_clap_by_plain_form_leads_back_to_the_applause_at_an_address_that_changes(live_site: ClapsServer) -> None:
    client = live_site.open_client()

    answers = [client.post("/posts/7/claps", {"claps": 1}) for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]
    locations = [answer.headers["location"] for answer in answers]
    assert all(re.fullmatch(r"/posts/7\?c=\d+#claps", location) for location in locations)
    assert locations[0] != locations[1]
    assert "Thank you: 2 from you, 48 left." in follow(client, locations[1])


def test_the_page_says_what_is_on_it_without_styles(live_site: ClapsServer) -> None:
    text = read(live_site.open_client().get("/posts/7").text)

    assert re.search(r"Clap [\d,]+ claps from \d+ people", text)
    assert "Live counts as a page" in text
    assert "Take back" in text


def test_taking_back_and_giving_all_are_said_in_words(live_site: ClapsServer) -> None:
    client = live_site.open_client()

    given = client.post("/posts/7/claps", {"claps": 50})
    assert "You have given all 50." in follow(client, given.headers["location"])
    again = client.post("/posts/7/claps", {"claps": 1})
    assert "You have given all 50." in follow(client, again.headers["location"])
    taken = client.post("/posts/7/claps", {"undo": 1})

    assert "All 50 given" not in follow(client, taken.headers["location"])
    assert len({answer.headers["location"] for answer in (given, again, taken)}) == 3


def test_the_page_that_waits_tells_the_next_change_and_links_to_the_one_after(live_site: ClapsServer) -> None:
    client = live_site.open_client()
    first = client.get("/live/frame?topic=post:7").text
    address = unescape(re.search(r'<a href="([^"]+)"[^>]*>Wait for the next change', first)[1])  # type: ignore[index]
    claps = int(re.search(r"([\d,]+) claps", read(first))[1].replace(",", ""))  # type: ignore[index]

    live_site.open_client().post("/posts/7/claps", {"claps": 3})

    second = read(client.get(address).text)
    assert f"{claps + 3:,} claps from" in second
    assert "Wait for the next change" in second


def test_everything_is_done_by_links_and_forms_alone(live_site: ClapsServer) -> None:
    me = TextBrowser(live_site.open_client())
    me.open("/").follow("Sign in").follow("Join")
    me.press("Join", name="walter", display_name="Walter Text", password="a few words in a row")
    me.follow("Write").press("Preview", title="On terminals", body="Green on *black*.", tags="terminals")
    assert "<em>black</em>" in me.html
    me.press("Publish")
    assert me.path.startswith("/posts/") and "Walter Text" in me.text
    article = me.path.partition("?")[0]

    me.press("Publish comment", body="I forgot to say *why*.").follow("Walter Text").follow("On terminals")
    me.follow("#terminals").follow("On terminals").press("Bookmark")
    me.open("/@ada").press("Follow").follow("How a room stops clapping").press("Like").press("Clap")
    assert me.path.startswith("/posts/8?c=") and "Liked" in me.text
    me.follow("Search").press("Search", q="terminals").follow("On terminals")
    me.open("/dashboard").follow("Bookmarks").follow("On terminals")
    assert "How a room stops clapping" in me.open("/following").text
    assert "Nothing yet." in me.follow("News").text

    me.open("/settings").press("Download a copy")
    assert me.last is not None and me.last.headers["content-type"] == "application/zip"
    me.open("/write/drafts").press("Withdraw")
    assert live_site.open_client().get(article).status == 404
    me.open("/settings").follow("Delete your account").press("Delete my account", password="a few words in a row")
    assert "You are leaving" in me.text


def test_what_is_wrong_in_a_form_comes_back_with_what_was_typed(live_site: ClapsServer) -> None:
    me = TextBrowser(live_site.open_client())

    me.open("/join").press("Join", name="No name", display_name="Walter <Text>", password="short")

    assert me.last is not None and me.last.status == 422
    me.press("Join", name="ada", password="a few words in a row")
    assert "The name @ada is taken." in me.text
    assert 'value="Walter &lt;Text&gt;"' in me.html
