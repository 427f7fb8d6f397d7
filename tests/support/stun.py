"""Binding requests as a full ICE agent sends them."""

from __future__ import annotations

from typing import Any

from aioice import stun


def binding_request(
    username: str = "here:there",
    password: str | None = "password-of-here-and-long",
    *,
    nominate: bool = False,
    role: str = "ICE-CONTROLLING",
    transaction_id: bytes | None = None,
    **changes: Any,
) -> bytes:
    """``password`` None leaves MESSAGE-INTEGRITY and FINGERPRINT out; ``changes`` are further attributes, with "_" for
    "-"; one that is None is left out."""
    attributes: dict[str, Any] = {"USERNAME": username, "PRIORITY": 1845501695, role: 1 << 60}
    if nominate:
        attributes["USE-CANDIDATE"] = None
    for name, value in changes.items():
        attributes[name.replace("_", "-")] = value
        if value is None:
            del attributes[name.replace("_", "-")]
    message = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        transaction_id=transaction_id,
        attributes=attributes,
    )
    if password is not None:
        message.add_message_integrity(password.encode())
    return bytes(message)
