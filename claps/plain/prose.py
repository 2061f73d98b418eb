"""Markdown to safe HTML, and the small measures of a text."""

from __future__ import annotations

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["table", "strikethrough"])
_POST_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "em", "strong", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}
_COMMENT_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}


def render_post_html(markdown_text: str) -> str:
    """Render a post's Markdown; headings begin at level 2, because the page's title is level 1."""
    raw_html = _MARKDOWN.render(markdown_text)
    raw_html = re.sub(r"(</?)h1>", r"\1h2>", raw_html)
    return _clean(raw_html, _POST_TAGS)


def render_comment_html(markdown_text: str) -> str:
    """Render a comment's Markdown: no headings, no tables."""
    return _clean(_MARKDOWN.render(markdown_text), _COMMENT_TAGS)


def _clean(raw_html: str, tags: set[str]) -> str:
    return nh3.clean(
        raw_html,
        tags=tags,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


def count_words(markdown_text: str) -> int:
    """Count the words of a text, for the reading time."""
    return len(re.findall(r"\w[\w’'-]*", markdown_text))


def make_slug(title: str) -> str:
    """Make the readable part of an address from a title: ASCII, lower case, at most 80 characters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return slug[:80].strip("-") or "post"
