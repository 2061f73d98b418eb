"""What posts said before, for programs."""

from __future__ import annotations

from claps.plain.people import Person
from claps.plain.posts import Post
from tests.web.api.conftest import Hand


def test_a_post_says_again_what_it_said(hand: Hand, article: Post, ada: Person, ben: Person) -> None:
    adas, path = hand(ada), f"/posts/{article.id}/revisions"
    adas.ask("PATCH", f"/posts/{article.id}", {"markdown": "Dong.", "revision": 1})

    [old] = adas.get(path).json
    whole = adas.get(f"{path}/{old['number']}").json
    restored = adas.ask("POST", f"{path}/{old['number']}/restore").json

    assert (whole["markdown"], restored["markdown"], restored["revision"]) == ("Ding.", "Ding.", 3)
    assert len(adas.get(path).json) == 2
    far = f"/posts/{10**30}/revisions"
    refused = [hand(ben).get(path), adas.get(f"{path}/99"), adas.get(far), hand(None).get(path)]
    assert [answer.status_code for answer in refused] == [403, 404, 404, 401]
