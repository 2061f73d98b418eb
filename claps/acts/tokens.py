"""Giving programs codes and tokens, changing them for others, and taking them back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TypeVar

from claps.acts.apps import program_name, wanted_scopes
from claps.acts.passes import Passes, digest_of
from claps.plain.errors import Conflict, Invalid, NotFound, Refused
from claps.plain.limits import CODE_SECONDS, PERMITS_PER_APP, PERSONAL_TOKEN_DAYS, REFRESH_SECONDS, TOKENS_PER_PERSON
from claps.plain.people import Person
from claps.plain.permits import Consent, NewTokens, Pass, Permit, Program, join_scopes
from claps.store import tokens

T = TypeVar("T")
# Known by their beginning, so that programs which look for secrets in what people publish find them.
ACCESS_MARK, REFRESH_MARK, PERSONAL_MARK, CODE_MARK = "clapsa_", "clapsr_", "clapsp_", "clapsc_"
_USED_TWICE = "It was used before: whoever has it, too, may have stolen it. All that came of it has ended."


def new_access_token() -> str:
    """Make an access token out of nothing."""
    return ACCESS_MARK + secrets.token_urlsafe(32)


def new_refresh_token() -> str:
    """Make a refresh token out of nothing."""
    return REFRESH_MARK + secrets.token_urlsafe(32)


def new_code() -> str:
    """Make a code out of nothing."""
    return CODE_MARK + secrets.token_urlsafe(32)


def keep_code(passes: Passes, code: str, consent: Consent) -> None:
    """Keep a code that stands for what a person has just agreed to."""
    passes.database.transact(lambda: tokens.add_code(digest_of(code), consent, seconds=CODE_SECONDS))


def find_consent(passes: Passes, app: Program, code: str) -> Consent | None:
    """Find what an app's code stands for, without redeeming it.

    A code that was redeemed before ends all that came of it (RFC 6749, section 4.1.2).

    :return: None for a code that is not the app's, is too old, or was redeemed.
    """
    consent, ended = passes.database.transact(lambda: _look_at_code(app, code))
    _forget(passes, ended)
    return consent


def redeem(passes: Passes, app: Program, code: str, new: NewTokens) -> None:
    """Change a code for the tokens that were made for it.

    :raises Refused: the code is too old, or somebody else has redeemed it in this moment; then theirs end, too.
    """

    surplus: list[int] = []

    def work() -> int | None:
        consent, ended = _look_at_code(app, code)
        if consent is None:
            return ended or 0
        permit_id = tokens.add_permit(app_id=app.id, person_id=consent.person_id, scopes=consent.scopes)
        tokens.redeem_code(digest_of(code), permit_id)
        _add_tokens(permit_id, consent.scopes, new)
        surplus[:] = tokens.surplus_permits(app.id, consent.person_id, PERMITS_PER_APP)
        for old_id in surplus:
            tokens.drop_permit(old_id)
        return None

    ended = passes.database.transact(work)
    if ended is not None:
        _forget(passes, ended)
        raise Refused(_USED_TWICE if ended else "This code is too old.")
    for old_id in surplus:
        _forget(passes, old_id)


def find_refreshable(passes: Passes, app: Program, token: str) -> Pass | None:
    """Find what a refresh token of an app stands for, without using it.

    One that was used before ends its whole family: either the app or a thief has the newer one, and nobody knows
    which (RFC 9700, section 4.14.2).

    :return: None for a token that is not the app's, has ended, or was used.
    """
    found, ended = passes.database.transact(lambda: _look_at_refresh_token(app, token))
    _forget(passes, ended)
    return found


def refresh(passes: Passes, app: Program, token: str, new: NewTokens) -> None:
    """Change a refresh token for a new pair; what the person has agreed to stays the same.

    :raises Refused: it was used in this moment by somebody else, whose tokens end as well, or was taken back.
    """

    def work() -> int | None:
        found, ended = _look_at_refresh_token(app, token)
        if found is None:
            return ended or 0
        tokens.use_refresh_token(digest_of(token))
        _add_tokens(found.permit_id, join_scopes(found.scopes), new)
        return None

    ended = passes.database.transact(work)
    if ended is not None:
        _forget(passes, ended)
        raise Refused(_USED_TWICE if ended else "This token has ended.")


def give_app_token(passes: Passes, app: Program, new: NewTokens) -> None:
    """Keep a token of an app that speaks for nobody."""

    def work() -> None:
        _add_tokens(tokens.add_permit(app_id=app.id, person_id=None, scopes=new.access_scopes), "", new)

    passes.database.transact(work)


def look_at(passes: Passes, token: str) -> Pass | None:
    """Find what any token stands for; None for one that has ended or was used up."""
    with passes.database.reading():
        found = tokens.find_pass(digest_of(token))
    return None if found is None or found[1] else found[0]


def take_back(passes: Passes, token: str, found: Pass) -> None:
    """Take back a token; a refresh token with all that came of it (RFC 7009, section 2.1)."""
    if found.kind == "access":
        passes.database.transact(lambda: tokens.drop_token(digest_of(token)))
    else:
        passes.database.transact(lambda: tokens.drop_permit(found.permit_id))
    passes.forget_permit(found.permit_id)


def make_personal_token(
    passes: Passes, person: Person, *, name: str, scopes: Iterable[str], days: int | None
) -> str:
    """Make a token of one's own, for a script; it is shown this once.

    :param days: how long it lasts, one of ``PERSONAL_TOKEN_DAYS``; None for as long as nobody takes it back.
    :raises Invalid: a field is not usable; names its field.
    :raises Conflict: the person has as many as anybody may.
    """
    if days is not None and days not in PERSONAL_TOKEN_DAYS:
        raise Invalid("days", "Choose how long it lasts, please.")
    name, wanted = program_name(name), wanted_scopes(scopes)
    token = PERSONAL_MARK + secrets.token_urlsafe(32)

    def work() -> None:
        if len(tokens.permits_of(person.id, of_apps=False)) >= TOKENS_PER_PERSON:
            raise Conflict(f"You have {TOKENS_PER_PERSON} tokens: take one back first.")
        permit_id = tokens.add_permit(app_id=None, person_id=person.id, scopes=wanted, name=name)
        seconds = None if days is None else days * 24 * 3600
        tokens.add_token(digest_of(token), permit_id, "personal", wanted, seconds=seconds)

    passes.database.transact(work)
    return token


def permits_of(passes: Passes, person: Person) -> tuple[list[Permit], list[Permit]]:
    """Read what a person lets apps do, and the tokens of their own; the newest first."""
    with passes.database.reading():
        return tokens.permits_of(person.id, of_apps=True), tokens.permits_of(person.id, of_apps=False)


def end_permit(passes: Passes, person: Person, permit_id: int) -> None:
    """Take back what one lets an app do, or a token of one's own.

    :raises NotFound: it is none of this person's.
    """

    def work() -> bool:
        if not tokens.owns_permit(permit_id, person.id):
            return False
        tokens.drop_permit(permit_id)
        return True

    if not passes.database.transact(work):
        raise NotFound("You have given no such leave, or have taken it back.")
    passes.forget_permit(permit_id)


def _look_at_code(app: Program, code: str) -> tuple[Consent | None, int | None]:
    found = tokens.find_code(digest_of(code), app.id)
    return (None, None) if found is None else _once(found[0], used_for=found[1])


def _look_at_refresh_token(app: Program, token: str) -> tuple[Pass | None, int | None]:
    digest = digest_of(token)
    found = tokens.find_pass(digest)
    if found is None or found[0].kind != "refresh" or found[0].app_id != app.id:
        return None, None
    # Held, so that two who use it in the same moment come one after the other; and looked at again behind the first.
    found = tokens.find_pass(digest) if tokens.hold_permit(found[0].permit_id) else None
    return (None, None) if found is None else _once(found[0], used_for=found[0].permit_id if found[1] else None)


def _once(found: T, *, used_for: int | None) -> tuple[T | None, int | None]:
    """Let through what was not used before; else end the permit, and return its id."""
    if used_for is None:
        return found, None
    tokens.drop_permit(used_for)
    return None, used_for


def _add_tokens(permit_id: int, scopes: str, new: NewTokens) -> None:
    tokens.add_token(digest_of(new.access), permit_id, "access", new.access_scopes, seconds=new.access_seconds)
    if new.refresh is not None:
        tokens.add_token(digest_of(new.refresh), permit_id, "refresh", scopes, seconds=REFRESH_SECONDS)


def _forget(passes: Passes, permit_id: int | None) -> None:
    if permit_id is not None:
        passes.forget_permit(permit_id)
