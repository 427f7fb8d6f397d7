"""Previews of links."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.context import Actions
from server.actions.previews import do_remove_previews, get_preview_image
from server.http.endpoint import Endpoint, tagged
from server.http.replies import lasting_picture


async def picture(actions: Actions, image_id: str) -> web.Response:
    return lasting_picture(await get_preview_image(actions, image_id))


ENDPOINTS: Final = tagged(
    "Messages",
    Endpoint(
        "DELETE",
        "/api/channels/{channel}/messages/{message}/previews",
        do_remove_previews,
        "Take the previews off your message",
        errors=("wrong_channel_kind",),
        note="For good. Links within < and > get none from the beginning.",
    ),
    Endpoint(
        "GET",
        "/api/previews/{image}",
        picture,
        "Get the picture of a preview",
        answer=bytes,
        media_type="image/*",
        errors=("unknown_image", "files_unavailable"),
    ),
)
