"""What leaves the process stands in docs/limits.md with its time limit, and the numbers there are the code's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.sources import ROOT, list_python

OUTSIDE = {
    "gevent.socket", "gevent.subprocess", "http", "playhouse", "pymysql", "redis", "requests", "select", "smtplib",
    "socket", "sqlite3", "ssl", "subprocess", "urllib.request",
}
TEXT = (ROOT / "docs" / "limits.md").read_text()
NAMED = re.compile(r"`([A-Za-z_]+)` = ([0-9.]+)")


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, with those that they belong to."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found | {name.partition(".")[0] for name in found}


def numbers_of(path: Path) -> set[tuple[str, float]]:
    """The numbers that stand in a file under a name of their own."""
    return {
        (node.targets[0].id, number)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if (number := number_of(node.value)) is not None
    }


def number_of(node: ast.expr) -> float | None:
    """A number, or a product of numbers; None for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = number_of(node.left), number_of(node.right)
        return None if left is None or right is None else left * right
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return float(node.value) if is_number else None  # type: ignore[attr-defined]


def test_every_file_that_opens_something_outside_is_listed() -> None:
    files = [path for path in list_python("claps") if imports_of(path) & OUTSIDE]

    assert len(files) > 10
    assert not [name for path in files if f"`{(name := path.relative_to(ROOT / 'claps').as_posix())}`" not in TEXT]


def test_every_number_is_the_codes() -> None:
    known = {pair for path in list_python("claps") for pair in numbers_of(path)}

    told = {(name, float(number)) for name, number in NAMED.findall(TEXT)}

    assert len(told) > 20
    assert not told - known
