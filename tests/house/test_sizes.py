"""A file is read in one sitting, a function in one glance."""

from __future__ import annotations

import ast

from tests.house.sources import list_python, list_styles, name_of

FILE_LINES = 300
FUNCTION_LINES = 40
Function = ast.FunctionDef | ast.AsyncFunctionDef


def count_lines(function: Function) -> int:
    """Count a function's lines without decorators and docstring, which may be as long as they must."""
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring_lines = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring_lines


def test_files_are_under_300_lines() -> None:
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in [*list_python(), *list_styles()]}

    assert not {name: lines for name, lines in sizes.items() if lines >= FILE_LINES}


def test_functions_are_under_40_lines() -> None:
    sizes = {
        f"{name_of(path)}:{node.lineno} {node.name}": count_lines(node)
        for path in list_python()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, Function)
    }

    assert not {name: lines for name, lines in sizes.items() if lines >= FUNCTION_LINES}
