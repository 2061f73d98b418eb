"""Is the site's key a key, does it stand where it should, and has it all its files?"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import stat
from pathlib import Path

from claps.checks.findings import Finding, ok, unsafe, warn
from claps.settings import Settings

ABOUT = "Site"
KEY_LENGTH = 32
LEAST_DIFFERENT = 8
# Words: one random key in a thousand has letters only, but none has them in words.
_TYPED = re.compile(r"[a-z]+|[0-9]+|[A-Z]?[a-z]{2,}(?:[-_ .][A-Z]?[a-z]{2,})*[0-9!]{0,4}")
_EXAMPLES = re.compile(r"change.?me|secret|password|example|your.?key|default|12345|qwerty", re.IGNORECASE)
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def check_site(settings: Settings, root: Path) -> list[Finding]:
    """Look at the settings themselves, and the files beside the package.

    :param root: the folder that holds ``static`` and ``tools``.
    """
    key_path = settings.var / "secret_key"
    own = key_path.exists() and key_path.read_text().strip() == settings.secret_key
    found = [check_key_file(key_path)] if own else [check_key(settings.secret_key)]
    return [*found, check_proxies(settings), check_vendor(root)]


def check_key(key: str) -> Finding:
    """A key signs who is who: whoever guesses it can be anybody."""
    remedy = f"Make one with: {NEW_KEY}; everybody has to sign in anew, and guests begin again."
    if _EXAMPLES.search(key) or len(set(key)) < LEAST_DIFFERENT:
        return unsafe(ABOUT, "CLAPS_SECRET_KEY can be guessed: it is an example’s, or repeats itself.", remedy)
    if _TYPED.fullmatch(key):
        return warn(ABOUT, "CLAPS_SECRET_KEY looks as if somebody had typed it.", remedy)
    if len(key) < KEY_LENGTH:
        return warn(ABOUT, f"CLAPS_SECRET_KEY has {len(key)} characters; {KEY_LENGTH} random ones are good.", remedy)
    return ok(ABOUT, "CLAPS_SECRET_KEY is long, and looks random.")


def check_key_file(path: Path) -> Finding:
    """The key that was made and kept in ``var`` is for this user alone."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return unsafe(ABOUT, f"Others on this machine can read {path}.", f"chmod 600 {path}")
    return ok(ABOUT, "The secret key was made at random, and only this user can read it.")


def check_proxies(settings: Settings) -> Finding:
    """Who can reach the workers, and whom do they believe?"""
    local, trusted = is_local(settings.bind), settings.trusted_proxies
    if local and trusted:
        return ok(ABOUT, f"Only this machine reaches {settings.bind}, through {trusted} trusted proxies.")
    if trusted:
        return warn(
            ABOUT, f"{settings.bind} believes what {trusted} proxies say of address, host and https: whoever "
            "reaches it past them can say anything.",
            "Bind to 127.0.0.1 or a Unix socket, or let only the proxy reach the port.",
        )
    if not local:
        return warn(
            ABOUT, f"{settings.bind} is open to others without TLS: cookies and passwords travel readable.",
            "Bind to 127.0.0.1, put nginx with TLS before it, and set CLAPS_TRUSTED_PROXIES=1.",
        )
    if settings.is_embedded:
        return ok(ABOUT, f"Only this machine reaches {settings.bind}.")
    return warn(
        ABOUT, f"Only this machine reaches {settings.bind}, and no proxy is trusted: behind one, cookies are not "
        "marked as secure and all readers have one address.",
        "Set CLAPS_TRUSTED_PROXIES to the number of proxies before it.",
    )


def is_local(bind: str) -> bool:
    """True when only this machine reaches an address to listen on."""
    host = bind.rpartition(":")[0].strip("[]")
    if bind.startswith("unix:") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_vendor(root: Path) -> Finding:
    """Are HTMX and its WebSocket extension there, as they were tested?"""
    sums = root / "tools" / "vendor.sha256"
    if not sums.exists():
        return warn(ABOUT, "It is not known which scripts belong into static/vendor.", "make setup")
    pairs = [line.split() for line in sums.read_text().splitlines()]
    wrong = [name for digest, name in pairs if not _has_digest(root / name, digest)]
    if wrong:
        return warn(
            ABOUT, f"{', '.join(wrong)} missing, or not as tested: pages fall back to what works without script.",
            "make setup",
        )
    return ok(ABOUT, "HTMX is installed, as it was tested.")


def _has_digest(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
