"""What the load saw: when a clap was seen, and long-pollers that ask again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.beside.crowds import Sighting, clap_to_sight_ms, open_pollers, share
from benchmarks.beside.dialects import poll_script

MS = 1_000_000
CLAPS = [Sighting(at * MS, 7, -1) for at in (10, 20, 30)]
POLLERS = 5


def test_a_count_shows_all_claps_up_to_it() -> None:
    sights = [Sighting(15 * MS, 0, 101), Sighting(50 * MS, 0, 103)]

    assert clap_to_sight_ms(CLAPS, sights, 100) == [5, 30, 20]


def test_each_watcher_sees_each_clap_once() -> None:
    seen = [(40, 0, 103), (41, 1, 103), (45, 0, 103), (46, 1, 102)]
    sights = [Sighting(at * MS, who, number) for at, who, number in seen]

    assert clap_to_sight_ms(CLAPS, sights, 100) == [30, 20, 10, 31, 21, 11]


def test_what_nobody_saw_has_no_time() -> None:
    assert clap_to_sight_ms(CLAPS, [Sighting(15 * MS, 0, 100)], 100) == []
    assert share([], 0.99) == 0


def test_the_share_is_of_the_sorted_times() -> None:
    assert share([3.0, 1.0, 2.0, 4.0], 0.5) == 3.0


def test_pollers_ask_again_with_the_version_they_were_told(tmp_path: Path) -> None:
    with serve_polls() as desk, open_pollers(tmp_path, desk.port, poll_script("Claps", desk.port)) as pollers:
        opened = pollers.open(POLLERS)
        rounds = [pollers.see(f'"claps":{number}', desk.tell) for number in (1, 2)]

    assert (opened.open, [seen.count for seen in rounds]) == (POLLERS, [POLLERS, POLLERS])


class Desk:
    """A server of long-polls with one number, which is its version as well."""

    def __init__(self) -> None:
        self.port = 0
        self.number = 0
        self.changed = threading.Condition()

    def tell(self) -> None:
        with self.changed:
            self.number += 1
            self.changed.notify_all()

    def wait(self, since: str) -> int:
        with self.changed:
            self.changed.wait_for(lambda: str(self.number) != since, timeout=10)
            return self.number


@contextmanager
def serve_polls() -> Iterator[Desk]:
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = desk.wait(self.path.rpartition("since=")[2])
            body = f'{{"claps":{number}}}'.encode()
            self.send_response(200)
            self.send_header("ETag", f'"{number}"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        desk.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield desk
        finally:
            desk.tell()  # Whoever still waits is answered, so that its thread ends.
            server.shutdown()
            thread.join()
