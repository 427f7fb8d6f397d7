"""All checks in their order, joined for the command line."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from parley.config import Settings
from parley.doctor.addresses import check_name, check_voice_address
from parley.doctor.certificate import check_certificate
from parley.doctor.database import check_clock, check_database
from parley.doctor.examination import Check, Patient, examine
from parley.doctor.findings import Part
from parley.doctor.machine import check_limits, check_version
from parley.doctor.mail import check_mail
from parley.doctor.ports import check_page_port, check_voice_port
from parley.doctor.redis import check_redis
from parley.doctor.settings import check_settings
from parley.doctor.storage import check_data_folder, check_file_store

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "version": check_version,
        "settings": check_settings,
        "data folder": check_data_folder,
        "file store": check_file_store,
        "database": check_database,
        "redis": check_redis,
        "clock": check_clock,
        "page port": check_page_port,
        "certificate": check_certificate,
        "server name": check_name,
        "voice port": check_voice_port,
        "voice address": check_voice_address,
        "mail": check_mail,
        "limits": check_limits,
    }
)


def run_checks(settings: Settings, environment: Mapping[str, str], send_to: str | None = None) -> list[Part]:
    patient = Patient(settings, environment, running=is_held(settings.storage.data), send_to=send_to)
    return asyncio.run(examine(patient, CHECKS))


def is_held(folder: Path) -> bool:
    """By a server that runs."""
    try:
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
