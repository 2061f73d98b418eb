"""Pictures of one's own, for programs."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow

from claps.plain.people import Person
from tests.web.api.conftest import Hand, Program


@pytest.fixture(autouse=True)
def media(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of the test's own for pictures."""
    monkeypatch.setattr("claps.web.api.pictures.media_folder", lambda: tmp_path)


def send(program: Program, data: bytes) -> tuple[int, dict[str, object]]:
    """Upload a file."""
    answer = program.client.post("/api/v1/pictures?alt=A+bell", data=data, headers=program.headers)
    return answer.status_code, answer.json


def test_a_picture_is_kept_once_removed_and_put_back(hand: Hand, ada: Person, ben: Person) -> None:
    adas, file = hand(ada), BytesIO()
    Pillow.new("RGB", (40, 30), "red").save(file, "PNG")

    status, picture = send(adas, file.getvalue())
    again = send(adas, file.getvalue())[1]["name"]
    [listed] = adas.get("/pictures").json
    path = f"/pictures/{picture['name']}"
    gone = [adas.ask("DELETE", path).status_code]
    gone += [len(adas.get(where).json) for where in ("/pictures", "/pictures/removed")]

    assert (status, again, listed["markdown"]) == (201, picture["name"], f"![A bell](/media/{picture['name']})")
    assert (gone, adas.ask("POST", f"{path}/restore").status_code) == ([204, 0, 1], 204)
    assert (len(adas.get("/pictures").json), hand(ben).get("/pictures").json) == (1, [])


def test_what_is_no_picture_is_refused(hand: Hand, ada: Person) -> None:
    answers = [send(hand(ada), b"<svg/>")[0], send(hand(ada), b"")[0], send(hand(ada, "read"), b"x")[0]]

    assert answers == [422, 422, 403]
    assert hand(ada).ask("DELETE", "/pictures/..%2f..").status_code == 404
