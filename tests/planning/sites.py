"""A site to plan for."""

from __future__ import annotations

from typing import Any

from claps.planning.loads import Load, usual_comments, usual_page_views


def make_load(readers: int = 100_000, hot: int = 10_000, claps: float = 1_000.0, **more: Any) -> Load:
    """A site whose readers do what is usual; ``more`` sets single numbers."""
    views = usual_page_views(readers)
    usual = {"page_views_per_second": views, "comments_per_second": usual_comments(views)}
    return Load(readers, hot, claps, **{**usual, **more})
