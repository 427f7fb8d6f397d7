"""Is Redis there, and new enough?"""

from __future__ import annotations

from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, fail, good, warn

_OLDEST = (6, 2)
_WITHIN_S = 5.0


async def check_redis(patient: Patient) -> list[Finding]:
    url = patient.settings.storage.redis_url
    if url is None:
        return [good("not used; one process needs none")]
    from server.adapters.redis_client import FAILURES, open_client  # only who has a Redis needs what it takes

    try:
        client = open_client(url, within_s=_WITHIN_S)
    except (ValueError, TypeError) as error:
        return [fail(f"its address cannot be read ({type(error).__name__})", "Mend PARLEY_REDIS_URL.")]
    try:
        await client.ping()
        facts = await client.info("server")
    except FAILURES as error:
        said = " ".join(str(error).split()) or type(error).__name__
        return [fail(f"it does not answer ({said})", "Start it, or mend PARLEY_REDIS_URL.")]
    finally:
        await client.aclose()
    return [about(str(facts.get("redis_version", "")))]


def about(version: str) -> Finding:
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < _OLDEST:
        return warn(
            f"Redis {version or 'of an unknown version'} answers", "Parley is tested with 6.2 and newer: update it."
        )
    return good(f"Redis {version} answers")
