"""Requests on the socket: the same actions as REST, and the desks for voice and presence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from server.actions import cursors, messages, reactions, typing
from server.actions.context import Actions
from server.domain.scopes import Scope
from signaling import frames, voice_port
from signaling.limits import Kind
from signaling.presence import PresenceDesk
from signaling.voice_port import Caller, VoiceDesk


@dataclass(frozen=True, slots=True)
class Desks:
    """Who answers."""

    actions: Actions
    voice: VoiceDesk
    presence: PresenceDesk


Answer: TypeAlias = Callable[[Desks, Caller, Any], Awaitable[object]]


class Nothing(msgspec.Struct, frozen=True):
    """``{}``"""


async def _create_message(desks: Desks, caller: Caller, ask: frames.CreateMessage) -> object:
    request = messages.CreateMessage(nonce=ask.nonce, sections=ask.sections, allowed_mentions=ask.allowed_mentions)
    written, _new = await messages.do_create_message(desks.actions, caller.user_id, ask.channel_id, request)
    return written


async def _edit_message(desks: Desks, caller: Caller, ask: frames.EditMessage) -> object:
    request = messages.EditMessage(sections=ask.sections, allowed_mentions=ask.allowed_mentions)
    return await messages.do_edit_message(desks.actions, caller.user_id, ask.channel_id, ask.message_id, request)


async def _delete_message(desks: Desks, caller: Caller, ask: frames.DeleteMessage) -> object:
    await messages.do_delete_message(desks.actions, caller.user_id, ask.channel_id, ask.message_id)
    return Nothing()


async def _add_reaction(desks: Desks, caller: Caller, ask: frames.AddReaction) -> object:
    await reactions.do_react(desks.actions, caller.user_id, ask.channel_id, ask.message_id, ask.emoji)
    return Nothing()


async def _remove_reaction(desks: Desks, caller: Caller, ask: frames.RemoveReaction) -> object:
    await reactions.do_unreact(desks.actions, caller.user_id, ask.channel_id, ask.message_id, ask.emoji)
    return Nothing()


async def _start_typing(desks: Desks, caller: Caller, ask: frames.StartTyping) -> object:
    await typing.do_start_typing(desks.actions, caller.user_id, ask.channel_id)
    return Nothing()


async def _move_cursor(desks: Desks, caller: Caller, ask: frames.MoveCursor) -> object:
    request = cursors.MoveCursor(message_id=ask.message_id, unread=ask.unread)
    return await cursors.do_move_cursor(desks.actions, caller.user_id, ask.channel_id, request)


async def _watch_presence(desks: Desks, caller: Caller, ask: frames.WatchPresence) -> object:
    return await desks.presence.watch(caller, ask.user_ids)


async def _note_activity(desks: Desks, caller: Caller, ask: frames.NoteActivity) -> object:
    await desks.presence.note_activity(caller, idle=ask.idle)
    return Nothing()


async def _prepare_voice(desks: Desks, caller: Caller, ask: frames.PrepareVoice) -> object:
    return await desks.voice.prepare(caller, ask.channel_id)


async def _offer_voice(desks: Desks, caller: Caller, ask: frames.OfferVoice) -> object:
    offer = voice_port.Offer(
        channel_id=ask.channel_id, negotiation=ask.negotiation, sdp=ask.sdp, muted=ask.muted, deafened=ask.deafened
    )
    return await desks.voice.offer(caller, offer)


async def _update_voice(desks: Desks, caller: Caller, ask: frames.UpdateVoice) -> object:
    update = voice_port.Update(participant=ask.participant, muted=ask.muted, deafened=ask.deafened)
    return await desks.voice.update(caller, update)


async def _ignore_voice(desks: Desks, caller: Caller, ask: frames.IgnoreVoice) -> object:
    await desks.voice.ignore(caller, ask.participant, ask.ignored)
    return Nothing()


async def _leave_voice(desks: Desks, caller: Caller, ask: frames.LeaveVoice) -> object:
    await desks.voice.leave(caller, ask.participant)
    return Nothing()


_ANSWERS: Final[Mapping[type[frames.Request], tuple[Kind, Scope, Answer]]] = {
    frames.CreateMessage: (Kind.MESSAGE, Scope.MESSAGES_WRITE, _create_message),
    frames.EditMessage: (Kind.MESSAGE, Scope.MESSAGES_WRITE, _edit_message),
    frames.DeleteMessage: (Kind.MESSAGE, Scope.MESSAGES_WRITE, _delete_message),
    frames.AddReaction: (Kind.REACTION, Scope.MESSAGES_WRITE, _add_reaction),
    frames.RemoveReaction: (Kind.REACTION, Scope.MESSAGES_WRITE, _remove_reaction),
    frames.StartTyping: (Kind.TYPING, Scope.MESSAGES_WRITE, _start_typing),
    frames.MoveCursor: (Kind.CURSOR, Scope.MESSAGES_READ, _move_cursor),
    frames.WatchPresence: (Kind.PRESENCE, Scope.MEMBERS_READ, _watch_presence),
    frames.NoteActivity: (Kind.PRESENCE, Scope.MEMBERS_READ, _note_activity),
    frames.PrepareVoice: (Kind.VOICE, Scope.VOICE, _prepare_voice),
    frames.OfferVoice: (Kind.VOICE, Scope.VOICE, _offer_voice),
    frames.UpdateVoice: (Kind.VOICE, Scope.VOICE, _update_voice),
    frames.IgnoreVoice: (Kind.VOICE, Scope.VOICE, _ignore_voice),
    frames.LeaveVoice: (Kind.VOICE, Scope.VOICE, _leave_voice),
}


def kind_of(request: frames.Request) -> Kind:
    """By which rate it is limited."""
    return _ANSWERS[type(request)][0]


def scope_of(request: frames.Request) -> Scope:
    """What a bot's token needs for it."""
    return _ANSWERS[type(request)][1]


def lane_of(request: frames.Request) -> Hashable:
    """Requests of one lane are done one after the other: those of one text channel, all of voice, all of presence."""
    if isinstance(request, frames.VoiceRequest | frames.PresenceRequest):
        return kind_of(request)
    return request.channel_id


async def answer(desks: Desks, caller: Caller, request: frames.Request) -> object:
    """The result, a struct of docs/protocol.md. Raises :class:`server.domain.errors.ParleyError`."""
    return await _ANSWERS[type(request)][2](desks, caller, request)
