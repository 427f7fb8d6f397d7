"""Conversations outside of groups, and who is in them."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.context import Actions
from server.actions.conversations import (
    BeginConversation,
    do_begin_conversation,
    do_bring_in,
    do_rename_conversation,
    do_take_out,
    get_conversation,
    get_conversations,
)
from server.domain.events import ConversationView
from server.domain.ids import ChannelId, UserId
from server.http.endpoint import Endpoint, tagged
from server.http.replies import reply

_ALL: Final = "/api/conversations"
_ONE: Final = "/api/conversations/{conversation}"
_MEMBER: Final = "/api/conversations/{conversation}/members/{member}"
_REACH: Final = ("unknown_user", "cannot_message", "too_many")


async def begin(actions: Actions, user_id: UserId, request: BeginConversation) -> web.Response:
    view, fresh = await do_begin_conversation(actions, user_id, request)
    return reply(view, 201 if fresh else 200)


async def leave(actions: Actions, user_id: UserId, channel_id: ChannelId) -> None:
    await do_take_out(actions, user_id, channel_id, user_id)


ENDPOINTS: Final = tagged(
    "Conversations",
    Endpoint("GET", _ALL, get_conversations, "List your conversations, latest activity first"),
    Endpoint(
        "POST",
        _ALL,
        begin,
        "Begin a conversation",
        answer=ConversationView,
        status=201,
        also=(200,),
        errors=(*_REACH, "bad_name", "too_long"),
        note="With one user and no name it is the direct one of you two; when that is there already, it is the answer (200).",
    ),
    Endpoint("GET", _ONE, get_conversation, "Look at a conversation"),
    Endpoint(
        "PATCH",
        _ONE,
        do_rename_conversation,
        "Rename a conversation of several",
        errors=("bad_name", "too_long", "wrong_channel_kind"),
    ),
    Endpoint(
        "PUT",
        _MEMBER,
        do_bring_in,
        "Bring someone into a conversation of several",
        errors=(*_REACH, "wrong_channel_kind"),
        note="A friend, or someone with whom you share a group.",
    ),
    Endpoint(
        "DELETE",
        "/api/conversations/{conversation}/members/@me",
        leave,
        "Leave a conversation of several",
        errors=("wrong_channel_kind",),
        note="The owner's part passes on; the last one who leaves ends it.",
    ),
    Endpoint(
        "DELETE",
        _MEMBER,
        do_take_out,
        "Take someone out of a conversation of several",
        errors=("wrong_channel_kind",),
        note="As its owner.",
    ),
)
