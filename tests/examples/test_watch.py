"""The small client in Python, run as people run it: by every way, over a network that cuts it off."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from examples import watch
from tests.parts.claps_server import ROOT, ClapsServer
from tests.parts.processes import eventually
from tests.parts.tables import make_table, put
from tests.parts.tcp_proxy import open_proxy

Lines = Callable[[], list[tuple[str, Any]]]


@contextmanager
def watching(url: str, topic: str, way: str, folder: Path) -> Iterator[Lines]:
    """Run the client; what it is called with returns the lines that it has printed, as version and state."""
    log = folder / "watch.log"
    command = [sys.executable, str(ROOT / "examples" / "watch.py"), url, topic, "--by", way]
    with log.open("w") as file, subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT) as client:
        try:
            yield lambda: [read_line(line) for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        finally:
            client.kill()


def read_line(line: str) -> tuple[str, Any]:
    """A printed line's version and state."""
    version, _, state = line.partition(" ")
    return version, json.loads(state)


@pytest.mark.parametrize("way", watch.WAYS)
def test_a_table_is_followed_over_cuts_without_gap_or_twin(live_site: ClapsServer, tmp_path: Path, way: str) -> None:
    writer, name = make_table(live_site)
    put(writer, name, "before", 0)
    with open_proxy(live_site.port) as proxy, watching(proxy.url, f"table:{name}", way, tmp_path) as lines:
        eventually(lines)

        for number in range(1, 7):
            put(writer, name, f"key {number}", number)
            if number % 3 == 0:
                eventually(lambda number=number: f"key {number}" in lines()[-1][1])
                proxy.cut()
        writer.post_json(f"/api/v1/tables/{name}/batch", {"operations": [{"op": "delete", "key": "before"}]})

        eventually(lambda: "before" not in lines()[-1][1], seconds=20)
        offsets = [int(version.partition(".")[2]) for version, _ in lines()]
        assert offsets == list(range(1, 9))
        assert lines()[-1][1] == {f"key {number}": number for number in range(1, 7)}


def test_a_post_is_followed_as_well(live_site: ClapsServer, tmp_path: Path) -> None:
    with watching(live_site.url, "post:9", "stream", tmp_path) as lines:
        eventually(lines)
        claps = lines()[-1][1]["claps"]

        live_site.open_client().post_json("/posts/9/claps", {"claps": 3})

        eventually(lambda: lines()[-1][1]["claps"] == claps + 3)


@pytest.mark.parametrize("way", watch.WAYS)
def test_what_is_not_there_is_not_asked_for_again(live_site: ClapsServer, way: str) -> None:
    with pytest.raises(watch.Refused, match="404"):
        next(watch.follow(live_site.url, "table:nobody-has-made-it", by=way))


def test_a_view_begins_anew_when_it_is_told_to() -> None:
    view = watch.View()
    view.take({"version": "e.1", "event": {"op": "put", "key": "old", "value": 1}})

    view.take({"version": "e.9~", "resync": True})
    view.take({"version": "e.9~eA", "state": {"entries": [{"key": "x", "value": 1}, {"key": "y", "value": 2}]}})
    was_whole = view.is_whole
    view.take({"version": "e.10~.", "event": {"op": "expire", "key": "y"}})
    view.take({"version": "e.10", "snapshot": "end"})

    assert (was_whole, view.is_whole, view.state) == (False, True, {"x": 1})
