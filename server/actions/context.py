"""What every action is given: the world outside, as one value. ``parley.bootstrap`` makes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import msgspec

from server.actions.intake import Intake
from server.actions.previewer import Previewer
from server.actions.profiles import Profiles
from server.actions.session_cache import SessionCache
from server.actions.word_books import WordBooks
from server.domain.ids import Snowflakes
from server.domain.limits import Limits
from server.domain.standing import DELETION_GRACE_S
from server.ports import (
    Attendance,
    BlobStore,
    BotToken,
    Bus,
    Clock,
    FileLinks,
    Images,
    Passkeys,
    PasswordCritic,
    PasswordHasher,
    QrCodes,
    RateLimiter,
    Sealer,
    SessionRecord,
    Store,
    Studio,
    Tokens,
    VoiceRoster,
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator decides."""

    sign_up: Literal["open", "invitation", "closed"] = "open"
    email: Literal["optional", "required"] = "optional"
    """Whether an account needs a mail address."""
    owner_token_hash: bytes | None = None
    """SHA-256 of the token that makes the first account the operator; of no use once there is one."""
    address: str = ""
    """Where this server is reached, as in https://talk.example.org; for links in mail."""
    files_origin: str = ""
    """Where browsers get files from, as in https://files.example.org; empty: from ``address`` itself."""
    session_lifetime_s: int = 90 * 86_400
    """From log-in on."""
    session_idle_s: int = 30 * 86_400
    """Without a refresh."""
    bots: Literal["everyone", "operators"] = "everyone"
    """Who makes them."""
    deletion_grace_s: int = DELETION_GRACE_S
    """So long somebody may come back who asked for the end of their account."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request comes from."""

    address: str
    """Of the client, as the door knows it (behind a proxy: what the trusted proxy says)."""
    device: str = ""
    """User-Agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """The same for all requests. ``bus`` must be the one that ``store`` publishes on."""

    store: Store
    bus: Bus
    clock: Clock
    ids: Snowflakes
    hasher: PasswordHasher
    critic: PasswordCritic
    limiter: RateLimiter
    tokens: Tokens
    voice: VoiceRoster
    attendance: Attendance
    sessions: SessionCache[SessionRecord]
    """Its ``receive`` is subscribed to ``bus``."""
    bot_tokens: SessionCache[BotToken]
    """The same."""
    profiles: Profiles
    """The same."""
    word_books: WordBooks
    """Its ``receive`` is subscribed to ``bus``."""
    previewer: Previewer
    """Is given what was written."""
    sealer: Sealer
    passkeys: Passkeys
    qr_codes: QrCodes
    random_bytes: Callable[[int], bytes]
    """As :func:`secrets.token_bytes`."""
    blobs: BlobStore
    images: Images
    studio: Studio
    file_links: FileLinks
    intake: Intake
    pause: Callable[[float], Awaitable[None]]
    """As :func:`asyncio.sleep`: slows down whoever guesses passwords."""
    limits: Limits
    settings: Settings
