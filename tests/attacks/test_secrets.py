"""What is secret is in no log, whichever way it came, and however it failed."""

from __future__ import annotations

import base64
import re

from tests.attacks.wire import exchange
from tests.parts.claps_server import SECRET_KEY, ClapsServer
from tests.parts.http_client import Client
from tests.parts.websocket_client import Rejected, WebSocketClient

MARK = "m4rked"
PASSWORD, OTHER, WRONG = (f"{MARK} {word} under the stairs" for word in ("marmalade", "umbrellas", "something"))
NAME = "marked_eve"


def drive_sessions(eve: Client) -> None:
    """Join, sign in rightly and wrongly, and change the password rightly and wrongly."""
    assert eve.post("/join", {"name": NAME, "display_name": "Eve", "password": PASSWORD}).status == 303
    eve.post("/join", {"name": NAME, "display_name": "Eve", "password": PASSWORD})
    assert eve.post("/settings/password", {"current": PASSWORD, "new": OTHER}).status == 303
    for form in ({"current": WRONG, "new": MARK}, {"current": OTHER, "new": MARK}):
        assert eve.post("/settings/password", form).status in (303, 422)
    for password in (f"{WRONG}\r\n{WRONG}", OTHER):
        eve.post("/login", {"name": NAME, "password": password, "next": f"/{MARK}"})
    eve.post_json("/login", {"name": NAME, "password": WRONG})
    assert eve.post("/settings/leave", {"password": WRONG}).status == 422


def drive_programs(eve: Client) -> list[str]:
    """Make a token and an app's secret, and use and misuse them in every place where a program may put them."""
    page = eve.post("/settings/programs/tokens", {"name": "mine", "scopes": "read", "days": 7}).text
    registered = {"name": "App", "redirect_uris": "https://app.test/back", "scopes": "read", "kind": "confidential"}
    page += eve.post("/settings/programs/apps", registered).text
    found = sorted(set(re.findall(r"claps[ps]_[\w-]{20,}", page)))
    assert found, page
    for secret in (*found, f"clapsa_{MARK}{MARK}{MARK}{MARK}", MARK):
        basic = base64.b64encode(f"app:{secret}".encode()).decode()
        for value in (f"Bearer {secret}", f"Basic {basic}", f"Token  {secret}"):
            for path in ("/api/v1/me", "/live?topic=person:1", "/oauth/token"):
                eve.ask("POST" if path == "/oauth/token" else "GET", path, headers={"Authorization": value})
        form = {"grant_type": "refresh_token", "refresh_token": secret, "client_id": "x", "client_secret": secret}
        for path in ("/oauth/token", "/oauth/revoke", "/oauth/introspect"):
            eve.post(path, {**form, "token": secret, "code": secret, "code_verifier": secret})
        eve.get(f"/oauth/authorize?client_id=x&state={secret}&code={secret}&access_token={secret}")
        eve.get(f"/shared/{secret}")
    return found


def drive_broken(server: ClapsServer) -> None:
    """Send what is refused before anybody looks at it, or fails half-way."""
    for cookie in (f"session={MARK}", f"reader={MARK}; session=\"{MARK}", f"__Host-session={MARK}"):
        for path in ("/settings", "/posts/1/claps", "/live?topic=person:1"):
            server.open_client().post(path, {"claps": 1}, headers={"Cookie": cookie})
        try:
            WebSocketClient(server.port, "/live?topic=person:1", headers={"Cookie": cookie}).close()
        except Rejected:
            pass
    for line in (f"Cookie: session={MARK}\r\nBroken line {MARK}", f"Authorization : {MARK}", f"Cookie: {MARK * 2000}"):
        exchange(server.port, f"GET / HTTP/1.1\r\nHost: claps\r\n{line}\r\n\r\n".encode())


def test_no_secret_is_in_any_log(attacked: ClapsServer) -> None:
    eve = attacked.open_client()
    drive_sessions(eve)
    made = drive_programs(eve)
    signed = [value for value in eve.cookies.values() if len(value) > 20]
    drive_broken(attacked)
    eve.post("/settings/leave", {"password": OTHER, "now": 1})

    logged = "".join(path.read_text() for path in attacked.var.parent.rglob("*.log"))

    assert "answered 303" in logged, "each request is logged here"
    for secret in (*made, *signed, SECRET_KEY, "under the stairs", "$argon2id"):
        assert secret not in logged
    assert [line for line in logged.splitlines() if MARK in line and NAME not in line] == []
