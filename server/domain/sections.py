"""A message is a list of sections; each is a tagged struct, stored and sent as JSON, so that new kinds can join."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from server.domain.ids import MessageId


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


Section: TypeAlias = Text | Code | Reply
