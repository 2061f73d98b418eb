"""Pictures: read by what is in them, made small, written anew, and kept under a name that is made of their bytes."""

from __future__ import annotations

import hashlib
import os
import secrets
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from gevent.lock import BoundedSemaphore
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from claps.acts.errands import Step
from claps.acts.threads import in_thread
from claps.plain.errors import Invalid, NotFound, Unavailable
from claps.plain.images import Image, is_name, make_name
from claps.plain.limits import ALT_LENGTH, IMAGE_BYTES, IMAGE_PIXELS, IMAGE_QUOTA_BYTES, IMAGE_SIDE, THROWN_DAYS
from claps.plain.people import Person
from claps.store import images
from claps.store.database import Database
from claps.store.errands import Task, add_errand

IMAGES_SHOWN = 50
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 82
_WAIT_SECONDS = 20
_REMOVED_KEPT = 20
_REMOVED = ".removed"
_DROPPED = 20
# Times in SQL are whole seconds.
_MARGIN_SECONDS = 60
# Fifty million pixels are two hundred megabytes while they are made smaller: one picture at a time in a worker.
_TURN = BoundedSemaphore(1)
# Pillow looks at the size before it reads on, and also at frames that are larger than their picture says.
Pillow.MAX_IMAGE_PIXELS = IMAGE_PIXELS
warnings.simplefilter("error", Pillow.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class _Encoded:
    data: bytes
    width: int
    height: int


def add_image(database: Database, folder: Path, owner: Person, data: bytes, *, alt: str) -> Image:
    """Keep a picture: upright, at most 2,000 pixels wide and high, as WebP, without anything else that was in the file.

    Of a moving picture the first frame is kept. The same picture again only changes its description.

    :param alt: what is to be seen on it, for those who do not see it.
    :raises Invalid: it is no picture, or too large; or there is no room for it.
    :raises Unavailable: others' pictures took too long.
    """
    alt = " ".join(alt.split())
    if len(alt) > ALT_LENGTH:
        raise Invalid("alt", f"At most {ALT_LENGTH} characters, please.")
    if len(data) > IMAGE_BYTES:
        raise Invalid("picture", f"A picture may have up to {IMAGE_BYTES >> 20} MB.")
    encoded = _encode_in_turn(data)
    name = make_name(hashlib.sha256(encoded.data).hexdigest(), encoded.width, encoded.height)
    written = _write(folder, encoded.data)
    at = datetime.now(UTC)

    def work() -> None:
        room = IMAGE_QUOTA_BYTES - images.used_bytes(owner.id)
        if len(encoded.data) > room and not images.has_image(owner.id, name):
            raise Invalid("picture", f"Your pictures fill {IMAGE_QUOTA_BYTES >> 20} MB. Remove some to make room.")
        images.hold_media(name, len(encoded.data))
        written.replace(path_of(folder, name))
        _aside(folder, name).unlink(missing_ok=True)
        images.put_image(owner.id, name, alt, len(encoded.data), at=at)

    try:
        database.transact(work)
    finally:
        written.unlink(missing_ok=True)
    return Image(0, name, alt, len(encoded.data), at)


def remove_image(database: Database, folder: Path, owner: Person, name: str) -> None:
    """Remove a picture; its file is laid aside when nobody else keeps it, and posts show its description instead.

    It can be put back for thirty days, as the newest twenty can.
    """
    if not is_name(name):
        raise NotFound("There is no such picture.")
    now = datetime.now(UTC)

    def work() -> None:
        is_shown = images.set_removed(owner.id, name, at=now)
        if is_shown is False and path_of(folder, name).exists():
            path_of(folder, name).replace(_aside(folder, name))
        if is_shown is not None:
            add_errand("image", {"owner_id": owner.id}, delay_seconds=THROWN_DAYS * 24 * 3600 + _MARGIN_SECONDS)
        _drop(folder, owner.id, images.removed_images(owner.id, limit=_DROPPED, before=now - timedelta(THROWN_DAYS)))
        _drop(folder, owner.id, images.removed_images(owner.id, limit=_REMOVED_KEPT + _DROPPED)[_REMOVED_KEPT:])

    database.transact(work)


class Forgetting:
    """Does the errands of kind ``image``: lets go for good of what a person removed thirty days ago.

    Each removal promises one, and one takes whatever of that person's is due, at most twenty.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        owner_id, before = int(task.body["owner_id"]), datetime.now(UTC) - timedelta(THROWN_DAYS)
        _drop(self._folder, owner_id, images.removed_images(owner_id, limit=_DROPPED, before=before))
        return Step()


def put_back_image(database: Database, folder: Path, owner: Person, name: str) -> None:
    """Put back a picture that was removed; one that was not, or is gone for good, stays as it is.

    :raises Invalid: there is no room for it any more.
    """
    if not is_name(name):
        raise NotFound("There is no such picture.")

    def work() -> None:
        images.used_bytes(owner.id)  # holds the person's row: of two who add at once, the second sees the first's
        if images.set_removed(owner.id, name, at=None) is None:
            return
        if images.count_bytes(owner.id) > IMAGE_QUOTA_BYTES:
            raise Invalid("picture", f"Your pictures fill {IMAGE_QUOTA_BYTES >> 20} MB. Remove some to make room.")
        if _aside(folder, name).exists():
            _aside(folder, name).replace(path_of(folder, name))

    database.transact(work)


def removed_images(database: Database, owner: Person) -> list[Image]:
    """Read the pictures that a person may put back, the latest removed first, at most twenty."""
    with database.reading():
        return images.removed_images(owner.id, limit=_REMOVED_KEPT)


def drop_images(folder: Path, owner_id: int, limit: int) -> int:
    """Let go of some of a person's pictures, with the files that nobody else keeps; call inside a transaction.

    :return: how many there were.
    """
    found = images.images_of(owner_id, limit=limit) or images.removed_images(owner_id, limit=limit)
    _drop(folder, owner_id, found)
    return len(found)


def _drop(folder: Path, owner_id: int, found: list[Image]) -> None:
    for image in found:
        if images.drop_image(owner_id, image.name):
            path_of(folder, image.name).unlink(missing_ok=True)
            _aside(folder, image.name).unlink(missing_ok=True)


def images_of(database: Database, owner: Person, *, before_id: int | None = None) -> tuple[list[Image], int]:
    """Read a person's pictures, newest first, fifty at a time; and how many bytes all of them have."""
    with database.reading():
        found = images.images_of(owner.id, before_id=before_id, limit=IMAGES_SHOWN)
        return found, images.count_bytes(owner.id)


def choose_shown(database: Database, folder: Path) -> None:
    """Let files lie where SQL says, shown or laid aside; for a folder that was copied while it changed."""
    with database.reading():
        shown = images.shown_names()
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        name = path.name.removesuffix(_REMOVED)
        wanted = path_of(folder, name) if name in shown else _aside(folder, name)
        if path != wanted:
            path.replace(wanted)


def read_image(folder: Path, name: str) -> bytes:
    """Read a picture's file.

    :raises NotFound: there is none.
    """
    try:
        if is_name(name):
            return path_of(folder, name).read_bytes()
    except FileNotFoundError:
        pass
    raise NotFound("There is no such picture.")


def path_of(folder: Path, name: str) -> Path:
    """Where a picture's file is, below the folder of all."""
    return folder / name[:2] / name


def _aside(folder: Path, name: str) -> Path:
    # No name of a picture, so nobody is given it.
    return folder / name[:2] / f"{name}{_REMOVED}"


def _write(folder: Path, data: bytes) -> Path:
    # Beside its last place, so that it comes there by a new name alone, and whole.
    digest = hashlib.sha256(data).hexdigest()
    place = folder / digest[:2]
    place.mkdir(parents=True, exist_ok=True)
    path = place / f".{digest[:32]}.{secrets.token_hex(4)}"
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return path


def _encode_in_turn(data: bytes) -> _Encoded:
    if not _TURN.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable("Many pictures are on their way at the moment.", retry_after_seconds=10)
    try:
        outcome = in_thread(_encode, data)
    finally:
        _TURN.release()
    if isinstance(outcome, Invalid):
        raise outcome
    return outcome


def _encode(data: bytes) -> _Encoded | Invalid:
    try:
        with Pillow.open(BytesIO(data), formats=_FORMATS) as picture:
            small = _make_small(picture)
        out = BytesIO()
        # A drawing or a screen with few colours is smaller without loss, and stays sharp.
        small.save(out, "WEBP", quality=_QUALITY, method=4, lossless=small.getcolors(256) is not None)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        return Invalid("picture", f"A picture may have up to {IMAGE_PIXELS // 1_000_000} million pixels.")
    except Exception:
        # Whatever a broken file makes Pillow raise: the list is long, and changes with its version.
        return Invalid("picture", "This file cannot be read as a picture. JPEG, PNG, WebP and GIF can.")
    return _Encoded(out.getvalue(), small.width, small.height)


def _make_small(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits of grey: Pillow would take all but the darkest for white.
        small = picture.convert("F").point(lambda level: level * (1 / 257) + 0).convert("L")
    elif picture.mode not in ("L", "RGB", "RGBA", "CMYK"):
        has_holes = "A" in picture.getbands() or "transparency" in picture.info
        small = picture.convert("RGBA" if has_holes else "RGB")
    else:
        small = picture
    small.thumbnail((IMAGE_SIDE, IMAGE_SIDE))
    turned = ImageOps.exif_transpose(small)
    result = _with_screen_colours(turned, picture.info.get("icc_profile"))
    result.info.clear()
    return result


def _with_screen_colours(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            wanted = ImageCms.createProfile("sRGB")
            found = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, found, wanted, outputMode=mode)
            return converted or picture
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that cannot be read is left out, as browsers do
    return picture if picture.mode == mode else picture.convert(mode)
