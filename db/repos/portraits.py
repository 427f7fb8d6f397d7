"""How people show themselves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import delete, exists, insert, select, update

from db.errors import CorruptRow
from db.repos.base import Repository, among, given, portions
from db.tables.accounts import users
from db.tables.people import portraits, profile_pictures
from server.domain import codec
from server.domain.entities import ProfileField, UserKind
from server.domain.ids import UserId
from server.ports import Portrait

_FIELDS: Final[msgspec.json.Decoder[tuple[ProfileField, ...]]] = codec.decoder(tuple[ProfileField, ...])

_GET = select(portraits).where(portraits.c.user_id == given("of_user"))
_SET_AVATAR = update(users).where(users.c.id == given("of_user"))
_ADD = insert(profile_pictures)
_ABANDONED = (
    select(profile_pictures.c.id)
    .where(
        profile_pictures.c.created_ms < given("before"),
        ~exists().where(
            users.c.id == profile_pictures.c.user_id,
            users.c.avatar == profile_pictures.c.id,
            users.c.account_kind != UserKind.DELETED.value,
        ),
        ~exists().where(portraits.c.user_id == profile_pictures.c.user_id, portraits.c.banner == profile_pictures.c.id),
    )
    .order_by(profile_pictures.c.created_ms)
    .limit(given("at_most"))
)
_DELETE = delete(profile_pictures).where(among(profile_pictures.c.id, "picture_ids"))


class SqlPortraits(Repository):
    __slots__ = ()

    async def get(self, user_id: UserId) -> Portrait:
        row = await self._first(_GET, of_user=user_id)
        if row is None:
            return Portrait()
        try:
            return Portrait(banner=row.banner, bio=row.bio, fields=_FIELDS.decode(row.fields))
        except msgspec.MsgspecError as error:
            raise CorruptRow(f"the portrait of {user_id} cannot be read: {error}") from error

    async def put(self, user_id: UserId, portrait: Portrait) -> None:
        await self._insert_or_update(
            portraits,
            ("user_id",),
            ("banner", "bio", "fields"),
            user_id=user_id,
            banner=portrait.banner,
            bio=portrait.bio,
            fields=codec.encode(portrait.fields).decode(),
        )

    async def set_avatar(self, user_id: UserId, avatar: str | None) -> None:
        self._later(_SET_AVATAR, of_user=user_id, avatar=avatar)

    async def add_picture(self, picture_id: str, user_id: UserId, created_ms: int) -> None:
        self._later(_ADD, id=picture_id, user_id=user_id, created_ms=created_ms)

    async def abandoned(self, before_ms: int, limit: int) -> list[str]:
        return [row.id for row in await self._all(_ABANDONED, before=before_ms, at_most=limit)]

    async def delete_pictures(self, picture_ids: Collection[str]) -> None:
        for some in portions(picture_ids):
            self._later(_DELETE, picture_ids=some)
