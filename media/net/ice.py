"""ICE-lite (RFC 8445 2.5): answers checks, remembers which paths passed one, and forgets those without consent. Sans-IO.

One :class:`IceLite` for each participant; the :class:`IceRegistry` finds it by the ufrag in USERNAME, and by the path of
everything that is not STUN. The driver gives each STUN datagram to :meth:`IceRegistry.receive`, sends what it returns
back along the path, and calls :meth:`IceRegistry.expire` every few seconds.

A path is trusted only after an authentic check on it; what a stranger sends is answered by silence and changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final, NamedTuple

from media.control import IceCredentials, ParticipantId
from media.net import stun
from media.net.udp import packed_address

MAX_PATHS: Final = 8
"""Checked paths kept for each participant; the one checked longest ago makes room."""

CONSENT_S: Final = 30.0
"""Without an authentic check for so long, consent to send has lapsed (RFC 7675 5.1)."""

SILENCE_S: Final = 0.2
"""Media on another checked path takes over once the selected one has carried none for so long."""

REUSE_S: Final = 10.0
"""A path that another participant checked this recently is not handed over: browsers check every 2 to 6 seconds."""


class Path(NamedTuple):
    """A five-tuple as the node sees it."""

    socket: int
    """Number of the local socket."""
    address: bytes
    """The peer's address row (media.net.udp)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came of an authentic check."""

    agent: IceLite
    response: bytes
    """To be sent back along the path that the check came on."""
    selected: Path | None
    """The path that the agent sends on from now; None while none is nominated."""


@dataclasses.dataclass(slots=True)
class _Generation:
    """One pair of credentials, from an offer and its answer."""

    local: IceCredentials
    remote: IceCredentials


@dataclasses.dataclass(slots=True)
class _Checked:
    at: float
    generation: _Generation


class IceLite:
    """The lite agent of one participant. Times are seconds of any monotonic clock."""

    def __init__(self, participant: ParticipantId, local: IceCredentials, remote: IceCredentials, now: float) -> None:
        self.participant = participant
        self.selected: Path | None = None
        """Where to send: the path last nominated, or one that took over (:meth:`media_from`)."""
        self._current = _Generation(local, remote)
        self._pending: _Generation | None = None
        self._paths: dict[Path, _Checked] = {}
        self._heard_at = now
        self._consent_at = now

    @property
    def ufrags(self) -> tuple[str, ...]:
        """Local ufrags that are good now."""
        return tuple(generation.local.ufrag for generation in self._generations())

    @property
    def paths(self) -> tuple[Path, ...]:
        """Those that passed a check, the most recently checked last."""
        return tuple(self._paths)

    @property
    def lapses_at(self) -> float:
        """When consent lapses unless another check comes."""
        return self._consent_at + CONSENT_S

    def media_from(self, path: Path, now: float) -> bool:
        """Authenticated media arrived on a path. True when :attr:`selected` moved there.

        A client that changes its network sends from the new address before it nominates it; following the media
        keeps the pause short. Call it for each batch at least while media flows on the selected path.
        """
        if path == self.selected:
            self._heard_at = now
            return False
        if path not in self._paths or self.selected is None or now - self._heard_at < SILENCE_S:
            return False
        self.selected, self._heard_at = path, now
        return True

    # The registry alone calls what follows, since it keeps the indexes.

    def _generations(self) -> Iterator[_Generation]:
        yield self._current
        if self._pending is not None:
            yield self._pending

    def _restart(self, local: IceCredentials, remote: IceCredentials) -> None:
        self._pending = _Generation(local, remote)

    def _generation_of(self, request: stun.BindingRequest) -> _Generation | None:
        for generation in self._generations():
            if (request.local_ufrag, request.remote_ufrag) == (generation.local.ufrag, generation.remote.ufrag):
                return generation
        return None

    def _checked_at(self, path: Path) -> float | None:
        checked = self._paths.get(path)
        return checked.at if checked is not None else None

    def _check(self, path: Path, generation: _Generation, nominating: bool, now: float) -> bool:
        """Note an authentic check. Whether ufrags or paths are others than before."""
        known = self._paths.pop(path, None) is not None
        promoted = nominating and generation is self._pending
        self._paths[path] = _Checked(now, generation)
        self._consent_at = now
        if nominating:
            if self.selected != path:
                self.selected, self._heard_at = path, now
            self._promote(generation)
        if len(self._paths) > MAX_PATHS:
            del self._paths[next(other for other in self._paths if other != self.selected)]
        return promoted or not known

    def _promote(self, generation: _Generation) -> None:
        """A pair of the new credentials is nominated: the old credentials and their paths are done with (RFC 8445 9)."""
        if generation is self._pending:
            self._current, self._pending = generation, None
            self._paths = {path: checked for path, checked in self._paths.items() if checked.generation is generation}

    def _forget(self, path: Path) -> None:
        self._paths.pop(path, None)
        if self.selected == path:
            self.selected = next(reversed(self._paths), None)

    def _expire(self, now: float) -> bool:
        """Forget paths without consent; they stand in the order of their checks. Whether there were any."""
        expired = []
        for path, checked in self._paths.items():
            if now - checked.at < CONSENT_S:
                break
            expired.append(path)
        for path in expired:
            self._forget(path)
        return bool(expired)


class IceRegistry:
    """The agents of one node, by ufrag and by path."""

    def __init__(self) -> None:
        self._by_ufrag: dict[str, IceLite] = {}
        self._by_path: dict[Path, IceLite] = {}
        self._indexed: dict[IceLite, tuple[frozenset[str], frozenset[Path]]] = {}
        self.version = 0
        """Another number whenever :meth:`at` may answer otherwise than before."""

    def __len__(self) -> int:
        return len(self._indexed)

    def at(self, path: Path) -> IceLite | None:
        """Whose authentic checks came on this path."""
        return self._by_path.get(path)

    def add(self, agent: IceLite) -> None:
        """Raises ValueError when its ufrag is another's."""
        self._claim(agent, agent.ufrags)
        self._index(agent)

    def restart(self, agent: IceLite, local: IceCredentials, remote: IceCredentials) -> None:
        """New credentials beside the old, until a pair of the new is nominated; a restart not yet nominated is replaced.

        Raises ValueError when the ufrag is in use, by this agent too (RFC 8445 9 wants new ones); nothing changes then.
        """
        if local.ufrag in agent.ufrags:
            raise ValueError("an ICE restart needs a new ufrag")
        self._claim(agent, (local.ufrag,))
        agent._restart(local, remote)
        self._index(agent)

    def remove(self, agent: IceLite) -> None:
        """Idempotent."""
        self.version += 1
        ufrags, paths = self._indexed.pop(agent, (frozenset(), frozenset()))
        for ufrag in ufrags:
            del self._by_ufrag[ufrag]
        for path in paths:
            del self._by_path[path]

    def receive(self, datagram: bytes, path: Path, now: float) -> Answer | None:
        """A STUN datagram; None when it deserves no answer. Never raises."""
        request = stun.parse_request(datagram)
        if request is None:
            return None
        agent = self._by_ufrag.get(request.local_ufrag)
        generation = agent._generation_of(request) if agent is not None else None
        if agent is None or generation is None:
            return None
        password = generation.local.password
        if not request.is_authentic(password) or not self._may_have(agent, path, now):
            return None
        if request.peer_is_controlled:
            return Answer(agent, stun.role_conflict(request, password), agent.selected)
        if agent._check(path, generation, request.nominating, now):
            self._index(agent)
        packed, port = packed_address(path.address)
        return Answer(agent, stun.success(request, packed, port, password), agent.selected)

    def expire(self, now: float) -> list[IceLite]:
        """Forget paths without consent; returns (and keeps) the agents whose consent has lapsed altogether."""
        lapsed = []
        for agent in list(self._indexed):
            if agent._expire(now):
                self._index(agent)
            if now >= agent.lapses_at:
                lapsed.append(agent)
        return lapsed

    def _claim(self, agent: IceLite, ufrags: tuple[str, ...]) -> None:
        for ufrag in ufrags:
            if self._by_ufrag.get(ufrag, agent) is not agent:
                raise ValueError("this ufrag is in use")

    def _may_have(self, agent: IceLite, path: Path, now: float) -> bool:
        """A participant cannot take another's path by a check with a forged source address."""
        holder = self._by_path.get(path)
        if holder is None or holder is agent:
            return True
        checked_at = holder._checked_at(path)
        if checked_at is not None and now - checked_at < REUSE_S:
            return False
        holder._forget(path)
        self._index(holder)
        return True

    def _index(self, agent: IceLite) -> None:
        self.version += 1
        ufrags, paths = frozenset(agent.ufrags), frozenset(agent.paths)
        old_ufrags, old_paths = self._indexed.get(agent, (frozenset(), frozenset()))
        for ufrag in old_ufrags - ufrags:
            del self._by_ufrag[ufrag]
        for path in old_paths - paths:
            del self._by_path[path]
        for ufrag in ufrags - old_ufrags:
            self._by_ufrag[ufrag] = agent
        for path in paths - old_paths:
            self._by_path[path] = agent
        self._indexed[agent] = (ufrags, paths)
