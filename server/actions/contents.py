"""What a message holds: sections as clients write them, filled in and checked against what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.actions.acquaintances import met_among
from server.actions.authority import unknown_file, unknown_message, unknown_user
from server.actions.context import Actions
from server.actions.forwards import copy_of
from server.actions.invites import open_invite
from server.actions.places import Place
from server.domain.entities import Message
from server.domain.errors import Invalid
from server.domain.ids import ChannelId, FileId, MessageId, UserId
from server.domain.permissions import Permission
from server.domain.sections import (
    Contact,
    File,
    Forward,
    Invitation,
    NewFile,
    NewForward,
    NewSection,
    Section,
    reply_to,
    unfolded,
)
from server.ports import CopiedFrom, Reader, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Sections as they are stored, and what is written beside the message."""

    sections: tuple[Section, ...]
    answered: Message | None = None
    """The message that this one answers, if it is there still."""
    origin: CopiedFrom | None = None
    """Of a forward that is new."""


async def fill_in(
    actions: Actions, reader: Reader, place: Place, new: Sequence[NewSection], before: Message | None = None
) -> Contents:
    """For a message, or (with what it was ``before``) an edit: what an edit leaves as it was needs no reason again.

    Raises unknown_message (of a reply or a forward), unknown_file, unknown_user, unknown_invite, forbidden, timed_out, too_long,
    bad_request.
    """
    kept: tuple[Section, ...] = () if before is None else before.sections
    answered = await _answered(reader, place.id, reply_to(new), reply_to(kept))
    files = await _files(reader, place, new, kept)
    await _check_contacts(reader, place.user_id, new, kept)
    await _check_invites(reader, new, kept, actions.clock.now_ms())
    forward, origin = await _forward(actions, reader, place, new, before)
    return Contents(
        sections=tuple(_stored(section, files, forward) for section in new), answered=answered, origin=origin
    )


def _stored(section: NewSection, files: dict[FileId, File], forward: Forward | None) -> Section:
    if isinstance(section, NewFile):
        return files[section.file_id]
    if isinstance(section, NewForward):
        assert forward is not None  # noqa: S101 (made from this section)
        return forward
    return section


async def _answered(
    reader: Reader, channel_id: ChannelId, message_id: MessageId | None, before_id: MessageId | None
) -> Message | None:
    if message_id is None:
        return None
    answered = await reader.messages.get(channel_id, message_id)
    if answered is None and message_id != before_id:  # an answer to what is gone since stays one
        raise unknown_message()
    return answered


async def _files(
    reader: Reader, place: Place, new: Sequence[NewSection], kept: Sequence[Section]
) -> dict[FileId, File]:
    found = {section.file_id: section for section in kept if isinstance(section, File)}
    wanted = [section.file_id for section in new if isinstance(section, NewFile) and section.file_id not in found]
    if not wanted:
        return found
    place.require(Permission.ATTACH_FILES)
    uploaded = await reader.files.by_ids(wanted)
    used = await reader.files.used(wanted)
    for file_id in wanted:
        file = uploaded.get(file_id)
        if file is None or file.owner_id != place.user_id or file_id in used or file.released_ms is not None:
            raise unknown_file()
        found[file_id] = File(file_id, file.name, file.media_type, file.size_bytes, file.media)
    return found


async def _check_contacts(reader: Reader, user_id: UserId, new: Sequence[NewSection], kept: Sequence[Section]) -> None:
    wanted = {section.user_id for section in new if isinstance(section, Contact) and section not in kept} - {user_id}
    if wanted and wanted - await met_among(reader, user_id, wanted):
        raise unknown_user()


async def _check_invites(reader: Reader, new: Sequence[NewSection], kept: Sequence[Section], now_ms: int) -> None:
    for code in {section.code for section in new if isinstance(section, Invitation) and section not in kept}:
        await open_invite(reader, code, now_ms)


async def _forward(
    actions: Actions, reader: Reader, place: Place, new: Sequence[NewSection], before: Message | None
) -> tuple[Forward | None, CopiedFrom | None]:
    wanted = next((section for section in new if isinstance(section, NewForward)), None)
    if wanted is None:
        return None, None
    if before is None:
        return await copy_of(actions, reader, place, wanted)
    kept = next((section for section in before.sections if isinstance(section, Forward)), None)
    if kept is None or (wanted.channel_id, wanted.message_id) != (before.channel_id, before.id):
        where = f"sections[{new.index(wanted)}]"
        raise Invalid("bad_request", "An edit keeps its forward (name the message itself) or drops it.", where=where)
    return kept, None


# -------------------------------------------------------------------------------------------------- beside the message


def files_of(sections: Sequence[Section]) -> list[FileId]:
    """Those in forwards among them."""
    return [section.file_id for section in unfolded(sections) if isinstance(section, File)]


async def write_beside(uow: UnitOfWork, message: Message, contents: Contents) -> None:
    """``message`` is new."""
    await uow.files.use(files_of(message.sections), message.channel_id, message.id)
    if contents.origin is not None:
        await uow.origins.add(message.channel_id, message.id, contents.origin)


async def rewrite_beside(uow: UnitOfWork, before: Message, after: Message) -> None:
    """An edit has made ``after`` of ``before``."""
    held, holds = set(files_of(before.sections)), set(files_of(after.sections))
    await uow.files.use(holds - held, after.channel_id, after.id)
    await uow.files.drop(held - holds, after.channel_id, after.id)
    forwarded = any(isinstance(section, Forward) for section in before.sections)
    if forwarded and not any(isinstance(section, Forward) for section in after.sections):
        await uow.origins.delete(after.channel_id, after.id)
