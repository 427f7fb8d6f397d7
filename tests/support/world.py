"""A group with all there is to ask for, and the people who try: those who may, and those who may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from server.actions.additions import CreateAddition, do_create_addition
from server.actions.bans import BanRequest, do_ban
from server.actions.bots import CreateBot, do_create_bot
from server.actions.conversations import BeginConversation, do_begin_conversation
from server.actions.emojis import do_create_emoji
from server.actions.files import key_of
from server.actions.filters import NewFilter, do_create_filter
from server.actions.invites import CreateInvite, do_create_invite
from server.actions.members import TimeOut, do_time_out
from server.actions.messages import CreateMessage, do_create_message
from server.actions.portraits import picture_key
from server.actions.previewer import image_key
from server.actions.relations import AskForFriendship, do_ask_for_friendship
from server.actions.reports import NewReport, do_report
from server.actions.sessions import authenticate
from server.actions.uploads import BeginUpload, do_begin_upload
from server.actions.webhooks import CreateWebhook, do_create_webhook
from server.domain.entities import FilterAction
from server.domain.factors import recovery_hash
from server.domain.ids import ChannelId, FileId, PasskeyId, SessionId, UserId
from server.domain.permissions import Permission
from server.domain.sections import Media, NewForward
from server.ports import BotToken, PasskeyRecord, StoredFile
from tests.support.actions import House, text_channel, voice_channel
from tests.support.pictures import chunks, picture

NOWHERE: Final = str(2**60)
"""An id that nothing has."""
RECOVERY_CODE: Final = "a" * 24
"""Of the owner."""


@dataclass(frozen=True)
class World:
    house: House
    owner: UserId
    member: UserId
    """With no role of their own."""
    stranger: UserId
    """Has an account and a group, and is not in this one."""
    banned: UserId
    """Was in the group once."""
    timed_out: UserId
    """An administrator of the group, and in time-out all the same."""
    text: ChannelId
    voice: ChannelId
    ids: dict[str, str] = field(default_factory=dict)
    """Placeholder of a path -> what is really there. ``own_message`` is of the one in time-out."""

    async def token(self, user_id: UserId) -> str:
        """Of a new log-in."""
        return await self.house.token(user_id)


async def furnish(house: House) -> World:
    """What a new endpoint needs to find is put in here, and into ``ids``."""
    owner, member, timed_out = await house.user("anna"), await house.user("boris"), await house.user("tim")
    stranger, asked = await house.user("mallory"), await house.user("chloe")
    dora = await house.user("dora")
    await house.group(stranger)
    banned = await house.user("bandit")
    view = await house.group(owner, member, timed_out, banned)
    group_id, text = view.group.id, text_channel(view)
    role = await house.role(owner, group_id)
    chief = await house.appoint(owner, group_id, timed_out, Permission.ADMINISTRATOR, position=9)
    message, own_message = await house.say(owner, text), await house.say(timed_out, text)
    copy = CreateMessage(nonce="forward", sections=(NewForward(text, message.id),))
    forward, _ = await do_create_message(house.actions, owner, text, copy)
    await do_ask_for_friendship(house.actions, owner, AskForFriendship(username="dora"))
    invite = await do_create_invite(house.actions, owner, group_id, CreateInvite())
    talk = BeginConversation(user_ids=(member, timed_out), name="talk")
    conversation, _ = await do_begin_conversation(house.actions, owner, talk)
    addition = await do_create_addition(house.actions, owner, group_id, CreateAddition(username="chloe"))
    assert addition.user_id == asked
    await do_ban(house.actions, owner, group_id, banned, BanRequest(), None)
    words = NewFilter(name="rude", words=("rude",), action=FilterAction.BLOCK)
    word_filter = await do_create_filter(house.actions, owner, group_id, words, None)
    report = await do_report(house.actions, member, text, message.id, NewReport(reason="look"))
    emoji = await do_create_emoji(house.actions, owner, group_id, "rose", picture(), None)
    file_id = FileId(house.actions.ids.next(house.clock.ms))
    file = StoredFile(
        id=file_id, owner_id=owner, name="a.png", media_type="image/png", size_bytes=9, media=Media(width=1, height=1)
    )
    await house.actions.blobs.put(key_of(file_id), chunks(b"something"))
    bot = await do_create_bot(house.actions, owner, CreateBot(username="robot"))
    bot_token = SessionId(house.actions.ids.next(house.clock.ms))
    async with house.store.write() as uow:
        record = BotToken(id=bot_token, bot_id=bot.user.id, name="x", token_hash=b"x" * 32, scopes=())
        await uow.bots.add_token(record)
    hook = await do_create_webhook(house.actions, owner, text, CreateWebhook(name="News"))
    async with house.store.write() as uow:
        await uow.files.add(file)
        await uow.files.use([file_id], text, message.id)
    passkey = PasskeyRecord(
        id=PasskeyId(house.actions.ids.next(house.clock.ms)),
        user_id=owner,
        credential_id=b"a key",
        public_key=b"",
        sign_count=0,
        synced=False,
        name="Phone",
        created_ms=house.clock.ms,
    )
    async with house.store.write() as uow:
        assert await uow.factors.add_passkey(passkey)
        hashed = recovery_hash(owner, RECOVERY_CODE)
        assert hashed is not None
        await uow.factors.replace_codes(owner, [hashed])
    upload = await do_begin_upload(house.actions, owner, BeginUpload(name="more.txt", size_bytes=3))
    await do_time_out(house.actions, owner, group_id, timed_out, TimeOut(until_ms=house.clock.ms + 3_600_000))
    log_in = await authenticate(house.actions, await house.token(owner))
    ids = {
        "session": log_in.session_id,
        "group": group_id,
        "channel": text,
        "role": role.id,
        "moderator_role": view.roles[1].id,
        "chief_role": chief.id,
        "member": member,
        "user": member,
        "asked": dora,
        "timed_out": timed_out,
        "message": message.id,
        "own_message": own_message.id,
        "forward": forward.message.id,
        "addition": addition.id,
        "emoji": emoji.id,
        "file": file_id,
        "upload": upload.upload_id,
        "banned": banned,
        "webhook": hook.webhook.id,
        "bot": bot.user.id,
        "bot_token": bot_token,
        "filter": word_filter.id,
        "report": report.id,
        "passkey": passkey.id,
        "conversation": conversation.conversation.id,
    }
    image_id = "ab" * 16
    await house.actions.blobs.put(image_key(image_id), chunks(picture()))
    for key in (picture_key(image_id, "avatar"), picture_key(image_id, "small"), picture_key(image_id, "banner")):
        await house.actions.blobs.put(key, chunks(picture()))
    named = {"code": invite.code, "key": "🌻", "image": image_id, "token": hook.token, "view": "whole"}
    return World(
        house,
        owner,
        member,
        stranger,
        banned,
        timed_out,
        text,
        voice_channel(view),
        {name: str(int(value)) for name, value in ids.items()} | named,
    )
