"""What becomes of a request of the walks (tests/integration/test_walk.py, test_gateway_walk.py), by who asks."""

from __future__ import annotations

from typing import Final, NamedTuple

DONE: Final = "done"
LOG_IN: Final = "401 unauthenticated"
HIDDEN: Final = "404"
"""The same answer as for what is not there at all."""
TIMED_OUT: Final = "403 timed_out"
FORBIDDEN: Final = "403 forbidden"


WALKERS: Final = ("stranger", "banned", "timed_out", "owner")
"""Those with an account, in the order in which they try."""


class Outcome(NamedTuple):
    """What becomes of a request, by who asks. None: it makes no difference who does."""

    nobody: str
    stranger: str | None = None
    timed_out: str | None = None
    owner: str | None = None
    special_for_banned: str | None = None
    """Where being banned is worse than being a stranger."""

    @property
    def banned(self) -> str | None:
        return self.special_for_banned or self.stranger


PUBLIC: Final = Outcome(DONE)
SECRET: Final = Outcome(LOG_IN)
"""Asks for a secret of its own, not for an account."""
ACCOUNT: Final = Outcome(LOG_IN, DONE, DONE, DONE)
"""About oneself, or for all who have an account."""
READ: Final = Outcome(LOG_IN, HIDDEN, DONE, DONE)
CHANGE: Final = Outcome(LOG_IN, HIDDEN, TIMED_OUT, DONE)
OWNER: Final = Outcome(LOG_IN, HIDDEN, FORBIDDEN, DONE)
AUTHOR: Final = Outcome(LOG_IN, HIDDEN, FORBIDDEN, DONE)
"""Of a message by the owner."""
ASKED: Final = Outcome(LOG_IN, HIDDEN, HIDDEN, HIDDEN)
"""For somebody else, whom the owner asked in."""
