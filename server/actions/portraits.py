"""How people show themselves: avatar, banner, and what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.accounts import get_user
from server.actions.acquaintances import known_elsewhere
from server.actions.authority import public_user
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import Me, ProfileField, User
from server.domain.errors import NotFound, TooLarge, Unauthenticated
from server.domain.events import MeUpdate, ToContacts, ToUsers, UserUpdate
from server.domain.ids import UserId
from server.domain.portraits import check_bio, check_fields
from server.domain.rates import Rule
from server.ports import Picture, Portrait, UnitOfWork

AVATAR_PX: Final = 256
SMALL_AVATAR_PX: Final = 64
BANNER_PX: Final = 1200
BANNER_SHAPE: Final = (5, 2)
KEPT_MS: Final = 3_600_000
"""So long a picture stays after another has taken its place: not everybody has heard of it yet."""
_COLLECT_AT_ONCE: Final = 500
_PICTURE_ID: Final = re.compile(r"[0-9a-f]{32}")

Kind = Literal["avatar", "small", "banner"]
_KINDS: Final[tuple[Kind, ...]] = ("avatar", "small", "banner")


class UpdateProfile(Request, frozen=True, kw_only=True):
    bio: str | UnsetType = UNSET
    """May be empty."""
    fields: tuple[ProfileField, ...] | UnsetType = UNSET
    """All of them, in their order."""


class ProfileView(msgspec.Struct, frozen=True, kw_only=True):
    user: User
    banner: str | None
    """``GET /api/banners/{id}``"""
    bio: str
    """Markdown, as the text of messages; it names and pings nobody."""
    fields: tuple[ProfileField, ...]


async def get_profile(actions: Actions, user_id: UserId, wanted_id: UserId) -> ProfileView:
    """Of oneself, or of somebody one may know of; raises unknown_user."""
    user = await get_user(actions, user_id, wanted_id)
    async with actions.store.read() as reader:
        return _view(user, await reader.portraits.get(wanted_id))


async def do_update_profile(actions: Actions, user_id: UserId, request: UpdateProfile) -> ProfileView:
    """Those who know one are told that there is something new. Raises too_long, too_short, too_many, bad_name, bad_request."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    bio = check_bio(request.bio, actions.limits) if isinstance(request.bio, str) else None
    fields = None if isinstance(request.fields, UnsetType) else check_fields(request.fields, actions.limits)
    async with actions.store.write() as uow:
        user = await public_user(uow, user_id)
        before = await uow.portraits.get(user_id)
        portrait = msgspec.structs.replace(
            before, bio=before.bio if bio is None else bio, fields=before.fields if fields is None else fields
        )
        if portrait != before:
            await uow.portraits.put(user_id, portrait)
            await _tell(uow, user)
    return _view(user, portrait)


def _view(user: User, portrait: Portrait) -> ProfileView:
    return ProfileView(user=user, banner=portrait.banner, bio=portrait.bio, fields=portrait.fields)


async def _tell(uow: UnitOfWork, user: User) -> None:
    """Also where the user looks as before: whoever shows the profile reads it anew."""
    uow.publish(ToContacts(user.id, await known_elsewhere(uow, user.id)), UserUpdate(user=user))


# ------------------------------------------------------------------------------------------------------------- pictures


async def do_put_avatar(actions: Actions, user_id: UserId, image: bytes) -> Me:
    """``image`` is drawn anew, as a square. Raises bad_image, too_large."""
    await _check_picture(actions, user_id, image)
    large = await actions.images.picture(image, AVATAR_PX, (1, 1))
    small = await actions.images.picture(image, SMALL_AVATAR_PX, (1, 1))
    avatar = await _store(actions, user_id, {"avatar": large, "small": small})
    return await _set_avatar(actions, user_id, avatar)


async def do_delete_avatar(actions: Actions, user_id: UserId) -> Me:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    return await _set_avatar(actions, user_id, None)


async def _set_avatar(actions: Actions, user_id: UserId, avatar: str | None) -> Me:
    async with actions.store.write() as uow:
        before = await uow.users.me(user_id)
        if before is None:
            raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
        if before.avatar == avatar:
            return before
        await uow.portraits.set_avatar(user_id, avatar)
        me = msgspec.structs.replace(before, avatar=avatar)
        uow.publish(ToUsers((user_id,)), MeUpdate(me=me))
        await _tell(uow, await public_user(uow, user_id))
    return me


async def do_put_banner(actions: Actions, user_id: UserId, image: bytes) -> ProfileView:
    """``image`` is drawn anew, five wide and two high. Raises bad_image, too_large."""
    await _check_picture(actions, user_id, image)
    drawn = await actions.images.picture(image, BANNER_PX, BANNER_SHAPE)
    banner = await _store(actions, user_id, {"banner": drawn})
    return await _set_banner(actions, user_id, banner)


async def do_delete_banner(actions: Actions, user_id: UserId) -> ProfileView:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    return await _set_banner(actions, user_id, None)


async def _set_banner(actions: Actions, user_id: UserId, banner: str | None) -> ProfileView:
    async with actions.store.write() as uow:
        user = await public_user(uow, user_id)
        before = await uow.portraits.get(user_id)
        portrait = msgspec.structs.replace(before, banner=banner)
        if portrait != before:
            await uow.portraits.put(user_id, portrait)
            await _tell(uow, user)
    return _view(user, portrait)


async def _check_picture(actions: Actions, user_id: UserId, image: bytes) -> None:
    await actions.limiter.hit(Rule.UPLOAD, str(user_id))
    limit = actions.limits.profile_picture_max_bytes
    if len(image) > limit:
        raise TooLarge("too_large", "This picture is too large. Choose a smaller one.", max=limit)


async def _store(actions: Actions, user_id: UserId, drawn: dict[Kind, Picture]) -> str:
    """Noted before it is stored, so that what a stop of the server leaves behind is found and collected."""
    picture_id = actions.random_bytes(16).hex()
    async with actions.store.write() as uow:
        await uow.portraits.add_picture(picture_id, user_id, actions.clock.now_ms())
    for kind, picture in drawn.items():
        await actions.blobs.put(picture_key(picture_id, kind), _whole(picture.data))
    return picture_id


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


def picture_key(picture_id: str, kind: Kind) -> str:
    """Where it lies."""
    return f"profiles/{picture_id[:2]}/{picture_id}-{kind}"


async def get_profile_picture(actions: Actions, picture_id: str, kind: Kind) -> Picture:
    """For everybody who knows its id, which nobody guesses: pages show it without a log-in. Raises unknown_image."""
    good = _PICTURE_ID.fullmatch(picture_id) is not None
    blob = await actions.blobs.get(picture_key(picture_id, kind)) if good else None
    if blob is None:
        raise NotFound("unknown_image", "This picture is gone.")
    return Picture(media_type="image/webp", data=b"".join([chunk async for chunk in blob.chunks]))


async def do_collect_profile_pictures(actions: Actions) -> int:
    """Deletes those that others have taken the place of; returns how many."""
    async with actions.store.write() as uow:
        gone = await uow.portraits.abandoned(actions.clock.now_ms() - KEPT_MS, _COLLECT_AT_ONCE)
        await uow.portraits.delete_pictures(gone)
    for picture_id in gone:
        for kind in _KINDS:
            await actions.blobs.delete(picture_key(picture_id, kind))
    return len(gone)
