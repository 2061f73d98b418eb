"""Pictures: kept, shown, and let go of."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from claps.plain.people import Person
from tests.web.pages.conftest import Enter


def keep(desk: FlaskClient, *, size: tuple[int, int] = (40, 30), alt: str = "A bell") -> str:
    """Send a picture and return its address."""
    out = BytesIO()
    Image.new("RGB", size).save(out, "PNG")
    files = {"picture": (BytesIO(out.getvalue()), "x.png"), "alt": alt}
    answer = desk.post("/write/images", data=files, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return re.search(r"/media/[^\")]+", desk.get(answer.headers["Location"]).text)[0]  # type: ignore[index]


def test_a_picture_is_kept_for_ever_and_can_do_nothing(enter: Enter, desk: FlaskClient) -> None:
    answer = enter(None).get(keep(desk))

    with Image.open(BytesIO(answer.data)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (40, 30))
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in answer.headers


def test_a_picture_that_is_known_is_not_sent_again(desk: FlaskClient) -> None:
    address = keep(desk)
    mark = desk.get(address).headers["ETag"]

    assert desk.get(address, headers={"If-None-Match": mark}).status_code == 304


@pytest.mark.parametrize(
    "name", ["x", "..%2f..%2fsecret_key", "../claps.db", f"{'a' * 32}-4x3.webp", "%00", f"{'a' * 32}-4x3.webp%0a"]
)
def test_nothing_else_is_served(desk: FlaskClient, name: str) -> None:
    assert desk.get(f"/media/{name}").status_code == 404


def test_ones_own_pictures_say_how_to_show_them(desk: FlaskClient) -> None:
    address = keep(desk, alt='A "large" bell')

    page = desk.get("/write/images").text

    assert f'value="![A &#34;large&#34; bell]({address})"' in page
    assert "<span>1 of 200 MB</span>" in page


def test_a_picture_is_let_go_of_by_its_owner_alone(enter: Enter, desk: FlaskClient, ben: Person) -> None:
    address = keep(desk)
    remove = f"/write/images/{address.rpartition('/')[2]}/remove"

    enter(ben).post(remove)
    assert desk.get(address).status_code == 200
    for _ in range(2):
        assert desk.post(remove).status_code == 303

    assert desk.get(address).status_code == 404
    page = desk.get("/write/images").text
    assert "No pictures yet." in page and f'action="{remove}"><input type="hidden" name="undo" value="1">' in page
    desk.post(remove, data={"undo": "1"})
    assert desk.get(address).status_code == 200 and "Put it back" not in desk.get("/write/images").text


def test_a_hundred_megapixels_are_refused(desk: FlaskClient) -> None:
    out = BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    files = {"picture": (BytesIO(out.getvalue()), "x.png"), "alt": "<script>"}

    answer = desk.post("/write/images", data=files, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "50 million pixels" in answer.text and 'value="&lt;script&gt;"' in answer.text


def test_a_file_that_is_much_too_large_is_not_read(desk: FlaskClient) -> None:
    head = b'--z\r\nContent-Disposition: form-data; name="picture"; filename="x.png"\r\n\r\n'
    data = head + b"\0" * 12_000_000 + b"\r\n--z--\r\n"

    assert desk.post("/write/images", data=data, content_type="multipart/form-data; boundary=z").status_code == 413
