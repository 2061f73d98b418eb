"""JSON values: what is read, and what no two programs would read alike."""

from __future__ import annotations

import pytest

from claps.plain.errors import Invalid, TooLarge
from claps.plain.limits import VALUE_BYTES, VALUE_DEPTH
from claps.plain.values import read_json, write_value


def nested(depth: int) -> list[object]:
    """Lists in lists."""
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize("text", ["null", "-0.5", '{"a":[1,"ü",true]}', '""', "12345678901234567890123"])
def test_what_was_read_is_written_as_it_was(text: str) -> None:
    assert write_value(read_json(text)) == write_value(read_json(text.encode())) == text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"), (b"{a: 1}", "not JSON"), (b"[1,]", "not JSON"), (b"1 2", "not JSON"), (b"\xff", "byte 0"),
        (b"\xef\xbb\xbf1", "not JSON"), (b"NaN", "NaN"), (b"-Infinity", "-Infinity"),
        (b'[{"a": 1, "a": 1}]', "“a” is twice"),
        (b"[" * 100_000, "64 levels"), (b"9" * 5_000, "too long"),
    ],
)
def test_what_programs_read_differently_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_json(data)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"a": ["\udfff"]}, object(), {1, 2}])
def test_what_is_no_json_is_not_written(value: object) -> None:
    with pytest.raises(Invalid):
        write_value(value)


def test_levels_have_a_bound() -> None:
    assert write_value(nested(VALUE_DEPTH)) == "[" * VALUE_DEPTH + "]" * VALUE_DEPTH
    for depth in (VALUE_DEPTH + 1, 50_000):
        with pytest.raises(Invalid, match="64 levels"):
            write_value(nested(depth))


def test_bytes_have_a_bound() -> None:
    assert len(write_value("ü" * (VALUE_BYTES // 2 - 1)).encode()) == VALUE_BYTES
    with pytest.raises(TooLarge, match="65,537"):
        write_value("ü" * (VALUE_BYTES // 2 - 1) + "a")
