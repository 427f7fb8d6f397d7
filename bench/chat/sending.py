"""A thousand readers connected, and all of them write in turn: how many sends a second become durable, and what each waits.

Each reader is an account of its own with one socket, so nobody comes near a rate limit. In ``groups`` each is in one of twenty
groups of fifty and writes there, which makes fifty deliveries of a message; in ``room`` all are in one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import msgspec

from bench.chat.delivery import WARM_UP_S, charged, run
from bench.chat.options import Options
from bench.chat.orders import Go, Orders
from bench.chat.peers.parley import PEOPLE, SMALL_GROUP, Parley
from bench.chat.peers.peer import started
from bench.child import Child, child
from bench.report import Result

IN_FLIGHT: Final = 100
"""Messages that wait for their answer at any moment, when as many are sent as can be."""


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    per_s: float = 0.0
    """The pace; without one, the next message follows an answer."""

    def go(self, seconds: float) -> Go:
        return Go(seconds=seconds, per_s=self.per_s, in_flight=IN_FLIGHT)

    def results(self) -> list[Result]:
        """Sends a second, CPU for each of them, its delay."""
        name = f"chat/{self.name}"
        delays = [Result(f"{name}-p50", "ms"), Result(f"{name}-p99", "ms")]
        return [Result(name, "sends a second"), Result(f"{name}-cpu", "us CPU a send"), *delays]


IN_GROUPS: Final = (Scenario("sends-groups"), Scenario("paced-200", 200), Scenario("paced-1000", 1000))
IN_ROOM: Final = (Scenario("sends-room"),)


async def measure(options: Options) -> list[Result]:
    in_groups, in_room = _wanted(IN_GROUPS, options), _wanted(IN_ROOM, options)
    if "parley" not in options.peers or not (in_groups or in_room):
        return []
    parley = Parley(small_groups=PEOPLE // SMALL_GROUP)
    async with started(parley):
        results = await _fleet(parley, parley.orders_in_small_groups(), in_groups, options) if in_groups else []
        return results + (await _fleet(parley, parley.orders(PEOPLE), in_room, options) if in_room else [])


def _wanted(scenarios: Sequence[Scenario], options: Options) -> list[Scenario]:
    return [one for one in scenarios if options.wants(*(result.name for result in one.results()))]


async def _fleet(parley: Parley, orders: Orders, scenarios: Sequence[Scenario], options: Options) -> list[Result]:
    results: list[Result] = []
    async with child("bench.chat.fleet") as fleet:
        await fleet.ask(msgspec.json.encode(orders))
        for scenario in scenarios:
            await run(fleet, scenario.go(WARM_UP_S))
            try:
                results += await _scenario(parley, fleet, scenario, options)
            except RuntimeError as error:
                print(f"  chat/{scenario.name} failed: {error}", flush=True)
    return results


async def _scenario(parley: Parley, fleet: Child, scenario: Scenario, options: Options) -> list[Result]:
    results = sends, cpu, p50, p99 = scenario.results()
    for _ in range(options.runs):
        report, cpu_s = await charged(parley.pid, lambda: run(fleet, scenario.go(options.seconds)))
        sends.add(parley.name, report.answered / options.seconds)
        cpu.add(parley.name, cpu_s / report.sent * 1e6)
        p50.add(parley.name, report.p50_ms)
        p99.add(parley.name, report.p99_ms)
        rate = f"{report.answered / options.seconds:.0f} sends/s"
        print(
            f"  {sends.name}: {rate}, {cpu_s / report.sent * 1e6:.0f} us CPU each, p99 {report.p99_ms:.1f} ms",
            flush=True,
        )
    return list(results)
