"""A link that goes nowhere: it keeps the orders it was given."""

from __future__ import annotations

from signaling.voice.link import MediaLink, Order


class SilentLink(MediaLink):
    """Needs no event loop; only :meth:`order` is of use."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def order(self, order: Order) -> None:
        self.orders.append(order)
