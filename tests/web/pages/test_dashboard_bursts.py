"""What machines gave is taken out with the button on a post's page of figures, and put back with the other one."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from claps.acts.claps import clap
from claps.app import Core
from claps.checks.findings import Finding
from claps.checks.laws import check_laws
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from tests.parts.bursts import Scene, machines
from tests.web.pages.conftest import Enter

HEAD = "<h3>3,000 claps from 60 readers"
_BUTTON = re.compile(r'action="(\S+/bursts/\d+)">\s*(<input[^>]*name="undo" value="1">)?<button[^>]*>(.*?)<')


class Writer:
    """Who looks at the figures of a post and presses what buttons there are; and a reader of it."""

    def __init__(self, scene: Scene, desk: FlaskClient, reader: FlaskClient) -> None:
        self.scene, self._desk, self._reader = scene, desk, reader
        self._address = f"/dashboard/posts/{scene.post.id}?c=1"

    def page(self) -> str:
        """The page as it is after the last form."""
        return self._desk.get(self._address).text

    def press(self) -> str:
        """Press the button beside the burst, and let workers do what that promised; return what it said."""
        found = _BUTTON.search(self.page())
        assert found is not None
        answer = self._desk.post(found[1], data={"undo": "1"} if found[2] else {})
        assert answer.status_code == 303
        self._address = answer.headers["Location"].partition("#")[0]
        self.scene.do_errands()
        return found[3]

    def claps_told(self) -> int:
        """What a reader is told who gives nothing: Redis answers, and nothing is flushed."""
        path = f"/posts/{self.scene.post.id}/claps"
        answer = self._reader.post(path, json={"undo": True}, headers={"Accept": "application/json"})
        return int(answer.json["claps"])

    def broken_laws(self) -> list[Finding]:
        """What does not add up when everything is flushed and done."""
        self.scene.work()
        return [finding for finding in check_laws(self.scene.core) if finding.grade != "ok"]


def test_a_burst_is_taken_out_with_one_button_and_put_back_with_another(
    core: Core, article: Post, ben: Person, desk: FlaskClient, enter: Enter
) -> None:
    scene = Scene(core, article)
    writer = Writer(scene, desk, enter(None))
    clap(core.ledger, Reader(ben.id), article, times=7)
    for guest in machines(60):
        clap(core.ledger, Reader(guest), article, times=50)
    scene.flush()
    assert "Nothing looks like a machine." in writer.page()
    scene.look()
    scene.return_minutes()

    story = [(writer.page().count(f"{HEAD}</h3>"), "", writer.claps_told(), writer.broken_laws())]
    for _ in range(2):
        said = writer.press()
        told = writer.claps_told()
        story.append((writer.page().count(f"{HEAD}: taken out</h3>"), said, told, writer.broken_laws()))

    assert story == [(1, "", 3_007, []), (1, "Take out", 7, []), (0, "Put back", 3_007, [])]
