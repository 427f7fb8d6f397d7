"""How an account stands with this server: in use, or disabled, deactivated, about to be deleted. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from server.domain.ids import UserId

DELETION_GRACE_S: Final = 14 * 86_400
"""So long somebody may come back who asked for the end of their account, unless the operator says otherwise."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    disabled_ms: int | None = None
    """Since when an operator keeps it out."""
    disabled_reason: str = ""
    """For operators."""
    deactivated_ms: int | None = None
    """Since when its owner has left it alone; ends with the next log-in."""
    delete_after_ms: int | None = None
    """When its owner wants it gone."""
    deletes_messages: bool = False
    """What was written goes with it."""

    @property
    def disabled(self) -> bool:
        return self.disabled_ms is not None

    @property
    def plain(self) -> bool:
        """Nothing is out of the ordinary: not worth keeping."""
        return self == Standing(user_id=self.user_id)

    @property
    def away(self) -> bool:
        """Nobody finds it by its name."""
        return self.disabled or self.deactivated_ms is not None or self.delete_after_ms is not None

    def is_over(self, now_ms: int) -> bool:
        """The time to come back has passed."""
        return self.delete_after_ms is not None and self.delete_after_ms <= now_ms
