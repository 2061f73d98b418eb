"""What the laws are applied to: the project's own files, by kind."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON_FOLDERS = ("claps", "tests", "benchmarks", "migrations", "tools")
TEXT_FOLDERS = (*PYTHON_FOLDERS, "static", "docs", ".ci", "requirements")
TEXT_SUFFIXES = {""} | {f".{kind}" for kind in "py html svg css js lua md cfg toml sh in json".split()}
NOBODYS = {"vendor", "__pycache__", "package-lock.json"}  # installed or generated


def list_python(*folders: str) -> list[Path]:
    """Return the Python files of these folders, or of all."""
    found = [path for name in folders or PYTHON_FOLDERS for path in (ROOT / name).rglob("*.py")]
    return sorted(found if folders else [*found, *ROOT.glob("*.py")])


def list_texts() -> list[Path]:
    """Return every file that somebody wrote by hand; what is installed or generated is left out."""
    folders = [path for name in TEXT_FOLDERS for path in (ROOT / name).rglob("*")]
    files = [path for path in [*ROOT.iterdir(), *folders] if path.is_file() and path.suffix in TEXT_SUFFIXES]
    return sorted(path for path in files if not NOBODYS & {path.name, *path.parts})


def list_templates() -> list[Path]:
    """Return the templates."""
    return [path for path in sorted((ROOT / "claps" / "templates").rglob("*")) if path.is_file()]


def list_styles() -> list[Path]:
    """Return the style sheets."""
    return sorted((ROOT / "static" / "css").rglob("*.css"))


def name_of(path: Path) -> str:
    """Return a path as messages show it."""
    return path.relative_to(ROOT).as_posix()


def find_lines(pattern: str, paths: list[Path], *, flags: int = 0) -> list[str]:
    """Return ``file:line: text`` of each line that the pattern is found in."""
    looks_like = re.compile(pattern, flags)
    return [
        f"{name_of(path)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if looks_like.search(line)
    ]
