"""Posts as their writers know them: with their Markdown, and also while they are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from peewee import IntegrityError

from claps.plain.errors import NotFound
from claps.plain.prose import text_of
from claps.plain.writing import Piece
from claps.store.database import locked
from claps.store.posts import Post, add_post
from claps.store.search import drop_text, put_text
from claps.store.tags import set_tags


def get_piece(post_id: int) -> Piece:
    """Read a post, whether it is published or withdrawn.

    :raises NotFound: there is none with this id.
    """
    return _found(_written(post_id))


def lock_piece(post_id: int) -> Piece:
    """Read a post and hold its row until the transaction ends.

    :raises NotFound: there is none with this id.
    """
    return _found(locked(_written(post_id)))


def find_piece_of(writer_id: int, draft_key: str) -> Piece | None:
    """Find what a draft has become."""
    row = Post.get_or_none((Post.writer_id == writer_id) & (Post.draft_key == draft_key))
    return None if row is None else _value(row)


def add_piece(fields: dict[str, Any], tags: Iterable[str]) -> tuple[Piece, bool]:
    """Publish a post that keeps the key of its draft; call inside a transaction.

    :return: the post, and True when it is new: what was published with this key before stays as it is.
    """
    wanted = tuple(tags)
    found = find_piece_of(fields["writer_id"], fields["draft_key"])
    if found is not None:
        return found, False
    try:
        post_id = add_post({**fields, "tags": " ".join(wanted)})
    except IntegrityError:
        # Sent twice in one moment: the unique index let the other one through, and it is committed by now.
        found = find_piece_of(fields["writer_id"], fields["draft_key"])
        if found is None:
            raise
        return found, False
    set_tags(post_id, wanted)
    put_text(post_id, fields["title"] or "", text_of(fields["body_html"]))
    return get_piece(post_id), True


def pieces_of(writer_id: int, *, published: bool, before_id: int | None = None, limit: int) -> list[Piece]:
    """Read a writer's posts, newest first, without their texts.

    :param published: those that are published, or those that are withdrawn.
    :param before_id: of the last one already seen; None to begin.
    """
    columns = (
        Post.id, Post.writer_id, Post.title, Post.slug, Post.tags, Post.revision, Post.published_at,
        Post.first_published_at, Post.edited_at, Post.summary, Post.closed,
    )
    query = Post.select(*columns).where((Post.writer_id == writer_id) & Post.site_id.is_null())
    query = query.where(Post.published_at.is_null(not published))
    if before_id is not None:
        query = query.where(Post.id < before_id)
    return [_value(row, body=row.summary) for row in query.order_by(Post.id.desc()).limit(limit)]


def rewrite_piece(piece: Piece, fields: dict[str, Any], *, tags: Iterable[str], at: datetime) -> None:
    """Change what a post says; call inside the transaction that holds its row.

    :param fields: title, slug, body, body_html, summary and words.
    """
    wanted = tuple(tags)
    Post.update(
        **fields, tags=" ".join(wanted), revision=piece.revision + 1, edited_at=_naive(at)
    ).where(Post.id == piece.id).execute()
    if piece.is_published:
        set_tags(piece.id, wanted)
        put_text(piece.id, fields["title"] or "", text_of(fields["body_html"]))


def hide_piece(piece: Piece) -> None:
    """Withdraw a post; call inside the transaction that holds its row."""
    Post.update(published_at=None, first_published_at=_naive(piece.published_at)).where(Post.id == piece.id).execute()
    set_tags(piece.id, ())
    drop_text(piece.id)


def show_piece(piece: Piece) -> None:
    """Publish a withdrawn post again, in its old place; call inside the transaction that holds its row."""
    Post.update(published_at=_naive(piece.published_at), first_published_at=None).where(Post.id == piece.id).execute()
    set_tags(piece.id, piece.tags)
    row: Any = Post.get_by_id(piece.id)
    put_text(piece.id, row.title or "", text_of(row.body_html))


def _written(post_id: int) -> Any:
    # Nobody has written a page of another website here.
    return Post.select().where((Post.id == post_id) & Post.site_id.is_null())


def _found(query: Any) -> Piece:
    row = query.first()
    if row is None:
        raise NotFound("There is no such post.")
    return _value(row)


def _value(row: Any, *, body: str | None = None) -> Piece:
    published_at = (row.published_at or row.first_published_at).replace(tzinfo=UTC)
    return Piece(
        id=row.id,
        writer_id=row.writer_id,
        title=row.title,
        slug=row.slug,
        tags=tuple(row.tags.split()),
        body=row.body if body is None else body,
        revision=row.revision,
        published_at=published_at,
        changed_at=row.edited_at.replace(tzinfo=UTC) if row.edited_at else published_at,
        is_published=row.published_at is not None,
        is_closed=bool(row.closed),
    )


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
