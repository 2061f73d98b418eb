"""People for programs."""

from __future__ import annotations

from claps.plain.people import Person
from claps.plain.posts import Post
from tests.web.api.conftest import Hand


def test_people_are_followed_and_left(hand: Hand, ada: Person, ben: Person, article: Post) -> None:
    program = hand(ben, "follow", "read")

    followed = [program.ask("PUT", "/people/ada/follow") for _ in range(2)]
    circle = hand(None).get("/people/ada/followers"), hand(None).get("/people/ben/following")
    tie, profile = program.get("/people/ada/follow"), hand(None).get("/people/Ada")
    left = program.ask("DELETE", "/people/ada/follow")

    assert [answer.json for answer in followed] == [{"following": True, "followers": 1}] * 2
    assert [[person["name"] for person in answer.json] for answer in circle] == [["ben"], ["ada"]]
    assert tie.json["following"] is True
    assert (profile.json["name"], profile.json["posts"], profile.json["url"]) == ("ada", 1, "http://localhost/@ada")
    assert left.json == {"following": False, "followers": 0}


def test_nobody_follows_themselves_or_nobody(hand: Hand, ada: Person, ben: Person) -> None:
    assert hand(ada).ask("PUT", "/people/ada/follow").status_code == 403
    assert hand(ada).ask("PUT", "/people/nobody/follow").status_code == 404
    assert hand(ada, "read").ask("PUT", "/people/ben/follow").status_code == 403
    assert hand(None).get("/people/ada/follow").status_code == 401
    assert hand(None).get("/people/ada/followers?after=x").status_code == 400


def test_a_program_asks_for_whom_it_asks(hand: Hand, ada: Person) -> None:
    assert hand(ada).get("/me").json["name"] == "ada"
    assert hand(None).get("/me").status_code == 401
