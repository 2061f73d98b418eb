"""Is what has ended deleted?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from claps.acts.passes import Passes
from claps.acts.tokens import make_personal_token
from claps.app import Core
from claps.checks.tokens import check_tokens
from claps.plain.people import Person
from claps.store.tokens import Token
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


def test_what_ended_long_ago_is_found_until_it_is_swept(core: Core, ada: Person) -> None:
    passes = Passes(core.database, core.publish)
    make_personal_token(passes, ada, name="Mine", scopes=["read"], days=7)
    before = check_tokens(core)
    long_ago = (datetime.now(UTC) - timedelta(days=2)).replace(tzinfo=None, microsecond=0)
    core.database.transact(lambda: Token.update(expires_at=long_ago).execute())

    found = check_tokens(core)
    passes.sweep()

    assert [(finding.grade, finding.about) for finding in (*before, *found)] == [("ok", "Tokens"), ("warn", "Tokens")]
    assert "1 codes and tokens" in found[0].said
    assert check_tokens(core)[0].grade == "ok"
