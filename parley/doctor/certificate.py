"""Will browsers take the certificate, and for how long?"""

from __future__ import annotations

import importlib.util
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from certs.errors import CertificateError
from certs.load import check, server_context
from certs.review import review
from parley.acme import folder_of
from parley.config import Settings
from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, fail, good, warn
from parley.listening import own_addresses
from parley.tls import certificate_names, host_of

_TRUSTED: Final = "For one that browsers trust see docs/self-hosting.md, TLS."


def check_certificate(patient: Patient) -> list[Finding]:
    settings = patient.settings
    if settings.scheme == "http":
        if settings.http.trusted_proxies:
            return [good("the proxy does TLS; its certificate is its own affair")]
        return [good("none is needed on this machine alone; other addresses get HTTPS")]
    if settings.tls is not None:
        return of_files(settings, settings.tls.fullchain, settings.tls.private_key)
    if settings.acme is not None:
        return _issued(settings, folder_of(settings.storage.data, settings.acme))
    return _self_signed(settings)


def _issued(settings: Settings, folder: Path) -> list[Finding]:
    if importlib.util.find_spec("acme") is None:
        return [fail("what PARLEY_ACME needs is not installed", "pip install 'parley[acme]'")]
    attempts = folder / "attempts.json"
    found = (
        of_files(settings, folder / "fullchain.pem", folder / "privkey.pem")
        if (folder / "fullchain.pem").exists()
        else []
    )
    if attempts.exists():
        mend = f"See its log for the reason: port 80 must be reachable. Mended? Delete {attempts} and restart."
        found.append(warn("the authority issued none the last time it was asked", mend))
    return found or [good("an authority issues one after the first start; until then browsers warn")]


def of_files(settings: Settings, fullchain: Path, private_key: Path) -> list[Finding]:
    now = datetime.now(UTC)
    try:
        pair = check(fullchain, private_key)
        server_context(pair)
    except CertificateError as error:
        return [_split(str(error), refused=True)]
    found = [
        _split(concern.text, refused=concern.refused_by_browsers)
        for concern in review(pair, host_of(settings.server_name), now)
    ]
    if pair.self_signed:
        found.append(warn(f"{fullchain} is self-signed: browsers warn once for each device", _TRUSTED))
    elif pair.length == 1:
        found.append(
            warn(
                f"{fullchain} has the server's own certificate alone",
                "Unless a root has signed it, append the certificate of the one who did: some clients need it.",
            )
        )
    if not any(finding.level == "fail" for finding in found):
        days = (pair.not_after - now).days
        found.insert(0, good(f"for {', '.join(pair.names[:3])}; the key fits; it expires in {days} days"))
    return found


def _split(text: str, *, refused: bool) -> Finding:
    """Problem and mend, which are one line in the log."""
    for mark in (": ", ". "):
        problem, found, mend = text.partition(mark)
        if found:
            return fail(problem, mend) if refused else warn(problem, mend)
    return fail(text, "") if refused else warn(text, "")


def _self_signed(settings: Settings) -> list[Finding]:
    folder = settings.storage.data / "certs"
    fullchain, private_key = folder / "self-signed.pem", folder / "self-signed.key"
    if not fullchain.exists():
        return [warn("a self-signed one is made at the start: browsers warn once for each device", _TRUSTED)]
    found = [warn("self-signed: browsers warn once for each device", _TRUSTED)]
    try:
        pair = check(fullchain, private_key)
    except CertificateError as error:
        return [*found, warn(str(error), "A new one is made at the next start.")]
    missing = certificate_names(settings, own_addresses(), socket.gethostname()) - set(pair.names)
    if missing:
        found.append(
            warn(f"it does not have {', '.join(sorted(missing)[:3])} yet", "A new one is made at the next start.")
        )
    return found
