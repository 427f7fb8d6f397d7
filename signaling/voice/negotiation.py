"""SDP offer -> what the node is told, and what becomes of each m-line (RFC 3264, RFC 9429). Pure; ``answer`` writes the answer.

The shape of an offer: the first audio m-line is the uplink (``sendonly``, ``sendrecv``, or ``inactive`` for one who
only listens); the audio m-lines after it that are ``recvonly`` are slots, in their order, up to as many as the node has.
All else is rejected with port 0. Everything is bundled (RFC 9143) over one ICE-lite, DTLS-SRTP transport with rtcp-mux.

Payload types and extension ids are the offer's: Chromium calls Opus 111, Firefox 109. Remote candidates are passed over,
because a lite agent never sends a check (RFC 8445 2.5).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from media.control import Downlink, Fingerprint, IceCredentials, Uplink
from server.domain.errors import Invalid
from signaling.voice import sdp

LEVEL_URI: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
"""RFC 6464."""
MID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
"""RFC 9143 15."""

_PROTOCOLS: Final = frozenset({"UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP"})
_ICE_UFRAG: Final = re.compile(r"[A-Za-z0-9+/]{4,256}")
_ICE_PWD: Final = re.compile(r"[A-Za-z0-9+/]{22,256}")
_HASH_BYTES: Final = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_MAX_FINGERPRINTS: Final = 8
_MAX_MID_LENGTH: Final = 64
_MAX_SSRC: Final = 2**32 - 1
_MAX_EXTENSION_ID: Final = 14
"""One-byte header extensions (RFC 8285 4.2)."""
_MAX_EXTENSIONS: Final = 64
_DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclasses.dataclass(frozen=True, slots=True)
class Extension:
    id: int
    uri: str
    direction: str
    """As offered: ``/sendonly`` or nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One m-line of the offer, and what becomes of it."""

    kind: str
    protocol: str
    formats: tuple[str, ...]
    mid: str
    role: Literal["uplink", "slot", "rejected"]
    direction: Literal["recvonly", "sendonly", "inactive"] = "inactive"
    """Ours."""
    payload_type: int = 0
    extensions: tuple[Extension, ...] = ()
    stereo: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class MediaOffer:
    """An offer that can be answered."""

    ice: IceCredentials
    """The client's."""
    fingerprints: tuple[Fingerprint, ...]
    dtls: Literal["passive", "active"]
    """The node's role: passive unless the client insists on being passive itself."""
    uplink: Uplink | None
    downlinks: tuple[Downlink, ...]
    lines: tuple[Line, ...]


# ------------------------------------------------------------------------------------------------------------ the offer


def read_offer(text: str, max_slots: int) -> MediaOffer:
    """Raises :class:`server.domain.errors.Invalid` (``bad_sdp``) and nothing else, whatever ``text`` is."""
    try:
        return _read(sdp.parse(text), max_slots)
    except sdp.SdpError as error:
        raise Invalid("bad_sdp", f"The voice offer cannot be used: {error}. Reload the page and join again.") from error


def _read(offer: sdp.Description, max_slots: int) -> MediaOffer:
    lines = _lines(offer, max_slots)
    accepted = [index for index, line in enumerate(lines) if line.role != "rejected"]
    bundle = _bundle(offer)
    if not {lines[index].mid for index in accepted} <= set(bundle):
        raise sdp.SdpError("its audio is not in one BUNDLE group")
    # The tagged section carries the transport (RFC 9143 7.1); when it is rejected, the first of ours does.
    tagged = next(index for index, line in enumerate(lines) if line.mid == bundle[0])
    carriers = [tagged, accepted[0]] if tagged in accepted else [accepted[0], tagged]
    sources = [*(offer.sections[index].attributes for index in carriers), offer.attributes]
    for index in accepted:
        _check_rtcp_mux(offer.sections[index].attributes, sources)
    uplink_section = offer.sections[accepted[0]]
    return MediaOffer(
        ice=_ice(sources),
        fingerprints=_fingerprints(sources),
        dtls=_dtls_role(sources),
        uplink=_uplink(lines[accepted[0]], uplink_section),
        downlinks=tuple(Downlink(line.mid, line.payload_type) for line in lines if line.role == "slot"),
        lines=tuple(lines),
    )


def _lines(offer: sdp.Description, max_slots: int) -> list[Line]:
    lines: list[Line] = []
    mids: set[str] = set()
    slots = 0
    uplink_seen = False
    for section in offer.sections:
        mid = _mid(section, mids)
        direction = _direction(section, offer)
        if not _usable(section):
            line = _rejected(section, mid)
        elif not uplink_seen:
            uplink_seen = True
            line = _uplink_line(section, offer, mid, direction)
        elif direction == "recvonly" and slots < max_slots:
            line = _slot_line(section, offer, mid)
            slots += line.role == "slot"
        else:
            line = _rejected(section, mid)
        lines.append(line)
    if not uplink_seen:
        raise sdp.SdpError("it has no audio m-line")
    return lines


def _usable(section: sdp.Section) -> bool:
    """Whether the m-line is audio that is neither stopped (port 0, RFC 9143 6) nor of another transport."""
    offered = section.port != 0 or section.attributes.has("bundle-only")
    return offered and section.kind == "audio" and section.protocol in _PROTOCOLS


def _mid(section: sdp.Section, seen: set[str]) -> str:
    mid = section.attributes.first("mid")
    if mid is None or len(mid) > _MAX_MID_LENGTH or not sdp.is_token(mid):
        raise sdp.SdpError("an m-line has no a=mid that can be used")
    if mid in seen:
        raise sdp.SdpError("two m-lines have the same a=mid")
    seen.add(mid)
    return mid


def _direction(section: sdp.Section, offer: sdp.Description) -> str:
    for attributes in (section.attributes, offer.attributes):
        found = [each for each in _DIRECTIONS if attributes.has(each)]
        if len(found) > 1:
            raise sdp.SdpError("an m-line has two directions")
        if found:
            return found[0]
    return "sendrecv"


def _rejected(section: sdp.Section, mid: str) -> Line:
    return Line(section.kind, section.protocol, section.formats, mid, "rejected")


def _uplink_line(section: sdp.Section, offer: sdp.Description, mid: str, direction: str) -> Line:
    if direction == "recvonly":
        raise sdp.SdpError("its first audio m-line must be sendonly, or inactive without a microphone")
    payload_type = _opus(section)
    if payload_type is None:
        raise sdp.SdpError("its first audio m-line does not offer Opus")
    return Line(
        section.kind,
        section.protocol,
        section.formats,
        mid,
        "uplink",
        "inactive" if direction == "inactive" else "recvonly",
        payload_type,
        _extensions(section, offer, (LEVEL_URI, MID_URI), "sendonly"),
        _sends_stereo(section, payload_type),
    )


def _slot_line(section: sdp.Section, offer: sdp.Description, mid: str) -> Line:
    payload_type = _opus(section)
    if payload_type is None:
        return _rejected(section, mid)
    extensions = _extensions(section, offer, (MID_URI,), "recvonly")
    return Line(section.kind, section.protocol, section.formats, mid, "slot", "sendonly", payload_type, extensions)


def _opus(section: sdp.Section) -> int | None:
    """The payload type of Opus that stands first in the m-line."""
    names = dict(value.partition(" ")[::2] for value in section.attributes.all("rtpmap"))
    for payload_type_text in section.formats:
        if names.get(payload_type_text, "").lower() != "opus/48000/2":
            continue
        payload_type = sdp.read_number(payload_type_text, 127)
        # 64 to 95 would be taken for RTCP (RFC 5761 4).
        if payload_type is None or 64 <= payload_type <= 95:
            raise sdp.SdpError("its payload type for Opus cannot be used")
        return payload_type
    return None


def _sends_stereo(section: sdp.Section, payload_type: int) -> bool:
    for value in section.attributes.all("fmtp"):
        number, _, parameters = value.partition(" ")
        if number == str(payload_type) and "sprop-stereo=1" in parameters.replace(" ", "").split(";"):
            return True
    return False


def _extensions(
    section: sdp.Section, offer: sdp.Description, wanted: Sequence[str], client: Literal["sendonly", "recvonly"]
) -> tuple[Extension, ...]:
    """Those of the offer's header extensions (RFC 8285) that we take, for a line on which the client only ``client``."""
    values = (*section.attributes.all("extmap"), *offer.attributes.all("extmap"))
    if len(values) > _MAX_EXTENSIONS:
        raise sdp.SdpError(f"it has more than {_MAX_EXTENSIONS} a=extmap lines for one m-line")
    found: dict[int, Extension] = {}
    for value in values:
        extension = _extension(value)
        if found.setdefault(extension.id, extension) != extension:
            raise sdp.SdpError("two a=extmap lines have the same id")
    taken: dict[str, Extension] = {}
    for extension in found.values():
        fits = extension.id <= _MAX_EXTENSION_ID and extension.direction in ("", "sendrecv", client)
        if extension.uri in wanted and fits:
            taken.setdefault(extension.uri, extension)
    return tuple(taken.values())


def _extension(value: str) -> Extension:
    name, _, rest = value.partition(" ")
    id_text, slash, direction = name.partition("/")
    # 4096 and up stand for "give me a number" (RFC 8285 6).
    number = sdp.read_number(id_text, 4351)
    uri = rest.partition(" ")[0]
    if not number or not uri or (slash and direction not in _DIRECTIONS):
        raise sdp.SdpError("an a=extmap line cannot be read")
    return Extension(number, uri, direction)


def _uplink(line: Line, section: sdp.Section) -> Uplink | None:
    if line.direction == "inactive":
        return None
    level = next((each.id for each in line.extensions if each.uri == LEVEL_URI), None)
    ssrcs = {_ssrc(value) for value in section.attributes.all("ssrc")}
    return Uplink(line.payload_type, ssrcs.pop() if len(ssrcs) == 1 else None, level)


def _ssrc(value: str) -> int:
    number = sdp.read_number(value.partition(" ")[0], _MAX_SSRC)
    if not number:
        raise sdp.SdpError("an a=ssrc line cannot be read")
    return number


# -------------------------------------------------------------------------------------------------------- the transport


def _bundle(offer: sdp.Description) -> list[str]:
    """The mids of the first BUNDLE group that names m-lines of this offer."""
    mids = {section.attributes.first("mid") for section in offer.sections}
    for value in offer.attributes.all("group"):
        semantics, *names = value.split(" ")
        if semantics == "BUNDLE" and names and set(names) <= mids:
            return names
    raise sdp.SdpError("it has no BUNDLE group")


def _check_rtcp_mux(section: sdp.Attributes, sources: Sequence[sdp.Attributes]) -> None:
    """A bundle-only section leaves the transport's attributes to the tagged one (RFC 9143 7.1.3)."""
    levels = [section, *sources] if section.has("bundle-only") else [section]
    if not any(level.has("rtcp-mux") or level.has("rtcp-mux-only") for level in levels):
        raise sdp.SdpError("it has audio without a=rtcp-mux")


def _first(sources: Iterable[sdp.Attributes], name: str) -> str | None:
    return next((found for found in (source.first(name) for source in sources) if found is not None), None)


def _ice(sources: Sequence[sdp.Attributes]) -> IceCredentials:
    ufrag, password = _first(sources, "ice-ufrag"), _first(sources, "ice-pwd")
    if ufrag is None or password is None or not _ICE_UFRAG.fullmatch(ufrag) or not _ICE_PWD.fullmatch(password):
        raise sdp.SdpError("its a=ice-ufrag and a=ice-pwd cannot be used")
    return IceCredentials(ufrag, password)


def _fingerprints(sources: Sequence[sdp.Attributes]) -> tuple[Fingerprint, ...]:
    """Of hashes that are still safe (RFC 8122 5); others beside them are passed over."""
    values = next((source.all("fingerprint") for source in sources if source.has("fingerprint")), ())
    found = []
    for value in values[:_MAX_FINGERPRINTS]:
        algorithm, _, hexes = value.partition(" ")
        algorithm, hexes = algorithm.lower(), hexes.upper()
        if algorithm not in _HASH_BYTES:
            continue
        if not re.fullmatch(rf"[0-9A-F]{{2}}(:[0-9A-F]{{2}}){{{_HASH_BYTES[algorithm] - 1}}}", hexes):
            raise sdp.SdpError("an a=fingerprint line cannot be read")
        found.append(Fingerprint(algorithm, hexes))
    if not found:
        raise sdp.SdpError("it has no a=fingerprint with sha-256, sha-384 or sha-512")
    return tuple(found)


def _dtls_role(sources: Sequence[sdp.Attributes]) -> Literal["passive", "active"]:
    setup = _first(sources, "setup")
    if setup in ("actpass", "active"):
        return "passive"
    if setup == "passive":
        return "active"
    raise sdp.SdpError("its a=setup is not actpass, active or passive")
