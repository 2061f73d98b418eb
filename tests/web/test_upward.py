"""Claps that come up a JSON WebSocket are acknowledged by their ids."""

from __future__ import annotations

import pytest

from claps.plain.patience import LOOKS_UNANSWERED
from tests.faults.frames import frame
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

LIVE = "/live?topic=post:3"


def receive_answer(program: WebSocketClient) -> dict[str, object]:
    """Pass over news until an answer comes."""
    while True:
        told: dict[str, object] = program.receive_json()
        if "topic" not in told:
            return told


def test_a_clap_is_acknowledged_with_its_id_and_counts(live_site: ClapsServer, guest: Client) -> None:
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as program:
        program.send_json({"clap": 3, "topic": "post:3", "id": "x1"})
        first = receive_answer(program)
        program.send_json({"clap": 50, "topic": "post:3", "id": "x2"})
        second = receive_answer(program)

    assert (first["ack"], first["yours"]) == ("x1", 3)
    assert (second["ack"], second["yours"]) == ("x2", 50)
    assert int(str(second["claps"])) >= int(str(first["claps"])) + 47


def test_a_clap_for_a_post_that_is_not_watched_counts_as_well(live_site: ClapsServer) -> None:
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as program:
        program.send_json({"clap": 2, "topic": "post:9", "id": "x1"})

        assert receive_answer(program)["yours"] == 2


def test_what_is_refused_says_so_under_its_id(live_site: ClapsServer) -> None:
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as program:
        program.send_json({"clap": 3, "topic": "post:999", "id": "x1"})

        told = receive_answer(program)

    assert (told["refused"], told["status"], told["detail"]) == ("x1", 404, "There is no such post.")


@pytest.mark.parametrize("message_id", [7, "x" * 65, ["x1"]])
def test_an_id_is_a_short_text(live_site: ClapsServer, message_id: object) -> None:
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as program:
        program.send_json({"clap": 3, "topic": "post:3", "id": message_id})

        told = receive_answer(program)

    assert (told["status"], told["field"]) == (422, "id")


def test_who_has_a_cookie_claps_as_the_same_reader(live_site: ClapsServer, guest: Client) -> None:
    guest.post_json("/posts/3/claps", {"claps": 4})
    headers = {"Cookie": guest.cookie_header}

    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL, headers=headers) as program:
        program.send_json({"clap": 1, "topic": "post:3", "id": "x1"})

        assert receive_answer(program)["yours"] == 5


def test_a_hundred_claps_at_once_get_a_hundred_answers(live_site: ClapsServer) -> None:
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as program:
        for number in range(100):
            program.send_json({"clap": 1, "topic": "post:3", "id": f"x{number}"})

        answers = [receive_answer(program) for _ in range(100)]

    assert {answer["ack"] for answer in answers} == {f"x{number}" for number in range(100)}
    assert max(int(str(answer["yours"])) for answer in answers) == 50


def test_who_does_not_wait_for_answers_is_told_to(live_site: ClapsServer) -> None:
    many = LOOKS_UNANSWERED * 20
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as program:
        program.send_raw(b"".join(frame(1, b'{"clap": 1, "topic": "post:999", "id": "x"}') for _ in range(many)))
        answers = [receive_answer(program)["status"] for _ in range(many)]

    assert set(answers) == {404, 429}, "each is answered, and most were not looked up"


def test_a_page_gets_fragments_and_is_parked_first(live_site: ClapsServer, guest: Client) -> None:
    with WebSocketClient(live_site.port, LIVE) as page:
        first = page.receive_text()
        claps = guest.post_json("/posts/3/claps", {"claps": 1}).json["claps"]

        assert first.startswith('<div id="lp" hx-swap-oob="true"') and "load delay:60s" in first
        assert page.receive_until(f'<hx-partial id="claps-3">{claps:,}</hx-partial>')
