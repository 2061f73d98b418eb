"""Drafts for programs."""

from __future__ import annotations

from claps.plain.people import Person
from claps.plain.posts import Post
from tests.web.api.conftest import Hand


def test_a_draft_is_begun_saved_over_what_was_seen_and_published(hand: Hand, ada: Person, ben: Person) -> None:
    adas = hand(ada)
    begun = adas.ask("POST", "/drafts", {"title": "On bells", "markdown": "Ding.", "tags": "bells"})
    path = f"/drafts/{begun.json['key']}"

    saved = adas.ask("PUT", path, {"title": "On bells", "markdown": "Dong.", "version": begun.json["version"]})
    stale = adas.ask("PUT", path, {"title": "On bells", "markdown": "Lost?", "version": begun.json["version"]})
    published = adas.ask("POST", f"{path}/publish")

    assert (begun.status_code, begun.headers["Location"].endswith(path), saved.json["version"]) == (201, True, 2)
    assert (stale.status_code, saved.json["markdown"]) == (409, "Dong.")
    assert (published.status_code, published.json["markdown"], published.json["published"]) == (201, "Dong.", True)
    assert (adas.get("/drafts").json, hand(ben).get(path).status_code) == ([], 404)


def test_a_draft_that_was_thrown_away_is_put_back(hand: Hand, ada: Person) -> None:
    adas = hand(ada)
    path = f"/drafts/{adas.ask('POST', '/drafts', {'markdown': 'Ding.'}).json['key']}"

    gone = adas.ask("DELETE", path)
    lists = [len(adas.get(where).json) for where in ("/drafts", "/drafts/thrown")]
    back = adas.ask("POST", f"{path}/restore")

    assert (gone.status_code, lists, back.json["markdown"]) == (204, [0, 1], "Ding.")
    assert [len(adas.get(where).json) for where in ("/drafts", "/drafts/thrown")] == [1, 0]


def test_what_would_be_changed_of_a_post_is_a_draft_too(hand: Hand, article: Post, ada: Person, ben: Person) -> None:
    path, adas = f"/drafts/post-{article.id}", hand(ada)
    before = adas.get(path).json

    adas.ask("PUT", path, {**_typed(before), "markdown": "Dong.", "revision": before["revision"]})
    changed = adas.ask("POST", f"{path}/publish").json

    assert (before["markdown"], before["saved_at"]) == ("Ding.", None)
    assert (changed["markdown"], changed["revision"]) == ("Dong.", 2)
    assert hand(ben).get(path).status_code == 403
    refused = [adas.ask("POST", "/drafts", {}), adas.get("/drafts/nothing"), hand(ada, "read").get("/drafts")]
    assert [answer.status_code for answer in refused] == [422, 404, 403]


def _typed(draft: dict[str, str]) -> dict[str, str]:
    return {name: draft[name] for name in ("title", "slug", "tags")}
