"""Leaving: no program is let in any more for one who has left, nor one of theirs for anybody."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from claps.acts.apps import apps_of, register_app
from claps.acts.leaving import Leaving
from claps.acts.passes import Passes
from claps.acts.tokens import keep_code, make_personal_token, redeem
from claps.acts.webhooks import Wanted, Webhooks, create_webhook, webhooks_of
from claps.app import Core
from claps.plain.people import Person
from claps.plain.permits import Consent, NewTokens
from claps.store import repeats
from claps.store.errands import Task
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


def test_programs_of_one_who_has_left_are_let_in_nowhere(core: Core, tmp_path: Path, ada: Person, ben: Person) -> None:
    passes, leaving = Passes(core.database, core.publish), Leaving(core.database, core.ledger, core.publish, tmp_path)
    app = register_app(
        core.database, ada, name="Reader", redirect_uris="https://a.test/", scopes=["read"], confidential=False
    ).app
    token = make_personal_token(passes, ada, name="Mine", scopes=["read"], days=None)
    keep_code(passes, "clapsc_1", Consent(app.id, ben.id, "", "read", "c" * 43))
    redeem(passes, app, "clapsc_1", NewTokens("clapsa_1", "read", 60))
    core.database.transact(lambda: repeats.begin(ada.id, "k", "a"))

    kit = Webhooks(core.database, lambda url: None, core.settings.secret_key, lambda: None)
    create_webhook(kit, ada, Wanted("https://a.test/", ["person.followed"]), root="https://claps.test")

    for what in ("permits", "apps", "repeats", "webhooks"):
        task = Task(1, "leave", {"what": what, "person_id": ada.id}, 0, 0, datetime.now(UTC))
        core.database.transact(partial(leaving.do, task))

    assert [passes.find(text) for text in (token, "clapsa_1")] == [None, None]
    assert apps_of(core.database, ada) == [] == webhooks_of(kit, ada)
    with core.database.reading():
        assert repeats.hold(ada.id, "k") is None
