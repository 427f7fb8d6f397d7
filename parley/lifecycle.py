"""From settings to a running server and back: start in order, say where it is, stop in order."""

from __future__ import annotations

import asyncio
import dataclasses
import ipaddress
import os
import random
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from typing import Final

import structlog
from aiohttp import web

from parley import __version__, data_folder, listening
from parley.acme import AcmeKeeper, issued_finder
from parley.bootstrap import Materials, Service, build, gather_materials
from parley.certificate_watch import CertificateWatch
from parley.config import Settings, is_loopback
from parley.memory import give_large_blocks_back, set_aside_what_stays
from parley.redirect import open_redirect_sockets, serve_redirect
from parley.tls import Certificate, certificate_for
from server.http.app import SERVER_OPTIONS

FINISH_REQUESTS_S: Final = 3.0
"""How long requests under way have when the server stops; one whose body never comes must not hold it up."""

Announce = Callable[[str], None]
"""Shows one line to the person who started the server."""

_log = structlog.stdlib.get_logger("parley")


def run_server(settings: Settings, announce: Announce) -> None:
    """Returns when a signal stopped the server and everything is closed.

    Raises :class:`parley.failures.CannotStart`. What can be checked without the event loop is checked before there is one.
    """
    give_large_blocks_back()
    with ExitStack() as stack:
        sockets = listening.open_sockets(settings.http.hosts, settings.http.port)
        for each in sockets:
            stack.callback(each.close)
        redirecting = open_redirect_sockets(settings)
        for each in redirecting:
            stack.callback(each.close)
        port: int = sockets[0].getsockname()[1]
        settings = dataclasses.replace(settings, http=dataclasses.replace(settings.http, port=port))
        stack.enter_context(data_folder.held(settings.storage.data))
        materials = gather_materials(settings)
        certificate = certificate_for(settings, issued_finder(settings))
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings, materials, certificate, sockets, redirecting, announce))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _serve(
    settings: Settings,
    materials: Materials,
    certificate: Certificate | None,
    sockets: list[listening.Listener],
    redirecting: list[listening.Listener],
    announce: Announce,
) -> None:
    stop = _on_signals()
    async with AsyncExitStack() as stack:
        service = await build(settings, materials, certificate, stack, announce)
        runner = web.AppRunner(service.app, shutdown_timeout=FINISH_REQUESTS_S, **SERVER_OPTIONS)
        await runner.setup()
        # Undone from the last to the first: nobody new, sockets drained, voice said goodbye, requests finished, then the database.
        stack.push_async_callback(runner.cleanup)
        await service.start(stack)
        context = certificate.context if certificate else None
        for each in sockets:
            site = web.SockSite(runner, each, ssl_context=context, backlog=listening.BACKLOG)
            await site.start()
            stack.push_async_callback(site.stop)
        challenges: dict[str, str] = {}
        await serve_redirect(settings, redirecting, challenges, stack)
        if settings.acme is not None:
            keeper = AcmeKeeper(settings, challenges, chance=random.random)
            stack.callback(asyncio.create_task(keeper.run(asyncio.sleep), name="acme").cancel)
        stack.callback(service.housekeeping().cancel)
        if certificate is not None:
            watch = asyncio.create_task(CertificateWatch(certificate).run(asyncio.sleep), name="certificate watch")
            stack.callback(watch.cancel)
        for line in await _welcome(settings, service, certificate):
            announce(line)
        set_aside_what_stays()
        await stop.wait()
        service.stop()
        announce("Stopping ...")
    announce("Stopped.")


def _on_signals() -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM; the second ends the process at once (the media process goes with its control stream)."""
    stop = asyncio.Event()

    def on_signal(number: int) -> None:
        if stop.is_set():
            sys.stdout.flush()
            os._exit(128 + number)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal, number)
    return stop


async def _welcome(settings: Settings, service: Service, certificate: Certificate | None) -> list[str]:
    lines = [f"Parley {__version__}", f"  Page     {settings.address}"]
    if all(is_loopback(host) for host in settings.http.hosts) and not settings.http.trusted_proxies:
        lines.append(
            "           only from this machine; for others, by HTTPS: PARLEY_HOST=0.0.0.0 (docs/self-hosting.md)"
        )
    elif any(ipaddress.ip_address(host).is_unspecified for host in settings.http.hosts) and settings.scheme == "https":
        lines += [f"           {_url(address, settings)}" for address in listening.own_addresses()]
    if certificate and settings.self_signed:
        lines.append("           The certificate is self-signed: the browser warns once; go on by 'Advanced'.")
        lines.append("           One that browsers trust: docs/self-hosting.md, TLS; or ask `parley doctor`.")
    elif certificate and settings.acme and certificate.pair.self_signed:
        lines.append("           A certificate is being issued; until then browsers warn.")
    lines.append(f"  Voice    UDP port {service.media_port}")
    lines.append(f"  Data     {settings.storage.data}")
    if settings.metrics is not None:
        lines.append(f"  Metrics  http://{settings.metrics.host}:{service.metrics_port}/metrics")
    token = await service.owner_token()
    if token is not None:
        lines.append("  The first account becomes the operator by this link, once:")
        lines.append(f"           {settings.address}/signup?owner={token}")
    if not service.has_web_client:
        lines.append("  The web client is not built: make web")
    lines.append("Ready. Ctrl-C stops it.")
    return lines


def _url(address: str, settings: Settings) -> str:
    return f"{settings.scheme}://{f'[{address}]' if ':' in address else address}:{settings.http.port}"
