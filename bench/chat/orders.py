"""What the bench tells the fleet of chat clients, and what it hears back: one line of JSON each."""

from __future__ import annotations

from typing import Literal

import msgspec


class Seat(msgspec.Struct, frozen=True):
    """One client."""

    name: str
    """An access token of Parley's, a user name of XMPP."""
    room: str
    """Where it writes: a channel's id, a room's JID."""


class Orders(msgspec.Struct, kw_only=True):
    """Connect so many; everybody who has a seat in a room reads what is written there."""

    speaks: Literal["gateway", "xmpp", "bare"]
    port: int
    seats: list[Seat]
    headers: dict[str, str] = {}
    """Of the WebSocket's opening."""
    frame: str = ""
    """In hexadecimal, one frame of Parley's with a message in it: what is written to a bare server."""


class Go(msgspec.Struct, kw_only=True):
    """One run: at a pace, or as fast as answers come."""

    seconds: float
    per_s: float = 0.0
    """Messages, each by the next client, whether the last was delivered or not."""
    in_flight: int = 0
    """Without a pace: so many messages are waiting for their answer at any moment."""


class Report(msgspec.Struct, kw_only=True):
    """Of one run, when everything has been delivered or nothing more comes."""

    sent: int
    answered: int
    """Acknowledged within the run's seconds (the gateway alone answers)."""
    refused: int
    refusal: str
    """The first one's words."""
    expected: int
    """Deliveries: for each message, all who have a seat in its room."""
    delivered: int
    took_s: float
    """From the first message until the last delivery."""
    p50_ms: float
    """From before the writing of a message to its reading by one of its readers, over all deliveries."""
    p99_ms: float
    frame: str
    """The last frame with a message, in hexadecimal."""
