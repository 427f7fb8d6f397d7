"""Were all settings understood, and do they make sense together?"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from parley.config import VARIABLES, Settings, is_loopback
from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, good, warn

_NOT_SETTINGS = frozenset({"PARLEY_CONFIG"})


def check_settings(patient: Patient) -> list[Finding]:
    settings = patient.settings
    given = sum(1 for name in VARIABLES if patient.environment.get(name, "").strip())
    where = settings.address if settings.server_name else f"{settings.address}, under whatever name people use"
    found = [good(f"read, {given} from the environment; people come to {where}")]
    found += unknown(patient.environment)
    found += doubtful(settings)
    return found


def unknown(environment: Mapping[str, str]) -> list[Finding]:
    """What begins like a setting and is none."""
    found = []
    for name in sorted(environment):
        if name.startswith("PARLEY_") and name not in VARIABLES and name not in _NOT_SETTINGS:
            near = difflib.get_close_matches(name, VARIABLES, 1)
            hint = f"Did you mean {near[0]}?" if near else "docs/self-hosting.md has them all."
            found.append(warn(f"{name} is not a setting and does nothing", hint))
    return found


def doubtful(settings: Settings) -> list[Finding]:
    found = []
    public = settings.http.trusted_proxies or not all(is_loopback(host) for host in settings.http.hosts)
    if public and settings.server_name is None:
        found.append(
            warn(
                "there is no server name, so pages under any name are taken for this server's",
                "Set PARLEY_SERVER_NAME to the name under which people come.",
            )
        )
    if settings.http.trusted_proxies and settings.tls is not None:
        found.append(
            warn(
                "there are trusted proxies and a certificate: this server speaks HTTPS to the proxy, too",
                "If the proxy does TLS, leave PARLEY_TLS_FULLCHAIN and PARLEY_TLS_PRIVKEY away.",
            )
        )
    found += [
        warn(
            f"{network} trusts everyone to say who they are (X-Forwarded-For)",
            "Write the proxy's own address into PARLEY_TRUSTED_PROXIES.",
        )
        for network in settings.http.trusted_proxies
        if network.prefixlen == 0
    ]
    if settings.log.level == "debug":
        found.append(warn("the log is at debug", "Take PARLEY_LOG_LEVEL away unless you look for something."))
    return found
