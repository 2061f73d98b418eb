"""JSON values as tables keep them: read strictly, so that every program that reads one finds the same in it."""

from __future__ import annotations

import json
from typing import Any

from claps.plain.errors import Invalid, TooLarge
from claps.plain.limits import VALUE_BYTES, VALUE_DEPTH

# json.dumps() would make an encoder for each call.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def read_json(data: bytes | str) -> Any:
    """Read JSON (RFC 8259) without what programs read differently.

    :raises Invalid: it is no JSON or no UTF-8; it has NaN or Infinity, a name twice in one object, half a character,
        a number that is too large, or more levels than 64.
    """
    try:
        text = data if isinstance(data, str) else data.decode()
        value = json.loads(text, object_pairs_hook=_read_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise Invalid("value", f"This is not UTF-8: byte {error.start} does not belong there.") from error
    except RecursionError as error:
        raise Invalid("value", _TOO_DEEP) from error
    except json.JSONDecodeError as error:
        raise Invalid("value", f"This is not JSON: {error.msg} at character {error.pos}.") from error
    except ValueError as error:
        # Python reads no number of more than 4,300 digits.
        raise Invalid("value", "A number in it is too long.") from error
    _check_depth(value)
    return value


def write_value(value: Any) -> str:
    """Write a value as it is kept: without needless blanks.

    :raises TooLarge: it is longer than 64 KiB then.
    :raises Invalid: it is not JSON: NaN, a number that is too large, half a character, too many levels.
    """
    _check_depth(value)
    try:
        text = _encode(value)
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Invalid("value", "A text in it has half a character (a lone surrogate).") from error
    except ValueError as error:
        raise Invalid("value", "JSON knows no such number: not NaN, not Infinity, and not beyond 1.8e308.") from error
    except TypeError as error:
        raise Invalid("value", "This is not JSON.") from error
    if size > VALUE_BYTES:
        raise TooLarge("value", f"A value has at most {VALUE_BYTES:,} bytes as JSON; this one has {size:,}.")
    return text


_TOO_DEEP = f"At most {VALUE_DEPTH} levels of lists and objects, please."


def _check_depth(value: Any) -> None:
    # Level by level and not by recursion, which is what a deep value is made for.
    level, depth = [value], 0
    while level:
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
            else:
                continue
            if depth >= VALUE_DEPTH:
                raise Invalid("value", _TOO_DEEP)
        level, depth = inner, depth + 1


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid("value", f"The name “{_shown(twice)}” is twice in one object.")
    return found


def _refuse_constant(name: str) -> Any:
    raise Invalid("value", f"JSON knows no {name}.")


def _shown(name: str) -> str:
    return name[:40].encode(errors="replace").decode()
