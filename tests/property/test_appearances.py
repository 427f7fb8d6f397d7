"""Whatever devices come, go and do: what was told is what is, and nothing is kept of those who are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.domain.entities import ChosenStatus, Me, Presence, Status
from server.domain.ids import UserId
from server.domain.presence import GRACE_S, SILENT_GRACE_S, offline
from signaling.appearances import Appearances
from tests.support.rows import ANNA, BEN, me

START_MS: Final = 1_000_000
USERS: Final = {ANNA: "anna", BEN: "ben"}


@dataclass
class Device:
    user_id: UserId
    idle: bool = False
    gone_s: float | None = None
    """When it counts no more; None: it is on the line."""
    ended: bool = False


class Model:
    """In other words: for each look everything is worked out from what has happened."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.devices: dict[str, Device] = {}
        self.said: dict[UserId, Me] = {}

    def known(self, user_id: UserId) -> bool:
        """Whether a session of theirs is kept, or ended a moment ago."""
        return any(self.counts(one) or not one.ended for one in self.devices.values() if one.user_id == user_id)

    def counts(self, device: Device) -> bool:
        return device.gone_s is None or self.now_s < device.gone_s

    def seen(self, user_id: UserId) -> Presence:
        devices = [one for one in self.devices.values() if one.user_id == user_id and self.counts(one)]
        said = self.said.get(user_id)
        if said is None or not devices or said.status is ChosenStatus.INVISIBLE:
            return offline(user_id)
        idle = all(device.idle for device in devices) or said.status is ChosenStatus.IDLE
        status = Status.DND if said.status is ChosenStatus.DND else Status.IDLE if idle else Status.ONLINE
        over = said.status_until_ms is not None and self.now_ms >= said.status_until_ms
        return Presence(user_id=user_id, status=status, text="" if over else said.status_text)

    @property
    def now_ms(self) -> int:
        return START_MS + int(self.now_s * 1000)


SAYINGS: Final = st.builds(
    lambda user_id, status, text, until: msgspec.structs.replace(
        me(user_id, USERS[user_id]), status=status, status_text=text, status_until_ms=until if text else None
    ),
    st.sampled_from(list(USERS)),
    st.sampled_from(ChosenStatus),
    st.sampled_from(["", "busy", "away"]),
    st.one_of(st.none(), st.integers(START_MS, START_MS + 60_000)),
)


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.appearances = Appearances()
        self.told: dict[UserId, Presence] = {user_id: offline(user_id) for user_id in USERS}
        self.numbers = iter(range(10_000))

    def hear(self, presence: Presence | None) -> None:
        if presence is not None:
            assert self.told[presence.user_id] != presence, "nothing has changed"
            self.told[presence.user_id] = presence

    def pick(self, index: int) -> str:
        keys = list(self.model.devices)
        return keys[index % len(keys)]

    @rule(said=SAYINGS)
    def arrive(self, said: Me) -> None:
        if not self.model.known(said.id):
            self.model.said[said.id] = said
        key = f"session {next(self.numbers)}"
        self.model.devices[key] = Device(said.id)
        self.hear(self.appearances.arrive(key, said, self.model.now_ms))

    @precondition(lambda self: self.model.devices)
    @rule(index=st.integers(0, 20), silent=st.booleans())
    def leave(self, index: int, silent: bool) -> None:
        key = self.pick(index)
        device = self.model.devices[key]
        if device.gone_s is None:
            device.gone_s = self.model.now_s + (SILENT_GRACE_S if silent else GRACE_S)
        self.appearances.leave(key, self.model.now_s, silent=silent)

    @precondition(lambda self: self.model.devices)
    @rule(index=st.integers(0, 20))
    def come_back(self, index: int) -> None:
        key = self.pick(index)
        device = self.model.devices[key]
        if not device.ended:
            device.gone_s = None
        self.hear(self.appearances.come_back(key, self.model.now_ms))

    @precondition(lambda self: self.model.devices)
    @rule(index=st.integers(0, 20))
    def end(self, index: int) -> None:
        key = self.pick(index)
        device = self.model.devices[key]
        if device.gone_s is None:
            device.gone_s = self.model.now_s + GRACE_S
        device.ended = True
        self.appearances.end(key, self.model.now_s)

    @precondition(lambda self: self.model.devices)
    @rule(index=st.integers(0, 20), idle=st.booleans())
    def rest(self, index: int, idle: bool) -> None:
        key = self.pick(index)
        self.model.devices[key].idle = idle
        self.hear(self.appearances.set_idle(key, self.model.now_ms, idle=idle))

    @rule(said=SAYINGS)
    def say(self, said: Me) -> None:
        if self.model.known(said.id):
            self.model.said[said.id] = said
        self.hear(self.appearances.choose(said, self.model.now_ms))

    @rule(seconds=st.sampled_from([0.0, 1.0, 4.0, 5.0, 9.0, 10.0, 30.0]))
    def wait(self, seconds: float) -> None:
        self.model.now_s += seconds
        for presence in self.appearances.due(self.model.now_s, self.model.now_ms):
            self.hear(presence)
        for key, device in list(self.model.devices.items()):
            if device.ended and not self.model.counts(device):
                del self.model.devices[key]

    @invariant()
    def what_was_told_is_what_is(self) -> None:
        for user_id in USERS:
            assert self.told[user_id] == self.model.seen(user_id) == self.appearances.seen(user_id)

    @invariant()
    def nothing_is_kept_of_those_who_are_gone(self) -> None:
        assert len(self.appearances) == sum(
            not device.ended or self.model.counts(device) for device in self.model.devices.values()
        )


TestAppearances = Machine.TestCase
TestAppearances.settings = settings(stateful_step_count=40)
