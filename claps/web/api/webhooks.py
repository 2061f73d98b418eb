"""Webhooks for programs: making, changing and trying them, and what they were told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response

from claps.acts import webhooks
from claps.acts.webhooks import Wanted
from claps.plain.errors import ClapsError, NotFound, ScopeMissing
from claps.plain.people import Person
from claps.plain.webhooks import Delivery, Webhook, scopes_of
from claps.web.api import asked, told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.schemas import read_body
from claps.web.api.webhook_schemas import (
    DeliverySchema,
    NewWebhookSchema,
    WebhookBody,
    WebhookChangeBody,
    WebhookSchema,
)
from claps.web.bearer import may, needs
from claps.web.lists import before_id
from claps.web.site import site

bp = Blueprint("api-webhooks", __name__, url_prefix="/api/v1/webhooks")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)
# One on what one's posts get takes the first, one on a table the second, one on both takes both.
needed = needs("stats", otherwise="tables")


@bp.get("")
@needed
@describe(gives=WebhookSchema, lists=True)
def mine() -> Response:
    """One's webhooks, as far as the token is good for what they are told."""
    found = webhooks.webhooks_of(site().webhooks, told.some_person())
    return told.answer([webhook_fields(hook) for hook in found if _may_all(hook.events)])


@bp.post("")
@needed
@describe(gives=NewWebhookSchema, takes=WebhookBody, status=201)
def create() -> Response:
    """Make a webhook; its secret is told this once."""
    return _with_secret(_create())


@bp.get("/<int:webhook_id>")
@needed
@describe(gives=WebhookSchema)
def show(webhook_id: int) -> Response:
    """One webhook."""
    return told.answer(webhook_fields(_own(webhook_id)[1]))


@bp.patch("/<int:webhook_id>")
@needed
@describe(gives=WebhookSchema, takes=WebhookChangeBody)
def change(webhook_id: int) -> Response:
    """Change what a webhook is told and where, or turn it off and on."""
    me, hook = _own(webhook_id)
    body, kit = read_body(WebhookChangeBody), site().webhooks
    events = body.get("events", hook.events)
    _check_scopes(events)
    if body.keys() & {"url", "events", "tables"}:
        wanted = Wanted(body.get("url", hook.url), events, body.get("tables", hook.tables))
        hook = webhooks.change_webhook(kit, me, hook.id, wanted)
    if "on" in body:
        hook = (webhooks.turn_on if body["on"] else webhooks.turn_off)(kit, me, hook.id)
    return told.answer(webhook_fields(hook))


@bp.delete("/<int:webhook_id>")
@needed
@describe(status=204)
def delete(webhook_id: int) -> Response:
    """Delete a webhook, with what it was told."""
    me, hook = _own(webhook_id)
    webhooks.delete_webhook(site().webhooks, me, hook.id)
    return told.nothing()


@bp.post("/<int:webhook_id>/secret")
@needed
@describe(gives=NewWebhookSchema)
def change_secret(webhook_id: int) -> Response:
    """Give a webhook another secret, told this once; the one before signs along for a day."""
    return _with_secret(_change_secret(webhook_id=webhook_id))


@bp.post("/<int:webhook_id>/ping")
@needed
@describe(gives=DeliverySchema, status=202)
@once
def ping(webhook_id: int) -> Response:
    """Send a message that says nothing, to see whether it comes there."""
    me, hook = _own(webhook_id)
    return told.answer(delivery_fields(webhooks.ping(site().webhooks, me, hook.id)), status=202)


@bp.get("/<int:webhook_id>/deliveries")
@needed
@describe(gives=DeliverySchema, lists=True, query=BEFORE)
def deliveries(webhook_id: int) -> Response:
    """What a webhook was told and will be, newest first."""
    me, hook = _own(webhook_id)
    found, next_id = webhooks.deliveries_of(site().webhooks, me, hook.id, before_id=before_id())
    query = None if next_id is None else f"before={next_id}"
    return told.answer([delivery_fields(one) for one in found], next_query=query)


@bp.post("/<int:webhook_id>/deliveries/<int:delivery_id>/send")
@needed
@describe(gives=DeliverySchema, status=202)
@once
def send_again(webhook_id: int, delivery_id: int) -> Response:
    """Send a message again, under the same name."""
    me, hook = _own(webhook_id)
    sent = webhooks.send_again(site().webhooks, me, hook.id, asked.possible_id(delivery_id))
    return told.answer(delivery_fields(sent), status=202)


def webhook_fields(hook: Webhook) -> dict[str, Any]:
    """A webhook as programs are told of it."""
    return {
        "id": hook.id, "url": hook.url, "events": list(hook.events), "tables": list(hook.tables), "on": hook.is_on,
        "why_off": hook.why_off, "failing_since": hook.failing_since and told.moment(hook.failing_since),
        "waiting": hook.waiting, "dropped": hook.dropped,
        "old_secret_until": hook.old_secret_until and told.moment(hook.old_secret_until),
        "created_at": told.moment(hook.created_at),
    }


def delivery_fields(one: Delivery) -> dict[str, Any]:
    """A message as programs are told of it."""
    return {
        "id": one.id, "message": one.message, "event": one.event, "state": one.state, "tries": one.tries,
        "status": one.status, "said": one.said_text, "took_ms": one.took_ms, "created_at": told.moment(one.created_at),
        "tried_at": one.tried_at and told.moment(one.tried_at),
        "next_at": told.moment(one.due_at) if one.state == "waiting" else None, "body": json.loads(one.body),
    }


@once
def _create() -> Response:
    me, body = told.some_person(), read_body(WebhookBody)
    _check_scopes(body["events"])
    wanted = Wanted(body["url"], body["events"], body.get("tables", ()))
    hook = webhooks.create_webhook(site().webhooks, me, wanted, root=told.root())
    return told.answer(webhook_fields(hook), status=201, location=f"{bp.url_prefix}/{hook.id}")


@once
def _change_secret(webhook_id: int) -> Response:
    me, hook = _own(webhook_id)
    webhooks.exchange_secret(site().webhooks, me, hook.id)
    return told.answer(webhook_fields(webhooks.get_webhook(site().webhooks, me, hook.id)))


def _with_secret(response: Response) -> Response:
    """Put the secret in after the answer is kept for who asks again: so it is kept nowhere."""
    if response.status_code < 300:
        fields = json.loads(response.get_data())
        secret = webhooks.find_secret(site().webhooks, told.some_person(), fields["id"])
        response.set_data(told.answer({**fields, "secret": secret}).get_data())
        response.headers["Cache-Control"] = "no-store"
    return response


def _own(webhook_id: int) -> tuple[Person, Webhook]:
    me = told.some_person()
    hook = webhooks.get_webhook(site().webhooks, me, asked.possible_id(webhook_id))
    if not _may_all(hook.events):
        raise NotFound("You have no webhook of that number that this token is good for.")
    return me, hook


def _may_all(events: Iterable[str]) -> bool:
    return all(may(scope) for scope in scopes_of(events))


def _check_scopes(events: Iterable[str]) -> None:
    for scope in sorted(scopes_of(events)):
        if not may(scope):
            raise ScopeMissing(f"To be told of this takes a token with the scope {scope}.", scope=scope)
