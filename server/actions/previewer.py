"""Looks behind the links in messages that were written, and shows below them what is there.

Nothing waits for it: a message is out before its links are looked at, and what is found comes as an update of the message. What
waits is few and kept in memory; what a restart or a rush leaves out has no preview.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog

from server.domain.entities import Message, Preview, PreviewImage
from server.domain.errors import ParleyError, TooMany
from server.domain.events import Audience, MessageUpdate, ToChannel, ToUsers
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.limits import Limits
from server.domain.links import links_in, still_shown
from server.domain.rates import Rule
from server.ports import BlobStore, Clock, Images, LinkedPage, LinkReader, Picture, RateLimiter, Reader, ReadPage, Store

AT_ONCE: Final = 4
"""Messages whose links are looked at."""
WAITING_MAX: Final = 200
"""Messages; those that come when so many wait get no preview."""
KEPT_MS: Final = 24 * 3_600_000
"""So long a page that gave something is not asked again,"""
KEPT_FOR_NOTHING_MS: Final = 20 * 60_000
"""and one that gave nothing."""
IMAGE_ABANDONED_MS: Final = 3 * KEPT_MS
"""So old is a picture that nothing holds when it is deleted: older than any page that may be about to give it to a message."""
IMAGE_MOST_PX: Final = 640
IMAGE_LEAST_PX: Final = 40
"""What is narrower or lower tells nothing: it counts visitors."""
_COLLECT_AT_ONCE: Final = 500

_log = structlog.get_logger(__name__)


class _Job(msgspec.Struct, frozen=True):
    channel_id: ChannelId
    message_id: MessageId
    author_id: UserId
    links: tuple[str, ...]


class Previewer:
    """Give it each message that was written or changed, after the commit."""

    def __init__(
        self,
        *,
        store: Store,
        blobs: BlobStore,
        images: Images,
        links: LinkReader | None,
        limiter: RateLimiter,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        limits: Limits,
    ) -> None:
        """``links`` None: this server shows no previews."""
        self._store = store
        self._blobs = blobs
        self._images = images
        self._links = links
        self._limiter = limiter
        self._clock = clock
        self._random_bytes = random_bytes
        self._limits = limits
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue(WAITING_MAX)
        self._flights: dict[str, asyncio.Task[Preview | None]] = {}
        self._workers: list[asyncio.Task[None]] = []

    @property
    def on(self) -> bool:
        return self._links is not None

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work(), name=f"previews-{number}") for number in range(AT_ONCE)]

    async def close(self) -> None:
        """What is under way is dropped."""
        tasks: list[asyncio.Task[Preview | None] | asyncio.Task[None]] = [*self._workers, *self._flights.values()]
        self._workers = []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def want(self, message: Message) -> None:
        """Returns at once."""
        if self._links is None:
            return
        links = links_in(message.sections, self._limits)
        if not links or links == tuple(preview.url for preview in message.previews):
            return
        try:
            self._jobs.put_nowait(_Job(message.channel_id, message.id, message.author_id, links))
        except asyncio.QueueFull:
            _log.warning("previews.left_out", channel_id=int(message.channel_id), message_id=int(message.id))

    async def settle(self) -> None:
        """Returns when nothing waits any more."""
        await self._jobs.join()

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            try:
                await self._do(job)
            except Exception as error:
                # The message stays without; what goes wrong may have an address of somebody's in it.
                _log.error("previews.failed", message_id=int(job.message_id), error=type(error).__name__)
            finally:
                self._jobs.task_done()

    async def _do(self, job: _Job) -> None:
        async with self._store.read() as reader:
            if await reader.previews.are_off(job.channel_id, job.message_id):
                return
        found = {link: preview for link in job.links if (preview := await self._preview_of(link, job.author_id))}
        if found:
            await self._show(job, found)

    async def _show(self, job: _Job, found: Mapping[str, Preview]) -> None:
        async with self._store.write() as uow:
            await uow.channels.lock_writer(job.channel_id)
            message = await uow.messages.get(job.channel_id, job.message_id)
            if message is None or await uow.previews.are_off(job.channel_id, job.message_id):
                return
            known = {**{preview.url: preview for preview in message.previews}, **found}
            shown = still_shown(tuple(known.values()), links_in(message.sections, self._limits))
            audience = await _audience(uow, job.channel_id)
            if shown == message.previews or audience is None:
                return
            await uow.previews.show(job.channel_id, job.message_id, shown)
            uow.publish(audience, MessageUpdate(message=msgspec.structs.replace(message, previews=shown)))

    # --------------------------------------------------------------------------------------------------------- a page

    async def _preview_of(self, link: str, author_id: UserId) -> Preview | None:
        """Asked for by several at once, a page is asked once."""
        flight = self._flights.get(link)
        if flight is None:
            flight = asyncio.create_task(self._look(link, author_id))
            self._flights[link] = flight
            flight.add_done_callback(lambda _: self._flights.pop(link, None))
        return await asyncio.shield(flight)

    async def _look(self, link: str, author_id: UserId) -> Preview | None:
        now_ms = self._clock.now_ms()
        async with self._store.read() as reader:
            known = await reader.previews.find(link)
        if known is not None:
            kept_ms = KEPT_FOR_NOTHING_MS if known.preview is None else KEPT_MS
            if now_ms - known.read_ms < kept_ms:
                return known.preview
        try:
            await self._limiter.hit(Rule.PREVIEW, str(author_id))
            await self._limiter.hit(Rule.PREVIEW_HOST, _host(link))
        except TooMany:
            return None  # nothing is known of the page
        page = None if self._links is None else await self._links.read(link)
        picture = None if page is None or page.image is None else await self._drawn(page.image)
        return await self._keep(link, page, picture, now_ms)

    async def _drawn(self, image: bytes) -> Picture | None:
        try:
            picture = await self._images.picture(image, IMAGE_MOST_PX)
        except ParleyError:
            return None
        return picture if min(picture.width, picture.height) >= IMAGE_LEAST_PX else None

    async def _keep(self, link: str, page: LinkedPage | None, picture: Picture | None, now_ms: int) -> Preview | None:
        image = None
        if picture is not None:
            image = PreviewImage(id=self._random_bytes(16).hex(), width=picture.width, height=picture.height)
            await self._blobs.put(image_key(image.id), _whole(picture.data))
        preview = None
        if page is not None and (page.title or image is not None):
            preview = Preview(
                url=link, title=page.title, description=page.description, site_name=page.site_name, image=image
            )
        async with self._store.write() as uow:
            if image is not None:
                await uow.previews.add_image(image.id, now_ms)
            await uow.previews.keep(link, ReadPage(read_ms=now_ms, preview=preview))
        return preview


async def _audience(reader: Reader, channel_id: ChannelId) -> Audience | None:
    channel = await reader.channels.get(channel_id)
    if channel is not None:
        return ToChannel(channel.group_id, channel_id)
    conversation = await reader.conversations.get(channel_id)
    return None if conversation is None else ToUsers(conversation.member_ids)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _host(link: str) -> str:
    try:
        return urlsplit(link).netloc.lower()[:200]
    except ValueError:
        return ""


def image_key(image_id: str) -> str:
    """Where it lies."""
    return f"previews/{image_id[:2]}/{image_id}"


async def collect(store: Store, blobs: BlobStore, now_ms: int) -> int:
    """Forgets what was read long ago, and deletes the pictures that nothing holds any more; returns how many."""
    async with store.write() as uow:
        await uow.previews.forget(now_ms - KEPT_MS)
        gone: Sequence[str] = await uow.previews.abandoned_images(now_ms - IMAGE_ABANDONED_MS, _COLLECT_AT_ONCE)
        await uow.previews.delete_images(gone)
    for image_id in gone:
        await blobs.delete(image_key(image_id))
    return len(gone)
