"""Word filters just read, so that a message need not ask the database for those of its group."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from server.domain.events import FiltersChanged, Gap, Notice
from server.domain.filters import WordBook
from server.domain.ids import GroupId
from server.ports import Reader

_CAPACITY: Final = 5000
"""Groups."""


class WordBooks:
    """The filters of the groups that were written in lately. Give :meth:`receive` to ``Bus.subscribe``."""

    def __init__(self) -> None:
        self._books: OrderedDict[GroupId, WordBook] = OrderedDict()
        self._changes = 0

    def receive(self, notice: Notice) -> None:
        if isinstance(notice, FiltersChanged):
            self._changes += 1
            self._books.pop(notice.group_id, None)
        elif isinstance(notice, Gap):
            self._changes += 1
            self._books.clear()

    async def of_group(self, reader: Reader, group_id: GroupId) -> WordBook:
        book = self._books.get(group_id)
        if book is None:
            changes = self._changes
            book = WordBook(await reader.filters.of_group(group_id))
            if changes == self._changes:  # else what was read may be from before the change
                self._books[group_id] = book
                if len(self._books) > _CAPACITY:
                    self._books.popitem(last=False)
        else:
            self._books.move_to_end(group_id)
        return book
