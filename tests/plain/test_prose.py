"""Markdown becomes HTML that can do nothing but be read."""

from __future__ import annotations

import pytest

from claps.plain.images import make_name
from claps.plain.prose import (
    SUMMARY_LENGTH,
    count_words,
    make_slug,
    render_comment_html,
    render_note_html,
    render_post_html,
    summarise,
    summarise_note,
    tags_in,
)

OURS = f"/media/{make_name('ab' * 32, 640, 480)}"


def test_markdown_becomes_html() -> None:
    html = render_post_html("A *bell* and a **bridge**:\n\n- one\n- two\n\n> said\n\n```\ncode < 1\n```\n")

    assert "<p>A <em>bell</em> and a <strong>bridge</strong>:</p>" in html
    assert "<ul>\n<li>one</li>\n<li>two</li>\n</ul>" in html
    assert "<blockquote>\n<p>said</p>\n</blockquote>" in html
    assert "<pre><code>code &lt; 1\n</code></pre>" in html


def test_headings_begin_below_the_title_of_the_page() -> None:
    assert render_post_html("# One\n\n## Two\n") == "<h2>One</h2>\n<h2>Two</h2>\n"


def test_a_post_may_have_a_table_and_a_comment_may_not() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n"

    assert "<td>1</td>" in render_post_html(table)
    assert "<td>" not in render_comment_html(table)


def test_a_comment_has_no_headings() -> None:
    assert "<h" not in render_comment_html("# Loud\n\nquiet")


@pytest.mark.parametrize("render", [render_post_html, render_note_html])
def test_a_picture_of_ours_is_shown_with_its_size(render: object) -> None:
    html = render(f'![A "bell"]({OURS})')  # type: ignore[operator]

    assert f'<img src="{OURS}" alt="A &quot;bell&quot;" width="640" height="480" loading="lazy"' in html


@pytest.mark.parametrize("address", ["https://evil.test/p.png", "//evil.test/p.png", "/write", f"{OURS}?x", "x.webp"])
def test_a_picture_of_elsewhere_is_a_link_and_is_not_asked_for(address: str) -> None:
    html = render_post_html(f"![A bell]({address})")

    assert "<img" not in html
    assert ">A bell</a>" in html


def test_a_comment_has_no_pictures() -> None:
    assert "<img" not in render_comment_html(f"![A bell]({OURS})")


def test_a_notes_tags_lead_to_their_pages() -> None:
    html = render_note_html("See #Bells, (#city-walks) and #字.")

    assert '<a href="/tags/bells" rel="nofollow ugc noopener">#Bells</a>,' in html
    assert '(<a href="/tags/city-walks"' in html
    assert '<a href="/tags/%E5%AD%97"' in html


def test_tags_are_found_where_they_are_links_and_nowhere_else() -> None:
    note = "#One #one a#two `#three` [#four](https://e.org/#five) https://e.org/#six #7 # 8 &#9731; **#nine**"

    assert tags_in(note) == ("one", "nine")
    assert render_note_html(note).count('href="/tags/') == 3


def test_an_article_has_no_tags_in_its_text() -> None:
    assert "<a" not in render_post_html("We're #one.")


def test_a_summary_is_the_first_paragraph_that_says_something() -> None:
    html = render_post_html(f"# Head\n\n---\n\nTom & *Jerry*\nwent out. ![]({OURS})\n\nMore.")

    assert summarise(html) == "Tom & Jerry went out."


def test_a_summary_ends_between_two_words() -> None:
    summary = summarise(render_post_html("bells " * 100))

    assert SUMMARY_LENGTH - 10 < len(summary) <= SUMMARY_LENGTH
    assert summary.endswith("bells…")


def test_a_summary_of_a_picture_is_its_description() -> None:
    assert summarise(render_post_html(f"![A <b> bell]({OURS})")) == "A <b> bell"


def test_a_notes_summary_is_all_of_it() -> None:
    assert summarise_note(render_note_html("One #tag.\n\n- two\n- <three>")) == "One #tag. two <three>"


@pytest.mark.parametrize("render", [render_post_html, render_note_html, render_comment_html])
@pytest.mark.parametrize(
    "markdown_text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<p onclick=\"alert(1)\" style=\"color:red\">hello</p>",
        "<iframe src=\"https://example.org\"></iframe>",
        "![a picture](https://example.org/p.png)",
        "<svg><a xlink:href=\"javascript:alert(1)\">x</a></svg>",
    ],
)
def test_html_in_the_text_is_shown_and_not_done(render: object, markdown_text: str) -> None:
    html = render(markdown_text)  # type: ignore[operator]

    assert not [tag for tag in ("<script", "<img", "<iframe", "<svg", "<p o", "<p s") if tag in html]


@pytest.mark.parametrize("render", [render_post_html, render_note_html, render_comment_html])
@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "java&#115;cript:alert(1)"],
)
def test_a_link_leads_to_nothing_that_runs(render: object, address: str) -> None:
    html = render(f"[press here]({address}) <{address}> ![press]({address})")  # type: ignore[operator]

    assert "href=" not in html


def test_a_link_that_is_left_passes_nothing_on() -> None:
    html = render_comment_html("[bells](https://example.org/?a=1&b=2)")

    assert html == (
        '<p><a href="https://example.org/?a=1&amp;b=2" rel="nofollow ugc noopener">bells</a></p>\n'
    )


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("A bell.", 2), ("It's a well-known bell", 4), ("— … !", 0), ("Ђ δ 字", 3)]
)
def test_words_are_counted_without_their_marks(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Bell That Is Never on Time", "the-bell-that-is-never-on-time"),
        ("  Crème brûlée & co.  ", "creme-brulee-co"),
        ("字", "post"),
        ("", "post"),
        ("../../etc/passwd", "etc-passwd"),
        ("x" * 200, "x" * 80),
        ("a" * 79 + " b", "a" * 79),
    ],
)
def test_a_slug_is_plain_short_and_never_empty(title: str, slug: str) -> None:
    assert make_slug(title) == slug
