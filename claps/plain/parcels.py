"""How an export is laid out: names of files, Markdown with its facts above it, addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

README = """\
Everything that you have written, given and kept here.

posts/        your posts in Markdown, with what is known of each above its text
revisions/    what they said before you changed them: a folder for each post
drafts/       what is not published
pictures/     your pictures, by the names that your texts call them by (/media/…)
comments.md   your comments, to be read; comments.json has them as well
*.json        the same for programs, and what is no text: your profile, whom you follow, your bookmarks,
              your claps and likes, your tables and their entries, your websites and their pages, your webhooks,
              which links to figures you have made and ended, and whose numbers you have hidden

Counts are as they were last written down, at most some seconds before. Times are UTC.
"""
_UNFIT = re.compile(r"[^\w-]+")


def front_matter(facts: Mapping[str, Any], body: str) -> str:
    """Put facts above a text, as YAML; every value is JSON, which YAML can read."""
    lines = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in facts.items())
    return f"---\n{lines}---\n\n{body.rstrip()}\n"


def post_address(root: str, post_id: int, slug: str | None) -> str:
    """Where a post is read.

    :param root: of the site, without a slash at its end.
    """
    return f"{root}/posts/{post_id}/{slug}" if slug else f"{root}/posts/{post_id}"


def file_name(number: int, slug: str) -> str:
    """Name a text by its number and the readable end of its address; nothing in it leads to another folder."""
    return "-".join(part for part in (str(number), _UNFIT.sub("-", slug).strip("-")) if part)
