"""Websites registered on a running site, and what serves their pages: another origin, on another port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from claps.store.database import Database
from claps.store.people import get_person
from claps.store.sites import add_site
from tests.parts.claps_server import ClapsServer

Pages = Mapping[str, tuple[str, bytes]]


def register(server: ClapsServer, *origins: str, owner: str = "ada") -> None:
    """Register a website of one of the demo's people, as the page of settings does."""
    database = Database(f"sqlite:///{server.var / 'claps.sqlite'}")
    try:
        database.transact(lambda: add_site(get_person(owner).id, "Blog", origins))
    finally:
        database.close()


@contextmanager
def serving(pages: Pages) -> Iterator[str]:
    """Serve pages by their paths, each with its kind, at an origin of another host name; give the origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = pages.get(urlsplit(self.path).path, ("text/plain", b"nothing here"))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        # Another site than 127.0.0.1 to a browser, so that what crosses sites is tried.
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
