"""A message is a list of sections; each is a tagged struct, stored and sent as JSON, so that new kinds can join."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from server.domain.errors import Invalid
from server.domain.ids import ChannelId, FileId, MessageId, UserId
from server.domain.limits import Limits
from server.domain.names import is_blank, is_sendable, too_long

_LANGUAGE: Final = re.compile(r"[A-Za-z0-9_+#.-]*")


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class Text(_Section, frozen=True, tag="text"):
    """Markdown source; clients render a safe subset (docs/protocol.md)."""

    text: str


class Code(_Section, frozen=True, tag="code"):
    code: str
    language: str = ""


class Reply(_Section, frozen=True, tag="reply"):
    """An answer to a message of the same channel; at most one, and first."""

    message_id: MessageId


class Media(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the server saw in a picture or a recording: enough to keep its place free until it comes."""

    width: int | UnsetType = UNSET
    """Pixels, standing upright."""
    height: int | UnsetType = UNSET
    thumbhash: str | UnsetType = UNSET
    """A blurred picture in some 25 bytes (ThumbHash), in base64."""
    animated: bool | UnsetType = UNSET
    """A picture that moves."""
    duration_ms: int | UnsetType = UNSET
    """Of a recording."""
    waveform: str | UnsetType = UNSET
    """How loud a recording is from beginning to end: 100 bytes in base64, each 0 to 255."""
    poster: bool | UnsetType = UNSET
    """There is a picture of the video."""
    voice: bool | UnsetType = UNSET
    """It was spoken as a message."""


class File(_Section, frozen=True, tag="file"):
    """Something uploaded; name, type and size are the server's own words."""

    file_id: FileId
    name: str
    media_type: str
    size_bytes: int
    media: Media | UnsetType = UNSET
    """Of what can be shown or played where it stands."""


class Contact(_Section, frozen=True, tag="contact"):
    """Somebody's card."""

    user_id: UserId


class Invitation(_Section, frozen=True, tag="invite"):
    """A way into a group, with a button."""

    code: str


class Forward(_Section, frozen=True, tag="forward"):
    """A copy of another message, which stays as it is whatever becomes of that one."""

    sections: tuple[Copied, ...]
    sent_ms: int
    """When the original was written."""


Copied: TypeAlias = Text | Code | File | Contact | Invitation
"""What a forward holds: no reply, since what it answers stays behind, and no forward, whose content takes its place."""
Section: TypeAlias = Text | Code | Reply | File | Contact | Invitation | Forward
"""As stored and as sent."""


class NewFile(_Section, frozen=True, tag="file"):
    """Something that was uploaded before; the server fills in the rest."""

    file_id: FileId


class NewForward(_Section, frozen=True, tag="forward"):
    """A message that the sender may read, to be copied. In an edit: the edited message itself, whose forward stays as it is."""

    channel_id: ChannelId
    message_id: MessageId


NewSection: TypeAlias = Text | Code | Reply | NewFile | NewForward | Contact | Invitation
"""As clients write them."""


def check_sections(sections: Sequence[NewSection], limits: Limits) -> tuple[NewSection, ...]:
    """``sections`` as they can be filled in (text in NFC; code as it was written).

    Raises :class:`Invalid`: empty_message, too_long, bad_request (with ``where``).
    """
    if len(sections) > limits.sections_max:
        raise too_long("sections", limits.sections_max)
    _check_places(sections)
    length = 0
    clean: list[NewSection] = []
    for index, section in enumerate(sections):
        section = _clean(section, index, limits)
        length += len(_written(section))
        if length > limits.text_max:
            raise too_long("text", limits.text_max)
        clean.append(section)
    if not any(_shows(section) for section in clean):
        raise Invalid("empty_message", "The message is empty. Write something.")
    return tuple(clean)


def copied(sections: Sequence[Section], limits: Limits) -> tuple[Copied, ...]:
    """What a forward of a message with these sections holds.

    Raises :class:`Invalid` (too_long) when forwards of forwards have piled up too much.
    """
    flat: list[Copied] = []
    for section in sections:
        if isinstance(section, Forward):
            flat.extend(section.sections)
        elif not isinstance(section, Reply):
            flat.append(section)
    if len(flat) > limits.forward_sections_max:
        raise too_long("forward", limits.forward_sections_max)
    if sum(len(_written(section)) for section in flat) > limits.forward_text_max:
        raise too_long("forward", limits.forward_text_max)
    return tuple(flat)


def unfolded(sections: Sequence[Section]) -> Iterator[Section]:
    """The sections, and what is in the forwards among them."""
    for section in sections:
        yield section
        if isinstance(section, Forward):
            yield from section.sections


def reply_to(sections: Sequence[Section | NewSection]) -> MessageId | None:
    """The message that checked ``sections`` answer."""
    first = sections[0] if sections else None
    return first.message_id if isinstance(first, Reply) else None


def _check_places(sections: Sequence[NewSection]) -> None:
    forwards, files = 0, set[FileId]()
    for index, section in enumerate(sections):
        match section:
            case Reply() if index > 0:
                raise _bad(index, "A reply comes first, and at most once.")
            case NewForward():
                forwards += 1
                if forwards > 1:
                    raise _bad(index, "A message forwards one other at most.")
            case NewFile(file_id=file_id):
                if file_id in files:
                    raise _bad(index, "A file stands in a message once.")
                files.add(file_id)


def _shows(section: NewSection) -> bool:
    """Whether a reader sees something of it."""
    if isinstance(section, Text | Code):
        return not is_blank(_written(section))
    return not isinstance(section, Reply)


def _written(section: NewSection | Section) -> str:
    if isinstance(section, Text):
        return section.text
    return section.code if isinstance(section, Code) else ""


def _clean(section: NewSection, index: int, limits: Limits) -> NewSection:
    written = _written(section)
    if not is_sendable(written):
        raise _bad(index, "This text has half a character in it.")
    if isinstance(section, Code):
        if len(section.language) > limits.language_max:
            raise too_long("language", limits.language_max)
        if not _LANGUAGE.fullmatch(section.language):
            raise _bad(index, "The language of code is one word: letters, digits and _ + # . -")
    if not isinstance(section, Text):
        return section
    if len(written) > 4 * limits.text_max:  # before any work on it; NFC joins at most four into one
        raise too_long("text", limits.text_max)
    return Text(unicodedata.normalize("NFC", written))


def _bad(index: int, message: str) -> Invalid:
    return Invalid("bad_request", message, where=f"sections[{index}]")
