"""Pictures: nothing is kept but the picture, and nothing is opened that is too large."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import gevent
import pytest
from PIL import Image, ImageCms

from claps.acts.errands import Errands
from claps.acts.images import (
    Forgetting,
    add_image,
    images_of,
    put_back_image,
    read_image,
    remove_image,
    removed_images,
)
from claps.app import Core
from claps.plain.errors import Invalid, NotFound
from claps.plain.limits import IMAGE_BYTES, IMAGE_PIXELS, IMAGE_QUOTA_BYTES, IMAGE_SIDE
from claps.plain.people import Person
from claps.store.errands import Errand
from claps.store.images import hold_media, put_image
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE
RED = (200, 30, 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures are kept."""
    return tmp_path / "media"


def encode(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    """A picture as a file."""
    out = BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


PICTURE = encode(Image.new("RGB", (40, 30), RED))


def open_kept(folder: Path, name: str) -> Image.Image:
    """Read a picture that was kept."""
    picture = Image.open(BytesIO(read_image(folder, name)))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_written_anew_and_named_by_what_is_in_it(
    core: Core, ada: Person, folder: Path, kind: str
) -> None:
    image = add_image(core.database, folder, ada, encode(Image.new("RGB", (40, 30), RED), kind), alt=" A  bell ")

    kept = open_kept(folder, image.name)
    digest = hashlib.sha256(read_image(folder, image.name)).hexdigest()
    assert image.name == f"{digest[:32]}-40x30.webp"
    assert (kept.format, kept.size, image.alt) == ("WEBP", (40, 30), "A bell")
    red, green, blue = kept.convert("RGB").getpixel((9, 9))  # type: ignore[misc]
    assert abs(red - RED[0]) + abs(green - RED[1]) + abs(blue - RED[2]) < 16


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_read(core: Core, ada: Person, folder: Path, mode: str) -> None:
    data = encode(Image.new(mode, (40, 30)), "JPEG" if mode == "CMYK" else "PNG")

    image = add_image(core.database, folder, ada, data, alt="")

    assert open_kept(folder, image.name).size == (40, 30)


def test_sixteen_bits_of_grey_stay_grey(core: Core, ada: Person, folder: Path) -> None:
    image = add_image(core.database, folder, ada, encode(Image.new("I;16", (40, 30), 257 * 100)), alt="")

    assert open_kept(folder, image.name).convert("RGB").getpixel((9, 9)) == (100, 100, 100)


def test_where_and_how_it_was_taken_is_left_out_and_it_stands_upright(core: Core, ada: Person, folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "The secret garden"  # turned by a quarter; a description
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode(Image.new("RGB", (40, 30), RED), "JPEG", exif=exif, icc_profile=profile, comment=b"The secret garden")

    image = add_image(core.database, folder, ada, data, alt="")

    kept = read_image(folder, image.name)
    assert open_kept(folder, image.name).size == (30, 40)
    assert not [mark for mark in (b"secret", b"EXIF", b"ICCP", b"XMP ") if mark in kept]


def test_a_large_picture_is_made_smaller_and_a_moving_one_stands_still(
    core: Core, ada: Person, folder: Path
) -> None:
    large = add_image(core.database, folder, ada, encode(Image.new("RGB", (3_000, 600), RED), "JPEG"), alt="")
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, (0, 0, 0))]
    moving = add_image(
        core.database, folder, ada, encode(frames[0], "GIF", save_all=True, append_images=frames[1:]), alt=""
    )

    assert open_kept(folder, large.name).size == (IMAGE_SIDE, IMAGE_SIDE // 5)
    assert getattr(open_kept(folder, moving.name), "n_frames", 1) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<script>alert(1)</script>", PICTURE[:60],
     b"GIF89a" + b"\0" * 99, encode(Image.new("RGB", (4, 3)), "BMP"), b"%PDF-1.7", b"RIFF\xff\xff\xff\xffWEBPVP8 "],
)  # fmt: skip
def test_what_is_no_picture_is_refused(core: Core, ada: Person, folder: Path, data: bytes) -> None:
    with pytest.raises(Invalid) as error:
        add_image(core.database, folder, ada, data, alt="")

    assert error.value.field == "picture"
    assert images_of(core.database, ada) == ([], 0)


@pytest.mark.parametrize("size", [(10_000, 10_000), (20_000, 20_000)])
def test_a_hundred_megapixels_are_refused_before_they_are_read(
    core: Core, ada: Person, folder: Path, size: tuple[int, int]
) -> None:
    data = encode(Image.new("1", size))
    assert len(data) < 100_000 and size[0] * size[1] > IMAGE_PIXELS

    with pytest.raises(Invalid, match="million pixels"):
        add_image(core.database, folder, ada, data, alt="")


def test_a_file_that_is_too_large_is_refused(core: Core, ada: Person, folder: Path) -> None:
    with pytest.raises(Invalid, match="10 MB"):
        add_image(core.database, folder, ada, b"\0" * (IMAGE_BYTES + 1), alt="")


def test_there_is_an_end_to_what_one_keeps_but_what_is_kept_may_be_described_anew(
    core: Core, ada: Person, ben: Person, folder: Path
) -> None:
    first = add_image(core.database, folder, ada, PICTURE, alt="A bell")

    def fill() -> None:
        hold_media("full", 1)
        put_image(ada.id, "full", "", IMAGE_QUOTA_BYTES - first.bytes, at=first.at)

    core.database.transact(fill)

    with pytest.raises(Invalid, match="make room"):
        add_image(core.database, folder, ada, encode(Image.new("RGB", (50, 30), RED)), alt="")
    add_image(core.database, folder, ada, PICTURE, alt="A red bell")
    add_image(core.database, folder, ben, encode(Image.new("RGB", (50, 30), RED)), alt="")

    assert images_of(core.database, ada)[0][-1].alt == "A red bell"
    assert not list(folder.rglob(".*"))


def test_the_same_picture_sent_by_many_at_once_is_one_file(
    core: Core, ada: Person, ben: Person, folder: Path
) -> None:
    jobs = [gevent.spawn(add_image, core.database, folder, owner, PICTURE, alt="") for owner in (ada, ben) * 2]

    names = {job.get().name for job in jobs}

    assert len(names) == 1
    assert [path.name for path in folder.rglob("*.webp")] == list(names)
    assert [len(images_of(core.database, owner)[0]) for owner in (ada, ben)] == [1, 1]


def test_a_file_goes_with_the_last_who_kept_it(core: Core, ada: Person, ben: Person, folder: Path) -> None:
    name = add_image(core.database, folder, ada, PICTURE, alt="").name
    add_image(core.database, folder, ben, PICTURE, alt="")

    remove_image(core.database, folder, ada, name)
    assert read_image(folder, name)
    for _ in range(2):
        remove_image(core.database, folder, ben, name)

    with pytest.raises(NotFound):
        read_image(folder, name)


def test_a_picture_that_was_removed_can_be_put_back(core: Core, ada: Person, ben: Person, folder: Path) -> None:
    name = add_image(core.database, folder, ada, PICTURE, alt="A bell").name
    before = read_image(folder, name)
    for _ in range(2):
        remove_image(core.database, folder, ada, name)
    with pytest.raises(NotFound):
        read_image(folder, name)

    assert [image.alt for image in removed_images(core.database, ada)] == ["A bell"]
    for owner in (ben, ada, ada):
        put_back_image(core.database, folder, owner, name)

    assert read_image(folder, name) == before
    assert [len(images_of(core.database, owner)[0]) for owner in (ada, ben)] == [1, 0]
    assert removed_images(core.database, ada) == []


def test_a_picture_sent_again_is_no_longer_removed(core: Core, ada: Person, ben: Person, folder: Path) -> None:
    name = add_image(core.database, folder, ada, PICTURE, alt="").name
    remove_image(core.database, folder, ada, name)

    add_image(core.database, folder, ben, PICTURE, alt="")
    put_back_image(core.database, folder, ada, name)
    remove_image(core.database, folder, ben, name)

    assert read_image(folder, name)
    assert [path.name for path in folder.rglob("*.*")] == [name]


@pytest.mark.parametrize("limit", [("claps.acts.images._REMOVED_KEPT", 0), ("claps.acts.images.THROWN_DAYS", -1)])
def test_what_was_removed_long_ago_or_long_before_others_goes_for_good(
    core: Core, ada: Person, folder: Path, monkeypatch: pytest.MonkeyPatch, limit: tuple[str, int]
) -> None:
    monkeypatch.setattr(*limit)
    name = add_image(core.database, folder, ada, PICTURE, alt="").name

    remove_image(core.database, folder, ada, name)
    put_back_image(core.database, folder, ada, name)

    assert images_of(core.database, ada)[0] == [] == list(folder.rglob("*.*"))


def test_what_was_removed_thirty_days_ago_goes_by_itself_and_what_was_put_back_stays(
    core: Core, ada: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [encode(Image.new("RGB", (side, 30), RED)) for side in (40, 50)]
    gone, kept = (add_image(core.database, folder, ada, picture, alt="").name for picture in pictures)
    for name in (gone, kept):
        remove_image(core.database, folder, ada, name)
    put_back_image(core.database, folder, ada, kept)
    errands = Errands(core.database, {"image": Forgetting(folder).do})
    early = errands.do_one()

    monkeypatch.setattr("claps.acts.images.THROWN_DAYS", -1)
    core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())
    while errands.do_one():
        pass

    assert not early
    assert removed_images(core.database, ada) == []
    assert [path.name for path in folder.rglob("*.webp*")] == [kept]


def test_what_has_no_room_any_more_is_not_put_back(
    core: Core, ada: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = add_image(core.database, folder, ada, PICTURE, alt="").name
    remove_image(core.database, folder, ada, name)
    monkeypatch.setattr("claps.acts.images.IMAGE_QUOTA_BYTES", 1)

    with pytest.raises(Invalid, match="make room"):
        put_back_image(core.database, folder, ada, name)

    assert [image.name for image in removed_images(core.database, ada)] == [name]


@pytest.mark.parametrize("name", ["", "x.webp", "../secret_key", f"{'a' * 32}-4x3.webp", "a/b"])
def test_there_is_no_other_file(core: Core, ada: Person, folder: Path, name: str) -> None:
    with pytest.raises(NotFound):
        read_image(folder, name)
