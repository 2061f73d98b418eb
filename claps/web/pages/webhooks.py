"""One's own webhooks: making them, what each was told, and trying again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import webhooks
from claps.acts.webhooks import Wanted
from claps.plain.errors import Conflict, Invalid
from claps.plain.people import Person
from claps.plain.webhooks import EVENTS, Webhook
from claps.web import answers, identity
from claps.web.lists import before_id
from claps.web.pages.settings import some_person
from claps.web.site import site

bp = Blueprint("webhooks", __name__)
URL = "/settings/webhooks"
_ONE = f"{URL}/<int(max=999999999999999999):webhook_id>"


@bp.get(URL)
def page() -> Response:
    """One's webhooks, and a form for another."""
    me = identity.find_person()
    return answers.see_other(f"/login?next={URL}") if me is None else _render_all(me)


@bp.post(URL)
def create() -> Response:
    """Make a webhook (``url``, ``events``, ``tables``), and show its secret this once."""
    me, kit = some_person(), site().webhooks

    def act() -> Response:
        made = webhooks.create_webhook(kit, me, _wanted(), root=request.url_root.rstrip("/"))
        return _render_one(me, made.id, secret=webhooks.find_secret(kit, me, made.id))

    return _try(act, lambda errors: _render_all(me, given=_given(), errors=errors))


@bp.get(_ONE)
def one(webhook_id: int) -> Response:
    """A webhook with what it was told."""
    me = identity.find_person()
    return answers.see_other(f"/login?next={URL}/{webhook_id}") if me is None else _render_one(me, webhook_id)


@bp.post(_ONE)
def change(webhook_id: int) -> Response:
    """Change a webhook (``url``, ``events``, ``tables``)."""
    me = some_person()

    def act() -> Response:
        webhooks.change_webhook(site().webhooks, me, webhook_id, _wanted())
        return _back(webhook_id, "change")

    return _try(act, lambda errors: _render_one(me, webhook_id, given=_given(), errors=errors))


@bp.post(f"{_ONE}/secret")
def change_secret(webhook_id: int) -> Response:
    """Give a webhook another secret, and show it this once."""
    me = some_person()
    return _render_one(me, webhook_id, secret=webhooks.exchange_secret(site().webhooks, me, webhook_id))


@bp.post(f"{_ONE}/ping")
def ping(webhook_id: int) -> Response:
    """Send a message that says nothing."""
    webhooks.ping(site().webhooks, some_person(), webhook_id)
    return _back(webhook_id, "deliveries")


@bp.post(f"{_ONE}/on")
def turn(webhook_id: int) -> Response:
    """Turn a webhook on, or off with ``undo=1``."""
    act = webhooks.turn_off if request.form.get("undo") == "1" else webhooks.turn_on
    act(site().webhooks, some_person(), webhook_id)
    return _back(webhook_id, "state")


@bp.post(f"{_ONE}/deliveries/<int(max=999999999999999999):delivery_id>/send")
def send_again(webhook_id: int, delivery_id: int) -> Response:
    """Send a message again."""
    webhooks.send_again(site().webhooks, some_person(), webhook_id, delivery_id)
    return _back(webhook_id, f"delivery-{delivery_id}")


@bp.post(f"{_ONE}/delete")
def delete(webhook_id: int) -> Response:
    """Delete a webhook."""
    webhooks.delete_webhook(site().webhooks, some_person(), webhook_id)
    return answers.see_other(f"{URL}?c={secrets.token_hex(3)}")


def _wanted() -> Wanted:
    form = request.form
    return Wanted(form.get("url", "").strip(), form.getlist("events"), form.get("tables", "").split())


def _given() -> dict[str, Any]:
    return {**request.form.to_dict(), "events": request.form.getlist("events")}


def _try(act: Callable[[], Response], show_again: Callable[[dict[str, str]], Response]) -> Response:
    try:
        return act()
    except (Invalid, Conflict) as error:
        if answers.wants_json():
            raise
        field = error.field if isinstance(error, Invalid) else "form"
        return make_response(show_again({field: error.message}), answers.status_of(error))


def _render_all(me: Person, **values: Any) -> Response:
    found = webhooks.webhooks_of(site().webhooks, me)
    given: dict[str, Any] = {"given": {}, "errors": {}, "all_events": EVENTS, **values}
    return answers.private_page("webhooks/webhooks.html", me=me, webhooks=found, **given)


def _render_one(me: Person, webhook_id: int, **values: Any) -> Response:
    kit = site().webhooks
    hook = webhooks.get_webhook(kit, me, webhook_id)
    found, next_id = webhooks.deliveries_of(kit, me, webhook_id, before_id=before_id())
    bodies = {delivery.id: _laid_out(delivery.body) for delivery in found}
    given: dict[str, Any] = {"given": _fields(hook), "errors": {}, "secret": None}
    return answers.private_page(
        "webhooks/webhook.html", me=me, webhook=hook, deliveries=found, bodies=bodies, next_id=next_id,
        all_events=EVENTS, **{**given, **values},
    )


def _fields(hook: Webhook) -> dict[str, Any]:
    return {"url": hook.url, "events": hook.events, "tables": "\n".join(hook.tables)}


def _laid_out(body: str) -> str:
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def _back(webhook_id: int, section: str) -> Response:
    return answers.see_other(f"{URL}/{webhook_id}?c={secrets.token_hex(3)}#{section}")
