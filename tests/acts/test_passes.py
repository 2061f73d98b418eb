"""What bearers may do, at hand for seconds and forgotten at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import gevent
import pytest

from claps.acts.passes import Passes
from claps.acts.tokens import end_permit, make_personal_token, permits_of
from claps.app import Core
from claps.plain.errors import Conflict, Invalid, NotFound, Unavailable
from claps.plain.people import Person
from claps.store.tokens import Permit, Token, find_pass
from tests.parts.inside import ON_SQLITE, noting_greenlets
from tests.parts.queries import noting_queries

pytestmark = ON_SQLITE


def make(passes: Passes, person: Person, **changes: object) -> str:
    """Make a token of one's own."""
    fields = {"name": "Weather", "scopes": ["read"], "days": 7, **changes}
    return make_personal_token(passes, person, **fields)  # type: ignore[arg-type]


def end(permit_id: int, *, hours: int) -> None:
    """Let a permit and its token have ended so many hours ago."""
    at = (datetime.now(UTC) - timedelta(hours=hours)).replace(tzinfo=None, microsecond=0)
    Permit.update(created_at=at).where(Permit.id == permit_id).execute()
    Token.update(expires_at=at).where(Token.permit_id == permit_id).execute()


def test_a_busy_program_asks_sql_once(core: Core, ada: Person) -> None:
    passes = Passes(core.database, core.publish)
    token = make(passes, ada)

    with noting_greenlets() as begun, noting_queries() as noted:
        found = [passes.find(token) for _ in range(3)]
        gevent.joinall(begun)

    assert [kept.person_id for kept in found if kept] == [ada.id] * 3
    assert len([query for query in noted if query.startswith("SELECT")]) == 1
    assert permits_of(passes, ada)[1][0].used_at is not None


def test_nobody_has_a_token_that_was_never_given(core: Core) -> None:
    passes = Passes(core.database, core.publish)

    assert [passes.find(token) for token in ("", "clapsp_x", "é\x00", "\udcff")] == [None] * 4


def test_what_one_worker_takes_back_the_others_forget_when_they_hear_it(core: Core, ada: Person) -> None:
    here, there, deaf = Passes(core.database, lambda name, message: there.hear(message)), None, None
    there, deaf = Passes(core.database, core.publish), Passes(core.database, core.publish)
    token = make(here, ada)
    assert all(passes.find(token) for passes in (here, there, deaf))

    end_permit(here, ada, permits_of(here, ada)[1][0].id)

    assert [bool(passes.find(token)) for passes in (here, there, deaf)] == [False, False, True]
    deaf.hear("unpermit x")
    deaf.hear("left 7")
    assert deaf.find(token), "what is not about it changes nothing"


def test_taking_back_works_while_nobody_can_be_told(core: Core, ada: Person) -> None:
    def publish(name: str, message: str) -> None:
        raise Unavailable("Redis does not answer.")

    passes = Passes(core.database, publish)
    token = make(passes, ada)

    end_permit(passes, ada, permits_of(passes, ada)[1][0].id)

    assert passes.find(token) is None


def test_what_was_taken_back_while_it_was_read_is_not_kept(
    core: Core, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = Passes(core.database, core.publish)
    token = make(passes, ada)
    permit_id = permits_of(passes, ada)[1][0].id

    def find_late(digest: str) -> object:
        found = find_pass(digest)
        passes.hear(f"unpermit {permit_id}")
        return found

    monkeypatch.setattr("claps.store.tokens.find_pass", find_late)
    passes.find(token)
    monkeypatch.undo()
    core.database.transact(lambda: Permit.delete().execute())

    assert passes.find(token) is None


def test_a_token_ends_while_it_is_kept(core: Core, ada: Person) -> None:
    passes = Passes(core.database, core.publish)
    token = make(passes, ada)
    soon = (datetime.now(UTC) + timedelta(seconds=1)).replace(tzinfo=None)
    core.database.transact(lambda: Token.update(expires_at=soon.replace(microsecond=0)).execute())

    deadline = gevent.Timeout(5)
    deadline.start()
    while passes.find(token):
        gevent.sleep(0.05)
    deadline.cancel()


def test_what_has_ended_is_swept_a_day_later(core: Core, ada: Person) -> None:
    passes = Passes(core.database, core.publish)
    old, older, lasting = make(passes, ada), make(passes, ada), make(passes, ada, days=None)
    tokens = permits_of(passes, ada)[1]
    for permit, hours in ((tokens[2], 23), (tokens[1], 25)):
        core.database.transact(partial(end, permit.id, hours=hours))

    swept = passes.sweep()

    assert swept == 2, "the token and the permit behind it"
    assert passes.sweep() == 0
    assert [permit.id for permit in permits_of(passes, ada)[1]] == [tokens[0].id, tokens[2].id]
    assert [bool(passes.find(token)) for token in (old, older, lasting)] == [False, False, True]


def test_tokens_of_ones_own_have_a_name_a_purpose_and_an_end(core: Core, ada: Person, ben: Person) -> None:
    passes = Passes(core.database, core.publish)

    for changes, field in (({"name": ""}, "name"), ({"scopes": ["all"]}, "scopes"), ({"days": 8}, "days")):
        with pytest.raises(Invalid) as refused:
            make(passes, ada, **changes)
        assert refused.value.field == field
    make(passes, ada)
    with pytest.raises(NotFound):
        end_permit(passes, ben, permits_of(passes, ada)[1][0].id)


def test_nobody_has_more_tokens_than_anybody_may(
    core: Core, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.tokens.TOKENS_PER_PERSON", 1)
    passes = Passes(core.database, core.publish)
    make(passes, ada)

    with pytest.raises(Conflict):
        make(passes, ada)
