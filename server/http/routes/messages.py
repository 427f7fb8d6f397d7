"""Messages of a channel: pages, one, write, edit, delete."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.context import Actions
from server.actions.forwards import get_origin
from server.actions.messages import (
    CreateMessage,
    Written,
    do_create_message,
    do_delete_message,
    do_edit_message,
    get_message,
    get_messages,
)
from server.domain.ids import ChannelId, UserId
from server.http.endpoint import Endpoint, tagged
from server.http.replies import reply

_ALL: Final = "/api/channels/{channel}/messages"
_ONE: Final = "/api/channels/{channel}/messages/{message}"
_WRITING: Final = (
    *("wrong_channel_kind", "empty_message", "too_long", "unknown_channel", "unknown_message"),
    *("word_filtered", "unknown_file", "unknown_user", "unknown_invite"),
)


async def create(actions: Actions, user_id: UserId, channel_id: ChannelId, request: CreateMessage) -> web.Response:
    written, fresh = await do_create_message(actions, user_id, channel_id, request)
    return reply(written, 201 if fresh else 200)


ENDPOINTS: Final = tagged(
    "Messages",
    Endpoint("GET", _ALL, get_messages, "Read a page of messages, oldest first", errors=("wrong_channel_kind",)),
    Endpoint(
        "POST",
        _ALL,
        create,
        "Write a message",
        answer=Written,
        status=201,
        also=(200,),
        errors=(*_WRITING, "bad_nonce", "slow_mode"),
        note="A nonce that you used here before gives the first message again (200).",
    ),
    Endpoint("GET", _ONE, get_message, "Read one message", errors=("wrong_channel_kind",)),
    Endpoint("PATCH", _ONE, do_edit_message, "Change your message", errors=_WRITING),
    Endpoint(
        "GET",
        f"{_ONE}/origin",
        get_origin,
        "Find the message that a forward is a copy of",
        errors=("wrong_channel_kind",),
        note="If you may read it where it stands.",
    ),
    Endpoint("DELETE", _ONE, do_delete_message, "Delete a message", errors=("wrong_channel_kind",)),
)
