"""How much one connection may ask, as token buckets; sans-IO: the caller says what time it is."""

from __future__ import annotations

import enum

import msgspec


class Kind(enum.Enum):
    """What is counted apart."""

    FRAME = "frame"
    """Every frame, whatever is in it; over this the socket is closed."""
    MESSAGE = "message"
    """message.create, message.edit, message.delete"""
    TYPING = "typing"
    CURSOR = "cursor"
    REACTION = "reaction"
    PRESENCE = "presence"
    VOICE = "voice"


class Rate(msgspec.Struct, frozen=True):
    burst: int
    """So many at once."""
    per_s: float
    """So many a second in the long run."""


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Of one connection. People never come near these; programs that do are told when to go on."""

    frame: Rate = Rate(200, 50.0)
    message: Rate = Rate(30, 12.0)
    typing: Rate = Rate(10, 3.0)
    cursor: Rate = Rate(30, 10.0)
    reaction: Rate = Rate(20, 4.0)
    presence: Rate = Rate(20, 2.0)
    voice: Rate = Rate(20, 4.0)

    def of(self, kind: Kind) -> Rate:
        rate: Rate = getattr(self, kind.value)
        return rate


class TokenBucket:
    """Full at first; refills steadily, up to its burst."""

    __slots__ = ("_at_s", "_rate", "_tokens")

    def __init__(self, rate: Rate, now_s: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at_s = now_s

    def take(self, now_s: float) -> float:
        """Takes one and returns 0.0; or takes nothing and returns the seconds until there is one."""
        self._refill(now_s)
        if self._tokens >= 1.0:
            self._tokens -= 1.0
            return 0.0
        return (1.0 - self._tokens) / self._rate.per_s

    def full(self, now_s: float) -> bool:
        """As if it had never been used."""
        self._refill(now_s)
        return self._tokens >= self._rate.burst

    def _refill(self, now_s: float) -> None:
        passed_s = max(now_s - self._at_s, 0.0)
        self._at_s = max(self._at_s, now_s)
        self._tokens = min(self._tokens + passed_s * self._rate.per_s, float(self._rate.burst))
