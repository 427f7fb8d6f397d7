"""How people show themselves."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.context import Actions
from server.actions.portraits import (
    ProfileView,
    do_delete_avatar,
    do_delete_banner,
    do_put_avatar,
    do_put_banner,
    do_update_profile,
    get_profile,
    get_profile_picture,
)
from server.domain.entities import Me
from server.domain.ids import UserId
from server.http.endpoint import Endpoint, Handler, tagged
from server.http.reading import small_upload_of
from server.http.replies import lasting_picture


async def put_avatar(actions: Actions, user_id: UserId, http: web.Request) -> Me:
    return await do_put_avatar(actions, user_id, await _image(actions, http))


async def put_banner(actions: Actions, user_id: UserId, http: web.Request) -> ProfileView:
    return await do_put_banner(actions, user_id, await _image(actions, http))


async def _image(actions: Actions, http: web.Request) -> bytes:
    return await small_upload_of(http, actions.limits.profile_picture_max_bytes)


async def avatar(actions: Actions, image_id: str) -> web.Response:
    return lasting_picture(await get_profile_picture(actions, image_id, "avatar"))


async def small_avatar(actions: Actions, image_id: str) -> web.Response:
    return lasting_picture(await get_profile_picture(actions, image_id, "small"))


async def banner(actions: Actions, image_id: str) -> web.Response:
    return lasting_picture(await get_profile_picture(actions, image_id, "banner"))


_PICTURE: Final = ("bad_image", "too_large", "files_unavailable")
_NOTE: Final = "The body is the image: PNG, GIF, WebP or JPEG. It is drawn anew; of an animation the first picture."


def _shown(path: str, handler: Handler, summary: str) -> Endpoint:
    errors = ("unknown_image", "files_unavailable")
    return Endpoint("GET", path, handler, summary, answer=bytes, media_type="image/*", errors=errors)


ENDPOINTS: Final = tagged(
    "Profiles",
    Endpoint(
        "PATCH",
        "/api/users/@me/profile",
        do_update_profile,
        "Say something of yourself",
        errors=("bad_name", "too_long", "too_short", "too_many"),
    ),
    Endpoint(
        "PUT",
        "/api/users/@me/avatar",
        put_avatar,
        "Show another avatar",
        upload="application/octet-stream",
        errors=_PICTURE,
        note=_NOTE,
    ),
    Endpoint("DELETE", "/api/users/@me/avatar", do_delete_avatar, "Show no avatar"),
    Endpoint(
        "PUT",
        "/api/users/@me/banner",
        put_banner,
        "Show another banner",
        upload="application/octet-stream",
        errors=_PICTURE,
        note=_NOTE,
    ),
    Endpoint("DELETE", "/api/users/@me/banner", do_delete_banner, "Show no banner"),
    Endpoint(
        "GET",
        "/api/users/{user}/profile",
        get_profile,
        "Look at the profile of a person",
        note="Yourself, or someone with whom you share a group, a conversation or a relation.",
    ),
    _shown("/api/avatars/{image}", avatar, "Get the picture of an avatar"),
    _shown("/api/avatars/{image}/small", small_avatar, "Get the small picture of an avatar"),
    _shown("/api/banners/{image}", banner, "Get the picture of a banner"),
)
