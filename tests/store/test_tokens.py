"""Permits, codes and tokens in SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.plain.permits import Consent
from claps.store import tokens
from claps.store.apps import add_app, apps_of, drop_app, find_app, has_origin, secret_digest_of, set_secret_digest

pytestmark = pytest.mark.usefixtures("transaction")
ADA, BEN = 1, 2


def register(client_id: str = "reader") -> int:
    """Add an app of Ada's."""
    fields = {
        "client_id": client_id, "owner_id": ADA, "name": "Reader", "redirect_uris": "https://a.test/\nhttps://b.test/",
        "scopes": "read clap", "secret_digest": "s" * 64,
    }
    return add_app(fields, ["https://a.test", "https://a.test", "https://b.test"]).id


def test_what_is_given_is_found_used_once_and_ends_together() -> None:
    app_id = register()
    consent = Consent(app_id, BEN, "https://a.test/", "read", "c" * 43)
    tokens.add_code("c1", consent, seconds=60)
    permit_id = tokens.add_permit(app_id=app_id, person_id=BEN, scopes="read")
    tokens.add_token("a1", permit_id, "access", "read", seconds=60)
    tokens.add_token("r1", permit_id, "refresh", "read", seconds=60)

    assert (tokens.find_code("c1", app_id), tokens.find_code("c1", app_id + 1)) == ((consent, None), None)
    tokens.redeem_code("c1", permit_id)
    assert tokens.find_code("c1", app_id) == (consent, permit_id)
    found = tokens.find_pass("a1")
    assert found is not None and (found[0].person_id, found[0].client_id, found[1]) == (BEN, "reader", False)
    assert [tokens.use_refresh_token(digest) for digest in ("r1", "r1", "a1")] == [True, False, False]
    used = tokens.find_pass("r1")
    assert used is not None and used[1]
    tokens.note_use(permit_id, every_seconds=60)
    [shown] = tokens.permits_of(BEN, of_apps=True)
    assert (shown.name, shown.scopes, tokens.permits_of(BEN, of_apps=False)) == ("Reader", "read", [])
    assert shown.used_at is not None and shown.expires_at is not None
    assert (tokens.owns_permit(permit_id, BEN), tokens.owns_permit(permit_id, ADA)) == (True, False)
    assert tokens.hold_permit(permit_id)
    tokens.drop_permit(permit_id)
    assert not tokens.hold_permit(permit_id)
    assert [tokens.find_pass(digest) for digest in ("a1", "r1")] == [None, None]


def test_apps_are_found_changed_and_deleted_with_all_that_came_of_them() -> None:
    app_id = register()
    permit_id = tokens.add_permit(app_id=app_id, person_id=BEN, scopes="read")
    tokens.add_token("a1", permit_id, "access", "read", seconds=None)

    assert [app.id for app in apps_of(ADA)] == [app_id]
    assert (has_origin("https://b.test"), has_origin("https://b.test", app_id + 1)) == (True, False)
    assert [set_secret_digest(app_id, person_id, "t" * 64) for person_id in (BEN, ADA)] == [False, True]
    assert secret_digest_of(app_id) == "t" * 64
    assert [drop_app(app_id, person_id) for person_id in (BEN, ADA, ADA)] == [False, True, False]
    assert (find_app("reader"), has_origin("https://a.test"), tokens.find_pass("a1")) == (None, False, None)
    assert tokens.drop_ended(datetime.now(UTC), 10) == 1, "the permit without an app"


def test_what_has_ended_is_counted_and_swept_and_nothing_else() -> None:
    app_id, later = register(), datetime.now(UTC) + timedelta(seconds=30)
    tokens.add_code("c1", Consent(app_id, BEN, "", "read", "c"), seconds=10)
    tokens.add_code("c2", Consent(app_id, BEN, "", "read", "c"), seconds=60)
    ending, lasting = (tokens.add_permit(app_id=app_id, person_id=BEN, scopes="read") for _ in range(2))
    tokens.add_token("a1", ending, "access", "read", seconds=10)
    tokens.add_token("a2", lasting, "access", "read", seconds=60)
    own = tokens.add_permit(app_id=None, person_id=BEN, scopes="read")
    tokens.add_token("p1", own, "personal", "read", seconds=None)

    assert tokens.ended_before(later, 10) == 2
    assert tokens.drop_ended(later, 10) == 3
    assert (tokens.ended_before(later, 10), tokens.drop_ended(later, 10)) == (0, 0)
    assert [tokens.find_pass(digest) is None for digest in ("a1", "a2", "p1")] == [True, False, False]
    assert tokens.surplus_permits(app_id, BEN, 1) == []
    assert len(tokens.drop_permits_of(BEN, 10)) == 2
