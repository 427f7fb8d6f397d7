"""What the actions need from the outside, as small Protocols; ``db`` and ``server.adapters`` implement them.

A unit of work is one transaction. It is entered with ``async with store.write() as uow`` and commits when the block ends without
an exception; what was given to ``publish`` meanwhile goes to the bus after the commit, in the order of the commits. Read units
see one consistent state and cannot write. Repositories raise nothing for a missing row: they return ``None`` (or an empty result).
"""

from __future__ import annotations

from server.ports.accounts import Credentials, Mails, QueuedMail, RefreshToken, SessionRecord, Sessions, Users
from server.ports.desks import Desk, Desks
from server.ports.groups import Additions, Channels, Emojis, Groups, Invites, Members, Roles
from server.ports.messages import (
    EVERYONE_ID,
    HERE_ID,
    CopiedFrom,
    Cursors,
    Edits,
    Files,
    Messages,
    Origins,
    Ping,
    Pings,
    Pins,
    Reactions,
    Search,
    StoredFile,
)
from server.ports.moderation import Audit, Bans, Reports, Safeties, WordFilters
from server.ports.outside import (
    HEAD_BYTES,
    AccessClaims,
    Around,
    Attendance,
    Blob,
    BlobStore,
    Bus,
    Cache,
    Clock,
    Found,
    Images,
    MadeEmoji,
    MailDelayed,
    Mailer,
    MailRefused,
    PasswordHasher,
    Picture,
    RateLimiter,
    Tokens,
    VoiceRoster,
)
from server.ports.people import Conversations, Levels, Relations
from server.ports.previews import LinkedPage, LinkReader, Previews, ReadPage
from server.ports.standings import Standings
from server.ports.store import Reader, Store, UnitOfWork

__all__ = [
    "EVERYONE_ID",
    "HEAD_BYTES",
    "HERE_ID",
    "AccessClaims",
    "Additions",
    "Around",
    "Attendance",
    "Audit",
    "Bans",
    "Blob",
    "BlobStore",
    "Bus",
    "Cache",
    "Channels",
    "Clock",
    "Conversations",
    "CopiedFrom",
    "Credentials",
    "Cursors",
    "Desk",
    "Desks",
    "Edits",
    "Emojis",
    "Files",
    "Found",
    "Groups",
    "Images",
    "Invites",
    "Levels",
    "LinkReader",
    "LinkedPage",
    "MadeEmoji",
    "MailDelayed",
    "MailRefused",
    "Mailer",
    "Mails",
    "Members",
    "Messages",
    "Origins",
    "PasswordHasher",
    "Picture",
    "Ping",
    "Pings",
    "Pins",
    "Previews",
    "QueuedMail",
    "RateLimiter",
    "Reactions",
    "ReadPage",
    "Reader",
    "RefreshToken",
    "Relations",
    "Reports",
    "Roles",
    "Safeties",
    "Search",
    "SessionRecord",
    "Sessions",
    "Standings",
    "Store",
    "StoredFile",
    "Tokens",
    "UnitOfWork",
    "Users",
    "VoiceRoster",
    "WordFilters",
]
