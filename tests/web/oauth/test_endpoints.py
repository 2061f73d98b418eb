"""People agree, and nobody is sent anywhere that an app was not registered with."""

from __future__ import annotations

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from flask import Flask
from flask.testing import FlaskClient

from claps.app import Core
from claps.plain.people import Person
from tests.parts import inside
from tests.web.oauth.conftest import BACK, Program, make_program, query_of

STRANGE: tuple[dict[str, str | None], ...] = (
    {"redirect_uri": "https://evil.test/back"},
    {"redirect_uri": BACK + "/"},
    {"redirect_uri": BACK + "?x=1"},
    {"redirect_uri": 'https://evil.test/"é\\'},
    {"redirect_uri": "https://evil.test/back", "response_type": "token"},
    {"client_id": "nobody"},
    {"client_id": "é\x00"},
    {"client_id": None},
    {"response_type": None, "client_id": None},
)
MISTAKES: tuple[tuple[dict[str, str | None], str], ...] = (
    ({"scope": "read stats"}, "invalid_scope"),
    ({"scope": "read everything"}, "invalid_scope"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
)


def test_a_person_is_asked_in_words_and_sent_back_with_a_code(program: Program) -> None:
    page = program.shows()
    answer = program.decides()

    assert page.status_code == 200
    texts = ("Let Reader in?", "@cyd", "@ben", "reader.test", "Clap, like and bookmark in your name")
    for said in (*texts, 'value="s t&amp;te"'):
        assert said in page.text
    assert "Publish, change" not in page.text
    assert answer.status_code == 303
    told = query_of(answer.headers["Location"])
    assert answer.headers["Location"].startswith(f"{BACK}?")
    assert (told["state"], told["iss"], set(told)) == ("s t&te", "http://localhost", {"code", "state", "iss"})


def test_nobody_shows_the_question_in_a_frame_and_the_form_leads_back_to_the_app_alone(program: Program) -> None:
    headers = program.shows().headers

    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].endswith("form-action 'self' https://reader.test")
    assert headers["Cache-Control"] == "private, no-store"


def test_who_is_not_known_is_sent_nowhere(program: Program) -> None:
    for changes in STRANGE:
        for answer in (program.shows(**changes), program.decides(**changes)):
            assert answer.status_code == 400
            assert "Location" not in answer.headers
            assert "The program that sent you here" in answer.text


def test_an_app_is_told_of_its_mistakes(program: Program) -> None:
    for changes, error in MISTAKES:
        for answer in (program.shows(**changes), program.decides(**changes)):
            assert answer.status_code == 303
            told = query_of(answer.headers["Location"])
            assert answer.headers["Location"].startswith(f"{BACK}?")
            assert (told["error"], told["state"], told["iss"]) == (error, "s t&te", "http://localhost")


def test_what_comes_twice_is_a_mistake(program: Program) -> None:
    asked = [*program.asks().items(), ("scope", "post")]

    answer = program.browser.get("/oauth/authorize", query_string="&".join(f"{name}={value}" for name, value in asked))

    assert answer.status_code in (303, 400)
    assert "code=" not in answer.headers.get("Location", "")


def test_who_says_no_is_sent_back_without_a_code(program: Program) -> None:
    told = query_of(program.decides("deny").headers["Location"])

    assert (told["error"], told["state"]) == ("access_denied", "s t&te")
    assert "code" not in told


def test_who_is_not_signed_in_signs_in_and_comes_back(app: Flask, program: Program) -> None:
    guest = app.test_client()

    page = guest.get("/oauth/authorize", query_string=program.asks())
    answer = guest.post("/oauth/authorize", data={**program.asks(), "decision": "allow"})

    for told in (page, answer):
        assert (told.status_code, told.headers["Location"].partition("?")[0]) == (303, "/login")
        assert query_of(query_of(told.headers["Location"])["next"]) == program.asks()


def test_an_answer_that_another_site_sends_is_refused(program: Program) -> None:
    form = {**program.asks(), "decision": "allow", "person": str(program.person.id)}

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://reader.test"}, {"Origin": "null"}):
        answer = program.browser.post("/oauth/authorize", data=form, headers=headers)
        assert (answer.status_code, "Location" in answer.headers) == (403, False)


def test_who_has_signed_in_meanwhile_is_asked_as_themselves(core: Core, program: Program) -> None:
    dan = inside.write_person(core, "dan")
    with program.browser.session_transaction() as session:
        session["person_id"] = dan.id

    answer = program.decides()

    assert answer.status_code == 200
    assert "@dan" in answer.text


def test_without_an_address_people_go_where_there_is_no_choice(
    core: Core, app: Flask, ben: Person, cyd: Person
) -> None:
    one = make_program(core, app, ben, cyd)
    two = make_program(core, app, ben, cyd, redirect_uris=f"{BACK} https://reader.test/other")

    code = one.gets_code(redirect_uri=None)

    assert one.redeems(code, redirect_uri="").status_code == 200
    assert two.shows(redirect_uri=None).status_code == 400


def test_an_app_on_ones_own_machine_takes_any_port(core: Core, app: Flask, ben: Person, cyd: Person) -> None:
    native = make_program(
        core, app, ben, cyd, redirect_uris="http://127.0.0.1/back test.reader.app:/back", confidential=False
    )

    answers = [native.decides(redirect_uri=uri) for uri in ("http://127.0.0.1:4321/back", "test.reader.app:/back")]
    page = native.shows(redirect_uri="test.reader.app:/back")

    assert [answer.status_code for answer in answers] == [303, 303]
    assert page.headers["Content-Security-Policy"].endswith("form-action 'self' test.reader.app:")
    for wrong in ("http://127.0.0.1:4321/other", "http://127.0.0.1.evil.test/back", "http://127.0.0.1:x/back"):
        assert native.shows(redirect_uri=wrong).status_code == 400


def test_the_metadata_is_what_the_standard_asks_for(app: Flask) -> None:
    client: FlaskClient = app.test_client()

    told = client.get("/.well-known/oauth-authorization-server", base_url="https://claps.test").json

    AuthorizationServerMetadata(told).validate()
    assert told["issuer"] == "https://claps.test"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["scopes_supported"] == ["read", "post", "clap", "follow", "tables", "stats"]


def test_without_tls_there_are_no_tokens_but_on_ones_own_machine(program: Program) -> None:
    form = {"grant_type": "client_credentials"}

    answer = program.server.post("/oauth/token", data=form, base_url="http://claps.test")

    assert answer.status_code == 400
    assert answer.json["error"] == "insecure_transport"
