"""The tables. Importing this package fills :data:`metadata` with all of them."""

from __future__ import annotations

from db.tables import (
    accounts,
    automata,
    channels,
    conversations,
    factors,
    groups,
    mails,
    messages,
    moderation,
    operations,
    people,
    standings,
    uploads,
)
from db.tables.columns import metadata

__all__ = [
    "accounts",
    "automata",
    "channels",
    "conversations",
    "factors",
    "groups",
    "mails",
    "messages",
    "metadata",
    "moderation",
    "operations",
    "people",
    "standings",
    "uploads",
]
