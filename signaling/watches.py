"""Which connection looks at whom; sans-IO."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from server.domain.ids import UserId
from signaling.subscriber import Subscriber

WATCH_FOR_S: Final = 300.0


class Watch:
    """Of one session, for a while."""

    __slots__ = ("asked", "shown", "subscriber", "until_s")

    def __init__(
        self, subscriber: Subscriber, asked: frozenset[UserId], shown: frozenset[UserId], until_s: float
    ) -> None:
        self.subscriber = subscriber
        self.asked = asked
        self.shown = shown
        """Those of them whose presence is told. The others may become visible: a block may end."""
        self.until_s = until_s


class Watches:
    """One for each session at most; found by whom they ask about without looking at the others."""

    def __init__(self) -> None:
        self._of_session: dict[str, Watch] = {}
        """In the order in which they end."""
        self._about: dict[UserId, set[Watch]] = {}

    def __len__(self) -> int:
        return len(self._of_session)

    def put(self, subscriber: Subscriber, asked: Iterable[UserId], shown: Iterable[UserId], now_s: float) -> None:
        """In the place of the session's earlier one."""
        self.drop(subscriber)
        all_asked, all_shown = frozenset(asked), frozenset(shown)
        if not all_asked:
            return
        # Nearly always everybody is shown: one set is enough then.
        watch = Watch(subscriber, all_asked, all_asked if all_shown == all_asked else all_shown, now_s + WATCH_FOR_S)
        self._of_session[subscriber.session.key] = watch
        for user_id in watch.asked:
            self._about.setdefault(user_id, set()).add(watch)

    def drop(self, subscriber: Subscriber) -> None:
        watch = self._of_session.pop(subscriber.session.key, None)
        if watch is None:
            return
        for user_id in watch.asked:
            watches = self._about[user_id]
            watches.discard(watch)
            if not watches:
                del self._about[user_id]

    def expire(self, now_s: float) -> None:
        while self._of_session:
            watch = next(iter(self._of_session.values()))
            if now_s < watch.until_s:
                return
            self.drop(watch.subscriber)

    def watchers(self, user_id: UserId) -> list[Subscriber]:
        """Who is told of this user."""
        return [watch.subscriber for watch in self._about.get(user_id, ()) if user_id in watch.shown]

    def asking(self, user_id: UserId) -> set[UserId]:
        """Who asks about this user, told or not."""
        return {watch.subscriber.session.user_id for watch in self._about.get(user_id, ())}

    def of(self, subscribers: Collection[Subscriber]) -> list[Watch]:
        """Those of these sessions that have one."""
        found = (self._of_session.get(subscriber.session.key) for subscriber in subscribers)
        return [watch for watch in found if watch is not None]
