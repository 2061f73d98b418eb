"""Bringing a message to another one's server: to the address that was looked at, within a time, and no farther."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gevent
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from claps import __version__
from claps.outside.destinations import Destination, Lookup, Resolver, find_addresses, read_destination
from claps.plain.addresses import Address, Network, is_public
from claps.plain.errors import Invalid, Refused
from claps.plain.meters import meters
from claps.plain.webhook_limits import (
    ANSWER_BYTES,
    ANSWER_SECONDS,
    ANSWER_SHOWN,
    CONNECT_SECONDS,
    DELIVERY_SECONDS,
)
from claps.plain.webhooks import Answer

_ALWAYS = {"Content-Type": "application/json", "User-Agent": f"Claps/{__version__} (webhooks)"}


class Courier:
    """Posts messages.

    A name is looked up once, every address it has is looked at, and the connection goes to one of these, whatever the
    name leads to by then. The certificate is still the name's. No proxy of the environment is used, redirects are
    not followed, and of an answer two kilobytes are read.

    :param networks: of one's own, that messages may go to as well.
    :param lookup: finds the addresses of a name.
    :param context: what certificates are believed; the system's when not given.
    :param seconds: what a delivery may take, from the name to the answer.
    """

    def __init__(
        self, networks: Sequence[Network] = (), *, lookup: Lookup | None = None,
        context: ssl.SSLContext | None = None, seconds: float = DELIVERY_SECONDS,
    ) -> None:
        self._networks = networks
        self._lookup = lookup or Resolver()
        self._context = context
        self._seconds = seconds

    def check(self, url: str) -> None:
        """See that an address can be used, as far as that can be said without asking anybody.

        :raises Invalid: it cannot.
        """
        read_destination(url, self._networks)

    def carry(self, url: str, body: str, headers: Mapping[str, str]) -> Answer:
        """Bring a message, and say how it went."""
        began = time.monotonic()
        limit = gevent.Timeout(self._seconds)
        try:
            with limit:
                answer = self._carry(url, body.encode(), headers)
        except gevent.Timeout as timeout:
            if timeout is not limit:
                raise
            answer = Answer(None, f"It took more than {self._seconds:g} seconds.")
        seconds = time.monotonic() - began
        meters.webhook.note(seconds)
        meters.webhook_tries["taken" if answer.is_taken else "refused" if answer.status else "unreached"] += 1
        return answer._replace(took_ms=round(seconds * 1000))

    def _carry(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            destination = read_destination(url, self._networks)
            addresses = find_addresses(destination, self._networks, self._lookup)
        except (Invalid, Refused) as error:
            return Answer(None, error.message)
        except OSError:
            return Answer(None, "There is no such host.")
        return self._post_to_one(destination, addresses, body, headers)

    def _post_to_one(
        self, destination: Destination, addresses: Sequence[Address], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        answer = Answer(None, "")
        for address in addresses:
            try:
                return self._post(destination, address, body, headers)
            except (NewConnectionError, ConnectTimeoutError):
                # Another of its addresses may be reached: nothing was sent yet.
                answer = Answer(None, "It cannot be reached.")
            except SSLError as error:
                return Answer(None, f"Its certificate is not good: {_why(error)}")
            except ReadTimeoutError:
                return Answer(None, "It does not answer.")
            except (HTTPError, OSError) as error:
                return Answer(None, f"What it answers is no HTTP ({type(error).__name__}).")
        return answer

    def _post(
        self, destination: Destination, address: Address, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        pool = self._open(destination, address)
        try:
            response = pool.urlopen(
                "POST", destination.path, body=body, headers={**_ALWAYS, **headers, "Host": destination.place},
                retries=False, redirect=False, assert_same_host=False, preload_content=False, decode_content=False,
            )
            try:
                # What is inside is not shown outside, also where messages may go there.
                said = _read(response) if is_public(address) and response.status >= 300 else ""
                return Answer(response.status, said, retry_after_seconds=_asked_for(response))
            finally:
                response.close()
        finally:
            pool.close()

    def _open(self, destination: Destination, address: Address) -> HTTPConnectionPool:
        timeout = Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        if not destination.is_https:
            return HTTPConnectionPool(str(address), destination.port, timeout=timeout)
        if self._context is None:
            self._context = ssl.create_default_context()
        # Of an address that was typed in itself, the certificate has to be.
        more: dict[str, Any] = {} if _is_literal(destination) else {"server_hostname": destination.host.rstrip(".")}
        return HTTPSConnectionPool(
            str(address), destination.port, timeout=timeout, ssl_context=self._context, **more
        )


def _read(response: Any) -> str:
    try:
        read: bytes = response.read(ANSWER_BYTES)
    except (HTTPError, OSError, gevent.Timeout):
        return ""  # Its status is known, and that is what counts.
    return "".join(_shown(read.decode("utf-8", "replace")))[:ANSWER_SHOWN]


def _shown(text: str) -> Iterator[str]:
    return (letter if letter.isprintable() else " " for letter in text)


def _asked_for(response: Any) -> int:
    text = response.headers.get("Retry-After", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _is_literal(destination: Destination) -> bool:
    return ":" in destination.host or destination.host.replace(".", "").isdecimal()


def _why(error: SSLError) -> str:
    cause = error.args[0] if error.args else error
    return str(getattr(cause, "verify_message", "") or "no TLS there")
