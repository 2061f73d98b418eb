"""Who may import whom."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT, list_python, name_of

LISTS = ("layers", "modules", "source_modules", "forbidden_modules", "protected_modules", "allowed_importers")


def test_every_import_goes_down() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    command = [str(linter), "--config", "setup.cfg", "--no-cache"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_contracts_name_one_module_per_line() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    contracts = [config[name] for name in config.sections() if name.startswith("importlinter:contract:")]

    values = [contract.get(name, "") for contract in contracts for name in LISTS]

    assert contracts
    assert not [value for value in values if "," in value]


def test_imports_stand_at_the_top() -> None:
    hidden = [
        f"{name_of(path)}:{inner.lineno}"
        for path in list_python("claps")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert not hidden
