"""How often a thing may be done; the rules that actions name. Pure."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec


class Rate(msgspec.Struct, frozen=True):
    """``count`` times in each ``per_s`` seconds."""

    count: int
    per_s: int


class Rule(enum.StrEnum):
    """What is counted, and by which key."""

    SIGN_UP = "sign_up"
    """By address."""
    LOG_IN = "log_in"
    """By address."""
    LOG_IN_PAIR = "log_in.pair"
    """By user name and address together, so that a stranger elsewhere locks nobody out."""
    LOG_IN_ACCOUNT = "log_in.account"
    """By user name alone; over it, log-ins are slowed down and never refused."""
    PROVE = "prove"
    """By log-in: whoever has stolen one cannot try passwords with it, and keeps nobody else from it."""
    LOG_IN_FACTOR = "log_in.factor"
    """By address: the second step of a log-in."""
    PASSKEY = "passkey"
    """By address: signing in by a passkey alone."""
    RECOVER = "recover"
    """By address."""
    LINK = "link"
    """Links that came by mail, by address: tokens cannot be tried one after the other."""
    MAIL_ADDRESS = "mail.address"
    """Mail that somebody asked for to a mail address, by that address: nobody's mailbox is flooded."""
    ADVICE = "advice"
    """How good a password is, by address."""
    REFRESH = "refresh"
    """By address."""
    INVITE_LOOK = "invite.look"
    """By address: codes cannot be guessed one after the other."""
    WEBHOOK_LOOK = "webhook.look"
    """By address: tokens cannot be guessed one after the other."""
    WEBHOOK_WRITE = "webhook.write"
    """By webhook."""
    GROUP_CREATE = "group.create"
    """By account, as all that follow."""
    FACTOR_CODE = "factor.code"
    """Codes of an authenticator app, right or wrong. Who knows the password and guesses for a year finds one with a chance of
    one in twenty: 50 a day, of which each is right three times in a million."""
    FACTOR_CHANGE = "factor.change"
    BOT_CREATE = "bot.create"
    """And their tokens."""
    INVITE_CREATE = "invite.create"
    INVITE_ACCEPT = "invite.accept"
    ADDITION_CREATE = "addition.create"
    """Also bounds how fast user names can be tried."""
    MESSAGE_WRITE = "message.write"
    PING_MANY = "ping.many"
    """Messages that name a role, everyone or those who are here: each is counted for all of them."""
    CURSOR = "cursor"
    TYPING = "typing"
    CHANGE = "change"
    """Of groups, channels, roles and members, and of one's own name."""
    REACT = "react"
    RELATE = "relate"
    """Friend requests and blocks; also bounds how fast user names can be tried."""
    CONVERSE = "converse"
    """New conversations."""
    SEARCH = "search"
    PRESENCE = "presence"
    UPLOAD = "upload"
    PREVIEW = "preview"
    """Pages that are asked for because of what one writes."""
    PREVIEW_HOST = "preview.host"
    """By host: this server is no tool to burden another one with."""
    UPLOAD_PART = "upload.part"
    REPORT = "report"
    MAIL_ACCOUNT = "mail.account"
    """Mail that confirms an address of one's own."""
    MAIL_INVITE = "mail.invite"
    """Invitations by mail to people who did not ask for one."""
    VOICE_OFFER = "voice.offer"
    """Each costs the media node a handshake."""


RATES: Final[Mapping[str, Rate]] = MappingProxyType(
    {
        Rule.SIGN_UP: Rate(30, 3600),
        Rule.LOG_IN: Rate(60, 300),
        Rule.LOG_IN_PAIR: Rate(10, 300),
        Rule.LOG_IN_ACCOUNT: Rate(50, 3600),
        Rule.PROVE: Rate(10, 300),
        Rule.LOG_IN_FACTOR: Rate(60, 300),
        Rule.PASSKEY: Rate(60, 300),
        Rule.RECOVER: Rate(10, 3600),
        Rule.LINK: Rate(60, 300),
        Rule.MAIL_ADDRESS: Rate(6, 3600),
        Rule.ADVICE: Rate(120, 60),
        Rule.REFRESH: Rate(300, 300),
        Rule.INVITE_LOOK: Rate(120, 300),
        Rule.WEBHOOK_LOOK: Rate(600, 60),
        Rule.WEBHOOK_WRITE: Rate(30, 60),
        Rule.GROUP_CREATE: Rate(30, 3600),
        Rule.FACTOR_CODE: Rate(50, 86_400),
        Rule.FACTOR_CHANGE: Rate(30, 600),
        Rule.BOT_CREATE: Rate(30, 600),
        Rule.INVITE_CREATE: Rate(60, 600),
        Rule.INVITE_ACCEPT: Rate(60, 600),
        Rule.ADDITION_CREATE: Rate(60, 600),
        Rule.MESSAGE_WRITE: Rate(120, 10),
        Rule.PING_MANY: Rate(30, 60),
        Rule.CURSOR: Rate(200, 10),
        Rule.TYPING: Rate(30, 10),
        Rule.CHANGE: Rate(300, 60),
        Rule.REACT: Rate(100, 10),
        Rule.RELATE: Rate(60, 600),
        Rule.CONVERSE: Rate(60, 600),
        Rule.SEARCH: Rate(60, 60),
        Rule.PRESENCE: Rate(120, 60),
        Rule.UPLOAD: Rate(120, 600),
        Rule.PREVIEW: Rate(30, 60),
        Rule.PREVIEW_HOST: Rate(30, 60),
        Rule.UPLOAD_PART: Rate(600, 60),
        Rule.REPORT: Rate(20, 600),
        Rule.MAIL_ACCOUNT: Rate(6, 3600),
        Rule.MAIL_INVITE: Rate(20, 3600),
        Rule.VOICE_OFFER: Rate(40, 60),
    }
)


def address_key(address: str) -> str:
    """Who an address stands for: itself, or for IPv6 the /64 of one household (RFC 6177); at most 64 characters."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
