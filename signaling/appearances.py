"""Who is seen how: everyone's devices, what they say of themselves, and what time does to both; sans-IO.

A device is a gateway session. Times are the caller's: ``now_s`` monotonic seconds, ``now_ms`` Unix milliseconds. The driver's rule:
tell what happens, pass on the presence that a call returns (somebody is seen otherwise now; None: as before), and call
:meth:`Appearances.due` about once a second. What is kept is bounded by the sessions there are, and those that ended a moment ago.
"""

from __future__ import annotations

from server.domain.entities import Me, Presence
from server.domain.ids import UserId
from server.domain.presence import GRACE_S, SILENT_GRACE_S, offline, seen_as


class _Device:
    __slots__ = ("counts", "ended", "idle", "on_line", "person")

    def __init__(self, person: _Person) -> None:
        self.person = person
        self.idle = False
        self.on_line = True
        self.counts = True
        """On the line, or gone a moment ago."""
        self.ended = False
        """It does not come back."""


class _Person:
    __slots__ = ("devices", "me", "shown")

    def __init__(self, me: Me) -> None:
        self.me = me
        self.devices: set[_Device] = set()
        self.shown = offline(me.id)


class Appearances:
    def __init__(self) -> None:
        self._people: dict[UserId, _Person] = {}
        self._devices: dict[str, _Device] = {}
        """By the key of the session."""
        self._leaving: dict[str, float] = {}
        """Devices whose socket is gone -> when they count no more."""
        self._texts: dict[UserId, int] = {}
        """When the text of somebody ends who is seen."""

    def __len__(self) -> int:
        """Devices that are kept."""
        return len(self._devices)

    def seen(self, user_id: UserId) -> Presence:
        person = self._people.get(user_id)
        return offline(user_id) if person is None else person.shown

    # ------------------------------------------------------------------------------------------------------------ devices

    def arrive(self, key: str, me: Me, now_ms: int) -> Presence | None:
        """A new device; ``me`` is of use for the first one of somebody, and later ones by :meth:`choose`."""
        person = self._people.get(me.id)
        if person is None:
            person = self._people[me.id] = _Person(me)
        device = self._devices[key] = _Device(person)
        person.devices.add(device)
        return self._look(person, now_ms)

    def come_back(self, key: str, now_ms: int) -> Presence | None:
        """The device is on a new socket. Nothing happens where it has ended."""
        device = self._devices.get(key)
        if device is None or device.ended:
            return None
        self._leaving.pop(key, None)
        device.on_line = device.counts = True
        return self._look(device.person, now_ms)

    def leave(self, key: str, now_s: float, *, silent: bool = False) -> None:
        """Its socket is gone; ``silent``: it was closed because nothing was heard of it. :meth:`due` says what becomes of it."""
        device = self._devices.get(key)
        if device is not None and device.on_line:
            device.on_line = False
            self._leaving[key] = now_s + (SILENT_GRACE_S if silent else GRACE_S)

    def end(self, key: str, now_s: float) -> None:
        """The session is over. Its device is forgotten when it counts no more."""
        self.leave(key, now_s)
        device = self._devices.get(key)
        if device is None:
            return
        device.ended = True
        if not device.counts:
            self._forget(key, device)

    def set_idle(self, key: str, now_ms: int, *, idle: bool) -> Presence | None:
        device = self._devices.get(key)
        if device is None:
            return None
        device.idle = idle
        return self._look(device.person, now_ms)

    def choose(self, me: Me, now_ms: int) -> Presence | None:
        """What somebody says of themselves has changed; of use while they have a device."""
        person = self._people.get(me.id)
        if person is None:
            return None
        person.me = me
        return self._look(person, now_ms)

    # --------------------------------------------------------------------------------------------------------------- time

    def due(self, now_s: float, now_ms: int) -> list[Presence]:
        """Those who are seen otherwise because time has passed."""
        touched = {key: self._people[key] for key, until_ms in self._texts.items() if now_ms >= until_ms}
        for key in [key for key, until_s in self._leaving.items() if now_s >= until_s]:
            del self._leaving[key]
            device = self._devices[key]
            device.counts = False
            touched[device.person.me.id] = device.person
            if device.ended:
                self._forget(key, device)
        return [changed for person in touched.values() if (changed := self._look(person, now_ms)) is not None]

    def _forget(self, key: str, device: _Device) -> None:
        del self._devices[key]
        person = device.person
        person.devices.discard(device)
        if not person.devices:
            del self._people[person.me.id]
            self._texts.pop(person.me.id, None)

    def _look(self, person: _Person, now_ms: int) -> Presence | None:
        shown = seen_as(person.me, [device.idle for device in person.devices if device.counts], now_ms)
        until_ms = person.me.status_until_ms
        if until_ms is not None and shown.text:
            self._texts[person.me.id] = until_ms
        else:
            self._texts.pop(person.me.id, None)
        if shown == person.shown:
            return None
        person.shown = shown
        return shown
