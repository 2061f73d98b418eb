"""Tables of figures, as a page shows them and as CSV and JSON take them away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

Cell = str | int | float | None
# What a spreadsheet would take for a formula (OWASP, "CSV Injection"); a quote before it makes it a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name for programs, and its head for people. Where ``is_text``, what is in it is no number."""

    name: str
    head_text: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; every row has a cell for each column.

    :ivar name: names it in addresses and files.
    """

    name: str
    title_text: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def hidden(self) -> int:
        """How many columns at the beginning a page shows as links behind others: numbers of posts."""
        return 1 if self.columns[0].name == "post" else 0


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Write a table as CSV (RFC 4180), a line at a time; its head has the names for programs."""
    yield _csv_line([column.name for column in sheet.columns])
    for row in sheet.rows:
        yield _csv_line([_harmless(cell) for cell in row])


def json_parts(sheet: Sheet) -> Iterator[str]:
    """Write a table as a JSON list of objects, a row at a time."""
    names = [column.name for column in sheet.columns]
    before = "["
    for row in sheet.rows:
        yield before + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":"))
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def moment(at: datetime) -> str:
    """Write a time as tables have it."""
    return at.strftime("%Y-%m-%dT%H:%MZ")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _csv_line(cells: list[Cell] | list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(["" if cell is None else cell for cell in cells])
    return text.getvalue()
