"""Groups' own emoji."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.context import Actions
from server.actions.emojis import do_create_emoji, do_delete_emoji, do_rename_emoji, get_emoji_picture
from server.actions.requests import Request
from server.domain.entities import Emoji
from server.domain.ids import EmojiId, GroupId, UserId
from server.http.endpoint import Endpoint, tagged
from server.http.reading import small_upload_of
from server.http.replies import lasting_picture

_OF_GROUP: Final = "/api/groups/{group}/emojis"
_ONE: Final = "/api/groups/{group}/emojis/{emoji}"


class EmojiName(Request, frozen=True, kw_only=True):
    name: str


async def create(
    actions: Actions, user_id: UserId, group_id: GroupId, query: EmojiName, http: web.Request, reason: str | None
) -> Emoji:
    image = await small_upload_of(http, actions.limits.emoji_max_bytes)
    return await do_create_emoji(actions, user_id, group_id, query.name, image, reason)


async def picture(actions: Actions, emoji_id: EmojiId) -> web.Response:
    return lasting_picture(await get_emoji_picture(actions, emoji_id))


ENDPOINTS: Final = tagged(
    "Emoji",
    Endpoint(
        "POST",
        _OF_GROUP,
        create,
        "Add an emoji of the group's own",
        status=201,
        upload="application/octet-stream",
        errors=("bad_image", "bad_name", "name_taken", "too_large", "too_many"),
        note="The body is the image: PNG, GIF, WebP or JPEG.",
    ),
    Endpoint("PATCH", _ONE, do_rename_emoji, "Rename an emoji", errors=("bad_name", "name_taken")),
    Endpoint("DELETE", _ONE, do_delete_emoji, "Delete an emoji"),
    Endpoint(
        "GET",
        "/api/emojis/{emoji}",
        picture,
        "Get the picture of an emoji",
        answer=bytes,
        media_type="image/*",
    ),
)
