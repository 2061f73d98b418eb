"""Tags: one word that brings posts together, as it is written and as it is kept."""

from __future__ import annotations

import re
import unicodedata

from claps.plain.errors import Invalid
from claps.plain.limits import TAG_LENGTH, TAGS_PER_POST

_WORD = r"\w+(?:-\w+)*"
# Not behind a letter, nor inside of an address; what has no letter at all ("#1") is a number.
IN_TEXT = re.compile(rf"(?<![\w/&#])#({_WORD})")
_TAG = re.compile(_WORD)


def find_tag(word: str) -> str | None:
    """Bring a word into the form in which tags are kept; None where it can be no tag."""
    tag = unicodedata.normalize("NFKC", word).casefold()
    fits = _TAG.fullmatch(tag) and len(tag) <= TAG_LENGTH and any(letter.isalpha() for letter in tag)
    return tag if fits else None


def read_tags(text: str) -> tuple[str, ...]:
    """Read the tags of a field, which stand between commas or blanks, with # or without; each counts once.

    :raises Invalid: one is none, or there are too many.
    """
    words = [word for word in re.split(r"[\s,;#]+", text) if word]
    tags: dict[str, None] = {}
    for word in words:
        tag = find_tag(word)
        if tag is None:
            raise Invalid("tags", f"“{word[:40]}” can be no tag: letters and digits, up to {TAG_LENGTH} of them.")
        tags[tag] = None
    return check_count("tags", tuple(tags))


def check_count(field: str, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags.

    :raises Invalid: there are too many.
    """
    if len(tags) > TAGS_PER_POST:
        raise Invalid(field, f"At most {TAGS_PER_POST} tags, please.")
    return tags
