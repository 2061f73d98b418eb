"""Pictures' names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.plain.images import Image, find_size, is_name, make_name
from claps.plain.prose import render_post_html

NAME = make_name("ab" * 32, 640, 480)


def test_a_name_says_what_is_in_it_and_how_large_it_is() -> None:
    assert NAME == f"{'ab' * 16}-640x480.webp"
    assert is_name(NAME)
    assert find_size(f"/media/{NAME}") == (640, 480)


@pytest.mark.parametrize(
    "text",
    ["", "x", "../secret_key", f"../{NAME}", f"{NAME}/", f"{NAME}\n", NAME.upper(), NAME.replace("640", "0"),
     NAME.replace("640", "999999"), NAME.replace(".webp", ".svg"), NAME.replace("640", "٦٤٠")],
)  # fmt: skip
def test_nothing_else_is_a_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    "address",
    [NAME, f"//evil.test/media/{NAME}", f"https://evil.test/media/{NAME}", f"/media/../{NAME}", f"/media/{NAME}?x"],
)
def test_a_picture_of_elsewhere_has_no_size(address: str) -> None:
    assert find_size(address) is None


def test_a_description_is_shown_as_it_was_typed() -> None:
    image = Image(1, NAME, 'A *bell* [1] <b> "loud" \\ `x`', 100, datetime(2026, 11, 21, tzinfo=UTC))

    html = render_post_html(image.markdown)

    assert 'alt="A *bell* [1] &lt;b&gt; &quot;loud&quot; \\ `x`"' in html.replace("<b>", "&lt;b&gt;")
    assert f'src="/media/{NAME}"' in html
