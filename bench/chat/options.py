"""What the command line may change for the chat section."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Final

PEERS: Final = ("parley", "floor", "ejabberd", "ejabberd_files", "prosody", "prosody_files")


@dataclasses.dataclass(frozen=True)
class Options:
    runs: int = 3
    seconds: float = 6.0
    """Of each run."""
    only: str = ""
    """Part of a result's name."""
    peers: frozenset[str] = frozenset(PEERS)

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Options:
        peers = frozenset(arguments.peers.split(",")) if arguments.peers else frozenset(PEERS)
        return cls(runs=arguments.runs, seconds=arguments.seconds, only=arguments.only, peers=peers)

    def wants(self, *names: str) -> bool:
        """Whether one of these results is to be measured."""
        return any(self.only in name for name in names)
