"""What each peer of the comparison does for the bench."""

from __future__ import annotations

from typing import Protocol

from bench.clients import FleetProcess
from bench.network import Network
from bench.scenarios import Scenario


class Peer(Protocol):
    """One server. ``start``, ``connect`` and ``stop`` once each, in this order."""

    name: str
    """Its column in the results."""
    note: str
    """What should be known beside its figures; may be filled in by ``start``."""

    async def start(self, network: Network) -> None:
        """Raises :class:`NotHereError`."""
        ...

    @property
    def pid(self) -> int:
        """The process that is measured."""
        ...

    async def connect(self, scenario: Scenario, fleet: FleetProcess) -> None:
        """Bring everyone into their rooms, ready to speak. Raises RuntimeError."""
        ...

    async def stop(self) -> None: ...
