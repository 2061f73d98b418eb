"""Receives webhooks of Claps, checks that they are what they say, and prints each once.

    pip install standardwebhooks
    python receive.py whsec_...                        # the secret, as it was shown when the webhook was made
    python receive.py whsec_... --port 8100 --seen seen.txt

A message may come twice, because an answer can be lost; its name (``webhook-id``) is the same then. Answer soon, and
do what takes long afterwards: who takes longer than eight seconds is sent the message again.
"""

from __future__ import annotations

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from standardwebhooks import Webhook, WebhookVerificationError

MOST_BYTES = 1024 * 1024


class Inbox:
    """What has come, once: the names of all messages are kept in a file, so that a restart forgets none."""

    def __init__(self, seen: Path) -> None:
        self._seen = seen
        self._names = set(seen.read_text().split()) if seen.exists() else set()
        self._lock = Lock()

    def take(self, name: str, text: str) -> None:
        """Print a message that has not come before, and note its name."""
        with self._lock:
            if name in self._names:
                return
            print(f"{name} {text}", flush=True)
            self._names.add(name)
            with self._seen.open("a") as file:
                file.write(f"{name}\n")


def handler_of(webhook: Webhook, inbox: Inbox) -> type[BaseHTTPRequestHandler]:
    """Make what answers requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            if length > MOST_BYTES:
                self.answer(413)
                return
            # The bytes as they came: what is read and written anew has another signature.
            body = self.rfile.read(length)
            try:
                webhook.verify(body, dict(self.headers), json_parse=False)
            except (WebhookVerificationError, ValueError):
                self.answer(401)
                return
            inbox.take(self.headers["webhook-id"], body.decode())
            self.answer(204)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *told: object) -> None:
            """Say nothing: what came is printed."""

    return Handler


def main() -> None:
    """Listen until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("secret", help="whsec_…")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--seen", type=Path, default=Path("seen.txt"), help="where the names of messages are kept")
    asked = parser.parse_args()
    handler = handler_of(Webhook(asked.secret), Inbox(asked.seen))
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), handler)
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
