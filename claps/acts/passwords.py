"""Passwords: which ones are taken, and how they are kept."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import get_hub

from claps.plain.errors import Invalid
from claps.plain.limits import PASSWORD_GUESSES, PASSWORD_LENGTHS

T = TypeVar("T")
# RFC 9106, section 4, second recommended option, is the library's default: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher()
# zxcvbn looks at no more; what is behind it only adds.
_LOOKED_AT = 72
_SITE_WORDS = ("claps", "applause", "clapping")


def check_new(password: str, *, field: str = "password", words: Iterable[str] = ()) -> None:
    """See that a new password would not soon be guessed (NIST SP 800-63B-4, section 3.1.1.2).

    Long is asked for, and nothing of capitals, digits or signs. What is refused was leaked often, is put together of
    such, or of the site's and the person's own names: whatever a list of passwords would find in ten million guesses.

    :param words: what everybody knows of the person.
    :raises Invalid: it is too short, too long, or would be guessed.
    """
    least, most = PASSWORD_LENGTHS
    if not least <= len(password) <= most:
        raise Invalid(field, f"A password has {least} to {most} characters. Three or four words do.")
    found = in_thread(_estimate, password[:_LOOKED_AT], [*_SITE_WORDS, *words])
    if found["guesses"] < PASSWORD_GUESSES:
        why = found["feedback"]["warning"] or "It is made of what many people use."
        raise Invalid(field, f"This would soon be guessed. {why.rstrip('.')}. Take three or four other words.")


def hash_password(password: str) -> str:
    """Hash a password as it is stored."""
    return _HASHER.hash(_composed(password))


@cache
def hash_of_nobody() -> str:
    """The hash of a password that nobody has."""
    # When the first person signs in, and not when a process starts: it takes 0.3 s there.
    return _HASHER.hash("nobody has this password")


def fits(password_hash: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed."""
    # Caught within the thread: gevent writes a traceback for whatever leaves one.
    try:
        return _HASHER.verify(password_hash, _composed(password))
    except (VerificationError, InvalidHashError):
        return False


def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Do what takes tens of milliseconds on purpose where nobody else's news waits for it."""
    result: T = get_hub().threadpool.apply(function, args)
    return result


def _composed(password: str) -> str:
    # The same letter may come in one piece or in two, depending on the keyboard.
    return unicodedata.normalize("NFC", password)


@cache
def _estimator() -> Callable[..., dict[str, Any]]:
    # Its lists take 15 MB. A worker has them from the first new password on, and most never see one.
    estimate: Callable[..., dict[str, Any]] = importlib.import_module("zxcvbn").zxcvbn
    return estimate


def _estimate(password: str, words: list[str]) -> dict[str, Any]:
    return _estimator()(password, user_inputs=words)
