"""What everyone may know of people, read far more often than it changes: through the cache."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from itertools import count
from typing import Final

import msgspec

from server.domain import codec
from server.domain.entities import User
from server.domain.events import Gap, Notice, Published, UserUpdate
from server.domain.ids import UserId
from server.ports import Cache, Store

KEPT_S: Final = 1800.0
"""A profile that nobody asked for in that time is forgotten."""
DOUBTS_MAX: Final = 1000

_KIND: Final = f"user:{zlib.crc32(','.join(User.__struct_fields__).encode()):08x}:"
"""Keys of another Parley, whose profiles have other fields, are others."""

_decoder: Final[msgspec.json.Decoder[User]] = codec.decoder(User)


class Profiles:
    """Public profiles by id. Give :meth:`receive` to ``Bus.subscribe``, before anything else that asks here.

    A notice of a change puts that profile in doubt: it is not taken from the cache again until this process has deleted it there.
    So whoever was told of a change never reads what was before it. What a cache that outlives its processes holds at the start,
    and after a gap, is all in doubt.
    """

    def __init__(self, store: Store, cache: Cache) -> None:
        self._store = store
        self._cache = cache
        self._numbers = count(1)
        self._doubts: dict[UserId, int] = {}
        """Each with the number of its notice: a deletion ends the doubts from before it began, not later ones."""
        self._doubt_of_all: int | None = 0
        self.hits = 0
        """Profiles that the cache had."""
        self.misses = 0

    def receive(self, notice: Notice) -> None:
        if isinstance(notice, Gap):
            self._doubt_all()
        elif isinstance(notice, Published) and isinstance(notice.event, UserUpdate):
            self._doubts[notice.event.user.id] = next(self._numbers)
            if len(self._doubts) > DOUBTS_MAX:
                self._doubt_all()

    def _doubt_all(self) -> None:
        self._doubt_of_all = next(self._numbers)
        self._doubts.clear()

    async def by_ids(self, user_ids: Collection[UserId]) -> dict[UserId, User]:
        """Those of the accounts that are there: one look into the cache and, for what it lacks, one statement.

        Not within a unit of work: it reads in one of its own, begun after the look, or a change in between would go unseen.
        """
        wanted = set(user_ids)
        if not wanted:
            return {}
        await self._settle()
        if self._doubt_of_all is not None:
            return await self._read(wanted)
        found = await self._cache.get_many(
            [_key(user_id) for user_id in wanted - self._doubts.keys()], prolong_s=KEPT_S
        )
        users = dict(_decoded(found.values.values()))
        missing = wanted - users.keys()
        self.hits += len(users)
        self.misses += len(missing)
        if missing:
            read = await self._read(missing)
            users |= read
            items = {_key(user.id): codec.encode(user) for user in read.values()}
            await self._cache.set_many(items, KEPT_S, found.mark)
        return users

    async def _read(self, user_ids: Collection[UserId]) -> dict[UserId, User]:
        async with self._store.read() as reader:
            return await reader.users.by_ids(user_ids)

    async def _settle(self) -> None:
        """Deletes what is in doubt. While the cache cannot be reached the doubts stay, and these profiles come from the store."""
        if self._doubt_of_all is not None:
            asked = self._doubt_of_all
            if await self._cache.clear() and self._doubt_of_all == asked:
                self._doubt_of_all = None
        elif self._doubts:
            doubted = dict(self._doubts)
            if await self._cache.delete_many([_key(user_id) for user_id in doubted]):
                for user_id, number in doubted.items():
                    if self._doubts.get(user_id) == number:
                        del self._doubts[user_id]


def _key(user_id: UserId) -> str:
    return f"{_KIND}{user_id}"


def _decoded(values: Iterable[bytes]) -> Iterable[tuple[UserId, User]]:
    for value in values:
        try:
            user = _decoder.decode(value)
        except msgspec.MsgspecError:
            continue  # of another Parley: as if it were not there
        yield user.id, user
