"""One's own websites: registering them, what to put into their pages, and their pages with what they got."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import sites
from claps.plain.errors import Conflict, Invalid, NotFound
from claps.plain.people import Person
from claps.plain.sites import Site
from claps.web import answers, embedding, identity
from claps.web.forms import page_key, undoes
from claps.web.pages.settings import some_person
from claps.web.site import site

bp = Blueprint("sites", __name__)
URL = "/settings/sites"
_SITE = f"{URL}/<int(max=999999999999999999):site_id>"


@bp.get(URL)
def page() -> Response:
    """The sites that one has registered, and a form for another."""
    me = identity.find_person()
    return answers.see_other(f"/login?next={URL}") if me is None else _render_all(me)


@bp.post(URL)
def register() -> Response:
    """Register a site (``name``, ``origins``)."""
    me, form = some_person(), request.form

    def act() -> Site:
        return sites.register_site(site().pages, me, name=form.get("name", ""), origins=form.get("origins", ""))

    return _try(act, lambda errors: _render_all(me, given=form, errors=errors))


@bp.get(_SITE)
def one(site_id: int) -> Response:
    """One site: what to put into its pages, its pages with their counts, and what can be changed."""
    me = identity.find_person()
    return answers.see_other(f"/login?next={URL}/{site_id}") if me is None else _render_one(me, site_id)


@bp.post(_SITE)
def change(site_id: int) -> Response:
    """Change a site (``name``, ``origins``)."""
    me, form = some_person(), request.form

    def act() -> Site:
        name, origins = form.get("name", ""), form.get("origins", "")
        return sites.change_site(site().pages, me, site_id, name=name, origins=origins)

    return _try(act, lambda errors: _render_one(me, site_id, section="site", given=form, errors=errors))


@bp.post(f"{_SITE}/aliases")
def alias(site_id: int) -> Response:
    """Say that a page (``url``) has another address as well (``alias``), or has it no more (``undo=1``)."""
    me, form, pages = some_person(), request.form, site().pages

    def act() -> Site:
        other = form.get("alias", "")
        if undoes(form):
            sites.remove_alias(pages, me, site_id, alias=other)
        else:
            sites.add_alias(pages, site().errands, me, site_id, url=form.get("url", ""), alias=other)
        return sites.get_site(pages, me, site_id)

    return _try(act, lambda errors: _render_one(me, site_id, section="alias", given=form, errors=errors))


@bp.post(f"{_SITE}/delete")
def delete(site_id: int) -> Response:
    """Delete a site with its pages."""
    sites.remove_site(site().pages, site().errands, some_person(), site_id)
    return answers.see_other(f"{URL}?c={secrets.token_hex(3)}")


def _try(act: Callable[[], Site], show_again: Callable[[dict[str, str]], Response]) -> Response:
    try:
        done = act()
    except (Invalid, Conflict, NotFound) as error:
        if answers.wants_json():
            raise
        field = error.field if isinstance(error, Invalid) else "form"
        return make_response(show_again({field: error.message}), answers.status_of(error))
    return answers.see_other(f"{URL}/{done.id}?c={secrets.token_hex(3)}")


def _render_all(me: Person, **sent: Any) -> Response:
    values: dict[str, Any] = {"given": {}, "errors": {}, **sent}
    return answers.private_page("sites/sites.html", me=me, sites=sites.sites_of(site().pages, me), **values)


def _render_one(me: Person, site_id: int, **sent: Any) -> Response:
    part = sites.pages_of(site().pages, me, site_id, before_id=page_key("before"))
    values: dict[str, Any] = {"section": "", "given": {}, "errors": {}, **sent}
    example = part.lines[0].page.url if part.lines else f"{part.site.origins[0]}/the-page"
    root = request.url_root.rstrip("/")
    values |= {name: str(markup) for name, markup in embedding.markup_for(root, example).items()}
    return answers.private_page("sites/site.html", me=me, part=part, **values)
