"""Tokens open ``/live`` on every wire, each for what its scopes say."""

from __future__ import annotations

import re

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.websocket_client import JSON_PROTOCOL, Rejected, WebSocketClient
from tests.web.conftest import SignIn


def make_token(person: Client, *scopes: str) -> dict[str, str]:
    """Make a token on the page of programs; return the header that shows it."""
    form = "name=Mine&days=7" + "".join(f"&scopes={scope}" for scope in scopes)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    page = person.ask("POST", "/settings/programs/tokens", body=form.encode(), headers=kind)
    found = re.search(r"clapsp_[\w-]+", page.text)
    assert found is not None
    return {"Authorization": f"Bearer {found[0]}"}


def desk_of(person: Client) -> str:
    """The address of one's own dashboard's news."""
    found = re.search(r"writer:\d+", person.get("/dashboard").text)
    assert found is not None
    return f"/live?topic={found[0]}"


def test_stats_open_the_dashboards_news_on_every_wire(live_site: ClapsServer, sign_in: SignIn) -> None:
    ada, program = sign_in("ada"), live_site.open_client()
    url, headers = desk_of(ada), make_token(ada, "stats")

    polled = program.get(f"{url}&wait=0", headers={**headers, "Accept": "application/json"})
    with program.open_stream(url, headers={**headers, "Accept": "text/event-stream"}) as stream:
        told = stream.read_until('"state"')
    with WebSocketClient(live_site.port, url, protocol=JSON_PROTOCOL, headers=headers) as socket:
        heard = socket.receive_json()

    assert (polled.status, stream.status) == (200, 200)
    assert "data: " in told and "state" in heard


def test_pages_of_a_registered_origin_read_what_the_wires_say(live_site: ClapsServer, sign_in: SignIn) -> None:
    ada, program = sign_in("ada"), live_site.open_client()
    form = {"name": "Desk", "redirect_uris": "https://desk.test/back", "scopes": "read"}
    assert ada.post("/settings/programs/apps", form).status in (200, 303)
    allowed = []

    for origin in ("https://desk.test", "https://evil.test"):
        headers = {"Origin": origin, "Accept": "application/json"}
        polled = program.get("/live?topic=post:1&wait=0", headers=headers)
        again = program.get("/live?topic=post:1&wait=0", headers={**headers, "If-None-Match": polled.headers["etag"]})
        with program.open_stream("/live?topic=post:1", headers={**headers, "Accept": "text/event-stream"}) as stream:
            heads = (polled.headers, again.headers, stream.headers)
            allowed.append([head.get("access-control-allow-origin") for head in heads])
        assert polled.json["topic"] == "post:1"

    assert allowed == [["https://desk.test"] * 3, [None] * 3]


def test_another_scope_opens_nothing_of_it(live_site: ClapsServer, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    url, headers = desk_of(ada), make_token(ada, "read", "clap", "post", "follow", "tables")

    refused = live_site.open_client().get(f"{url}&wait=0", headers={**headers, "Accept": "application/json"})
    with pytest.raises(Rejected) as rejected, WebSocketClient(live_site.port, url, headers=headers):
        pass

    assert (refused.status, rejected.value.status) == (403, 403)
    assert 'scope="stats"' in refused.headers["www-authenticate"]


def test_claps_go_up_a_socket_with_the_scope_for_it_as_ones_own(live_site: ClapsServer, sign_in: SignIn) -> None:
    cyd = sign_in("cyd")
    post = "/live?topic=post:2"
    message = {"clap": 1, "topic": "post:2", "id": "x1"}
    before = int(cyd.post_json("/posts/2/claps", {"claps": 1}).json["yours"])

    answers = []
    for scopes in (("clap",), ("read",)):
        headers = make_token(cyd, *scopes)
        with WebSocketClient(live_site.port, post, protocol=JSON_PROTOCOL, headers=headers) as socket:
            socket.send_json(message)
            answer = socket.receive_json()
            while "state" in answer:
                answer = socket.receive_json()
        answers.append(answer)

    assert (answers[0]["ack"], answers[0]["yours"]) == ("x1", before + 1)
    assert answers[1]["refused"] == "x1"


def test_a_socket_is_closed_in_every_worker_when_its_token_is_taken_back(
    live_site: ClapsServer, sign_in: SignIn
) -> None:
    ada = sign_in("ada")
    url, headers = desk_of(ada), make_token(ada, "stats")
    newest = max(map(int, re.findall(r"/settings/programs/permits/(\d+)/end", ada.get("/settings/programs").text)))

    with WebSocketClient(live_site.port, url, protocol=JSON_PROTOCOL, headers=headers) as socket:
        socket.receive_json()
        ada.post(f"/settings/programs/permits/{newest}/end", {"end": 1})
        closed = socket.wait_for_close()

    assert closed.code == 4401
