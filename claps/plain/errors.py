"""The one tree of errors that are raised on purpose, each with facts and a sentence for a person.

::

    ClapsError
    ├── Refused       403  you may not
    │   └── SignInFirst    not before it is known who you are
    ├── NotFound      404  there is no such thing
    ├── Conflict      409  somebody else was first
    ├── Invalid       422  a field is wrong (400 where the request itself is)
    ├── TooMany       429  come back in ``retry_after_seconds``
    └── Unavailable   503  a part we need is down; trying again helps
"""

from __future__ import annotations


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


class NotFound(ClapsError):
    """What was asked for does not exist, or not for this reader."""

    title = "Not found"


class Conflict(ClapsError):
    """Somebody else was first."""

    title = "Conflict"


class Invalid(ClapsError):
    """A value is wrong.

    :param field: the name of the field, as the form or the query spells it.
    """

    title = "Invalid value"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


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
