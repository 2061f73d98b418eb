"""Markdown to safe HTML, and the small measures of a text."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from claps.plain.images import find_size
from claps.plain.tags import IN_TEXT, find_tag

_COMMENT_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
_NOTE_TAGS = _COMMENT_TAGS | {"img"}
_POST_TAGS = _NOTE_TAGS | {"hr", "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "img": {"src", "alt", "width", "height", "loading", "decoding"}}
SUMMARY_LENGTH = 240


def render_post_html(markdown_text: str) -> str:
    """Render a post's Markdown; headings begin at level 2, because the page's title is level 1."""
    raw_html = _MARKDOWN.render(markdown_text)
    raw_html = re.sub(r"(</?)h1>", r"\1h2>", raw_html)
    return _clean(raw_html, _POST_TAGS)


def render_note_html(markdown_text: str) -> str:
    """Render a note's Markdown: no headings, no tables, and each #tag leads to its page."""
    return _clean(_NOTES.render(markdown_text), _NOTE_TAGS)


def render_comment_html(markdown_text: str) -> str:
    """Render a comment's Markdown: no headings, no tables, no pictures."""
    return _clean(_MARKDOWN.render(markdown_text), _COMMENT_TAGS)


def tags_in(markdown_text: str) -> tuple[str, ...]:
    """The tags of a note, in their order: those that :func:`render_note_html` makes links of."""
    env: dict[str, Any] = {}
    _NOTES.parse(markdown_text, env)
    return tuple(env.get("tags", {}))


def summarise(body_html: str) -> str:
    """The beginning of an article as lists show it: its first paragraph that says something, cut between two words."""
    paragraphs = (text_of(part) for part in re.findall(r"<p>(.*?)</p>", body_html, flags=re.DOTALL))
    return _cut(next(filter(None, paragraphs), None) or text_of(body_html), SUMMARY_LENGTH)


def summarise_note(body_html: str) -> str:
    """A note as lists show it: all of it, as plain text."""
    return _cut(text_of(body_html), 500)


def text_of(clean_html: str) -> str:
    """The words of HTML that was cleaned, without it; a picture is told by its description."""
    described = re.sub(r'<img [^>]*?alt="([^"]*)"[^>]*>', r"\1", clean_html)
    return " ".join(html.unescape(nh3.clean(described, tags=set())).split())


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def _clean(raw_html: str, tags: set[str]) -> str:
    return nh3.clean(
        raw_html,
        tags=tags,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    # The second lock behind the first, which is the renderer's: a picture of another site would tell it who reads.
    return None if (tag, name) == ("img", "src") and find_size(value) is None else value


def _picture(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    src = str(token.attrs.get("src", ""))
    alt = html.escape(renderer.renderInlineAsText(token.children or [], options, env))
    size = find_size(src)
    if size is None:
        return f'<a href="{html.escape(src)}">{alt or html.escape(src)}</a>'
    width, height = size
    return f'<img src="{src}" alt="{alt}" width="{width}" height="{height}" loading="lazy" decoding="async">'


def _link_tags(state: StateCore) -> None:
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = _with_tags(block.children, state.env.setdefault("tags", {}))


def _with_tags(tokens: list[Token], found: dict[str, None]) -> list[Token]:
    depth, result = 0, []
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        result += _split(token.content, found) if token.type == "text" and not depth else [token]
    return result


def _split(text: str, found: dict[str, None]) -> list[Token]:
    tokens, end = [], 0
    for match in IN_TEXT.finditer(text):
        tag = find_tag(match[1])
        if tag is None:
            continue
        found[tag] = None
        link = Token("link_open", "a", 1, attrs={"href": f"/tags/{quote(tag)}"})
        tokens += [_text(text[end : match.start()]), link, _text(match[0]), Token("link_close", "a", -1)]
        end = match.end()
    return [*tokens, _text(text[end:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["table", "strikethrough"])
    markdown.add_render_rule("image", _picture)
    return markdown


_MARKDOWN = _markdown()
_NOTES = _markdown()
_NOTES.core.ruler.push("tags", _link_tags)


def count_words(markdown_text: str) -> int:
    """Count the words of a text, for the reading time."""
    return len(re.findall(r"\w[\w’'-]*", markdown_text))


def make_slug(title: str) -> str:
    """Make the readable part of an address from a title: ASCII, lower case, at most 80 characters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return slug[:80].strip("-") or "post"
