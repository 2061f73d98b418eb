"""The one tree of errors that are raised on purpose, each with facts and a sentence for a person.

::

    ClapsError
    ├── TokenRefused  401  what you show for it is good for nothing (any more)
    ├── Refused       403  you may not
    │   ├── SignInFirst    not before it is known who you are
    │   └── ScopeMissing   not with this token
    ├── NotFound      404  there is no such thing
    ├── Conflict      409  somebody else was first
    │   ├── PreconditionFailed  412  it is not as you thought; carries how it is
    │   └── Crowded             there is no place left
    ├── Invalid       422  a field is wrong (400 where the request itself is)
    │   └── TooLarge  413  a field is larger than it may be
    ├── TooMany       429  come back in ``retry_after_seconds``
    └── Unavailable   503  a part we need is down; trying again helps
        └── TooSlow        it answers, but one request has waited long enough
"""

from __future__ import annotations

from typing import Any


class ClapsError(Exception):
    """Something that is told to the person who asked.

    :param message: a sentence for a person.
    """

    title = "Something went wrong"
    trying_again_helps = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(ClapsError):
    """The reader may not do this."""

    title = "Not allowed"


class SignInFirst(Refused):
    """Only somebody with an account may do this, and nobody is signed in."""

    title = "Sign in first"


class ScopeMissing(Refused):
    """A program asks for more than a person has let it do.

    :param scope: what it would need.
    """

    title = "Not allowed with this token"

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope


class TokenRefused(ClapsError):
    """A token that was never given out, has ended, or was taken back."""

    title = "This token is good for nothing"


class NotFound(ClapsError):
    """What was asked for does not exist, or not for this reader."""

    title = "Not found"


class Conflict(ClapsError):
    """Somebody else was first."""

    title = "Conflict"


class PreconditionFailed(Conflict):
    """A thing is not as the one who wants to change it thought.

    :param key: what it is called.
    :param current: how it is now, as programs are told; None when there is none.
    """

    title = "Precondition failed"

    def __init__(self, message: str, *, key: str, current: dict[str, Any] | None) -> None:
        super().__init__(message)
        self.key = key
        self.current = current


class Crowded(Conflict):
    """No more can be let in.

    :param limit: so many are in.
    """

    title = "No place left"
    trying_again_helps = True

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class Invalid(ClapsError):
    """A value is wrong.

    :param field: the name of the field, as the form or the query spells it.
    """

    title = "Invalid value"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooLarge(Invalid):
    """A value is larger than it may be."""

    title = "Too large"


class Malformed(Invalid):
    """The request itself cannot be read: no form field, but a part of the address or the protocol."""

    title = "Malformed request"


class TooMany(ClapsError):
    """A limit is reached.

    :param retry_after_seconds: when to come back.
    """

    title = "Too many requests"
    trying_again_helps = True

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(ClapsError):
    """A part that is needed does not answer; what was asked for was not done or not confirmed.

    :param retry_after_seconds: when trying again is likely to help.
    """

    title = "Try again in a moment"
    trying_again_helps = True

    def __init__(self, message: str, *, retry_after_seconds: int = 2) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class TooSlow(Unavailable):
    """A part answers, and so slowly that a request that has waited for it several times is given up."""
