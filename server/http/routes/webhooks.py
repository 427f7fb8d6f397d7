"""Webhooks: looking after them, and what they are called with."""

from __future__ import annotations

from typing import Final

from server.actions.webhook_calls import do_call_webhook
from server.actions.webhooks import (
    do_create_webhook,
    do_delete_webhook,
    do_renew_webhook,
    do_update_webhook,
    get_webhooks,
)
from server.http.endpoint import Endpoint, tagged

_ONE: Final = "/api/webhooks/{webhook}"

ENDPOINTS: Final = tagged(
    "Webhooks",
    Endpoint(
        "GET", "/api/groups/{group}/webhooks", get_webhooks, "List the webhooks of a group", errors=("timed_out",)
    ),
    Endpoint(
        "POST",
        "/api/channels/{channel}/webhooks",
        do_create_webhook,
        "Make a webhook that writes into a channel",
        status=201,
        errors=("bad_name", "too_long", "too_short", "too_many", "wrong_channel_kind"),
        note="The token is shown now and never again.",
    ),
    Endpoint(
        "PATCH",
        _ONE,
        do_update_webhook,
        "Rename a webhook, or move it to another channel",
        errors=("bad_name", "too_long", "too_short", "wrong_channel_kind", "unknown_channel"),
    ),
    Endpoint(
        "POST",
        f"{_ONE}/token",
        do_renew_webhook,
        "Give a webhook another token",
        note="The one there was counts no more.",
    ),
    Endpoint("DELETE", _ONE, do_delete_webhook, "Delete a webhook"),
    Endpoint(
        "POST",
        f"{_ONE}/{{token}}",
        do_call_webhook,
        "Write by a webhook",
        status=201,
        errors=("empty_message", "too_long", "bad_nonce", "word_filtered"),
        note="Text and code only. It pings whom `allowed_mentions` names, and unless that is given nobody; never everyone.",
    ),
)
